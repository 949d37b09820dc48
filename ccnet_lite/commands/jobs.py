"""Jobs of a run, with Spark's JVM started before all that a run needs is loaded: it stands a second earlier."""

import argparse
import atexit
import gc
from pathlib import Path

from ccnet_lite.commands.arguments import located
from ccnet_lite.settings import load_settings


def run_jobs(arguments: argparse.Namespace, first: str, last: str) -> None:
    """Run the jobs `first` to `last` on the run's folder."""
    arguments.output = located(arguments.output)
    if not (arguments.plan or Path(str(arguments.output), "manifest.json").exists()):  # of a finished run
        from ccnet_lite.run.jvm import begin_jvm

        begin_jvm(load_settings(arguments.config, arguments.overrides).spark)
    from ccnet_lite.commands.running import run_job

    atexit.register(gc.freeze)  # or the interpreter looks for garbage in all that is loaded: half a second
    run_job(arguments, first, last)
