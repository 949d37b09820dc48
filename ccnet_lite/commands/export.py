"""Score what is kept; write the corpus and the ledger."""

import argparse

from ccnet_lite.commands.arguments import Parser, run_parser

RESUMES = True
EXAMPLE = "ccnet-lite export --output out"


def parser() -> Parser:
    """Its arguments."""
    return run_parser(__doc__, EXAMPLE)


def main(arguments: argparse.Namespace) -> None:
    """Run it on the run's folder."""
    from ccnet_lite.commands.jobs import run_jobs

    run_jobs(arguments, "export", "export")
