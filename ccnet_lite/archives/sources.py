"""Where archives come from: files, HTTP(S), S3; opened as streams of raw bytes.

Which archives a run reads is found in inputs.py, whose `resolve_inputs` can be had from here.
Does not handle: decompression, and what the bytes mean (records.py).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow.fs

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream, head
from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.urls import for_display
from ccnet_lite.settings import SourceSettings

__all__ = ["Shard", "SourceError", "fingerprint", "open_shard", "resolve_inputs"]

_BLOCK = 4 * 1024 * 1024


@contextmanager
def open_shard(shard: Shard, settings: SourceSettings) -> Iterator[BinaryIO]:
    """An archive's raw bytes.

    Raises:
        UserError: a URL that the host does not know.
        SourceError: anything else that keeps the archive from being opened, or, later, from being read.
    """
    uri = shard.uri
    if uri.startswith(("http://", "https://")):
        with HttpStream(uri, settings) as http:
            yield cast(BinaryIO, http)
    elif uri.startswith("s3://"):
        with _open_s3(uri) as s3:
            yield s3
    else:
        with _open_file(Path(uri)) as file:
            yield file


class _Guarded:
    """A stream whose errors are SourceErrors."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def read(self, count: int = -1) -> bytes:
        try:
            return self._stream.read(count)
        except OSError as error:
            raise SourceError(f"{self._name} cannot be read on: {_reason(error)}") from None


@contextmanager
def _open_file(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {_reason(error)}") from None
    with file:
        yield cast(BinaryIO, _Guarded(file, str(path)))


@contextmanager
def _open_s3(uri: str) -> Iterator[BinaryIO]:
    """Credentials come from the environment, as for all AWS tools."""
    name = for_display(uri)
    try:
        files, path = pyarrow.fs.FileSystem.from_uri(uri)
        stream = files.open_input_stream(path, compression=None, buffer_size=_BLOCK)
    except (OSError, ValueError) as error:
        raise SourceError(f"{name} cannot be opened: {_reason(error)}") from None
    with stream:
        yield cast(BinaryIO, _Guarded(stream, name))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0][:300]


def fingerprint(shard: Shard, settings: SourceSettings | None = None) -> str:
    """What tells one content of an archive from another: a file's SHA-256; of a URL, size and ETag.

    Raises:
        UserError, SourceError: as `open_shard`.
    """
    if shard.uri.startswith(("http://", "https://")):
        return f"http {head(shard.uri, settings or SourceSettings())}"
    if shard.uri.startswith("s3://"):
        return f"s3 {_s3_identity(shard.uri)}"
    digest = hashlib.sha256()
    with _open_file(Path(shard.uri)) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return f"sha256 {digest.hexdigest()}"


def _s3_identity(uri: str) -> str:
    """Size and time of change: S3's ETag is not to be had here, but an object is only ever replaced whole."""
    try:
        files, path = pyarrow.fs.FileSystem.from_uri(uri)
        info = files.get_file_info(path)
    except (OSError, ValueError) as error:
        raise SourceError(f"{for_display(uri)} cannot be found: {_reason(error)}") from None
    return f"{info.size} {info.mtime_ns}"
