"""The funnel of a few ledger rows, worked by hand; the check that must fail when a table disagrees."""

import pytest

from ccnet_lite.errors import RunFailed
from ccnet_lite.run.funnel import Funnel, FunnelRow, build_funnel, check, without_language

ROWS = [
    FunnelRow(None, "skipped", "ingest", "warcinfo", 2, 0),
    FunnelRow(None, "bad", "ingest", "truncated_gzip", 1, 0),
    FunnelRow("en", "kept", None, None, 40, 4000),
    FunnelRow("en", "dropped", "length", "too_short", 10, 500),
    FunnelRow("en", "dropped", "near_duplicates", "near_duplicate", 20, 2000),
    FunnelRow("sw", "kept", None, None, 5, 450),
    FunnelRow("sw", "dropped", "language", "language_below_threshold", 4, 300),
    FunnelRow("sw", "dropped", "language", "language_not_kept", 1, 90),
]


@pytest.fixture
def funnel() -> Funnel:
    return build_funnel(ROWS)


def test_languages_are_ordered_by_records_and_summed(funnel: Funnel) -> None:
    assert [(part.language, part.records, part.kept) for part in funnel.languages] == [
        ("en", 70, 40),
        ("sw", 10, 5),
        ("(none)", 3, 0),
    ]
    total = funnel.total
    assert (total.records, total.documents, total.kept, total.kept_chars) == (83, 81, 45, 4450)
    assert total.count("language", "dropped") == 5
    assert total.count("quality", "dropped") == 0


def test_records_without_a_language_come_last_however_many() -> None:
    rows = [FunnelRow("", "skipped", "ingest", "request", 999, 0), FunnelRow("en", "kept", None, None, 1, 0)]
    assert [part.language for part in build_funnel(rows).languages] == ["en", "(none)"]


def test_what_enters_a_stage_is_what_no_earlier_one_took(funnel: Funnel) -> None:
    total = [funnel.total.entering(stage) for stage in (*funnel.stages, "kept")]
    #        ingest length lines urls opt_out language heuristics near paragraphs quality kept
    assert total == [83, 80, 70, 70, 70, 70, 65, 65, 45, 45, 45]
    english = funnel.languages[0]
    assert [english.entering(stage) for stage in ("ingest", "lines", "near_duplicates", "kept")] == [
        70,
        60,
        60,
        40,
    ]


def test_reasons_are_rules_in_the_order_of_stages_then_by_size(funnel: Funnel) -> None:
    assert [(fate.stage, fate.rule, fate.count, fate.n_chars) for fate in funnel.reasons] == [
        ("ingest", "warcinfo", 2, 0),
        ("ingest", "truncated_gzip", 1, 0),
        ("length", "too_short", 10, 500),
        ("language", "language_below_threshold", 4, 300),
        ("language", "language_not_kept", 1, 90),
        ("near_duplicates", "near_duplicate", 20, 2000),
    ]


def test_each_language_has_its_own_reasons(funnel: Funnel) -> None:
    reasons = {part.language: [(fate.rule, fate.count) for fate in part.reasons] for part in funnel.languages}
    assert reasons == {
        "en": [("too_short", 10), ("near_duplicate", 20)],
        "sw": [("language_below_threshold", 4), ("language_not_kept", 1)],
        "(none)": [("warcinfo", 2), ("truncated_gzip", 1)],
    }


def test_documents_below_the_language_threshold_are_charged_to_no_language() -> None:
    low = [
        FunnelRow("sw", "dropped", "language", "language_below_threshold", 4, 300),
        FunnelRow("en", "dropped", "length", "too_short", 3, 90),
    ]
    moved = build_funnel(without_language(ROWS, low))
    assert [(part.language, part.records, part.kept) for part in moved.languages] == [
        ("en", 67, 40),
        ("sw", 6, 5),
        ("und", 7, 0),
        ("(none)", 3, 0),
    ]
    english, swahili, undetermined, _ = moved.languages
    assert (english.fates["length", "dropped"].count, english.fates["length", "dropped"].n_chars) == (7, 410)
    assert [fate.rule for fate in swahili.reasons] == ["language_not_kept"]
    assert [(fate.rule, fate.count) for fate in undetermined.reasons] == [
        ("too_short", 3),
        ("language_below_threshold", 4),
    ]
    before = build_funnel(ROWS)
    assert (moved.total.records, moved.reasons) == (before.total.records, before.reasons)
    assert [part.language for part in moved.top(1)] == ["en", "sw", "und", "(none)"]


def test_of_a_run_that_did_not_count_them_those_of_the_rule_are_undetermined() -> None:
    moved = build_funnel(without_language(ROWS, None))
    assert [(part.language, part.records) for part in moved.languages] == [
        *(("en", 70), ("sw", 6), ("und", 4), ("(none)", 3)),
    ]


def test_rows_in_several_pieces_make_the_same_funnel(funnel: Funnel) -> None:
    pieces = [FunnelRow(r.language, r.outcome, r.stage, r.rule, 1, 0) for r in ROWS for _ in range(r.count - 1)]
    pieces += [FunnelRow(r.language, r.outcome, r.stage, r.rule, 1, r.n_chars) for r in ROWS]
    assert build_funnel(reversed(pieces)) == funnel


def test_counts_of_other_tables_that_agree_pass(funnel: Funnel) -> None:
    check(
        funnel,
        {
            ("ingest", ""): 83,
            ("length", ""): 80,
            ("near_duplicates", "en"): 60,
            ("kept", "en"): 40,
            ("kept", "sw"): 5,
            ("kept", "xx"): 0,
        },
    )


@pytest.mark.parametrize(
    ("entering", "message"),
    [
        (
            {("kept", "en"): 41},
            r"language en: 41 documents in the corpus, 40 by the ledger \(difference -1\)",
        ),
        (
            {("length", ""): 75},
            r"all languages: 75 records reached stage length, 80 by the ledger \(difference \+5\)",
        ),
        ({("kept", "fr"): 1}, "language fr: 1 documents in the corpus, 0 by the ledger"),
        ({("kept", ""): 44, ("ingest", ""): 84}, "84 records reached stage ingest"),
        ({("dedup", ""): 1}, "stage dedup; it has ingest, length"),
    ],
)
def test_a_difference_fails_the_run_by_name(
    funnel: Funnel, entering: dict[tuple[str, str], int], message: str
) -> None:
    with pytest.raises(RunFailed, match=message):
        check(funnel, entering)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (FunnelRow("en", "lost", None, None, 1, 0), "an outcome that is none of"),
        (FunnelRow("en", "dropped", None, "x", 1, 0), "a stage that is none of"),
        (FunnelRow("en", "dropped", "dedup", "x", 1, 0), "a stage that is none of"),
        (FunnelRow("en", "kept", "quality", None, 1, 0), "a stage although it is kept"),
        (FunnelRow("en", "bad", "language", "x", 1, 0), "an outcome that only ingest gives"),
        (FunnelRow("en", "kept", None, None, -1, 0), "a negative count"),
    ],
)
def test_ledger_rows_that_make_no_sense_fail_the_run(row: FunnelRow, message: str) -> None:
    with pytest.raises(RunFailed, match=message):
        build_funnel([row])


def test_other_stages_can_be_named() -> None:
    funnel = build_funnel([FunnelRow("en", "dropped", "urls", "blocked", 3, 0)], stages=("ingest", "urls"))
    assert funnel.total.entering("kept", funnel.stages) == 0
