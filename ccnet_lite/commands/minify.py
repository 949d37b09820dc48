"""Write a finished run's corpus without its text: what `rebuild` makes it again from."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_settings, located, place
from ccnet_lite.errors import visible

RESUMES = False
EXAMPLE = "ccnet-lite minify out --output minified"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", metavar="RUN", type=place, help="the finished run's folder")
    made.add_argument("--output", metavar="DIR", type=place, required=True, help="a new folder")
    add_settings(made, "only [spark] is")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write it and say how much there is."""
    from ccnet_lite.finished.minify import minify
    from ccnet_lite.settings import load_settings

    spark = load_settings(arguments.config, arguments.overrides).spark
    table = minify(located(arguments.run), located(arguments.output), spark)
    size = sum(file.bytes for file in table.files)
    print(f"{table.rows:,} documents, {size:,} bytes: {visible(arguments.output)}")
