"""Say what a run would do and why, what it would read, and what time and disk it may take; do nothing."""

import argparse

from ccnet_lite.commands.arguments import Parser, located, run_parser

RESUMES = False
EXAMPLE = "ccnet-lite plan --input archives/*.warc.wet.gz --output out"


def parser() -> Parser:
    """Its arguments: those of `run`."""
    made = run_parser(__doc__, EXAMPLE, with_input=True, with_index=True, with_plan=False)
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print it."""
    from ccnet_lite.commands.running import tell_plan

    arguments.output = located(arguments.output)
    tell_plan(arguments, as_json=arguments.json)
