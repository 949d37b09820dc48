"""Into how many tasks a run's work is cut: by the data, with the setting as upper bound."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.run.engine import BYTES_A_CORE, BYTES_A_PARTITION, Run
from ccnet_lite.run.figures import last_job, spark_totals
from ccnet_lite.run.models import Models
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl

REPOSITORY = Path(__file__).parent.parent.parent
LANGUAGES = ("en", "de")


@pytest.mark.parametrize(
    ("size", "cores", "partitions"),
    [
        (0, 16, 1),
        (BYTES_A_CORE, 16, 1),
        (BYTES_A_CORE + 1, 16, 2),
        (100 * BYTES_A_CORE, 16, 16),
        (17 * BYTES_A_PARTITION, 16, 17),
        (17 * BYTES_A_PARTITION + 1, 16, 18),
        (10**6 * BYTES_A_PARTITION, 16, 2000),
    ],
)
def test_partitions_follow_from_the_documents(size: int, cores: int, partitions: int) -> None:
    settings = load_settings(REPOSITORY / "conf" / "cluster.toml")
    run = Run(Place("/run"), [], settings, cast(Models, None))
    run.tables["documents"] = cast(Any, SimpleNamespace(manifest=SimpleNamespace(bytes=size)))
    run.__dict__["spark_context"] = SimpleNamespace(defaultParallelism=cores)
    assert run.partitions == partitions


@pytest.mark.parametrize("where", ["driver", "cluster"])
def test_a_tiny_crawl_is_not_cut_as_a_whole_one(spark: SparkSession, tmp_path: Path, where: str) -> None:
    shards = [
        [
            Page(f"https://{language}{s}.example/{n}", body(language, 5 * s + n))
            for language in LANGUAGES
            for n in (0, 1, 2)
        ]
        for s in range(4)
    ]
    write_crawl(tmp_path / "crawl", shards)
    # Files so small that each shard's text of a language is a part of its own.
    small = ["export.file_bytes=500", f"spark.global_steps={where}"]
    settings = load_settings(REPOSITORY / "conf" / "cluster.toml", small)
    assert settings.spark.shuffle_partitions == 2000
    spark.sparkContext.setJobGroup(where, where)
    before = last_job(spark.sparkContext)
    run_pipeline(settings, resolve_inputs([f"{tmp_path}/crawl/*.gz"], settings.source), str(tmp_path / "out"))
    tracker = spark.sparkContext.statusTracker()
    stages = [
        tracker.getStageInfo(stage)
        for job in tracker.getJobIdsForGroup(where)
        for stage in getattr(tracker.getJobInfo(job), "stageIds", ())
    ]
    tasks = [stage.numTasks for stage in stages if stage is not None]
    files = (tmp_path / "out" / "corpus").rglob("part-*")
    parts = {(path.parent, path.name.split("-")[1]) for path in files}
    assert len(parts) == len(shards) * len(LANGUAGES)
    assert len(shards) <= max(tasks) <= len(parts)
    # On one machine even text passes between tasks without Spark's shuffle.
    assert (spark_totals(spark.sparkContext, before).shuffled_bytes > 0) == (where == "cluster")
