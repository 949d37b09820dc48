"""What the commands that work on a run's folder share: arguments to settings and shards, and the run itself."""

import argparse
import json
import logging
from collections.abc import Sequence

from ccnet_lite.archives.sources import Shard, resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.report.of_run import report
from ccnet_lite.run.engine import say
from ccnet_lite.run.folder import held_shards
from ccnet_lite.run.forecast import forecast, render_forecast
from ccnet_lite.run.languages import language_notes
from ccnet_lite.run.pipeline import planned_run, run_pipeline
from ccnet_lite.run.plan import render_plan
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import DEFAULT, Settings, effective_settings, load_settings
from ccnet_lite.store.places import Place


def run_job(arguments: argparse.Namespace, first: str = JOBS[0], last: str = JOBS[-1]) -> None:
    """Run the jobs `first` to `last`; one that does not begin with ingest goes on in the run's folder."""
    if arguments.plan:
        tell_plan(arguments, first, last)
        return
    settings = load_settings(arguments.config, arguments.overrides)
    for each in effective_settings(arguments.config, arguments.overrides):
        if each.origin != DEFAULT:
            say(f"setting {each.name} = {each.value!r} ({each.origin})", logging.DEBUG)
    shards, output = _shards(arguments, settings, first), str(arguments.output)
    size = sum(shard.size or 0 for shard in shards)
    say(f"{len(shards):,} archives, {size:,} bytes of them on this machine", logging.DEBUG)
    run_pipeline(settings, shards, output, first, last, report)
    say(f"done: {output}")


def tell_plan(
    arguments: argparse.Namespace, first: str = JOBS[0], last: str = JOBS[-1], as_json: bool = False
) -> None:
    """Print what `run_job` would do, what it would read, and what that may take."""
    settings = load_settings(arguments.config, arguments.overrides)
    shards = _shards(arguments, settings, first)
    run, planned = planned_run(settings, shards, str(arguments.output), first, last)
    notes, expected = language_notes(settings, run.models), forecast(run, planned)
    if as_json:
        steps = [
            {
                "step": row.step,
                "does": "keep" if row.keep else "redo" if row.redo else "make",
                "reasons": row.reasons,
            }
            for row in planned
        ]
        said = {"steps": steps, "notes": [note.text for note in notes], **expected._asdict()}
        print(json.dumps(said, sort_keys=True))
        return
    for note in notes:
        say(note.text, note.level)
    print(f"{render_plan(planned)}\n{render_forecast(expected)}")


def _shards(arguments: argparse.Namespace, settings: Settings, first: str) -> Sequence[Shard]:
    """The archives that the arguments name, or those of the run that the folder holds."""
    if first == JOBS[0]:
        return resolve_inputs(
            arguments.inputs,
            settings.source,
            crawl=arguments.crawl,
            shards=arguments.shards,
            kind=arguments.kind,
            limit=arguments.limit,
        )
    held = held_shards(Place.of(arguments.output, "--output "))
    if held is None:
        raise UserError(f"--output {arguments.output} holds no run: call ccnet-lite ingest first")
    return held
