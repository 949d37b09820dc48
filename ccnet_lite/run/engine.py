"""A run under way: what it works on, its steps, and which of them can be skipped."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from ccnet_lite import __version__
from ccnet_lite.archives.sources import Shard
from ccnet_lite.archives.sources import fingerprint as shard_fingerprint
from ccnet_lite.errors import UserError
from ccnet_lite.models.files import file_sha256, find_model
from ccnet_lite.models.perplexity import ModelFiles, available_models
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.run.folder import fingerprint, work_folder
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import Settings
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import DataFile, Table, load_table, move_into_place, read, write_manifest

Files = dict[str, list[DataFile]]


def say(message: str) -> None:
    """Progress, for a person."""
    print(message, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Models:
    """The models of a run, found and verified before anything starts."""

    language: Path
    perplexity: dict[str, ModelFiles]
    cutoffs: Cutoffs
    digests: dict[str, str]


def find_models(settings: Settings) -> Models:
    """Find the models that the settings name.

    Raises:
        UserError: for a missing file, a wrong checksum, a language model without its other half.
    """
    # Absolute: an executor of a cluster stands in another folder than the driver.
    language = find_model(settings.language.model, settings.language.sha256).resolve()
    digests = {"language.model": file_sha256(language)}
    perplexity: dict[str, ModelFiles] = {}
    cutoffs_path: Path | None = Path(settings.quality.cutoffs) if settings.quality.cutoffs else None
    if settings.quality.lm_dir:
        folder = Path(settings.quality.lm_dir).resolve()
        perplexity = available_models(folder)
        for code, files in sorted(perplexity.items()):
            digests[f"quality.lm_dir/{code}"] = f"{file_sha256(files.sp_model)}:{file_sha256(files.lm)}"
        if cutoffs_path is None and (folder / "cutoffs.json").exists():
            cutoffs_path = folder / "cutoffs.json"
    if cutoffs_path is not None:
        if not cutoffs_path.is_file():
            raise UserError(
                f"quality.cutoffs: {cutoffs_path} does not exist: give a cutoff.csv or a cutoffs.json"
            )
        digests["quality.cutoffs"] = file_sha256(cutoffs_path)
    cutoffs = Cutoffs.load(cutoffs_path) if cutoffs_path is not None else Cutoffs({})
    return Models(language, perplexity, cutoffs, digests)


@dataclass
class Run:
    """A run under way: its folder, its archives, its settings, its models, the tables that are whole."""

    folder: Path
    shards: Sequence[Shard]
    settings: Settings
    models: Models
    tables: dict[str, Table] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def shown(self) -> Path:
        """The folder, for a person: from where they stand if it lies below."""
        here = Path.cwd()
        return self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder

    @cached_property
    def spark(self) -> SparkSession:
        """The session, started when first asked for."""
        return start_session(self.settings.spark, f"ccnet_lite {self.folder.name}")

    def frame(self, table: str) -> DataFrame:
        """A finished table as a DataFrame."""
        return read(self.spark, self.tables[table])

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
                            f"--output {self.folder}: the table {name} has schema version "
                            f"{table.schema_version}, not {schema_json(name)['version']}: it was written by "
                            f"another version of ccnet_lite; run jobs/run_pipeline.py, which makes it anew"
                        )
                    self.tables[name] = table

    @property
    def numbers(self) -> list[int]:
        """The shards' numbers, in order."""
        return [shard.index for shard in self.shards]

    @cached_property
    def input_digests(self) -> dict[str, str]:
        """What identifies each archive's content."""
        return {shard.segment: shard_fingerprint(shard) for shard in self.shards}


@dataclass(frozen=True)
class Step:
    """A step of the run. `made_from`: what of the settings and models its tables depend on."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    made_from: Callable[[Run], dict[str, Any]]
    write: Callable[[Run, Path], Files]
    check: Callable[[Run], None] | None = None


def step_parts(step: Step, run: Run, made: Mapping[str, str]) -> dict[str, Any]:
    """What the step's tables would be made from. `made`: fingerprints of the tables it reads, by name."""
    parts: dict[str, Any] = {"version": __version__, "settings": step.made_from(run)}
    parts["tables"] = {name: made[name] for name in step.inputs}
    if not step.inputs:
        parts["archives"] = run.input_digests
    return parts


def run_steps(run: Run, steps: Sequence[Step]) -> None:
    """Run the steps in order; one whose tables stand and were made from the same is skipped."""
    for number, step in enumerate(steps, 1):
        missing = [name for name in step.inputs if name not in run.tables]
        if missing:
            raise UserError(
                f"--output {run.folder} lacks the table {missing[0]}: run the steps before {step.name}"
            )
        parts = step_parts(step, run, {name: table.fingerprint for name, table in run.tables.items()})
        made_from = fingerprint(step.name, parts)
        label = f"[{number:2d}/{len(steps)}] {step.name}"
        if stands(run, step, made_from):
            say(f"{label}: nothing changed, kept")
        else:
            began = time.monotonic()
            rows = execute(run, step, made_from, parts)
            run.seconds[step.name] = time.monotonic() - began
            say(f"{label}: {rows}  {run.seconds[step.name]:.1f} s")
        for name in step.outputs:
            table = load_table(run.folder, name)
            assert table is not None
            run.tables[name] = table
        if step.check:
            step.check(run)


def stands(run: Run, step: Step, made_from: str) -> bool:
    """Whether all of the step's tables are whole and made from the same."""
    for name in step.outputs:
        table = load_table(run.folder, name)
        if table is None or table.fingerprint != made_from or not table.is_current:
            return False
    return True


def execute(run: Run, step: Step, made_from: str, parts: dict[str, Any]) -> str:
    """Run a step in its work folder and put its tables in place; gives what it wrote, for a person."""
    work = work_folder(run.folder, step.name, made_from)
    run.spark.sparkContext.setJobDescription(step.name)  # for Spark's UI and its event log
    files = step.write(run, work)
    for name in step.outputs:
        (work / name).mkdir(exist_ok=True)
        write_manifest(work / name, name, made_from, files.get(name, []), parts)
    for name in step.outputs:
        move_into_place(work, run.folder, name)
    shutil.rmtree(work, ignore_errors=True)
    counts = [f"{name} {sum(file.rows for file in files.get(name, [])):,}" for name in step.outputs]
    return ", ".join(counts)
