"""Everything on S3, against a server on loopback: archives, runs, what is made of them; equal to a local run's."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.cutoffs import crawl_cutoffs
from ccnet_lite.finished.decontaminate import decontaminate
from ccnet_lite.finished.export_training import ExportOptions, export_training
from ccnet_lite.finished.minify import minify
from ccnet_lite.finished.rebuild import rebuild
from ccnet_lite.finished.train_vocab import VocabularyOptions, train_vocabulary
from ccnet_lite.finished.verify import verify
from ccnet_lite.kernels.decontaminate import Overlap
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.run.manifest import read_manifest
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import Settings, SourceSettings, SparkSettings, load_settings
from ccnet_lite.stages.by_shard import Tally, Work, write_shard
from ccnet_lite.store.places import Place, publishing
from ccnet_lite.store.reading import ShardReader, read_file
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.models.conftest import lm_dir
from tests.s3 import names, put_folder

__all__ = ["lm_dir"]
REPOSITORY = Path(__file__).parent.parent
PAGES = [
    [Page(f"https://a.example/{n}", body("en", n)) for n in range(6)],
    [Page(f"https://b.example/{n}", body("de", n)) for n in range(4)],
    [Page(f"https://c.example/{n}", body("en", 40 + n)) for n in range(3)],
]


def settings_with(models: Path) -> Settings:
    return load_settings(None, ["export.file_bytes=3000", f"quality.lm_dir={models}"])


def go(archives: str, output: str, settings: Settings) -> None:
    run_pipeline(settings, resolve_inputs([f"{archives}/*.gz"], settings.source), output)


def digests(run: str) -> dict[str, str]:
    return {name: table.digest for name, table in read_manifest(Place.of(run)).tables.items()}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("s3") / "crawl"
    write_crawl(folder, PAGES)
    return folder


@pytest.fixture(scope="module")
def local(spark: SparkSession, crawl: Path, lm_dir: Path) -> str:
    """A run of the crawl on the disk."""
    output = str(crawl.parent / "local")
    go(str(crawl), output, settings_with(lm_dir))
    return output


@pytest.fixture(scope="module")
def run(spark: SparkSession, s3_of_module: str, crawl: Path, lm_dir: Path) -> str:
    """The same run, archives and output on S3."""
    put_folder(crawl, f"{s3_of_module}/crawl")
    go(f"{s3_of_module}/crawl", f"{s3_of_module}/run", settings_with(lm_dir))
    return f"{s3_of_module}/run"


def test_a_run_on_s3_is_that_on_a_disk(local: str, run: str) -> None:
    assert digests(run) == digests(local)
    files = names(run)
    for table in ("documents", "corpus", "ledger"):
        found = load_table(Place.of(run), table)
        assert found is not None and {f"{table}/{file.name}" for file in found.files} < set(files)
    assert [name for name in files if name.startswith(("_work", "_lease"))] == []


def test_a_run_on_s3_that_is_done_is_kept(run: str, lm_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go(f"{run.removesuffix('/run')}/crawl", run, settings_with(lm_dir))
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("[")]
    assert len(said) == 8 and all(line.endswith("nothing changed, kept") for line in said)


def test_a_run_on_s3_is_verified_and_its_damage_named(local: str, run: str, s3: str) -> None:
    verdict = verify(run, SparkSettings())
    assert verdict.problems == ()
    assert {name: table["digest"] for name, table in verdict.tables.items()} == digests(local)
    for entry in Place.of(run).entries():
        (Place.of(s3) / entry.name).write_bytes((Place.of(run) / entry.name).read_bytes())
    documents = next(Place.of(s3) / name for name in names(s3) if name.startswith("documents/") and "part" in name)
    documents.write_bytes(documents.read_bytes()[:-7])
    (Place.of(s3) / "signals" / "stray").write_bytes(b"x")
    problems = verify(s3, SparkSettings()).problems
    assert [p.partition(" has ")[0] for p in problems if " has " in p] == [f"documents: {documents}"]
    assert f"signals: {s3}/signals/stray lies there and is no file of the table" in problems


def test_minified_and_rebuilt_on_s3(local: str, run: str, s3: str, crawl: Path) -> None:
    minify(run, f"{s3}/min", SparkSettings())
    shards = resolve_inputs([f"{run.removesuffix('/run')}/crawl/*.gz"], SourceSettings())
    corpus, lost = rebuild(f"{s3}/min", shards, f"{s3}/again", SparkSettings())
    assert (corpus.digest, lost.rows) == (digests(local)["corpus"], 0)
    with pytest.raises(UserError, match="not an empty folder"):
        minify(run, f"{s3}/min", SparkSettings())
    assert not [name for name in names(s3) if "_work" in name or "wanted" in name]


def test_cutoffs_of_a_run_on_s3(local: str, run: str) -> None:
    found = crawl_cutoffs(run, SparkSettings())
    assert found == crawl_cutoffs(local, SparkSettings())
    perplexities = sorted(
        row
        for path in Path(local).glob("corpus/subset=eng_Latn/*/*.parquet")
        for row in pq.ParquetFile(path).read()["perplexity"].to_pylist()
    )
    assert found["en"]["documents"] == len(perplexities) == 9
    assert (found["en"]["percentiles"][0], found["en"]["percentiles"][50]) == (perplexities[0], perplexities[4])


def test_decontaminated_on_s3(run: str, s3: str, tmp_path: Path) -> None:
    item = body("en", 2).splitlines()[1]
    (Place.of(s3) / "test.txt").write_bytes(f"{item}\n".encode())
    done = decontaminate(run, [f"{s3}/test.txt", run], f"{s3}/against both", SparkSettings(), Overlap())
    assert (done.documents, done.contaminated, done.clean) == (13, 13, 0)
    done = decontaminate(run, [f"{s3}/test.txt"], f"{s3}/clean", SparkSettings(), Overlap())
    assert (done.documents, done.contaminated, done.clean) == (13, 1, 12)
    found = load_table(Place.of(f"{s3}/clean"), "contaminated")
    assert found is not None
    rows = [row for file in found.files for batch in read_file(found.place(file)) for row in batch.to_pylist()]
    assert [(row["url"], row["item"]) for row in rows] == [("https://a.example/2", "line 1")]
    made = {"clean", "clean.manifest.json", "contaminated", "summary.json"}
    assert {name.partition("/")[0] for name in names(f"{s3}/clean")} == made


def test_the_reader_reads_on_s3_what_it_reads_on_a_disk(local: str, run: str) -> None:
    here, there = (PretrainingReader(folder, seed=3) for folder in (local, run))
    assert list(islice(there, 60)) == list(islice(here, 60))
    again = PretrainingReader(run, seed=3)
    again.load_state_dict(there.state_dict())
    assert list(islice(again, 20)) == list(islice(here, 20))


# ---- attempts that fail, and two at once ---------------------------------------------------------------


def rows_of(shard: int) -> pa.RecordBatch:
    schema = arrow_schema("others")
    row = {"shard": shard, "cc_segment": "a", "record_offset": 0, "url": "u", "outcome": "bad", "rule": "r"}
    full = {field.name: row.get(field.name) for field in schema}
    for field in schema:
        if full[field.name] is None and not field.nullable:
            full[field.name] = "" if pa.types.is_string(field.type) else 0
    return pa.RecordBatch.from_pylist([full] * 1000, schema)


def test_vocabulary_and_exports_on_s3_are_those_on_a_disk(local: str, run: str, s3: str, tmp_path: Path) -> None:
    pytest.importorskip("tokenizers", reason="needs the extra pretraining")
    for source, to in ((local, str(tmp_path)), (run, s3)):
        train_vocabulary([source], f"{to}/vocabulary", SparkSettings(), VocabularyOptions(size=300))
        for format in ("fairseq", "mds", "megatron"):
            options = ExportOptions(format, f"{to}/vocabulary")  # type: ignore[arg-type]
            export_training([source], f"{to}/{format}", SparkSettings(), options)
    assert export_training([run], f"{s3}/mds", SparkSettings(), ExportOptions("mds", f"{s3}/vocabulary")).kept > 0
    for folder in ("vocabulary", "fairseq", "mds", "megatron"):
        here, there = Place.of(tmp_path / folder), Place.of(f"{s3}/{folder}")
        names_here = [entry.name for entry in here.entries()]
        assert [entry.name for entry in there.entries()] == names_here
        for name in names_here:
            assert (there / name).read_bytes() == (here / name).read_bytes(), name


def test_two_attempts_of_a_task_at_once_leave_one_whole_file(s3: str, s3_server: str) -> None:
    both = threading.Barrier(2, timeout=60)

    def kernel(reader: ShardReader, _tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield "others", rows_of(reader.shard)
        both.wait()  # each is in the middle while the other begins
        yield "others", rows_of(reader.shard)
        both.wait()

    work = Work(Place.of(s3), "ingest", "f" * 16)
    with ThreadPoolExecutor(2) as pool:
        attempts = [pool.submit(write_shard, ShardReader({}, 7), kernel, ["others"], work) for _ in range(2)]
        first, second = (attempt.result() for attempt in attempts)
    assert first == second
    assert names(s3) == [f"others/{'f' * 16}/part-000007.parquet"]
    read = list(read_file(Place.of(s3) / names(s3)[0]))
    assert sum(batch.num_rows for batch in read) == first.files["others"][0].rows == 2000


def test_a_task_that_raises_in_the_middle_leaves_no_file(s3: str, s3_server: str) -> None:
    def kernel(reader: ShardReader, _tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield "others", rows_of(reader.shard)
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        write_shard(ShardReader({}, 7), kernel, ["others"], Work(Place.of(s3), "ingest", "f" * 16))
    assert names(s3) == []
    target, scratch = Place.of(s3) / "final", Place.of(s3) / "tmp"
    with pytest.raises(ValueError, match="after"), publishing(target, scratch) as stream:
        stream.write(os.urandom(12 << 20))  # more than one part of an upload
        raise ValueError("after some parts were sent")
    assert names(s3) == []


@pytest.mark.slow
def test_a_run_killed_on_s3_goes_on(s3: str, s3_server: str, crawl: Path, local: str, lm_dir: Path) -> None:
    put_folder(crawl, f"{s3}/crawl")
    command = [sys.executable, "jobs/run_pipeline.py", "--input", f"{s3}/crawl/*.gz", "--output", f"{s3}/run"]
    for setting in ("spark.master=local[1]", "export.file_bytes=3000", f"quality.lm_dir={lm_dir}"):
        command += ["--set", setting]

    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL, start_new_session=True)
    while not any(name.startswith("signals/") for name in names(f"{s3}/run")):
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (Place.of(s3) / "run" / "_lease.json").delete()  # it would run out after two minutes
    go(f"{s3}/crawl", f"{s3}/run", settings_with(lm_dir))
    assert digests(f"{s3}/run") == digests(local)
    assert not [name for name in names(f"{s3}/run") if name.startswith("_work")]
