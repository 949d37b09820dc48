"""Archives to documents and to the reasons why a record gave none; golden documents of CCNet."""

import gzip
import json
from hashlib import sha1
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.documents import (
    Document,
    Other,
    has_longer_line,
    read_documents,
)
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.sources import Shard
from ccnet_lite.archives.wet_texts import ccnet_text, wet_text
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import SHARD, members, numbered, page, warc


def items_of(data: bytes, **settings: object) -> list[Document | Other]:
    return list(read_documents(SHARD, BytesIO(data), IngestSettings(**settings)))  # type: ignore[arg-type]


def fate(data: bytes, **settings: object) -> tuple[str, str]:
    (item,) = items_of(data, **settings)
    return ("document", item.raw_content) if isinstance(item, Document) else (item.outcome, item.rule)


def test_golden_documents(shared_data: Path) -> None:
    with gzip.open(shared_data / "ccnet_golden/1_documents.jsonl.gz", "rt", encoding="utf-8") as file:
        golden = [json.loads(line) for line in file]
    found = []
    for path in sorted((shared_data / "ccnet_golden/wet").glob("*.gz")):
        shard = Shard(0, str(path), path.name, path.stat().st_size)
        with path.open("rb") as stream:
            found += [
                d for d in read_documents(shard, stream, IngestSettings(title="ccnet")) if isinstance(d, Document)
            ]
    ours = [
        {
            "url": d.url,
            "date_download": d.date_download,
            "digest": d.digest,
            "length": d.length,
            "nlines": d.nlines,
            "source_domain": d.source_domain,
            "title": d.title[:60],
            "cc_segment": d.cc_segment,
            "raw_content_sha1": sha1(d.raw_content.encode()).hexdigest(),
            "n_chars": d.n_chars,
        }
        for d in found
    ]
    kept = [row for row, d in zip(ours, found, strict=True) if d.n_chars >= 300]
    wanted = [row | {"title": row["title"][:60]} for row in golden if row["n_chars"] >= 300]
    assert kept == wanted
    assert len(kept) > 390
    assert len({d.doc_id for d in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n one \n\ntwo\n", ("Title", "one\n\ntwo", 3)),
        ("Title\none", ("Title", "one\n", 2)),
        ("Title\none\n\n", ("Title", "one\n", 2)),
        ("Title\r\none\r\n", ("Title", "one", 1)),
        ("Title\none\u2028two\x0bthree\n", ("Title", "one\u2028two\x0bthree", 1)),
        ("Title\n", ("Title", "", 0)),
        ("Title", ("Title", "", 1)),
        ("", ("", "", 1)),
        ("\n\n", ("", "", 1)),
    ],
)
def test_ccnet_text(text: str, expected: tuple[str, str, int]) -> None:
    assert ccnet_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n one \n\ntwo\n", ("Title", "one\n\ntwo", 3)),
        ("T" * 200 + "\none\n", ("T" * 200, "one", 1)),
        ("T" * 201 + "\none\n", ("", "T" * 201 + "\none", 2)),
        ("All there is", ("", "All there is", 1)),
        (" All there is \r\n \n\n\n", ("", "All there is", 1)),
        ("T" * 900 + "\n", ("", "T" * 900, 1)),
        ("\none\n", ("", "one", 1)),
        ("", ("", "", 1)),
    ],
)
def test_a_first_line_that_is_no_title_is_text(text: str, expected: tuple[str, str, int]) -> None:
    assert wet_text(text) == expected
    ours, theirs = (items_of(warc(text.encode()), title=how)[0] for how in ("auto", "ccnet"))
    assert (ours.title, ours.raw_content, ours.nlines) == expected  # type: ignore[union-attr]
    assert (theirs.title, theirs.raw_content, theirs.nlines) == ccnet_text(text)  # type: ignore[union-attr]


@given(st.text("ab\n", max_size=60), st.integers(1, 20))
def test_has_longer_line(text: str, bound: int) -> None:
    assert has_longer_line(text, bound) == any(len(line) > bound for line in text.split("\n"))


def test_fates_of_records() -> None:
    for data, expected in (
        (warc(), ("document", "Some text.")),
        (warc(type="warcinfo"), ("skipped", "warcinfo")),
        (warc(type="Metadata"), ("skipped", "metadata")),
        (warc(type="revisit"), ("skipped", "revisit")),
        (warc(type="odd"), ("skipped", "unknown_type")),
        (warc(type=""), ("bad", "no_record_type")),
        (warc(fields={"Content-Type": "application/json"}), ("skipped", "not_text")),
        (warc(b"T\n\xff\xe4\n"), ("document", "\ufffd\ufffd")),
        (warc(b"T\n" + b"x" * 101), ("bad", "line_too_long")),
        (warc(b"T\n" + b"x\n" * 3000), ("bad", "text_too_large")),
        (warc(b"T\n" + b"x\n" * 201), ("bad", "too_many_lines")),
        (page(b"<p>x</p>" * 202), ("bad", "too_many_lines")),
        (page(b"<p>hi"), ("document", "hi")),
        (page(b"<p>hi", status="404 Not Found"), ("skipped", "http_status")),
        (page(b"<p>hi", http="Content-Type: image/png"), ("skipped", "not_html")),
        (page(b"<html><p>hi", http="X: y"), ("document", "hi")),
        (page(b"hi", http="X: y"), ("skipped", "not_html")),
        (
            page(b"\xff" * 9, http="Content-Type: text/html\r\nContent-Encoding: gzip"),
            ("bad", "bad_encoding"),
        ),
        (page(b"x", http="Content-Type: text/html\r\nContent-Encoding: zstd"), ("bad", "unknown_encoding")),
        (page(b"<p>" + b"hi " * 3000), ("bad", "html_too_large")),
        (page(b"<p>" + b"hi " * 50), ("bad", "line_too_long")),
        (
            warc(b"no http", "response", fields={"Content-Type": "application/http"}),
            ("bad", "bad_http_header"),
        ),
        (warc(b"20080430 dns", type="response"), ("skipped", "not_http")),
        (b"nothing", ("bad", "not_an_archive")),
        (b"", ("bad", "empty_file")),
    ):
        assert fate(data, max_html_bytes=5000, max_line_chars=100, max_lines=200) == expected, data[:300]


def test_a_text_that_becomes_many_times_as_long_is_bad() -> None:
    for text, expected in (
        ("\ufdfa" * 100_001, ("bad", "text_expands")),
        ("\ufdfa" * 1000, ("document", "\ufdfa" * 1000)),
        ("\ufb03" * 100_001, ("document", "\ufb03" * 100_001)),
    ):
        assert fate(warc(b"T\n" + text.encode() + b"\n")) == expected


def test_a_document_has_where_it_came_from() -> None:
    first = numbered(1)[0]
    language = {"WARC-Identified-Content-Language": "deu,eng"}
    data = members([first, warc(b"T\ntext\n", url="http://me:pw@example.com:80/a?b#c", fields=language)])
    document = items_of(data)[1]
    assert isinstance(document, Document)
    assert document.url == "http://example.com:80/a?b#c"
    assert document.source_domain == "example.com:80"
    assert document.cc_segment == "a.warc.wet.gz"
    assert document.declared_language == "deu,eng"
    assert (document.record_offset, document.member_offset) == (len(gzip.compress(first, mtime=0)), 0)
    assert document.record_length == len(data) - document.record_offset
    assert (document.title, document.raw_content, document.n_chars, document.nlines) == ("T", "text", 4, 1)
    assert (document.charset, document.record_type) == ("utf-8", "conversion")


def test_ids_name_the_record_and_number_what_is_equal() -> None:
    once = [item.doc_id for item in items_of(warc() * 3) if isinstance(item, Document)]
    assert len(set(once)) == 3
    assert once == [item.doc_id for item in items_of(members([warc()] * 3)) if isinstance(item, Document)]
    assert once[:2] == [item.doc_id for item in items_of(warc(b"Other\ntext\n") * 2)]  # type: ignore[union-attr]
    for other in (
        warc(url="http://b/"),
        warc(id="<urn:uuid:2>"),
        warc().replace(b"WARC-Date: 2024", b"WARC-Date: 2023"),
    ):
        assert once[0] not in [item.doc_id for item in items_of(other)]  # type: ignore[union-attr]


def test_a_hostile_page_is_a_row_and_the_next_one_a_document() -> None:
    items = items_of(page(b"<div>" * 100_000) + page(b"<p>next"))
    assert isinstance(items[0], Other) and items[0].rule == "html_too_deep"
    assert isinstance(items[1], Document) and items[1].raw_content == "next"


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("count", [5, 200])
def test_an_archive_that_breaks_off_gives_what_came_before_the_break(packed: bool, count: int) -> None:
    records = numbered(count)
    data = members(records) if packed else b"".join(records)
    whole = items_of(data)
    for cut_off in (0, 1, len(data) // 2, len(data) - 1):

        class Breaking(BytesIO):
            def read(self, count: int | None = -1, end: int = cut_off) -> bytes:
                if self.tell() >= end:
                    raise SourceError("the connection is gone")
                return super().read(min(count or 0, end - self.tell()))

        found: list[Document | Other] = []
        shard = Shard(0, "http://x/a", "a.warc.wet.gz", len(data))
        with pytest.raises(SourceError, match="the connection is gone"):
            for item in read_documents(shard, Breaking(data), IngestSettings()):
                found.append(item)
        before = [item for item in whole if item.record_offset + item.record_length <= cut_off]
        assert found[: len(before)] == before
        # One more where only the line ends behind it are missing.
        assert len(found) <= len(before) + 1 and all(isinstance(item, Document) for item in found)


def test_real_pages_become_documents(shared_data: Path) -> None:
    path = shared_data / "warc_pages/article_extraction_benchmark.warc.gz"
    shard = Shard(0, str(path), path.name, path.stat().st_size)
    with path.open("rb") as stream:
        items = list(read_documents(shard, stream, IngestSettings()))
    documents = [item for item in items if isinstance(item, Document)]
    assert len(documents) == 181
    assert sum(item.record_length for item in items) == path.stat().st_size
    assert all(document.title and document.n_chars for document in documents)
