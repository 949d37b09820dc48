"""A run sent to the Hub, of which a stand-in on loopback answers: huggingface_hub's own requests, real uploads."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished import publish_hub
from ccnet_lite.finished.publication import Labels, publication_of
from ccnet_lite.finished.publish import Done
from tests.finished.hub import TOKEN, Hub
from tests.finished.test_publish import files_of, run
from tests.running import JOBS_FOLDER

pytest.importorskip("huggingface_hub")
__all__ = ["run"]
TO = "hf://datasets/me/set"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with Hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        # The stand-in speaks LFS; what the library sends by Xet, where it can, goes to another service.
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(publish_hub, "COMMIT_FILES", 2)
        yield server


def push(run: Path, **more: Any) -> Done:
    return publish_hub.publish_hub(publication_of(run), TO, Labels("A set"), lambda source: None, **more)


def corpus(run: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (run / "corpus").rglob("*.parquet"))


def data(hub: Hub) -> list[bytes]:
    return sorted(content for name, content in hub.files.items() if name.startswith("data/"))


def test_everything_arrives_and_the_card_last(run: Path, hub: Hub) -> None:
    done = push(run, private=True)
    assert hub.repositories == {"me/set": True}
    assert data(hub) == corpus(run) and len(hub.uploads) == done.uploaded == done.files > 2
    told = json.loads(hub.files["publication.json"])["files"]
    assert told.keys() == {name for name in hub.files if name.startswith("data/")}
    assert 'load_dataset("me/set", name="eng_Latn"' in hub.files["README.md"].decode()
    croissant = json.loads(hub.files["croissant.json"])
    assert croissant["url"] == f"{hub.url}/datasets/me/set"
    assert hub.commits[-1] == "The card: this publication is whole"
    assert len(hub.commits) == -(-done.files // 2) + 1
    before = list(hub.commits)
    again = push(run)
    assert (again.uploaded, again.kept, hub.commits) == (0, done.files, before), "nothing to do"


def test_a_failure_half_way_is_said_and_the_next_try_goes_on(run: Path, hub: Hub) -> None:
    hub.fails_after = 1
    with pytest.raises(RunFailed, match=r"2 of \d files were sent by now: the same command goes on"):
        push(run)
    assert "README.md" not in hub.files and "publication.json" not in hub.files and len(data(hub)) == 2
    hub.fails_after = None
    done = push(run)
    assert (done.kept, done.uploaded) == (2, done.files - 2)
    assert data(hub) == corpus(run) and len(hub.uploads) == len(set(hub.uploads))


def test_another_publication_takes_the_place_of_the_former(run: Path, hub: Hub) -> None:
    push(run)
    hub.files["data/eng_Latn/train/of-before.parquet"] = b"of before"
    hub.files["publication.json"] = b"{}"
    hub.fails_after = len(hub.commits) + 1
    with pytest.raises(RunFailed):
        push(run)
    assert "README.md" not in hub.files, "until it is whole again, it does not look so"
    hub.fails_after = None
    push(run)
    assert data(hub) == corpus(run) and "README.md" in hub.files


def test_a_repository_of_something_else_is_left_alone(run: Path, hub: Hub) -> None:
    hub.files["model.bin"] = b"mine"
    with pytest.raises(UserError, match=r"is not empty and holds no publication \(model.bin ...\)"):
        push(run)
    assert hub.commits == [] and hub.uploads == []


def test_who_may_not_write_is_told_how_to(run: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(UserError, match=r"the Hub refuses \(401\): log in by `hf auth login`, or set HF_TOKEN"):
        push(run)


def test_a_hub_that_is_not_there_is_a_line(run: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.shutdown()
    hub.server_close()
    with pytest.raises(RunFailed, match=rf"--to {TO}: .*; 0 of \d files were sent by now"):
        push(run)


def test_the_command_sends_and_says_what(run: Path, hub: Hub, tmp_path: Path) -> None:
    arguments = [sys.executable, str(JOBS_FOLDER / "publish.py"), str(run), "--to", TO, "--json"]
    done = subprocess.run(arguments, env=os.environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["documents"], said["uploaded"], said["to"]) == (9, said["files"], TO)
    assert data(hub) == corpus(run)


def test_without_the_library_the_extra_is_named(run: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(UserError, match=r"huggingface_hub is not installed: pip install 'ccnet_lite\[publish\]'"):
        push(run)
    assert files_of(run)
