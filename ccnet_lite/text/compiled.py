"""Loops over characters and hashes, compiled by numba: what numpy can't say in a few array operations.

The machine code is kept in __pycache__ beside the source, or where that can't be written to (a read-only
installation, a zip given to spark-submit) in the user's cache folder, so that one process a machine compiles,
for some seconds, and the others load it. NUMBA_CACHE_DIR names another folder. Where nothing can be written,
every process compiles for itself. What is kept counts for the sources that it was made from, of all the package:
numba itself looks at the file of a function alone, not at those of the functions that it calls.

Where a loop passes over every character, its indices are unsigned, as in codes[_U(at)] with _U = np.uint64: signed
ones numba checks for wrapping around, which took a tenth to a third of such loops.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

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


def _prefetch(typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        begin = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.gep(begin, [context.cast(builder, arguments[1], signature.args[1], types.intp)])
        address, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        declare: Any = cgutils.get_or_insert_function
        to_read, often, data = number(0), number(3), number(1)
        asked = [builder.bitcast(place, address), to_read, often, data]
        builder.call(declare(builder.module, kind, "llvm.prefetch.p0i8"), asked)
        return context.get_dummy_value()

    return types.void(array, index), generate


prefetch: Any = intrinsic(_prefetch)
"""In compiled functions, of an array and an index: have that element at hand soon, without a wait.

Nothing is read: an index outside the array does no harm.
"""
