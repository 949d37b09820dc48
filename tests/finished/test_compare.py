"""Two runs side by side: what differs is known by hand, from the pages and the settings."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.commands.compare import render
from ccnet_lite.errors import UserError
from ccnet_lite.finished.compare import compare
from ccnet_lite.finished.moves import join_ledgers
from ccnet_lite.finished.opened import open_run
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from tests.crawl import Page, body, listed, write_crawl

REPOSITORY = Path(__file__).parent.parent.parent
ENGLISH = [Page(f"https://a{n}.example/en", body("en", n)) for n in range(5)]
GERMAN = [Page(f"https://d{n}.example/de", body("de", n)) for n in range(3)]
LISTS = [Page(f"https://l{n}.example/", listed(body("en", 100 + n, 24))) for n in range(2)]
ALWAYS = (2, 2)
OTHERS = ("quality.max_bullet_share=1.0", "language.drop=de", "spark.batch_rows=500")


def run_of(folder: Path, name: str, *settings: str, crawl: str = "crawl") -> Path:
    made = load_settings(None, list(settings))
    run_pipeline(made, resolve_inputs([f"{folder}/{crawl}/*.gz"], made.source), str(folder / name))
    return folder / name


@pytest.fixture(scope="module")
def runs(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """a and b: one crawl of two archives with other settings. c: another crawl."""
    folder = tmp_path_factory.mktemp("compare")
    write_crawl(folder / "crawl", [[*ENGLISH, LISTS[0]], [*GERMAN, LISTS[1]]])
    write_crawl(folder / "next", [[Page(f"https://n{n}.example/", body("en", 200 + n)) for n in range(4)]])
    run_of(folder, "a")
    run_of(folder, "b", *OTHERS)
    run_of(folder, "c", crawl="next")
    return folder


def moved(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(row["before"], row["after"]): row["documents"] for row in found["documents"]["moves"]}


def test_documents_that_came_and_went(runs: Path) -> None:
    found = compare(runs / "a", runs / "b", examples=1)
    assert moved(found) == {
        ("kept/all", "dropped/language/language_dropped"): 3,
        ("dropped/heuristics/bullet_share_above", "kept/all"): 2,
    }
    assert (found["documents"]["same_fate"], found["documents"]["changed_text"]) == (5, 0)
    gone, came = found["documents"]["moves"]
    assert gone["characters_before"] == gone["characters_after"] == sum(len(page.text) for page in GERMAN)
    (example,) = gone["examples"]
    assert (example["language"], example["url"]) in {("de", page.url) for page in GERMAN}
    assert {each["url"] for each in came["examples"]} < {page.url for page in LISTS}


def test_funnels_languages_settings_models_and_times(runs: Path) -> None:
    found = compare(runs / "a", runs / "b")
    assert found["archives"] == {"a": 2, "b": 2, "common": 2, "same": True}
    rules = {row["rule"]: tuple((row[side] or {}).get("records") for side in "ab") for row in found["funnel"]}
    assert rules == {
        "": (8, 7),
        "bullet_share_above": (2, None),
        "language_dropped": (None, 3),
        "warcinfo": (2, 2),
    }
    assert [row["stage"] for row in found["funnel"]] == ["ingest", "language", "heuristics", "kept"]
    english, german = ({row["language"]: row for row in found["languages"]}[name] for name in ("en", "de"))
    assert (english["a"]["documents"], english["b"]["documents"]) == (5, 7)
    assert (english["a"]["read"], english["a"]["read_share"]) == (7, 0.7)
    assert (english["a"]["share"], german["a"]["share"]) == (5 / 8, 3 / 8)
    assert (english["b"]["q"], german["b"]["q"], german["b"]["documents"]) == (1.0, None, 0)
    assert english["a"]["characters"] == sum(len(page.text) for page in ENGLISH)
    assert found["settings"] == [
        {"setting": "language.drop", "a": [], "b": ["de"]},
        {"setting": "quality.max_bullet_share", "a": 0.9, "b": 1.0},
        {"setting": "spark.batch_rows", "a": 1000, "b": 500},
    ]
    assert found["models"] == []
    steps = {row["step"]: row["a"]["seconds"] for row in found["steps"]}
    said = json.loads((runs / "a" / "manifest.json").read_text())["figures"]
    assert steps == {name: figures["seconds"] for name, figures in said.items()} and "export" in steps


def test_a_run_compared_with_itself_differs_in_nothing(runs: Path) -> None:
    found = compare(runs / "a", runs / "a")
    assert (found["settings"], found["models"], found["documents"]["moves"]) == ([], [], [])
    assert found["documents"]["same_fate"] == 10
    assert all(row["a"] == row["b"] for row in [*found["funnel"], *found["languages"], *found["steps"]])


def test_other_crawls_have_no_documents_in_common_but_shares(runs: Path) -> None:
    found = compare(runs / "a", runs / "c")
    assert (found["archives"]["common"], found["documents"]) == (0, None)
    shares = {
        row["language"]: [row[side] and row[side]["read_share"] for side in "ab"] for row in found["languages"]
    }
    assert shares == {"en": [0.7, 1.0], "de": [0.3, None]}


def test_ranges_of_ids_give_what_one_join_gives(runs: Path) -> None:
    """Of ledgers that have only some documents in common, too."""
    for other in ("b", "c"):
        ledgers = [open_run(runs / name).table("ledger") for name in ("a", other)]
        whole, parts = (join_ledgers(ledgers[0], ledgers[1], 2, most) for most in (1_000_000, 3))
        assert (whole.counts, whole.examples) == (parts.counts, parts.examples)
    assert whole.counts[("absent", "kept/all")][0] == 4 and whole.counts[("kept/all", "absent")][0] == 8
    assert all(len(held) <= 2 for held in whole.examples.values())
    assert {each["doc_id"] for row in whole.told(ledgers) for each in row["examples"]}


def test_the_command_prints_both_forms_and_starts_no_spark(runs: Path) -> None:
    code = "import sys; from ccnet_lite.commands.compare import main, parser;"
    code += "main(parser().parse_args(sys.argv[1:])); sys.exit(3 if 'pyspark' in sys.modules else 0)"
    words = [sys.executable, "-c", code, str(runs / "a"), str(runs / "b")]
    text, told = (subprocess.run([*words, *more], capture_output=True, text=True) for more in ([], ["--json"]))
    assert (text.returncode, told.returncode) == (0, 0)
    assert json.loads(told.stdout) == json.loads(json.dumps(compare(runs / "a", runs / "b")))
    assert text.stdout == render(compare(runs / "a", runs / "b")) + "\n"
    for line in (
        "the same archives",
        "quality.max_bullet_share  0.9   1.0",
        "no model differs",
        "         3  kept/all -> dropped/language/language_dropped",
    ):
        assert line in text.stdout


def test_a_folder_without_a_finished_run(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run"):
        compare(runs / "a", tmp_path)
