"""A run under way: what it works on, its steps, and which of them can be skipped."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pyspark import SparkContext
from pyspark.sql import SparkSession

from ccnet_lite import __version__
from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.sources import glance
from ccnet_lite.errors import UserError
from ccnet_lite.run.figures import Watch
from ccnet_lite.run.folder import BEGUN, RUN_FILE, fingerprint
from ccnet_lite.run.master import is_local
from ccnet_lite.run.models import Models
from ccnet_lite.run.progress import shown
from ccnet_lite.run.session import given_option, start_context, start_session
from ccnet_lite.run.versions import check_seen, check_versions
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import DONE, Work
from ccnet_lite.store.json_files import DamagedJson, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import (
    DataFile,
    Table,
    begin_replacing,
    clear_older,
    load_table,
    pointer,
    put_table,
)
from ccnet_lite.store.writing import WORK

BYTES_A_PARTITION = 64 << 20
"""Of stored documents, that one partition of a shuffle answers for."""
SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions"
BYTES_A_CORE = 4 << 20
"""Below this, another core is not worth its start."""
STEP: ContextVar[str] = ContextVar("step", default="")
"""The step that is under way."""
_log = logging.getLogger(__name__)


def say(message: str, level: int = logging.INFO) -> None:
    """Progress, for a person, in a line: whatever names are in it."""
    _log.log(level, "%s", message, extra={"step": STEP.get()})


@dataclass
class Run:
    """A run under way: its folder, its archives, its settings, its models, the tables that are whole."""

    folder: Place
    shards: Sequence[Shard]
    settings: Settings
    models: Models
    tables: dict[str, Table] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Of the steps that were run, not kept."""

    @cached_property
    def spark_context(self) -> SparkContext:
        """Spark, started when first asked for."""
        began = time.monotonic()
        context = start_context(self.settings.spark, f"ccnet_lite {self.folder.name}")
        took = time.monotonic() - began
        say(f"Spark {context.version} on {context.master}: started in {took:.1f} s", logging.DEBUG)
        if not is_local(str(context.master)):
            check_versions(context)
            if self.folder.is_local:
                check_seen(context, (self.folder / RUN_FILE).path)
        return context

    @cached_property
    def spark(self) -> SparkSession:
        """The session, for queries."""
        _ = self.spark_context
        return start_session(self.settings.spark, f"ccnet_lite {self.folder.name}")

    @property
    def context(self) -> SparkContext | None:
        """Spark's, where it was started, be it before this run, whose jobs those are not."""
        return SparkContext._active_spark_context

    def find_tables(self, steps: Iterable["Step"]) -> None:
        """Take the tables of steps that an earlier job ran as they are.

        Raises:
            UserError: for a table of another schema version.
        """
        for step in steps:
            for name in step.outputs:
                table = load_table(self.folder, name)
                if table is not None:
                    if not table.is_current:
                        raise UserError(
                            f"--output {self.folder.shown}: the table {name} has schema version "
                            f"{table.manifest.schema_version}, not {schema_json(table.schema)['version']}: it was "
                            f"written by another version of ccnet_lite; call ccnet-lite run, which makes "
                            f"it anew"
                        )
                    self.tables[name] = table

    @property
    def numbers(self) -> list[int]:
        """The numbers of the shards that were read, in order."""
        unread = {row["shard"] for row in self.tally("documents").get("unread", [])}
        return [shard.index for shard in self.shards if shard.index not in unread]

    def tally(self, table: str) -> dict[str, Any]:
        """What the step that wrote a table summed; nothing while it is not there."""
        return self.tables[table].manifest.tally if table in self.tables else {}

    @cached_property
    def looks(self) -> dict[str, str]:
        """By archive, what tells its content from another without reading it."""
        seen = glance(self.shards, self.settings.source)
        return {shard.segment: look for shard, look in zip(self.shards, seen, strict=True)}

    @property
    def bytes_a_document(self) -> float:
        """Of records that gave text, on an average; 0 while none is read."""
        read = self.tally("documents")
        return read["bytes"] / read["documents"] if read.get("documents") else 0.0

    @property
    def partitions(self) -> int:
        """Into how many partitions data are shuffled: by the documents' bytes, at most as many as are set."""
        size = self.tables["documents"].manifest.bytes
        by_cores = min(self.spark_context.defaultParallelism, -(-size // BYTES_A_CORE))
        return max(1, min(self.settings.spark.shuffle_partitions, max(by_cores, -(-size // BYTES_A_PARTITION))))

    def size_shuffles(self) -> None:
        """Have Spark's own shuffles, those of joins, go by the data, too, unless the user said how many."""
        if given_option(SHUFFLE_PARTITIONS) is None:
            self.spark.conf.set(SHUFFLE_PARTITIONS, str(self.partitions))

    def on_cluster(self, rows: int, at_most: int) -> bool:
        """Whether a global step runs on the cluster: as set, or by whether its rows fit the driver."""
        where = self.settings.spark.global_steps
        return rows > at_most if where == "auto" else where == "cluster"


@dataclass
class Written:
    """What a step wrote: files by table, and sums.

    Among these, `unread` names shards that are still to be read, and `changed` archives that were replaced
    after the fingerprint was taken, so that it does not say what the tables were made from.
    """

    files: dict[str, list[DataFile]]
    tally: dict[str, Any] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)
    """By table, the name of its rows' schema where that is not the table's own."""
    moved_bytes: int = 0
    """What passed between tasks through files, and not through Spark's shuffle."""


@dataclass(frozen=True)
class Step:
    """A step of the run.

    depends_on: the settings and models that can change its rows, by name and value, and nothing else.
    check: what has to hold of a step that is done, whether now or before; raises RunFailed.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    depends_on: Callable[[Run], dict[str, Any]]
    write: Callable[[Run, Work], Written]
    check: Callable[[Run], None] | None = None
    by_archives: bool = False
    """Whether it reads the archives themselves."""


def step_parts(step: Step, run: Run, made: Mapping[str, str]) -> dict[str, Any]:
    """What the step's tables would be made from. made: digests of the tables it reads, by name."""
    parts: dict[str, Any] = {"version": __version__, "settings": step.depends_on(run)}
    parts["tables"] = {name: made[name] for name in step.inputs}
    parts["schemas"] = {name: schema_json(name)["version"] for name in step.outputs}
    if step.by_archives:
        parts["archives"] = run.looks
    return parts


def run_steps(run: Run, steps: Sequence[Step]) -> None:
    """Run the steps in order; one whose tables stand and were made from the same is skipped."""
    drop_damaged(run, steps)
    for number, step in enumerate(steps, 1):
        STEP.set(step.name)
        missing = [name for name in step.inputs if name not in run.tables]
        if missing:
            raise UserError(
                f"--output {run.folder.shown} lacks the table {missing[0]}: run the steps before {step.name}"
            )
        parts = step_parts(step, run, {name: table.digest for name, table in run.tables.items()})
        wanted = fingerprint(step.name, parts)
        label = f"[{number}/{len(steps)}] {step.name}"
        standing, why = stands(run, step, wanted)
        if standing:
            say(f"{label}: nothing changed, kept")
            clear_left(run, step)
        else:
            if why:
                say(f"{label}: {why}: made anew")
            began = time.monotonic()
            with shown(label, run.bytes_a_document, step.name):
                rows = execute(run, step, wanted, parts)
            run.seconds[step.name] = time.monotonic() - began
            say(f"{label}: {rows}  {run.seconds[step.name]:.1f} s")
        for name in step.outputs:
            table = load_table(run.folder, name)
            assert table is not None
            run.tables[name] = table
        if step.check:
            step.check(run)
    STEP.set("")


def drop_damaged(run: Run, steps: Sequence[Step]) -> None:
    """Delete the manifests of the steps' tables that cannot be read as such: these tables are made anew."""
    for name in (name for step in steps for name in step.outputs):
        try:
            load_table(run.folder, name)
        except DamagedJson as error:
            say(f"{error.what}: the table {name} is made anew")
            pointer(run.folder, name).clear()


def stands(run: Run, step: Step, wanted: str) -> tuple[bool, str]:
    """Whether all of the step's tables are whole and made from the same; and what is damaged of them."""
    for name in step.outputs:
        try:
            table = load_table(run.folder, name)
        except DamagedJson as error:
            return False, error.what
        if table is None or table.manifest.fingerprint != wanted or not table.is_current:
            return False, ""
        if table.manifest.tally.get("unread"):
            return False, ""
        changed = len(table.manifest.tally.get("changed", []))
        if changed:
            return False, f"{changed:,} archives changed while they were read"
        damage = table.damage()
        if damage:
            return False, damage
    return True, ""


def execute(run: Run, step: Step, wanted: str, parts: dict[str, Any]) -> str:
    """Run a step and put its tables' manifests; gives what it wrote, for a person."""
    watch = Watch(run.context)
    work = Work(run.folder, step.name, wanted)
    write_json(work.folder / BEGUN, parts)
    clear_stale_work(run, step.name, work)
    if run.context is not None:
        run.context.setJobDescription(step.name)  # for Spark's UI and its event log
    for name in step.outputs:
        table = load_table(run.folder, name)
        if table is not None and table.damage():
            if table.manifest.fingerprint == wanted:
                (work.folder / DONE).delete_all()  # markers of files that are gone
            for file in table.files:
                if run.folder.is_local and table.place(file).path.is_dir():
                    table.place(file).clear()
        begin_replacing(run.folder, name, wanted)
    written = step.write(run, work)
    figures = take_figures(run, step, written, watch)
    counts = []
    for name in step.outputs:
        files, own = written.files.get(name, []), figures if name == step.outputs[0] else None
        schema = written.schemas.get(name, "")
        table = put_table(run.folder, name, wanted, files, parts, written.tally, own, schema)
        counts.append(f"{name} {table.rows:,}")
    for name in step.outputs:
        clear_older(run.folder, name)
    if written.tally.get("changed") or not written.tally.get("unread"):  # a rerun reads only these
        work.folder.delete_all()
    return ", ".join(counts)


def take_figures(run: Run, step: Step, written: Written, watch: Watch) -> dict[str, Any]:
    """What a step took, as its first table's manifest holds it."""
    files = [file for of_table in written.files.values() for file in of_table]
    read = sum(run.tables[name].manifest.bytes for name in step.inputs) + written.tally.get("archive_bytes", 0)
    figures = watch.figures(
        run.context,
        rows=sum(file.rows for file in files),
        read_bytes=read,
        written_bytes=sum(file.bytes for file in files),
        moved_bytes=written.moved_bytes,
    )
    return {"step": step.name} | figures.model_dump()


def clear_left(run: Run, step: Step) -> None:
    """Delete what tries of a step left that stands: those killed before they had cleared up, or given up."""
    left = [name for name in (run.folder / WORK).children() if name.startswith(f"{step.name}-")]
    if left:
        for name in step.outputs:
            clear_older(run.folder, name)
        for name in left:
            (run.folder / WORK / name).delete_all()


def clear_stale_work(run: Run, step: str, work: Work) -> None:
    """Delete what tries of the step left that were made from something else."""
    for name in (run.folder / WORK).children():
        if name.startswith(f"{step}-") and name != work.folder.name:
            (run.folder / WORK / name).delete_all()
