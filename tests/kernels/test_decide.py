"""A shard's verdicts and its part of the ledger, from literal tables; no JVM."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.kernels.decide import decide_shard, largest_clusters, population_of
from ccnet_lite.kernels.ledger import add_to_funnel, document_hash, funnel_to_rows, reasons, sum_funnels
from ccnet_lite.kernels.lines import LINE_COLUMNS, gather_lines
from ccnet_lite.kernels.packing import to_numbers
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema, difference
from tests.tables import Row, batch_of, reader

IDS = {name: f"{number:016x}{'0' * 16}" for number, name in enumerate("abcdefgh", 1)}


def document(name: str, position: int, *chars: int, keys: tuple[int, ...] | None = None, host: int = 7) -> Row:
    """A document of lines so long; its lines' keys are its own unless given."""
    own = tuple(100 * (position + 1) + n for n in range(len(chars)))
    return {
        "doc_id": IDS[name],
        "position": position,
        "cc_segment": "CC-MAIN-2024-22/a.gz",
        "record_offset": 1000 * position,
        "record_length": 50,
        "record_id": f"<{name}>",
        "record_type": "conversion",
        "url": f"u/{name}",
        "title": f"T {name}",
        "host_key": host,
        "n_chars": sum(chars) + len(chars) - 1,
        "nlines": len(chars),
        "line_keys": list(keys or own),
        "line_chars": list(chars),
    }


def signal(name: str, position: int, **change: Any) -> Row:
    good = {"n_chars_read": 900, "n_lines_read": 3, "n_chars": 800, "n_lines": 3, "language": "en"}
    where = {"doc_id": IDS[name], "position": position, "cc_segment": "CC-MAIN-2024-22/a.gz"}
    row = where | good | {"language_score": 0.9} | change
    return row | {"language_confidence": row["language_score"]}


def cluster(name: str, position: int, of: str, size: int, similarity: float) -> Row:
    first = name == of
    return {
        "doc_id": IDS[name],
        "position": position,
        "cluster_id": IDS[of],
        "cluster_size": size,
        "representative": first,
        "similarity": similarity,
        "crawls": ["c1", "c2"] if first else None,
        "crawl_copies": [1, size - 1] if first else None,
    }


def decide(given: ShardReader, *overrides: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Decisions and ledger rows by document (others by rule), and the tally."""
    tally: dict[str, Any] = {}
    found: dict[str, list[Any]] = {"decisions": [], "ledger_decided": []}
    for table, batch in decide_shard(given, load_settings(None, overrides), tally):
        assert difference(arrow_schema(table), batch.schema) == ""
        found[table] += batch.to_pylist()
    names = {doc_id: name for name, doc_id in IDS.items()}
    decisions = {names[row["doc_id"]]: row for row in found["decisions"]}
    ledger = {names.get(row["doc_id"], row["rule"]): row for row in found["ledger_decided"]}
    assert len(ledger) == len(found["ledger_decided"])
    return decisions, ledger, tally


def going_on(tally: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """By language, the documents, characters and sum of ids that go on."""
    kept = tally["going_on"]
    numbers = [to_numbers(kept[name]).tolist() for name in ("documents", "characters", "hashes")]
    return dict(zip(kept["languages"].split(), zip(*numbers, strict=True), strict=True))


def test_every_document_has_a_verdict_and_those_dropped_a_row_of_the_ledger(tmp_path: Path) -> None:
    documents = [document(name, n, 300, 300, 300) for n, name in enumerate("abcd")]
    signals = [
        signal("a", 0),
        signal("b", 1, n_chars_read=10, n_lines_read=1),
        signal("c", 2, language="de", language_score=0.4),
        signal("d", 3, language="de"),
    ]
    others = [
        {"outcome": "skipped", "rule": "warcinfo", "cc_segment": "s", "record_offset": 3, "record_length": 9},
        {"outcome": "bad", "rule": "truncated_gzip", "cc_segment": "s", "record_offset": 5, "url": "u/bad"},
    ]
    given = reader(Place(str(tmp_path)), documents=documents, signals=signals, others=others, clusters=[])
    decisions, ledger, tally = decide(given)
    assert {
        name: (row["stage"], row["rule"], row["value"], row["threshold"]) for name, row in decisions.items()
    } == {
        "a": (None, None, None, None),
        "b": ("length", "too_short", 10.0, 300.0),
        "c": ("language", "language_below_threshold", 0.4, 0.5),
        "d": (None, None, None, None),
    }
    assert {name: (row["n_chars"], row["line_ids"], row["n_lines"]) for name, row in decisions.items()} == {
        "a": (902, [0, 1, 2], 3),
        "b": (10, [], 0),
        "c": (900, [], 0),
        "d": (902, [0, 1, 2], 3),
    }
    assert list(decisions) == ["a", "b", "c", "d"]
    assert {name: (r["outcome"], r["stage"], r["rule"], r["reason"]) for name, r in ledger.items()} == {
        "b": ("dropped", "length", "too_short", "too short: 10.00 against 300.00"),
        "c": ("dropped", "language", "language_below_threshold", "language below threshold: 0.40 against 0.50"),
        "warcinfo": ("skipped", "ingest", "warcinfo", "warcinfo"),
        "truncated_gzip": ("bad", "ingest", "truncated_gzip", "truncated gzip"),
    }
    named = (
        "url",
        "record_offset",
        "record_length",
        "record_id",
        "record_type",
        "cc_segment",
        "n_chars",
        "language",
    )
    assert [ledger["b"][name] for name in named] == [
        *("u/b", 1000, 50, "<b>", "conversion", "CC-MAIN-2024-22/a.gz", 10, "en"),
    ]
    assert [ledger["truncated_gzip"][name] for name in named] == ["u/bad", 5, 0, "", "", "s", None, None]
    assert ledger["truncated_gzip"]["doc_id"] is None
    assert (tally["documents"], tally["dropped"], tally["others"]) == (4, 2, 2)
    assert tally["document_hash"] == "10"  # the ids begin with 1, 2, 3, 4
    assert going_on(tally) == {"en": (1, 902, 1), "de": (1, 902, 4)}
    assert (tally["lines"], tally["lines_kept"], tally["lines_masked"]) == (6, 6, 0)
    assert tally["funnel"] == [
        [None, "bad", "ingest", "truncated_gzip", 1, 0],
        [None, "skipped", "ingest", "warcinfo", 1, 0],
        ["de", "dropped", "language", "language_below_threshold", 1, 900],
        ["en", "dropped", "length", "too_short", 1, 10],
    ]
    assert tally["low"] == [["de", "dropped", "language", "language_below_threshold", 1, 900]]


def test_whatever_rule_drops_a_document_its_language_has_to_be_sure(tmp_path: Path) -> None:
    documents = [document(name, n, 300, 300) for n, name in enumerate("abc")]
    signals = [
        signal("a", 0, n_chars_read=10, language="fr", language_score=0.49),
        signal("b", 1, n_chars_read=10, language="fr", language_score=0.5),
        signal("c", 2, language="fr", language_score=0.49),
    ]
    given = reader(Place(str(tmp_path)), documents=documents, signals=signals, others=[], clusters=[])
    _, _, tally = decide(given, "language.threshold=0.5")
    assert tally["low"] == [
        ["fr", "dropped", "language", "language_below_threshold", 1, 900],
        ["fr", "dropped", "length", "too_short", 1, 10],
    ]


def test_near_duplicates_name_who_stays_and_crawls_are_told(tmp_path: Path) -> None:
    documents = [document(name, n, 300, 300) for n, name in enumerate("abc")]
    signals = [signal(name, n) for n, name in enumerate("abc")]
    clusters = [cluster("a", 0, "a", 3, 1.0), cluster("b", 1, "a", 3, 0.83)]
    given = reader(Place(str(tmp_path)), documents=documents, signals=signals, others=[], clusters=clusters)
    decisions, ledger, tally = decide(given)
    b = decisions["b"]
    assert (b["rule"], b["value"], b["threshold"], b["duplicate_of"]) == ("near_duplicate", 0.83, 0.8, IDS["a"])
    assert b["cluster_id"] == IDS["a"] and b["cluster_size"] == 3 and b["line_ids"] == []
    assert ledger.keys() == {"b"}
    assert (ledger["b"]["duplicate_of"], ledger["b"]["reason"]) == (
        IDS["a"],
        f"near-duplicate of {IDS['a']} at 0.83",
    )
    assert [(decisions[name]["rule"], decisions[name]["duplicate_of"]) for name in "ac"] == [(None, None)] * 2
    assert [decisions[name]["cluster_size"] for name in "abc"] == [3, 3, 1]
    assert [decisions[name]["crawls"] for name in "abc"] == [
        ["c1", "c2"],
        ["CC-MAIN-2024-22"],
        ["CC-MAIN-2024-22"],
    ]
    assert [decisions[name]["crawl_copies"] for name in "abc"] == [[1, 2], [1], [1]]
    assert decisions["c"]["cluster_id"] is None
    assert tally["representatives"] == 1
    assert tally["largest_clusters"] == [[3, IDS["a"], "en", "u/a", "T a"]]
    assert tally["lines"] == 4  # b's lines are in nobody's question


def test_the_largest_clusters_come_first_and_are_not_too_many(tmp_path: Path) -> None:
    documents = [document("a", n) | {"doc_id": f"{n:032x}", "title": "x" * 400} for n in range(30)]
    given = reader(Place(str(tmp_path)), documents=documents)
    columns = {
        "cluster_size": [2 + n % 29 for n in range(30)],
        "doc_id": [f"{n:032x}" for n in range(30)],
        "language": ["en"] * 30,
        "representative": [None if n == 28 else n != 27 for n in range(30)],
    }
    rows = largest_clusters(given, pa.table(columns))
    assert [row[0] for row in rows] == [*range(28, 3, -1)]
    assert rows[0] == [28, f"{26:032x}", "en", "u/a", "x" * 300]


def decided(tmp_path: Path, repeated: int, first: int, *overrides: str, stands: bool = False) -> Any:
    """What becomes of `a`, of whose lines so many characters stand in documents before, and so many are kept
    for others; stands: it is its cluster's representative."""
    documents = [document("a", 5, repeated, first, 1000 - first, keys=(1, 2, 3))]
    masks = [
        {"key": 1, "keep_position": 2, "several_hosts": True},
        {"key": 2, "keep_position": 5, "several_hosts": True},
    ]
    clusters = [cluster("a", 5, "a", 2, 1.0)] if stands else []
    given = reader(
        Place(str(tmp_path)),
        documents=documents,
        signals=[signal("a", 5)],
        others=[],
        clusters=clusters,
        paragraph_masks=masks,
    )
    decisions, _, tally = decide(given, *overrides)
    assert tally["lines"] == tally["lines_kept"] + tally["lines_masked"] == 3
    return decisions["a"]


def test_what_mostly_stands_elsewhere_goes_unless_others_rely_on_it(tmp_path: Path) -> None:
    row = decided(tmp_path / "more", 1002, 100)
    assert (row["rule"], row["value"], row["threshold"]) == ("mostly_repeated", 1002 / 2003, 0.5)
    assert (row["line_ids"], row["n_repeated"], row["n_chars"]) == ([1, 2], 1, 900)
    assert decided(tmp_path / "half", 1001, 100)["rule"] is None
    assert decided(tmp_path / "cut", 1002, 199)["rule"] == "mostly_repeated"
    assert decided(tmp_path / "first", 1002, 200)["rule"] is None
    assert decided(tmp_path / "stands", 1002, 100, stands=True)["rule"] is None
    least = "paragraphs.min_document_chars=0"
    assert decided(tmp_path / "none", 1002, 0, least)["rule"] == "mostly_repeated"
    assert decided(tmp_path / "one", 1002, 1, least)["rule"] is None


def test_what_paragraphs_leave_is_checked(tmp_path: Path) -> None:
    documents = [
        document("a", 0, 300, keys=(1,)),
        document("b", 1, 199, 300, keys=(5, 1)),
        document("c", 2, 200, 300, keys=(6, 1)),
    ]
    masks = [{"key": 1, "keep_position": -1}]
    signals = [signal(name, n) for n, name in enumerate("abc")]
    tables: dict[str, Any] = {"documents": documents, "signals": signals, "others": [], "paragraph_masks": masks}
    given = reader(Place(str(tmp_path)), **tables, clusters=[])
    decisions, _, tally = decide(given, "paragraphs.policy=drop_all_copies")
    assert [decisions[name]["rule"] for name in "abc"] == [
        "no_line_left_after_dedup",
        "too_short_after_dedup",
        None,
    ]
    assert (tally["lines"], tally["lines_kept"], tally["lines_masked"]) == (5, 2, 3)
    assert decisions["c"]["n_chars"] == 200
    as_ccnet, _, _ = decide(given, "paragraphs.policy=drop_all_copies", "paragraphs.min_document_chars=0")
    assert [as_ccnet[name]["rule"] for name in "abc"] == ["no_line_left_after_dedup", None, None]


def test_lines_are_masked_for_each_reason(tmp_path: Path) -> None:
    documents = [document("a", 0, 300, 20, 20, 20, 250, 250, keys=(1, 2, 3, 4, 5, 5))]
    given = reader(
        Place(str(tmp_path)),
        documents=documents,
        signals=[signal("a", 0)],
        others=[],
        clusters=[],
        masks=[
            {"host_key": 7, "key": 2, "reason": "host_boilerplate"},
            {"key": 3, "reason": "common_boilerplate"},
        ],
        paragraph_masks=[{"key": 4, "keep_position": -1}],
    )
    decisions, _, _ = decide(given, "paragraphs.within_document=keep_first")
    row = decisions["a"]
    counts = ("n_lines", "n_lines_read", "n_host_boilerplate", "n_common_boilerplate", "n_repeated")
    assert [row[name] for name in (*counts, "n_repeated_within")] == [2, 6, 1, 1, 1, 1]
    assert row["line_ids"] == [0, 4]
    all_of_them, _, _ = decide(given)
    assert (all_of_them["a"]["line_ids"], all_of_them["a"]["n_repeated_within"]) == ([0, 4, 5], 0)


def test_lines_of_lists_go_and_are_counted(tmp_path: Path) -> None:
    documents = [document("a", 0, 20, 30, 300, 40, 50, keys=(1, 2, 3, 4, 5))]
    given = reader(
        Place(str(tmp_path)),
        documents=documents,
        signals=[signal("a", 0, list_lines_before=2, list_lines_after=1)],
        others=[],
        clusters=[],
        masks=[{"key": 1, "reason": "common_boilerplate"}],
        paragraph_masks=[{"key": 2, "keep_position": -1}, {"key": 4, "keep_position": -1}],
    )
    decisions, _, tally = decide(given)
    row = decisions["a"]
    counts = ("n_common_boilerplate", "n_list_boilerplate", "n_repeated", "n_lines", "n_chars")
    assert [row[name] for name in counts] == [1, 2, 1, 1, 300]
    assert row["line_ids"] == [2]
    assert (tally["list_lines"], tally["list_chars"], tally["lines_masked"]) == (2, 80, 4)


def test_lines_that_rules_cut_go_and_are_counted(tmp_path: Path) -> None:
    documents = [
        document("a", 0, 20, 30, 300, 40, 50, keys=(1, 2, 3, 4, 5)),
        document("b", 1, 400, 9, keys=(6, 7)),
        document("c", 2, 400, 9, keys=(8, 7)),
    ]
    given = reader(
        Place(str(tmp_path)),
        documents=documents,
        signals=[
            signal(
                "a", 0, list_lines_before=2, list_lines_after=1, rule_lines=[1, 3], rule_line_names=["odd"] * 2
            ),
            signal("b", 1, rule_lines=[1], rule_line_names=["brief"]),
            signal("c", 2, rule_lines=[1], rule_line_names=["brief"], language_score=0.0),
        ],
        others=[],
        clusters=[],
        masks=[{"key": 1, "reason": "common_boilerplate"}],
        paragraph_masks=[{"key": 4, "keep_position": -1}],
    )
    decisions, _, tally = decide(given)
    counts = ("n_common_boilerplate", "n_list_boilerplate", "n_rule_lines", "n_repeated", "n_lines", "n_chars")
    # The second line of "a" is in a list, too, which counts first; the fourth is repeated, which counts later.
    assert [decisions["a"][name] for name in counts] == [1, 2, 1, 0, 1, 300]
    assert [decisions["b"][name] for name in counts] == [0, 0, 1, 0, 1, 400]
    assert (decisions["c"]["rule"], decisions["c"]["n_rule_lines"]) == ("language_below_threshold", 0)
    assert (decisions["a"]["line_ids"], decisions["b"]["line_ids"]) == ([2], [0])
    assert (tally["rule_lines"], tally["rule_chars"], tally["lines_masked"]) == (2, 49, 5)
    assert tally["by_line_rule"] == {"odd": 1, "brief": 1}
    assert tally["cut"] == [
        ["en", "common_boilerplate", "", 1, 20],
        ["en", "list_boilerplate", "", 2, 80],
        ["en", "read", "", 7, 849],
        ["en", "rule", "brief", 1, 9],
        ["en", "rule", "odd", 1, 40],
    ]
    assert tally["lines_kept"] + tally["lines_masked"] == tally["lines"] == 7


def test_who_is_in_question_when_paragraphs_are_compared(tmp_path: Path) -> None:
    documents = [
        document(name, n, chars) for n, (name, chars) in enumerate(zip("abcd", (299, 300, 900, 900), strict=False))
    ]
    signals = [signal("a", 0), signal("b", 1), signal("c", 2), signal("d", 3, language_score=0.1)]
    clusters = [cluster("b", 1, "b", 2, 1.0), cluster("c", 2, "b", 2, 0.9)]
    given = reader(Place(str(tmp_path)), documents=documents, signals=signals, clusters=clusters)
    lines = gather_lines(given.whole("documents", LINE_COLUMNS))
    assert population_of(given, lines, Settings()).tolist() == [True, True, False, False]
    without = load_settings(None, ["near_duplicates.enabled=false"])
    assert population_of(given, lines, without).tolist() == [False, True, True, True]


def test_a_shard_without_documents_has_no_verdicts(tmp_path: Path) -> None:
    one = document("a", 0, 300)
    given = reader(Place(str(tmp_path)), 9, documents=[one], signals=[signal("a", 0)], others=[], clusters=[])
    decisions, ledger, tally = decide(given)
    assert (decisions, ledger) == ({}, {})
    assert (tally["documents"], going_on(tally), tally["funnel"], tally["lines"]) == (0, {}, [], 0)


def test_reasons_in_words() -> None:
    rows = [
        ("near_duplicate", 0.831, 0.8, "k"),
        ("bucket_tail", 900.0, 500.0, None),
        ("bucket_tail", 900.0, None, None),
        ("near_duplicate", 0.8, 0.7, None),
        ("language_not_kept", None, None, None),
        (None, None, None, None),
    ]
    assert reasons(rows) == [
        "near-duplicate of k at 0.83",
        "bucket tail: 900.00 against 500.00",
        "bucket tail",
        "near duplicate: 0.80 against 0.70",
        "language not kept",
        None,
    ]


def test_funnels_add_up() -> None:
    rows = [
        {"language": "en", "outcome": "kept", "n_chars": 5},
        {"language": "en", "outcome": "kept", "n_chars": 7},
        {"language": "de", "outcome": "dropped", "stage": "length", "rule": "too_short", "n_chars": None},
    ]
    funnel: dict[Any, list[int]] = {}
    add_to_funnel(funnel, batch_of("ledger", rows))
    add_to_funnel(funnel, batch_of("ledger", rows[:1]))
    once = funnel_to_rows(funnel)
    assert once == [["de", "dropped", "length", "too_short", 1, 0], ["en", "kept", None, None, 3, 17]]
    assert sum_funnels([once, once[1:], []]) == [
        ["de", "dropped", "length", "too_short", 1, 0],
        ["en", "kept", None, None, 6, 34],
    ]


def test_the_sum_of_ids_wraps_and_looks_at_their_first_half() -> None:
    ids = pa.array(["ffffffffffffffff" + "0" * 16, "0000000000000003" + "f" * 16])
    assert document_hash(ids) == 2
    assert document_hash(pa.array([], pa.string())) == 0
    assert np.uint64(document_hash(ids[:1])) == np.uint64(2**64 - 1)


def test_one_inside_a_longer_one_goes_and_the_longer_one_does_not_for_its_lines(tmp_path: Path) -> None:
    """b is inside a. Most of a stands before it, as of c: a stays, since b was dropped for it; c goes."""
    repeated = (7, 8)
    documents = [
        document("a", 0, 400, 300, 300, keys=(*repeated, 9)),
        document("b", 1, 300),
        document("c", 2, 400, 300, 300, keys=(*repeated, 10)),
    ]
    contained = [
        {"doc_id": IDS["a"], "position": 0, "holds": 1},
        {"doc_id": IDS["b"], "position": 1, "contained_in": IDS["a"], "containment": 0.97},
    ]
    given = reader(
        Place(str(tmp_path)),
        documents=documents,
        signals=[signal(name, position) for position, name in enumerate("abc")],
        contained=contained,
        others=[],
        paragraph_masks=[{"key": key, "keep_position": 9} for key in repeated],
    )
    decisions, ledger, tally = decide(given, "near_duplicates.containment=0.95")
    assert decisions["a"]["rule"] is None and tally["dropped"] == 2
    row = ledger["b"]
    assert (row["stage"], row["rule"], row["value"], row["threshold"], row["duplicate_of"]) == (
        *("near_duplicates", "contained", 0.97, 0.95, IDS["a"]),
    )
    assert (ledger["c"]["rule"], ledger["c"]["duplicate_of"]) == ("mostly_repeated", None)
    held = gather_lines(given.whole("documents", LINE_COLUMNS))
    assert population_of(given, held, Settings()).tolist() == [True, False, True]
