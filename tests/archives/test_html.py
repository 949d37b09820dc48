"""Pages to text: quality against known articles, hostile pages, and the process that bears them."""

import json
import os
import re
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import KEEP_ALL, MAX_DEPTH, is_html_type, nesting_bound, to_text
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.errors import UserError
from tests.archives.archive_making import read, records_of

PAGE = b"<html><head><title> A \n title </title></head><body><p>One &amp; two.</p><p> Three </p></body></html>"


@pytest.fixture
def worker() -> Iterator[PageWorker]:
    worker = PageWorker("resiliparse", max_seconds=1.0, max_memory=1024**3)
    yield worker
    worker.close()


@pytest.mark.parametrize("extractor", ["lines", "resiliparse", "trafilatura"])
def test_a_page(extractor: str) -> None:
    page = to_text(PAGE, "", extractor)  # type: ignore[arg-type]
    assert (page.title, page.charset) == ("A title", "utf-8")
    assert page.text.replace("\n", " ") == "One & two. Three"


def test_an_extractor_that_is_not_installed_is_the_users_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not one of each page."""
    monkeypatch.setattr("ccnet_lite.archives.html.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"trafilatura, which is not installed: pip install .*resiliparse"):
        PageWorker("trafilatura")
    PageWorker("resiliparse").close()


def test_lines_are_stripped_and_none_is_blank() -> None:
    html = "<pre> one \n\n\n two\u00a0 </pre><div>  </div><div>&#xD800;three</div>".encode()
    lines = to_text(html, "", "resiliparse").text.split("\n")
    assert lines == [line.strip() for line in lines if line.strip()]
    assert {"one", "two"} <= set(lines)
    assert lines[-1].endswith("three") and "\ud800" not in lines[-1]


def token_f1(found: str, wanted: str) -> float:
    ours, theirs = (Counter(re.findall(r"\w+", text.lower())) for text in (found, wanted))
    common = (ours & theirs).total()
    return 2 * common / max(1, ours.total() + theirs.total())


def articles(shared_data: Path) -> Iterator[tuple[bytes, str]]:
    folder = shared_data / "warc_pages"
    with (folder / "article_extraction_benchmark.truth.jsonl").open(encoding="utf-8") as file:
        truth = {row["url"]: row["articleBody"] for row in map(json.loads, file)}
    for record in records_of(read((folder / "article_extraction_benchmark.warc.gz").read_bytes())):
        if record.http_headers is not None:
            yield decode_body(record.http_headers, record.content, 1 << 30), truth[record.url]


@pytest.mark.parametrize(("extractor", "least"), [("lines", 0.95), ("resiliparse", 0.92), ("trafilatura", 0.95)])
def test_articles_are_found(shared_data: Path, extractor: str, least: float) -> None:
    """The mean token F1 over 181 news pages; the floors lie a little below what was measured."""
    scores = [
        token_f1(to_text(html, "", extractor).text, wanted)  # type: ignore[arg-type]
        for html, wanted in articles(shared_data)
    ]
    assert len(scores) == 181
    assert sum(scores) / len(scores) > least


@pytest.mark.parametrize("tag", ["<div>", "<blockquote><b>", "<table><tr><td>", "<ul><li>"])
def test_pages_nested_too_deep_are_refused(tag: str) -> None:
    with pytest.raises(ExtractionError, match=f"more than {MAX_DEPTH} elements") as error:
        to_text(tag.encode() * 100_000 + b"x", "", "resiliparse")
    assert error.value.rule == "html_too_deep"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be", "utf-32"])
def test_the_tags_of_a_page_are_counted_in_any_charset(charset: str) -> None:
    with pytest.raises(ExtractionError, match=f"more than {MAX_DEPTH} elements"):
        to_text(("<div>" * 2000 + "x").encode(charset), "", "resiliparse")


def test_a_small_page_may_be_nested_too_deep() -> None:
    """Of few tags it cannot be, which is looked at first; one tag more than may be is not few."""
    assert to_text(b"<b>" * (MAX_DEPTH - 5) + b"x", "", "resiliparse").text == "x"
    with pytest.raises(ExtractionError) as error:
        to_text(b"<b>" * (MAX_DEPTH + 1) + b"x", "", "resiliparse")
    assert error.value.rule == "html_too_deep"


@pytest.mark.parametrize("extractor", ["lines", "resiliparse", "trafilatura"])
@pytest.mark.parametrize("head", ["<!DOCTYPE html ", "<?xml version='1.0'?><!DOCTYPE html "])
def test_nothing_that_a_page_names_is_read(extractor: str, head: str, tmp_path: Path) -> None:
    """Neither a file nor an address: outside the page worker, which has no network, too."""
    secret = tmp_path / "secret"
    secret.write_text("what is mine")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        entities = f"<!ENTITY file SYSTEM 'file://{secret}'><!ENTITY page SYSTEM '{url}e'>"
        document = (
            f"{head} SYSTEM '{url}dtd' [{entities}]><html xmlns:xi='http://www.w3.org/2001/XInclude'><head>"
            f"<base href='{url}'><link rel='stylesheet' href='s'></head><body><p>{'Some words of text. ' * 20}"
            f"&file; &page;</p><xi:include href='{secret}' parse='text'/><iframe src='i'></iframe><img src='j'>"
        )
        page = to_text(document.encode(), "", extractor)  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            server.accept()
    assert "Some words of text" in page.text and "what is mine" not in page.text


def test_the_bound_on_nesting_is_one() -> None:
    assert nesting_bound(b"") == 0
    assert nesting_bound(b"a < b <!-- <3 --> </p></p>") == 0
    assert nesting_bound(b"<p>a</p>" * 50) == 1
    assert nesting_bound(b"</p>" * 50 + b"<div>" * 7) == 7
    assert nesting_bound(b"<br>" * 5000) == 5000  # a bound, not the depth: which is looked at then
    assert "x" in to_text(b"<body>" + b"<br>" * 5000 + b"x", "", "resiliparse").text


def test_is_html_type() -> None:
    assert is_html_type("Text/HTML;charset=x") is is_html_type("application/xhtml+xml") is True
    assert is_html_type("text/plain") is is_html_type("application/pdf") is False
    assert is_html_type("") is is_html_type("application/octet-stream") is None


def test_a_worker_of_lines_gives_what_the_function_gives() -> None:
    html = b"<h1>A title</h1><p>Some text, long enough to stay.</p><pre>code()</pre><p>And more of it.</p>"
    for keep in (KEEP_ALL, ()):
        worker = PageWorker("lines", keep=keep)
        try:
            assert worker.to_text(html, "text/html") == to_text(html, "", "lines", keep)
            assert ("code()" in worker.to_text(html, "").text) == (keep == KEEP_ALL)
        finally:
            worker.close()


def test_the_worker_gives_what_the_function_gives(worker: PageWorker) -> None:
    cyrillic = "<title>Т</title><p>Съешь ещё этих мягких французских булок".encode("cp1251")
    for html, media_type in ((PAGE, "text/html"), (cyrillic, "text/html; charset=windows-1251"), (b"", "")):
        charset = media_type.partition("charset=")[2]
        assert worker.to_text(html, media_type) == to_text(html, charset, "resiliparse")


def test_errors_come_out_of_the_worker_by_their_rule(worker: PageWorker) -> None:
    with pytest.raises(ExtractionError, match="elements within one another") as error:
        worker.to_text(b"<div>" * 100_000, "")
    assert error.value.rule == "html_too_deep"
    assert worker.to_text(PAGE, "").title == "A title"


def test_a_page_that_takes_too_long_costs_itself_alone() -> None:
    impatient = PageWorker("resiliparse", max_seconds=0.05)
    try:
        assert impatient.to_text(PAGE, "").title == "A title"
        with pytest.raises(ExtractionError, match=r"more than 0\.05 s of processor time") as error:
            impatient.to_text(b"<p>some text, <b>bold</b> and <i>not</i></p>" * 200_000, "")
        assert error.value.rule == "html_too_slow"
        assert impatient.to_text(PAGE, "").title == "A title"
    finally:
        impatient.close()


def test_a_crash_costs_one_page(worker: PageWorker) -> None:
    worker.to_text(PAGE, "")
    process = worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGSEGV)
    process.wait()
    with pytest.raises(ExtractionError, match="status -11") as error:
        worker.to_text(PAGE, "")
    assert error.value.rule == "html_crash"
    assert worker.to_text(PAGE, "").title == "A title"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_killed_by_another_costs_no_page(worker: PageWorker, number: signal.Signals) -> None:
    worker.to_text(PAGE, "")
    process = worker._process
    assert process is not None
    os.kill(process.pid, number)
    process.wait()
    assert worker.to_text(PAGE, "").title == "A title"


def test_a_page_that_gets_every_process_killed_is_a_crash(
    worker: PageWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = worker._start

    def start_and_kill() -> subprocess.Popen[bytes]:
        process = start()
        process.kill()
        process.wait()
        return process

    monkeypatch.setattr(worker, "_start", start_and_kill)
    with pytest.raises(ExtractionError, match="status -9") as error:
        worker.to_text(PAGE, "")
    assert error.value.rule == "html_crash"


def test_memory_is_bounded() -> None:
    worker = PageWorker("resiliparse", max_memory=400 * 1024**2)
    try:
        with pytest.raises(ExtractionError) as error:
            worker.to_text(b"<p>a</p>" * 20_000_000, "")
        assert error.value.rule in ("html_too_large", "html_crash", "bad_html")
        assert worker.to_text(PAGE, "").title == "A title"
    finally:
        worker.close()


def test_closing_ends_the_process(worker: PageWorker) -> None:
    worker.to_text(PAGE, "")
    process = worker._process
    assert process is not None
    worker.close()
    assert process.poll() is not None
