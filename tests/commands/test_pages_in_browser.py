"""The pages of explain and of a review in a real Chromium: nothing off the screen, text the way it is read, keys.

Skipped where Chromium or playwright is not installed; axe where axe-playwright-python is not.
"""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.commands.explained_html import life_page
from ccnet_lite.commands.reviewed_html import review_page
from ccnet_lite.dedup.marks import GAP, MATCH, REST, Piece
from ccnet_lite.finished.copies_of import Copies, Member
from ccnet_lite.finished.differences import Difference, Stretch
from ccnet_lite.finished.explain import Asked, Life, Line, Perplexity
from ccnet_lite.finished.review import Review
from tests.commands.test_reviewed import HOSTILE, hit
from tests.report import test_browser
from tests.report.test_browser import LONG, OFF_SCREEN, Tab, browser

__all__ = ["browser"]
pytestmark = test_browser.pytestmark
ARABIC = "هذه جملة طويلة في صفحة عن تاريخ المدينة."
ENGLISH = "This sentence is of a page about a town."
ID, OTHER = "a" * 32, "b" * 32
READ = (
    "doc_id",
    "url",
    "cc_segment",
    "shard",
    "position",
    "record_offset",
    "record_id",
    "title",
    "n_chars",
    "nlines",
)
WIDTHS = (320, 390, 901, 1440)


def life() -> Life:
    """A document with an Arabic line, a long one, and a copy that differs in one."""
    read: dict[str, Any] = dict.fromkeys(READ, 7) | {"doc_id": ID, "url": LONG, "title": HOSTILE}
    texts = [ARABIC, f"{ENGLISH} {ARABIC}", "x" * 500, HOSTILE]
    lines = tuple(Line(n, text, n != 2, None if n != 2 else "host boilerplate") for n, text in enumerate(texts))
    both = Stretch(True, f"{ENGLISH}\n{ARABIC}\n", f"{ENGLISH}\n{ARABIC}\n")
    differing = Difference((both, Stretch(False, ENGLISH, ""), Stretch(False, "", ARABIC)), False)
    member = Member(OTHER, LONG, True, 1.0)
    copies = Copies(ID, 2, False, 0.83, (member,), member, 210, 256, differing)
    fate = {"outcome": "dropped", "stage": "near_duplicates", "rule": "near_duplicate", "value": 0.83}
    fate |= {
        "threshold": 0.8,
        "duplicate_of": OTHER,
        "bucket": None,
        "corpus_file": None,
        "corpus_row": None,
        "reason": None,
    }
    rules = (
        Asked("heuristics", "symbol_share_above", "symbol_share", 0.1, "at most 0.4", True),
        Asked("near_duplicates", "near_duplicate", "similarity", 0.83, "less than 0.8", False),
    )
    perplexity = Perplexity(None, None, None, "the run had no model of ar")
    meanings = {"host boilerplate": "3 or more documents of its host hold the line"}
    return Life(
        *(read, fate, "ar", 0.99, {"ar": 0.99}, "Arab", lines, meanings, True, rules, copies, None, None),
        perplexity=perplexity,
    )


def review() -> Review:
    pieces = (
        Piece(GAP, "", 184),
        Piece(REST, f" {ARABIC}!\n{ARABIC}\n", 9),
        Piece(MATCH, f"{ARABIC}\n{ENGLISH}", 9),
    )
    held = [hit(hit_id=f"{n:016x}", document=pieces, item_text=pieces[1:]) for n in range(3)]
    return Review((*held, hit(hit_id="f" * 16, verdict="reviewed")), {"contaminated": 3, "reviewed": 1})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    for name, page in (("explain", life_page([life()])), ("review", review_page(review()))):
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: f"file://{folder}/{name}.html" for name in ("explain", "review")}


@pytest.mark.parametrize("name", ["explain", "review"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_lies_off_the_screen(
    browser: Any, files: dict[str, str], tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    tab = Tab(browser, files[name], width, color_scheme=scheme)
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    assert tab.page.evaluate(OFF_SCREEN) == []
    picture = tmp_path / "page.png"
    tab.page.screenshot(path=str(picture))
    assert picture.stat().st_size > 10_000
    assert tab.said == [] and tab.asked == [files[name]]
    tab.context.close()


# Where the glyphs of each line of some text stand: by line its text, and how far its ends are from its block's.
ALIGNED = """(selector) => [...document.querySelectorAll(selector)].flatMap(block => {
  const box = block.getBoundingClientRect(), walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.closest('.soft')) continue;
    let at = 0;
    for (const line of node.data.split('\\n')) {
      const range = document.createRange();
      range.setStart(node, at); range.setEnd(node, at + line.length);
      const rects = [...range.getClientRects()];
      if (line.trim() && rects.length === 1)
        found.push([line.trim(), rects[0].left - box.left, box.right - rects[0].right]);
      at += line.length + 1;
    }
  }
  return found;
})"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    ("name", "selector"), [("explain", ".text"), ("explain", ".halves .text"), ("review", ".sides p")]
)
def test_each_line_is_flush_where_its_script_begins(
    browser: Any, files: dict[str, str], name: str, selector: str, width: int
) -> None:
    tab = Tab(browser, files[name], width)
    seen = set()
    for line, left, right in tab.page.evaluate(ALIGNED, selector):
        if line in (ARABIC, ENGLISH):
            seen.add(line)
            assert (right if line == ARABIC else left) < 8, (line, left, right)
    assert ARABIC in seen and (ENGLISH in seen or selector == ".text")
    tab.context.close()


def test_on_a_phone_two_texts_stand_one_below_the_other_under_their_names(
    browser: Any, files: dict[str, str]
) -> None:
    tab = Tab(browser, files["explain"], 390)
    boxes = [each.bounding_box() for each in tab.page.locator(".halves .text").all()]
    assert len(boxes) == 2 and all(box["width"] > 300 for box in boxes) and boxes[0]["y"] < boxes[1]["y"]
    label = "e => getComputedStyle(e, '::before').content"
    labels = [each.evaluate(label) for each in tab.page.locator(".halves td").all()]
    assert labels == ['"this document"', f'"{OTHER}"']
    tab.context.close()


def test_a_keyboard_goes_through_a_review_and_gathers_what_is_innocent(
    browser: Any, files: dict[str, str]
) -> None:
    tab = Tab(browser, files["review"])
    ids = [f"{n:016x}" for n in range(3)] + ["f" * 16]
    listed = "document.getElementById('list').value.split('\\n').filter(Boolean).map(each => each.slice(0, 16))"
    active = "document.activeElement.closest('article')?.dataset.id"
    assert tab.page.evaluate(listed) == ids[3:] and tab.page.inner_text("#count") == "1 of 4"
    for key in "jj":
        tab.page.keyboard.press(key)
    assert tab.page.evaluate(active) == ids[1]
    assert tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    top = tab.page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 4 <= top < 900, "its outline is seen"
    tab.page.keyboard.press("i")
    assert tab.page.evaluate(listed) == [ids[1], ids[3]] and tab.page.inner_text("#count") == "2 of 4"
    for key in ("k", "k", "k"):
        tab.page.keyboard.press(key)
    assert tab.page.evaluate(active) == ids[0]
    tab.page.keyboard.press("Tab")  # to its box
    tab.page.keyboard.press(" ")
    assert tab.page.evaluate(listed) == [ids[0], ids[1], ids[3]]
    tab.page.keyboard.press("i")  # in the box, too
    assert tab.page.evaluate(listed) == [ids[1], ids[3]]
    tab.page.reload()
    assert tab.page.evaluate(listed) == [ids[1], ids[3]], "what was chosen is held"
    assert tab.said == []
    tab.context.close()


def test_without_scripts_a_review_shows_all_of_it(browser: Any, files: dict[str, str]) -> None:
    tab = Tab(browser, files["review"], java_script_enabled=False)
    assert tab.page.locator("article").count() == 4 and tab.page.locator("article mark").first.is_visible()
    assert tab.page.locator("#choice").is_hidden() and tab.page.locator("label.verdict").first.is_hidden()
    tab.context.close()


@pytest.mark.parametrize("name", ["explain", "review"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(browser: Any, files: dict[str, str], name: str, width: int, scheme: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs axe (pip install axe-playwright-python)")
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    tab = Tab(browser, files[name], width, color_scheme=scheme, bypass_csp=True)
    tab.page.evaluate(axe)
    found = tab.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    tab.context.close()
