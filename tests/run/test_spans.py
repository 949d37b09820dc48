"""Passages that stand in several documents, in a run: cut, marked, told, equal however it is run, rebuilt."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.commands.explained import life_text
from ccnet_lite.finished.explain import Life, explain
from ccnet_lite.finished.minify import minify
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.rebuild import rebuild
from ccnet_lite.finished.search import find
from ccnet_lite.finished.verify import verify
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.rules_told import rules_told
from ccnet_lite.settings import SparkSettings, load_settings
from tests.crawl import Page, body, write_crawl

FIRST, QUOTE, START, SHORT, OTHER, LINK = (
    f"https://{name}.example/" for name in ("first", "quote", "start", "short", "other", "link")
)
PASSAGE = body("en", 50, 6).replace("\n", " ").removesuffix(".")
BETWEEN = body("en", 70, 6).replace("\n", " ").removesuffix(".")
TEXTS = {
    FIRST: f"{body('en', 1)} {PASSAGE}.\n{body('en', 2)}",
    OTHER: body("en", 9),
    QUOTE: f"{body('en', 11)}\nThey wrote: {PASSAGE.upper()}. So it went, ann@mail.org says.\n{body('en', 12)}",
    START: f"{PASSAGE}. {body('en', 21)}",
    # Hardly anything of its own.
    SHORT: f"Quoted here.\n{PASSAGE}. And so on.",
    # As short, but it has first what the last document of all copies: that text must not be lost.
    LINK: f"{PASSAGE}. {BETWEEN}.",
}
LAST = "https://last.example/"
TEXTS[LAST] = f"{body('en', 31)}\n{BETWEEN}. {body('en', 33)}"
SHARDS = [[FIRST, OTHER], [QUOTE, START, SHORT], [LINK], [LAST]]
ON = ("spans.min_tokens=30", "near_duplicates.enabled=false", "paragraphs.max_repeated_share=1", "pii.mode=mask")
CLUSTER = "spark.global_steps=cluster"
SHORTEST = "paragraphs.min_document_chars=560"
CUT = (*ON, SHORTEST)
MARK = (*ON, "spans.action=mark", "export.columns=ccnet")


def go(folder: Path, output: Path, *overrides: str) -> dict[str, str]:
    """A run; the digests of its tables."""
    settings = load_settings(None, overrides)
    run = run_pipeline(settings, resolve_inputs([f"{folder}/crawl/*.gz"], settings.source), str(output))
    return {name: table.digest for name, table in run.tables.items()}


def rows(output: Path, table: str) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in pq.read_table(output / table).to_pylist()}


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spans")
    write_crawl(folder / "crawl", [[Page(url, TEXTS[url]) for url in shard] for shard in SHARDS])
    go(folder, folder / "run", *CUT)
    go(folder, folder / "marked", *MARK)
    return folder


def life_of(run: Path, url: str) -> Life:
    opened = open_run(str(run))
    return explain(opened, find(opened, url)[0])


def test_cut_from_all_but_the_first(finished: Path) -> None:
    corpus = rows(finished / "run", "corpus")
    assert {url: row["text"] for url, row in corpus.items()} == {
        FIRST: TEXTS[FIRST],
        OTHER: TEXTS[OTHER],
        QUOTE: f"{body('en', 11)}\nThey wrote: So it went, email@example.com says.\n{body('en', 12)}",
        START: body("en", 21),
        LINK: f"{BETWEEN}.",
        LAST: f"{body('en', 31)}\n{body('en', 33)}",
    }
    spans = {url: row["repeated_spans"] for url, row in corpus.items()}
    assert spans[FIRST] is None and spans[OTHER] is None
    ((begin, end),) = json.loads(spans[QUOTE])
    assert TEXTS[QUOTE][begin:end] == PASSAGE.upper()


def test_the_ledger_says_what_was_left_too_short_and_spares_what_others_rely_on(finished: Path) -> None:
    ledger = rows(finished / "run", "ledger")
    assert {url for url, row in ledger.items() if row["outcome"] == "dropped"} == {SHORT}
    short = ledger[SHORT]
    left = "Quoted here.\nAnd so on."
    told = [short[name] for name in ("stage", "rule", "value", "threshold", "n_chars", "bucket", "corpus_file")]
    assert told == ["paragraphs", "too_short_after_spans", float(len(left)), 560.0, len(left), None, None]
    assert short["reason"] == "too short after spans: 23.00 against 560.00"
    assert ledger[LINK]["n_chars"] == len(BETWEEN) + 1 < 560
    assert ledger[START]["n_chars"] == len(body("en", 21))
    (rule,) = (rule for rule in rules_told(load_settings(None, CUT)) if rule.name == "too_short_after_spans")
    assert (rule.stage, rule.setting, rule.asks) == ("paragraphs", "spans.min_tokens", "at least 560")


def test_the_table_names_both_sides(finished: Path) -> None:
    ids = {row["doc_id"]: url for url, row in rows(finished / "run", "ledger").items()}
    found = []
    for row in pq.read_table(finished / "run" / "spans").to_pylist():
        url, original = ids[row["doc_id"]], ids.get(row["original"], "")
        here = TEXTS[url][row["begin"] : row["end"]]
        there = TEXTS[original][row["original_begin"] : row["original_end"]] if original else ""
        found.append((url, here, row["tokens"], original, there))
    n = 104
    assert sorted(found) == sorted(
        [
            (FIRST, PASSAGE, n, "", ""),
            (QUOTE, PASSAGE.upper(), n, FIRST, PASSAGE),
            *((url, PASSAGE, n, FIRST, PASSAGE) for url in (START, SHORT, LINK)),
            (LINK, BETWEEN, len(BETWEEN.replace("-", " ").split()), "", ""),
            (LAST, BETWEEN, len(BETWEEN.replace("-", " ").split()), LINK, BETWEEN),
        ]
    )


def test_marked_in_the_text_as_it_is_exported(finished: Path) -> None:
    corpus = rows(finished / "marked", "corpus")
    assert corpus.keys() == TEXTS.keys()
    for url, row in corpus.items():
        assert row["raw_content"] == TEXTS[url].replace("ann@mail.org", "email@example.com")
        spans = json.loads(row["repeated_spans"] or "[]")
        expected = {FIRST: [], OTHER: [], QUOTE: [PASSAGE.upper()], LAST: [BETWEEN]}.get(url, [PASSAGE])
        assert [row["raw_content"][begin:end] for begin, end in spans] == expected


def test_off_by_default_and_then_as_ever(finished: Path) -> None:
    digests = go(finished, finished / "off", *ON[1:], SHORTEST)
    assert "spans" not in digests
    corpus = rows(finished / "off", "corpus")
    assert {url: row["text"] for url, row in corpus.items()} == {
        url: text.replace("ann@mail.org", "email@example.com") for url, text in TEXTS.items()
    }
    assert all("repeated_spans" not in row for row in corpus.values())


@pytest.mark.parametrize(
    "where",
    [
        [CLUSTER],
        [CLUSTER, "spark.shuffle_partitions=3"],
        ["spark.batch_rows=1"],
    ],
)
def test_equal_tables_however_it_is_run(finished: Path, where: list[str], tmp_path: Path) -> None:
    expected = go(finished, finished / "run", *CUT)
    assert go(finished, tmp_path / "again", *CUT, *where) == expected


def test_explain_shows_both_sides(finished: Path) -> None:
    life = life_of(finished / "run", QUOTE)
    assert life.spans is not None and (life.spans.n_copies, life.spans.first) == (1, 0)
    (copied,) = life.spans.copies
    assert (copied.text, copied.original_text, copied.url) == (PASSAGE.upper(), PASSAGE, FIRST)
    text = life_text(life, 120, 0)
    assert "Spans that other documents have, too" in text
    assert f"1 of earlier documents, {len(PASSAGE)} characters" in text
    assert (
        f"104 tokens from character {copied.begin:,}; in {copied.original} from {copied.original_begin:,}" in text
    )
    assert f"here   {PASSAGE.upper()[:40]}" in text and f"there  {PASSAGE[:40]}" in text
    (asked,) = (rule for rule in life.rules if rule.rule == "too_short_after_spans")
    assert (asked.passed, asked.needs) == (True, "at least 560")
    short, link, other = (life_of(finished / "run", url) for url in (SHORT, LINK, OTHER))
    (asked,) = (rule for rule in short.rules if rule.rule == "too_short_after_spans")
    assert (asked.passed, asked.value) == (False, 23.0)
    assert link.spans is not None and link.spans.left_alone is None
    assert "1 that later documents copy: this one has them first" in life_text(link, 120, 0)
    assert other.spans is None and "Spans that" not in life_text(other, 120, 0)


@pytest.mark.parametrize(("run", "text"), [("run", "text"), ("marked", "raw_content")])
def test_verified_and_rebuilt_as_it_was(finished: Path, tmp_path: Path, run: str, text: str) -> None:
    assert verify(str(finished / run), SparkSettings()).problems == ()
    minify(str(finished / run), str(tmp_path / "min"), SparkSettings())
    shards = resolve_inputs([f"{finished}/crawl/*.gz"], load_settings(None, []).source)
    corpus, lost = rebuild(str(tmp_path / "min"), shards, str(tmp_path / "out"), SparkSettings())
    assert (corpus.rows, lost.rows) == (len(rows(finished / run, "corpus")), 0)
    assert rows(tmp_path / "out", "corpus") == rows(finished / run, "corpus")
    assert text in next(iter(rows(tmp_path / "out", "corpus").values()))
