"""A file system that breaks at its n-th operation: with an error, or as if the process was killed there.

What run data go through (ccnet_lite.store.places) is put in front of a folder on the disk in two forms: as the
local disk, where a file lies there half written, and as an object store, where an object appears when its
stream is closed and folders are no things of their own.
"""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import fs

from ccnet_lite.store import places


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Faults:
    """Counts operations; at number `at` one fails (an OSError), or the process is killed.

    done: what was asked for, in order.
    """

    def __init__(self, at: int | None = None, kill: bool = False) -> None:
        self.at, self.kill = at, kill
        self.dead = False
        self.done: list[str] = []

    @property
    def struck(self) -> bool:
        """Whether it came to the operation that breaks."""
        return self.at is not None and len(self.done) >= self.at

    def pass_by(self, operation: str) -> None:
        """To be called before an operation takes effect."""
        if self.dead:
            raise Killed(operation)
        self.done.append(operation)
        if len(self.done) == self.at:
            if self.kill:
                self.dead = True
                raise Killed(operation)
            raise OSError(5, f"broken at {operation}")


class Sink(io.RawIOBase):
    """A file being written: there at once on a disk, when it is closed in a store."""

    def __init__(self, faults: Faults, path: Path, at_once: bool) -> None:
        self._faults, self._path = faults, path
        self._begun = self._lost = False
        self._at_once = at_once
        self._held: Any = path.open("wb", buffering=0) if at_once else io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._faults.dead:
            raise Killed
        if not self._begun:  # of a file's many writes the first: what is left behind is the same
            self._begun = self._lost = True
            self._faults.pass_by(f"write {self._path.name}")
            self._lost = False
        return int(self._held.write(data))

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self._at_once:
                self._held.close()
            if self._faults.dead:
                return  # the operating system closes what a killed process had open
            self._faults.pass_by(f"close {self._path.name}")
            if not self._at_once:
                if self._lost:  # a part that could not be sent is missed when the object is put together
                    raise OSError(5, f"a part of {self._path.name} is missing")
                self._path.parent.mkdir(parents=True, exist_ok=True)
                whole = self._path.with_name(f".{self._path.name}.{id(self)}")
                whole.write_bytes(self._held.getvalue())
                whole.replace(self._path)  # a reader meets the old object or the new one


class FaultyHandler(fs.FileSystemHandler):
    """LocalFileSystem below a root, each operation counted."""

    def __init__(self, faults: Faults, root: Path | None) -> None:
        self._faults, self._root, self._local = faults, root, fs.LocalFileSystem()

    def _path(self, path: str) -> str:
        return path if self._root is None else str(self._root / path)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def get_type_name(self) -> str:
        return "faulty"

    def normalize_path(self, path: str) -> str:
        return path

    def get_file_info(self, paths: list[str]) -> list[fs.FileInfo]:
        self._faults.pass_by(f"look {paths}")
        found = self._local.get_file_info([self._path(path) for path in paths])
        return [self._renamed(info) for info in found]

    def get_file_info_selector(self, selector: fs.FileSelector) -> list[fs.FileInfo]:
        self._faults.pass_by(f"list {selector.base_dir}")
        below = fs.FileSelector(
            self._path(selector.base_dir), allow_not_found=selector.allow_not_found, recursive=selector.recursive
        )
        return [self._renamed(info) for info in self._local.get_file_info(below)]

    def _renamed(self, info: fs.FileInfo) -> fs.FileInfo:
        if self._root is None:
            return info
        path = str(Path(info.path).relative_to(self._root))
        return fs.FileInfo(path, type=info.type, size=info.size if info.is_file else -1, mtime_ns=info.mtime_ns)

    def create_dir(self, path: str, recursive: bool) -> None:
        self._faults.pass_by(f"create {path}")
        self._local.create_dir(self._path(path), recursive=recursive)

    def delete_dir(self, path: str) -> None:
        for entry in sorted(Path(self._path(path)).rglob("*"), reverse=True):
            if entry.is_file():
                self._faults.pass_by(f"delete {entry.name}")
                entry.unlink()
        self._faults.pass_by(f"delete {path}")
        self._local.delete_dir(self._path(path))

    def delete_dir_contents(self, path: str, missing_dir_ok: bool = False) -> None:
        raise NotImplementedError

    def delete_root_dir_contents(self) -> None:
        raise NotImplementedError

    def copy_file(self, src: str, dest: str) -> None:
        raise NotImplementedError

    def open_append_stream(self, path: str, metadata: Any) -> pa.NativeFile:
        raise NotImplementedError

    def delete_file(self, path: str) -> None:
        self._faults.pass_by(f"delete {path}")
        self._local.delete_file(self._path(path))

    def move(self, src: str, dest: str) -> None:
        self._faults.pass_by(f"move to {dest}")
        if self._root is not None:
            Path(self._path(dest)).parent.mkdir(parents=True, exist_ok=True)
        self._local.move(self._path(src), self._path(dest))

    def open_input_stream(self, path: str) -> pa.NativeFile:
        self._faults.pass_by(f"read {path}")
        return self._local.open_input_file(self._path(path))

    def open_input_file(self, path: str) -> pa.NativeFile:
        return self.open_input_stream(path)

    def open_output_stream(self, path: str, metadata: Any) -> pa.NativeFile:
        self._faults.pass_by(f"begin {path}")
        return pa.PythonFile(Sink(self._faults, Path(self._path(path)), self._root is None), mode="w")


class _Path(type(Path())):  # type: ignore[misc]
    """What places does to a local disk without pyarrow."""

    faults = Faults()

    def replace(self, target: Any) -> Any:
        self.faults.pass_by(f"replace {target}")
        return super().replace(target)

    def mkdir(self, *args: Any, **named: Any) -> None:
        self.faults.pass_by(f"mkdir {self.name}")
        super().mkdir(*args, **named)

    def open(self, *args: Any, **named: Any) -> Any:
        self.faults.pass_by(f"open {self.name}")
        return super().open(*args, **named)

    def unlink(self, missing_ok: bool = False) -> None:
        self.faults.pass_by(f"unlink {self.name}")
        super().unlink(missing_ok)


def _rmtree(faults: Faults) -> Callable[..., None]:
    def rmtree(path: Any, ignore_errors: bool = False) -> None:
        try:
            for entry in sorted(Path(path).rglob("*"), reverse=True):
                if entry.is_file():
                    faults.pass_by(f"delete {entry.name}")
                    entry.unlink()
            shutil.rmtree(path, ignore_errors=ignore_errors)
        except OSError:
            if not ignore_errors:
                raise

    return rmtree


@contextmanager
def breaking(faults: Faults, root: Path, store: bool) -> Iterator[places.Place]:
    """The place RUN, on a disk or in a store below `root`, with faults put in its way."""
    with pytest.MonkeyPatch.context() as patch:
        opened = fs.PyFileSystem(FaultyHandler(faults, root if store else None))
        # Nothing here survives the machine, so nothing need wait for the disk.
        unsynced = SimpleNamespace(fsync=lambda _: None, truncate=os.truncate, environ=os.environ)
        patch.setattr(places, "os", unsynced)
        patch.setattr(places, "_opened", lambda scheme, authority: opened)
        if store:
            yield places.Place("s3://bucket/run")
            return
        patch.setattr(places, "Path", type("_Path", (_Path,), {"faults": faults}))
        patch.setattr(places, "shutil", SimpleNamespace(rmtree=_rmtree(faults)))
        yield places.Place(str(root / "bucket" / "run"))
