"""history.json: each command that worked on a run's folder, when, how it ended, on which machine, with what.

No two runs' are alike, so it lies beside manifest.json, which holds only what equal runs have in common: its
digests do not cover it, and verify does not ask for it. Secrets in URLs are left out.
"""

import os
import platform
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ccnet_lite import __version__
from ccnet_lite.archives.urls import for_display
from ccnet_lite.store.json_files import Stored, read_whole, write_json
from ccnet_lite.store.places import Place

if TYPE_CHECKING:
    from ccnet_lite.run.engine import Run

HISTORY_FILE = "history.json"
MOST = 200
"""Of commands, the last ones."""
LIBRARIES = (
    *("pyspark", "pyarrow", "numpy", "pandas", "numba", "scipy", "fasttext", "kenlm", "sentencepiece"),
    *("resiliparse", "trafilatura", "brotli", "langcodes"),
)
"""What can change a row or the time."""


class Machine(Stored):
    """Where a command ran: on a cluster, the driver's."""

    name: str
    system: str
    processor: str
    cores: int
    memory_bytes: int


class Command(Stored):
    """One command. Times are UTC; steps: seconds by name, of those that were run and not kept."""

    command: str
    began: str
    ended: str
    seconds: float
    outcome: str
    """done, or the kind of the error and its first line."""
    steps: dict[str, float]
    master: str
    machine: Machine
    versions: dict[str, str]


class History(Stored):
    """What history.json holds, the earliest first."""

    commands: tuple[Command, ...]


@contextmanager
def recorded(run: "Run") -> Iterator[None]:
    """Enter what is done in the block, and how it ends."""
    began, outcome = datetime.now(UTC), "done"
    try:
        yield
    except BaseException as error:
        outcome = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:500]}"
        raise
    finally:
        ended = datetime.now(UTC)
        entry = Command(
            command=command_line(sys.argv),
            began=began.isoformat(timespec="seconds"),
            ended=ended.isoformat(timespec="seconds"),
            seconds=round((ended - began).total_seconds(), 2),
            outcome=without_secrets(outcome),
            steps={name: round(seconds, 2) for name, seconds in run.seconds.items()},
            master=str(run.context.master) if run.context is not None else run.settings.spark.master,
            machine=machine(),
            versions=versions(),
        )
        with suppress(OSError):  # a run does not fail for it
            before = read_whole(run.folder / HISTORY_FILE, History)
            kept = before.commands[1 - MOST :] if before is not None else ()
            write_json(run.folder / HISTORY_FILE, History(commands=(*kept, entry)))


def read_history(folder: Place) -> tuple[Command, ...]:
    """The commands that worked on a run's folder; none where there is no note of them."""
    found = read_whole(folder / HISTORY_FILE, History)
    return () if found is None else found.commands


def command_line(words: list[str]) -> str:
    """A command as it could be given again, but for what is secret in its URLs.

    >>> command_line(["/x/bin/ccnet-lite", "run", "--input", "a b.gz", "https://me:pw@h/c.gz?key=1"])
    "ccnet-lite run --input 'a b.gz' 'https://h/c.gz?...'"
    """
    return shlex.join([Path(words[0]).name, *map(without_secrets, words[1:])])


def without_secrets(text: str) -> str:
    """A text with its URLs as they may be shown, and nothing in it that is no UTF-8."""
    shown = re.sub(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+", lambda found: for_display(found[0]), text)
    return shown.encode("utf-8", "backslashreplace").decode()


def machine() -> Machine:
    """This one."""
    processor = ""
    with suppress(OSError):
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        processor = next((line.partition(":")[2].strip() for line in said.split("\n") if "model name" in line), "")
    return Machine(
        name=platform.node(),
        system=platform.platform(),
        processor=processor or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    )


def versions() -> dict[str, str]:
    """Of Python, this package and the libraries that are there; of Java, where Spark was started."""
    found = {"Python": platform.python_version(), "ccnet_lite": __version__}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    from pyspark import SparkContext

    if SparkContext._jvm is not None:
        with suppress(Exception):  # a JVM that has gone
            found["Java"] = str(SparkContext._jvm.java.lang.System.getProperty("java.version"))
    return found
