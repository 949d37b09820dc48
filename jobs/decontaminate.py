"""Drop from a finished run's corpus what is in a reference: a test set, or another run's corpus."""

import argparse
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.finished.decontaminate import decontaminate
from ccnet_lite.kernels.decontaminate import Overlap
from ccnet_lite.settings import load_settings


def job(arguments: argparse.Namespace) -> None:
    """Write what is left and what was found, and say how much."""
    spark = load_settings(arguments.config, arguments.overrides).spark
    fields = tuple(arguments.fields or Overlap.fields)
    overlap = Overlap(fields, arguments.ngram, arguments.min_overlap, arguments.min_tokens)
    given = (arguments.run, arguments.against, arguments.output, spark)
    done = decontaminate(*given, overlap, arguments.report_only)
    print(
        f"{done.contaminated:,} of {done.documents:,} documents contaminated: {arguments.output}/summary.json"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("run", metavar="RUN", type=Path, help="the finished run's folder")
    about = ".jsonl(.gz), .parquet, .txt (an item a line) or a finished run's folder; may be given again"
    add("--against", metavar="PATH", type=Path, action="append", required=True, help=about)
    add("--output", metavar="DIR", type=Path, required=True, help="a new folder")
    about = "a field of the references' records (text); given again, an item is all of them"
    add("--field", dest="fields", metavar="NAME", action="append", help=about)
    add("--ngram", metavar="N", type=int, default=Overlap.ngram, help="tokens of an n-gram (%(default)s)")
    about = "share of n-grams from which an item is found (%(default)s)"
    add("--min-overlap", metavar="SHARE", type=float, default=Overlap.min_overlap, help=about)
    add("--min-tokens", metavar="N", type=int, default=8, help="shorter items are left out (%(default)s)")
    add("--report-only", action="store_true", help="write no clean corpus")
    add("--config", metavar="FILE", help="settings, of which only [spark] is used")
    add("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    main(parser, job)
