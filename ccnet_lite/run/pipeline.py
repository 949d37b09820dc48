"""The whole run, from inputs to report: what the jobs call."""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from ccnet_lite.archives.sources import Shard, resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.run.engine import Run, find_models, run_steps, say
from ccnet_lite.run.finish import finish
from ccnet_lite.run.folder import check_claim, claim, held_shards, locked
from ccnet_lite.run.plan import Planned, plan_steps, render_plan
from ccnet_lite.run.steps import JOBS, steps_of
from ccnet_lite.settings import Settings, load_settings


def run_pipeline(settings: Settings, shards: Sequence[Shard], output: Path, first: str, last: str) -> Run:
    """Run the jobs `first` to `last` (of `steps.JOBS`) on the output folder.

    Raises:
        UserError: for settings, models, inputs or an output folder that will not do.
        RunFailed: when too much could not be read, or the sums do not meet.
    """
    models = find_models(settings)
    with locked(output):
        claim(output, shards)
        run = Run(output.resolve(), shards, settings, models)
        by_job = steps_of(settings)
        begin, end = JOBS.index(first), JOBS.index(last)
        planned = _plan(run, first, last)
        if any(row.redo for row in planned):
            say(f"some of {output} was made from something else:\n{render_plan(planned)}")
        run_steps(run, [step for job in JOBS[begin : end + 1] for step in by_job[job]])
        if last == JOBS[-1]:
            finish(run)
        shutil.rmtree(run.folder / "_work", ignore_errors=True)
    return run


def plan(settings: Settings, shards: Sequence[Shard], output: Path, first: str, last: str) -> list[Planned]:
    """What `run_pipeline` would do with the same arguments.

    Raises:
        UserError: as it would.
    """
    check_claim(output, shards)
    return _plan(Run(output.resolve(), shards, settings, find_models(settings)), first, last)


def _plan(run: Run, first: str, last: str) -> list[Planned]:
    by_job = steps_of(run.settings)
    begin, end = JOBS.index(first), JOBS.index(last)
    run.find_tables(step for job in JOBS[:begin] for step in by_job[job])
    return plan_steps(run, [step for job in JOBS[begin : end + 1] for step in by_job[job]])


def run_job(arguments: argparse.Namespace, first: str = JOBS[0], last: str = JOBS[-1]) -> None:
    """What a job script does; a job that does not begin with ingest goes on in the run's folder."""
    settings = load_settings(arguments.config, arguments.overrides)
    if first == JOBS[0]:
        shards = resolve_inputs(
            arguments.inputs,
            settings.source,
            crawl=arguments.crawl,
            shards=arguments.shards,
            kind=arguments.kind,
            limit=arguments.limit,
        )
    else:
        held = held_shards(arguments.output)
        if held is None:
            raise UserError(f"--output {arguments.output} holds no run: run jobs/ingest.py first")
        shards = held
    if arguments.plan:
        print(render_plan(plan(settings, shards, arguments.output, first, last)))
        return
    run_pipeline(settings, shards, arguments.output, first, last)
    say(f"done: {arguments.output}")
