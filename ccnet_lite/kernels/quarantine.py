"""Damaged stretches and bad records of an archive, set aside as WARC that any tool opens.

Does not handle: where the file lies, and that none is left of a task that failed (the caller's stream).
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import IO, BinaryIO

from warcio.warcwriter import WARCWriter

from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.sources import ArchiveIdentity, Shard, UnreadArchive, open_shard
from ccnet_lite.archives.urls import for_display
from ccnet_lite.kernels.ingest import Rows
from ccnet_lite.settings import Settings

BLOCK = 1 << 20
IN_MEMORY = 16 << 20
QUARANTINE = "quarantine"
NO_DATE = "1970-01-01T00:00:00Z"
"""WARC needs a date. Nobody knows when the bytes were damaged; a clock would make each try another file."""


@dataclass
class _Stretch:
    """Bytes of the archive that hold one bad record, or several of one gzip member."""

    length: int = 0
    rules: list[str] = field(default_factory=list)
    message: str = ""
    url: str = ""


def quarantine_name(shard: int) -> str:
    """Where a shard's bad records go in the run's folder: a number, nothing of an archive's own name."""
    return f"{QUARANTINE}/{shard:06d}.warc.gz"


def with_quarantine(
    rows: Rows,
    shard: Shard,
    settings: Settings,
    open_output: Callable[[str], AbstractContextManager[BinaryIO]],
    identities: Sequence[ArchiveIdentity] = (),
) -> Rows:
    """Pass an archive's rows on; then write the bytes of its bad records, as they lie in the archive.

    `open_output` opens a stream by `quarantine_name`; it is asked only where something is bad. Each stretch
    becomes a `resource` record whose head says where it lay and what was wrong with it. Bad records that
    share a gzip member share a record. The same archive gives the same bytes. `identities` holds the
    archive's own once its rows were read.

    Raises:
        UnreadArchive: the archive could be read for its rows and now cannot, or is another; the output, whose
            `with` block is left by the exception, is not whole.
    """
    stretches: dict[int, _Stretch] = {}
    for table, batch in rows:
        if table == "others":
            for row in batch.to_pylist():
                if row["outcome"] == "bad" and row["record_length"]:
                    stretch = stretches.setdefault(row["record_offset"], _Stretch())
                    stretch.length = max(stretch.length, row["record_length"])
                    stretch.rules.append(row["rule"])
                    stretch.message = stretch.message or row["message"] or ""
                    stretch.url = stretch.url or row["url"]
        yield table, batch
    if stretches:
        name = quarantine_name(shard.index)
        with open_shard(shard, settings.source) as stream, open_output(name) as output:
            if any(identity.changed_since(stream.look) for identity in identities):
                uri = for_display(shard.uri)
                raise UnreadArchive(shard.segment, uri, f"{uri} was changed while it was read: run again")
            _write(stream, sorted(stretches.items()), shard.segment, output)


def _write(stream: ByteSource, stretches: list[tuple[int, _Stretch]], segment: str, output: BinaryIO) -> None:
    writer = WARCWriter(output, gzip=True)
    about = {
        "software": "ccnet_lite",
        "format": "WARC File Format 1.0",
        "description": "Damaged stretches and bad records of an archive, as they lie there",
        "archive": _line(segment),
    }
    info = writer.create_warcinfo_record("", about)
    info.rec_headers.replace_header("WARC-Record-ID", _record_id(segment, "warcinfo"))
    info.rec_headers.replace_header("WARC-Date", NO_DATE)
    writer.write_record(info)
    position = 0
    for offset, stretch in stretches:
        for _ in _blocks(stream, offset - position):
            pass
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as bytes_of:
            for block in _blocks(stream, stretch.length):
                bytes_of.write(block)
            # Stretches of one archive never overlap: a bad record's bytes end where the next item begins.
            position = offset + bytes_of.tell()
            writer.write_record(_resource(writer, segment, offset, stretch, bytes_of))


def _resource(writer: WARCWriter, segment: str, offset: int, stretch: _Stretch, payload: IO[bytes]) -> object:
    length = payload.tell()
    payload.seek(0)
    head = {
        "WARC-Type": "resource",
        "WARC-Record-ID": _record_id(segment, str(offset)),
        "WARC-Date": NO_DATE,
        "X-Archive": _line(segment),
        "X-Archive-Offset": str(offset),
        "X-Archive-Length": str(length),
        "X-Rule": ", ".join(dict.fromkeys(stretch.rules)),
        "X-Message": _line(stretch.message),
    }
    return writer.create_warc_record(
        _line(stretch.url) or f"urn:ccnet-lite:{_digest(segment).hex()}:{offset}",
        "resource",
        payload=payload,
        length=length,
        warc_content_type="application/octet-stream",
        warc_headers_dict=head,
    )


def _line(text: str) -> str:
    """Text out of hostile data for a header's value: one line, of characters that can be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:2000]).split())


def _record_id(*names: str) -> str:
    return f"<urn:uuid:{uuid.UUID(bytes=_digest(chr(9).join(names)), version=4)}>"


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _blocks(stream: ByteSource, count: int) -> Iterator[bytes]:
    """The next bytes of a stream, fewer where it ends."""
    while count > 0:
        block = stream.read(min(count, BLOCK))
        if not block:
            return
        count -= len(block)
        yield block
