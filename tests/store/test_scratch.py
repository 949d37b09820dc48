"""Folders among the temporary files are the user's alone; what killed processes left goes, what is used stays."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import gethostname

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.store.copies import cache_folder
from ccnet_lite.store.scratch import own_folder, scratch_folder

REPOSITORY = Path(__file__).parent.parent.parent
NAME = f"ccnet_lite-{os.getuid()}"
HOLD = (
    "import sys; from ccnet_lite.store.scratch import scratch_folder;"
    "folder = scratch_folder(); (folder / 'x').mkdir(); print(folder, flush=True); sys.stdin.read();"
    "sys.exit(not (folder / 'x').is_dir())"
)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that everybody may write to, as /tmp."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("CCNET_LITE_HOME", raising=False)
    return folder


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A user who lets others write to all that is made."""
    before = os.umask(0)
    yield
    os.umask(before)


# ---- whose they are ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_umask")
def test_they_are_open_to_nobody_else(temporary: Path) -> None:
    assert own_folder() == temporary / NAME == cache_folder()
    assert mode(own_folder()) == 0o700
    own_folder().chmod(0o755)  # as an earlier version made it
    assert mode(own_folder()) == 0o700
    assert own_folder(temporary / "a" / "b") == temporary / "a" / "b" / NAME


def others_may_write(path: Path) -> None:
    path.mkdir()
    path.chmod(0o702)


def a_group_may_write(path: Path) -> None:
    path.mkdir()
    path.chmod(0o720)


def a_link(path: Path) -> None:
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    path.symlink_to(elsewhere)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


def of_another_user(path: Path) -> None:
    if os.getuid():
        pytest.skip("only root can give a folder to another user")
    path.mkdir(mode=0o700)
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize("below", ["", "scratch"])
@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (others_may_write, "can be written by others"),
        (a_group_may_write, "can be written by others"),
        (a_link, "is no folder"),
        (a_link_to_nothing, "is no folder"),
        (Path.touch, "is no folder"),
        (of_another_user, "belongs to another user (uid 12345)"),
    ],
)
def test_one_that_others_may_have_made_is_refused(
    temporary: Path, plant: Callable[[Path], None], said: str, below: str
) -> None:
    planted = own_folder() / below if below else temporary / NAME
    plant(planted)
    told = f"{planted} {said}: delete it if it is yours, or set TMPDIR (SPARK_LOCAL_DIRS) to a folder of your own"
    for ask in (scratch_folder,) if below else (scratch_folder, own_folder, cache_folder):
        with pytest.raises(UserError) as refused:
            ask()
        assert str(refused.value) == told
    assert list(temporary.rglob(f"{gethostname()}-*")) == []


def test_a_place_where_none_can_be_made_is_said(temporary: Path) -> None:
    (temporary / "file").touch()
    with pytest.raises(UserError, match=rf"file/{NAME} cannot be made: Not a directory: "):
        own_folder(temporary / "file")


# ---- what is left and what is not ----------------------------------------------------------------------


def hold() -> tuple[subprocess.Popen[str], Path]:
    """A process with scratch of its own, which it has until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str]) -> int:
    process.communicate()
    return process.returncode


def test_the_next_process_removes_what_a_killed_one_left_and_nothing_in_use(temporary: Path) -> None:
    home = temporary / NAME / "scratch"
    (killed, left), (living, used) = hold(), hold()
    assert left.parent == used.parent == home and left != used
    assert {mode(folder) for folder in (home, left, used)} == {0o700}
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert left.exists()

    kept = temporary / "kept"
    (kept / "x").mkdir(parents=True)
    (home / f"{gethostname()}-link").symlink_to(kept)
    (home / "another-host-abc").mkdir()  # what runs there is not known here
    next_one, own = hold()
    assert not left.exists() and used.exists() and own.exists()
    assert (kept / "x").exists() and (home / "another-host-abc").exists()
    assert [end(next_one), end(living)] == [0, 0]
    assert {path.name for path in home.iterdir()} == {f"{gethostname()}-link", "another-host-abc"}


def test_one_waits_while_another_makes_its_own(temporary: Path) -> None:
    """What was made and is not held yet must not be taken for what was left."""
    home = temporary / NAME / "scratch"
    assert end(hold()[0]) == 0
    (home / f"{gethostname()}-abc").mkdir()
    lock = os.open(home, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    process = subprocess.Popen([sys.executable, "-c", HOLD], cwd=REPOSITORY, stdin=subprocess.DEVNULL)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(5)
    assert [path.name for path in home.iterdir()] == [f"{gethostname()}-abc"]
    os.close(lock)
    assert process.wait() == 0
    assert list(home.iterdir()) == []


def test_those_that_begin_at_once_leave_each_other_theirs(temporary: Path) -> None:
    command = [sys.executable, "-c", HOLD]
    started = [
        subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    folders = {process.stdout.readline() for process in started if process.stdout}
    assert len(folders) == 8
    assert [end(process) for process in started] == [0] * 8
    assert list((temporary / NAME / "scratch").iterdir()) == []


def test_the_end_of_a_fork_takes_nothing_away(temporary: Path) -> None:
    script = (
        "import os, sys; from ccnet_lite.store.scratch import scratch_folder; folder = scratch_folder();\n"
        "if os.fork() == 0: sys.exit()\n"
        "os.wait(); print(folder.is_dir(), scratch_folder() == folder)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.stdout == "True True\n", done.stderr
    assert list((temporary / NAME / "scratch").iterdir()) == []
