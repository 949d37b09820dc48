"""A dry run: samples of some archives through every step on this machine, and what the whole would take.

Two samples of the records, each half of what is asked for, are drawn by seed from some archives; the pipeline
runs on the first, on it once more, and on both (run/estimate.py says why). All run folders are temporary.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.sampled import Taken, sample_archive
from ccnet_lite.archives.sources import glance, size_told
from ccnet_lite.errors import UserError
from ccnet_lite.run.checks import funnel_rows
from ccnet_lite.run.engine import Run
from ccnet_lite.run.estimate import DEDUPLICATION, Estimate, OfLanguage, SampleRun, StepTook, estimate
from ccnet_lite.run.figures import largest_processes
from ccnet_lite.run.forecast import cores_of
from ccnet_lite.run.funnel import KEPT, build_funnel
from ccnet_lite.run.manifest import figures_of
from ccnet_lite.run.master import is_local
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.sampling.statistics import language_counts, statistics_rows
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import read_table


@dataclass(frozen=True)
class DryRun:
    """What was sampled, and what the whole would take. bytes, records: of all archives, guessed."""

    archives: int
    archives_sampled: int
    bytes: float
    records: float
    records_sampled: int
    seed: int
    estimate: Estimate


def dry_run(
    settings: Settings,
    shards: Sequence[Shard],
    archives: int = 4,
    records: int = 10_000,
    seed: int = 1,
    cores: int | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> DryRun:
    """Run a sample through every step, and estimate the whole.

    archives, records: how many to sample, at the most; cores: of the machines that the whole is to run on, those
    that the dry run has if None; say: told how far it is.

    Raises:
        UserError: as `run_pipeline`, or where the sample holds too few records to say anything.
        UnreadArchive: an archive that was drawn cannot be read.
    """
    here = on_this_machine(settings)
    drawn = sorted(random.Random(seed).sample(range(len(shards)), min(archives, len(shards))))
    chosen = [shards[number] for number in drawn]
    with tempfile.TemporaryDirectory(prefix="ccnet_lite-dry-run-") as scratch:
        folder = Path(scratch)
        each = _shared_out(records, len(chosen))
        taken = []
        for number, (shard, wanted) in enumerate(zip(chosen, each, strict=True), 1):
            say(f"archive {number} of {len(chosen)}: {shard.uri}")
            taken.append(sample_archive(shard, settings, (wanted - wanted // 2, wanted // 2), seed, folder))
        sizes = [_items(taken, last) for last in (1, 2)]
        if sizes[0] < 2 or sizes[1] == sizes[0]:
            raise UserError(f"{sizes[1]:,} records are too few to tell what a run takes: sample more archives")
        pieces = [_joined(taken, number, folder) for number in (0, 1)]
        runs = []
        for name, last in (("cold", 1), ("first", 1), ("both", 2)):
            say(f"run on {sizes[last - 1]:,} records")
            paths = [str(path) for path in pieces[0] + (pieces[1] if last == 2 else [])]
            run = run_pipeline(here, resolve_inputs(paths, here.source), str(folder / name))
            runs.append(_sample_run(run, sizes[last - 1]))
    size = _bytes_of(shards, chosen, taken, settings)
    read = sum(of.bytes for of in taken)
    whole = sum(of.items for of in taken) * size / read if read else 0.0
    cold, small, large = runs
    found = estimate(cold, small, large, whole, cores or _cores(here))
    return DryRun(len(shards), len(chosen), size, whole, sizes[1], seed, found)


def on_this_machine(settings: Settings) -> Settings:
    """The same on local cores, and without an index, which would keep what is only a sample."""
    spark, near = settings.spark, settings.near_duplicates.model_copy(update={"index": ""})
    if not is_local(spark.master):
        spark = spark.model_copy(update={"master": "local[*]"})
    return settings.model_copy(update={"spark": spark, "near_duplicates": near})


def _shared_out(records: int, archives: int) -> list[int]:
    return [records // archives + (number < records % archives) for number in range(archives)]


def _joined(taken: Sequence[Taken], number: int, folder: Path) -> list[Path]:
    """One sample of each archive, joined until they hold as many records as an archive does on an average.

    Some of what a run takes is by the archive; so many small ones would make it seem dear.
    """
    average = sum(of.items for of in taken) / len(taken)
    joined: list[Path] = []
    held = 0.0
    for of in sorted(taken, key=lambda of: of.samples[number].name.partition("sample")[2]):
        piece = of.samples[number]
        kind = piece.name.partition("sample")[2]
        if not joined or not joined[-1].name.endswith(f"joined{kind}") or held >= average:
            joined.append(folder / f"{number}-{len(joined)}-joined{kind}")
            held = 0.0
        with joined[-1].open("ab") as out, piece.open("rb") as taken_from:
            shutil.copyfileobj(taken_from, out)  # a member of many records is taken whole, however large
        held += of.sample_items[number]
    return joined


def _items(taken: Sequence[Taken], last: int) -> int:
    return sum(sum(of.sample_items[:last]) for of in taken)


def _bytes_of(
    shards: Sequence[Shard], chosen: Sequence[Shard], taken: Sequence[Taken], settings: Settings
) -> float:
    """Bytes of all archives; those that tell no size are taken for as large as the sampled on an average."""
    known = {shard.index: of.bytes for shard, of in zip(chosen, taken, strict=True)}
    known |= {shard.index: shard.size for shard in shards if shard.index not in known and shard.size is not None}
    asked = [shard for shard in shards if shard.index not in known]
    for shard, look in zip(asked, glance(asked, settings.source), strict=True):
        size = size_told(look)
        if size is not None:
            known[shard.index] = size
    average = sum(of.bytes for of in taken) / len(taken)
    return sum(known.values()) + average * (len(shards) - len(known))


def _cores(settings: Settings) -> int:
    return cores_of(settings.spark.master) or len(os.sched_getaffinity(0))


def _sample_run(run: Run, records: int) -> SampleRun:
    """What a run on a sample took and gave."""
    steps = {
        name: StepTook(
            seconds=took.seconds,
            cpu_seconds=took.cpu_seconds or 0.0,
            task_seconds=took.task_seconds,
            shuffled_bytes=took.shuffled_bytes,
            written_bytes=took.written_bytes,
        )
        for name, took in figures_of(run).items()
    }
    funnel = build_funnel(funnel_rows(run))
    tokens = language_counts(statistics_rows(read_table(run.tables["statistics"])), "tokens")
    languages = {}
    for of in funnel.languages:
        languages[of.language] = OfLanguage(
            read=of.documents,
            duplicates=sum(of.count(stage, "dropped") for stage in DEDUPLICATION),
            kept=of.count(KEPT, KEPT),
            characters=of.kept_chars,
            tokens=tokens.get(of.language),
        )
    driver, java, worker = largest_processes()
    cores = min(_cores(run.settings), len(run.shards))
    corpus = run.tables["corpus"].manifest.bytes
    return SampleRun(records, cores, steps, languages, corpus, worker, java, driver)
