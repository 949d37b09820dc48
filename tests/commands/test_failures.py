"""What a user's mistakes meet: exit status 2 and one clear line, before Spark starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.commands.failures import BEGINS_ANEW, GOES_ON, next_step, status_of
from ccnet_lite.dedup.lsh import candidate_probability
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.settings import load_settings
from tests.crawl import Page, body, write_crawl
from tests.running import job

REPOSITORY = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawl")
    return write_crawl(folder, [[Page("https://a.example/", body("en", 1))]])[0]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "jobs/run_pipeline.py", *arguments]
    # No Java: whatever is refused here is refused before Spark starts.
    environment = os.environ | {"JAVA_HOME": "/nowhere"}
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=environment)


def with_archive(archive: Path, output: Path, *arguments: str) -> list[str]:
    return ["--config", "conf/local.toml", "--input", str(archive), "--output", str(output), *arguments]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "language.treshold=0.5"], "unknown setting language.treshold"),
        (["--set", "language.threshold=2"], "language.threshold = 2"),
        (["--set", "language.model=no_such_model.bin"], "no_such_model.bin"),
        (["--set", "quality.lm_dir=no/such/folder"], "no/such/folder"),
        (["--set", "quality.cutoffs=none.csv"], "none.csv"),
        (["--set", "language.sha256=" + "0" * 64], "0" * 64),
        (["--input", "/no/such/file.warc.gz"], "/no/such/file.warc.gz"),
        (["--input", "/no/such/*.warc.gz"], "/no/such/*.warc.gz"),
        (["--config", "conf/none.toml"], "conf/none.toml"),
        (["--shards", "0-3"], "--shards 0-3"),
    ],
)
def test_mistakes_are_named(archive: Path, tmp_path: Path, arguments: list[str], named: str) -> None:
    done = run(*with_archive(archive, tmp_path / "out", *arguments))
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")


def test_an_output_folder_of_another_run_or_of_something_else_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = run(*with_archive(archive, tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert str(tmp_path) in done.stderr
    other = tmp_path / "other"
    other.mkdir()
    shard = {"index": 0, "uri": "/x", "segment": "another.warc.wet.gz", "size": 1}
    (other / "run.json").write_text(json.dumps({"shards": [shard]}))
    done = run(*with_archive(archive, other))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "another.warc.wet.gz" in done.stderr


def test_a_damaged_run_folder_is_named(archive: Path, tmp_path: Path) -> None:
    for content in (b"\xff\xfe", b"[]", b'{"shards": [{}]}'):
        (tmp_path / "run.json").write_bytes(content)
        done = run(*with_archive(archive, tmp_path))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "run.json is damaged (" in done.stderr


def test_no_input_at_all(tmp_path: Path) -> None:
    done = run("--output", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "--input" in done.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("x"), 2),
        (RunFailed("x"), 1),
        (SourceError("x"), 1),
        (ValueError("x"), 1),
        (KeyboardInterrupt(), 1),
    ],
)
def test_statuses(error: BaseException, status: int) -> None:
    def work() -> None:
        raise error

    assert status_of(work) == status


def test_a_full_disk_is_said_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise RuntimeError("Traceback ...\nOSError: [Errno 28] No space left on device\n at org.apache")

    assert status_of(work, resumes=True) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and GOES_ON in said


def test_only_a_command_that_goes_on_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise KeyboardInterrupt("SIGTERM")

    assert status_of(work, tmp_path, resumes=True) == 1
    assert capsys.readouterr().err == f"interrupted by SIGTERM: {GOES_ON}\n"
    # An output folder that is left empty, or was not made, will be taken again.
    assert next_step(tmp_path, False) == next_step(tmp_path / "none", False) == BEGINS_ANEW
    assert next_step(None, False) == BEGINS_ANEW
    (tmp_path / "part").write_text("half")
    assert status_of(work, tmp_path, resumes=False) == 1
    said = capsys.readouterr().err
    assert GOES_ON not in said and BEGINS_ANEW not in said and "delete it" in said and str(tmp_path) in said
    assert next_step(f"file://{tmp_path}", False) == next_step("s3://bucket/x", False).replace(
        "s3://bucket/x", f"file://{tmp_path}"
    )


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("java.lang.OutOfMemoryError: Java heap space", "Spark's JVM ran out of memory"),
        ("Python worker exited unexpectedly (crashed)", "a Python worker died"),
        ("ExecutorLostFailure (executor 3 exited", "an executor was lost"),
        ("SparkContext was shut down", "Spark's JVM is gone"),
    ],
)
def test_what_befell_the_run_is_a_line(said: str, cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise RuntimeError(f"Traceback\n at x\n{said}\n at y")

    assert status_of(work, None, resumes=True) == 1
    line = capsys.readouterr().err
    assert line.startswith(f"failed: {cause}") and line.endswith(f"; {GOES_ON}\n") and line.count("\n") == 1


def test_a_worker_s_user_error_is_the_user_s() -> None:
    def work() -> None:
        raise RuntimeError("Traceback ...\nccnet_lite.errors.UserError: file x: damaged\n  at org.apache")

    assert status_of(work) == 2


def test_a_plan_for_near_duplicates_is_printed_as_settings(
    archive: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sample = ("--documents", "1000000", "--sample", archive)
    assert job("plan_dedup.py", "--similarity", "0.8", *map(str, sample)) == 0
    text = capsys.readouterr().out
    lines = text[text.index("[near_duplicates]") :]
    (tmp_path / "near.toml").write_text(lines)
    settings = load_settings(tmp_path / "near.toml").near_duplicates
    assert settings.similarity == 0.8
    assert candidate_probability(0.85, settings.bands, settings.rows) >= 0.98
    assert job("plan_dedup.py", "--similarity", "1.5", "--documents", "10") == 2
    assert job("plan_dedup.py", "--documents", "0") == 2
    assert job("plan_dedup.py", "--recall", "0.9999999", "--precision", "0.9999999", "--documents", "9") == 2
