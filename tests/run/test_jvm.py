"""Spark's JVM begun ahead: PySpark takes over that one, and none is left where no run follows."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.run.test_java import make_java

REPOSITORY = Path(__file__).parent.parent.parent
BEGIN = """
import os, sys
from ccnet_lite.commands.failures import end
from ccnet_lite.run import jvm
from ccnet_lite.settings import SparkSettings
settings = SparkSettings(master="local[1]")
jvm.begin_jvm(settings)
"""
TAKE = """
from ccnet_lite.run.session import start_session
begun = jvm._begun.process.pid
session = start_session(SparkSettings(master="local[1]", driver_memory=MEMORY), "try")
of_jvm = session.sparkContext._jvm.ProcessHandle.current().pid()
left = [name for name in jvm.GATEWAY if name in os.environ]
print(begun == of_jvm, jvm.jvm_has_ended(0), left, session.range(3).count())
"""


def said(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = os.environ | environment
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=REPOSITORY, env=variables, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize(("memory", "is_that"), [("settings.driver_memory", True), ("'900m'", False)])
def test_pyspark_takes_over_the_jvm_of_the_same_settings(memory: str, is_that: bool) -> None:
    done = said(BEGIN + TAKE.replace("MEMORY", memory))
    assert (done.stdout, done.returncode) == (f"{is_that} False [] 3\n", 0), done.stderr[-2000:]


WORKER = """
import signal, time
from ccnet_lite.run.session import start_session
daemon = jvm._begun.daemon
KILL
context = start_session(settings, "try").sparkContext
look = lambda _: (os.getppid(), os.environ["OMP_NUM_THREADS"], "SPARK_BUFFER_SIZE" in os.environ, sys.path)
of_worker, threads, of_spark, path = context.parallelize([0], 1).map(look).first()
print(daemon.pid, of_worker == daemon.pid, threads, of_spark, "/given" in path)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("kill", "is_that"), [("", True), ("daemon.kill(); daemon.wait()", False)])
def test_workers_are_forked_from_the_daemon_begun_ahead_or_from_spark_s_own(kill: str, is_that: bool) -> None:
    done = said(BEGIN + WORKER.replace("KILL", kill), PYTHONPATH=f"{REPOSITORY}:/given")
    pid, *found = done.stdout.split()
    assert (found, done.returncode) == ([str(is_that), "1", "True", "True"], 0), done.stderr[-2000:]
    assert done.stderr.count("\n") <= 1  # Java's of a module, which is the user's Java's matter
    ended(int(pid))


def test_a_jvm_and_a_daemon_that_nobody_takes_end_with_the_process() -> None:
    done = said(BEGIN + "print(jvm._begun.process.pid, jvm._begun.daemon.pid)")
    for pid in done.stdout.split():
        ended(int(pid))
    assert done.stderr == ""


@pytest.mark.parametrize("variable", ["", "spark.executorEnv.OMP_NUM_THREADS 2"])
def test_no_daemon_is_begun_where_workers_are_to_have_variables_of_the_user_s(
    tmp_path: Path, variable: str
) -> None:
    (tmp_path / "spark-defaults.conf").write_text(variable)
    done = said(BEGIN + "print(jvm._begun.daemon is None)", SPARK_CONF_DIR=str(tmp_path))
    assert done.stdout == f"{bool(variable)}\n", done.stderr


def ended(pid: int) -> None:
    """Wait for the end of a process."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} is left")


def test_without_java_nothing_is_begun_and_the_start_says_why(tmp_path: Path) -> None:
    check = "print(jvm._begun is None); end(lambda: jvm.check_start(settings))"
    none = said(BEGIN + check, JAVA_HOME="/nowhere")
    assert (none.stdout, none.returncode) == ("True\n", 2)
    assert none.stderr.startswith("error: JAVA_HOME is /nowhere") and none.stderr.count("\n") == 1
    old = make_java(tmp_path, 'openjdk version "11.0.22" 2024-01-16')
    waited = "jvm._begun.process.wait(); end(lambda: jvm.take_jvm(settings))"
    refused = said(BEGIN + waited, JAVA_HOME=str(old))
    assert refused.returncode == 2 and "is Java 11; Spark" in refused.stderr.splitlines()[-1]
