"""Before a run and after one that failed: what it is expected to take, and whose the folder is."""

import logging
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.kinds import refuse_other_kinds
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.run import master
from ccnet_lite.run.folder import held_shards
from ccnet_lite.run.forecast import DRIFT, SPAN, START_SECONDS, WARC, WET, cores_of, forecast, render_forecast
from ccnet_lite.run.master import check_master
from ccnet_lite.run.pipeline import planned_run, run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl

PAGES = [Page(f"https://a.example/{n}", body("en", n)) for n in range(4)]
SETTINGS = load_settings(None, ["spark.master=local[1]"])


def run(folder: Path, archives: str) -> None:
    run_pipeline(SETTINGS, resolve_inputs([str(folder / archives)], SETTINGS.source), str(folder / "out"))


def test_a_run_that_failed_at_its_archives_leaves_its_folder_to_another(
    spark: SparkSession, tmp_path: Path
) -> None:
    write_crawl(tmp_path / "crawl", [PAGES])
    (tmp_path / "broken.warc.wet.gz").write_bytes(b"\x1f\x8b" + bytes(range(256)) * 40)
    with pytest.raises(RunFailed, match="could not be read"):
        run(tmp_path, "broken.warc.wet.gz")
    with pytest.raises(RunFailed, match="could not be read"):
        run(tmp_path, "broken.warc.wet.gz")  # it is still that run's
    run(tmp_path, "crawl/*.gz")
    held = held_shards(Place.of(tmp_path / "out"))
    assert held is not None and [shard.segment for shard in held] == ["CC-MAIN-20240518-00000.warc.wet.gz"]
    with pytest.raises(UserError, match="holds another run"):
        run(tmp_path, "broken.warc.wet.gz")


def forecast_of(folder: Path, *sizes: int | None, name: str = "x.warc.wet.gz", output: str = "new") -> object:
    shards = [Shard(n, f"/none/{n}.{name}", f"{n}.{name}", size) for n, size in enumerate(sizes)]
    return forecast(*planned_run(SETTINGS, shards, str(folder / output), JOBS[0], JOBS[-1]))


def test_what_a_run_may_take_goes_by_size_and_kind(tmp_path: Path) -> None:
    found = forecast_of(tmp_path, 30_000_000, 10_000_000)
    cpu = 40 * sum(WET.steps.values())
    assert (found.archives, found.bytes, found.steps_to_run, found.cores) == (2, 40_000_000, 8, 1)
    assert found.cpu_seconds == pytest.approx((START_SECONDS + cpu / SPAN, START_SECONDS + cpu * SPAN))
    assert found.disk_bytes == pytest.approx((24_000_000, 150_000_000))
    assert found.seconds[0] < found.seconds[1] and found.seconds[1] > found.cpu_seconds[1]
    pages = forecast_of(tmp_path, 40_000_000, name="x.warc.gz")
    assert pages.cpu_seconds[0] == pytest.approx(START_SECONDS + 40 * sum(WARC.steps.values()) / SPAN)
    assert "40.0 MB" in render_forecast(found) and "on 1 cores" in render_forecast(found)
    unknown = forecast_of(tmp_path, 30_000_000, None)
    assert (unknown.bytes, unknown.cpu_seconds, unknown.disk_bytes) == (None, None, None)
    assert "not known before" in render_forecast(unknown)


def test_what_was_run_before_counts_as_it_took(spark: SparkSession, tmp_path: Path) -> None:
    write_crawl(tmp_path / "crawl", [PAGES])
    run(tmp_path, "crawl/*.gz")
    shards = resolve_inputs([f"{tmp_path}/crawl/*.gz"], SETTINGS.source)
    again = load_settings(None, ["spark.master=local[1]", "sampling.budget=7"])
    made, planned = planned_run(again, shards, str(tmp_path / "out"), JOBS[0], JOBS[-1])
    found = forecast(made, planned)
    took = made.folder / "sampling"
    from ccnet_lite.store.tables import load_table

    table = load_table(made.folder, "sampling")
    assert table is not None and took.exists()
    cpu = table.manifest.figures["cpu_seconds"]
    assert found.steps_to_run == 1
    assert found.cpu_seconds == pytest.approx((START_SECONDS + cpu / DRIFT, START_SECONDS + cpu * DRIFT))
    made, planned = planned_run(SETTINGS, shards, str(tmp_path / "out"), JOBS[0], JOBS[-1])
    assert render_forecast(forecast(made, planned)).endswith("nothing is to be done")


def test_the_cores_of_a_master() -> None:
    assert (cores_of("local"), cores_of("local[1]"), cores_of("spark://a:1"), cores_of("yarn")) == (
        1,
        1,
        None,
        None,
    )
    assert cores_of("local[*]") == cores_of("local[9999]") == cores_of("local[*,3]")


def test_of_several_masters_one_that_answers_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Answered:
        def close(self) -> None:
            pass

    def knock(address: tuple[str, int], seconds: float) -> Answered:
        asked.append(address)
        if address[0] == "a":
            raise TimeoutError("timed out")
        return Answered()

    monkeypatch.setattr(master.socket, "create_connection", knock)
    check_master("spark://a:7077,b:7078")
    assert asked == [("a", 7077), ("b", 7078)]
    with pytest.raises(UserError, match=r"does not answer \(a:7077: timed out\)"):
        check_master("spark://a:7077")
    check_master("local[*]")
    monkeypatch.setenv("HADOOP_CONF_DIR", "/etc/hadoop")
    check_master("yarn")


def test_an_arc_is_known_by_its_first_bytes_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    arc, wet = tmp_path / "crawl-data", tmp_path / "b.warc.wet.gz"
    arc.write_bytes(b"filedesc://x.arc 0.0.0.0 20240101000000 text/plain 76\n")
    wet.write_bytes(b"")
    with pytest.raises(UserError, match="1 of 1 archives are ARC, which gives no document: crawl-data; give"):
        refuse_other_kinds([str(arc)])
    with caplog.at_level(logging.WARNING):
        refuse_other_kinds([str(arc), str(wet), "s3://bucket/c.warc.wat.gz?x=1", "s3://bucket/arc"])
    assert "2 of 4 archives are ARC or WAT, which gives no document: crawl-data, c.warc.wat.gz" in caplog.text
    caplog.clear()
    refuse_other_kinds([str(wet), "https://h.example/a.warc.gz"])
    assert caplog.text == ""
