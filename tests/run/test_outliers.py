"""Rules that take unusually much of a language, on a few rows of the ledger."""

from ccnet_lite.report.funnel_text import render_outliers
from ccnet_lite.run.funnel import FunnelRow, build_funnel
from ccnet_lite.run.outliers import Outlier, outliers


def found(*dropped: int, rule: str = "r", stage: str = "heuristics", of: int = 1000) -> list[Outlier]:
    """Outliers where a rule drops so many of each language."""
    rows = []
    for number, count in enumerate(dropped):
        rows += [
            FunnelRow(f"l{number}", "dropped", stage, rule, count, 0),
            FunnelRow(f"l{number}", "kept", None, None, of - count, 0),
        ]
    return outliers(build_funnel(rows))


def test_what_stands_out_is_named() -> None:
    # median 20, deviations 0 0 10 10 80: their median 10, so from above 70 on
    assert found(20, 20, 30, 10, 100) == [Outlier("l4", "heuristics", "r", 100, 1000, 0.1, 0.02)]
    assert found(20, 20, 30, 10, 69) == []
    assert [each.language for each in found(20, 20, 30, 10, 71)] == ["l4"]


def test_a_twentieth_is_the_least() -> None:
    assert found(0, 0, 0, 49) == []
    assert [each.share for each in found(0, 0, 0, 50)] == [0.05]


def test_few_documents_and_few_languages_say_nothing() -> None:
    assert found(0, 0, 0, 90, of=99) == []
    assert [each.dropped for each in found(0, 0, 0, 90, of=100)] == [90]
    assert found(0, 900) == []
    assert [each.dropped for each in found(0, 0, 900)] == [900]


def test_rules_about_languages_are_not_asked() -> None:
    assert found(0, 0, 0, 900, stage="language") == []
    rows = [FunnelRow(code, "kept", None, None, 500, 0) for code in ("de", "en", "fr")]
    rows.append(FunnelRow("und", "dropped", "heuristics", "r", 900, 0))
    assert outliers(build_funnel(rows)) == []


def test_as_text() -> None:
    assert render_outliers([]) == ""
    text = render_outliers(found(20, 20, 30, 10, 100))
    assert text == "unusual:\n  r takes 10.0 % of l4 (100 of 1,000), of most languages 2.0 %\n"
    assert render_outliers(found(20, 20, 30, 10, 100) * 9).endswith("\n  and 1 more, in the report\n")
