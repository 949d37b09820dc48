"""Check a finished run: files, rows, schemas, digests and sums against its manifest."""

import argparse
import json
import sys
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.finished.verify import verify
from ccnet_lite.settings import load_settings


def job(arguments: argparse.Namespace) -> None:
    """Print what was found; exit with 1 when anything is wrong."""
    verdict = verify(arguments.run, load_settings(arguments.config, arguments.overrides).spark)
    if arguments.json:
        print(
            json.dumps(
                {"ok": verdict.ok, "problems": verdict.problems, "tables": verdict.tables}, sort_keys=True
            )
        )
    else:
        for name, found in sorted(verdict.tables.items()):
            print(f"{name:20} {found['rows']:>12,} rows  {found['digest']}")
        print("\n".join(verdict.problems) or "ok: files, rows, schemas, digests and sums all meet")
    if not verdict.ok:
        sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="the run's folder")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--config", metavar="FILE", help="settings, of which only [spark] is used")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    main(parser, job)
