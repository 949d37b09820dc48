"""Loops over characters and hashes, compiled by numba: what numpy can't say in a few array operations.

The machine code is kept in __pycache__ beside the source, or where that can't be written to (a read-only
installation, a zip given to spark-submit) in the user's cache folder, so that one process a machine compiles,
for some seconds, and the others load it. NUMBA_CACHE_DIR names another folder. Where nothing can be written,
every process compiles for itself.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, in numba's nopython mode; integers wrap around.

    Array arguments of a call should always be of the same kind (writable, C order): each kind is compiled.
    """
    made: Function = numba.njit(function, cache=_can_keep(), nogil=True)
    return made


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
