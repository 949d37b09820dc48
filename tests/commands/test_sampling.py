"""`ccnet-lite sampling RUN ...` on runs that lie there: what it prints and writes, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ccnet_lite.sampling.mixture import read_mix
from ccnet_lite.sampling.plan import plan_text, sampling_plan
from ccnet_lite.sampling.statistics import BucketStatistics
from ccnet_lite.settings import SamplingSettings
from tests.running import job

ROWS = [
    BucketStatistics("en", "head", 100, 900, 81_000, 81_000, 9_000, 20_000),
    BucketStatistics("en", "tail", 10, 90, 9_000, 9_000, 900, 2_000),
    BucketStatistics("en", "head", 5, 50, 5_000, 5_000, 500, 1_000, split="validation"),
    BucketStatistics("sw", "all", 10, 90, 10_000, 11_000, 1_000, None),
]
Say = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return written(tmp_path / "out", ROWS)


def written(folder: Path, rows: list[BucketStatistics]) -> Path:
    folder.mkdir()
    settings = SamplingSettings(unit="characters", budget=50_000)
    (folder / "sampling.json").write_text(plan_text(sampling_plan(rows, settings)), encoding="utf-8")
    return folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def call(*arguments: object, status: int = 0) -> str:
        assert job("sampling.py", *map(str, arguments)) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return call


def test_it_prints_languages_and_buckets_with_what_is_read_of_them(run: Path, say: Say) -> None:
    said = say(run, "--alpha", 0.5, "--useful-size", 0)
    assert said.startswith("alpha (alpha 0.5): 50.0k of 50.0k characters, 2 languages, 1 run\n")
    lines = [line.split() for line in said.splitlines()]
    # 90,000 and 10,000 are 9 to 1, so q is 3 to 1; English read 37,500 of 90,000 characters.
    assert ["en", "110", "90.0k", "90", "75", "0.83", "37.5k", "9.2k", "0.42", "0.00"] in lines
    assert ["sw", "10", "10.0k", "10", "25", "2.50", "12.5k", "·", "1.25", "0.25"] in lines
    assert ["en", "head", "100", "81.0k", "67.5", "71.4", "33.8k", "8.3k", "0.42", "0.00"] in lines


def test_it_writes_a_plan_that_is_what_it_prints_as_json(run: Path, tmp_path: Path, say: Say) -> None:
    to = tmp_path / "plan.json"
    printed = json.loads(say(run, "--temperature", 2, "--to", to, "--json"))
    assert printed == json.loads(to.read_text())
    plan = read_mix(to)
    assert plan.method == {"name": "alpha", "alpha": 0.5}
    assert {part.run for part in plan.parts} == {str(run)} and plan.shares() == pytest.approx(
        {"en": 0.75, "sw": 0.25}
    )


def test_several_runs_are_one_plan(run: Path, tmp_path: Path, say: Say) -> None:
    other = written(tmp_path / "other", [BucketStatistics("sw", "all", 5, 5, 6_000, 6_000, 5, None)])
    plan = json.loads(say(run, other, "--unimax", "--budget", 1e5, "--unit", "bytes", "--json"))
    assert plan["method"] == {"name": "unimax", "max_epochs": 4.0} and plan["budget"] == 100_000
    assert sorted({part["run"] for part in plan["parts"]}) == sorted([str(run), str(other)])
    shares = {
        language: sum(p["share"] for p in plan["parts"] if p["language"] == language) for language in ("en", "sw")
    }
    assert shares == pytest.approx({"en": 0.5, "sw": 0.5})
    assert "given twice" in say(run, run, status=2)


def test_bounds_and_weights_are_taken(run: Path, say: Say) -> None:
    more = ("--min-share", "sw=0.4", "--max-share", 0.9, "--bucket-weight", "tail=0", "--language", "en")
    plan = json.loads(say(run, *more, "--language", "sw", "--max-epochs", 3, "--min-epochs", 0.1, "--json"))
    shares = {part["language"]: (part["bucket"], part["share"]) for part in plan["parts"]}
    assert shares == {"en": ("head", pytest.approx(0.6)), "sw": ("all", pytest.approx(0.4))}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--min-share", "2"], "a share lies between 0 and 1"),
        (["--min-share", "sw=x"], "give a share, 0 to 1, or LANGUAGE=SHARE"),
        (["--bucket-weight", "best=1"], "give one of head, middle, tail, all"),
        (["--bucket-weight", "head=1", "--bucket-weight", "head=2"], "--bucket-weight is given twice"),
        (["--budget", "much"], "give a number of units, as 6e9"),
        (["--budget", "0"], "give a number of units, as 6e9"),
        (["--budget", "1e999"], "give a number of units, as 6e9"),
        (["--temperature", "0.5"], "--temperature 0.5: give 1 or more"),
        (["--alpha", "0.3", "--unimax"], "not allowed with"),
        (["--unit", "tokens"], "its budget counts characters: give a budget in tokens"),
        (["--language", "xx"], "no run holds xx: they hold en, sw"),
        (["--output", "out"], "give either finished runs"),
        (["--set", "sampling.unit=bytes"], "--plan, --config and --set are for --output DIR"),
        (["--to", "no/such/folder/plan.json"], "--to no/such/folder/plan.json cannot be written: No such file"),
    ],
)
def test_what_cannot_be_is_one_line(run: Path, say: Say, arguments: list[str], message: str) -> None:
    said = say(run, *arguments, status=2)
    assert message in said and said.count("\n") == 1


def test_neither_a_run_nor_a_folder(say: Say) -> None:
    assert "give either finished runs, RUN ..., to plan for, or --output DIR" in say(status=2)
