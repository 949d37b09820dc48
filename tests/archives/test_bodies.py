"""Transfer and content codings undone, whole, broken off, named wrongly, or made to explode."""

import gzip
import zlib
from itertools import takewhile

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.bodies import decode_body, join_chunks, looks_like_html
from ccnet_lite.archives.errors import ExtractionError

HTML = b"<!DOCTYPE html><p>" + b" ".join(b"%x" % (n * n * 7919) for n in range(5000))
RAW = zlib.compressobj(wbits=-15)
DEFLATED = RAW.compress(HTML) + RAW.flush()
LIMIT = 1_000_000


def chunked(body: bytes, size: int = 1000, line_end: bytes = b"\r\n") -> bytes:
    pieces = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x" % len(p) + line_end + p + line_end for p in [*pieces, b""])


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("", HTML),
        ("identity", HTML),
        ("gzip", gzip.compress(HTML)),
        ("x-gzip", gzip.compress(HTML)),
        ("GZIP", gzip.compress(HTML[:99]) + gzip.compress(HTML[99:])),
        ("deflate", zlib.compress(HTML)),
        ("deflate", DEFLATED),
        ("br", brotli.compress(HTML)),
        ("gzip, br", brotli.compress(gzip.compress(HTML))),
        ("gzip", gzip.compress(HTML) + b"what follows a stream is no part of it"),
        ("gzip", HTML),  # named, but not applied
        ("zstd", HTML),
    ],
    ids=range(12),
)
def test_content_codings(coding: str, coded: bytes) -> None:
    assert decode_body({"content-encoding": coding}, coded, LIMIT) == HTML
    both = {"content-encoding": coding, "transfer-encoding": "chunked"}
    assert decode_body(both, chunked(coded), LIMIT) == HTML
    assert decode_body({"transfer-encoding": f"{coding}, Chunked"}, chunked(coded), LIMIT) == HTML


def test_members_that_expand_a_lot() -> None:
    large = bytes(5_000_000)
    coded = gzip.compress(large) + gzip.compress(HTML) + gzip.compress(large)
    assert decode_body({"content-encoding": "gzip"}, coded, 20_000_000) == large + HTML + large


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_chunks(size: int, line_end: bytes) -> None:
    assert join_chunks(chunked(HTML, size, line_end)) == HTML


def test_chunks_with_all_that_is_allowed() -> None:
    assert join_chunks(b"5;name=value\r\nhello\r\n 00003 \r\n yo\r\n0\r\nTrailer: x\r\n\r\n") == b"hello yo"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HTML, HTML),  # not chunked at all
        (b"", b""),
        (b"5\r\nhel", b"hel"),  # cut off
        (b"5\r\nhello", b"hello"),
        (b"5\r\nhello\r\n", b"hello"),
        (b"5\r\nhello\r\nno size\r\nhere", b"hellono size\r\nhere"),
        (b"5\r\nhello and more", b"hello and more"),
        (b"5\r\nhelloabc\r\nmore", b"helloabc\r\nmore"),
        (b"ffffffff\r\nhello", b"hello"),
        (b"-5\r\nhello", b"-5\r\nhello"),
        (b"5" * 5000, b"5" * 5000),
    ],
)
def test_bad_chunks_are_recovered_as_far_as_they_go(body: bytes, expected: bytes) -> None:
    assert join_chunks(body) == expected


@given(st.binary(max_size=300), st.integers(1, 50))
def test_chunking_is_undone(body: bytes, size: int) -> None:
    assert join_chunks(chunked(body, size)) == body


@given(st.binary(max_size=300))
def test_any_bytes_as_chunks(body: bytes) -> None:
    assert len(join_chunks(body)) <= len(body)


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("gzip", gzip.compress(HTML)[:-300]),
        ("gzip", gzip.compress(HTML)[:-8] + b"12345678"),
        ("deflate", DEFLATED[:-150]),
        ("br", brotli.compress(HTML)[:-20]),
        ("gzip", gzip.compress(HTML)[:-500] + b"\xff" * 500),
        ("deflate", DEFLATED[:-500] + b"\xff" * 500),
        ("br", brotli.compress(HTML)[:-500] + b"\xff" * 500),
    ],
    ids=range(7),
)
def test_what_breaks_off_gives_what_came_before(coding: str, coded: bytes) -> None:
    body = decode_body({"content-encoding": coding}, coded, LIMIT)
    # What is exchanged goes on for some bytes before it is found out.
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(HTML, body, strict=False))))
    assert len(HTML) * 0.85 < same and len(body) < same + 1500


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_is_no_such_coding_and_no_html(coding: str) -> None:
    with pytest.raises(ExtractionError, match=f"the body is not {coding}") as error:
        decode_body({"content-encoding": coding}, b"\xff\xff\xff\xff" * 9, LIMIT)
    assert error.value.rule == "bad_encoding"
    assert decode_body({"content-encoding": coding}, b"", LIMIT) == b""


def test_unknown_codings() -> None:
    with pytest.raises(ExtractionError, match="Content-Encoding 'zstd' is not supported") as error:
        decode_body({"content-encoding": "zstd"}, b"\x28\xb5\x2f\xfd", LIMIT)
    assert error.value.rule == "unknown_encoding"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip", ""])
def test_what_is_too_large_is_stopped(coding: str) -> None:
    large = bytes(50_000_000)
    made = {
        "gzip": lambda: gzip.compress(large),
        "gzip, gzip": lambda: gzip.compress(gzip.compress(large)),
        "deflate": lambda: zlib.compress(large),
        "br": lambda: brotli.compress(large, quality=1),
        "": lambda: large,
    }
    with pytest.raises(ExtractionError, match=r"larger than ingest\.max_html_bytes=1000000") as error:
        decode_body({"content-encoding": coding}, made[coding](), LIMIT)
    assert error.value.rule == "html_too_large"


def test_the_limit_itself_is_allowed() -> None:
    assert len(decode_body({"content-encoding": "gzip"}, gzip.compress(bytes(LIMIT)), LIMIT)) == LIMIT
    with pytest.raises(ExtractionError):
        decode_body({"content-encoding": "gzip"}, gzip.compress(bytes(LIMIT + 1)), LIMIT)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HTML, True),
        (b"\xef\xbb\xbf \n<HTML lang=x>", True),
        (b"<?xml version='1.0'?>\n<!-- a --><!-- b -->\n<html>", True),
        (b"<table width=1>", True),
        (b"<tablecloth>", False),
        (b"plain text <html>", False),
        (b"<?xml version='1.0'?><rss>", False),
        (b"", False),
        (b"<!--" * 100_000, False),
        (b" " * 100_000, False),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_looks_like_html(body: bytes, expected: bool) -> None:
    assert looks_like_html(body) is expected
