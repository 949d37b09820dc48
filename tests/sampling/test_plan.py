"""sampling.json: what it says, and that it reads back as it was."""

import json
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.sampling.plan import plan_text, read_plan, sampling_plan
from ccnet_lite.sampling.statistics import BucketStatistics, sampling_table
from ccnet_lite.settings import SamplingSettings

ROWS = (
    BucketStatistics("en", "head", 3, 10, 100, 105, 20, 25),
    BucketStatistics("sw", "all", 1, 5, 60, 64, 12, None),
)
SETTINGS = SamplingSettings(unit="documents", alphas=(0.3, 1.0), budget=12, unimax_max_epochs=2)


def test_the_file_says_what_to_read_and_how_often() -> None:
    plan = json.loads(plan_text(sampling_plan(ROWS, SETTINGS)))
    assert plan["unit"] == "documents"
    assert plan["budget"] == 12
    assert plan["alphas"] == [0.3, 1.0]
    assert plan["corpus"]["files"] == "corpus/subset=*/quality=*/part-*.parquet"
    assert plan["languages"]["sw"] == {
        "n": 1,
        "p": 0.25,
        "alpha": {
            "0.3": {
                "q": pytest.approx(1 / (1 + 3**0.3)),
                "factor": pytest.approx(4 / (1 + 3**0.3)),
                "epochs": pytest.approx(12 / (1 + 3**0.3)),
            },
            "1.0": {"q": 0.25, "factor": 1.0, "epochs": 3.0},
        },
        "unimax": {"probability": 0.25, "epochs": 2.0},
        "buckets": {
            "all": {
                "documents": 1,
                "lines": 5,
                "characters": 60,
                "bytes": 64,
                "words": 12,
                "tokens": None,
                "files": "corpus/subset=swh_*/quality=all/part-sw_*.parquet",
                "validation_documents": 0,
            }
        },
    }


def test_equal_statistics_give_an_equal_file_with_sorted_keys_and_exact_floats() -> None:
    text = plan_text(sampling_plan(ROWS, SETTINGS))
    assert text == plan_text(sampling_plan(reversed(ROWS), SETTINGS))
    plan = json.loads(text)
    assert list(plan) == sorted(plan)
    exact = sampling_table(ROWS, SETTINGS).to_pylist()[0]["q"]
    assert plan["languages"]["en"]["alpha"]["0.3"]["q"] == exact


def test_uncounted_languages_are_named() -> None:
    plan = sampling_plan(ROWS, SamplingSettings(unit="tokens"))
    assert plan["uncounted"] == ["sw"]
    assert plan["languages"]["sw"]["n"] is None
    assert plan["languages"]["sw"]["buckets"]["all"]["bytes"] == 64


def test_it_reads_back(tmp_path: Path) -> None:
    (tmp_path / "sampling.json").write_text(plan_text(sampling_plan(ROWS, SETTINGS)), encoding="utf-8")
    plan = read_plan(tmp_path)
    assert (plan.unit, plan.budget, plan.unimax_max_epochs, plan.statistics) == ("documents", 12, 2.0, ROWS)


def test_what_is_held_out_is_no_part_of_any_number_but_its_own(tmp_path: Path) -> None:
    held_out = (
        BucketStatistics("en", "head", 7, 70, 700, 700, 70, 70, split="validation"),
        BucketStatistics("fr", "all", 2, 2, 20, 20, 4, None, split="validation"),
    )
    with_them = sampling_plan([*held_out, *ROWS], SETTINGS)
    french = with_them["languages"].pop("fr")
    assert (french["n"], french["p"], french["unimax"]) == (0, 0.0, {"probability": 0.0, "epochs": None})
    assert french["buckets"]["all"]["validation_documents"] == 2
    assert with_them["languages"]["en"]["buckets"]["head"].pop("validation_documents") == 7
    without = sampling_plan(ROWS, SETTINGS)
    assert without["languages"]["en"]["buckets"]["head"].pop("validation_documents") == 0
    assert with_them == without
    (tmp_path / "sampling.json").write_text(plan_text(sampling_plan([*held_out, *ROWS], SETTINGS)))
    plan = read_plan(tmp_path)
    assert [row for row in plan.statistics if row.documents] == list(ROWS)
    assert plan.validation_documents == {("en", "head"): 7, ("fr", "all"): 2, ("sw", "all"): 0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"sampling\.json does not exist: give the output folder of a finished run"),
        ("{", r"sampling\.json is not JSON .*run the sampling step again"),
        ("[]", r"sampling\.json holds no object, not ccnet_lite\.sampling 2"),
        ('{"format": "ccnet_lite.sampling", "version": 1}', "holds ccnet_lite.sampling 1, not"),
        ('{"format": "ccnet_lite.sampling", "version": 2}', "is damaged .*'unit'"),
        (
            '{"format": "ccnet_lite.sampling", "version": 2, "unit": "pages"}',
            "unit is pages: expected one of",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_the_users_to_mend(
    tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "sampling.json").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_plan(tmp_path)
