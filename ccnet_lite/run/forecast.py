"""What a run that is planned would read, and what time and disk it may take: a guess from its archives' sizes.

The rates are those of this package's own measurements (docs/performance.md), on crawls of small documents with
small language models. So what is told is a span; where the folder's own steps were run before, what they took.
Not handled: how long a network takes, clusters' machines, what other pages or models cost.
"""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.sources import size_told
from ccnet_lite.run.engine import Run
from ccnet_lite.run.plan import Planned
from ccnet_lite.store.json_files import DamagedJson
from ccnet_lite.store.tables import load_table

START_SECONDS = 8.0
"""Of CPU, and at most by the clock, in which Java, Spark and Python's workers start."""
SPAN = 2.5
"""A guess is from so many times less to so many times more."""
DRIFT = 1.25
"""The same of what was measured in the same folder."""


class Rates(NamedTuple):
    """What a MB (10^6 bytes) of an archive as it lies, gzipped, takes: CPU seconds by step, and MB on disk."""

    steps: dict[str, float]
    disk: float


def _rates(*by_step: float, disk: float) -> Rates:
    names = ("ingest", "masks", "annotate", "clusters", "paragraphs", "decide", "export")
    return Rates(dict(zip(names, by_step, strict=True)), disk)


WET = _rates(0.12, 0.015, 0.1, 0.02, 0.01, 0.03, 0.12, disk=1.5)
"""Of a sample crawl of 20,000 documents, 2 kB each: its 40 MB take 13 s, starts aside, and leave 60 MB."""
WARC = _rates(0.12, 0.002, 0.015, 0.003, 0.002, 0.004, 0.015, disk=0.2)
"""Of pages of 30 kB as they lie: ingest as benchmarks/pages.py has it, the rest by the text that is in them."""


class Forecast(NamedTuple):
    """What a run would read and may take; spans are (least, most)."""

    archives: int
    bytes: int | None
    """Of the archives, as they lie; None where some tell no size."""
    steps_to_run: int
    cpu_seconds: tuple[float, float] | None
    seconds: tuple[float, float] | None
    """By the clock, in local mode."""
    cores: int | None
    """Of this machine that the run would take; None on a cluster."""
    disk_bytes: tuple[int, int] | None
    """Of the output folder when it is done."""


def forecast(run: Run, planned: Sequence[Planned]) -> Forecast:
    """Guess, for the steps that are not kept."""
    sizes = [size_of(run, shard) for shard in run.shards]
    known = [size for size in sizes if size is not None]
    waiting = [row for row in planned if not row.keep]
    cores = cores_of(run.settings.spark.master)
    if len(known) < len(sizes):
        return Forecast(len(sizes), None, len(waiting), None, None, cores, None)
    took = _took_before(run)
    cpu, disk = 0.0, 0.0
    for shard, size in zip(run.shards, known, strict=True):
        rates = WET if re.search(r"\.wet(\.|$)", shard.uri) else WARC
        cpu += sum(rates.steps.get(row.step, 0.0) for row in waiting if row.step not in took) * size / 1e6
        disk += rates.disk * size
    before = sum(took.get(row.step, 0.0) for row in waiting)
    start = START_SECONDS if waiting else 0.0
    spent = (start + cpu / SPAN + before / DRIFT, start + cpu * SPAN + before * DRIFT)
    by_clock = None if cores is None else (spent[0] / cores + start / 2, spent[1] / cores + start)
    return Forecast(
        archives=len(sizes),
        bytes=sum(known),
        steps_to_run=len(waiting),
        cpu_seconds=spent,
        seconds=by_clock,
        cores=cores,
        disk_bytes=(int(disk / SPAN), int(disk * SPAN)),
    )


def size_of(run: Run, shard: Shard) -> int | None:
    """An archive's bytes as it lies, of a remote one as far as its host tells."""
    return shard.size if shard.size is not None else size_told(run.looks[shard.segment])


def cores_of(master: str) -> int | None:
    """The cores that local mode takes; None for a cluster."""
    found = re.fullmatch(r"local(?:\[(\*|\d+)(?:,[^\]]*)?\])?", master)
    if found is None:
        return None
    here = len(os.sched_getaffinity(0))
    return here if found[1] == "*" else min(here, int(found[1] or 1))


def _took_before(run: Run) -> dict[str, float]:
    """CPU seconds of the steps that were run in this folder, by their names."""
    took = {}
    for name in run.folder.children():
        if name.startswith((".", "_")):
            continue
        try:
            table = load_table(run.folder, name)
        except (DamagedJson, OSError, KeyError):
            continue
        figures = table.manifest.figures if table is not None else None
        if figures and figures.get("cpu_seconds") is not None:
            took[str(figures["step"])] = float(figures["cpu_seconds"])
    return took


def render_forecast(found: Forecast) -> str:
    """Two or three lines, for the terminal."""
    size = "of a size not known" if found.bytes is None else f"{found.bytes / 1e6:,.1f} MB"
    lines = [f"reads    {found.archives:,} archives, {size}"]
    if not found.steps_to_run:
        return f"{lines[0]}\nnothing is to be done"
    if found.cpu_seconds is None or found.disk_bytes is None:
        return f"{lines[0]}\ntime and disk are not known before the archives' sizes are"
    on = "" if found.seconds is None else f"{_span(found.seconds)} on {found.cores} cores, "
    lines.append(f"takes    {on}{_span(found.cpu_seconds)} of CPU: a guess by size, without the network's time")
    low, high = (each / 1e6 for each in found.disk_bytes)
    lines.append(f"leaves   {low:,.0f} to {high:,.0f} MB on disk, with all tables of the run")
    return "\n".join(lines)


def _span(seconds: tuple[float, float]) -> str:
    unit, size = next(
        (unit, size) for unit, size in (("h", 3600), ("min", 60), ("s", 1)) if seconds[1] >= 2 * size or size == 1
    )
    return f"{max(seconds[0] / size, 0.1):,.1f} to {seconds[1] / size:,.1f} {unit}"
