"""An archive over HTTP as a stream: resumed where the connection drops, with patience toward the host.

403, 429 and 5xx are answered by waiting (Common Crawl says 403 to those who ask too fast), with growing
and scattered pauses; a Retry-After header is obeyed. Bounds on size, on how slowly data may come, and on the
time of the whole; where a request may lead: connections.py. Each wait is logged as a warning, a line that says
which file, what happened and how long it waits. What is sent is taken as it lies, a content coding included
(content.py). Does not handle: credentials in URLs (they are refused; ~/.netrc works).
"""

import http.client
import io
import logging
import random
import ssl
import time
from collections.abc import Callable

import requests
import urllib3

from ccnet_lite.archives.answers import asked_pause, content_coding, content_tag, range_start, total_size
from ccnet_lite.archives.connections import Client, root_of
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

MAX_PAUSE = 120.0
"""Seconds that the growing pauses stop at."""
MAX_RETRY_AFTER = 3600.0
"""A host that asks for a longer pause is not waited for."""
PIECE_BYTES = 256 * 1024
PROGRESS_BYTES = 1024 * 1024
"""After this much more of the file the tries are counted anew."""
_PATIENCE = {403, 408, 425, 429}
_DROPPED = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_log = logging.getLogger(__name__)


class HttpStream(io.RawIOBase):
    """The bytes of a URL, from the first to the last; `read` comes back only with bytes or the end.

    `pause` waits for some seconds; a test may give its own. `typed`: the user himself named the URL's host,
    which may be a private one then. `quiet`: waits are not told.

    Raises:
        UserError: the host's clear no (404), or no URL.
        SourceError: no answer that can be used within the settings' bounds; this from `read`, too.
    """

    def __init__(
        self,
        url: str,
        settings: SourceSettings,
        pause: Callable[[float], None] = time.sleep,
        *,
        typed: bool = True,
        quiet: bool = False,
    ) -> None:
        super().__init__()
        self._url = url
        self._settings = settings
        self._pause = pause
        self._quiet = quiet
        self._client = Client(settings)
        self._client.begin(url, typed)
        self._watch = self._client.watch
        self._response: requests.Response | None = None
        self._position = 0
        self._skipped = 0
        self._size: int | None = None
        self._tag = ""
        self._coding: str | None = None
        self._tries = 0
        self._progress = 0
        self._ended = False
        self._dropped: Exception | None = None
        with self._watch.waiting():
            self._connect()

    @property
    def size(self) -> int | None:
        """Bytes of the file, where the host says it."""
        return self._size

    @property
    def tag(self) -> str:
        """The file's ETag or date of change, where the host says it."""
        return self._tag

    @property
    def coding(self) -> str:
        """The content coding that the host says it sent the file in, though none was asked for."""
        return self._coding or ""

    @property
    def private(self) -> bool:
        """Whether the file came from an address that is not public."""
        return self._client.reach.private

    @property
    def url(self) -> str:
        """What was asked for."""
        return self._url

    def readable(self) -> bool:
        """As of every stream that can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with at least one byte; 0 at the file's end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        with self._watch.waiting():
            piece = self._next(min(len(view), PIECE_BYTES)) if len(view) else b""
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Give the connection back."""
        if self._response is not None:
            self._response.close()
        self._client.close()
        super().close()

    def failed(self, what: str) -> SourceError:
        """What to raise of this file: its URL, and what is wrong with it."""
        return SourceError(f"{for_display(self._url)} {what}")

    def _next(self, count: int) -> bytes:
        while not self._ended:
            try:
                piece = self._read_some(count)
            except _DROPPED as error:
                self._wait(f"the connection dropped ({self._reason(error)})", None)
                self._connect()
                continue
            self._position += len(piece)
            if self._position > self._settings.max_download_bytes:
                raise self.failed(f"is larger than source.max_download_bytes={self._settings.max_download_bytes}")
            if self._size is not None and self._position > self._size:
                raise self.failed(f"holds more than the {self._size} bytes that the host said it has")
            self._ended = self._position == self._size  # what follows (trailers, a close) is not waited for
            if piece:
                if self._position - self._progress >= PROGRESS_BYTES:
                    self._tries, self._progress = 0, self._position
                return piece
            if self._size is not None and self._position < self._size:
                self._wait("the connection was closed early", None)
                self._connect()
                continue
            self._ended = True
        return b""

    def _read_some(self, count: int) -> bytes:
        """Up to `count` bytes, at least one, or none at the end.

        A connection that drops after some bytes is found to have dropped by the next call: what came, counts.
        """
        assert self._response is not None
        if self._dropped is not None:
            raise self._dropped
        pieces: list[bytes] = []
        size = 0
        while size < count:
            try:
                piece = self._take(self._response, count - size)
            except _DROPPED as error:
                self._dropped = error
                if not pieces:
                    raise
                break
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def _take(self, response: requests.Response, count: int) -> bytes:
        piece: bytes = response.raw.read1(count, decode_content=False)
        self._watch.content(len(piece))
        return piece

    def _connect(self) -> None:
        """Ask for the file from the position reached, again and again as the host's answers allow."""
        self._dropped = None
        while True:
            if self._response is not None:
                self._response.close()
            span = {"Range": f"bytes={self._position}-"} if self._position else {}
            try:
                response = self._client.ask("GET", self._url, span)
            except (
                requests.exceptions.InvalidURL,
                requests.exceptions.InvalidSchema,
                requests.exceptions.MissingSchema,
                UnicodeError,
            ):
                raise UserError(f"{for_display(self._url)} is not a URL that can be fetched") from None
            except _DROPPED as error:
                if isinstance(root_of(error), ssl.SSLCertVerificationError):
                    raise self.failed("could not be read: its host's certificate does not prove it") from None
                self._wait(f"no connection ({self._reason(error)})", None)
                continue
            self._response = response
            status = response.status_code
            if status in _PATIENCE or status >= 500:
                self._wait(f"the host answered {status}", response.headers.get("Retry-After"))
                continue
            self._watch.restart()
            try:
                self._begin(response)
            except _DROPPED as error:
                self._wait(f"the connection dropped again ({self._reason(error)})", None)
                continue
            return

    def _begin(self, response: requests.Response) -> None:
        status = response.status_code
        if 400 <= status < 500 and status != 416:
            raise UserError(f"{for_display(self._url)}: the host answered {status}: check the address")
        if status not in (200, 206, 416):
            raise self.failed(f"was answered {status}")
        framing = response.headers.get("Transfer-Encoding", "chunked")
        if framing.lower() != "chunked":
            raise self.failed("was sent in a Transfer-Encoding other than chunked, which nobody asked for")
        size, tag, coding = total_size(response), content_tag(response), content_coding(response)
        if (tag and self._tag and tag != self._tag) or (size and self._size and size != self._size):
            raise self.failed("changed on the host while it was read")
        if status == 416:
            if not self._position or size != self._position:
                raise self.failed(f"was answered 416: the host has nothing from byte {self._position} on")
            self._ended = True
            return
        self._size, self._tag = size if self._size is None else self._size, tag or self._tag
        if self._size is not None and self._size > self._settings.max_download_bytes:
            limit = self._settings.max_download_bytes
            raise self.failed(f"is larger than source.max_download_bytes={limit}: {self._size} bytes")
        if self._coding not in (None, coding):
            raise self.failed("changed its Content-Encoding while it was read")
        self._coding = coding
        if status == 200 and self._position:
            self._skip(response)
        elif status == 206 and range_start(response) != self._position:
            raise self.failed("was answered with another part than asked for")

    def _skip(self, response: requests.Response) -> None:
        """The host sent all of it again: pass over what was read before."""
        left = self._position
        while left:
            piece = self._take(response, min(left, PIECE_BYTES))
            if not piece:
                raise ConnectionError("closed early")
            left -= len(piece)
            self._skipped += len(piece)
            if self._skipped > self._settings.max_download_bytes:
                raise self.failed(
                    f"could not be read beyond byte {self._position}: its host knows no ranges and has sent "
                    f"{self._skipped} bytes again, more than source.max_download_bytes"
                )

    def _wait(self, why: str, retry_after: str | None) -> None:
        self._tries += 1
        settings, left = self._settings, self._watch.left
        reached = f"could not be read beyond byte {self._position}"
        if not left:
            raise self.failed(f"{reached} within source.max_fetch_seconds={settings.max_fetch_seconds:g}: {why}")
        if self._tries > settings.retries:
            spent = f"{self._watch.seconds:.0f} s in all; source.retries={settings.retries}"
            raise self.failed(f"{reached} in {self._tries} tries: {why}; {spent}")
        asked = asked_pause(retry_after)
        if asked is not None and asked > MAX_RETRY_AFTER:
            raise self.failed(f"is not available: {why} and asks to wait {asked:.0f} s")
        grown = min(MAX_PAUSE, settings.backoff_seconds * 2.0 ** (self._tries - 1))
        # Scattered, so that the tasks of a cluster do not come back all at once. Not part of any result.
        pause = max(asked or 0.0, grown * random.uniform(0.5, 1.0))
        if pause >= left:
            bound = f"source.max_fetch_seconds={settings.max_fetch_seconds:g} leaves {left:.0f} s"
            raise self.failed(f"{reached}: {why}, and to wait are {pause:.0f} s, where {bound}")
        if not self._quiet:
            shown, tries = ascii(for_display(self._url))[1:-1], f"try {self._tries + 1} of {settings.retries + 1}"
            _log.warning("%s: %s at byte %d; next in %.1f s, %s", shown, why, self._position, pause, tries)
        self._pause(pause)

    def _reason(self, error: BaseException) -> str:
        """Why a connection was lost, in words of ours or of the operating system: none of the host's."""
        root = root_of(error)
        if isinstance(root, http.client.IncompleteRead):
            return "it ended early"
        return self._watch.why or getattr(root, "strerror", None) or type(root).__name__


def look_at(url: str, settings: SourceSettings, client: Client, typed: bool = True) -> tuple[int | None, str]:
    """A file's size and its ETag or date of change, without reading it; None and empty where not told.

    Raises:
        UserError, SourceError: as of a HttpStream.
    """
    client.begin(url, typed)
    try:
        with client.watch.waiting():
            answer = client.ask("HEAD", url, {})
            answer.raw.read()  # nothing, but so the connection can be used again
        # Some say 0 of every file; of an empty one the reading tells.
        size, tag = total_size(answer) or None, content_tag(answer)
        if answer.status_code == 200 and (size or tag):
            return size, tag
    except (*_DROPPED, ValueError):
        pass
    # Hosts that know no HEAD, or want patience: asked as for reading, and left after the head.
    with HttpStream(url, settings, typed=typed, quiet=True) as stream:
        return stream.size, stream.tag
