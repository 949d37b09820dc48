"""HTML extraction in a process of its own, with a limit on processor time and memory.

Parsers written in C cannot be interrupted, some hostile pages take them hours or crash them. A page
that does so costs this process and becomes a bad record; the next page gets a new process. A process
that another one killed says nothing of its page, which is asked for once more.
Does not handle: several pages at once.
"""

import os
import resource
import signal
import struct
import subprocess
import sys
from typing import IO

from ccnet_lite.archives.charsets import declared_charset
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import Extractor, HtmlText, require_extractor, to_text

MAX_SECONDS = 20.0
"""Processor time for one page; an ordinary one takes some thousandths of this."""
MAX_MEMORY = 3 * 1024**3
"""Address space of the process."""
_FROM_OUTSIDE = {-signal.SIGHUP, -signal.SIGINT, -signal.SIGKILL, -signal.SIGTERM}
_MARK = "CCNET_LITE_PAGE_WORKER"
_LENGTH = struct.Struct("<I")
_TEXT, _ERROR = b"t", b"e"


class PageWorker:
    """A process that turns pages into text, started with the first page; `close` ends it.

    Raises:
        UserError: the extractor is not installed.
    """

    def __init__(
        self, extractor: Extractor, max_seconds: float = MAX_SECONDS, max_memory: int = MAX_MEMORY
    ) -> None:
        require_extractor(extractor)
        self._arguments = [extractor, str(max_seconds), str(max_memory)]
        self._max_seconds = max_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def to_text(self, html: bytes, media_type: str) -> HtmlText:
        """The page's title and main text, as `html.to_text`; `media_type` is its Content-Type header.

        Raises:
            ExtractionError: as there; and `html_too_slow`, `html_too_large` or `html_crash` where the page
                exceeds the time, the memory, or ends the process otherwise.
        """
        try:
            return self._ask(html, media_type)
        except (BrokenPipeError, EOFError):
            if self._status() not in _FROM_OUTSIDE:
                raise self._failure() from None
            self.close()
        try:
            return self._ask(html, media_type)
        except (BrokenPipeError, EOFError):
            raise self._failure() from None

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, html: bytes, media_type: str) -> HtmlText:
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        for part in (media_type.encode("utf-8", "replace"), html):
            _send(process.stdin, part)
        process.stdin.flush()
        kind, first, second, third = (_receive(process.stdout) for _ in range(4))
        if kind == _ERROR:
            raise ExtractionError(first.decode(), second.decode())
        return HtmlText(first.decode(), second.decode(), third.decode())

    def _start(self) -> subprocess.Popen[bytes]:
        if os.environ.get(_MARK):
            raise RuntimeError("a page worker must not start another: it would never end")
        # The places this process imports from come last there, so that none of them hides a standard module.
        places = [path for path in sys.path if path]
        code = f"import sys; sys.path += {places!r}; import {__name__} as worker; worker.serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {_MARK: "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        return self._process

    def _status(self) -> int:
        return self._process.wait() if self._process is not None else 0

    def _failure(self) -> ExtractionError:
        """Why the process ended."""
        status = self._status()
        self.close()
        if status == -signal.SIGPROF:
            message = f"extraction took more than {self._max_seconds:g} s of processor time"
            return ExtractionError("html_too_slow", message)
        return ExtractionError("html_crash", f"extraction ended the process that ran it (status {status})")


def serve() -> None:
    """What the process runs: pages on standard input, texts on standard output, until the input is closed."""
    extractor: Extractor = "trafilatura" if sys.argv[1] == "trafilatura" else "resiliparse"
    seconds, memory = float(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The default action ends the process wherever it is, in foreign code too.
    for number in (signal.SIGPROF, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    pages, texts = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            media_type, html = _receive(pages).decode(), _receive(pages)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            page = to_text(html, declared_charset(media_type), extractor)
            answer = (_TEXT, page.title.encode(), page.text.encode(), page.charset.encode())
        except MemoryError:
            answer = (_ERROR, b"html_too_large", b"extraction took more memory than it may", b"")
        except ExtractionError as error:
            answer = (_ERROR, error.rule.encode(), str(error).encode("utf-8", "replace"), b"")
        signal.setitimer(signal.ITIMER_PROF, 0)
        for part in answer:
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
