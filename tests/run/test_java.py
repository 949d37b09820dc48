"""A Java that will not do is said in one line before Spark starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.run import java
from ccnet_lite.run.java import check_java, java_version

REPOSITORY = Path(__file__).parent.parent.parent


def make_java(home: Path, *said: str, status: int = 0) -> Path:
    """A program that answers as a Java does."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    words = "".join(f"echo '{line}' >&2\n" for line in said)
    program.write_text(f"#!/bin/sh\n{words}exit {status}\n")
    program.chmod(0o755)
    return home


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 8),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21),
        ('openjdk version "24-ea" 2025-03-18', 24),
        ("Error: could not find libjava.so", None),
        ("", None),
    ],
)
def test_versions_as_java_says_them(said: str, version: int | None) -> None:
    assert java_version(said) == version


def test_a_java_that_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path, 'openjdk version "17.0.1" 2021-10-19')))
    check_java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    check_java()


def refusal() -> str:
    with pytest.raises(UserError) as refused:
        check_java()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_java_that_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert refusal().startswith("JAVA_HOME is /nowhere, where no bin/java is: set it to a Java 17 or later")
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "old", 'openjdk version "11.0.22" 2024-01-16')))
    assert "old/bin/java is Java 11; Spark " in refusal() and "needs 17 or later" in refusal()
    monkeypatch.setattr(java.pyspark, "__version__", "3.5.9")
    check_java()
    monkeypatch.undo()
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "broken", "no libjvm.so", "lost", status=1)))
    assert "does not say its version (no libjvm.so)" in refusal()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal().startswith("there is no java on the PATH: install Java 17 or later")


def test_the_session_asks_before_it_starts_spark() -> None:
    code = (
        "from ccnet_lite.commands.failures import end; from ccnet_lite.settings import SparkSettings;"
        "from ccnet_lite.run.session import start_session; end(lambda: start_session(SparkSettings(), 'x'))"
    )
    environment = os.environ | {"JAVA_HOME": "/nowhere"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("error: JAVA_HOME is /nowhere")
