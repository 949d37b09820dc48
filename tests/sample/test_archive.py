"""Bytes that others must read: gzip, brotli and chunked bodies, WARC records, pages in old character sets."""

import gzip
import io
import zlib

import brotli
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from ccnet_lite.sample.archive import (
    brotli_stored,
    chunked,
    deflate,
    gzip_member,
    record,
    record_id,
    sha1_base32,
)
from ccnet_lite.sample.html import LEGACY
from tests.sample.conftest import Sample


def read_chunks(body: bytes) -> bytes:
    reader = ChunkedDataReader(io.BytesIO(body), raise_exceptions=True)
    out = b""
    while part := reader.read(500):
        out += part
    return out


@given(st.binary(max_size=3000))
def test_gzip_reads_it_back(data: bytes) -> None:
    assert gzip.decompress(gzip_member(data)) == data
    assert zlib.decompress(deflate(data), -15) == data


@given(st.binary(max_size=50), st.sampled_from([0, 1, 65_535, 65_536, 65_537, 140_000]))
def test_brotli_reads_it_back(data: bytes, more: int) -> None:
    data += b"x" * more
    assert brotli.decompress(brotli_stored(data)) == data


@given(st.binary(max_size=3000), st.integers(1, 900))
def test_warcio_reads_chunks_back(data: bytes, size: int) -> None:
    assert read_chunks(chunked(data, size)) == data


def test_gzip_bytes_are_these_on_every_machine() -> None:
    text = "Ein Satz, zwei Sätze, drei Sätze.".encode() * 3
    assert gzip_member(text).hex() == (
        "1f8b08000000000000ff05c1b10900200c04c0557e80e0164e900904bf48632101e1e7c92659ccbb1907be52063d06bc"
        "2b45c3be0c78578a63c681af94418f01ef4ad1b02f03de95e29871e02b65d063c0bb5234eccb8077a5383e446adbaa69"
        "000000"
    )


def test_a_record_is_what_warcio_reads() -> None:
    block = b"Titel\nText\n"
    headers = [
        ("WARC-Type", "conversion"),
        ("WARC-Target-URI", "https://a.example/"),
        ("WARC-Date", "2024-05-18T00:00:00Z"),
        ("WARC-Record-ID", record_id(1, "conversion", "https://a.example/")),
        ("WARC-Block-Digest", sha1_base32(block)),
    ]
    stream = io.BytesIO(gzip_member(record(headers, block)))
    (read,) = [
        (found.rec_type, found.rec_headers.get_header("Content-Length"), found.raw_stream.read())
        for found in ArchiveIterator(stream, check_digests="raise")
    ]
    assert read == ("conversion", "11", block)


def test_record_ids_differ_by_name_and_seed() -> None:
    ids = {record_id(seed, name) for seed in (0, 1) for name in ("a", "b")}
    assert len(ids) == 4
    assert record_id(0, "a") == record_id(0, "a")


def test_pages_decode_in_the_character_set_and_coding_that_they_declare(sample: Sample) -> None:
    rows = {row["record_id"]: row for row in sample.truth}
    (archive,) = [path for path in sample.summary.archives if path.name.endswith(".warc.gz")]
    charsets, codings = set(), set()
    with archive.open("rb") as stream:
        for found in ArchiveIterator(stream):
            row = rows[found.rec_headers.get_header("WARC-Record-ID")]
            if row["expect"] != "document":
                continue
            body = found.raw_stream.read()
            if found.http_headers.get_header("Transfer-Encoding") == "chunked":
                body = read_chunks(body)
            coding = found.http_headers.get_header("Content-Encoding")
            if coding == "gzip":
                body = gzip.decompress(body)
            elif coding == "br":
                body = brotli.decompress(body)
            elif coding == "deflate":
                body = zlib.decompress(body)
            charset, declared = row["note"].partition(";")[0].split(" ")
            html = body.decode(charset)
            assert html.rstrip().endswith("</html>")
            assert row["url"] in html
            assert ("<meta charset" in html) == (declared == "(meta)")
            in_header = f"charset={charset}" in found.http_headers.get_header("Content-Type")
            assert in_header == (declared == "(header)")
            charsets.add(charset)
            codings.add((coding, found.http_headers.get_header("Transfer-Encoding")))
    assert charsets == {"utf-8", *(charset for pages in LEGACY.values() for charset, _ in pages)}
    assert codings == {
        *((None, None), ("gzip", None), ("gzip", "chunked")),
        *(("br", None), ("deflate", None), (None, "chunked")),
    }
