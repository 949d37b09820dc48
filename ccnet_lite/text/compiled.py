"""Loops over characters and hashes, compiled by numba: what numpy can't say in a few array operations.

The machine code is kept in __pycache__ beside the source, or where that can't be written to (a read-only
installation, a zip given to spark-submit) in the user's cache folder, so that one process a machine compiles,
for some seconds, and the others load it. NUMBA_CACHE_DIR names another folder. Where nothing can be written,
every process compiles for itself. What is kept counts for the sources that it was made from, of all the package:
numba itself looks at the file of a function alone, not at those of the functions that it calls.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba

ROOMS = ("archives", "dedup", "models", "quality", "store", "text")
"""The folders of the package that hold compiled functions."""
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, in numba's nopython mode; integers wrap around.

    Array arguments of a call should always be of the same kind (writable, C order): each kind is compiled.
    """
    name = function.__qualname__
    # The name under which numba keeps it, taken when it is wrapped.
    function.__qualname__ = f"{name}_{_stamp()}"
    try:
        made: Function = numba.njit(function, cache=_can_keep(), nogil=True)
    finally:
        function.__qualname__ = name
    return made


@cache
def _stamp() -> str:
    """What changes with any source file beside which there are compiled functions."""
    package = Path(__file__).parent.parent
    if package.is_dir():
        files = [file for room in ROOMS for file in os.scandir(package / room) if file.name.endswith(".py")]
        states = sorted((file.path, file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    else:  # in a zip
        states = [
            (str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in package.parents if path.is_file()
        ]
    return blake2b(repr(states).encode(), digest_size=8).hexdigest()


@cache
def _can_keep() -> bool:
    """Whether there is a folder for compiled code; numba finds out too late, when it has compiled."""
    source = Path(__file__).parent
    if "NUMBA_CACHE_DIR" not in os.environ and source.is_dir() and os.access(source, os.W_OK):
        return True
    user = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or user)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
