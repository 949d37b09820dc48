"""Lines that rules of policies cut, from the archive to the corpus: all tables and commands say the same."""

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.errors import UserError
from ccnet_lite.finished.fit_rules import rules_to_fit
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.finished.test_compare import run_of
from tests.finished.test_explain import agrees, life_of, rows, texts
from tests.running import job

MINE = """
[[line_rule]]
name = "no_banner"
measure = "phrases"
phrases = ["Cookies"]
comparison = "above"
bound = 0
source = "mine"

[[line_rule]]
name = "three_words"
measure = "words"
comparison = "below"
bound = 3
source = "mine"
languages = ["en"]
"""
BANNER = "This site uses cookies, as all do."
PAGES = [
    [
        Page("https://a.example/", f"Read on\n{body('en', 0)}\n{BANNER}\nOr not"),
        Page("https://b.example/", f"Lies weiter\n{body('de', 1)}\n{BANNER}"),
        Page("https://c.example/", body("en", 2)),
    ],
    [
        # The same article twice, one with many lines that are cut, more than a near-duplicate may differ by.
        Page("https://d.example/", body("en", 3)),
        Page("https://e.example/", "\n".join([body("en", 3), *(f"Headline {n}" for n in range(60))])),
        Page(
            "https://f.example/",
            "\n".join(f"The cookies of shop number {n} are said to be good." for n in range(20)),
        ),
    ],
]


def made(folder: Path, *settings: str) -> Path:
    write_crawl(folder / "crawl", PAGES)
    (folder / "mine.toml").write_text(MINE)
    return run_of(folder, "run", *(f"quality.policies={folder}/mine.toml", "lines.lists=false", *settings))


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("line_rules"))


def test_the_lines_go_and_are_counted(finished: Path) -> None:
    kept = texts(finished)
    assert kept["https://a.example/"] == body("en", 0)
    assert kept["https://b.example/"] == f"Lies weiter\n{body('de', 1)}"  # one rule is asked in English alone
    assert kept["https://c.example/"] == body("en", 2)
    assert len(kept) == 4 and body("en", 3) in kept.values()
    fates = {row["url"]: row["rule"] for row in rows(finished, "ledger")}
    assert fates["https://f.example/"] == "no_line_left"
    urls = {row["doc_id"]: str(row["url"]) for row in rows(finished, "documents")}
    found = {
        urls[str(row["doc_id"])]: list(zip(row["rule_lines"], row["rule_line_names"], strict=True))  # type: ignore[call-overload]
        for row in rows(finished, "signals")
    }
    last = body("en", 0).count("\n") + 2
    assert found["https://a.example/"] == [(0, "three_words"), (last, "no_banner"), (last + 1, "three_words")]
    assert found["https://b.example/"] == [(body("de", 1).count("\n") + 2, "no_banner")]
    assert [len(cut) for cut in found.values()] == [3, 1, 0, 0, 60, 20]
    step = json.loads((finished / "decisions" / "_manifest.json").read_text())
    told = {name: step["tally"][name] for name in ("rule_lines", "rule_chars", "by_line_rule")}
    chars = 2 * len(BANNER) + len("Read on") + len("Or not")
    assert told == {"rule_lines": 4, "rule_chars": chars, "by_line_rule": {"no_banner": 2, "three_words": 2}}
    cut = [row for row in step["tally"]["cut"] if row[1] == "rule"]
    assert cut == [
        ["de", "rule", "no_banner", 1, len(BANNER)],
        ["en", "rule", "no_banner", 1, len(BANNER)],
        ["en", "rule", "three_words", 2, len("Read on") + len("Or not")],
    ]


def test_explain_and_what_if_agree_with_the_run(finished: Path) -> None:
    assert agrees(open_run(finished), finished) == 6
    life = life_of(finished, "https://a.example/")
    assert [line.why for line in life.lines if not line.kept] == ["three_words", "no_banner", "three_words"]
    assert life.meanings["three_words"].startswith("words at least 3: What lies between white space")
    told = what_if(Place.of(finished), ["language.threshold=0.5"])
    assert told["gained"] == told["lost"] == told["moved"] == []
    for when in ("now", "then"):
        chars = sum(row[when]["characters"] for row in told["languages"])
        assert chars == sum(map(len, texts(finished).values()))
    with pytest.raises(UserError, match="do not tell what other rules over lines would cut"):
        what_if(Place.of(finished), ["quality.policies="])
    # Near-duplicates are looked for in what is left: here all of it.
    copies = [life_of(finished, f"https://{name}.example/").copies for name in "de"]
    for each in copies:
        assert each is not None and each.difference is not None and each.similarity == 1.0
        assert all(stretch.alike for stretch in each.difference.stretches)


def test_minified_and_rebuilt_the_corpus_is_equal(finished: Path, tmp_path: Path) -> None:
    assert job("minify.py", finished, "--output", tmp_path / "min") == 0
    given = (
        "--minified",
        tmp_path / "min",
        "--input",
        f"{finished.parent}/crawl/*.gz",
        "--output",
        tmp_path / "out",
    )
    assert job("rebuild.py", *given) == 0
    assert texts(tmp_path / "out") == texts(finished)


def test_without_near_duplicates_too(spark: SparkSession, tmp_path: Path) -> None:
    run = made(tmp_path, "near_duplicates.enabled=false", "paragraphs.within_document=keep_first")
    assert agrees(open_run(run), run) == 6
    assert texts(run)["https://a.example/"] == body("en", 0)
    signals = {row["doc_id"]: row for row in rows(run, "signals")}
    for row in rows(run, "decisions"):
        if row["rule"] is None:
            assert signals[row["doc_id"]]["n_lines"] == row["n_lines"]


def test_bounds_are_not_fitted_to_lines() -> None:
    with pytest.raises(UserError, match="c4_lines: its rules are over lines"):
        rules_to_fit(load_settings(None, ["quality.policies=c4_lines"]))
