"""What all tests share: one local Spark, the real data where it is, no network but loopback."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from ccnet_lite.commands.messages import set_up_messages
from ccnet_lite.run.jvm import DAEMON, DAEMON_OPTION, local_options, use_class_archive
from tests.s3 import s3, s3_of_module, s3_server

set_up_messages()  # as every command does
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
# What CI finds, everybody finds: the same examples each time. How long one takes tells of the machine and of
# what else runs there. A profile given to pytest wins.
settings.register_profile("tests", settings.get_profile("default"), derandomize=True, deadline=None)
settings.load_profile("tests")
REPOSITORY = Path(__file__).parent.parent
__all__ = ["s3", "s3_of_module", "s3_server"]
"""Fixtures that lie elsewhere."""
LEFT_BY_RUNS = {"spark.sql.shuffle.partitions": "2", "spark.sql.execution.arrow.maxRecordsPerBatch": "10000"}


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One local session for the whole run: two cores, few partitions, no web UI."""
    session = (
        SparkSession.builder.master("local[2]")
        .appName("ccnet_lite tests")
        .config("spark.ui.showConsoleProgress", "false")
        .config(map=LEFT_BY_RUNS)
        .config("spark.default.parallelism", "2")
        # Where a socket's path would be too long, tasks take longer.
        .config(map=local_options(Path(tempfile.gettempdir())))
        .config("spark.driver.memory", "2g")
        # As runs have it: workers that Spark lets go when they are idle are soon there again.
        .config(DAEMON_OPTION, DAEMON)
        # Thousands of tiny queries: the first compiler is enough, the second would cost more than it gives. So
        # would expressions that are compiled; Spark leaves it where it takes itself to be tested.
        .config(
            "spark.driver.extraJavaOptions",
            f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dspark.testing=true {use_class_archive('')}",
        )
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        # And would check each plan after every rule of its own.
        .config("spark.sql.planChangeValidation", "false")
        .config("spark.sql.lightweightPlanChangeValidation", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.requireAllClusterKeysForCoPartition", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def as_it_started() -> None:
    """What a run of an earlier test left on the session is not of this one's."""
    if session := SparkSession.getActiveSession():
        for key, value in LEFT_BY_RUNS.items():
            session.conf.set(key, value)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real archives and golden vectors, which is not part of the project."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder.name}/ beside the checkout, which is not there")
    return folder


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A packed file is named by its argument: gzip writes the time in it, and two workers of xdist that began a
    second apart would not agree on the test's name."""
    return argname if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """What a test logged of names that are not UTF-8 is written out: a worker of xdist can send nothing else."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
