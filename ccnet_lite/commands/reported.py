"""The report of a run that is finished: found, or made from its tables as the run itself makes it."""

from pathlib import Path
from typing import NamedTuple

from ccnet_lite.errors import UserError
from ccnet_lite.finished.opened import Opened, open_run
from ccnet_lite.finished.scored import cutoffs_of
from ccnet_lite.report.html import render_report
from ccnet_lite.report.of_run import report_data
from ccnet_lite.run.engine import Run
from ccnet_lite.run.folder import held_shards
from ccnet_lite.run.funnel import Funnel, FunnelRow, build_funnel
from ccnet_lite.run.manifest import MANIFEST_FILE, small_file
from ccnet_lite.run.models import Models
from ccnet_lite.run.steps import steps_of
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.lease import locked
from ccnet_lite.store.places import Place

PAGE = "report/index.html"


class Report(NamedTuple):
    """A finished run's report; made: whether it was made now."""

    page: Place
    rows: list[FunnelRow]
    funnel: Funnel
    made: bool


def report_again(run: str, anew: bool = False) -> Report:
    """The report of a finished run, made where it is missing or `anew` is asked for.

    Raises:
        UserError: the folder holds no finished run, or its tables are those of another version.
    """
    opened = open_run(run)
    folder, manifest = opened.place, opened.manifest
    rows = opened.funnel
    page = folder / PAGE
    made = anew or not page.exists()
    if made:
        with locked(folder, ""):
            page.write_bytes(render_report(report_data(_run_of(opened))).encode())
            if manifest.files is not None:
                files = {**manifest.files, PAGE: small_file(page)}
                write_json(folder / MANIFEST_FILE, manifest.model_copy(update={"files": files}))
    return Report(page, rows, build_funnel(rows), made)


def _run_of(opened: Opened) -> Run:
    """The run that a finished one was, with all that a report asks of it."""
    shards = held_shards(opened.place)
    if shards is None:
        raise UserError(f"{opened.place.shown} holds no run.json: the same ccnet-lite run again writes it")
    settings = opened.settings
    models = Models(Path(), {}, cutoffs_of(opened, settings, settings), opened.manifest.models)
    made = Run(opened.place, shards, settings, models)
    made.find_tables(step for steps in steps_of(settings).values() for step in steps)
    return made
