"""A user's mistakes by the console command: each one line, status 2, at once, and nothing is left behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crawl import Page, body, write_crawl
from tests.models.conftest import lm_dir

REPOSITORY = Path(__file__).parent.parent.parent
CONSOLE = "from ccnet_lite.commands.console import main; main()"
__all__ = ["lm_dir"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawl")
    return write_crawl(folder, [[Page("https://a.example/", body("en", 1))]])[0]


def console(folder: Path, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{REPOSITORY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return subprocess.run(
        [sys.executable, "-c", CONSOLE, *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path} | environment,
    )


def refused(folder: Path, *words: str | Path, **environment: str) -> str:
    """What a command says that is refused; nothing new lies in the folder then."""
    before = sorted(folder.rglob("*"))
    began = time.monotonic()
    done = console(folder, *words, **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert time.monotonic() - began < 30
    assert done.stderr.startswith("error: ")
    assert sorted(folder.rglob("*")) == before
    return done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--set", "language.keep=english"],
            "english is not among the 176 languages of lid.176.ftz: did you mean en?",
        ),
        (["--set", "language.drop=de,swahili"], "language.drop: swahili is not among"),
        (["--set", "language.keep=xx"], "it knows af, als, am,"),
        (["--set", "quality.keep_buckets=head"], "no language has a model and cutoffs"),
        (["--set", "language.model=README.md"], "README.md is not a fastText model"),
        (["--set", "spark.driver_memory=4gg"], "--set: spark.driver_memory = '4gg': give a whole number"),
        (["--set", "spark.master=yarn"], "neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set"),
        (["--crawl", "CC-MAIN-2024-22"], "--input and --crawl CC-MAIN-2024-22 both say what to read"),
        (["--shards", "0..9"], "--shards: 0..9: give numbers and ranges, as in 0-9,12"),
        (["--limit", "0"], "--limit 0: at least one archive"),
        (["--outptu", "x"], "there is no option --outptu: did you mean --output?"),
        (["--set", "quality.lm_dir=s3x://b/lm"], "s3x:// is not supported"),
    ],
)
def test_mistakes_of_a_run(archive: Path, tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "README.md").write_text("# No model\n")
    for name in ("HADOOP_CONF_DIR", "YARN_CONF_DIR"):
        os.environ.pop(name, None)
    assert said in refused(tmp_path, "run", "--input", archive, "--output", "out", *words)


def test_a_master_that_is_not_there_is_told_at_once(archive: Path, tmp_path: Path) -> None:
    for master, why in (("spark://127.0.0.1:9", "Connection refused"), ("spark://no.such.host.invalid:7077", "")):
        words = ("run", "--input", archive, "--output", "out", "--set", f"spark.master={master}")
        said = refused(tmp_path, *words)
        assert f"spark.master = {master} does not answer ({master[8:]}: {why}" in said


def test_a_java_that_will_not_do(archive: Path, tmp_path: Path) -> None:
    words = ("run", "--input", archive, "--output", "out")
    assert "JAVA_HOME is /nowhere, where no bin/java is" in refused(tmp_path, *words, JAVA_HOME="/nowhere")
    java = tmp_path / "old" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    java.chmod(0o755)
    assert "is Java 8; Spark" in refused(tmp_path, *words, JAVA_HOME=str(tmp_path / "old"))


@pytest.mark.parametrize(
    "words",
    [
        ["make-sample", "--output", "s3://bucket/x"],
        ["train-lm", "--reference", "prose", "--output", "s3://bucket/x"],
        ["train-lm", "--reference", "s3://bucket/x", "--output", "lm"],
        ["cutoffs", "RUN", "--output", "s3://bucket/x"],
        ["explain", "RUN", "URL", "--html", "s3://bucket/x"],
        ["report", "RUN", "--copy", "s3://bucket/x"],
        ["settings", "--config", "s3://bucket/x"],
    ],
    ids=lambda words: f"{words[0]} {next(word for word in words if word.startswith('--'))}",
)
def test_a_store_where_only_a_path_will_do(tmp_path: Path, words: list[str]) -> None:
    assert "s3://bucket/x: s3:// is not supported here: give a path" in refused(tmp_path, *words)


def test_commands_and_options_that_there_are_not(tmp_path: Path) -> None:
    assert "no command verfy: did you mean verify?" in refused(tmp_path, "verfy")
    assert "there is no option --langage: did you mean --language?" in refused(
        tmp_path, "sample", "R", "--langage=x"
    )
    assert "there is no option --outp" in refused(tmp_path, "run", "--outp", "x")


def test_archives_of_other_kinds_are_told(archive: Path, tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    (crawl / "a.warc.wat.gz").write_bytes(archive.read_bytes())
    (crawl / "b.arc.gz").write_bytes(archive.read_bytes())
    said = refused(tmp_path, "plan", "--input", *sorted(crawl.iterdir()), "--output", "out")
    assert "2 of 2 archives are ARC or WAT, which gives no document: a.warc.wat.gz, b.arc.gz; give WARC or" in said
    (crawl / "c.warc.wet.gz").write_bytes(archive.read_bytes())
    done = console(tmp_path, "plan", "--input", *sorted(crawl.iterdir()), "--output", "out")
    assert done.returncode == 0
    assert "warning: 2 of 3 archives are ARC or WAT" in done.stderr


def test_what_becomes_of_languages_without_models_or_cutoffs_is_said(
    archive: Path, tmp_path: Path, lm_dir: Path
) -> None:
    words = ("plan", "--input", archive, "--output", "out")
    done = console(tmp_path, *words)
    assert done.stderr == "no language models (quality.lm_dir): every document goes to the bucket all\n"
    models = tmp_path / "lm"
    models.mkdir()
    for path in lm_dir.iterdir():
        if path.name.startswith("en."):
            (models / path.name).write_bytes(path.read_bytes())
    words = (*words, "--set", f"quality.lm_dir={models}", "--set", "language.keep=en,de,fr")
    done = console(tmp_path, *words)
    scored, cutoffs = done.stderr.splitlines()
    assert scored == (
        "language models for en; for 2 there is none, and their documents go to the bucket all: de, fr"
    )
    assert cutoffs.startswith("warning: no cutoffs for en: their documents are scored and go to the bucket all;")
    (tmp_path / "cutoff.csv").write_text(
        ",de\n" + "".join(f"{percentile},{100 + percentile}\n" for percentile in range(100))
    )
    said = refused(tmp_path, *words, "--set", "quality.cutoffs=cutoff.csv")
    assert "cutoff.csv has no language that has a model in quality.lm_dir (en); it has de" in said
