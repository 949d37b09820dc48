"""Archives opened as streams of raw bytes, wherever they lie, and told apart by what was read of them.

Which archives a run reads is found in inputs.py, whose `resolve_inputs` can be had from here.
Does not handle: decompression, and what the bytes mean (records.py).
"""

import hashlib
import io
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from ccnet_lite.archives.errors import SourceError, UnreadArchive
from ccnet_lite.archives.http import HttpStream, look_at, new_session
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
UNKNOWN = "unknown"
_BLOCK = 4 * 1024 * 1024


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
        """Whether another content was read than the one that `glance` saw; False where it saw nothing."""
        known = not looked.startswith(UNKNOWN) and not self.look.startswith(UNKNOWN)
        return known and looked != self.look


class ArchiveStream:
    """An archive's raw bytes, hashed while they are read.

    `read` raises UnreadArchive where the bytes cannot be had.
    """

    def __init__(self, shard: Shard, source: ByteSource, look: str, etag: str) -> None:
        self._shard = shard
        self._source = source
        self._look = look
        self._etag = etag
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
        """The whole archive's identity; reads what is left of it."""
        while self.read(_BLOCK):
            pass
        return ArchiveIdentity(self._digest.hexdigest(), self._bytes, self._etag, self._look)


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
    scheme = scheme_of(shard.uri)
    if scheme in ("http", "https"):
        http = opened.enter_context(HttpStream(shard.uri, settings))
        return ArchiveStream(shard, http, _http_look(http.size, http.tag), http.tag)
    if scheme:
        size, tag = object_look(shard.uri, settings)
        stored = opened.enter_context(open_object(shard.uri, settings))
        source = io.BufferedReader(stored, _BLOCK)
        return ArchiveStream(shard, source, f"{scheme} {size} {tag}", tag)
    # Looked at before it is opened: a file replaced in between has another time, and is read once more.
    look = _file_look(shard.uri)
    return ArchiveStream(shard, opened.enter_context(Path(shard.uri).open("rb")), look, "")


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
        return list(pool.map(looks.look, shards))


class _Looks:
    """Glances from many threads, each with a connection of its own."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._own = threading.local()
        self._failed = 0

    def look(self, shard: Shard) -> str:
        if self._failed >= PATIENCE:
            return _unknown()
        try:
            look = self._ask(shard.uri)
        except (SourceError, UserError, OSError):
            # Of an archive that cannot be had the reading tells, with all the patience that the settings ask.
            self._failed += 1
            return _unknown()
        self._failed = 0
        return look

    def _ask(self, uri: str) -> str:
        scheme = scheme_of(uri)
        if not scheme:
            return _file_look(uri)
        if scheme not in ("http", "https"):
            size, tag = object_look(uri, self._settings)
            return f"{scheme} {size} {tag}"
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = new_session()
        return _http_look(*look_at(uri, self._settings, session))


def _unknown() -> str:
    return f"{UNKNOWN} {uuid.uuid4().hex}"


def _file_look(path: str) -> str:
    status = Path(path).stat()
    return f"file {status.st_size} {status.st_mtime_ns}"


def _http_look(size: int | None, tag: str) -> str:
    return _unknown() if size is None and not tag else f"http {size} {tag}"
