"""The funnel as text: what fits, what is summed, what a share rounds to."""

import pytest

from ccnet_lite.report.columns import display_width
from ccnet_lite.report.funnel_text import percent, render_funnel, render_reasons
from ccnet_lite.run.funnel import Funnel, FunnelRow, build_funnel
from tests.run.test_funnel import ROWS


@pytest.fixture
def funnel() -> Funnel:
    return build_funnel(ROWS)


def test_stages_of_one_s_own_are_named() -> None:
    funnel = build_funnel([FunnelRow("en", "dropped", "urls", "blocked", 3, 0)], stages=("ingest", "urls"))
    assert "urls" in render_funnel(funnel)


def test_the_funnel_as_text(funnel: Funnel) -> None:
    lines = render_funnel(funnel).splitlines()
    rule = "─" * len(lines[0])
    assert lines == [
        "language  records  skipped  bad  length  lines  language  heuristic  near-dup  paragraphs  quality"
        "  kept  kept %",
        rule,
        "en             70        ·    ·      10      ·         ·          ·        20           ·        ·"
        "    40    57.1",
        "sw             10        ·    ·       ·      ·         5          ·         ·           ·        ·"
        "     5    50.0",
        "(none)          3        2    1       ·      ·         ·          ·         ·           ·        ·"
        "     0     0.0",
        rule,
        "all            83        2    1      10      ·         5          ·        20           ·        ·"
        "    45    55.6",
    ]


def test_the_reasons_as_text(funnel: Funnel) -> None:
    assert render_reasons(funnel, top=2) == (
        "stage            outcome  rule            records  characters\n"
        "near_duplicates  dropped  near_duplicate       20        2.0k\n"
        "length           dropped  too_short            10         500\n"
    )


def test_many_languages_fit_with_the_rest_summed() -> None:
    rows = [FunnelRow(f"l{i:02}", "kept", None, None, 100 - i, 0) for i in range(50)]
    rows += [FunnelRow(None, "skipped", "ingest", "request", 9, 0)]
    lines = render_funnel(build_funnel(rows), top=3).splitlines()
    named = [line.split()[0] for line in lines]
    assert [named[i] for i in (2, 3, 4, 5, 6, 8)] == ["l00", "l01", "l02", "47", "(none)", "all"]
    assert lines[5].startswith("47 others")
    assert lines[5].split()[2] == f"{sum(100 - i for i in range(3, 50)):,}"
    assert build_funnel(rows).top(49) == build_funnel(rows).languages


def test_a_crawl_of_billions_fits_the_terminal() -> None:
    stages = ("length", "lines", "language", "heuristics", "near_duplicates", "paragraphs", "quality")
    rows = [FunnelRow("zh-Hant", "dropped", stage, "r", 1_234_567_890, 0) for stage in stages]
    rows.append(FunnelRow("zh-Hant", "kept", None, None, 5_000_000_000, 0))
    text = render_funnel(build_funnel(rows))
    assert max(display_width(line) for line in text.splitlines()) <= 120
    assert "13.6G" in text


def test_an_empty_run_has_a_funnel() -> None:
    funnel = build_funnel([])
    assert render_funnel(funnel).splitlines()[-1].split()[:2] == ["all", "0"]
    assert render_reasons(funnel).split() == ["stage", "outcome", "rule", "records", "characters"]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "33.3"),
        (0, 3, "0.0"),
        (3, 3, "100.0"),
        (1, 10**6, "<0.1"),
        (99_999, 10**5, ">99.9"),
        (0, 0, "–"),
    ],
)
def test_percent_does_not_round_to_all_or_nothing(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


def test_a_stage_on_demand_is_shown_where_it_took_something() -> None:
    rows = [FunnelRow("en", "kept", None, None, 5, 50)]
    assert "urls" not in build_funnel(rows).shown
    shown = build_funnel([*rows, FunnelRow("en", "dropped", "urls", "url_category_adult", 2, 20)]).shown
    assert "urls" in shown and "opt_out" not in shown
