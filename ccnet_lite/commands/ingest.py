"""Archives to documents, line keys and boilerplate masks."""

import argparse

from ccnet_lite.commands.arguments import Parser, run_parser

RESUMES = True
EXAMPLE = "ccnet-lite ingest --input archives/*.warc.wet.gz --output out"


def parser() -> Parser:
    """Its arguments."""
    return run_parser(__doc__, EXAMPLE, with_input=True)


def main(arguments: argparse.Namespace) -> None:
    """Run it on the run's folder."""
    from ccnet_lite.commands.jobs import run_jobs

    run_jobs(arguments, "ingest", "ingest")
