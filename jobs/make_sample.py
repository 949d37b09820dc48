"""Write the built-in sample crawl: WET and WARC archives with known truth, and reference prose."""

import argparse
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.sample import make_sample


def job(arguments: argparse.Namespace) -> None:
    """Make the crawl and say what is in it."""
    print(make_sample(arguments.output, arguments.documents, arguments.shards, arguments.seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", metavar="DIR", required=True, type=Path, help="the sample's folder")
    parser.add_argument("--documents", metavar="N", type=int, default=3000, help="pages of the WET shards")
    parser.add_argument("--shards", metavar="K", type=int, default=4, help="WET shards")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="another seed, another crawl")
    main(parser, job)
