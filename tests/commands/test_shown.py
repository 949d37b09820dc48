"""What others named is shown, and does nothing to a terminal; names that are no UTF-8 are refused or work."""

import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.commands.failures import shown, status_of
from ccnet_lite.errors import RunFailed, UnreadFile, UserError, visible
from ccnet_lite.run.engine import say
from tests.crawl import Page, body, write_crawl

REPOSITORY = Path(__file__).parent.parent.parent
HOSTILE = "a\x1b[31mred\x1b]0;title\x07\rover\nerror: forged\u202egnp.exe\u2028\x9b2J\udcff"
ACTING = ("\x1b", "\x07", "\r", "\u202e", "\u2028", "\x9b", "\udcff")


@given(st.text())
def test_nothing_that_is_shown_acts(text: str) -> None:
    for character in visible(text):
        assert unicodedata.category(character) not in ("Cc", "Zl", "Zp", "Cs")
        assert unicodedata.category(character) != "Cf" or character in "\u200c\u200d"
    assert visible(visible(text)) == visible(text)


def test_what_is_shown_of_a_hostile_name() -> None:
    assert visible(HOSTILE) == (r"a\x1b[31mred\x1b]0;title\x07\rover\nerror: forged\u202egnp.exe\u2028\x9b2J\xff")
    for plain in ("plain", "naïve 日本語", "می\u200cخواهم", "क्\u200dष", "a b", ""):
        assert visible(plain) == plain
    assert visible("a\tb\nc\r", "\n\t") == "a\tb\nc\\r"


@pytest.mark.parametrize("error", [UserError, RunFailed, ValueError, OSError, KeyboardInterrupt])
def test_an_error_is_one_line_whatever_it_names(error: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        say(HOSTILE)
        print(HOSTILE)
        raise error(HOSTILE)

    status_of(work, HOSTILE)
    out, err = capsys.readouterr()
    for character in ACTING:
        assert character not in out and character not in err
    assert err.splitlines()[0] == visible(HOSTILE)
    if error is not ValueError:  # ours, with a traceback
        assert len(err.splitlines()) == 2 and "\nerror: forged" not in err


def test_what_a_spark_task_said_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    name = HOSTILE.replace("\n", "")
    for error, status in ((UserError(name), 2), (RunFailed(name), 1), (UnreadFile("/x/y", name), 1)):

        def work(error: Exception = error) -> None:
            raise RuntimeError(f"Traceback\n  at\nccnet_lite.errors.{type(error).__name__}: {error}\n  at org")

        assert status_of(work) == status
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and visible(name) in said


def test_a_terminal_without_the_characters_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    with shown():
        print("─ 日本 é")
        sys.stdout.flush()
    assert written.getvalue() == "\\u2500 \\u65e5\\u672c é\n".encode("latin-1")


def test_the_streams_are_given_back_and_one_that_is_gone_stays_gone() -> None:
    before = sys.stdout, sys.stderr
    with shown():
        assert sys.stdout is not before[0] and sys.stdout.isatty() == before[0].isatty()
    assert (sys.stdout, sys.stderr) == before

    def work() -> None:
        raise BrokenPipeError

    try:
        assert status_of(work) == 1 and sys.stdout is None
    finally:
        sys.stdout = before[0]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crawl(tmp_path_factory.mktemp("crawl"), [[Page("https://a.example/", body("en", 1))]])[0]


def command(*arguments: str | bytes | Path) -> tuple[int, bytes]:
    """Run it without Java, as what is refused here is refused before Spark; status and what it says."""
    environment = os.environ | {"JAVA_HOME": "/nowhere"}
    given = [sys.executable, *arguments]
    done = subprocess.run(given, cwd=REPOSITORY, capture_output=True, env=environment)
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


RUN = ("jobs/run_pipeline.py", "--config", "conf/local.toml", "--plan")
LATIN = "caf\u00e9".encode("latin-1")


def test_names_that_are_no_utf8_are_refused_by_name(archive: Path, tmp_path: Path) -> None:
    named = os.fsencode(tmp_path) + b"/" + LATIN
    Path(os.fsdecode(named) + ".warc.wet.gz").write_bytes(archive.read_bytes())
    for arguments in (
        ("--input", named + b".warc.wet.gz", "--output", tmp_path / "out"),
        ("--input", tmp_path / "*.gz", "--output", tmp_path / "out"),
        ("--input", archive, "--output", named),
        ("--input", archive, "--output", tmp_path / "out", "--index", named),
    ):
        status, said = command(*RUN, *arguments)
        assert status == 2 and rb"caf\xe9" in said and b"the name is not UTF-8" in said and said.count(b"\n") == 1
    for job in ("verify.py", "minify.py", "cutoffs.py"):
        output = () if job == "verify.py" else ("--output", tmp_path / "new")
        status, said = command(f"jobs/{job}", named, *output)
        assert status == 2 and rb"caf\xe9: the name is not UTF-8" in said
    status, said = command(
        *RUN, "--input", archive, "--output", tmp_path / "o", "--set", b"language.model=" + LATIN
    )
    assert status == 2 and rb"model caf\xe9 does not exist" in said
    (tmp_path / "odd.toml").write_bytes(b'[language]\nmodel = "' + LATIN + b'"\n')
    status, said = command(*RUN, "--input", archive, "--output", tmp_path / "o", "--config", tmp_path / "odd.toml")
    assert status == 2 and b"odd.toml is not valid TOML" in said
    Path(os.fsdecode(named) + ".toml").write_bytes((REPOSITORY / "conf" / "local.toml").read_bytes())
    status, said = command(*RUN, "--input", archive, "--output", tmp_path / "o", "--config", named + b".toml")
    assert status == 0


def test_hostile_arguments_are_shown(archive: Path, tmp_path: Path) -> None:
    name = "x\x1b[31m\r\u202ey"
    for arguments in (
        (*RUN, "--input", f"/none/{name}", "--output", tmp_path / "out"),
        (*RUN, "--input", archive, "--output", tmp_path / "out", "--set", f"{name}.a=1"),
        (*RUN, "--input", archive, "--output", tmp_path / "out", f"--{name}"),
        ("jobs/verify.py", tmp_path / name),
        ("-c", "from ccnet_lite.commands.console import main; main()", name),
    ):
        status, said = command(*arguments)
        assert status == 2 and rb"x\x1b[31m\r\u202ey" in said
        assert b"\x1b" not in said and b"\r" not in said and "\u202e".encode() not in said


def test_an_output_that_can_be_no_folder_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/nowhere/at/all")
    (tmp_path / "file").touch()
    for name, why in (("link", b"is a link that leads nowhere"), ("file", b"is a file")):
        for option in ("--output", "--index"):
            more = ("--output", tmp_path / "out") if option == "--index" else ()
            status, said = command(*RUN, "--input", archive, option, tmp_path / name, *more)
            assert status == 2 and why in said and said.count(b"\n") == 1
    status, said = command(*RUN, "--input", archive, "--output", archive.parent)
    assert status == 2 and b"lies in --output" in said
    status, said = command("jobs/make_sample.py", "--output", tmp_path / "link")
    assert status == 1 and str(tmp_path / "link").encode() in said and said.count(b"\n") == 1
