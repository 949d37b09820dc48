"""Write the built-in sample crawl: WET and WARC archives with known truth, and reference prose."""

import argparse

from ccnet_lite.commands.arguments import Parser, local_path

RESUMES = False
EXAMPLE = "ccnet-lite make-sample --output crawl"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("--output", metavar="DIR", required=True, type=local_path, help="the sample's folder")
    made.add_argument("--documents", metavar="N", type=int, default=3000, help="pages of the WET shards")
    made.add_argument("--shards", metavar="K", type=int, default=4, help="WET shards")
    made.add_argument("--seed", metavar="S", type=int, default=0, help="another seed, another crawl")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Make the crawl and say what is in it."""
    from ccnet_lite.sample import make_sample

    print(make_sample(arguments.output, arguments.documents, arguments.shards, arguments.seed))
