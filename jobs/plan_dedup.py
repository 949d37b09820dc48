"""Plan near-duplicate detection: what to find in, bands and rows, their curve and cost out."""

import argparse

from ccnet_lite.commands.cli import main
from ccnet_lite.dedup import costs, lsh
from ccnet_lite.errors import UserError
from ccnet_lite.kernels.sample_texts import sample_texts
from ccnet_lite.settings import NearDuplicateSettings


def job(arguments: argparse.Namespace) -> None:
    """Print the plan, and the lines of settings that choose it."""
    for name in ("similarity", "recall", "precision"):
        if not 0 < getattr(arguments, name) < 1:
            raise UserError(f"--{name} {getattr(arguments, name)}: give a number between 0 and 1")
    made = lsh.plan(arguments.similarity, arguments.recall, 1 - arguments.precision)
    if made is None:
        raise UserError("no plan of up to 512 permutations does it: ask for less recall or less precision")
    near = NearDuplicateSettings(similarity=arguments.similarity, bands=made.bands, rows=made.rows)
    if arguments.documents < 1:
        raise UserError(f"--documents {arguments.documents}: give how many documents there are")
    print(costs.describe(made, arguments.documents))
    if arguments.sample:
        print(costs.describe_sample(costs.measure(sample_texts(arguments.sample), near)))
    print(costs.as_toml(near))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--similarity", type=float, default=0.8, help="from which documents are alike")
    parser.add_argument("--recall", type=float, default=0.98, help="wanted at similarity + 0.05")
    parser.add_argument("--precision", type=float, default=0.995, help="wanted at similarity - 0.1")
    parser.add_argument("--documents", type=int, required=True, help="how many there are")
    parser.add_argument(
        "--sample", action="append", default=[], metavar="SHARDS", help="archives to try it on"
    )
    main(parser, job)
