"""The whole run, from archives to corpus, ledger and manifest: what the commands call."""

import logging
from collections.abc import Callable, Sequence

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.run.engine import Run, run_steps, say
from ccnet_lite.run.folder import check_claim, claim, let_go
from ccnet_lite.run.history import recorded
from ccnet_lite.run.jvm import check_start
from ccnet_lite.run.languages import language_notes
from ccnet_lite.run.manifest import write_manifest
from ccnet_lite.run.memory import give_back_large_arrays
from ccnet_lite.run.mending import mending
from ccnet_lite.run.models import find_models, try_found
from ccnet_lite.run.plan import Planned, plan_steps, render_plan
from ccnet_lite.run.steps import JOBS, steps_of
from ccnet_lite.settings import Settings
from ccnet_lite.store.lease import locked
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import is_of_first_form, pointer
from ccnet_lite.store.writing import WORK, scratch_of

FORMER = (
    *("lines", "records", "bad_records", "line_counts", "signatures", "survivors", "paragraph_counts"),
    *("selections", "scores"),
)
"""Tables that runs had before they had seven steps."""


def run_pipeline(
    settings: Settings,
    shards: Sequence[Shard],
    output: str,
    first: str = JOBS[0],
    last: str = JOBS[-1],
    finish: Callable[[Run], None] | None = None,
) -> Run:
    """Run the jobs `first` to `last` (of `steps.JOBS`) on the output folder.

    finish: what is done with the run when its last job is, while the folder is still held.

    Raises:
        UserError: for settings, models, inputs or an output folder that will not do.
        RunFailed: when too much could not be read, or the sums do not meet.
    """
    give_back_large_arrays()
    run = _begun(settings, shards, output)
    folder = run.folder
    notes = language_notes(settings, run.models)
    if not all(row.keep for row in _plan(run, first, last)):
        check_start(settings.spark)
    try_found(run.models)
    with locked(folder):
        claim(folder, shards)
        say(f"{len(shards):,} archives into {folder.shown}")
        for note in notes:
            say(note.text, note.level)
        for name, sha256 in run.models.digests.items():
            say(f"model {name}: {sha256}", logging.DEBUG)
        by_job = steps_of(settings)
        begin, end = JOBS.index(first), JOBS.index(last)
        planned = _plan(run, first, last)
        if any(row.redo for row in planned):
            say(f"some of {folder.shown} was made from something else:")
            for line in render_plan(planned).split("\n"):
                say(line)
        steps = [step for job in JOBS[begin : end + 1] for step in by_job[job]]

        def work() -> None:
            run_steps(run, steps)
            if last == JOBS[-1]:
                if finish is not None:
                    finish(run)
                write_manifest(run)  # last: it holds the digests of all other files

        with recorded(run):
            try:
                mending(run, steps, work)
            except Exception:
                let_go(folder, shards)
                raise
            clear_work(run)
    return run


def clear_work(run: Run) -> None:
    """Delete what only a run under way needs; not what an archive that is still to be read goes on from."""
    scratch_of(run.folder).delete_all()
    for name in run.folder.children():
        if name.startswith(".") and name.endswith(".tmp"):  # of a small file whose writer was killed
            (run.folder / name).delete()
        if name in FORMER and is_of_first_form(pointer(run.folder, name)):
            (run.folder / name).delete_all()
    if not run.tally("documents").get("unread"):
        (run.folder / WORK).delete_all()


def plan(settings: Settings, shards: Sequence[Shard], output: str, first: str, last: str) -> list[Planned]:
    """What `run_pipeline` would do with the same arguments.

    Raises:
        UserError: as it would.
    """
    return planned_run(settings, shards, output, first, last)[1]


def planned_run(
    settings: Settings, shards: Sequence[Shard], output: str, first: str, last: str
) -> tuple[Run, list[Planned]]:
    """As `plan`, with the run that it is the plan of."""
    run = _begun(settings, shards, output)
    return run, _plan(run, first, last)


def _begun(settings: Settings, shards: Sequence[Shard], output: str) -> Run:
    """A run that has written nothing yet."""
    folder = Place.of(output, "--output ")
    check_claim(folder, shards)
    return Run(folder, shards, settings, find_models(settings))


def _plan(run: Run, first: str, last: str) -> list[Planned]:
    by_job = steps_of(run.settings)
    begin, end = JOBS.index(first), JOBS.index(last)
    run.find_tables(step for job in JOBS[:begin] for step in by_job[job])
    return plan_steps(run, [step for job in JOBS[begin : end + 1] for step in by_job[job]])
