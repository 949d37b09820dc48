"""Archives put together from their parts, each of which can be written down rightly or wrongly.

Records, HTTP messages and gzip members as values: a test changes one part and writes the whole anew. The
same values always give the same bytes. Does not handle: what parts to take (grammar.py).
"""

import gzip
import zlib
from typing import NamedTuple

import brotli

from tests.archives.archive_making import digest

Fields = tuple[tuple[str, str], ...]
FHCRC, FEXTRA, FNAME, FCOMMENT = 2, 4, 8, 16
STRATEGIES = {"dynamic": (9, zlib.Z_DEFAULT_STRATEGY), "fixed": (9, zlib.Z_FIXED), "stored": (0, 0)}


class Written(NamedTuple):
    """A record."""

    type: str
    id: str
    url: str
    block: bytes
    fields: Fields = ()
    length: str | None = ""
    """What Content-Length says; empty: the truth; None: there is no such field."""
    version: str = "WARC/1.0"
    newline: bytes = b"\r\n"
    ending: bytes = b"\r\n\r\n"

    def to_bytes(self) -> bytes:
        return self.head() + self.block + self.ending

    def head(self) -> bytes:
        fields = [
            ("WARC-Type", self.type),
            ("WARC-Record-ID", self.id),
            ("WARC-Target-URI", self.url),
            ("WARC-Date", "2024-05-18T01:02:03Z"),
            *self.fields,
        ]
        if self.length is not None:
            fields.append(("Content-Length", self.length or str(len(self.block))))
        lines = [self.version, *(f"{name}: {value}" for name, value in fields)]
        return b"".join(line.encode() + self.newline for line in lines) + self.newline

    def with_digest(self, name: str = "WARC-Block-Digest", value: str = "") -> "Written":
        return self._replace(fields=(*self.fields, (name, value or digest(self.block))))


class Message(NamedTuple):
    """An HTTP response; `chunks` are the sizes in which its body is sent, one after another, if any."""

    body: bytes
    status: str = "HTTP/1.1 200 OK"
    fields: Fields = (("Content-Type", "text/html"),)
    codings: tuple[str, ...] = ()
    chunks: tuple[int, ...] = ()
    extension: bytes = b""
    trailers: bytes = b""
    length: str | None = None
    newline: bytes = b"\r\n"

    def to_bytes(self) -> bytes:
        body = self.body
        for coding in self.codings:
            body = coded(coding, body)
        fields = list(self.fields)
        if self.codings:
            fields.append(("Content-Encoding", ", ".join(self.codings)))
        if self.chunks:
            fields.append(("Transfer-Encoding", "chunked"))
            body = self._in_chunks(body)
        if self.length is not None:
            fields.append(("Content-Length", self.length or str(len(body))))
        lines = [self.status, *(f"{name}: {value}" for name, value in fields), ""]
        return b"".join(line.encode() + self.newline for line in lines) + body

    def _in_chunks(self, body: bytes) -> bytes:
        parts, at, turn = [], 0, 0
        while at < len(body):
            piece = body[at : at + self.chunks[turn % len(self.chunks)]]
            parts.append(b"%x%b\r\n%b\r\n" % (len(piece), self.extension, piece))
            at, turn = at + len(piece), turn + 1
        return b"".join(parts) + b"0%b\r\n%b\r\n" % (self.extension, self.trailers)


def coded(coding: str, body: bytes) -> bytes:
    if coding == "gzip":
        return gzip.compress(body, mtime=0)
    if coding == "br":
        return bytes(brotli.compress(body, quality=1))
    if coding == "deflate":
        return zlib.compress(body)
    return body


class Member(NamedTuple):
    """A gzip member, its content in deflate blocks of the kinds named. What is not 0 of `crc`, `size`: wrong."""

    content: bytes
    blocks: tuple[str, ...] = ("dynamic",)
    extra: bytes | None = None
    name: bytes | None = None
    comment: bytes | None = None
    header_crc: bool = False
    crc: int = 0
    size: int = 0

    def to_bytes(self) -> bytes:
        flags = FHCRC * self.header_crc
        rest = b""
        if self.extra is not None:
            flags |= FEXTRA
            rest += len(self.extra).to_bytes(2, "little") + self.extra
        for flag, text in ((FNAME, self.name), (FCOMMENT, self.comment)):
            if text is not None:
                flags |= flag
                rest += text + b"\x00"
        head = b"\x1f\x8b\x08%c\x00\x00\x00\x00\x02\xff" % flags + rest
        if self.header_crc:
            head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little")
        crc = zlib.crc32(self.content) ^ self.crc
        size = (len(self.content) ^ self.size) & 0xFFFFFFFF
        return head + self._deflated() + crc.to_bytes(4, "little") + size.to_bytes(4, "little")

    def _deflated(self) -> bytes:
        count, parts = len(self.blocks), []
        for turn, kind in enumerate(self.blocks):
            first, last = (len(self.content) * n // count for n in (turn, turn + 1))
            level, strategy = STRATEGIES[kind]
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
            end = zlib.Z_FINISH if turn + 1 == count else zlib.Z_SYNC_FLUSH
            parts.append(packer.compress(self.content[first:last]) + packer.flush(end))
        return b"".join(parts)


class Archive(NamedTuple):
    """Sound records, and the members in which they lie; none where the file is plain."""

    records: tuple[Written, ...]
    members: tuple[Member, ...]

    def to_bytes(self) -> bytes:
        if not self.members:
            return self.plain()
        return b"".join(member.to_bytes() for member in self.members)

    def plain(self) -> bytes:
        return b"".join(record.to_bytes() for record in self.records)


def arc(records: list[tuple[str, bytes]]) -> list[bytes]:
    """An ARC file's records: its own, and one for each URL and block."""
    about = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    parts = [b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain %d\n%b\n" % (len(about), about)]
    for url, block in records:
        parts.append(b"%b 192.0.2.1 20080430204826 text/html %d\n%b\n" % (url.encode(), len(block), block))
    return parts
