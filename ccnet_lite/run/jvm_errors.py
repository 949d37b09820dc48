"""What Spark's JVM writes to standard error, passed on by this process, without what says nothing to anybody.

So a line of the JVM, or of a Python worker (whose errors pass through it), goes above a progress bar and acts on
no terminal. Lines are passed on until the JVM ends.
"""

import sys
from contextlib import suppress
from typing import IO

from ccnet_lite.errors import visible

NOISE = (b"WARNING: Using incubator modules:",)
"""How lines begin that are left out: Spark asks for such a module at every start, and Java says so."""


def pass_on(errors: IO[bytes]) -> None:
    """Pass on what the JVM writes, until it ends."""
    with errors, suppress(ValueError, OSError):  # a standard error that is closed
        for line in errors:
            if not line.startswith(NOISE):
                print(visible(line.decode("utf-8", "replace").rstrip("\r\n")), file=sys.stderr, flush=True)
