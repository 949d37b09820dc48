"""The process that tries models, with a library that does what the file says."""

import ctypes
import os
import signal
import time
from collections.abc import Callable

from ccnet_lite.models import trial
from ccnet_lite.models.trial import Candidate


def trial_of(kind: str) -> Callable[[Candidate], str]:
    def misbehave(candidate: Candidate) -> str:
        words = candidate.path.read_text().split()
        if words[0] == "spin":
            while True:
                pass
        if words[0] == "sleep":
            time.sleep(600)
        if words[0] == "allocate":
            held = bytes(1 << 40)
            return f"held {len(held)}"
        if words[0] == "signal":
            print("as libraries do, on standard output", flush=True)
            os.write(2, b"what(): it went wrong\x1b[2J\n")
            os.kill(os.getpid(), getattr(signal, words[1]))
        if words[0] == "crash":
            ctypes.string_at(8)
        if words[0] == "raise":
            raise IndexError("vector::_M_range_check")
        if words[0] == "write":
            candidate.path.with_name("new").write_text("x")
        return ""

    return misbehave


def serve() -> None:
    trial._trial_of = trial_of
    trial.serve()
