"""The whole pipeline: archives to corpus, ledger, statistics and report."""

import argparse

from ccnet_lite.commands.arguments import Parser, run_parser

RESUMES = True
EXAMPLE = "ccnet-lite run --input archives/*.warc.wet.gz --output out --set quality.lm_dir=models/lm"


def parser() -> Parser:
    """Its arguments."""
    return run_parser(__doc__, EXAMPLE, with_input=True, with_index=True)


def main(arguments: argparse.Namespace) -> None:
    """Run it on the run's folder."""
    from ccnet_lite.commands.jobs import run_jobs

    run_jobs(arguments, "ingest", "sampling")
