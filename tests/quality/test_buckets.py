"""Perplexity buckets: CCNet's table and comparisons, our own form, percentiles."""

import csv
import json
import random
import statistics
from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.quality.buckets import Cutoffs, percentiles, read_cutoffs, write_cutoffs

RISING = [float(value) for value in range(100, 300, 2)]


def test_ccnets_table(shared_data: Path) -> None:
    path = shared_data / "ccnet_golden" / "cutoff.csv"
    cutoffs = Cutoffs.load(path)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(cutoffs.percentiles) == 48
    assert cutoffs.edges("fr", 30, 60) == (float(rows[30]["fr"]), float(rows[60]["fr"]))
    assert cutoffs.edges("tr", 30, 60) is None


def test_buckets_are_compared_as_ccnet_does() -> None:
    cutoffs = Cutoffs({"en": RISING})
    assert cutoffs.edges("en", 30, 60) == (160.0, 220.0)
    perplexities = np.array([1.0, 159.9, 160.0, 219.9, 220.0, 1e9, np.nan])
    assert cutoffs.bucket("en", perplexities, 30, 60) == [
        "head",
        "head",
        "middle",
        "middle",
        "tail",
        "tail",
        "all",
    ]
    assert cutoffs.bucket("en", [170.0], 60, 60) == ["head"]
    assert cutoffs.bucket("xx", perplexities, 30, 60) == ["all"] * 7
    assert Cutoffs({}).bucket("en", [1.0, 2.0], 30, 60) == ["all", "all"]
    assert cutoffs.bucket("en", [], 30, 60) == []


def test_percentiles_are_exact() -> None:
    assert percentiles(np.arange(0.0, 100.0)) == pytest.approx([0.99 * p for p in range(100)], abs=0.051)
    assert percentiles([7.0]) == [7.0] * 100
    drawn = random.Random(3)
    values = [drawn.lognormvariate(6, 1) for _ in range(1009)]
    oracle = statistics.quantiles(values, n=100, method="inclusive")
    assert percentiles(values)[1:] == [round(value, 1) for value in oracle]
    assert percentiles(values)[0] == round(min(values), 1)
    assert percentiles(list(reversed(values))) == percentiles(values)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [float("inf")]])
def test_percentiles_of_nothing(values: list[float]) -> None:
    with pytest.raises(ValueError, match="percentiles need"):
        percentiles(values)


def test_our_form_comes_back_and_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "cutoffs.csv"
    entry = {"documents": 44, "percentiles": RISING, "source": "held-back reference"}
    write_cutoffs(path, {"sw": entry, "en": entry | {"documents": 7}})
    assert read_cutoffs(path) == {"en": entry | {"documents": 7}, "sw": entry}
    cutoffs = Cutoffs.load(path)
    assert cutoffs.documents == {"en": 7, "sw": 44}
    assert cutoffs.percentiles["sw"] == tuple(RISING)
    first = path.read_bytes()
    write_cutoffs(path, {"en": entry | {"documents": 7}, "sw": entry})
    assert path.read_bytes() == first
    assert [file.name for file in tmp_path.iterdir()] == ["cutoffs.csv"]
    assert read_cutoffs(tmp_path / "none.json") == {}


def rows(count: int = 100, cell: str = "5") -> str:
    return ",en\n" + "".join(f"{number},{cell}\n" for number in range(count))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 rows below the head, expected the percentiles 0 to 99"),
        (rows(99), "99 rows below the head"),
        (rows(cell=""), "row 2 is not percentile 0"),
        (rows().replace("\n7,5", "\n8,5"), "row 9 is not percentile 7"),
        (rows().replace("\n7,5", "\n7,5,5"), "row 9 is not percentile 7"),
        (rows().replace("\n99,5", "\n99,4"), "en lacks 100 rising percentiles"),
        (rows(cell="nan"), "en lacks 100 rising percentiles"),
        ("{", "is not a file of cutoffs"),
        ("{}", "is not a file of cutoffs"),
        ('{"format": "other", "languages": {}}', "its format is not"),
        (
            json.dumps({"format": "ccnet_lite cutoffs 1", "languages": {"en": {"percentiles": RISING[:99]}}}),
            "en lacks 100 rising percentiles",
        ),
    ],
)
def test_what_is_no_table_of_cutoffs_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cutoffs"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        Cutoffs.load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        Cutoffs.load(tmp_path / "none.csv")
