"""What a page can do that broke its parser; the seconds that an archive's pages have; what is told of both."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ccnet_lite
from ccnet_lite.archives import page_worker
from ccnet_lite.archives.confined import MAX_OPEN_FILES, command, environment
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.page_worker import SECONDS_A_PAGE, PageWorker
from ccnet_lite.errors import RunFailed
from tests.archives import attacking_page

PAGE = b"<title>A title</title><p>One and two."
BOMB = b"<p>some text, <b>bold</b> and <i>not</i></p>" * 200_000  # some seconds
NO_NAMESPACES = "echo 0 > /proc/sys/user/max_net_namespaces; echo 0 > /proc/sys/user/max_user_namespaces"


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server on loopback that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    path = tmp_path / "precious"
    path.write_text("all I have")
    return path


def has_landlock() -> bool:
    import ctypes

    return int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)) >= 6


def test_a_page_that_breaks_its_parser_reaches_nothing(
    port: int, precious: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(page_worker, "__name__", page_worker.__name__)  # `ask` changes it
    found = attacking_page.ask(port, str(precious))
    granted = [["unshare", *flags, "true"] for flags in (["--net"], ["--user", "--net"])]
    if all(subprocess.run(asked, capture_output=True).returncode for asked in granted):
        pytest.skip(f"this system grants no network namespace: {found['exposed']}")
    assert found["exposed"] == ""
    assert (found["connect"], found["send"]) in (("PermissionError", "OSError"), ("OSError", "OSError"))
    assert set(found["environment"].split(",")) <= {"LC_CTYPE", "LD_LIBRARY_PATH", "OPENBLAS_NUM_THREADS"}
    assert (found["folder"], found["descriptors"], found["no new privileges"]) == ("/", "0,1,2", "1")
    assert not precious.with_name("new").exists() or precious.with_name("new").read_text() == ""
    if not has_landlock():
        pytest.skip("this kernel has no Landlock that forbids all of the rest")
    for name in ("write", "append", "delete", "rename", "execute", "signal"):
        assert found[name] == "PermissionError", name
    assert [path.name for path in precious.parent.iterdir()] == ["precious"]


def test_where_no_namespace_is_granted_pages_are_read_all_the_same_and_that_is_told(
    port: int, precious: Path
) -> None:
    """As in a container without privileges. A namespace of users whose own allowance is none stands for it."""
    script = f"{NO_NAMESPACES} && exec {sys.executable} -m tests.archives.attacking_page {port} {precious}"
    places = {"PYTHONPATH": str(Path(ccnet_lite.__file__).parent.parent)}
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", script],
        env=os.environ | places,
        cwd=places["PYTHONPATH"],
        capture_output=True,
        text=True,
    )
    if "unshare failed" in done.stderr or "cannot create" in done.stderr:
        pytest.skip(f"this system lets no namespace be made to test in: {done.stderr}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["exposed"] == "unshare: No space left on device"
    assert found["send"] == "done"
    assert found["write"] != "done" and not precious.with_name("new").exists()


def test_the_process_imports_what_this_one_does_whatever_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours never comes from elsewhere, one of the standard library never from a folder of the user's."""
    for name in ("ccnet_lite", "struct"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    worker = PageWorker("resiliparse")
    try:
        assert worker.to_text(PAGE, "").title == "A title"
    finally:
        worker.close()


def test_a_process_that_does_not_start_is_no_fault_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_worker, "__name__", "ccnet_lite.archives.none")
    with pytest.raises(RunFailed, match=r"did not start: ModuleNotFoundError: .*ccnet_lite\.archives\.none"):
        PageWorker("resiliparse").to_text(PAGE, "")


def test_no_variable_but_those_that_python_needs_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_LIBRARY_PATH", "AWS_SESSION_TOKEN", "HOME", "PATH", "PYTHONPATH"):
        monkeypatch.setenv(name, "/x")
    monkeypatch.delenv("PYTHONHOME", raising=False)
    assert environment() == {"LD_LIBRARY_PATH": "/x", "OPENBLAS_NUM_THREADS": "1"}
    assert command("a.b", "c")[1:4] == ["-P", "-S", "-c"] and MAX_OPEN_FILES < 1024


def test_bombs_take_what_an_archive_has_and_ordinary_pages_pass_behind_them() -> None:
    worker = PageWorker("resiliparse", max_seconds=0.5, stock_seconds=0.6)
    rules, messages = [], []
    try:
        for _ in range(3):
            with pytest.raises(ExtractionError) as error:
                worker.to_text(BOMB, "")
            rules.append(error.value.rule)
            messages.append(str(error.value))
            assert worker.to_text(PAGE, "").title == "A title"
    finally:
        worker.close()
    # The first has 0.5 s of 0.6; the next what is left, and what two pages add to it.
    assert rules == ["html_too_slow", "html_budget", "html_budget"]
    assert messages[0] == "extraction took more than 0.5 s of processor time"
    shown = float(messages[-1].split()[4])
    assert SECONDS_A_PAGE <= shown <= 2 * SECONDS_A_PAGE
    assert messages[-1].endswith("s of processor time, all that the archive's pages before it had left")


def test_ordinary_pages_leave_the_stock_whole_and_long_ones_take_from_it() -> None:
    worker = PageWorker("resiliparse", stock_seconds=1.0)
    try:
        for _ in range(30):
            worker.to_text(PAGE * 100, "")
            assert worker._left > 1.0 - SECONDS_A_PAGE / 2
        worker.to_text(BOMB[: len(BOMB) // 16], "")
        assert worker._left < 1.0 - SECONDS_A_PAGE / 2
    finally:
        worker.close()


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has loaded stands in /proc")
def test_the_page_process_loads_no_library_that_it_does_not_use() -> None:
    """SciPy is there, and numba would take it: a third of the time of a start."""
    worker = PageWorker("lines")
    try:
        assert worker.to_text(PAGE, "").title == "A title"
        assert worker._process is not None
        loaded = Path(f"/proc/{worker._process.pid}/maps").read_text(encoding="utf-8")
    finally:
        worker.close()
    assert "/llvmlite/" in loaded and "/scipy/" not in loaded
