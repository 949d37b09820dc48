"""A run with scores of the user's own: who gets which, what they decide, where they stand, what is refused."""

import gzip
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.commands.failures import status_of
from ccnet_lite.commands.reported import report_again
from ccnet_lite.errors import UserError
from ccnet_lite.finished.explain import explain
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from ccnet_lite.finished.verify import verify
from ccnet_lite.finished.what_if import what_if
from ccnet_lite.run.own_scores import find_score_files, score_digest
from ccnet_lite.run.pipeline import plan, run_pipeline
from ccnet_lite.settings import QualitySettings, Settings, SparkSettings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.finished.test_compare import run_of
from tests.run.test_tiers import table
from tests.s3 import put_folder

TWICE = "https://h00.example/"
PAGES = [
    *([Page(f"https://h{s}{n}.example/", body("en", 10 * s + n)) for n in range(8)] for s in range(2)),
    [Page(TWICE, body("en", 25), date="2024-06-01T00:00:00Z"), Page("https://other.example/", body("en", 26))],
]
"""Eighteen documents, of which two have one URL; https://h<shard><n>.example/ is to have the score 10 s + n."""
ALL = ("quality.heuristics=false", "paragraphs.policy=none", "language.threshold=0.3")
URLS = [page.url for pages in PAGES for page in pages]
SCORES = {f"https://h{s}{n}.example/": float(10 * s + n) for s in range(2) for n in range(8)}
MISSING = {"https://nobody.example/": 77.0}


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl, and scores of it in three files of three kinds: by URL, two columns."""
    folder = tmp_path_factory.mktemp("own_scores")
    write_crawl(folder / "crawl", PAGES)
    rows = [{"url": url, "edu": value, "fun": -value} for url, value in (SCORES | MISSING).items()]
    rows[3]["fun"] = None
    (folder / "scores" / "deep").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows[:6]), folder / "scores" / "deep" / "a.parquet")
    (folder / "scores" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows[6:12])).encode()))
    lines = [f"{row['edu']},{row['url']},{row['fun']}" for row in rows[12:]]
    (folder / "scores" / "c.csv").write_text("\n".join(["edu,url,fun", *lines]))
    (folder / "scores" / "_SUCCESS").write_text("")
    (folder / "scores" / ".c.csv.crc").write_text("x")
    return folder


def given(folder: Path, columns: str = "edu,fun", name: str = "scores") -> tuple[str, ...]:
    return (f"quality.scores_file={folder}/{name}", f"quality.scores_columns={columns}", "quality.scores_key=url")


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    return run_of(folder, "out", *given(folder), *ALL, "quality.tiers=4", "quality.scores=-edu")


def expected(url: str) -> dict[str, float] | None:
    if url not in SCORES:
        return None
    found = {"edu": SCORES[url], "fun": -SCORES[url]}
    return {"edu": 3.0} if SCORES[url] == 3 else found


def test_documents_get_the_scores_of_their_url_and_carry_them_out(run: Path) -> None:
    corpus = table(run, "corpus", "url", "own_scores", "doc_id").to_pylist()
    assert sorted(row["url"] for row in corpus) == sorted(URLS)
    assert {row["url"]: row["own_scores"] and json.loads(row["own_scores"]) for row in corpus} == {
        url: expected(url) for url in URLS
    }
    held = table(run, "own_scores", "doc_id", "scores").to_pylist()
    assert len(held) == 17 and {row["doc_id"] for row in held} == {r["doc_id"] for r in corpus if r["own_scores"]}


def test_what_has_none_and_what_meets_nothing_is_counted(run: Path, folder: Path, caplog: Any) -> None:
    stored = load_table(Place.of(run), "own_scores")
    assert stored is not None and stored.manifest.tally == {
        "scores": 17,
        "scores_met": 16,
        "scores_unmet": 1,
        "documents": 18,
        "documents_without": 1,
    }
    assert verify(run, SparkSettings()).ok
    with caplog.at_level(logging.INFO):
        run_of(folder, "told", *given(folder), *ALL)
    said = "quality.scores_file: 16 of 17 scores are of documents here; 1 of 18 documents have none"
    assert said in caplog.text


def test_tiers_go_by_them(run: Path) -> None:
    rows = table(run, "corpus", "url", "quality_tier", "quality_score").to_pylist()
    known = sorted((row for row in rows if row["url"] in SCORES), key=lambda row: -SCORES[row["url"]])
    tiers = [row["quality_tier"] for row in known]
    assert tiers == sorted(tiers) and set(tiers) == {0, 1, 2, 3}
    assert [row["quality_tier"] for row in rows if row["url"] not in SCORES] == [None]


POLICY = """[[rule]]
name = "little_to_learn"
column = "edu"
comparison = "below"
bound = 5
source = "ours"
"""


@pytest.mark.parametrize("near", ["true", "false"])
def test_rules_of_policies_ask_them(folder: Path, near: str) -> None:
    (folder / "own.toml").write_text(POLICY)
    low = {url for url, value in SCORES.items() if value < 5}
    asked = (f"quality.policies={folder}/own.toml", f"near_duplicates.enabled={near}", *ALL)
    run = run_of(folder, f"ruled-{near}", *given(folder), *asked)
    ledger = table(run, "ledger", "url", "outcome", "stage", "rule", "value", "threshold", "doc_id").to_pylist()
    gone = [row for row in ledger if row["outcome"] == "dropped"]
    assert {row["url"] for row in gone} == low and len(gone) == 6  # one URL is that of two documents
    assert {(row["stage"], row["rule"], row["threshold"]) for row in gone} == {
        ("heuristics", "little_to_learn", 5.0)
    }
    assert all(row["value"] == SCORES[row["url"]] for row in gone)
    opened = open_run(run)
    life = explain(opened, find(opened, gone[0]["doc_id"])[0])
    (told,) = (each for each in life.rules if each.rule == "little_to_learn")
    assert (told.value, told.passed) == (gone[0]["value"], False)
    page = report_again(Place.of(run), True).page.read_bytes().decode()
    assert "The score edu of quality.scores_file." in page
    (folder / "looser.toml").write_text(POLICY.replace("bound = 5", "bound = 3"))
    told_then = what_if(run, [f"quality.policies={folder}/looser.toml"], 2)
    assert sum(row["documents"] for row in told_then["gained"]) == 2 and not told_then["lost"]


@pytest.mark.parametrize("more", [("spark.global_steps=cluster",), ("spark.shuffle_partitions=1",)])
def test_another_partitioning_gives_the_same(folder: Path, run: Path, more: tuple[str, ...]) -> None:
    name = f"parts-{more[0][6]}"
    if more == ("spark.global_steps=cluster",):  # but for clusters: what they are there is test_run.py's
        shutil.copytree(run, folder / name)
        shutil.rmtree(folder / name / "own_scores")
    other = run_of(folder, name, *given(folder), *ALL, *more, "near_duplicates.containment=0.95")
    before, after = (load_table(Place.of(each), "own_scores") for each in (run, other))
    assert before is not None and after is not None and before.digest == after.digest


@pytest.mark.parametrize("key", ["doc_id", "record_id", "digest"])
def test_other_keys_are_those_of_documents(folder: Path, run: Path, key: str) -> None:
    named = table(run, "documents", *dict.fromkeys(["doc_id", key])).to_pylist()
    (folder / key).mkdir()
    seen: dict[str, float] = {}
    for number, row in enumerate(named):
        seen.setdefault(row[key].strip("<>"), float(number))
    lines = [json.dumps({key: name, "edu": value}) for name, value in seen.items()]
    (folder / key / "s.jsonl").write_text("\n".join(lines))
    other = run_of(
        *(folder, f"by-{key}", f"quality.scores_file={folder}/{key}/s.jsonl", "quality.scores_columns=edu"),
        *(f"quality.scores_key={key}", *ALL),
    )
    held = {r["doc_id"]: r["scores"] for r in table(other, "own_scores", "doc_id", "scores").to_pylist()}
    assert held == {row["doc_id"]: [seen[row[key].strip("<>")]] for row in named}


def settings_of(*overrides: str) -> Settings:
    return load_settings(None, [*overrides, *ALL])


def start(folder: Path, output: str, *overrides: str) -> None:
    settings = settings_of(*overrides)
    run_pipeline(settings, resolve_inputs([f"{folder}/crawl/*.gz"], settings.source), f"{folder}/{output}")


def test_a_key_twice_is_refused_with_both_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "twice").mkdir()
    (folder / "twice" / "a.csv").write_text("url,edu\nhttps://h01.example/,1\nhttps://h02.example/,1\n")
    (folder / "twice" / "b.csv").write_text("url,edu\nhttps://x.example/,1\nhttps://h02.example/,1\n")
    assert status_of(lambda: start(folder, "twice-out", *given(folder, "edu", "twice"))) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "a.csv, line 3 and " in said and "b.csv, line 3 both have url https://h02.example/: leave one" in said


def test_what_is_wrong_in_a_file_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.csv").write_text("url,edu\nhttps://h01.example/,1\nhttps://h02.example/,much\n")
    assert status_of(lambda: start(folder, "bad-out", *given(folder, "edu", "bad.csv"))) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "bad.csv, line 3: edu is 'much', not a finite number: mend it, or leave it empty" in said


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (("quality.scores_file=s.csv",), "quality.scores_file and quality.scores_columns go together"),
        (("quality.scores_columns=edu",), "quality.scores_file and quality.scores_columns go together"),
        (("quality.scores_file=s.csv", "quality.scores_columns=edu,edu"), "names one twice: edu, edu"),
        (("quality.scores_file=s.csv", "quality.scores_columns=edu", "quality.scores_key=id"), "scores_key"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(overrides: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=said):
        settings_of(*overrides)


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("nowhere", "edu", "nowhere cannot be read .*: give a file or a folder"),
        ("crawl", "edu", "crawl: .*gz is of no known kind: give .parquet"),
        ("empty", "edu", "empty holds no .parquet"),
        (
            "scores",
            "n_words",
            "quality.scores_columns: n_words is a column of the run's own: give it another name",
        ),
        ("scores", "perplexity", "perplexity is a column of the run's own"),
        ("scores", "cluster_size", "cluster_size is a column of the run's own"),
        ("scores/deep/a.parquet", "no", r"a.parquet has no column no \(it has url, edu, fun\)"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_read(folder: Path, name: str, columns: str, said: str) -> None:
    (folder / "empty").mkdir(exist_ok=True)
    settings = settings_of(*given(folder, columns, name))
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    with pytest.raises(UserError, match=said):
        plan(settings, shards, f"{folder}/wrong", "ingest", "sampling")


def test_scores_that_changed_redo_what_follows_from_them(folder: Path, run: Path) -> None:
    (folder / "own.csv").write_text("url,edu\nhttps://h01.example/,1\n")
    rest = (*given(folder, "edu", "own.csv"), "quality.tiers=4", "quality.scores=edu")

    def redone() -> dict[str, bool]:
        settings = settings_of(*rest)
        shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
        return {row.step: row.keep for row in plan(settings, shards, f"{folder}/anew", "ingest", "sampling")}

    start(folder, "anew", *rest)
    assert all(redone().values())
    (folder / "own.csv").write_text("url,edu\nhttps://h01.example/,22\n")
    kept = redone()
    assert {name for name, keep in kept.items() if not keep} == {"own_scores", "tiers", "export", "sampling"}
    start(folder, "anew", *rest)
    rows = table(folder / "anew", "corpus", "url", "own_scores").to_pylist()
    assert [row["own_scores"] for row in rows if row["own_scores"]] == ['{"edu": 22.0}']


def test_files_are_told_apart_by_name_size_and_time_not_by_where_they_lie(tmp_path: Path) -> None:
    def digest(name: str) -> str:
        quality = QualitySettings(scores_file=str(tmp_path / name), scores_columns=("edu",))
        return score_digest(find_score_files(quality))

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "s.csv").write_text("url,edu\n")
    before = digest("a")
    (tmp_path / "a").rename(tmp_path / "b")
    assert digest("b") == before == digest("b/s.csv")
    (tmp_path / "b" / "s.csv").write_text("url,edu\nx,1\n")
    assert digest("b") != before


@pytest.mark.slow
def test_scores_in_an_object_store(folder: Path, run: Path, s3: str) -> None:
    put_folder(folder / "scores", f"{s3}/scores")
    own = (f"quality.scores_file={s3}/scores", "quality.scores_columns=edu,fun", "quality.scores_key=url")
    other = run_of(folder, "remote", *own, *ALL)
    before, after = (load_table(Place.of(each), "own_scores") for each in (run, other))
    assert before is not None and after is not None and before.digest == after.digest
    with pytest.raises(UserError, match=r"/nowhere.* (cannot be read|holds no)"):
        find_score_files(QualitySettings(scores_file=f"{s3}/nowhere", scores_columns=("edu",)))
