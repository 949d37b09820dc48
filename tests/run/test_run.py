"""Whole runs on tiny crawls: every record has a fate, reruns skip, partitions change nothing."""

import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import finished_corpus
from ccnet_lite.run.engine import Run
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.store.schema import arrow_schema
from tests.crawl import Page, body, truncated, write_crawl

MENU = "Home | Products | Contact us\nFollow us on every network there is"


def crawl(folder: Path) -> list[Path]:
    """Two shards: a host with a menu, a copy on another host, a near copy, a page under three addresses of a
    host, a short page, a cut record."""
    menu_pages = [Page(f"https://a.example/{n}", f"{MENU}\n{body('en', n)}") for n in range(5)]
    german = [Page(f"https://b.example/{n}", body("de", n)) for n in range(4)]
    copy = Page("https://c.example/copied", f"Another site\n{body('en', 2)}")
    near = Page("https://d.example/near", body("de", 1).replace("Familie", "Sippe", 1))
    session = [Page(f"https://g.example/?s={n}", body("de", 21) + "\nNoch eine Zeile" * n) for n in range(3)]
    short = Page("https://e.example/short", "Not found.")
    last = Page("https://f.example/cut", body("en", 77))
    paths = write_crawl(folder, [[*menu_pages, short, near, *session[:2]], [*german, copy, session[2], last]])
    truncated(paths[1], 60)
    return paths


def run(crawl_paths: list[Path], output: Path, *overrides: str, last: str = JOBS[-1]) -> Run:
    settings: Settings = load_settings(None, ["ingest.max_bad_fraction=0.5", *overrides])
    shards = resolve_inputs([str(path) for path in crawl_paths], settings.source)
    return run_pipeline(settings, shards, str(output), JOBS[0], last)


def digests(output: Path) -> dict[str, Any]:
    return {
        name: table["digest"]
        for name, table in json.loads((output / "manifest.json").read_text())["tables"].items()
    }


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    run(crawl(folder / "crawl"), folder / "out")
    return folder


def table(output: Path, name: str) -> pd.DataFrame:
    """A table's rows, as its manifest lists their files."""
    files = json.loads((output / name / "_manifest.json").read_text())["files"]
    return pd.concat([pd.read_parquet(output / name / file["name"]) for file in files], ignore_index=True)


def ledger(output: Path) -> pd.DataFrame:
    return table(output, "ledger")


def test_every_record_has_the_fate_it_deserves(finished: Path) -> None:
    rows = ledger(finished / "out")
    fates = {row.url: row.rule or row.outcome for row in rows.itertuples() if row.url}
    assert fates["https://e.example/short"] == "too_short"
    assert [fates[f"https://a.example/{n}"] for n in (0, 1, 3, 4)] == ["kept"] * 4
    assert sorted([fates["https://a.example/2"], fates["https://c.example/copied"]]) == [
        "kept",
        "near_duplicate",
    ]
    assert sorted([fates["https://b.example/1"], fates["https://d.example/near"]]) == [
        "kept",
        "near_duplicate",
    ]
    assert Counter(fates[f"https://g.example/?s={n}"] for n in range(3)) == {"kept": 1, "near_duplicate": 2}
    assert Counter(rows.outcome) == {"kept": 10, "dropped": 5, "skipped": 2, "bad": 1}
    assert rows[rows.outcome == "bad"].rule.item().startswith("truncated")


def test_menus_are_gone_and_the_rest_is_as_it_was(finished: Path) -> None:
    corpus = pd.read_parquet(finished / "out" / "corpus").set_index("url")
    row = corpus.loc["https://a.example/3"]
    assert row.text == body("en", 3)
    assert list(row.line_ids) == [2, 3, 4, 5, 6, 7]
    assert (row.nlines, row.original_nlines, row.length) == (6, 8, len(body("en", 3)))
    assert (row.language, row.language_code, row.bucket, row.title) == ("eng", "en", "all", "A title")


def test_a_document_has_what_fineweb2_says_of_one(finished: Path) -> None:
    out = finished / "out"
    documents, signals = (table(out, name).set_index("doc_id") for name in ("documents", "signals"))
    kept = ledger(out).query("outcome == 'kept'").set_index("doc_id")
    corpus = pd.read_parquet(out / "corpus").set_index("doc_id")
    assert set(corpus.index) == set(kept.index)
    for doc_id, row in corpus.iterrows():
        read, best = documents.loc[doc_id], json.loads(row.top_langs)
        assert (row.id, row.url, row.date) == (read.record_id, read.url, read.date_download)
        assert row.file_path == read.cc_segment == kept.loc[doc_id].cc_segment
        assert (row.dump, row.language_script) == ("unnamed", "Latn")
        assert row.language_code == kept.loc[doc_id].language
        assert next(iter(best)) == f"{row.language}_Latn_score" and row.subset == f"{row.language}_Latn"
        assert round(next(iter(best.values())), 2) == row.language_score == signals.loc[doc_id].language_score
        assert row.minhash_cluster_size == row.cluster_size
        assert row.quality == row.bucket == kept.loc[doc_id].bucket
    assert set(corpus.minhash_cluster_size) == {1, 2, 3}


def test_the_ledger_points_at_the_text(finished: Path) -> None:
    out = finished / "out"
    kept = ledger(out).query("outcome == 'kept'")
    for row in kept.itertuples():
        assert pq.ParquetFile(out / row.corpus_file).read()["doc_id"][int(row.corpus_row)].as_py() == row.doc_id


EXPECTED = {("deu", "all", "deu_Latn", "all"): 5, ("eng", "all", "eng_Latn", "all"): 5}
"""Documents by language and bucket, which are columns, and subset and quality, which are folders."""
NAMES = ["language", "bucket", "subset", "quality"]


def test_other_tools_read_the_corpus_as_it_lies(finished: Path, spark: SparkSession) -> None:
    corpus = str(finished / "out" / "corpus")
    glob, names = f"{corpus}/**/part-*.parquet", ", ".join(NAMES)
    by_duckdb = duckdb.sql(f"select {names}, count(*) from '{glob}' group by all").fetchall()
    by_spark = spark.read.parquet(corpus).groupBy(*NAMES).count().collect()
    found = {
        "pyarrow.parquet": pq.read_table(corpus).select(NAMES).to_pylist(),
        "pyarrow.dataset": ds.dataset(corpus, partitioning="hive").to_table(columns=NAMES).to_pylist(),
        "pandas": pd.read_parquet(corpus)[NAMES].to_dict("records"),
    }
    counted = {tool: Counter(tuple(row[name] for name in NAMES) for row in rows) for tool, rows in found.items()}
    counted["DuckDB"] = Counter({tuple(row[:4]): row[4] for row in by_duckdb})
    counted["Spark"] = Counter({tuple(row[:4]): row[4] for row in by_spark})
    assert counted == dict.fromkeys(counted, EXPECTED)
    columns = arrow_schema("corpus").names
    assert spark.read.parquet(corpus).columns == [*columns, *NAMES[2:]] == list(pd.read_parquet(corpus).columns)


def test_polars_reads_the_corpus(finished: Path) -> None:
    polars = pytest.importorskip("polars")
    rows = polars.read_parquet(finished / "out" / "corpus").select(NAMES).rows()
    assert Counter(rows) == EXPECTED


def test_hugging_face_datasets_read_the_corpus(finished: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    corpus = str(finished / "out" / "corpus")
    rows = datasets.load_dataset("parquet", data_dir=corpus, split="train", cache_dir=str(tmp_path))
    assert Counter(zip(rows["language"], rows["bucket"], strict=True)) == {k[:2]: n for k, n in EXPECTED.items()}
    assert rows.column_names == arrow_schema("corpus").names
    files = f"{corpus}/subset=eng_Latn/**/*.parquet"
    english = datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path))
    assert len(english) == 5 and set(english["language_code"]) == {"en"}


def test_corpus_files_have_a_page_index_and_pages_cut_by_content(finished: Path) -> None:
    for path in (finished / "out" / "corpus").rglob("part-*.parquet"):
        chunk = pq.ParquetFile(path).metadata.row_group(0).column(0)
        assert chunk.has_offset_index and chunk.has_column_index
        assert pq.ParquetFile(path, page_checksum_verification=True).read().num_rows == 5


def test_partitions_and_input_order_change_no_digest(spark: SparkSession, tmp_path: Path) -> None:
    pages = [Page(f"https://h{n % 7}.example/{n}", body("en" if n % 3 else "de", n % 30)) for n in range(40)]
    paths = write_crawl(tmp_path / "crawl", [pages[start::5] for start in range(5)])
    found = []
    for partitions in (1, 8):
        random.Random(partitions).shuffle(paths)
        run(paths, tmp_path / str(partitions), f"spark.shuffle_partitions={partitions}")
        found.append(digests(tmp_path / str(partitions)))
    assert found[0] == found[1]
    assert Counter(ledger(tmp_path / "8").rule.dropna())["near_duplicate"] == 10


def test_a_rerun_does_nothing_and_a_changed_setting_what_depends_on_it(
    finished: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = sorted((finished / "crawl").glob("*.gz"))
    before = digests(finished / "out")
    again = run(paths, finished / "out")
    assert again.seconds == {}
    changed = run(paths, finished / "out", "sampling.alphas=0.3")
    assert list(changed.seconds) == ["sampling"]
    threshold = run(paths, finished / "out", "language.threshold=0.4")
    assert "annotate" not in threshold.seconds and "decide" in threshold.seconds
    # Nobody scores between 0.4 and 0.5, so the decisions are the same and the text is not moved again.
    assert "export" not in threshold.seconds
    run(paths, finished / "out")
    assert digests(finished / "out") == before


def test_another_run_s_folder_is_refused(finished: Path, tmp_path: Path) -> None:
    paths = sorted((finished / "crawl").glob("*.gz"))
    with pytest.raises(UserError, match="holds another run"):
        run(paths[:1], finished / "out")
    other = write_crawl(tmp_path / "other", [[Page("https://o.example/", body("en", n))] for n in range(2)])
    for number, path in enumerate(other):
        path.rename(path.with_name(f"other-{number}.gz"))
    others = sorted((tmp_path / "other").glob("*.gz"))
    assert len(others) == len(paths)
    with pytest.raises(UserError, match=r"holds another run, of 2 archives from CC-MAIN-20240518-00000"):
        run(others, finished / "out")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="holds no run"):
        run(paths, tmp_path)


def test_too_many_bad_records_fail_the_run_after_they_are_written(
    finished: Path, spark: SparkSession, tmp_path: Path
) -> None:
    paths = sorted((finished / "crawl").glob("*.gz"))
    with pytest.raises(RunFailed, match=r"ingest.max_bad_fraction=0.01"):
        run(paths, tmp_path / "out", "ingest.max_bad_fraction=0.01")
    assert (table(tmp_path / "out", "others").outcome == "bad").sum() == 1
    # Tolerating it reads nothing again.
    assert "ingest" not in run(paths, tmp_path / "out", "ingest.max_bad_fraction=0.5").seconds


def test_what_scoring_drops_is_kept_aside_where_asked(finished: Path, spark: SparkSession, tmp_path: Path) -> None:
    paths = sorted((finished / "crawl").glob("*.gz"))
    run(paths, tmp_path / "out", "quality.keep_buckets=head", "export.write_rejected=true")
    rows = ledger(tmp_path / "out")
    late = rows[rows.rule == "bucket_all"]
    rejected = table(tmp_path / "out", "rejected")
    assert len(late) == 10 and set(late.outcome) == {"dropped"} and set(late.stage) == {"quality"}
    assert set(rejected.doc_id) == set(late.doc_id)
    assert rejected.set_index("url").raw_content["https://a.example/3"] == body("en", 3)
    assert not list((tmp_path / "out" / "corpus").rglob("*.parquet"))
    assert not list((finished / "out" / "rejected").rglob("*.parquet"))


def test_on_the_cluster_as_on_the_driver(finished: Path, spark: SparkSession, tmp_path: Path) -> None:
    paths = sorted((finished / "crawl").glob("*.gz"))
    run(paths, tmp_path / "out", "spark.global_steps=cluster", "spark.shuffle_partitions=3")
    assert digests(tmp_path / "out") == digests(finished / "out")


def test_nothing_lies_about_when_a_run_is_done(finished: Path) -> None:
    out = finished / "out"
    manifest = json.loads((out / "manifest.json").read_text())
    listed = {"manifest.json", "history.json", "run.json", "sampling.json", ".lock"}
    for name in manifest["tables"]:
        folder = "ledger" if name == "ledger_decided" else name
        pointer = f"{folder}/_manifest.json" if folder == name else f"{folder}/_manifest.{name}.json"
        pointer = "corpus.manifest.json" if name == "corpus" else pointer
        listed |= {pointer}
        listed |= {f"{folder}/{file['name']}" for file in json.loads((out / pointer).read_text())["files"]}
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert there - listed == set() and listed - there <= {".lock"}


def test_a_corpus_in_the_layout_of_an_earlier_version_is_refused_and_made_anew(
    finished: Path, spark: SparkSession, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(finished / "out", output)
    for path in (output / "corpus").rglob("*.parquet"):
        old = output / "corpus" / "language=en" / "bucket=all" / path.name.replace("en_", "")
        old.parent.mkdir(parents=True, exist_ok=True)
        path.rename(old)
    (output / "corpus.manifest.json").rename(output / "corpus" / "_manifest.json")
    with pytest.raises(UserError, match=r"was written by an earlier version of ccnet_lite: call ccnet-lite run"):
        finished_corpus(output)
    again = run(sorted((finished / "crawl").glob("*.gz")), output)
    assert list(again.seconds) == ["export"] and digests(output) == digests(finished / "out")
    there = {path.name for path in (output / "corpus").iterdir()}
    assert there == {"subset=eng_Latn", "subset=deu_Latn"}


def test_a_run_of_the_first_form_is_made_anew(spark: SparkSession, tmp_path: Path) -> None:
    """Its tables lay straight in their folders, under manifests of another make."""
    paths, output = crawl(tmp_path / "crawl"), tmp_path / "out"
    run(paths, output)
    expected = digests(output)
    for name in ("documents", "scores"):
        folder = output / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "part-000000.parquet").write_bytes(b"of old")
        (folder / "_manifest.json").write_text('{"table": "x", "fingerprint": "f", "made_from": {}, "files": []}')
    run(paths, output)
    assert digests(output) == expected
    assert not (output / "scores").exists()
    assert not (output / "documents" / "part-000000.parquet").exists()
