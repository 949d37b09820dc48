"""Who takes part in near-duplicate detection, and who would come first, on literal signals."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.kernels.policy import order_of, ranked
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.store.places import Place
from tests.tables import reader


def settings_of(*changes: str) -> Settings:
    return load_settings(None, ["near_duplicates.bands=1", "near_duplicates.rows=2", *changes])


def signals(settings: Settings) -> list[dict[str, object]]:
    filled = np.array([7, 8], np.uint32).tobytes()
    empty = np.full(2, 0xFFFFFFFF, np.uint32).tobytes()
    given = [
        ("b", 900, 0.9, 3, filled),
        ("a", 900, 0.8, 2, filled),
        ("c", 950, 0.7, 1, filled),
        ("d", 900, 0.99, 4, filled),
        ("wordless", 900, 0.9, 5, empty),
        ("no text", 900, 0.9, 6, None),
        ("too short", 10, 0.9, 7, filled),
    ]
    return [
        {
            "doc_id": name.encode().hex().ljust(32, "0"),
            "cc_segment": "crawl-data/CC-MAIN-2024-30/segments/1/a.wet.gz",
            "position": position,
            "record_offset": position * 100,
            "n_chars": n_chars,
            "n_chars_read": n_chars,
            "n_lines": 5,
            "language": "en",
            "language_score": score,
            "language_confidence": score,
            "signature": signature,
            "bands": None if signature is None else [1],
        }
        for name, n_chars, score, position, signature in given
    ]


def by_order(tmp_path: Path, *changes: str) -> list[str]:
    """Names in the order in which they would represent a cluster."""
    settings = settings_of(*changes)
    found = ranked(reader(Place.of(tmp_path), signals=signals(settings)), settings, ["signature"])
    order = [(name, "ascending") for name in (*order_of(settings.near_duplicates), "doc_id")]
    names = [bytes.fromhex(doc_id).rstrip(b"\0").decode() for doc_id in found.sort_by(order)["doc_id"].to_pylist()]
    assert set(found["crawl"].to_pylist()) == {"CC-MAIN-2024-30"}
    assert found["number"].to_pylist() == [int(doc_id[:15], 16) for doc_id in found["doc_id"].to_pylist()]
    assert found["number"].type == pa.int64()
    return names


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("longest", ["c", "a", "b", "d"]),
        ("earliest", ["c", "a", "b", "d"]),
        ("best_language_score", ["d", "b", "a", "c"]),
    ],
)
def test_policies(tmp_path: Path, policy: str, expected: list[str]) -> None:
    """Without those that a rule drops or that have no word."""
    assert by_order(tmp_path, f"near_duplicates.representative={policy}") == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("-n_chars", ["c", "a", "b", "d"]),
        ("n_chars,-record_offset", ["d", "b", "a", "c"]),
        ("cc_segment,-record_offset", ["d", "b", "a", "c"]),
        ("cc_segment", ["a", "b", "c", "d"]),
    ],
)
def test_a_custom_order_of_columns(tmp_path: Path, order: str, expected: list[str]) -> None:
    custom = ("near_duplicates.representative=custom", f"near_duplicates.representative_order={order}")
    assert by_order(tmp_path, *custom) == expected


def test_what_has_no_perplexity_comes_last(tmp_path: Path) -> None:
    settings = settings_of("near_duplicates.representative=lowest_perplexity", "quality.lm_dir=models")
    rows = signals(settings)
    scored = [
        {"doc_id": row["doc_id"], "perplexity": perplexity}
        for row, perplexity in zip(rows, (300.0, 500.0, None), strict=False)
    ]
    found = ranked(reader(Place.of(tmp_path), signals=rows, perplexities=scored), settings, [])
    by_id = dict(zip(found["doc_id"].to_pylist(), found["rank_0"].to_pylist(), strict=True))
    assert [by_id[row["doc_id"]] for row in rows[:4]] == [300.0, 500.0, float("inf"), float("inf")]
