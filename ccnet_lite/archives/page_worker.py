"""HTML extraction in a process of its own, with a limit on processor time and memory.

Parsers written in C cannot be interrupted, some hostile pages take them hours or crash them. A page
that does so costs this process and becomes a bad record; the next page gets a new process. A process
that another one killed says nothing of its page, which is asked for once more. What a page that broke its
parser could do, confined.py says.

An archive of such pages only would still take days, so the pages of one archive have a budget: a stock of
processor seconds, to which each page adds a little. A page may take what is left, MAX_SECONDS at the most.
Ordinary pages take a tenth of what they add, and pass however many bombs came before them.

What time a page takes depends on the machine: which pages are `html_too_slow` or `html_budget` is the one
thing in an archive's rows that another run need not find again. Does not handle: several pages at once.
"""

import resource
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO, cast

from ccnet_lite.archives.charsets import declared_charset
from ccnet_lite.archives.confined import command, confine, environment
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import KEEP_ALL, Extractor, HtmlText, Kept, require_extractor, to_text
from ccnet_lite.errors import RunFailed

MAX_SECONDS = 20.0
"""Processor time for one page; an ordinary one takes some thousandths of this."""
STOCK_SECONDS, SECONDS_A_PAGE = 300.0, 0.1
"""What an archive's pages may take together, and what each adds to it, up to the stock: n pages take
300 s + n / 10 s at the most, and a start of the process for each that had to be ended. Of 181 news pages, of
174 kB on average, resiliparse took 0.002 s each and 0.008 s at most, trafilatura 0.013 s and 0.04 s."""
MAX_MEMORY = 3 * 1024**3
"""Address space of the process."""
_FROM_OUTSIDE = {-signal.SIGHUP, -signal.SIGINT, -signal.SIGKILL, -signal.SIGTERM}
_LENGTH, _SECONDS = struct.Struct("<I"), struct.Struct("<d")
_TEXT, _ERROR = b"t", b"e"


class PageWorker:
    """A process that turns the pages of one archive into text, started with the first; `close` ends it.

    exposed: why the network is in reach of that process; empty where it is not, or none was started.

    Raises:
        UserError: the extractor is not installed.
        RunFailed: the process does not start, which says nothing of a page.
    """

    def __init__(
        self,
        extractor: Extractor,
        max_seconds: float = MAX_SECONDS,
        max_memory: int = MAX_MEMORY,
        stock_seconds: float = STOCK_SECONDS,
        keep: Sequence[Kept] = KEEP_ALL,
    ) -> None:
        require_extractor(extractor)
        self.exposed = ""
        self._arguments = [extractor, str(max_memory), ",".join(keep)]
        self._max_seconds = max_seconds
        self._left = self._stock = stock_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def to_text(self, html: bytes, media_type: str) -> HtmlText:
        """The page's title and main text, as `html.to_text`; `media_type` is its Content-Type header.

        Raises:
            ExtractionError: as there; and `html_too_slow`, `html_budget`, `html_too_large` or `html_crash`
                where the page exceeds the time, what the archive's pages have left of theirs, the memory, or
                ends the process otherwise.
        """
        self._left = min(self._left + SECONDS_A_PAGE, self._stock)
        seconds = min(self._left, self._max_seconds)
        try:
            return self._ask(html, media_type, seconds)
        except (BrokenPipeError, EOFError):
            if self._status() not in _FROM_OUTSIDE:
                raise self._failure(seconds) from None
            self.close()
        try:
            return self._ask(html, media_type, seconds)
        except (BrokenPipeError, EOFError):
            raise self._failure(seconds) from None

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, html: bytes, media_type: str, seconds: float) -> HtmlText:
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        began = time.monotonic()
        try:
            for part in (media_type.encode("utf-8", "replace"), _SECONDS.pack(seconds), html):
                _send(process.stdin, part)
            process.stdin.flush()
            kind, first, second, third, said, taken = (_receive(process.stdout) for _ in range(6))
        except (BrokenPipeError, EOFError):
            self._left -= min(time.monotonic() - began, seconds)
            raise
        self._left -= min(_SECONDS.unpack(taken)[0], seconds)
        if kind == _ERROR:
            raise ExtractionError(first.decode(), second.decode())
        return HtmlText(first.decode(), second.decode(), third.decode(), said.decode())

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            command(__name__, *self._arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd="/",
        )
        assert self._process.stdout is not None
        try:
            self.exposed = _receive(self._process.stdout).decode()
        except EOFError:
            if self._status() in _FROM_OUTSIDE:
                raise
            raise RunFailed(f"the process that reads pages did not start: {_reason(self._process)}") from None
        return self._process

    def _status(self) -> int:
        return self._process.wait() if self._process is not None else 0

    def _failure(self, seconds: float) -> ExtractionError:
        """Why the process ended."""
        status = self._status()
        self.close()
        if status != -signal.SIGPROF:
            return ExtractionError("html_crash", f"extraction ended the process that ran it (status {status})")
        message = f"extraction took more than {seconds:.3g} s of processor time"
        if seconds == self._max_seconds:
            return ExtractionError("html_too_slow", message)
        return ExtractionError("html_budget", f"{message}, all that the archive's pages before it had left")


def _reason(process: subprocess.Popen[bytes]) -> str:
    """What a process says that ended at once, told by another one."""
    again = subprocess.run(
        process.args, stdin=subprocess.DEVNULL, capture_output=True, env=environment(), cwd="/", check=False
    )
    said = again.stderr.decode("utf-8", "replace").split("\n")
    return next((line[:300] for line in reversed(said) if line.strip()), f"its status is {process.returncode}")


def serve() -> None:
    """What the process runs: pages on standard input, texts on standard output, until the input is closed."""
    extractor, memory = cast(Extractor, sys.argv[1]), int(sys.argv[2])
    keep = cast(Sequence[Kept], sys.argv[3].split(","))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # numba would load SciPy's linear algebra, of which nothing is used here: a third of the time of a start.
    sys.modules["scipy"] = None  # type: ignore[assignment]
    to_text(b"<p>What is loaded with the first page is loaded now.", None, extractor, keep)
    pages, texts = sys.stdin.buffer, sys.stdout.buffer
    _send(texts, confine().encode())
    texts.flush()
    while True:
        try:
            media_type, seconds, html = (_receive(pages) for _ in range(3))
        except EOFError:
            return
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, _SECONDS.unpack(seconds)[0])
        try:
            page = to_text(html, declared_charset(media_type.decode()), extractor, keep)
            told = (page.title, page.text, page.charset, page.opt_outs)
            answer = (_TEXT, *(each.encode() for each in told))
        except MemoryError:
            answer = (_ERROR, b"html_too_large", b"extraction took more memory than it may", b"", b"")
        except ExtractionError as error:
            answer = (_ERROR, error.rule.encode(), str(error).encode("utf-8", "replace"), b"", b"")
        signal.setitimer(signal.ITIMER_PROF, 0)
        for part in (*answer, _SECONDS.pack(time.process_time() - began)):
            _send(texts, part)
        texts.flush()


def _send(stream: IO[bytes], part: bytes) -> None:
    stream.write(_LENGTH.pack(len(part)))
    stream.write(part)


def _receive(stream: IO[bytes]) -> bytes:
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise EOFError
    part = stream.read(_LENGTH.unpack(length)[0])
    if len(part) < _LENGTH.unpack(length)[0]:
        raise EOFError
    return part
