"""What Spark's JVM writes to standard error, passed on by this process, without what says nothing to anybody.

So a line of the JVM, or of a Python worker (whose errors pass through it), goes above a progress bar and acts on
no terminal. Lines are passed on until the JVM ends.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ccnet_lite.errors import visible

NOISE = (b"WARNING: Using incubator modules:",)
"""How lines begin that are left out: Spark asks for such a module at every start, and Java says so."""


@contextmanager
def passed_on() -> Iterator[threading.Thread]:
    """Take over the standard error of a process that is started within; gives the thread that passes it on."""
    read, write = os.pipe()
    kept = os.dup(2)
    os.dup2(write, 2)
    os.close(write)
    thread = threading.Thread(target=_pass_on, args=(read,), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _pass_on(read: int) -> None:
    with os.fdopen(read, "rb") as lines, suppress(ValueError, OSError):  # a standard error that is closed
        for line in lines:
            if not line.startswith(NOISE):
                print(visible(line.decode("utf-8", "replace").rstrip("\r\n")), file=sys.stderr, flush=True)
