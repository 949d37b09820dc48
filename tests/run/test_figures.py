"""What a step took: Spark's own figures of its jobs alone, the machine's of all its processes, kept by reruns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.run.figures import Watch, last_job, spark_totals, used_here
from tests.run.test_run import crawl, run

BUSY = "import time, sys\nwhile time.process_time() < {seconds}: pass\nprint(flush=True)\nsys.stdin.read()"


def test_cpu_is_that_of_processes_below_this_one_while_they_run_and_when_they_have_ended() -> None:
    before, _ = used_here()
    busy = [sys.executable, "-c", BUSY.format(seconds=0.6)]
    with subprocess.Popen(busy, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        running, _ = used_here()
        child.communicate(b"")
    ended, _ = used_here()
    assert running - before >= 0.5
    assert ended - before >= 0.5


HELD = """
from ccnet_lite.run.figures import used_here
_, before = used_here()
held = bytearray(200 << 20)
held[::4096] = b"x" * len(held[::4096])
del held
print(used_here()[1] - before)
"""


def test_memory_is_the_greatest_that_was_held() -> None:
    # In a process of its own: in this one an earlier test may have held more.
    said = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True).stdout
    assert 150 << 20 < int(said) < 400 << 20


def test_only_jobs_that_began_after_the_watch_count(spark: SparkSession) -> None:
    context = spark.sparkContext
    before = last_job(context)  # Spark keeps some thousand jobs, and other tests ran theirs
    spark.range(0, 50_000, 1, 2).repartition(3).count()
    earlier = spark_totals(context, before)
    watch = Watch(context)
    assert watch.figures(context, 0, 0, 0).shuffled_bytes == 0
    spark.range(0, 1000, 1, 2).repartition(3).count()
    figures = watch.figures(context, rows=7, read_bytes=5, written_bytes=3)
    assert 0 < figures.shuffled_bytes < earlier.shuffled_bytes
    assert spark_totals(context, before).shuffled_bytes == earlier.shuffled_bytes + figures.shuffled_bytes
    moved = watch.figures(context, rows=7, read_bytes=5, written_bytes=3, moved_bytes=11)
    assert moved.shuffled_bytes == figures.shuffled_bytes + 11
    assert (figures.rows, figures.read_bytes, figures.written_bytes) == (7, 5, 3)
    assert figures.cpu_seconds is not None and figures.peak_memory_bytes is not None


@pytest.fixture(scope="module")
def output(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    run(crawl(folder / "crawl"), folder / "out")
    return folder / "out"


def test_the_manifest_holds_every_step_s_figures_and_a_rerun_keeps_them(output: Path) -> None:
    manifest = json.loads((output / "manifest.json").read_text())
    figures, tables = manifest["figures"], manifest["tables"]
    assert set(figures) == {
        *("ingest", "masks", "annotate", "clusters", "paragraphs", "decide", "export", "sampling"),
    }
    assert figures["ingest"]["rows"] == sum(tables[name]["rows"] for name in ("documents", "others", "archives"))
    archives = sum(path.stat().st_size for path in (output.parent / "crawl").glob("*.gz"))
    assert figures["ingest"]["read_bytes"] == archives
    inputs = ("documents", "masks")
    assert figures["annotate"]["read_bytes"] == sum(tables[name]["bytes"] for name in inputs)
    assert figures["annotate"]["written_bytes"] == tables["signals"]["bytes"]
    assert figures["export"]["shuffled_bytes"] > 0 and figures["annotate"]["shuffled_bytes"] == 0
    assert all(step["seconds"] > 0 for name, step in figures.items())
    # A second run in this process is not charged for the jobs of the first.
    run(sorted((output.parent / "crawl").glob("*.gz")), output.parent / "again")
    again = json.loads((output.parent / "again" / "manifest.json").read_text())["figures"]
    assert again["ingest"]["shuffled_bytes"] == 0 and again["ingest"]["task_seconds"] > 0
    run(sorted((output.parent / "crawl").glob("*.gz")), output, "ingest.max_bad_fraction=0.6")
    assert json.loads((output / "manifest.json").read_text())["figures"] == figures
