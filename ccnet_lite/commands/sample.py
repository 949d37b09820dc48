"""Show random documents of a finished run: of its corpus, or of those that a rule dropped."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from ccnet_lite.commands.arguments import Parser, located, place, terminal_width
from ccnet_lite.errors import UserError, visible

if TYPE_CHECKING:
    from ccnet_lite.finished.sample import Drawn

RESUMES = False
EXAMPLE = "ccnet-lite sample out --language sw --bucket head -n 20"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument("--language", metavar="CODE", default="", help="of this language alone, as sw")
    made.add_argument(
        "--bucket", metavar="NAME", default="", help="of this bucket alone: head, middle, tail or all"
    )
    made.add_argument("--dropped-by", metavar="RULE", default="", help="documents that this rule dropped, as read")
    made.add_argument("-n", "--count", metavar="N", type=int, default=20, help="how many (20)")
    made.add_argument("--seed", metavar="N", type=int, default=0, help="the same seed draws the same (0)")
    made.add_argument("--lines", metavar="N", type=int, default=8, help="lines of each on the screen (8; 0: all)")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Draw and print."""
    from ccnet_lite.finished.opened import open_run
    from ccnet_lite.finished.sample import sample_corpus, sample_dropped

    if arguments.dropped_by and arguments.bucket:
        raise UserError("--bucket is for documents of the corpus, and --dropped-by for others: give one of them")
    count, seed, language = max(0, arguments.count), arguments.seed, arguments.language
    run = open_run(located(arguments.run))
    if arguments.dropped_by:
        drawn = sample_dropped(run, arguments.dropped_by, count, seed, language)
    else:
        drawn = sample_corpus(run, count, seed, language, arguments.bucket)
    if arguments.json:
        print(json.dumps([asdict(each) for each in drawn], sort_keys=True))
        return
    width = terminal_width()
    print("\n\n".join(drawn_text(each, width, max(0, arguments.lines)) for each in drawn))


def drawn_text(drawn: "Drawn", width: int, n_lines: int) -> str:
    """A document: its header, and some lines of its text; n_lines: columns' lines of that, 0: all."""
    from ccnet_lite.commands.explained import cut_lines

    score = "" if drawn.language_score is None else f" {drawn.language_score:.2f}"
    facts = [f"{visible(drawn.language)}{score}", f"{drawn.length:,} characters"]
    if drawn.rule is None:
        known = "no perplexity" if drawn.perplexity is None else f"perplexity {drawn.perplexity:,.1f}"
        facts += [known, f"bucket {drawn.bucket}"]
    else:
        facts.append(f"dropped: {visible(drawn.reason or drawn.rule)}")
    lines: list[str] = []
    for line in drawn.text.split("\n"):
        lines += cut_lines(line, width - 2)
        if n_lines and len(lines) > n_lines:
            lines = [*lines[:n_lines], "..."]
            break
    head = [*cut_lines(f"{drawn.doc_id}  {drawn.url}", width), *cut_lines("  ".join(facts), width)]
    return "\n".join([*head, *(f"  {line}" for line in lines)])
