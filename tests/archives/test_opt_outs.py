"""What pages say against their use: headers, meta tags, which of them wins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.headers import parse_http_head
from ccnet_lite.archives.html import to_text
from ccnet_lite.archives.opt_outs import HEAD_BYTES, may_opt_out, opt_outs

LICENCE = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><{0} type="usage">{1}</{0}></license>'
    "</content></rsl>"
)
LETTERS = "nNoOaAiI\u0130mgetdrsv-K \u00e9\u017f\ud800"


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<meta name="robots" content="noindex, NOAI, noimageai">', "noai noimageai"),
        ("<META NAME=TDM-Reservation CONTENT=1>", "tdm=1"),
        ('<meta name="tdm-reservation" content="0">', "tdm=0"),
        ('<meta name="description" content="noai">', ""),
        ('<meta name="robots" content="noai noimageai">', "noai noimageai"),
        ('<meta name="GPTBot" content="noai">', "noai"),
        ('<meta http-equiv="X-Robots-Tag" content="noai">', "noai"),
        ('<meta property="tdm-reservation" content="1">', "tdm=1"),
        ('<!-- <meta name="robots" content="noai"> -->', ""),
        ('<script>var x = \'<meta name="robots" content="noai">\';</script>', ""),
        ("<title>noai</title>", ""),
        ('<link rel="license" type="application/rsl+xml" href="/license.xml">', "license"),
        ('<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', ""),
        (f'<script type="application/rsl+xml">{LICENCE.format("prohibits", "ai-train")}</script>', "rsl"),
        (f'<script type="application/rsl+xml">{LICENCE.format("permits", "all")}</script>', ""),
    ],
)
def test_meta_tags(head: str, found: str) -> None:
    page = f"<html><head>{head}</head><body><p>Text of a page.</p></body></html>"
    assert to_text(page.encode(), "utf-8", "resiliparse").opt_outs == found


@pytest.mark.parametrize(
    ("headers", "page", "found"),
    [
        ({}, "", ""),
        ({"x-robots-tag": "somebot: noai"}, "", "noai"),
        ({"x-robots-tag": "noairplane"}, "", ""),
        ({"tdm-reservation": "1"}, "", "tdm"),
        ({"tdm-reservation": "1"}, "tdm=0", "tdm=0"),
        ({"tdm-reservation": "0"}, "tdm=1", "tdm"),
        ({"tdm-reservation": "yes"}, "", ""),
        ({"tdm-reservation": "0, 1"}, "", "tdm"),
        ({"tdm-reservation": "1, 0"}, "", "tdm=0"),
        ({"content-usage": "search=y, train-ai=n"}, "", "usage"),
        ({"content-signal": "ai-train=yes, search=no"}, "", ""),
        ({"x-robots-tag": "noimageai"}, "noai", "noai noimageai"),
        ({"link": '<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"'}, "", "license"),
        ({"link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'}, "", ""),
        ({"link": "</style.css>; rel=preload"}, "rsl license", "license rsl"),
    ],
)
def test_the_page_stands_above_its_head(headers: dict[str, str], page: str, found: str) -> None:
    assert opt_outs(headers, page) == found


def test_fields_that_come_twice() -> None:
    head = parse_http_head(
        b"HTTP/1.1 200 OK\r\nX-Robots-Tag: GPTBot: noai\r\nContent-Usage: train-ai=n\r\nX-Robots-Tag: noindex\r\n"
        b'content-usage: search=y\r\nLink: </l.xml>; rel=license; type="application/rsl+xml"\r\n'
        b"Link: </a.css>; rel=preload\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n"
    )
    assert head is not None and opt_outs(head.fields, "") == "noai usage license"
    assert head.fields["content-type"] == "b"


@given(st.text(LETTERS, max_size=40), st.sampled_from(["noAI", "", "noImageAI", "TDM-reservation", "noa\u0130"]))
def test_names_are_looked_for_in_any_letter_case(text: str, name: str) -> None:
    page = (text + name + text).encode("utf-8", "replace")
    found = any(each in page.lower() for each in (b"noai", b"noimageai", b"tdm-reservation"))
    assert may_opt_out(page) == found


@pytest.mark.parametrize("name", ["NoAI", "noimageai", "TDM-Reservation", "application/rsl+xml"])
def test_each_name_alone_is_found_in_the_head_and_not_far_behind(name: str) -> None:
    assert may_opt_out(f"<meta name=robots content={name}>".encode())
    assert may_opt_out(b" " * (HEAD_BYTES - len(name)) + name.encode())
    assert not may_opt_out(b" " * HEAD_BYTES + name.encode())
    assert not may_opt_out(name[:-1].encode())
