"""What a command says: in one place, as text or lines of JSON, as much as was asked for."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from ccnet_lite.commands.messages import set_up_messages, take_messages, tell
from ccnet_lite.run.engine import STEP, say

REPOSITORY = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def as_before() -> object:
    yield
    set_up_messages()


def say_all() -> None:
    logging.getLogger("ccnet_lite.x").debug("a detail")
    STEP.set("ingest")
    say("        \x1b[2Jprogress")
    STEP.set("")
    logging.getLogger("ccnet_lite.archives.http").warning("%s again", "slow")
    logging.getLogger("urllib3").info("of a library")
    tell("failed", "a line\nof two")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ([], ["        \\x1b[2Jprogress", "warning: slow again", "failed: a line\\nof two"]),
        (["-q"], ["warning: slow again", "failed: a line\\nof two"]),
        (
            ["--verbose"],
            ["a detail", "        \\x1b[2Jprogress", "warning: slow again", "failed: a line\\nof two"],
        ),
    ],
)
def test_as_much_is_said_as_was_asked_for(
    given: list[str], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    take_messages(given)
    say_all()
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == ("", lines)


def test_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    take_messages(["run", "--log-format", "json"])
    say_all()
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    times = [each.pop("time") for each in said]
    assert said == [
        {"level": "info", "message": "\x1b[2Jprogress", "step": "ingest"},
        {"level": "warning", "message": "slow again"},
        {"level": "error", "message": "a line\nof two", "kind": "failed"},
    ]
    assert all(len(each) == 24 and each.endswith("Z") and each[10] == "T" for each in times)


def test_they_are_taken_wherever_they_stand_and_others_are_left() -> None:
    given = ["-q", "sample", "RUN", "-n", "3", "--log-format=json", "--", "-v"]
    assert take_messages(given) == ["sample", "RUN", "-n", "3", "--", "-v"]


def test_a_mistake_in_them_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for given in (["--log-format", "xml"], ["-q", "-v"], ["--log-format"]):
        with pytest.raises(SystemExit) as ended:
            take_messages(given)
        said = capsys.readouterr().err
        assert ended.value.code == 2 and said.count("\n") == 1 and said.startswith("error: argument ")


def test_every_command_takes_them_and_a_mistake_is_json_if_asked() -> None:
    code = "from ccnet_lite.commands.console import main; main()"
    for words in (["--log-format", "json", "verify", "nowhere"], ["verify", "nowhere", "--log-format", "json"]):
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=REPOSITORY, capture_output=True, text=True)
        said = json.loads(done.stderr)
        assert (done.returncode, said["kind"], said["level"]) == (2, "error", "error")
        assert said["message"].startswith("nowhere holds no finished run")
