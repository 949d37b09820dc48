"""Loops over characters and hashes, compiled by numba: what numpy can't say in a few array operations.

The machine code is kept beside the source, or where that can't be written to (a read-only installation, a
zip given to spark-submit) in the user's cache folder (NUMBA_CACHE_DIR overrides), so that one process a
machine compiles and the others load it. Where nothing can be written, each process compiles for itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, in numba's nopython mode; integers wrap around."""
    try:
        made: Function = numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # numba: no place to keep the compiled code
        made = numba.njit(function, nogil=True)
    return made
