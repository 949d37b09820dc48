"""Bytes of archives: gzip members, WARC records, HTTP bodies.

The same everywhere: no clock, no random ids. Records are warcio's; gzip is written out by hand, in the one
mode (Huffman codes only, no matches) that leaves an implementation of deflate no choice to make. Files are
about twice as large as with matches.
"""

import base64
import hashlib
import io
import struct
import uuid
import zlib
from collections.abc import Iterable

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Headers = Iterable[tuple[str, str]]

GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])  # deflate, no flags, mtime 0, no extra, system unknown
LARGEST_BROTLI_BLOCK = 1 << 16


def deflate(data: bytes) -> bytes:
    """A raw deflate stream (RFC 1951)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_HUFFMAN_ONLY)
    return packer.compress(data) + packer.flush()


def gzip_member(data: bytes) -> bytes:
    """One gzip member (RFC 1952), as Common Crawl writes one for each record."""
    return GZIP_HEADER + deflate(data) + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def brotli_stored(data: bytes) -> bytes:
    """A brotli stream of uncompressed meta-blocks (RFC 7932, section 9.2), readable by any decoder."""
    if not data:
        return b"\x06"  # WBITS, ISLAST, ISLASTEMPTY
    out = bytearray()
    for start in range(0, len(data), LARGEST_BROTLI_BLOCK):
        block = data[start : start + LARGEST_BROTLI_BLOCK]
        bits, width = 0, 0
        if start == 0:
            width += 1  # WBITS: a zero bit, a window of 64 KiB
        width += 1 + 2  # ISLAST 0, MNIBBLES 4
        bits |= (len(block) - 1) << width
        width += 16
        bits |= 1 << width  # ISUNCOMPRESSED
        width += 1
        out += bits.to_bytes((width + 7) // 8, "little") + block
    return bytes(out) + b"\x03"  # ISLAST and ISLASTEMPTY


def chunked(data: bytes, size: int = 700) -> bytes:
    """HTTP's chunked transfer coding (RFC 9112)."""
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def record_id(seed: int, *names: object) -> str:
    """A WARC-Record-ID that is the same for the same names."""
    key = "/".join(str(part) for part in (seed, *names)).encode()
    return f"<urn:uuid:{uuid.UUID(bytes=hashlib.blake2b(key, digest_size=16).digest(), version=4)}>"


def sha1_base32(data: bytes) -> str:
    """A digest as WARC headers give it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def fields(headers: Headers) -> bytes:
    """Header lines, each ended by CRLF."""
    lines: bytes = StatusAndHeaders("", list(headers)).to_bytes()
    return lines.removesuffix(b"\r\n")


def record(headers: Headers, block: bytes) -> bytes:
    """A WARC/1.0 record, its Content-Length last of its fields."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    # It would add digests; which of them a record has is part of its form.
    writer.ensure_digest = lambda *_, **__: None
    head = StatusAndHeaders("", list(headers), protocol=writer.warc_version)
    kind, media_type = head.get_header("WARC-Type"), head.get_header("Content-Type")
    payload = io.BytesIO(block)
    writer.write_record(ArcWarcRecord("warc", kind, head, payload, None, media_type, len(block)))
    return out.getvalue()


def with_length(data: bytes, length: int) -> bytes:
    """A record that states another Content-Length than it has."""
    head, blank, rest = data.partition(b"\r\n\r\n")
    return head[: head.rindex(b" ") + 1] + b"%d" % length + blank + rest


def http_response(status: str, headers: Headers, body: bytes) -> bytes:
    """The block of a `response` record: what the server sent."""
    return f"HTTP/1.1 {status}\r\n".encode() + fields(headers) + b"\r\n" + body


def http_request(host: str, path: str) -> bytes:
    """The block of a `request` record."""
    asked = [("User-Agent", "SampleBot/1.0"), ("Accept-Encoding", "br,gzip"), ("Host", host)]
    return f"GET {path} HTTP/1.1\r\n".encode() + fields(asked) + b"\r\n"
