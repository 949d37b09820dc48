"""Drop from a finished run's corpus what is in a reference: a test set, or another run's corpus."""

import argparse
from typing import Any

from ccnet_lite.commands.arguments import Parser, add_settings, local_path, located, place
from ccnet_lite.errors import visible

RESUMES = False
EXAMPLE = "ccnet-lite decontaminate out --against test.jsonl --field question --output clean"


def parser() -> Parser:
    """Its arguments; what is not given is left to `Overlap`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    add("run", metavar="RUN", type=place, help="the finished run's folder")
    about = ".jsonl(.gz), .parquet, .txt (an item a line) or a finished run's folder; may be given again"
    add("--against", metavar="PATH", type=place, nargs="+", action="extend", required=True, help=about)
    add("--output", metavar="DIR", type=place, required=True, help="a new folder")
    about = "a field of the references' records (text); given again, an item is all of them"
    add("--field", dest="fields", metavar="NAME", action="append", help=about)
    add("--ngram", metavar="N", type=int, help="tokens of an n-gram (8)")
    add("--min-overlap", metavar="SHARE", type=float, help="share of n-grams from which it is found (0.5)")
    add("--min-tokens", metavar="N", type=int, help="items of fewer tokens are left out (8)")
    about = "share, of n-grams weighted by rarity in the corpus, below which nothing is convicted (0.4)"
    add("--min-weighted", metavar="SHARE", type=float, help=about)
    about = "hit_ids or doc_ids that were reviewed and are innocent, one a line; may be given again"
    add("--keep", metavar="FILE", type=local_path, action="append", default=[], help=about)
    add("--report-only", action="store_true", default=False, help="write no clean corpus")
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write what is left and what was found, and say how much."""
    from ccnet_lite.finished.decontaminate import decontaminate
    from ccnet_lite.kernels.decontaminate import Overlap
    from ccnet_lite.run.progress import shown
    from ccnet_lite.settings import load_settings

    given = vars(arguments)
    spark = load_settings(arguments.config, arguments.overrides).spark
    chosen: dict[str, Any] = {
        name: given[name] for name in ("ngram", "min_overlap", "min_tokens", "min_weighted") if name in given
    }
    if "fields" in given:
        chosen["fields"] = tuple(arguments.fields)
    against = [located(path) for path in arguments.against]
    run, output = located(arguments.run), located(arguments.output)
    with shown("decontaminate"):
        done = decontaminate(
            run, against, output, spark, Overlap(**chosen), arguments.report_only, keep=arguments.keep
        )
    summary = f"{visible(arguments.output)}/summary.json"
    print(f"{done.contaminated:,} of {done.documents:,} documents contaminated: {summary}")
