"""An article that its page says twice, from the archive to the corpus: every table and command says the same."""

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.errors import UserError
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.finished.test_compare import run_of
from tests.finished.test_explain import agrees, life_of, rows, texts

ARTICLES = [body("en", n).replace("\n", " ") for n in range(3)]
PAGES = [
    [
        Page("https://a.example/", f"A headline\n{ARTICLES[0]}\nFor print:\n{ARTICLES[0]}"),
        Page("https://b.example/", f"{ARTICLES[1]}\n{ARTICLES[2]}"),
    ]
]


def made(folder: Path, *settings: str) -> Path:
    write_crawl(folder / "crawl", PAGES)
    return run_of(folder, "run", *settings)


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("copies"))


def test_the_second_copy_goes_and_the_page_stays(finished: Path) -> None:
    assert texts(finished) == {
        "https://a.example/": f"A headline\n{ARTICLES[0]}\nFor print:",
        "https://b.example/": f"{ARTICLES[1]}\n{ARTICLES[2]}",
    }
    step = json.loads((finished / "decisions" / "_manifest.json").read_text())
    assert step["tally"]["by_line_rule"] == {"said_before": 1}


def test_explain_and_what_if_agree_with_the_run(finished: Path) -> None:
    assert agrees(open_run(finished), finished) == 2
    life = life_of(finished, "https://a.example/")
    assert [line.why for line in life.lines if not line.kept] == ["said_before"]
    assert "an earlier line" in life.meanings["said_before"]
    told = what_if(Place.of(finished), ["language.threshold=0.5"])
    assert told["gained"] == told["lost"] == told["moved"] == []
    with pytest.raises(UserError, match=r"lines\.copies"):
        what_if(Place.of(finished), ["lines.copies=false"])


@pytest.mark.parametrize("off", ["lines.copies=false", "lines.enabled=false"])
def test_switched_off_the_page_goes(spark: SparkSession, tmp_path: Path, off: str) -> None:
    run = made(tmp_path, off)
    assert [*texts(run)] == ["https://b.example/"]
    fates = {row["url"]: row["rule"] for row in rows(run, "ledger")}
    assert fates["https://a.example/"] == "duplicate_line_share_above"
    assert {len(row["rule_lines"]) for row in rows(run, "signals")} == {0}  # type: ignore[arg-type]
