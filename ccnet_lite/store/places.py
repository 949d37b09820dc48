"""Where run data lies: a local path, or a URI of an object store, through pyarrow's filesystems.

A `Place` is a URI and nothing else, so that it can travel to a task; each process opens its own filesystem,
with the credentials of the machine it runs on. No folder is ever moved: files are written under a name of
their own and moved to their place one by one, whole.

Not handled: folders as things of their own (an object store has none), permissions.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from ccnet_lite.errors import UserError, visible

SCHEMES = ("s3", "gs", "abfss", "hdfs")
"""What a URI may begin with, besides a path and file://."""


class Entry(NamedTuple):
    """A file below a place: its name relative to it, and its bytes."""

    name: str
    bytes: int


@dataclass(frozen=True, order=True)
class Place:
    """A folder or file of run data.

    >>> str(Place("s3://bucket/run") / "corpus" / "_manifest.json")
    's3://bucket/run/corpus/_manifest.json'
    """

    uri: str
    """An absolute path, or scheme://bucket/key; never with a slash at its end."""

    @staticmethod
    def of(given: "str | Path | Place", option: str = "") -> "Place":
        """The place that a person named; a relative path is taken from where they stand.

        option: what it was given as, for the message.

        Raises:
            UserError: a scheme that is not supported, a URI without a bucket, a name that is not UTF-8.
        """
        if isinstance(given, Place):
            return given
        place = Place._of(str(given), option)
        if not is_unicode(place.uri):
            raise UserError(f"{option}{place.uri}: the name is not UTF-8: give another, or a link to it")
        return place

    @staticmethod
    def _of(text: str, option: str) -> "Place":
        scheme = urlsplit(text).scheme if "://" in text else ""
        if scheme in ("", "file"):
            # Not resolve(): what a link leads to may change between two runs.
            return Place(str(Path(text.removeprefix("file://")).absolute()))
        if scheme not in SCHEMES:
            known = ", ".join(f"{each}://" for each in SCHEMES)
            raise UserError(f"{option}{text}: {scheme}:// is not supported: give a path, or {known}")
        if not urlsplit(text).netloc and scheme != "hdfs":
            raise UserError(f"{option}{text} names no bucket: give {scheme}://BUCKET/FOLDER")
        return Place(text.rstrip("/"))

    def __truediv__(self, name: str) -> "Place":
        return Place(f"{self.uri.rstrip('/')}/{name}")

    def __str__(self) -> str:
        return self.uri

    @property
    def name(self) -> str:
        """The last part."""
        return self.uri.rpartition("/")[2]

    @property
    def parent(self) -> "Place":
        """The folder that it lies in."""
        return Place(self.uri.rpartition("/")[0])

    @property
    def is_local(self) -> bool:
        """Whether it is a path of this machine."""
        return self.uri.startswith("/")

    @property
    def path(self) -> Path:
        """The local path; only where `is_local`."""
        return Path(self.uri)

    @property
    def shown(self) -> str:
        """For a person: from where they stand if it lies below; nothing in it acts on a terminal."""
        here = Path.cwd()
        below = self.is_local and self.path.is_relative_to(here)
        return visible(str(self.path.relative_to(here)) if below else self.uri)

    # ---- reading ---------------------------------------------------------------------------------------

    def open(self) -> pa.NativeFile:
        """For reading, anywhere in the file.

        Raises:
            FileNotFoundError, OSError.
        """
        files, path = filesystem(self)
        return files.open_input_file(path)

    def read_bytes(self) -> bytes:
        """All of it."""
        with self.open() as file:
            content: bytes = file.read()
        return content

    def exists(self) -> bool:
        """Whether a file is there; in an object store, or a file below it."""
        files, path = filesystem(self)
        return bool(files.get_file_info(path).type != fs.FileType.NotFound)

    def entries(self) -> list[Entry]:
        """All files below, by name; none where there is no such folder."""
        files, path = filesystem(self)
        found = files.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
        root = path.rstrip("/") + "/"
        return sorted(
            Entry(info.path.removeprefix(root), info.size) for info in found if info.type == fs.FileType.File
        )

    def children(self) -> list[str]:
        """Names of the files and folders directly in it, sorted; none where there is no such folder."""
        return sorted(info.base_name for info in self._directly() if info.base_name)

    def files(self) -> list[str]:
        """As `children`, of the files alone."""
        return sorted(info.base_name for info in self._directly() if info.type == fs.FileType.File)

    def _directly(self) -> list[fs.FileInfo]:
        files, path = filesystem(self)
        return list(files.get_file_info(fs.FileSelector(path, allow_not_found=True)))

    # ---- writing ---------------------------------------------------------------------------------------

    def create(self) -> pa.NativeFile:
        """Open for writing, with the folders above it."""
        if self.is_local:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        files, path = filesystem(self)
        return files.open_output_stream(path, compression=None)

    def move_to(self, target: "Place") -> None:
        """Give a whole file its name, in place of what has it."""
        if target.is_local:
            target.path.parent.mkdir(parents=True, exist_ok=True)
        files, path = filesystem(self)
        files.move(path, filesystem(target)[1])

    def delete(self) -> None:
        """A file; nothing where there is none."""
        files, path = filesystem(self)
        with suppress(FileNotFoundError):
            files.delete_file(path)

    def clear(self) -> None:
        """Whatever has the name, so that a file can have it."""
        if self.is_local and self.path.is_dir() and not self.path.is_symlink():
            self.delete_all()
        else:
            self.delete()

    def delete_all(self) -> None:
        """A folder and all below it; nothing where there is none."""
        if self.is_local:
            shutil.rmtree(self.path, ignore_errors=True)
            return
        files, path = filesystem(self)
        with suppress(FileNotFoundError):
            files.delete_dir(path)

    def write_bytes(self, content: bytes) -> None:
        """Write a small file so that it is either the old one or the whole new one.

        Raises:
            UserError: a folder has its name.
        """
        if not self.is_local:
            # An object appears when it is whole, and all of it is handed over at once.
            with self.create() as stream:
                stream.write(content)
            return
        partial = self.path.with_name(f".{self.name}.{uuid4().hex}.tmp")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        except BaseException as error:
            partial.unlink(missing_ok=True)
            if isinstance(error, IsADirectoryError):
                raise UserError(f"{self.shown} is a folder, where a file belongs: delete it") from None
            raise


@contextmanager
def publishing(target: Place, scratch: Place) -> Iterator[pa.NativeFile]:
    """A stream whose file appears under its name when it is whole, and never if the block fails.

    Two that write the same at once each have a file of their own; the second to end replaces equal bytes.
    """
    partial = scratch / uuid4().hex
    stream = partial.create()
    try:
        yield stream
        stream.close()
        partial.move_to(target)
    except BaseException:
        abandon(stream, partial)
        raise


def abandon(stream: pa.NativeFile, partial: Place) -> None:
    """Leave nothing of a file that was not finished.

    A stream that is dropped is closed, and a closed one publishes what it has: so its object goes after.
    On a full disk closing fails, too, and what is held has to go.
    """
    with suppress(OSError, pa.ArrowInvalid):
        stream.close()
    if partial.is_local:
        with suppress(FileNotFoundError):
            os.truncate(partial.path, 0)  # frees the space though somebody may hold the file open
    with suppress(OSError):
        partial.delete()


def refuse_no_folder(place: Place, option: str) -> None:
    """Refuse a place that can be no folder.

    Raises:
        UserError: it is a file, or a link that leads nowhere.
    """
    if place.is_local and not place.path.is_dir():
        if place.path.exists():
            raise UserError(f"{option} {place.shown} is a file: give a folder")
        if place.path.is_symlink():
            raise UserError(f"{option} {place.shown} is a link that leads nowhere: give a folder")


def is_unicode(name: str) -> bool:
    """Whether a name that Python took from the system is UTF-8, so that pyarrow can open it and tables hold it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def filesystem(place: Place) -> tuple[Any, str]:
    """Pyarrow's filesystem of a place, and its path there."""
    if place.is_local:
        return _opened("", ""), place.uri
    parts = urlsplit(place.uri)
    if parts.scheme in ("s3", "gs"):
        return _opened(parts.scheme, parts.netloc), place.uri.removeprefix(f"{parts.scheme}://")
    files, root = _opened(parts.scheme, parts.netloc)
    return files, f"{root.rstrip('/')}{parts.path}"


@lru_cache
def _opened(scheme: str, authority: str) -> Any:
    if scheme == "":
        return fs.LocalFileSystem()
    if scheme == "s3":
        return _s3(authority)
    if scheme == "gs":
        return fs.GcsFileSystem()
    return fs.FileSystem.from_uri(f"{scheme}://{authority}/")


def _s3(bucket: str) -> fs.S3FileSystem:
    """Credentials, region and endpoint as all AWS tools take them: from the environment."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint)
        return fs.S3FileSystem(
            endpoint_override=parts.netloc or endpoint,
            scheme=parts.scheme or "https",
            region=region or "us-east-1",
        )
    return fs.S3FileSystem(region=region or fs.resolve_s3_region(bucket))
