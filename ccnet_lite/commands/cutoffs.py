"""Perplexity cutoffs over a finished run's documents, and how far they moved from an earlier file's."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_settings, local_path, located, place
from ccnet_lite.errors import UserError

RESUMES = False
EXAMPLE = "ccnet-lite cutoffs out --output cutoffs.json"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument("--output", metavar="FILE", type=local_path, required=True, help="cutoffs.json")
    made.add_argument("--earlier", metavar="FILE", type=local_path, help="an earlier crawl's cutoffs.json")
    add_settings(made, "[spark] and [quality] are")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the cutoffs; print what moved."""
    from ccnet_lite.finished.cutoffs import crawl_cutoffs, drift_since, write_cutoffs
    from ccnet_lite.settings import load_settings

    settings = load_settings(arguments.config, arguments.overrides)
    if arguments.earlier and not arguments.earlier.is_file():
        raise UserError(f"--earlier {arguments.earlier} does not exist: give a cutoffs.json")
    entries = crawl_cutoffs(located(arguments.run), settings.spark)
    write_cutoffs(arguments.output, entries)
    for language, entry in entries.items():
        print(f"{language:8} {entry['documents']:>12,} documents, median {entry['percentiles'][50]:,.1f}")
    if arguments.earlier:
        print(drift_since(arguments.earlier, entries, settings.quality))
