"""A review as text, in a terminal and as a page: hostile text is written out, marks stand where they belong."""

import io
import re
from html.parser import HTMLParser

import pytest

from ccnet_lite.commands.reviewed import print_review, review_text
from ccnet_lite.commands.reviewed_html import review_page
from ccnet_lite.dedup.marks import GAP, MATCH, REST, Piece
from ccnet_lite.finished.review import Hit, Review

HOSTILE = '\x1b[2J\u202e</p><script>alert(1)</script>" onload="x'


def hit(**changes: object) -> Hit:
    given: dict[str, object] = {
        "hit_id": "0123456789abcdef",
        "doc_id": "d" * 32,
        "language": "en",
        "corpus_file": "corpus/part.parquet",
        "url": f"https://a.example/{HOSTILE}",
        "reference": f"t{HOSTILE}.jsonl",
        "item": "line 3",
        "measure": "item",
        "corpus_row": 4,
        "overlap": 0.5,
        "weighted_overlap": 0.25,
        "matched_ngrams": 2,
        "ngrams": 4,
        "verdict": "contaminated",
        "fields": ("q",),
        "document": (Piece(GAP, "", 1234), Piece(REST, f"before {HOSTILE}\n", 9), Piece(MATCH, "the\nmatch", 9)),
        "item_text": (Piece(MATCH, f"The match{HOSTILE}", 9),),
    }
    return Hit(**{**given, **changes})  # type: ignore[arg-type]


REVIEW = Review((hit(), hit(hit_id="f" * 16, verdict="reviewed")), {"contaminated": 5, "reviewed": 1})


def test_as_text() -> None:
    said = review_text(REVIEW, 200)
    assert "\x1b" not in said and "\u202e" not in said and max(map(len, said.splitlines())) <= 200
    assert said.startswith("hits: 5 contaminated, 1 reviewed; 4 of them are not shown (--review-limit)")
    assert "2 of 2  ffffffffffffffff  kept: reviewed as innocent" in said
    assert "2 of the item's 4 n-grams are in the document: 0.50, weighted 0.25" in said
    assert "[... 1,234 characters ...] before" in said and "[[the ↵ match]]" in said
    assert ", line 3, q" in said.replace("\n  ", "")


def test_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_review(REVIEW, 200)
    said = out.getvalue()
    assert "\x1b[1;7mthe ↵ match\x1b[0m" in said
    assert "\x1b[2J" not in said and "\u202e" not in said
    assert "<script>" in said, "markup is text here"


class Marks(HTMLParser):
    """What stands in marks, which tags there are, and what is text in no script or style."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "mark":
            self.marks.append("")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["mark"]:
            self.marks[-1] += data
            self.tags.append("")


def test_as_a_page() -> None:
    page = review_page(REVIEW)
    found = Marks()
    found.feed(page)
    assert found.marks[0] == "the\nmatch" and len(found.marks) == 4
    assert found.tags.count("script") == 1 and found.tags.count("article") == 2
    assert "\x1b" not in page and "\u202e" not in page
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not [value for name, value in found.attributes if name in ("src", "href")]
    (policy,) = [value for name, value in found.attributes if name == "content" and "default-src" in (value or "")]
    assert re.match(r"default-src 'none'; .*script-src 'sha256-[A-Za-z0-9+/]{43}='$", policy or "")
    assert [value for name, value in found.attributes if name == "data-id"] == ["0123456789abcdef", "f" * 16]
    assert found.attributes.count(("checked", None)) == 1
    assert page == review_page(REVIEW)
