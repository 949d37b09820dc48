"""What a host sent, as the file that it is: a content coding put on top undone, a web page in its place refused.

None is asked for (`Accept-Encoding: identity`), and most that say gzip only name what an archive is anyway: a
`.gz` file is taken as it lies. But one that holds another gzip file, and a file of another name, was packed
once more on the way, and is unpacked once.
"""

import re
import zlib
from urllib.parse import urlsplit

from ccnet_lite.archives.http import HttpStream
from ccnet_lite.archives.raw import ByteSource

MAGIC = b"\x1f\x8b\x08"
HEAD_BYTES = 64 * 1024
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s|html|head|body|title|\?xml\s|error>)", re.IGNORECASE)
_READ = 16 * 1024


class Gunzip:
    """The content of a gzip file of any number of members. `first`: what was read of the source before."""

    def __init__(self, source: ByteSource, first: bytes = b"") -> None:
        self._source = source
        self._packed = first
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def read(self, count: int, /) -> bytes:
        """Up to `count` bytes, at least one; none at the end.

        Raises:
            zlib.error: it is damaged, or ends early.
        """
        while True:
            # In small pieces: behind each member's end the rest of a piece is copied.
            packed = self._packed[:_READ] or self._source.read(_READ)
            rest = self._packed[_READ:]
            if self._member.eof:
                if not packed:
                    return b""
                self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            piece = self._member.decompress(packed, max(1, count))
            self._packed = (self._member.unconsumed_tail or self._member.unused_data) + rest
            if piece:
                return piece
            if not packed and not self._member.eof:
                raise zlib.error("it ends early")


def content_of(stream: HttpStream, limit: int) -> ByteSource:
    """The file of a stream that nothing was read of yet; at most `limit` bytes of it where it is unpacked.

    Raises:
        SourceError: there is nothing, or a web page, or a content coding that is not known; and from `read`,
            what is damaged in the coding, or too large.
    """
    first = stream.read(HEAD_BYTES)
    if not first:
        raise stream.failed("is empty: the host sent no bytes")
    if stream.coding not in ("", "gzip"):
        coding = ascii(stream.coding[:40])
        raise stream.failed(f"was sent in the Content-Encoding {coding}, which nobody asked for")
    inner = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        shown = inner.decompress(first, 256) if first.startswith(MAGIC) else first
    except zlib.error:
        shown = b""
    if _PAGE.match(shown):
        raise stream.failed("is no archive and no list: the host sent a web page in its place")
    packed = stream.coding and first.startswith(MAGIC)
    if packed and (shown.startswith(MAGIC) or not urlsplit(stream.url).path.endswith(".gz")):
        return _Unpacked(stream, first, limit)
    return _Begun(stream, first)


class _Begun:
    """A stream whose first bytes were read."""

    def __init__(self, stream: HttpStream, first: bytes) -> None:
        self._stream = stream
        self._first = first

    def read(self, count: int, /) -> bytes:
        if self._first:
            piece, self._first = self._first[:count], self._first[count:]
            return piece
        return self._stream.read(count) or b""


class _Unpacked:
    """A stream without its content coding."""

    def __init__(self, stream: HttpStream, first: bytes, limit: int) -> None:
        self._stream = stream
        self._content = Gunzip(_Begun(stream, b""), first)
        self._left = limit

    def read(self, count: int, /) -> bytes:
        try:
            piece = self._content.read(count)
        except zlib.error as error:
            raise self._stream.failed(f"is damaged in its Content-Encoding gzip: {error}") from None
        self._left -= len(piece)
        if self._left < 0:
            raise self._stream.failed("is larger than source.max_download_bytes once unpacked")
        return piece
