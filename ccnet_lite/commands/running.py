"""What the commands that work on a run's folder share: arguments to settings and shards, and the run itself."""

import argparse

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.report.of_run import report
from ccnet_lite.run.engine import say
from ccnet_lite.run.folder import held_shards
from ccnet_lite.run.pipeline import plan, run_pipeline
from ccnet_lite.run.plan import render_plan
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place


def run_job(arguments: argparse.Namespace, first: str = JOBS[0], last: str = JOBS[-1]) -> None:
    """Run the jobs `first` to `last`; one that does not begin with ingest goes on in the run's folder."""
    settings = load_settings(arguments.config, arguments.overrides)
    output = str(arguments.output)
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
        held = held_shards(Place.of(output, "--output "))
        if held is None:
            raise UserError(f"--output {output} holds no run: run jobs/ingest.py first")
        shards = held
    if arguments.plan:
        print(render_plan(plan(settings, shards, output, first, last)))
        return
    run_pipeline(settings, shards, output, first, last, report)
    say(f"done: {output}")
