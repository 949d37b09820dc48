"""Archives opened as streams of raw bytes, wherever they lie, and told apart by what was read of them.

Which archives a run reads is found in inputs.py, whose `resolve_inputs` can be had from here.
Does not handle: decompression, and what the bytes mean (records.py).
"""

import hashlib
import io
import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ccnet_lite.archives.connections import Client
from ccnet_lite.archives.content import content_of
from ccnet_lite.archives.errors import SourceError, UnreadArchive
from ccnet_lite.archives.http import HttpStream, look_at
from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.objects import FAILURES, object_look, open_object, reason_of, scheme_of
from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

__all__ = [
    "ArchiveIdentity", "ArchiveStream", "Shard", "UnreadArchive", "glance", "open_shard", "resolve_inputs"
]  # fmt: skip

GLANCES = 32
"""Archives whose size is asked for at once."""
PATIENCE = 64
"""After so many archives in a row that a glance got nothing of, the others are not asked for, either."""
GLANCE_SECONDS = 60.0
"""A glance waits no longer, whatever the settings say: of an archive that is slow to be had the reading tells."""
UNKNOWN = "unknown"
_BLOCK = 4 * 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ArchiveIdentity:
    """What an archive was, of the bytes that were read, all of them."""

    sha256: str
    bytes: int
    etag: str
    """The host's own mark of the content, or its date of change; empty where there is none."""
    look: str
    """What `glance` would have said of it when it was opened."""

    def changed_since(self, looked: str) -> bool:
        """Whether another content was read than the one that `glance` saw.

        Size and tag are compared one by one: what was not told, then or now, tells nothing.

        >>> ArchiveIdentity("", 7, "", 'http 7 "b"').changed_since('http 7 "a"')
        True
        >>> ArchiveIdentity("", 7, "", 'http 7 "a"').changed_since('http None "a"')
        False
        """
        if looked.startswith(UNKNOWN) or self.look.startswith(UNKNOWN):
            return False
        pairs = zip(looked.split(" ", 2), self.look.split(" ", 2), strict=True)
        return any(then != now for then, now in pairs if {then, now}.isdisjoint(("", "None")))


class ArchiveStream:
    """An archive's raw bytes, hashed while they are read.

    `again` looks at it once more. `read` raises UnreadArchive where the bytes cannot be had.
    """

    def __init__(
        self, shard: Shard, source: ByteSource, look: str, etag: str, again: Callable[[], str] | None = None
    ) -> None:
        self._shard = shard
        self._source = source
        self.look = look
        """What `glance` would have said of it when it was opened."""
        self._etag = etag
        self._again = again
        self._digest = hashlib.sha256()
        self._bytes = 0

    def read(self, count: int, /) -> bytes:
        """Up to `count` bytes; none at the end."""
        with _reading(self._shard):
            piece = self._source.read(count)
        self._digest.update(piece)
        self._bytes += len(piece)
        return piece

    def identity(self) -> ArchiveIdentity:
        """The whole archive's identity; reads what is left of it.

        Raises:
            UnreadArchive: also where it was changed or replaced meanwhile, so that part of each may have come.
        """
        while self.read(_BLOCK):
            pass
        with _reading(self._shard):
            if self._again is not None and self._again() != self.look:
                raise SourceError(f"{for_display(self._shard.uri)} was changed while it was read: run again")
        return ArchiveIdentity(self._digest.hexdigest(), self._bytes, self._etag, self.look)


@contextmanager
def open_shard(shard: Shard, settings: SourceSettings) -> Iterator[ArchiveStream]:
    """An archive's raw bytes.

    Raises:
        UnreadArchive: it cannot be opened, or, later, not be read; the host's clear no (404) included,
            because one of many archives must not end a run at once.
    """
    with ExitStack() as opened:
        with _reading(shard):
            stream = _open(shard, settings, opened)
        yield stream


def _open(shard: Shard, settings: SourceSettings, opened: ExitStack) -> ArchiveStream:
    scheme, uri = scheme_of(shard.uri), shard.uri
    if scheme in ("http", "https"):
        # A connection that drops is resumed only where the tag and the size are still the same.
        http = opened.enter_context(HttpStream(uri, settings, typed=shard.typed))
        source = content_of(http, settings.max_download_bytes)
        return ArchiveStream(shard, source, _http_look(http.size, http.tag), http.tag)
    if scheme:
        look = _object_look(uri, settings)
        stored = io.BufferedReader(opened.enter_context(open_object(uri, settings)), _BLOCK)
        tag = look.split(" ", 2)[2]
        return ArchiveStream(shard, stored, look, tag, lambda: _object_look(uri, settings))
    # A file replaced by another of its name is read to its end; one that is written to is not what it was.
    file = opened.enter_context(Path(uri).open("rb"))  # noqa: SIM115 the stack closes it
    return ArchiveStream(shard, file, _file_look(file.fileno()), "", lambda: _file_look(file.fileno()))


@contextmanager
def _reading(shard: Shard) -> Iterator[None]:
    shown = for_display(shard.uri)
    try:
        yield
    except (SourceError, UserError) as error:
        raise UnreadArchive(shard.segment, shown, str(error)) from None
    except FAILURES as error:
        raise UnreadArchive(shard.segment, shown, f"{shown} cannot be read: {reason_of(error)}") from None


def glance(shards: Sequence[Shard], settings: SourceSettings) -> list[str]:
    """For each archive, what tells its content from another as far as its size and date or tag do.

    Asked of many at once; nothing is read. What a host tells nothing of is `unknown` and a mark of its own,
    so that it is never equal to what was seen before, not even to itself; so is what cannot be found now,
    which is told when it is read.
    """
    looks = _Looks(settings)
    with ThreadPoolExecutor(min(GLANCES, max(1, len(shards)))) as pool:
        found = list(pool.map(looks.look, shards))
    if looks.lost:
        text = "%d of %d archives could not be looked at and count as new: %s"
        _log.warning(text, looks.lost, len(shards), ascii(looks.reason)[1:-1])
    return found


class _Looks:
    """Glances from many threads, each with a connection of its own."""

    def __init__(self, settings: SourceSettings) -> None:
        seconds = min(settings.max_fetch_seconds, GLANCE_SECONDS)
        self._settings = settings.model_copy(update={"max_fetch_seconds": seconds})
        self._own = threading.local()
        self._failed = 0
        self.lost = 0
        """How many could not be looked at."""
        self.reason = ""
        """Why the first of them could not."""

    def look(self, shard: Shard) -> str:
        if self._failed >= PATIENCE:
            self.lost += 1
            return _unknown()
        try:
            look = self._ask(shard)
        except (SourceError, UserError, OSError) as error:
            # The reading has all the patience that the settings ask, and tells of each.
            self._failed += 1
            self.lost += 1
            self.reason = self.reason or str(error)
            return _unknown()
        self._failed = 0
        return look

    def _ask(self, shard: Shard) -> str:
        scheme = scheme_of(shard.uri)
        if not scheme:
            return _file_look(shard.uri)
        if scheme not in ("http", "https"):
            return _object_look(shard.uri, self._settings)
        client: Client | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = Client(self._settings)
        return _http_look(*look_at(shard.uri, self._settings, client, shard.typed))


def _unknown() -> str:
    return f"{UNKNOWN} {uuid.uuid4().hex}"


def size_told(look: str) -> int | None:
    """The archive's bytes, as far as what `glance` says of it tells.

    >>> size_told("http 1234 W/tag"), size_told("http None W/tag"), size_told("unknown 1234")
    (1234, None, None)
    """
    kind, _, rest = look.partition(" ")
    size = rest.partition(" ")[0]
    return int(size) if kind != UNKNOWN and size.isdecimal() else None


def _file_look(file: str | int) -> str:
    status = os.stat(file)  # noqa: PTH116 a path, or a file that is open
    return f"file {status.st_size} {status.st_mtime_ns}"


def _object_look(uri: str, settings: SourceSettings) -> str:
    size, tag = object_look(uri, settings)
    return f"{scheme_of(uri)} {size} {tag}"


def _http_look(size: int | None, tag: str) -> str:
    return _unknown() if size is None and not tag else f"http {size} {tag}"
