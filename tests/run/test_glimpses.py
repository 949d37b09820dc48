"""Hosts, documents at thresholds, samples of languages, from literal tables: which are shown, worked by hand."""

from pathlib import Path

import pyarrow as pa
import pytest

from ccnet_lite.run.glimpses import Example, Glimpse, chosen_archives, glimpse_of, top_hosts
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from tests.tables import Row, put

BELOW = "language_below_threshold"
SETTINGS = load_settings(None, ["ingest.min_chars=100", "paragraphs.min_document_chars=50"])


def row(number: int, shard: int, host: str, rule: str | None = None, **measured: float | str) -> dict[str, Row]:
    """A document's rows of the three tables. measured: of signals; value and threshold: of its decision."""
    doc_id = f"{number:032x}"
    where: Row = {"doc_id": doc_id, "shard": shard}
    decided = {name: measured.pop(name) for name in ("value", "threshold") if name in measured}
    signals = {"n_chars_read": 500, "n_lines": 4, "n_chars": 400, "language": "sw", "language_score": 0.9}
    signals |= {name: value for name, value in measured.items() if name not in ("left", "lines")}
    signals["language_confidence"] = signals["language_score"]
    known = {name: signals[name] for name in ("language", "language_score", "language_confidence")}
    left = {"n_chars": measured.get("left", 300), "n_lines": measured.get("lines", 3)}
    return {
        "documents": where | {"url": f"u/{number}", "title": f"T {number}", "source_domain": host},
        "signals": where | signals,
        "decisions": where | known | left | decided | {"rule": rule},
    }


def looked_at(folder: Path, rows: list[dict[str, Row]]) -> Glimpse:
    """All shards of a run of these documents, looked into."""
    run = Place(str(folder))
    tables = {name: put(run, name, [each[name] for each in rows]) for name in rows[0]}
    shards = sorted({each["signals"]["shard"] for each in rows})
    found = glimpse_of([ShardReader(tables, shard) for shard in shards], SETTINGS)
    assert found.archives == len(shards) and found.documents == len(rows)
    return found


def shown(examples: list[Example]) -> list[tuple[int, float | None, str | None]]:
    return [(int(each.doc_id, 16), each.value, each.rule) for each in examples]


def test_the_nearest_on_both_sides_of_a_threshold_are_shown(tmp_path: Path) -> None:
    def low(number: int, shard: int, score: float) -> dict[str, Row]:
        return row(number, shard, "h", BELOW, language_score=score, value=score, threshold=0.5)

    rows = [
        *(low(n, 0, score) for n, score in ((1, 0.1), (2, 0.49), (3, 0.2))),
        # Too short, so that it never came to this rule, however near it is.
        row(4, 0, "h", "too_short", n_chars_read=99, language_score=0.5, value=99, threshold=100),
        row(5, 0, "h", language_score=0.7),
        row(6, 1, "h", language_score=0.52),
        row(7, 1, "h", "near_duplicate", language_score=0.51, value=0.83, threshold=0.8),
        *(low(n, 1, score) for n, score in ((8, 0.49), (9, 0.45))),
        row(10, 1, "h", language_score=0.99),
    ]
    found = looked_at(tmp_path, rows)
    at = found.at_thresholds[BELOW]
    assert shown(at.fell) == [(2, 0.49, BELOW), (8, 0.49, BELOW), (9, 0.45, BELOW)]
    assert shown(at.passed) == [(7, 0.51, "near_duplicate"), (6, 0.52, None), (5, 0.7, None)]
    assert at.fell[0] == Example(f"{2:032x}", "u/2", "T 2", "sw", 0.49, 0.5, BELOW)
    short = found.at_thresholds["too_short"]
    assert shown(short.fell) == [(4, 99.0, "too_short")]
    assert len(short.passed) == 3
    assert shown(found.at_thresholds["near_duplicate"].fell) == [(7, 0.83, "near_duplicate")]
    assert found.at_thresholds["near_duplicate"].passed == []


def test_what_paragraphs_left_of_documents_that_go_on_is_held_against_the_least(tmp_path: Path) -> None:
    rule = "too_short_after_dedup"
    rows = [
        row(1, 0, "h", rule, value=49, threshold=50),
        row(2, 0, "h", left=51),
        row(3, 0, "h", left=90),
        row(4, 0, "h", "near_duplicate", left=50, value=0.9, threshold=0.8),
    ]
    at = looked_at(tmp_path, rows).at_thresholds[rule]
    assert (shown(at.fell), shown(at.passed)) == ([(1, 49.0, rule)], [(2, 51.0, None), (3, 90.0, None)])


def test_of_each_language_and_rule_some_are_shown_and_what_is_not_sure_has_none(tmp_path: Path) -> None:
    dup = {"value": 0.9, "threshold": 0.8}
    rows = [
        *(row(n, 2 - n % 3, "h", "near_duplicate", **dup) for n in (5, 3, 4, 7)),
        row(8, 1, "h", "near_duplicate", language="cy", **dup),
        row(9, 1, "h", BELOW, language_score=0.3, value=0.3, threshold=0.5),
        row(10, 2, "h"),
    ]
    left = looked_at(tmp_path, sorted(rows, key=lambda each: each["signals"]["shard"])).left
    # The least ids of shards 0, 1 and 2 are 5, 4 and 3: the two least of these.
    assert {key: shown(some) for key, some in left.items()} == {
        ("sw", "near_duplicate"): [(3, 0.9, "near_duplicate"), (4, 0.9, "near_duplicate")],
        ("cy", "near_duplicate"): [(8, 0.9, "near_duplicate")],
        ("und", BELOW): [(9, 0.3, BELOW)],
    }


def test_hosts_by_what_is_kept_and_by_what_is_dropped() -> None:
    counted = [
        *(("a", None, 5), ("a", "too_short", 1), ("b", None, 2), ("b", None, 4), ("c", "too_short", 2)),
        *(("c", "near_duplicate", 3), ("c", "near_duplicate", 1), ("", None, 99), ("d", "too_short", 1)),
    ]
    columns = zip(*counted, strict=True)
    kept, dropped = top_hosts(pa.table(dict(zip(("host", "rule", "count_all"), map(list, columns), strict=True))))
    assert kept == [("b", 6, 0, "", 0), ("a", 5, 1, "too_short", 1)]
    assert dropped == [("c", 0, 6, "near_duplicate", 4), ("a", 5, 1, "too_short", 1), ("d", 0, 1, "too_short", 1)]


@pytest.mark.parametrize(("documents", "archives"), [(100, 16), (300_000, 3), (5_000_000, 1)])
def test_however_large_a_run_is_few_archives_are_looked_into(documents: int, archives: int) -> None:
    n_rows = 90_000
    names = [f"crawl/{n:05d}.warc.wet.gz" for n in range(n_rows)]
    table = pa.table({"shard": range(n_rows), "cc_segment": names, "documents": [documents] * n_rows})
    chosen = chosen_archives(table)
    assert len(chosen) == archives and chosen == sorted(set(chosen))
    # Spread over the crawl, not its beginning; the same ones however many there are besides.
    assert max(chosen) > n_rows / 4
    turned = table.take(pa.array(range(n_rows - 1, -1, -1)))
    assert chosen_archives(turned) == chosen


def test_archives_without_documents_are_not_looked_into() -> None:
    table = pa.table({"shard": [0, 1, 2], "cc_segment": ["a", "b", "c"], "documents": [0, 3, 0]})
    assert chosen_archives(table) == [1]
