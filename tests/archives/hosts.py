"""Hosts on loopback that answer as no good host does: each connection is handled by a function, byte by byte."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ccnet_lite.archives.content import content_of
from ccnet_lite.archives.http import HttpStream
from ccnet_lite.settings import SourceSettings

DATA = bytes(range(256)) * 400
"""What the file holds, 102,400 bytes."""

SETTINGS = SourceSettings(
    retries=1,
    backoff_seconds=0.0,
    timeout_seconds=1.0,
    min_bytes_per_second=10_000,
    window_seconds=1.0,
    max_fetch_seconds=6.0,
    max_download_bytes=1_000_000,
)
BOUND = 6.0 + 10.0
"""Seconds: what the settings let a fetch take, and what a busy machine takes beside. Without bounds: minutes."""
HASTY = SETTINGS.model_copy(update={"timeout_seconds": 0.4, "window_seconds": 0.4, "max_fetch_seconds": 3.0})
"""For hosts that come to nothing however long one waits."""
SLOW = r"could not be read beyond byte \d+ (in 2 tries: .*source\.min_bytes_per_second|within source\.max_fetch)"
"""What is said of these."""


@dataclass
class Asked:
    """A request on a connection of a host."""

    sock: socket.socket
    number: int
    """How many requests came before."""
    head: str
    stop: threading.Event

    @property
    def start(self) -> int:
        """The first byte that was asked for."""
        span = self.header("Range")
        return int(span.removeprefix("bytes=").rstrip("-")) if span else 0

    @property
    def method(self) -> str:
        return self.head.partition(" ")[0]

    def header(self, name: str) -> str:
        """A header's value, empty where it was not sent."""
        found = [line for line in self.head.splitlines() if line.lower().startswith(f"{name.lower()}:")]
        return found[0].partition(":")[2].strip() if found else ""

    def send(self, data: bytes | str) -> None:
        self.sock.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def answer(self, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        """A whole answer; a header that is "" is left out."""
        named = {"Content-Length": str(len(body))} | {name.replace("_", "-"): v for name, v in headers.items()}
        lines = [f"{name}: {value}\r\n" for name, value in named.items() if value]
        self.send(f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode("latin-1") + body)

    def good(self, data: bytes = DATA, **headers: str) -> None:
        """What a good host answers."""
        start = self.start
        if start:
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.answer("206 Partial Content", data[start:], Content_Range=span, **headers)
        else:
            self.answer(body=data, **headers)

    def drip(self, data: bytes, seconds: float = 0.1, pieces: int = 1) -> None:
        """Some bytes at a time, for as long as somebody listens; the data again and again."""
        while not self.stop.is_set():
            for at in range(0, len(data), pieces):
                self.send(data[at : at + pieces])
                if self.stop.wait(seconds):
                    return

    def flood(self, data: bytes) -> None:
        """The data again and again, as fast as it goes."""
        data = data * (1 + 65536 // len(data))
        while not self.stop.is_set():
            self.send(data)

    def hang(self) -> None:
        """Nothing more, with the connection open."""
        self.stop.wait(60)

    def reset(self) -> None:
        """The connection is cut with an RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.sock.close()


Host = Callable[[Asked], None]


@dataclass
class Served:
    """A host that runs."""

    url: str
    port: int
    heads: list[str] = field(default_factory=list)


@contextmanager
def hosting(
    host: Host, context: ssl.SSLContext | None = None, at: str = "127.0.0.1", before: Host | None = None
) -> Iterator[Served]:
    """A host that answers each connection's request by the function, and closes it.

    before: it is given the bare connection instead, before anything came.
    """
    listening = socket.create_server((at, 0), family=socket.AF_INET6 if ":" in at else socket.AF_INET)
    listening.settimeout(0.05)
    port = listening.getsockname()[1]
    served = Served(f"{'https' if context else 'http'}://127.0.0.1:{port}/a.warc.gz", port)
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def talk(sock: socket.socket) -> None:
        if before is not None:
            before(Asked(sock, 0, "", stop))
            return
        if context is not None:
            sock = context.wrap_socket(sock, server_side=True)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = sock.recv(65536)
            if not piece:
                return
            head += piece
        served.heads.append(head.decode("latin-1"))
        host(Asked(sock, len(served.heads) - 1, served.heads[-1], stop))
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)  # not a reset, which a close would be where bytes wait to be read
            sock.settimeout(1)
            sock.recv(1)
        sock.close()

    def handle(sock: socket.socket) -> None:
        with suppress(OSError, ValueError), sock:
            talk(sock)

    def accept() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                sock, _ = listening.accept()
                sock.settimeout(30)
                threads.append(threading.Thread(target=handle, args=(sock,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield served
    finally:
        stop.set()
        accepting.join()
        listening.close()
        for thread in threads:
            thread.join(5)


def later(seconds: float) -> str:
    """A date so many seconds from now, as HTTP has it."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))


def fetch(url: str, settings: SourceSettings = SETTINGS) -> bytes:
    with HttpStream(url, settings) as stream:
        content = content_of(stream, settings.max_download_bytes)
        return b"".join(iter(lambda: content.read(1 << 20), b""))
