"""Drop from a finished run's corpus what is in a reference: a test set, or another run's corpus."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccnet_lite.commands.arguments import Parser, add_settings, local_path, located, place, terminal_width
from ccnet_lite.errors import UserError, visible

if TYPE_CHECKING:
    from ccnet_lite.finished.review import Review

RESUMES = False
TERMINAL = Path("-")
AS = {".html": "page", ".htm": "page", ".jsonl": "lines", ".txt": "text"}
"""What --review writes, by the ending of its file."""
EXAMPLE = "ccnet-lite decontaminate out --against test.jsonl --field question --output clean"


def parser() -> Parser:
    """Its arguments; what is not given is left to `Overlap`, which knows the defaults."""
    made = Parser(__doc__, EXAMPLE, argument_default=argparse.SUPPRESS)
    add = made.add_argument
    add("run", metavar="RUN", type=place, help="the finished run's folder")
    about = ".jsonl(.gz), .parquet, .txt (an item a line) or a finished run's folder; may be given again"
    add("--against", metavar="PATH", type=place, nargs="+", action="extend", required=True, help=about)
    add("--output", metavar="DIR", type=place, required=True, help="a new folder")
    about = "a field of the references' records (text), choices.text within another; again: all of them"
    add("--field", dest="fields", metavar="NAME", action="append", help=about)
    add("--ngram", metavar="N", type=int, help="tokens of an n-gram (8)")
    add("--min-overlap", metavar="SHARE", type=float, help="share of n-grams from which it is found (0.5)")
    add("--min-tokens", metavar="N", type=int, help="items of fewer tokens are left out (8)")
    about = "share, of n-grams weighted by rarity in the corpus, below which nothing is convicted (0.3)"
    add("--min-weighted", metavar="SHARE", type=float, help=about)
    about = "hit_ids or doc_ids that were reviewed and are innocent, one a line; may be given again"
    add("--keep", metavar="FILE", type=local_path, action="append", default=[], help=about)
    add("--report-only", action="store_true", default=False, help="write no clean corpus")
    about = "n-grams of the references to hold in memory; more are looked up on Spark (200000000)"
    add("--max-ngrams", metavar="N", type=int, help=about)
    about = "show what was found side by side: here, or in FILE (.html, .jsonl or .txt)"
    add("--review", metavar="FILE", type=local_path, nargs="?", const=TERMINAL, default=None, help=about)
    add("--review-limit", metavar="N", type=int, default=1000, help="hits to show (1000)")
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write what is left and what was found, and say how much."""
    from ccnet_lite.finished.decontaminate import decontaminate
    from ccnet_lite.kernels.decontaminate import Overlap
    from ccnet_lite.run.progress import shown
    from ccnet_lite.settings import load_settings

    given = vars(arguments)
    _check_review(arguments.review, arguments.review_limit)
    spark = load_settings(arguments.config, arguments.overrides).spark
    chosen: dict[str, Any] = {
        name: given[name] for name in ("ngram", "min_overlap", "min_tokens", "min_weighted") if name in given
    }
    if "fields" in given:
        chosen["fields"] = tuple(arguments.fields)
    against = [located(path) for path in arguments.against]
    told = {"max_ngrams": arguments.max_ngrams} if "max_ngrams" in given else {}
    run, output = located(arguments.run), located(arguments.output)
    with shown("decontaminate"):
        done = decontaminate(
            *(run, against, output, spark, Overlap(**chosen), arguments.report_only), keep=arguments.keep, **told
        )
    if arguments.review is not None:
        from ccnet_lite.finished.review import review

        with shown("review"):
            found = review(run, against, output, spark, Overlap(**chosen), arguments.review_limit)
        _show(found, arguments.review)
    if done.unused:
        print(f"--keep: {len(done.unused):,} ids were not met, {done.unused[0]} among them")
    summary = f"{visible(arguments.output)}/summary.json"
    print(f"{done.contaminated:,} of {done.documents:,} documents contaminated: {summary}")


def _check_review(file: Path | None, limit: int) -> None:
    """Raises UserError before anything is done that would be lost."""
    if limit < 1:
        raise UserError(f"--review-limit {limit} is not a number of hits: give 1 or more")
    if file is None or file == TERMINAL:
        return
    if file.suffix not in AS:
        raise UserError(f"--review {visible(str(file))}: give a file that ends in {', '.join(AS)}")
    if not file.parent.is_dir():
        raise UserError(f"--review {visible(str(file))}: there is no folder {visible(str(file.parent))}")


def _show(found: "Review", file: Path) -> None:
    """Print the review, or write it."""
    from ccnet_lite.commands.reviewed import print_review, review_text

    if file == TERMINAL:
        if sys.stdout.isatty():
            print_review(found, terminal_width())
        else:
            print(review_text(found, terminal_width()))
        return
    if AS[file.suffix] == "page":
        from ccnet_lite.commands.reviewed_html import review_page

        content = review_page(found)
    elif AS[file.suffix] == "lines":
        from ccnet_lite.finished.review import as_json

        content = "".join(f"{as_json(hit)}\n" for hit in found.hits)
    else:
        content = f"{review_text(found, terminal_width())}\n"
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UserError(f"--review {visible(str(file))} cannot be written: {error.strerror}") from None
    print(f"review: {visible(str(file))}")
