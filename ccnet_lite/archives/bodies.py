"""HTTP bodies as the server meant them: chunks joined, gzip, deflate and Brotli undone, within a limit.

What is broken is recovered as far as it goes: a coding that was named but not applied is passed over,
a stream that breaks off gives what came before. Does not handle: zstd, compress.
"""

import re
import zlib
from collections.abc import Iterator, Mapping

import brotli

from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.salvage import salvage

PIECE = 16 * 1024
BROTLI_PIECE = 1024
"""Smaller, because nothing comes out of the piece that holds a fault."""
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_NONE = {"", "identity", "none", "binary", "8bit", "7bit", "chunked", "utf-8"}
_FIRST_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|script|style|iframe|h1|div|font|table|a|b|br|p)[\s/>]",
    re.IGNORECASE,
)
_SNIFFED_BYTES = 8 * 1024
_MAX_COMMENT, _MAX_DECLARATION = 2000, 500
_UTF8_MARK = b"\xef\xbb\xbf"
_SPACE = b" \t\n\r\x0b\x0c"


def looks_like_html(body: bytes) -> bool:
    """Whether a body begins as HTML does (a part of what browsers sniff).

    >>> looks_like_html(b"<?xml version='1.0'?> <!-- a comment --> <p>"), looks_like_html(b"GIF89a")
    (True, False)
    """
    rest = body[:_SNIFFED_BYTES].removeprefix(_UTF8_MARK).lstrip(_SPACE)
    while True:
        if rest.startswith(b"<!--"):
            end = rest.find(b"-->", 4, 4 + _MAX_COMMENT + 3) + 3
        elif rest[:5].lower() == b"<?xml":
            end = rest.find(b">", 5, 5 + _MAX_DECLARATION + 1) + 1
        else:
            return _FIRST_TAG.match(rest) is not None
        if end < 5:  # it does not end
            return False
        rest = rest[end:].lstrip(_SPACE)


def decode_body(http_headers: Mapping[str, str], body: bytes, limit: int) -> bytes:
    """The body with its transfer and content codings undone, in the order in which they were applied.

    Raises:
        ExtractionError: `html_too_large` beyond `limit` bytes; `unknown_encoding`, or `bad_encoding` where
            the first bytes already cannot be decoded, unless the body is HTML as it stands.
    """
    transfer = _codings(http_headers.get("transfer-encoding", ""))
    if is_chunked(http_headers):
        body = join_chunks(body)
    for coding in reversed(_codings(http_headers.get("content-encoding", "")) + transfer):
        if coding not in _NONE:
            body = _undo(coding, body, limit)
    if len(body) > limit:
        raise ExtractionError("html_too_large", f"the page is larger than ingest.max_html_bytes={limit}")
    return body


def _codings(header: str) -> list[str]:
    return [name.strip().lower().removeprefix("x-") for name in header.split(",")]


def is_chunked(http_headers: Mapping[str, str]) -> bool:
    """Whether a body comes in chunks."""
    return "chunked" in _codings(http_headers.get("transfer-encoding", ""))


def join_chunks(body: bytes) -> bytes:
    """The body without its chunks' sizes. From where it is not chunked any more, and if never, as it is."""
    return b"".join(chunks_of(memoryview(body)))


def chunks_of(body: memoryview) -> Iterator[bytes | memoryview]:
    """As `join_chunks`, in parts, of which none but the last is small, however small the chunks are."""
    at, small = 0, bytearray()
    while at < len(body):
        size = _CHUNK.match(body, at)
        if size is None:
            break
        first = size.end()
        at = first + int(size[1], 16)
        if at == first:
            at = len(body)  # what follows the last chunk is no content
            break
        if at - first < PIECE:
            small += body[first:at]
        else:
            yield bytes(small)
            small.clear()
            yield body[first:at]
        if len(small) >= PIECE:
            yield bytes(small)
            small.clear()
        line_end = _LINE_END.match(body, at)
        if line_end is None:
            break
        at = line_end.end()
    yield bytes(small)
    yield body[at:]


def _undo(coding: str, body: bytes, limit: int) -> bytes:
    if not body:
        return body
    if coding == "gzip":
        pieces = _inflate(body, 16 + zlib.MAX_WBITS, limit)
    elif coding == "deflate":
        # Meant is the zlib format; some servers send the bare stream.
        zlib_header = len(body) > 1 and body[0] & 15 == 8 and (body[0] * 256 + body[1]) % 31 == 0
        pieces = _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, limit)
    elif coding == "br":
        pieces = _unbrotli(body, limit)
    elif looks_like_html(body):
        return body
    else:
        raise ExtractionError("unknown_encoding", f"Content-Encoding {coding[:40]!r} is not supported")
    parts: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            parts.append(piece)
            size += len(piece)
            if size > limit:
                raise ExtractionError("html_too_large", f"the page is larger than ingest.max_html_bytes={limit}")
    except (zlib.error, brotli.error) as error:
        if not size and looks_like_html(body):
            return body
        if not size:
            raise ExtractionError("bad_encoding", f"the body is not {coding}: {error}") from None
    return b"".join(parts)


def _inflate(body: bytes, window: int, limit: int) -> Iterator[bytes]:
    """Decompressed pieces, one gzip member after another, up to a fault."""
    inflater = zlib.decompressobj(window)
    at = 0
    while at < len(body):
        piece = body[at : at + PIECE]
        at += len(piece)
        while piece:
            before = inflater.copy()
            try:
                yield inflater.decompress(piece, limit + 1)
            except zlib.error:
                yield salvage(before, piece)[0]
                raise
            piece = b"" if inflater.eof else inflater.unconsumed_tail
        if inflater.eof:
            at -= len(inflater.unused_data)
            if not body.startswith(b"\x1f\x8b", at):
                return
            inflater = zlib.decompressobj(window)


def _unbrotli(body: bytes, limit: int) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    for at in range(0, len(body), BROTLI_PIECE):
        yield decompressor.process(body[at : at + BROTLI_PIECE], output_buffer_limit=limit + 1)
        while not decompressor.can_accept_more_data():
            yield decompressor.process(b"", output_buffer_limit=limit + 1)
        if decompressor.is_finished():
            return
