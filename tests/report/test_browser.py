"""The page in a real Chromium: nothing off the screen, on a phone or a wide one, light or dark; sort and search.

Skipped where Chromium or playwright is not installed; axe where axe-playwright-python is not.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.report.data import Perplexities, ReportData
from ccnet_lite.report.html import render_report
from ccnet_lite.run.funnel import FunnelRow, build_funnel
from ccnet_lite.run.glimpses import AtThreshold
from tests.report.test_html import HOSTILE, data, example, sampling, statistics

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (or CHROMIUM=/its/path)"),
]
__all__ = ["data"]
NAMES = {"sw": "Swahili", "en": "English", "x07": "A language with quite a long name, Latn"}
N_LANGUAGES = 60
LONG = "https://a-very-long-host-name-without-a-break." + "subdomain-" * 12 + ".example/"
# Marks that are wider than the window, and which they are; what is hidden has no width.
OFF_SCREEN = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && !e.closest('svg') && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => `${e.closest('section')?.id} ${e.tagName} ${e.textContent.slice(0, 40)}`).slice(0, 5)"""
SHOWN = """() => [...document.querySelectorAll('.lang')].filter(e => e.offsetParent !== null)
  .map(e => e.id.slice(5))"""


def large(data: ReportData) -> ReportData:
    """The report of a run of many languages, with long and hostile text in it."""
    codes = ["en", "sw", *(f"x{n:02}" for n in range(N_LANGUAGES - 2))]
    rows = [FunnelRow(None, "skipped", "ingest", "warcinfo", 2, 0)]
    for number, code in enumerate(codes):
        rows.append(FunnelRow(code, "kept", None, None, 123_456_789 - 1000 * number, 10**11))
        rows.append(FunnelRow(code, "dropped", "heuristics", "duplicate_line_share_above", 1000 + 7 * number, 9))
        rows.append(FunnelRow(code, "dropped", "paragraphs", "too_short_after_dedup", 10 + number, 9))
    assert data.glimpse is not None
    shown = example(1, "en", 0.31, "duplicate_line_share_above")._replace(url=LONG, title=HOSTILE + "長" * 200)
    hosts = [host._replace(host=LONG) for host in data.glimpse.kept_hosts]
    at = AtThreshold([shown] * 3, [shown._replace(rule=None)] * 3)
    glimpse = replace(
        data.glimpse,
        kept_hosts=hosts,
        dropped_hosts=hosts,
        at_thresholds={rule.name: at for rule in data.rules},
        left={("en", "duplicate_line_share_above"): [shown, shown]},
    )
    return replace(
        data,
        run="a-run-whose-name-" + "is-long-" * 20,
        funnel=build_funnel(rows),
        names=NAMES,
        glimpse=glimpse,
        statistics=[statistics(code, "head", 10**9 - n, 10**12 + n) for n, code in enumerate(codes)],
        sampling=[sampling(code, 10**9 - n, 0.016, 0.3, 0.017) for n, code in enumerate(codes)],
        perplexities=[Perplexities(code, [100.0, 200.0, 300.0, 400.0], 150.0, 350.0) for code in codes[:40]],
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def file(data: ReportData, tmp_path: Path) -> str:
    path = tmp_path / "index.html"
    path.write_text(render_report(large(data)), encoding="utf-8")
    return f"file://{path}"


class Tab:
    """A page, and all that it said on the console or asked for."""

    def __init__(self, browser: Any, file: str, width: int = 1440, **options: Any):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("a dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file)

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    def languages(self) -> list[str]:
        found: list[str] = self.page.evaluate(SHOWN)
        return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 901, 1024, 1440])
def test_nothing_lies_off_the_screen(browser: Any, file: str, tmp_path: Path, width: int, scheme: str) -> None:
    tab = Tab(browser, file, width, color_scheme=scheme)
    tab.unfold()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    if width <= 390:
        assert tab.page.evaluate(OFF_SCREEN) == []
    background = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(253, 252, 250)", "dark": "rgb(21, 24, 27)"}[scheme]
    picture = tmp_path / "page.png"
    tab.page.screenshot(path=str(picture))
    assert picture.stat().st_size > 10_000
    assert tab.said == [] and tab.asked == [file]
    tab.context.close()


def test_hostile_text_stays_text_where_it_could_run(browser: Any, file: str) -> None:
    tab = Tab(browser, file)
    tab.unfold()
    assert "<script>alert(1)</script>" in tab.page.inner_text("#thresholds")
    assert tab.page.evaluate("document.scripts.length") == 1 and tab.said == []
    # Were text to get out of its cell, the page's policy would still not let it run.
    tab.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')"
    )
    tab.page.wait_for_function("document.images.length === 1")
    tab.page.wait_for_timeout(200)
    assert tab.page.title() != "1" and len(tab.said) >= 1 and "Content Security Policy" in tab.said[0]
    tab.context.close()


def test_a_language_is_found_by_name_or_code(browser: Any, file: str) -> None:
    tab = Tab(browser, file)
    assert len(tab.languages()) == 30
    tab.page.fill("#find", "swahi")
    assert tab.languages() == ["sw"]
    assert tab.page.inner_text("#found") == f"1 of {N_LANGUAGES} languages"
    corpus = "() => [...document.querySelectorAll('#corpus tbody tr')].filter(e => e.offsetParent).length"
    assert tab.page.evaluate(corpus) == 1
    tab.page.fill("#find", "x5")  # behind the first 30
    assert tab.languages() == [f"x5{n}" for n in range(8)]
    tab.page.fill("#find", "")
    assert len(tab.languages()) == 30 and tab.said == []
    tab.page.locator("#funnel .whole input").first.check()
    assert len(tab.languages()) == N_LANGUAGES
    tab.context.close()


def test_languages_and_columns_are_sorted(browser: Any, file: str) -> None:
    tab = Tab(browser, file)
    assert tab.languages()[:3] == ["en", "sw", "x00"]
    tab.page.get_by_role("button", name="name", exact=True).click()
    assert tab.languages()[:2] == ["x07", "en"]  # A language …, English
    tab.page.get_by_role("button", name="share kept").click()
    shares = tab.page.evaluate(
        "[...document.querySelectorAll('.lang')].map(e => Number(e.dataset.sort.split('|')[2]))"
    )
    assert shares == sorted(shares, reverse=True)
    first = "() => [...document.querySelectorAll('#corpus tbody tr')].slice(0, 2).map(e => e.dataset.name)"
    assert tab.page.evaluate(first) == ["English en", "Swahili sw"]
    button = tab.page.locator("#corpus th button", has_text="tokens")
    button.click()  # the most first
    assert tab.page.evaluate(first) == ["x57 x57", "x56 x56"]
    assert tab.page.locator("#corpus th", has_text="tokens").get_attribute("aria-sort") == "descending"
    button.press("Enter")
    assert tab.page.evaluate(first) == ["English en", "Swahili sw"] and tab.said == []
    tab.context.close()


def test_a_keyboard_is_enough(browser: Any, file: str) -> None:
    tab = Tab(browser, file)
    tab.page.focus("#find")
    tab.page.keyboard.type("english")
    for _ in range(30):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("document.activeElement.closest('.lang')?.id") == "lang-en":
            break
    assert tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.page.keyboard.press("Enter")
    inner = tab.page.locator("#lang-en .inner")
    assert inner.is_visible() and "Why they left" in inner.inner_text()
    tab.context.close()


def test_a_search_ends_at_the_language_that_was_found(browser: Any, file: str) -> None:
    tab = Tab(browser, file, 390)
    tab.page.fill("#find", "english")
    tab.page.press("#find", "Enter")
    assert tab.page.locator("#lang-en .inner").is_visible()
    assert tab.page.evaluate("document.activeElement.parentElement.id") == "lang-en"
    assert tab.page.evaluate("document.getElementById('lang-en').getBoundingClientRect().top") < 50
    tab.context.close()


def test_a_link_to_a_rule_unfolds_it(browser: Any, file: str) -> None:
    tab = Tab(browser, file)
    tab.page.click("#reasons a[href='#rule-too_short_after_dedup']")
    assert tab.page.locator("#rule-too_short_after_dedup p").first.is_visible()
    tab.context.close()


def test_without_scripts_all_of_it_is_there(browser: Any, file: str) -> None:
    tab = Tab(browser, file, java_script_enabled=False)
    assert tab.page.locator("#find").is_hidden() and tab.page.locator(".sorting").is_hidden()
    assert tab.page.locator("#lang-x57").is_hidden()
    tab.page.locator("#funnel .whole input").first.check()
    tab.page.locator("#lang-x57 summary").click()
    assert tab.page.locator("#lang-x57 .inner").is_visible()
    tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_axe_finds_nothing(browser: Any, file: str, width: int, scheme: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs axe (pip install axe-playwright-python)")
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    tab = Tab(browser, file, width, color_scheme=scheme, bypass_csp=True)
    tab.page.evaluate("document.querySelectorAll('#lang-en, details.rule').forEach(e => { e.open = true })")
    tab.page.locator("#funnel > details > summary").click()
    tab.page.evaluate(axe)
    found = tab.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    tab.context.close()
