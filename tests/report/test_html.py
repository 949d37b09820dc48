"""The page: well-formed, self-contained, the same twice, and nothing from a crawl gets out of its cell."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]

from ccnet_lite.report.data import (
    BadRecord,
    Cluster,
    CutLines,
    Perplexities,
    ReportData,
    SamplingRow,
    StatisticsRow,
)
from ccnet_lite.report.html import render_report
from ccnet_lite.report.style import fate_class, style_sheet
from ccnet_lite.run.figures import Figures
from ccnet_lite.run.funnel import FunnelRow, build_funnel, without_language
from ccnet_lite.run.glimpses import AtThreshold, Example, Glimpse, Host
from ccnet_lite.run.rules_told import rules_told
from ccnet_lite.settings import load_settings

HOSTILE = '</td><script>alert(1)</script><img src=x onerror=alert(1)>" onload="x\' &amp; \u202e\x00'


def sampling(language: str, n: int | None, p: float | None, alpha: float, q: float | None) -> SamplingRow:
    factor = None if p is None or q is None else q / p
    return SamplingRow(
        language=language,
        unit="words",
        n=n,
        p=p,
        alpha=alpha,
        q=q,
        factor=factor,
        epochs_at_budget=None if q is None else 12.5,
        unimax_probability=q,
        unimax_epochs=None if q is None else 4.0,
    )


def statistics(language: str, bucket: str, documents: int, tokens: int | None) -> StatisticsRow:
    return StatisticsRow(
        language=language,
        bucket=bucket,
        documents=documents,
        lines=10 * documents,
        characters=1000 * documents,
        bytes=1100 * documents,
        words=200 * documents,
        tokens=tokens,
        split="train",
    )


FIGURES: dict[str, Any] = {"seconds": 12.5, "cpu_seconds": 31.25, "task_seconds": 20.0, "rows": 1500} | {
    name: 1000 * number
    for number, name in enumerate(
        ("read_bytes", "written_bytes", "shuffled_bytes", "spilled_bytes", "peak_memory_bytes"), 2
    )
}


def example(number: int, language: str, value: float | None, rule: str | None) -> Example:
    url = f"https://example.org/{number}"
    return Example(f"{number:032x}", url, f"Title {number}", language, value, 0.5, rule)


SIMILARITY = "Similarity to a document that stays in its place; from the threshold on it is a near-duplicate."
BELOW = "language_below_threshold"
GLIMPSE = Glimpse(
    archives=2,
    documents=70,
    kept_hosts=[Host("a.example", 30, 2, "near_duplicate", 2), Host("b.example", 15, 0, "", 0)],
    dropped_hosts=[Host("c.example", 0, 22, "near_duplicate", 18)],
    at_thresholds={BELOW: AtThreshold([example(1, "sw", 0.49, BELOW)], [example(2, "sw", 0.5, None)])},
    left={
        ("en", "near_duplicate"): [example(3, "en", 0.93, "near_duplicate")],
        ("und", BELOW): [example(1, "sw", 0.49, BELOW)],
    },
)


@pytest.fixture
def data() -> ReportData:
    rows = [
        FunnelRow(None, "skipped", "ingest", "warcinfo", 2, 0),
        FunnelRow(None, "bad", "ingest", "truncated_gzip", 1, 0),
        FunnelRow("en", "kept", None, None, 40, 4000),
        FunnelRow("en", "dropped", "near_duplicates", "near_duplicate", 20, 2000),
        FunnelRow("sw", "kept", None, None, 5, 450),
        FunnelRow("sw", "dropped", "language", "language_below_threshold", 4, 300),
    ]
    low = rows[-1:]
    return ReportData(
        run="runs/sample",
        version="1.2.3",
        settings_digest="0123abcd",
        settings={"ingest": {"min_chars": 300}, "language": {"keep": ["en", "sw"]}},
        funnel=build_funnel(without_language(rows, low)),
        shards=2,
        low=low,
        names={"en": "English", "sw": "Swahili"},
        rules=rules_told(load_settings(None, [])),
        glimpse=GLIMPSE,
        input_bytes=12_345_678,
        statistics=[
            statistics("en", "head", 30, 9000),
            statistics("en", "tail", 10, 3000),
            statistics("sw", "all", 5, None),
        ],
        sampling=[
            sampling("en", 8000, 0.8889, 0.3, 0.65),
            sampling("en", 8000, 0.8889, 1.0, 0.8889),
            sampling("sw", 1000, 0.1111, 0.3, 0.35),
            sampling("sw", 1000, 0.1111, 1.0, 0.1111),
            sampling("yo", None, None, 0.3, None),
            sampling("yo", None, None, 1.0, None),
        ],
        budget=1_000_000,
        perplexities=[Perplexities("en", [100.0, 200.0, 300.0, 400.0], 150.0, 350.0)],
        bad_records=[BadRecord("a.warc.gz", 1_234_567, "truncated_gzip", "ends in the middle")],
        clusters=[Cluster("ab" * 16, 21, "en", "https://example.org/a", "How it begins", 0.83)],
        models={"lid.176.ftz": "8f34"},
        figures={"export": Figures(**FIGURES), "masks": Figures(**FIGURES | {"cpu_seconds": None})},
    )


def page_text(page: str) -> str:
    """What a reader sees, white space collapsed."""
    body = lxml_html.document_fromstring(page).find("body")
    return " ".join(" ".join(body.itertext()).split())


def cells(page: str, anchor: str, number: int = 0) -> list[list[str]]:
    """A table of a section, as text."""
    section = lxml_html.document_fromstring(page).get_element_by_id(anchor)
    return [
        [" ".join(" ".join(cell.itertext()).split()) for cell in row.iterfind("td")]
        for row in list(section.iter("tbody"))[number].iterfind("tr")
    ]


def test_lines_cut_by_reason_and_language(data: ReportData) -> None:
    cuts = [
        CutLines("en", "read", "", 200, 8000),
        CutLines("en", "rule", "few_words", 20, 100),
        CutLines("en", "rule", HOSTILE, 1, 8),
        CutLines("en", "repeated", "", 2, 400),
        CutLines("sw", "read", "", 50, 2000),
        CutLines("sw", "list_boilerplate", "", 5, 1500),
        CutLines("sw", "rule", "few_words", 10, 1200),
    ]
    words = {HOSTILE: f"Lines {HOSTILE}", "few_words": "Lines whose words is below 3."}
    page = render_report(replace(data, cuts=cuts, line_rules=words))
    shown = page_text(page)
    assert "250 lines were asked, with 10.0k characters." in shown
    assert "list_boilerplate 5 lines, 1.5k characters 2.0 % of lines, 15.0 % of characters" in shown
    assert "few_words 30 lines, 1.3k characters 12.0 % of lines, 13.0 % of characters" in shown
    assert "1 line, 8 characters" in shown
    summaries = [
        each.find("summary/code").text
        for each in lxml_html.document_fromstring(page).iter("details")
        if each.getparent().get("id") == "lines"
    ]
    assert [summaries[0], *summaries[2:]] == ["list_boilerplate", "few_words", "repeated"]
    assert cells(page, "lines", 2) == [
        ["Swahili sw", "10", "20.0", "1.2k", "60.0"],
        ["English en", "20", "10.0", "100", "1.2"],
    ]
    assert "<script>alert(1)" not in page
    assert 'id="lines"' not in render_report(replace(data, cuts=cuts[:1]))
    assert 'id="lines"' not in render_report(data)


def test_the_head_says_which_run_this_is(data: ReportData) -> None:
    shown = page_text(render_report(data))
    assert "runs/sample ccnet_lite 1.2.3 · 2 archives, 12.3M bytes · settings 0123abcd" in shown
    assert "72 records read 70 of them documents 45 kept, 64.3 % 4.5k characters kept" in shown


def test_every_part_is_there_and_linked(data: ReportData) -> None:
    root = lxml_html.document_fromstring(render_report(data))
    anchors = [section.get("id") for section in root.iter("section")]
    assert anchors == [
        "stages",
        "funnel",
        "reasons",
        "thresholds",
        "hosts",
        "corpus",
        "sampling",
        "perplexity",
        "clusters",
        "bad",
        "time",
        "settings",
    ]
    assert [link.get("href") for link in root.find(".//nav").iter("a")] == [f"#{anchor}" for anchor in anchors]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {link.get("href").removeprefix("#") for link in root.iter("a")} <= set(ids)


def test_tables_hold_the_numbers(data: ReportData) -> None:
    page = render_report(data)
    assert cells(page, "reasons") == [
        ["no document in it", "warcinfo", "–", "2", "2", "2.8", "–"],
        ["bad record", "truncated_gzip", "–", "1", "1", "1.4", "–"],
        [
            *("language", "language_below_threshold How sure the model is of the likeliest language."),
            *("at least 0.5 language.threshold", "4", "4", "5.6", "300"),
        ],
        [
            *("near-duplicate", f"near_duplicate {SIMILARITY}", "less than 0.8 near_duplicates.similarity"),
            *("20", "20", "27.8", "2.0k"),
        ],
    ]
    assert [row[:1] + row[2:] for row in cells(page, "corpus")] == [
        ["English en", "40", "400", "40.0k", "44.0k", "8.0k", "12.0k"],
        ["Swahili sw", "5", "50", "5.0k", "5.5k", "1.0k", "–"],
    ]
    assert cells(page, "sampling")[0] == [
        *("English en", "8,000", "88.9 %"),
        *("65.0 %", "0.73", "12.50", "88.9 %", "1.00", "12.50"),
        *("65.0 %", "4.00"),
    ]
    assert cells(page, "bad") == [["a.warc.gz", "1,234,567", "truncated_gzip", "ends in the middle"]]
    assert cells(page, "clusters") == [
        ["21", "English en", "How it begins https://example.org/a", "0.83", "abababababab"]
    ]
    assert cells(page, "settings") == [["ingest.min_chars", "300"]]


def test_languages_that_were_not_counted_are_named(data: ReportData) -> None:
    page = render_report(data)
    assert "Not counted, for want of a model: yo." in page_text(page)
    assert [row[0] for row in cells(page, "sampling")] == ["English en", "Swahili sw"]


def test_equal_data_give_an_equal_page(data: ReportData) -> None:
    assert render_report(data) == render_report(replace(data))


def test_nothing_is_fetched_and_no_script_runs_but_the_pages_own(data: ReportData) -> None:
    page = render_report(data)
    root = lxml_html.document_fromstring(page)
    assert {element.tag for element in root.iter()} & {"img", "link", "iframe", "object", "base", "form"} == set()
    assert not re.search(r"url\(|@import|src=|fetch\(|XMLHttp|innerHTML", page)
    assert all(link.get("href").startswith("#") for link in root.iter("a"))
    (script,) = root.iter("script")
    assert not script.attrib and "</" not in script.text
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    policy = root.find(".//meta[@http-equiv]").get("content").split("; ")
    assert policy == [
        *("default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'"),
        f"script-src 'sha256-{digest}'",
    ]
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]


def hostile(data: ReportData) -> ReportData:
    """The same run with hostile text in every place that text can reach."""
    sampled = sampling(HOSTILE, 9, 1.0, 0.3, 1.0)
    sampled["unit"] = HOSTILE
    rows = [
        FunnelRow(HOSTILE, "kept", None, None, 3, 5),
        FunnelRow("en", "dropped", "length", HOSTILE, 2, 5),
    ]
    shown = Example(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1.0, 0.5, HOSTILE)
    host = Host(HOSTILE, 2, 1, HOSTILE, 1)
    glimpse = Glimpse(2, 9, [host], [host], {BELOW: AtThreshold([shown], [shown])}, {("en", HOSTILE): [shown]})
    return replace(
        data,
        run=HOSTILE,
        version=HOSTILE,
        settings_digest=HOSTILE,
        settings={HOSTILE: {HOSTILE: HOSTILE}},
        funnel=build_funnel(rows),
        low=[FunnelRow(HOSTILE, "dropped", "length", HOSTILE, 1, 1)],
        names={HOSTILE: HOSTILE},
        rules=[rule._replace(words=HOSTILE, asks=HOSTILE, setting=HOSTILE) for rule in data.rules],
        glimpse=glimpse,
        statistics=[statistics(HOSTILE, "head", 3, None)],
        sampling=[sampled, sampling(HOSTILE + "2", None, None, 0.3, None)],
        perplexities=[Perplexities(HOSTILE, [1.0, 2.0])],
        bad_records=[BadRecord(HOSTILE, 1, HOSTILE, HOSTILE)],
        clusters=[Cluster(HOSTILE, 2, HOSTILE, HOSTILE, HOSTILE, None)],
        models={HOSTILE: HOSTILE},
    )


def test_text_from_a_crawl_stays_text(data: ReportData) -> None:
    page = render_report(hostile(data))
    root = lxml_html.document_fromstring(page)
    tame = lxml_html.document_fromstring(render_report(data))
    assert {e.tag for e in root.iter()} <= {e.tag for e in tame.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert attributes <= {name for element in tame.iter() for name in element.attrib}
    assert page.count("<script") == 1
    assert "\u202e" not in page and "\x00" not in page
    # In the title, the heading, the version and so on, down to the models' digests.
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 20


def test_long_lists_are_cut_and_say_so(data: ReportData) -> None:
    bad = [BadRecord("a", i, "e", "m") for i in range(120)]
    clusters = [Cluster(f"{i:032}", 2, "en", "u", "x", 0.9) for i in range(40)]
    page = render_report(replace(data, bad_records=bad, bad_records_total=5000, clusters=clusters))
    assert len(cells(page, "bad")) == 100
    assert len(cells(page, "clusters")) == 25
    shown = page_text(page)
    assert "5,000 records or stretches of archives that could not be read; the first 100." in shown
    assert "40 clusters; the largest 25." in shown


def test_an_empty_run_has_a_page() -> None:
    empty = ReportData("r", "0", "d", {}, build_funnel([]), shards=0)
    root = lxml_html.document_fromstring(render_report(empty))
    shown = ["stages", "funnel", "bad", "settings"]
    assert [section.get("id") for section in root.iter("section")] == shown
    assert [link.get("href") for link in root.find(".//nav").iter("a")] == [f"#{anchor}" for anchor in shown]
    assert "Every record could be read." in page_text(render_report(empty))


def test_a_bar_shows_the_share_that_was_kept(data: ReportData) -> None:
    section = lxml_html.document_fromstring(render_report(data)).get_element_by_id("funnel")
    bars = [summary.find(".//svg") for summary in section.iterfind(".//summary[@class='row']")]
    assert [svg.get("aria-label") for svg in bars] == [
        "en: kept: 40 (66.7 %); near-duplicate: 20 (33.3 %)",
        "sw: kept: 5 (100.0 %)",
        "und: language: 4 (100.0 %)",
    ]
    widths = [rect.get("width") for svg in bars for rect in svg.iter("rect")]
    assert widths == ["66.667%", "33.333%", "100%", "100%"]


def unfolded(page: str, anchor: str) -> str:
    """What a reader sees who opens something."""
    return " ".join(" ".join(lxml_html.document_fromstring(page).get_element_by_id(anchor).itertext()).split())


def test_a_language_unfolds_into_what_took_its_documents_out(data: ReportData) -> None:
    page = render_report(data)
    english, swahili = unfolded(page, "lang-en"), unfolded(page, "lang-sw")
    assert english.startswith("English en kept: 40 (66.7 %) near-duplicate: 20 (33.3 %) 40 of 60, 66.7 % Of 60")
    assert "Of 60 documents, 40 ( 66.7 %) were kept" not in english
    assert (
        "Of 60 documents, 40 (66.7 %) were kept and 20 left: 20 (33.3 %) for near-duplicate ( near_duplicate )."
    ) in english
    assert "near-duplicate 40 go on 20 leave −20 of 60, 33.3 %" in english
    assert "near_duplicate 0.93 against 0.5 Title 3 https://example.org/3" in english
    assert "All of 5 documents were kept." in swahili
    assert "4 more documents are likest this language, but below the language threshold" in swahili
    undetermined = unfolded(page, "lang-und")
    assert "What they are likest likeliest language documents Swahili sw 4" in undetermined
    assert "language_below_threshold 0.49 against 0.5 Swahili sw Title 1" in undetermined


def test_a_rule_shows_what_just_fell_and_what_just_passed(data: ReportData) -> None:
    rule = unfolded(render_report(data), "rule-language_below_threshold")
    assert rule == (
        "language_below_threshold at least 0.5 4 dropped How sure the model is of the likeliest language. Asked: "
        "at least 0.5 ( language.threshold ). Just fell measured language document 0.49 against 0.5 Swahili sw "
        f"Title 1 https://example.org/1 {1:032x} Just passed dropped by measured language document not dropped "
        f"0.5 against 0.5 Swahili sw Title 2 https://example.org/2 {2:032x}"
    )


def test_hosts_and_how_much_was_looked_into(data: ReportData) -> None:
    page = render_report(data)
    assert cells(page, "hosts") == [
        ["a.example", "30", "2", "near_duplicate 2"],
        ["b.example", "15", "0", "–"],
    ]
    assert cells(page, "hosts", 1) == [["c.example", "0", "22", "near_duplicate 18"]]
    assert "among all 70 documents." in unfolded(page, "hosts")
    few = render_report(replace(data, shards=9))
    assert "among 70 documents of 2 of 9 archives." in unfolded(few, "hosts")


def test_a_long_list_shows_its_first_rows_and_says_how_many_there_are(data: ReportData) -> None:
    rows = [FunnelRow(f"x{n:02}", "kept", None, None, 100 - n, 1) for n in range(57)]
    root = lxml_html.document_fromstring(render_report(replace(data, funnel=build_funnel(rows))))
    parts = root.get_element_by_id("funnel").find_class("lang")
    assert [part.get("id") for part in parts] == [f"lang-x{n:02}" for n in range(57)]
    assert [("beyond" in part.get("class")) for part in parts] == [False] * 30 + [True] * 27
    assert "Show all 57, not only 30" in page_text(render_report(replace(data, funnel=build_funnel(rows))))


def test_every_colour_is_defined_and_unknown_stages_have_one() -> None:
    css = style_sheet()
    light = css[: css.index("@media")]
    for name in set(re.findall(r"var\(--([a-z_0-9]+)\)", css)):
        assert f"--{name}:" in light
    assert fate_class("elsewhere", "dropped") == "other"
    assert fate_class("urls", "dropped") == "urls"
    assert fate_class("ingest", "bad") == "bad"
    assert fate_class("length", "dropped") == "length"


def test_what_the_steps_took(data: ReportData) -> None:
    shown = page_text(render_report(data))
    assert "export 12.5 seconds 12.5 31.2 20.0 1.5k 2.0k 3.0k 4.0k 5.0k 6.0k" in shown
    assert "masks 12.5 seconds 12.5 – 20.0 1.5k" in shown
    assert "all steps 25.0 – 40.0 3.0k 4.0k 6.0k 8.0k 10.0k 6.0k" in shown
