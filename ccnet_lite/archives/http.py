"""An archive over HTTP as a stream: resumed where the connection drops, with patience toward the host.

403, 429 and 5xx are answered by waiting (Common Crawl says 403 to those who ask too fast), with growing
and scattered pauses; a Retry-After header is obeyed. Bounds on size, redirects, and on how slowly data
may come. Does not handle: credentials in URLs (they are refused; ~/.netrc works).
"""

import io
import random
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
import urllib3

from ccnet_lite import __version__
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

MAX_REDIRECTS = 5
MAX_PAUSE = 120.0
"""Seconds that the growing pauses stop at."""
MAX_RETRY_AFTER = 3600.0
"""A host that asks for a longer pause is not waited for."""
PIECE_BYTES = 256 * 1024
PROGRESS_BYTES = 1024 * 1024
"""After this much more of the file the tries are counted anew."""
STALL_FACTOR = 10
"""A piece that takes this many times the timeout to come is a dropped connection."""
_PATIENCE = {403, 408, 425, 429}
_DROPPED = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class HttpStream(io.RawIOBase):
    """The bytes of a URL, from the first to the last; `read` comes back only with bytes or the end.

    `pause` waits for some seconds; a test may give its own.
    """

    def __init__(self, url: str, settings: SourceSettings, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self._url = url
        self._settings = settings
        self._pause = pause
        self._session = new_session()
        self._response: requests.Response | None = None
        self._position = 0
        self._size: int | None = None
        self._tag = ""
        self._tries = 0
        self._progress = 0
        self._ended = False
        self._dropped: Exception | None = None
        self._connect()

    @property
    def size(self) -> int | None:
        """Bytes of the file, where the host says it."""
        return self._size

    @property
    def tag(self) -> str:
        """The file's ETag or date of change, where the host says it."""
        return self._tag

    def readable(self) -> bool:
        """As of every stream that can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with at least one byte; 0 at the file's end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._next(min(len(view), PIECE_BYTES)) if len(view) else b""
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Give the connection back."""
        if self._response is not None:
            self._response.close()
        self._session.close()
        super().close()

    def _next(self, count: int) -> bytes:
        while not self._ended:
            try:
                piece = self._read_some(count)
            except _DROPPED as error:
                self._wait(f"the connection dropped ({type(error).__name__})", None)
                self._connect()
                continue
            self._position += len(piece)
            if self._position > self._settings.max_download_bytes:
                raise self._failed(f"is larger than source.max_download_bytes={self._settings.max_download_bytes}")
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
        """Up to `count` bytes; those that come within the time, at least one, or none at the end.

        A connection that drops after some bytes is found to have dropped by the next call: what came, counts.
        """
        assert self._response is not None
        if self._dropped is not None:
            raise self._dropped
        pieces: list[bytes] = []
        started, size = time.monotonic(), 0
        while size < count and self._dropped is None:
            try:
                piece = self._response.raw.read1(count - size, decode_content=False)
            except _DROPPED as error:
                self._dropped = error
                if not pieces:
                    raise
                break
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if time.monotonic() - started > STALL_FACTOR * self._settings.timeout_seconds:
                self._dropped = TimeoutError("too slow")
        return b"".join(pieces)

    def _connect(self) -> None:
        """Ask for the file from the position reached, again and again as the host's answers allow."""
        self._dropped = None
        while True:
            if self._response is not None:
                self._response.close()
            try:
                response = self._session.get(
                    self._url,
                    headers={"Range": f"bytes={self._position}-"} if self._position else {},
                    stream=True,
                    timeout=self._settings.timeout_seconds,
                )
            except requests.TooManyRedirects:
                raise self._failed(f"leads to more than {MAX_REDIRECTS} redirects") from None
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
                raise UserError(f"{for_display(self._url)} is not a URL that can be fetched: {error}") from None
            except _DROPPED as error:
                self._wait(f"no connection ({type(error).__name__})", None)
                continue
            self._response = response
            status = response.status_code
            if status in _PATIENCE or status >= 500:
                self._wait(f"the host answered {status}", response.headers.get("Retry-After"))
                continue
            self._begin(response)
            return

    def _begin(self, response: requests.Response) -> None:
        status = response.status_code
        if status in (401, 404, 410) or (400 <= status < 500 and status != 416):
            raise UserError(f"{for_display(self._url)}: the host answered {status}: check the address")
        if status not in (200, 206, 416):
            raise self._failed(f"was answered {status}")
        size, tag = _total_size(response), _tag(response)
        if (tag and self._tag and tag != self._tag) or (size and self._size and size != self._size):
            raise self._failed("changed on the host while it was read")
        self._size, self._tag = size if self._size is None else self._size, tag or self._tag
        if self._size is not None and self._size > self._settings.max_download_bytes:
            raise self._too_large(f"{self._size} bytes")
        if status == 416:
            self._ended = True
        elif status == 200 and self._position:
            self._skip(response)
        elif status == 206 and _range_start(response) != self._position:
            raise self._failed("was answered with another part than asked for")

    def _skip(self, response: requests.Response) -> None:
        """The host sent all of it again: pass over what was read before."""
        left = self._position
        try:
            while left:
                piece = response.raw.read(min(left, PIECE_BYTES), decode_content=False)
                if not piece:
                    break
                left -= len(piece)
        except _DROPPED:
            pass  # the next read finds the connection dropped, too
        if left:
            self._wait("the connection dropped again", None)
            self._connect()

    def _wait(self, why: str, retry_after: str | None) -> None:
        self._tries += 1
        if self._tries > self._settings.retries:
            raise self._failed(f"could not be read beyond byte {self._position} in {self._tries} tries: {why}")
        asked = _seconds(retry_after)
        if asked is not None and asked > MAX_RETRY_AFTER:
            raise self._failed(f"is not available: {why} and asks to wait {asked:.0f} s")
        grown = min(MAX_PAUSE, self._settings.backoff_seconds * 2.0 ** (self._tries - 1))
        # Scattered, so that the tasks of a cluster do not come back all at once. Not part of any result.
        self._pause(max(asked or 0.0, grown * random.uniform(0.5, 1.0)))

    def _too_large(self, size: str) -> SourceError:
        limit = self._settings.max_download_bytes
        return self._failed(f"is larger than source.max_download_bytes={limit}: {size}")

    def _failed(self, what: str) -> SourceError:
        return SourceError(f"{for_display(self._url)} {what}")


def new_session() -> requests.Session:
    """Connections that are kept open between requests; of one thread at a time."""
    session = requests.Session()
    session.max_redirects = MAX_REDIRECTS
    # Not decoded on the way: positions are those of the file as it lies.
    session.headers.update({"Accept-Encoding": "identity", "User-Agent": f"ccnet_lite/{__version__}"})
    return session


def _total_size(response: requests.Response) -> int | None:
    """The whole file's bytes, from `Content-Range: bytes 5-9/10` or Content-Length."""
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    if response.status_code == 200:
        total = response.headers.get("Content-Length", "")
    return int(total) if total.isascii() and total.isdigit() else None


def _range_start(response: requests.Response) -> int | None:
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _tag(response: requests.Response) -> str:
    return response.headers.get("ETag") or response.headers.get("Last-Modified") or ""


def _seconds(retry_after: str | None) -> float | None:
    """The pause that a Retry-After header asks for: a number of seconds, or a date."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def refuse_credentials(url: str) -> None:
    """Refuse a URL with a user's name in it, which would end up in manifests and messages.

    Raises:
        UserError: without the credentials.
    """
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    # abfss://CONTAINER@ACCOUNT and hdfs://USER@HOST hold no secret.
    if ":" in user or (user and not parts.scheme.lower().startswith(("abfs", "hdfs", "viewfs"))):
        raise UserError(f"{for_display(url)}: put the name and password into ~/.netrc, not into the URL")


def look_at(url: str, settings: SourceSettings, session: requests.Session) -> tuple[int | None, str]:
    """A file's size and its ETag or date of change, without reading it; None and empty where not told.

    Raises:
        UserError, SourceError: as of a HttpStream.
    """
    try:
        answer = session.head(url, allow_redirects=True, timeout=settings.timeout_seconds)
        size, tag = _total_size(answer), _tag(answer)
        if answer.status_code == 200 and (size or tag):
            return size, tag
    except (*_DROPPED, ValueError):
        pass
    # Hosts that know no HEAD, or want patience: asked as for reading, and left after the head.
    with HttpStream(url, settings) as stream:
        return stream.size, stream.tag
