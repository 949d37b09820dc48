"""Plan near-duplicate detection: what to find in, bands and rows, their curve and cost out."""

import argparse

from ccnet_lite.commands.arguments import Parser
from ccnet_lite.errors import UserError

RESUMES = False
EXAMPLE = "ccnet-lite plan-dedup --documents 1000000 --sample archives/*.warc.wet.gz"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("--similarity", type=float, default=0.8, help="from which documents are alike")
    made.add_argument("--recall", type=float, default=0.98, help="wanted at similarity + 0.05")
    made.add_argument("--precision", type=float, default=0.995, help="wanted at similarity - 0.1")
    made.add_argument("--documents", type=int, required=True, help="how many there are")
    about = "archives to try it on; may be given again"
    made.add_argument("--sample", nargs="+", action="extend", default=[], metavar="SHARDS", help=about)
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the plan, and the lines of settings that choose it."""
    for name in ("similarity", "recall", "precision"):
        if not 0 < getattr(arguments, name) < 1:
            raise UserError(f"--{name} {getattr(arguments, name)}: give a number between 0 and 1")
    if arguments.documents < 1:
        raise UserError(f"--documents {arguments.documents}: give how many documents there are")
    from ccnet_lite.archives.texts import sample_texts
    from ccnet_lite.dedup import costs, lsh
    from ccnet_lite.settings import NearDuplicateSettings

    made = lsh.plan(arguments.similarity, arguments.recall, 1 - arguments.precision)
    if made is None:
        raise UserError("no plan of up to 512 permutations does it: ask for less recall or less precision")
    near = NearDuplicateSettings(similarity=arguments.similarity, bands=made.bands, rows=made.rows)
    print(costs.describe(made, arguments.documents))
    if arguments.sample:
        print(costs.describe_sample(costs.measure(sample_texts(arguments.sample), near)))
    print(costs.as_toml(near))
