"""How far the step under way has come: a bar in a terminal, elsewhere a line now and then.

What is shown is what tasks told (stages/telling.py), and for Spark's own joins and shuffles how many of a stage's
tasks are done. Not handled: messages (engine.say), which go above the bar.
"""

import io
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

from pyspark import SparkContext

from ccnet_lite.errors import visible
from ccnet_lite.stages.telling import LISTENING, Told

if TYPE_CHECKING:
    from rich.console import Console

SECONDS_A_LINE = 30.0
SECONDS_A_LOOK = 2.0
SECONDS_A_FRAME = 0.5
_log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """How far a step is. rates and time left are of the phase that is under way."""

    unit: str
    done: int
    total: int
    documents: int
    bytes: int
    bad: int
    seconds: float
    left: float | None


class Watcher:
    """Looks at a step from the moment it is made."""

    def __init__(self, told: Told, bytes_a_document: float) -> None:
        """As `shown` has it."""
        self._told, self._bytes = told, bytes_a_document
        self._began = self._phase_began = time.monotonic()
        self._phase = ""

    def look(self) -> Seen:
        """How far it is now."""
        unit, done, total = self._phase_under_way()
        now = time.monotonic()
        if unit != self._phase:
            self._phase_began = now if self._phase else self._began
            self._phase = unit
        sums = self._told.sums()
        documents = sums.get("documents", 0)
        spent = now - self._phase_began
        return Seen(
            unit=unit,
            done=done,
            total=total,
            documents=documents,
            bytes=sums.get("bytes", int(documents * self._bytes)),
            bad=sums.get("bad", 0),
            seconds=now - self._began,
            left=spent / done * (total - done) if done else None,
        )

    def _phase_under_way(self) -> tuple[str, int, int]:
        phases = [phase for phase in self._told.phases if phase.total]
        waiting = [phase for phase in phases if phase.done < phase.total]
        if waiting:
            return waiting[0].unit, waiting[0].done, waiting[0].total
        tasks = _tasks(SparkContext._active_spark_context)
        if tasks is not None:
            return "tasks", *tasks
        return (phases[-1].unit, phases[-1].done, phases[-1].total) if phases else ("", 0, 0)


def _tasks(context: SparkContext | None) -> tuple[int, int] | None:
    """(done, all) tasks of the stage that Spark works on."""
    with suppress(Exception):  # a session that is on its way out
        tracker = context.statusTracker() if context is not None else None
        for stage in sorted(tracker.getActiveStageIds()) if tracker else []:
            seen = tracker.getStageInfo(stage) if tracker else None
            if seen is not None and seen.numTasks > 1:
                return seen.numCompletedTasks, seen.numTasks
    return None


def words(seen: Seen) -> str:
    """What is known, in a line: '12 of 16 shards, 2,431 documents/s, 5.1 MB/s, 2 bad, 0:40 left'."""
    parts = []
    if seen.total:
        parts.append(f"{seen.done:,} of {seen.total:,} {seen.unit}")
    if seen.documents and seen.seconds:
        parts.append(f"{seen.documents:,} documents")
        parts.append(f"{seen.documents / seen.seconds:,.0f} documents/s")
        if seen.bytes:
            parts.append(f"{seen.bytes / seen.seconds / 1e6:,.1f} MB/s")
    if seen.bad:
        parts.append(f"{seen.bad:,} bad")
    parts.append(f"{clock(seen.left)} left" if seen.left is not None and seen.total else f"{clock(seen.seconds)}")
    return ", ".join(parts)


def clock(seconds: float) -> str:
    """Seconds as 0:07, 12:40 or 3:02:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def shown(label: str, bytes_a_document: float = 0.0, step: str = "") -> Iterator[None]:
    """Show how far the work within is, until it is done or fails.

    label: what the bar or line begins with; bytes_a_document: of text, for steps whose tasks do not tell bytes;
    step: its name, for messages as JSON.
    """
    told = Told()
    listening = LISTENING.set(told)
    watcher = Watcher(told, bytes_a_document)
    done = threading.Event()
    show = _bar if _in_terminal() else _lines
    thread = threading.Thread(target=show, args=(label, watcher, done, step), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)
        LISTENING.reset(listening)


def _in_terminal() -> bool:
    """Whether someone looks: standard error is a terminal, and messages are shown as text."""
    logger = logging.getLogger("ccnet_lite")
    handlers = logging.getLogger().handlers
    as_text = not any(getattr(handler.formatter, "structured", False) for handler in handlers)
    return sys.stderr.isatty() and as_text and logger.isEnabledFor(logging.INFO)


def _lines(label: str, watcher: Watcher, done: threading.Event, step: str) -> None:
    said = time.monotonic()
    # Looked at more often than told: a phase begins when it is first seen.
    while not done.wait(min(SECONDS_A_LOOK, SECONDS_A_LINE)):
        seen = watcher.look()
        if time.monotonic() - said < SECONDS_A_LINE:
            continue
        said = time.monotonic()
        extra = {"step": step, "progress": {**seen._asdict(), "seconds": round(seen.seconds, 1)}}
        _log.info("%s: %s", label, words(seen), extra=extra)


def _bar(label: str, watcher: Watcher, done: threading.Event, step: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24),
        TextColumn("{task.fields[words]}"),
    )
    console = Console(file=sys.__stderr__)
    with (
        Progress(
            *columns, console=console, transient=True, redirect_stderr=False, redirect_stdout=False
        ) as progress,
        _above(console),
    ):
        task = progress.add_task(escape(label), total=None, words="")
        while True:
            seen = watcher.look()
            progress.update(task, total=seen.total or None, completed=seen.done, words=words(seen))
            if done.wait(SECONDS_A_FRAME):
                return


class _Above(io.TextIOBase):
    """A stream whose lines go above a bar; what would act on a terminal is written out."""

    def __init__(self, console: "Console") -> None:
        self._console, self._begun = console, ""

    def write(self, text: str, /) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._console.out(visible(line, "\t"), highlight=False)
        return len(text)

    def close(self) -> None:
        if self._begun:
            self.write("\n")
        super().close()


@contextmanager
def _above(console: "Console") -> Iterator[None]:
    """Have what is printed to standard error in the block go above the console's bar."""
    stream, above = sys.stderr, _Above(console)
    sys.stderr = cast(TextIO, above)
    try:
        yield
    finally:
        sys.stderr = stream
        above.close()
