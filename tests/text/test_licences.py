"""Licences by RSL: whether they grant training, for which paths, however they are written."""

import pytest

from ccnet_lite.text.licences import licences
from ccnet_lite.text.robots import disallowed

NAMESPACE = 'xmlns="https://rslstandard.org/rsl"'


def shut(content: str, path: str = "/a", root: str = f"<rsl {NAMESPACE}>{{}}</rsl>", host: str = "") -> bool:
    return any(disallowed(rules, path) for rules in licences(root.format(content).encode(), host))


def said(terms: str, url: str = "/", server: str = "") -> str:
    return f'<content url="{url}"{server}><license>{terms}</license></content>'


@pytest.mark.parametrize(
    ("terms", "granted"),
    [
        ('<prohibits type="usage">ai-train</prohibits>', False),
        ('<prohibits type="usage">ai-input,ai-all</prohibits>', False),
        ("<prohibits>all</prohibits>", False),
        ('<prohibits type="usage">train-ai</prohibits>', False),
        ('<prohibits type="usage">ai-input ai-index search</prohibits>', True),
        ('<prohibits type="user">all</prohibits>', True),
        ('<permits type="usage">search</permits>', False),
        ('<permits type="usage">search</permits><permits type="usage">AI-Train</permits>', True),
        ('<permits type="user">education</permits>', True),
        ('<permits type="usage">ai-all</permits><prohibits type="usage">ai-train</prohibits>', False),
        ('<permits type="usage">all</permits><payment type="training"><amount>5</amount></payment>', False),
        ('<payment type="free"/>', True),
        ('<payment type="attribution"/>', True),
        ('<payment type="crawl"/>', False),
        ("", True),
    ],
)
def test_what_grants_training(terms: str, granted: bool) -> None:
    assert shut(said(terms)) is not granted


def test_of_several_licences_one_that_grants_it_is_enough_and_what_one_prohibits_no_other_permits() -> None:
    paid, free = '<payment type="purchase"/>', '<permits type="usage">ai-train</permits>'
    both = f'<content url="/"><license>{paid}</license><license>{free}</license></content>'
    assert shut(said(paid)) and not shut(both)
    assert shut(both.replace(paid, '<prohibits type="usage">ai-train</prohibits>'))
    assert shut(said("", server=' server="https://olp.example"'))
    assert not shut('<content url="/"><copyright>A</copyright></content>')


def test_the_longest_pattern_decides_but_over_what_is_prohibited() -> None:
    paid, free = '<payment type="purchase"/>', '<payment type="free"/>'
    some = said(paid) + said(free, "/free/*")
    assert shut(some) and not shut(some, "/free/a")
    never = said("<prohibits>ai-train</prohibits>") + said(free, "/free/")
    assert shut(never, "/free/a")
    assert [shut(said(paid, "/*.pdf$"), path) for path in ("/a.pdf", "/a.pdf?x", "/a")] == [True, False, False]
    # Of two as long the stricter one, in either order.
    assert shut(said(paid) + said(free)) and shut(said(free) + said(paid))
    assert shut(said(paid, "/\u00fc"), "/%C3%BC/a")


def test_whose_pages_a_licence_speaks_of() -> None:
    paid = said('<payment type="purchase"/>', "https://A.example:443/x")
    assert shut(paid, "/x/1", host="a.example") and not shut(paid, "/y", host="a.example")
    assert not shut(paid, "/x/1", host="b.example") and shut(paid, "/x/1")
    for url in ("https://a.example", "https://a.example/"):
        assert shut(paid.replace("https://A.example:443/x", url), host="a.example")
    for url in ("", "images/", "https://[/", "x" * 1000, "/" + "x" * 1000):
        assert not shut(paid.replace("https://A.example:443/x", url), host="a.example")


@pytest.mark.parametrize(
    "root",
    [
        f"<?xml version='1.0' encoding='utf-8'?>\n<rsl {NAMESPACE}>{{}}</rsl>",
        f"\ufeff\n<rsl {NAMESPACE}>{{}}</rsl>",
        f"<rss {NAMESPACE}><channel><item>{{}}</item></channel></rss>",
    ],
)
def test_files_and_feeds(root: str) -> None:
    assert shut(said("<prohibits>ai-train</prohibits>"), root=root)


def test_another_vocabulary_and_what_is_no_xml() -> None:
    terms = said("<prohibits>ai-train</prohibits>")
    for root in ("<rsl>{}</rsl>", '<rsl xmlns="https://other.example/">{}</rsl>', f"<rsl {NAMESPACE}>{{}}", "{}"):
        assert not shut(terms, root=root)
    entity = f'<!DOCTYPE rsl [<!ENTITY a "ai-train">]><rsl {NAMESPACE}>{{}}</rsl>'
    assert not shut(said("<prohibits>&a;</prohibits>"), root=entity)
    assert licences(f"<rsl {NAMESPACE}>".encode() + b"<content url='/'>" * 50_000) == []
    utf16 = f"<?xml version='1.0' encoding='utf-16'?><rsl {NAMESPACE}>{terms}</rsl>".encode("utf-16")
    assert licences(utf16) == [("-/",)]
