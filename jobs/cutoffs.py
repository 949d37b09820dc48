"""Perplexity cutoffs over a finished run's documents, and how far they moved from an earlier file's."""

import argparse
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.errors import UserError
from ccnet_lite.finished.cutoffs import crawl_cutoffs
from ccnet_lite.quality.buckets import read_cutoffs, write_cutoffs
from ccnet_lite.quality.drift import drift, drift_table
from ccnet_lite.settings import load_settings


def job(arguments: argparse.Namespace) -> None:
    """Write the cutoffs; print what moved."""
    settings = load_settings(arguments.config, arguments.overrides)
    if arguments.earlier and not arguments.earlier.is_file():
        raise UserError(f"--earlier {arguments.earlier} does not exist: give a cutoffs.json")
    entries = crawl_cutoffs(arguments.run, settings.spark)
    write_cutoffs(arguments.output, entries)
    for language, entry in entries.items():
        print(f"{language:8} {entry['documents']:>12,} documents, median {entry['percentiles'][50]:,.1f}")
    if arguments.earlier:
        quality = settings.quality
        moved = drift(
            read_cutoffs(arguments.earlier), entries, quality.head_percentile, quality.tail_percentile
        )
        print(drift_table(moved))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", metavar="RUN", type=Path, help="the finished run's folder")
    parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="cutoffs.json")
    parser.add_argument("--earlier", metavar="FILE", type=Path, help="an earlier crawl's cutoffs.json")
    parser.add_argument("--config", metavar="FILE", help="settings: [spark] and [quality] are used")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    main(parser, job)
