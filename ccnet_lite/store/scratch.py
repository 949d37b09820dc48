"""Folders of the user's own among the temporary files of a machine: for copies, and for what one run needs.

Others write to the same temporary folder, and may have made ours before us: one that is not the user's alone is
refused. A process holds a lock on its scratch, so the next one can tell what a killed one left, and removes it.

Not handled: a temporary folder itself in which others may rename what is not theirs (one without the sticky bit);
scratch on a file system without locks (some network ones), and that of another machine on a disk that both see:
it stays until somebody deletes it.
"""

import atexit
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from socket import gethostname

from ccnet_lite.errors import UserError


def own_folder(base: Path | None = None) -> Path:
    """The user's own folder below one for temporary files (TMPDIR, as a rule /tmp), open to nobody else.

    Raises:
        UserError: it cannot be made, or the one that is there is not the user's alone.
    """
    base = base or Path(tempfile.gettempdir())
    with suppress(OSError):
        base.mkdir(parents=True, exist_ok=True)  # as Spark does
    return _private(base / f"ccnet_lite-{os.getuid()}")


@cache
def scratch_folder(base: Path | None = None) -> Path:
    """This process's folder for what it needs while it runs, below one for temporary files; gone when it ends.

    What processes left that were killed is removed.

    Raises:
        UserError: as of `own_folder`.
    """
    home = _private(own_folder(base) / "scratch")
    # One at a time: a folder that was just made and is not held yet looks like one that was left.
    with _opened(home) as lock:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        left = [(path, held) for path in home.iterdir() if (held := _hold(path)) is not None]
        folder = Path(tempfile.mkdtemp(prefix=f"{gethostname()}-", dir=home))
        _hold(folder)  # as long as this process lives
    for path, held in left:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)
    atexit.register(_remove, folder, os.getpid())
    return folder


def _private(path: Path) -> Path:
    """A folder that only the user can open, made if it is not there."""
    try:
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        seen = path.lstat()
        if not stat.S_ISDIR(seen.st_mode):
            reason = "is no folder"
        elif seen.st_uid != os.getuid():
            reason = f"belongs to another user (uid {seen.st_uid})"
        elif seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            reason = "can be written by others"
        else:
            if seen.st_mode & 0o077:
                path.chmod(0o700)
            return path
    except OSError as error:
        reason = f"cannot be made: {error.strerror}"
    raise UserError(
        f"{path} {reason}: delete it if it is yours, or set TMPDIR (SPARK_LOCAL_DIRS) to a folder of your own"
    )


def _hold(folder: Path) -> int | None:
    """A descriptor that locks a folder of this machine; None where another process holds it, or locks fail."""
    if folder.name.rpartition("-")[0] != gethostname():
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # and no fork of it
        shutil.rmtree(folder, ignore_errors=True)
