"""What other readers make of an archive: warcio, FastWARC, and zcat for its bytes."""

import re
import shutil
import subprocess
import zlib
from io import BytesIO
from typing import NamedTuple

from fastwarc import warc as fastwarc
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.archives.digests import digest_holds

VERSION = re.compile(r"WARC/\d{1,2}\.\d{1,3}\s*")
ZCAT = shutil.which("zcat")


class Told(NamedTuple):
    """A record as another reader tells of it; fields by name in lower case."""

    id: str
    block: bytes
    fields: dict[str, str]
    version: str

    @property
    def proven(self) -> bool:
        """Whether it begins as records do, and its block has the length and the digest that its head states."""
        if not VERSION.fullmatch(self.version) or self.fields.get("content-length") != str(len(self.block)):
            return False
        return digest_holds(self.fields.get("warc-block-digest", ""), self.block) is True


def by_warcio(data: bytes) -> list[Told]:
    """Up to where it gives up."""
    told = []
    try:
        for record in ArchiveIterator(BytesIO(data), no_record_parse=True):
            fields = {name.lower(): value for name, value in record.rec_headers.headers}
            block, head = record.raw_stream.read(), record.rec_headers
            version = head.protocol + head.statusline  # which it parts where the line goes on
            told.append(Told(fields.get("warc-record-id", ""), block, fields, version))
    except Exception:  # whatever it raises at hostile bytes
        return told
    return told


def by_fastwarc(data: bytes) -> list[Told]:
    """Up to where it gives up."""
    told = []
    try:
        for record in fastwarc.ArchiveIterator(BytesIO(data), parse_http=False):
            block = record.reader.read()
            fields = {name.lower(): value for name, value in record.headers}
            version = record.headers.status_line or ""
            told.append(Told(fields.get("warc-record-id", ""), block, fields, version))
    except (OSError, ValueError):
        return told
    return told


def by_zcat(data: bytes) -> bytes:
    """What it decompresses, up to a fault; nothing where it goes on behind one, with zeros, as zlib does not."""
    assert ZCAT is not None
    rest = data
    while rest:
        inflater = zlib.decompressobj(31)
        try:
            inflater.decompress(rest)
        except zlib.error as error:
            if "too far back" in str(error):
                return b""
            break
        rest = inflater.unused_data
    return subprocess.run([ZCAT], input=data, capture_output=True, check=False).stdout
