"""Bodies, character sets and pages made of anything: a text that can be stored, or an error with a name."""

import gzip
import zlib
from collections.abc import Iterator

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.bodies import decode_body, looks_like_html
from ccnet_lite.archives.charsets import declared_charset, decode_text
from ccnet_lite.archives.digests import digest_holds
from ccnet_lite.archives.documents import has_longer_line
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import nesting_bound
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.archives.urls import for_display, source_domain, without_credentials
from ccnet_lite.archives.wet_texts import ccnet_text
from tests.fuzz.effort import fuzzed

TAGS = [
    *(
        b"<p>",
        b"</p>",
        b"<div class='a",
        b"'>",
        b"<b>",
        b"<table><tr><td>",
        b"<li>",
        b"<a href=//x>",
        b"</a>",
    ),
    *(b"<title>", b"</title>", b"<script>", b"</script>", b"<style>", b"<!--", b"-->", b"<![CDATA[", b"]]>"),
    *(
        b"<svg>",
        b"<math>",
        b"<template>",
        b"<select><option>",
        b"<frameset>",
        b"<plaintext>",
        b"<br",
        b"<h1>",
    ),
    *(
        b"&amp;",
        b"&#xD800;",
        b"&#1114112;",
        b"&notit;",
        b"\x00",
        b"\xff",
        b"\xc3\xa9",
        b"\xed\xa0\x80",
        b" \n",
    ),
    *(
        b"<meta charset=",
        b"utf-16>",
        b"shift_jis>",
        b"iso-2022-jp>",
        b"\x1b$B",
        b"\xfe\xff",
        "日本語".encode(),
    ),
    *(b"some ordinary words, and a few more of them", b"<article>", b"<main>", b"</body>", b"<html><head>"),
]
PAGES = st.lists(st.one_of(st.sampled_from(TAGS), st.binary(max_size=20)), max_size=60).map(b"".join)
CODINGS = st.lists(st.sampled_from(["gzip", "deflate", "br", "chunked", "identity", "zstd", ""]), max_size=3)
MEDIA_TYPES = st.one_of(st.just("text/html; charset=utf-8"), st.text(max_size=40))


@pytest.fixture(scope="module")
def worker() -> Iterator[PageWorker]:
    worker = PageWorker("resiliparse", max_seconds=5)
    yield worker
    worker.close()


@fuzzed
@given(PAGES, MEDIA_TYPES)
def test_a_page_is_a_text_or_an_error(worker: PageWorker, html: bytes, media_type: str) -> None:
    try:
        page = worker.to_text(html, media_type)
    except ExtractionError as error:
        assert error.rule != "html_crash", str(error)
        return
    for line in page.text.split("\n") if page.text else []:
        assert line == line.strip() != ""
    (page.title + page.text).encode("utf-8")


@fuzzed
@given(PAGES, MEDIA_TYPES)
def test_every_page_has_characters(html: bytes, media_type: str) -> None:
    text, name = decode_text(html, declared_charset(media_type))
    assert name and len(text) <= len(html)
    looks_like_html(html)
    assert nesting_bound(html) <= html.count(b"<")


@st.composite
def coded_bodies(draw: st.DrawFn) -> bytes:
    """A body coded as servers do, and then cut, flipped or not."""
    body = draw(PAGES)
    for coding in draw(st.lists(st.sampled_from(["gzip", "deflate", "raw", "br", "chunked"]), max_size=2)):
        if coding == "gzip":
            body = gzip.compress(body, mtime=0)
        elif coding == "br":
            body = brotli.compress(body)
        elif coding == "chunked":
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        else:
            compressor = zlib.compressobj(wbits=15 if coding == "deflate" else -15)
            body = compressor.compress(body) + compressor.flush()
    at = draw(st.integers(0, len(body)))
    return draw(st.sampled_from([body, body[:at], body[:at] + b"\xff" + body[at + 1 :], body[at:]]))


@fuzzed
@given(coded_bodies(), CODINGS, CODINGS)
def test_a_body_is_decoded_or_an_error(body: bytes, content: list[str], transfer: list[str]) -> None:
    headers = {"content-encoding": ", ".join(content), "transfer-encoding": ",".join(transfer)}
    try:
        assert len(decode_body(headers, body, 5000)) <= 5000
    except ExtractionError as error:
        assert error.rule in ("bad_encoding", "unknown_encoding", "html_too_large")


@fuzzed
@given(st.text(st.one_of(st.characters(), st.sampled_from("\n\r \u2028")), max_size=80), st.integers(1, 30))
def test_wet_text_is_read_as_ccnet_reads_it(text: str, bound: int) -> None:
    """With the separator of records behind it, of which the last two lines go if both are blank."""
    text = "title\n" + text
    lines = [line.strip() for line in f"{text}\r\n\r\n".split("\n")[:-1]]
    lines = lines[:-2] if lines[-2:] == ["", ""] else lines
    assert ccnet_text(text) == ("title", "\n".join(lines[1:]), len(lines) - 1)
    assert has_longer_line(text, bound) == any(len(line) > bound for line in text.split("\n"))


URL_PARTS = st.sampled_from([*"/:?#@.%", "http", "://", "//", "user", "secret", "[::1]", "\u3000", "\x00", "ü"])


@fuzzed
@given(st.lists(URL_PARTS, max_size=12).map("".join))
def test_urls_of_any_kind(url: str) -> None:
    assert not any(sign in source_domain(url) for sign in "/?#")
    shown = for_display(url)
    assert without_credentials(without_credentials(url)) == without_credentials(url)
    assert for_display(shown) == shown


@fuzzed
@given(st.text(max_size=60), st.binary(max_size=10))
def test_digests_of_any_kind(stated: str, content: bytes) -> None:
    for algorithm in ("", "sha1:", "SHA-256:", "md5:"):
        assert digest_holds(algorithm + stated, content) in (False, None)
