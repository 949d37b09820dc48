"""A run that is killed goes on: the same command finishes it and gives the same tables."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.commands.failures import GOES_ON, status_of
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import load_settings
from tests.crawl import Page, body, write_crawl
from tests.store.test_scratch import NAME, end, hold, mode, temporary

__all__ = ["temporary"]
REPOSITORY = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kill")
    shards = [[Page(f"https://{s}.example/{n}", body("en", 7 * s + n)) for n in range(6)] for s in range(3)]
    # Long, so that the one who reads it can be killed at it; short pages, so that they cost little after.
    shards.append([Page(f"https://3.example/{n}", body("en", n, sentences=2)) for n in range(8000)])
    write_crawl(folder / "crawl", shards)
    return folder


@pytest.fixture(scope="module")
def whole(spark: SparkSession, crawl: Path) -> dict[str, str]:
    """The digests of a run that nothing befell."""
    go(crawl, crawl / "whole")
    return digests(crawl / "whole")


def go(folder: Path, output: Path) -> None:
    """A run in this process, on the session that the tests share."""
    settings = load_settings(REPOSITORY / "conf" / "local.toml")
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, str(output), JOBS[0], JOBS[-1])


def start(folder: Path, output: str) -> subprocess.Popen[str]:
    command = [sys.executable, "jobs/run_pipeline.py", "--config", "conf/local.toml"]
    command += ["--set", "spark.master=local[1]", "--input", f"{folder}/crawl/*.gz"]
    command += ["--output", str(folder / output)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True, umask=0o027
    )


def digests(output: Path) -> dict[str, str]:
    tables = json.loads((output / "manifest.json").read_text())["tables"]
    return {name: table["digest"] for name, table in tables.items()}


def wait_until(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    while not reached():
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    """SIGKILL to the driver, its JVM and its workers as soon as the run got so far."""
    wait_until(process, reached)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kill_alone_when(process: subprocess.Popen[str], reached: Callable[[], bool], name: str) -> str:
    """SIGKILL to one process of the run; gives what the run says of it."""
    wait_until(process, reached)
    os.kill(next(pid for pid, command in below(process.pid) if name in command), signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == 1, said
    return said.splitlines()[-1] if "Traceback" not in said else said


def below(pid: int) -> Iterator[tuple[int, str]]:
    """The processes that a process has started, deepest first, with their command lines."""
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            yield from below(child)
            yield child, Path(f"/proc/{child}/cmdline").read_bytes().decode()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in Linux's /proc")
def test_killed_in_part_and_as_a_whole(whole: dict[str, str], crawl: Path, temporary: Path) -> None:
    other, used = hold()  # what another run of the same user has for temporary files
    scratch = temporary / NAME / "scratch"
    process = start(crawl, "killed")
    work = crawl / "killed" / "_work"

    def at_the_long_one() -> bool:
        return len(list(work.glob("ingest-*/done/*.json"))) == 3 and any(work.glob("tmp/*"))

    said = kill_alone_when(process, at_the_long_one, "pyspark.worker")
    assert said.startswith("failed: a Python worker died") and said.endswith(GOES_ON)
    assert not (crawl / "killed" / "documents" / "_manifest.json").exists()
    assert len(list(work.glob("ingest-*/done/*.json"))) == 3

    process = start(crawl, "killed")
    said = kill_alone_when(process, (crawl / "killed" / "signals" / "_manifest.json").exists, "java")
    assert said.startswith("failed: Spark's JVM is gone") and said.endswith(GOES_ON)

    process = start(crawl, "killed")
    kill_when(process, lambda: any(work.glob("export-*/begun.json")))
    assert (crawl / "killed" / "decisions" / "_manifest.json").exists()
    assert not (crawl / "killed" / "ledger" / "_manifest.json").exists()
    left = next(path for path in scratch.iterdir() if path != used)
    assert any(left.glob("blockmgr-*")) and mode(left) == 0o700

    process = start(crawl, "killed")
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert "ingest: nothing changed, kept" in said and "decide: nothing changed, kept" in said
    assert digests(crawl / "killed") == whole
    assert not work.exists()
    assert list(scratch.iterdir()) == [used] and [path.name for path in temporary.iterdir()] == [NAME]
    assert end(other) == 0
    # What a run writes is as the user's umask has it: scratch alone is closed.
    assert mode(crawl / "killed" / "manifest.json") == 0o640
    assert {mode(path) for path in (crawl / "killed").rglob("*.parquet")} == {0o640}
    assert mode(crawl / "killed" / "documents") == 0o750


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 800 kB."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=800k", "tmpfs", tmp_path], capture_output=True)
    if done.returncode:
        pytest.skip(f"needs to mount a small disk: {done.stderr.decode().strip()}")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_full_disk_is_named_and_the_run_goes_on_with_more(
    small_disk: Path, whole: dict[str, str], crawl: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = small_disk / "out"
    for size in ("800k", "2m"):
        subprocess.run(["mount", "-o", f"remount,size={size}", small_disk], check=True)
        assert status_of(lambda: go(crawl, output), output, True) == 1
        said = capfd.readouterr().err
        assert f"failed: the disk of {output} is full (" in said and "Traceback" not in said.splitlines()[-1]
    assert (output / "documents").exists()
    subprocess.run(["mount", "-o", "remount,size=1g", small_disk], check=True)
    go(crawl, output)
    assert "ingest: nothing changed, kept" in capfd.readouterr().err
    assert digests(output) == whole


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_stops_a_job_with_a_line(number: signal.Signals) -> None:
    job = "import time; from ccnet_lite.commands.failures import end;"
    job += "end(lambda: (print('begun', flush=True), time.sleep(60)), resumes=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", job],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # the suite itself may be under nohup
    )
    assert process.stdout and process.stdout.readline() == "begun\n"
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.startswith("interrupted") and said.endswith(f"{GOES_ON}\n") and said.count("\n") == 1


def test_a_signal_while_modules_load_gives_a_line() -> None:
    job = (
        "import ccnet_lite.commands.failures, os, signal; "
        "os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(9)"
    )
    done = subprocess.run([sys.executable, "-c", job], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "interrupted: nothing was begun\n")
