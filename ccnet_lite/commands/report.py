"""Show a finished run's funnel and where its report lies; make the report where it is missing, or anew."""

import argparse
import json

from ccnet_lite.commands.arguments import Parser, local_path, located, place
from ccnet_lite.errors import UserError

RESUMES = False
EXAMPLE = "ccnet-lite report out --open"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument("--again", action="store_true", help="make it anew, as after an update of ccnet_lite")
    made.add_argument("--copy", metavar="FILE", type=local_path, help="write the page there, too")
    made.add_argument("--open", action="store_true", help="show it in the browser")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print it; write and open the page."""
    from ccnet_lite.commands.reported import report_again
    from ccnet_lite.report.funnel_text import render_funnel, render_outliers, render_reasons
    from ccnet_lite.run.outliers import outliers

    found = report_again(located(arguments.run), arguments.again)
    if arguments.copy:
        try:
            arguments.copy.write_bytes(found.page.read_bytes())
        except OSError as error:
            raise UserError(f"--copy {arguments.copy} cannot be written: {error.strerror}") from None
    if arguments.json:
        rows = [vars(row) for row in found.rows]
        unusual = [each._asdict() for each in outliers(found.funnel)]
        said = {"report": found.page.uri, "made": found.made, "funnel": rows, "outliers": unusual}
        print(json.dumps(said, sort_keys=True))
    else:
        print(f"{render_funnel(found.funnel)}\n{render_reasons(found.funnel)}")
        if told := render_outliers(outliers(found.funnel)):
            print(told)
        print(f"report    {found.page.shown}{'   (made anew)' if found.made else ''}")
    if arguments.open:
        _open(str(arguments.copy.absolute()) if arguments.copy else found.page.uri)


def _open(page: str) -> None:
    import webbrowser

    if not page.startswith("/"):
        raise UserError(f"{page} is on another machine: --copy FILE has it here to open")
    if not webbrowser.open(f"file://{page}"):
        raise UserError(f"there is no browser to open {page} with: open it yourself")
