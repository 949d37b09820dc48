"""A dry run of the built-in sample against what a real run of it comes to."""

import json

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.commands.dry_run import as_json, rendered
from ccnet_lite.errors import UserError
from ccnet_lite.run.checks import funnel_rows
from ccnet_lite.run.dry_run import DryRun, dry_run, on_this_machine
from ccnet_lite.run.engine import Run
from ccnet_lite.run.funnel import build_funnel
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.sample.build import make_sample
from ccnet_lite.settings import load_settings

SETTINGS = load_settings(None, ["ingest.max_bad_fraction=0.5", "spark.master=local[2]"])


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[Shard]:
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder, documents=1600, shards=4)
    return resolve_inputs([str(folder / "*.wet.gz")], SETTINGS.source)


@pytest.fixture(scope="module")
def guessed(spark: SparkSession, shards: list[Shard]) -> DryRun:
    return dry_run(SETTINGS, shards, archives=3, records=600)


@pytest.fixture(scope="module")
def real(spark: SparkSession, shards: list[Shard], tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_pipeline(SETTINGS, shards, str(tmp_path_factory.mktemp("run") / "out"))


def test_what_a_dry_run_says_is_near_what_a_real_one_gives(guessed: DryRun, real: Run) -> None:
    funnel = build_funnel(funnel_rows(real))
    assert guessed.archives == 4 and guessed.archives_sampled == 3
    assert guessed.bytes == sum(shard.size or 0 for shard in real.shards)
    assert guessed.records == pytest.approx(funnel.total.records, rel=0.1)
    documents = guessed.estimate.documents
    assert documents.low * 0.9 < funnel.total.kept < documents.high * 1.1
    assert documents.likely == pytest.approx(funnel.total.kept, rel=0.25)
    assert guessed.estimate.corpus_bytes.likely == pytest.approx(real.tables["corpus"].manifest.bytes, rel=0.5)
    kept = {of.language: of.kept for of in funnel.languages if of.kept > 40}
    for language, count in kept.items():
        span = guessed.estimate.languages[language].kept
        assert span.low * 0.8 < count < span.high * 1.25, language


def test_it_is_told_in_a_terminal_and_as_json(guessed: DryRun) -> None:
    said = json.loads(json.dumps(as_json(guessed, 0.5)))
    hours = said["estimate"]["cpu_hours"]
    assert set(hours) == {"low", "likely", "high"}
    assert said["estimate"]["price"]["likely"] == pytest.approx(hours["likely"] / 2)
    assert said["estimate"]["languages"]["en"]["tokens"] is None
    shown = rendered(guessed, None)
    assert "likely (at the least to at the most), on 2 cores" in shown
    assert f"{guessed.estimate.languages['en'].kept.likely:,.0f}" in shown
    assert "price" not in shown


def test_too_few_records_are_refused(shards: list[Shard], spark: SparkSession) -> None:
    with pytest.raises(UserError, match="too few"):
        dry_run(SETTINGS, shards, archives=1, records=1)


def test_a_sample_never_goes_into_an_index_nor_to_a_cluster() -> None:
    given = load_settings(None, ["near_duplicates.index=/index", "spark.master=spark://far.example:7077"])
    here = on_this_machine(given)
    assert (here.near_duplicates.index, here.spark.master) == ("", "local[*]")
    assert here.near_duplicates.similarity == given.near_duplicates.similarity
    assert on_this_machine(SETTINGS).spark.master == "local[2]"
