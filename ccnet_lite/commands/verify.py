"""Check a finished run: files, rows, schemas, digests and sums against its manifest."""

import argparse
import json
import sys

from ccnet_lite.commands.arguments import Parser, add_settings, located, place
from ccnet_lite.errors import visible

RESUMES = False
EXAMPLE = "ccnet-lite verify out"
AMISS = "not ok: delete the files named, and call the same ccnet-lite run again, which makes them anew"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", type=place, metavar="RUN", help="the run's folder")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print what was found; exit with 1 when anything is wrong."""
    from ccnet_lite.finished.verify import Verdict, verify
    from ccnet_lite.run.progress import shown
    from ccnet_lite.settings import load_settings
    from ccnet_lite.store.json_files import DamagedJson

    settings = load_settings(arguments.config, arguments.overrides)
    try:
        with shown("verify"):
            verdict = verify(located(arguments.run), settings.spark)
    except DamagedJson as error:
        verdict = Verdict((str(error),), {})
    if arguments.json:
        said = {"ok": verdict.ok, "problems": verdict.problems, "tables": verdict.tables}
        print(json.dumps(said, sort_keys=True))
    else:
        for name, found in sorted(verdict.tables.items()):
            print(f"{name:20} {found['rows']:>12,} rows  {found['digest']}")
        for problem in verdict.problems:
            print(visible(problem))
        print(AMISS if verdict.problems else "ok: files, rows, schemas, digests and sums all meet")
    if not verdict.ok:
        sys.exit(1)
