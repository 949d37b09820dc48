"""Pages made to break what reads them, through the page process: each gives its text or is a bad record."""

from collections.abc import Iterator

import pytest

from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import MAX_TITLE
from ccnet_lite.archives.page_worker import PageWorker

TEXT = (
    "The council voted on Monday to keep the old bridge open, after a long debate about its repair, and asked the "
    "engineers for a new report. It is due by the end of the month."
)
HEBREW = "המועצה הצביעה ביום שני להשאיר את הגשר הישן פתוח, לאחר דיון ארוך על תיקונו, וביקשה מהמהנדסים דוח חדש."


def page(inside: str = "") -> str:
    body = f"<div class=content><p>{TEXT}</p>{inside}<p>{TEXT}</p></div>"
    return f"<html><head><title>A title</title></head><body>{body}"


@pytest.fixture(scope="module", params=["lines", "resiliparse"])
def worker(request: pytest.FixtureRequest) -> Iterator[PageWorker]:
    worker = PageWorker(request.param)
    yield worker
    worker.close()


DEEP = {
    "elements": "<div>" * 10_000 + TEXT + "</div>" * 10_000,
    "cells": "<table><tr><td>" * 10_000 + TEXT,
    "quotes, each ended by another's end": "<blockquote><ul><li></blockquote>" * 10_000 + TEXT,
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le"])
def test_pages_nested_too_deep_are_told_so(worker: PageWorker, name: str, charset: str) -> None:
    try:
        assert TEXT in worker.to_text(DEEP[name].encode(charset), "").text
    except ExtractionError as error:
        assert error.rule == "html_too_deep"


@pytest.mark.parametrize("tags", ["<b><i>", "<a href=x><b><p></a>", "<blockquote><p></blockquote>", "<br>"])
def test_ten_thousand_tags_before_a_text(worker: PageWorker, tags: str) -> None:
    try:
        assert TEXT in worker.to_text((tags * 5000 + f"<p>{TEXT}").encode(), "").text
    except ExtractionError as error:
        assert error.rule == "html_too_deep"


LARGE = {
    "a script": f"<script>{'var a = 1;' * 1_500_000}</script><p>{TEXT}",
    "one line": f"<p>{'word ' * 3_000_000}",
    "zeros": "\0" * 15_000_000 + f"<p>{TEXT}",
    "an attribute": f"<div class='{'a-b ' * 4_000_000}'><p>{TEXT}",
    "brackets": "<" * 2_000_000 + f"<p>{TEXT}",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_pages(worker: PageWorker, name: str) -> None:
    found = worker.to_text(LARGE[name].encode(), "").text
    assert TEXT in found or found.startswith("word word")


HIDDEN = {
    "script": f"<script type='application/ld+json'>{{'articleBody': 'hidden {TEXT}'}}</script>",
    "noscript": "<noscript><p>hidden, for those without scripts: please switch them on to read.</p></noscript>",
    "template": f"<template><p>hidden {TEXT}</p></template>",
    "frame": "<iframe src=x>hidden, as no browser shows it.</iframe>",
    "comment": f"<!-- hidden <p>{TEXT} -->",
    "style": f"<div style='display: none'><p>hidden {TEXT}</p></div>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_hidden_stays_so(worker: PageWorker, name: str) -> None:
    found = worker.to_text(page(HIDDEN[name]).encode(), "")
    assert (found.title, found.text) == ("A title", f"{TEXT}\n{TEXT}")


@pytest.mark.parametrize(
    "body",
    [
        f"<script>window.data = {{'text': '{TEXT}'}}</script><div id=root></div>",
        f"<script type='application/ld+json'>{{'articleBody': '{TEXT}'}}</script>",
        "<body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
        "<frameset cols='20%,80%'><frame src=a><frame src=b><noframes>No frames.</noframes></frameset>",
    ],
)
def test_pages_whose_text_is_elsewhere_have_none(worker: PageWorker, body: str) -> None:
    assert worker.to_text(f"<title>T</title>{body}".encode(), "").text == ""


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("said", ["", "text/html; charset=iso-8859-1", "text/html; charset=utf-16"])
def test_right_to_left_in_any_unicode_whatever_is_declared(worker: PageWorker, charset: str, said: str) -> None:
    html = f"<html dir=rtl><title>כותרת</title><article><p>{HEBREW}</p><p>\u202b{HEBREW}\u202c</p></article>"
    found = worker.to_text(html.encode(charset), said)
    assert (found.title, found.text) == ("כותרת", f"{HEBREW}\n\u202b{HEBREW}\u202c")


@pytest.mark.parametrize("tail", ["", "<div class='x", "<!-- x", "<script>x", "</", "&am"])
def test_tags_that_do_not_end(worker: PageWorker, tail: str) -> None:
    html = page().replace("</p>", "").replace("</div>", "") + tail
    assert worker.to_text(html.encode(), "").text.removesuffix("</").removesuffix("&am") == f"{TEXT}\n{TEXT}"


def test_zeros_within_a_text(worker: PageWorker) -> None:
    found = worker.to_text(page().replace("bridge", "bri\0dge").encode(), "").text
    assert "\0" not in found and found.replace("bri dge", "bridge") == f"{TEXT}\n{TEXT}"


def test_a_title_that_does_not_end_is_cut(worker: PageWorker) -> None:
    found = worker.to_text(f"<title>{TEXT * 100}".encode(), "")
    assert found.title == (TEXT * 100)[:MAX_TITLE] and found.text == ""


def test_table_list_and_code(worker: PageWorker) -> None:
    table = "<table><tr><th>City<th>People<tr><td>Berlin<td>3,600,000<tr><td>Hamburg<td>1,800,000</table>"
    listed = "<ul><li>First take two eggs and a cup of flour.<li>Then stir them until nothing is left.</ul>"
    code = "<pre><code>def f(x):\n    return x &lt; 3</code></pre>"
    found = [
        " ".join(line.split())
        for line in worker.to_text(page(table + code + listed).encode(), "").text.split("\n")
    ]
    assert {"Berlin 3,600,000", "def f(x):", "return x < 3"} <= set(found)
