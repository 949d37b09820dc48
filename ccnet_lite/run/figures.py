"""What a step took: seconds, CPU, memory, and the bytes that it read, wrote, shuffled and spilled.

Bytes that pass through Spark's shuffle, and the time of its tasks, are Spark's own (its status store, by the job's
description, which is the step's name). What Python reads and writes past Spark is what the tables say. CPU and
memory of Python are the machine's (/proc): in local mode those of all processes of the run; on a cluster only the
executors' JVMs are seen, and Python's CPU is that of nobody here.

Not handled: the time within a step; what several runs in one session share.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ccnet_lite.store.json_files import Stored

if TYPE_CHECKING:  # who reads figures needs no Spark
    from pyspark import SparkContext

TICKS = os.sysconf("SC_CLK_TCK")


class Figures(Stored):
    """What a step took. Times in seconds, sizes in bytes; None where it cannot be seen from here.

    cpu_seconds: of the driver, the JVM and all Python workers, in local mode. task_seconds: how long Spark's
    tasks ran, all cores added. read_bytes: of the archives or tables that it reads, written_bytes: of those that
    it wrote. shuffled_bytes: what passed between tasks, by Spark's shuffle or by files. peak_memory_bytes: of all
    processes of the run, each at its greatest until the step's end, added.
    """

    seconds: float
    cpu_seconds: float | None
    task_seconds: float
    rows: int
    read_bytes: int
    written_bytes: int
    shuffled_bytes: int
    spilled_bytes: int
    peak_memory_bytes: int | None


class Watch:
    """What is used from here on; `figures` says how much it was."""

    def __init__(self, context: "SparkContext | None") -> None:
        """context: that of the session, where one was started before."""
        self._began = time.monotonic()
        self._cpu, _ = used_here()
        self._job = last_job(context) if context else -1

    def figures(
        self, context: "SparkContext | None", rows: int, read_bytes: int, written_bytes: int, moved_bytes: int = 0
    ) -> Figures:
        """What was used since. context: that of the session, where there is one by now."""
        from ccnet_lite.run.master import is_local

        spark = spark_totals(context, self._job) if context else SparkTotals()
        local = context is None or is_local(str(context.master))
        cpu, peak = used_here()
        return Figures(
            seconds=round(time.monotonic() - self._began, 2),
            cpu_seconds=round(cpu - self._cpu, 2) if local else None,
            task_seconds=round(spark.task_seconds, 2),
            rows=rows,
            read_bytes=read_bytes,
            written_bytes=written_bytes,
            shuffled_bytes=spark.shuffled_bytes + moved_bytes,
            spilled_bytes=spark.spilled_bytes,
            peak_memory_bytes=peak if local else None,
        )


def used_here() -> tuple[float, int]:
    """CPU seconds and peak resident bytes of this process and of all that descend from it."""
    ticks, peak = 0, 0
    for process in _below(os.getpid()):
        try:
            fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended; its parent's sums have it
        # user, system, and of children that have ended; behind the name, which may hold anything
        ticks += sum(int(value) for value in fields.rpartition(")")[2].split()[11:15])
        peak += _kilobytes(status, "VmHWM:") * 1024
    return ticks / TICKS, peak


def largest_processes() -> tuple[int, int, int]:
    """Peak resident bytes of this process, of the largest JVM and of the largest other process below it."""
    driver = java = other = 0
    for process in _below(os.getpid()):
        try:
            name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8", errors="replace").strip()
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        peak = _kilobytes(status, "VmHWM:") * 1024
        if process == os.getpid():
            driver = peak
        elif name == "java":
            java = max(java, peak)
        else:
            other = max(other, peak)
    return driver, java, other


def _kilobytes(status: str, name: str) -> int:
    found = status.partition(name)[2].split(None, 1)
    return int(found[0]) if found else 0


def _below(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            children.setdefault(int(fields.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


class SparkTotals(NamedTuple):
    """What Spark says of the stages of some jobs."""

    task_seconds: float = 0.0
    shuffled_bytes: int = 0
    spilled_bytes: int = 0


def last_job(context: "SparkContext") -> int:
    """The number of the latest job; -1 where there was none."""
    assert context._jsc is not None
    jobs = context._jsc.sc().statusStore().jobsList(None)  # the latest first
    return int(jobs.apply(0).jobId()) if jobs.size() else -1


def spark_totals(context: "SparkContext", after: int = -1) -> SparkTotals:
    """Of all jobs behind the number `after`, as far as Spark still knows them (spark.ui.retainedJobs).

    A thousand jobs take some seconds: each value is a call into the JVM.
    """
    from py4j.protocol import Py4JError

    jvm_context = context._jsc
    assert jvm_context is not None
    store = jvm_context.sc().statusStore()
    jobs = store.jobsList(None)  # the latest first
    stages: set[int] = set()
    for place in range(jobs.size()):
        job = jobs.apply(place)
        if job.jobId() <= after:
            break
        of_job = job.stageIds()
        stages.update(of_job.apply(number) for number in range(of_job.size()))
    milliseconds = shuffled = spilled = 0
    for stage in stages:
        with suppress(Py4JError):  # one that is no longer kept
            data = store.lastStageAttempt(stage)
            milliseconds += data.executorRunTime()
            shuffled += data.shuffleWriteBytes()
            spilled += data.diskBytesSpilled()
    return SparkTotals(milliseconds / 1000, shuffled, spilled)
