"""The process that reads pages, with a parser that does what the page says: as if the page had broken it."""

import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from ccnet_lite.archives import page_worker
from ccnet_lite.archives.html import HtmlText

_FIRST = b"<p>What is loaded"


def attack(html: bytes, _charset: str | None, _extractor: str, _keep: object) -> HtmlText:
    """The page is JSON: a port of loopback, a file of the user's. What came of each attempt is the text."""
    if html.startswith(_FIRST):
        return HtmlText("", "", "")
    asked = json.loads(html)
    address, file = ("127.0.0.1", asked["port"]), Path(asked["file"])
    libc = ctypes.CDLL(None)
    attempts: dict[str, Callable[[], object]] = {
        "connect": lambda: socket.create_connection(address, 2),
        "send": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", address),
        "write": lambda: file.with_name("new").write_text("x"),
        "append": lambda: file.open("a").close(),
        "delete": file.unlink,
        "rename": lambda: file.rename(file.with_name("other")),
        "execute": lambda: os.execv("/bin/true", ["true"]),
        "signal": lambda: os.kill(os.getppid(), signal.SIGCONT),
    }
    found = {name: _tried(attempt) for name, attempt in attempts.items()}
    found["environment"] = ",".join(sorted(os.environ))
    found["folder"] = str(Path.cwd())
    numbers = sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())
    found["descriptors"] = ",".join(map(str, numbers[:-1]))  # the last one is of this look
    found["no new privileges"] = str(libc.prctl(39, 0, 0, 0, 0))
    return HtmlText("", json.dumps(found), "")


def _tried(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"


def serve() -> None:
    """In the place of the page worker's own."""
    page_worker.to_text = attack
    page_worker.serve()


def ask(port: int, file: str) -> dict[str, str]:
    """What the attempts came to, and why the network was in reach."""
    page_worker.__name__ = "tests.archives.attacking_page"
    worker = page_worker.PageWorker("resiliparse")
    try:
        found = json.loads(worker.to_text(json.dumps({"port": port, "file": file}).encode(), "").text)
    finally:
        worker.close()
    return dict(found) | {"exposed": worker.exposed}


if __name__ == "__main__":
    print(json.dumps(ask(int(sys.argv[1]), sys.argv[2])))
