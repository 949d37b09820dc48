"""Lists around articles, from the archive to the corpus: every table and command says the same of them."""

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

FOOTER = (
    "Share\nFacebook\nRelated articles\nMayor opens new school {n}\nStorm number {n} closes road\n"
    "Contact us\nPrivacy policy\n© 20{n} The River Post"
)
VERSE = "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thee?"
FOOTERS = [FOOTER.format(n=n) for n in range(10, 16)]
PAGES = [
    [
        Page("https://a.example/", f"{body('en', 0)}\n{FOOTERS[0]}"),
        Page("https://b.example/", f"{FOOTERS[1]}\n{body('en', 1)}"),
        Page("https://c.example/", f"{body('en', 2)}\n{VERSE}"),
    ],
    [
        # The same article twice, and its footer longer than what a near-duplicate may differ by.
        Page("https://d.example/", body("en", 3)),
        Page("https://e.example/", f"{body('en', 3)}\n{FOOTERS[2]}\n{FOOTERS[3]}\n{FOOTERS[4]}"),
    ],
]


def made(folder: Path, *settings: str) -> Path:
    write_crawl(folder / "crawl", PAGES)
    return run_of(folder, "run", *settings)


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("lists"))


def test_the_articles_stay_and_their_lists_go(finished: Path) -> None:
    kept = texts(finished)
    assert kept["https://a.example/"] == body("en", 0)
    assert kept["https://b.example/"] == body("en", 1)
    assert kept["https://c.example/"] == f"{body('en', 2)}\n{VERSE}"
    assert len(kept) == 4 and body("en", 3) in kept.values()
    found = {
        row["doc_id"]: (row["list_lines_before"], row["list_lines_after"]) for row in rows(finished, "signals")
    }
    urls = {row["doc_id"]: str(row["url"]) for row in rows(finished, "documents")}
    assert {urls[str(doc_id)]: lines for doc_id, lines in found.items()} == {
        "https://a.example/": (0, 8),
        "https://b.example/": (8, 0),
        "https://c.example/": (0, 0),
        "https://d.example/": (0, 0),
        "https://e.example/": (0, 24),
    }


def test_explain_and_what_if_agree_with_the_run(finished: Path) -> None:
    assert agrees(open_run(finished), finished) == 5
    life = life_of(finished, "https://a.example/")
    assert [line.why for line in life.lines if not line.kept] == ["list boilerplate"] * 8
    assert "footer" in life.meanings["list boilerplate"]
    told = what_if(Place.of(finished), ["language.threshold=0.5"])
    assert told["gained"] == told["lost"] == told["moved"] == []
    for row in told["languages"]:
        assert row["now"]["characters"] == row["then"]["characters"] == sum(map(len, texts(finished).values()))
    with pytest.raises(UserError, match=r"lines\.lists"):
        what_if(Place.of(finished), ["lines.lists=false"])
    # Near-duplicates are looked for in what is left: here all of it.
    copies = [life_of(finished, f"https://{name}.example/").copies for name in "de"]
    for each in copies:
        assert each is not None and each.difference is not None and each.similarity == 1.0
        assert all(stretch.alike for stretch in each.difference.stretches)


@pytest.mark.parametrize("off", ["lines.lists=false", "lines.enabled=false"])
def test_switched_off_they_stay(spark: SparkSession, tmp_path: Path, off: str) -> None:
    run = made(tmp_path, off)
    assert texts(run)["https://a.example/"].endswith("The River Post")
    assert {row["list_lines_after"] for row in rows(run, "signals")} == {0}


def test_without_near_duplicates_too(spark: SparkSession, tmp_path: Path) -> None:
    run = made(tmp_path, "near_duplicates.enabled=false", "paragraphs.within_document=keep_first")
    assert agrees(open_run(run), run) == 5
    assert texts(run)["https://b.example/"] == body("en", 1)
    signals = {row["doc_id"]: row for row in rows(run, "signals")}
    for row in rows(run, "decisions"):
        if row["rule"] is None:
            assert signals[row["doc_id"]]["n_lines"] == row["n_lines"]
