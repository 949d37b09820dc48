"""Which documents stand for clusters, and in which order they are looked for; literal rows, no JVM."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ccnet_lite.dedup.minhash import EMPTY
from ccnet_lite.kernels.policy import crawl_of, eligible, order_of, ranked
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.store.places import Place
from tests.tables import Row, reader

SMALL = ["near_duplicates.bands=2", "near_duplicates.rows=1"]
SIGNATURE = np.array([5, 6], "<u4").tobytes()
NONE = np.array([EMPTY, EMPTY], "<u4").tobytes()


def signal(number: int, **change: Any) -> Row:
    row = {
        "doc_id": f"{number:015x}{'0' * 17}",
        "position": number % 100,
        "cc_segment": "crawl-data/CC-MAIN-2024-22/a.gz",
        "n_chars_read": 900,
        "n_chars": 800,
        "n_lines": 3,
        "language": "en",
        "language_score": 0.9,
        "signature": SIGNATURE,
        "bands": [1, 2],
    } | change
    return row | {"language_confidence": row["language_score"]}


def ranks(folder: Path, signals: list[Row], *overrides: str, **tables: list[Row]) -> list[list[Any]]:
    """By document, its ranks, least first."""
    settings = load_settings(None, [*SMALL, *overrides])
    found = ranked(reader(Place(str(folder)), signals=signals, **tables), settings)
    names = order_of(settings.near_duplicates)
    assert [name for name in found.column_names if name.startswith("rank")] == names
    return [[row[name] for name in names] for row in found.to_pylist()]


def test_those_that_no_rule_drops_and_that_have_text_take_part(tmp_path: Path) -> None:
    signals = [
        signal(0),
        signal(1, language_score=0.4),
        signal(2, signature=None, bands=None),
        signal(3, signature=NONE),
        signal(4, n_chars=10),
        signal(5, symbol_share=0.9),
        signal(0x123456789ABCDEF, cc_segment="a.gz"),
    ]
    given = reader(Place(str(tmp_path)), signals=signals)
    found = ranked(given, load_settings(None, [*SMALL, "near_duplicates.crawl=mine"])).to_pylist()
    assert [row["number"] for row in found] == [0, 0x123456789ABCDEF]
    assert [row["crawl"] for row in found] == ["CC-MAIN-2024-22", "mine"]
    assert found[0]["bands"] == [1, 2] and found[0]["signature"] == SIGNATURE
    whole = given.whole("signals", ["n_chars_read", "n_chars", "n_lines", "language", "language_confidence"])
    no_heuristics = load_settings(None, ["quality.heuristics=false"])
    assert eligible(whole, no_heuristics).tolist() == [True, False, True, True, False, True, True]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("longest", [[-800.0], [-900.0]]),
        ("earliest", [["b.gz", 7.0], ["a.gz", 9.0]]),
        ("best_language_score", [[-0.9], [-0.7]]),
    ],
)
def test_the_least_rank_is_who_stays(tmp_path: Path, policy: str, expected: list[list[Any]]) -> None:
    signals = [
        signal(0, cc_segment="b.gz", record_offset=7),
        signal(1, n_chars=900, cc_segment="a.gz", record_offset=9, language_score=0.7),
    ]
    assert ranks(tmp_path, signals, f"near_duplicates.representative={policy}") == expected


def test_by_perplexity_and_those_without_come_last(tmp_path: Path) -> None:
    signals = [signal(0), signal(1, n_chars=900), signal(2)]
    perplexities = [
        {"doc_id": signal(2)["doc_id"], "position": 2, "perplexity": 120.0},
        {"doc_id": signal(0)["doc_id"], "position": 0, "perplexity": None},
    ]
    found = ranks(
        tmp_path,
        signals,
        "near_duplicates.representative=lowest_perplexity",
        "quality.lm_dir=lm",
        perplexities=perplexities,
    )
    assert found == [[float("inf"), -800.0], [float("inf"), -900.0], [120.0, -800.0]]


def test_an_order_of_one_s_own(tmp_path: Path) -> None:
    signals = [signal(0, n_words=10, record_offset=4), signal(1, n_words=20, symbol_share=None)]
    overrides = ["near_duplicates.representative=custom"]
    order = "near_duplicates.representative_order=-n_words,symbol_share,record_offset"
    assert ranks(tmp_path, signals, *overrides, order) == [[-10.0, float("inf"), 4.0], [-20.0, float("inf"), 0.0]]


def test_the_columns_compared_are_brought_along_and_no_others(tmp_path: Path) -> None:
    given = reader(Place(str(tmp_path)), signals=[signal(0)])
    found = ranked(given, load_settings(None, SMALL), ["signature"])
    assert found.column_names == ["doc_id", "shard", "position", "number", "crawl", "rank_0", "signature"]
    assert ranked(reader(Place(str(tmp_path)), 3, signals=[signal(0)]), Settings()).num_rows == 0


def test_the_crawl_of_an_archive() -> None:
    assert crawl_of("crawl-data/CC-MAIN-2024-30/segments/17/wet/a.gz", "x") == "CC-MAIN-2024-30"
    assert crawl_of("mine/CC-MAIN-20240518-00000.gz", "x") == "mine"
    assert crawl_of("a/b/c.gz", "x") == "b"
    assert crawl_of("c.gz", "x") == "x"
