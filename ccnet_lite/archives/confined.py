"""A Python process of our own for hostile bytes: how it is started, and what it gives up before it sees any.

Code written in C that meets a crawl's pages, or a model from the web, may one day do what they say. So its
process gets no environment, and gives up the network, the writing of files, the starting of programs, and
whatever rights the user has beyond reading. What the kernel does not grant is left; of the network it is told.
Not handled: the reading of files (Python loads its codecs when they are first asked for).
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from pathlib import Path

MAX_OPEN_FILES = 64
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_NO_NEW_PRIVILEGES = 38
_CREATE_RULES, _RESTRICT_SELF = 444, 446  # landlock's system calls: of one number on all machines
# What rules forbid where none of them allows it: to execute, and all ways of writing but the last ones, which
# kernels learnt later: to truncate a file; to bind and connect TCP; to reach sockets and processes outside.
_EXECUTE_AND_WRITE, _TRUNCATE = 0b1_1111_1111_0011, 1 << 14
_TCP, _OUTSIDE = 0b11, 0b11
_CAPABILITIES_OF_64_BITS = 0x20080522
_READ_ANY_FILE = 1 << 2
_PACKAGES = Path(__file__).absolute().parent.parent.parent
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PYTHONHOME", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
"""Without the first two, a Python that was built or packed to need them does not start; the others name where
compiled code is kept, without which each process would compile for itself."""


def command(module: str, *arguments: str) -> list[str]:
    """What starts this Python on a module's `serve`, in any folder, with our own places to import from."""
    # Behind the standard library, so that none of them hides a module of it; nothing else is there by itself.
    places = [str(_PACKAGES), *(str(Path(path).absolute()) for path in sys.path if path)]
    code = f"import sys; sys.path += {places!r}; import {module} as module; module.serve()"
    return [sys.executable, "-P", "-S", "-c", code, *arguments]


def environment() -> dict[str, str]:
    """The variables that such a process gets: none that could be a secret. OpenBLAS starts no threads."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"OPENBLAS_NUM_THREADS": "1"}


def confine() -> str:
    """Give up what hostile bytes could misuse; to be called with all modules loaded, and one thread.

    Returns:
        Why the network is still in reach; empty where it is not.
    """
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
    # The default action ends the process wherever it is, in foreign code too.
    for number in (signal.SIGINT, signal.SIGPROF, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform != "linux":
        return f"{sys.platform} has no network namespaces"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # For root without a namespace of users: there it could not read what belongs to others.
    closed = any(libc.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_NETWORK | _NEW_USER))
    reason = "" if closed else f"unshare: {os.strerror(ctypes.get_errno())}"
    _forbid_writing(libc)
    _drop_capabilities(libc)
    return reason


def _forbid_writing(libc: ctypes.CDLL) -> None:
    """By Landlock, as far as this kernel has it."""
    version = libc.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), 1)
    files = _EXECUTE_AND_WRITE | (_TRUNCATE if version >= 3 else 0)
    forbidden = struct.pack("=QQQ", files, _TCP, _OUTSIDE)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    rules = libc.syscall(_CREATE_RULES, forbidden, ctypes.c_size_t(len(forbidden)), 0) if version > 0 else -1
    if rules >= 0:
        libc.syscall(_RESTRICT_SELF, rules, 0)
        os.close(rules)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Root keeps the right to read files, and no other; nobody else has any."""
    header, held = struct.pack("=Ii", _CAPABILITIES_OF_64_BITS, 0), ctypes.create_string_buffer(24)
    if libc.capget(header, held) == 0:
        kept = struct.unpack_from("=III", held)[1] & _READ_ANY_FILE  # effective, permitted, inheritable
        libc.capset(header, struct.pack("=IIIIII", kept, kept, 0, 0, 0, 0))
