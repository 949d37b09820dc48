"""fastText's training, in a process of its own, so that equal lines give equal bytes.

With one thread, fastText 0.9.3 leaves nine tenths of its first matrix as memory was: what was there before
decides, and may be no numbers at all ("Encountered NaN"). In a new process where glibc has every large block
fresh from the kernel, that memory is zero, always.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ccnet_lite.archives.confined import command, environment
from ccnet_lite.errors import RunFailed

_FRESH = {"MALLOC_MMAP_THRESHOLD_": "131072"}
"""Set at all, it no longer rises with what was freed."""


def train_classifier(lines: Path, model: Path, options: dict[str, Any], what: str) -> None:
    """Train a classifier of the labelled lines of a file, and save it.

    options: of fasttext.train_supervised; its first matrix has to take 128 KB or more. what: for the message.

    Raises:
        RunFailed: fastText gives up, or its process was killed.
    """
    asked = json.dumps([str(lines.absolute()), str(model.absolute()), options])
    done = subprocess.run(
        command(__name__), input=asked.encode(), capture_output=True, env=environment() | _FRESH, cwd="/"
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1][:300] if said else f"its process ended with {done.returncode}"
        raise RunFailed(f"fastText could not learn {what}: {reason}: give other documents, or fewer")


def serve() -> None:
    """Train what standard input says."""
    import fasttext

    lines, path, options = json.load(sys.stdin)
    fasttext.train_supervised(lines, thread=1, verbose=0, **options).save_model(path)
