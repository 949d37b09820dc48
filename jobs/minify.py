"""Write a finished run's corpus without its text: what jobs/rebuild.py makes it again from."""

import argparse
from pathlib import Path

from ccnet_lite.commands.cli import main
from ccnet_lite.finished.rebuild import minify
from ccnet_lite.settings import load_settings


def job(arguments: argparse.Namespace) -> None:
    """Write it and say how much there is."""
    spark = load_settings(arguments.config, arguments.overrides).spark
    table = minify(arguments.run, arguments.output, spark)
    print(f"{table.rows:,} documents, {table.bytes:,} bytes: {arguments.output}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", metavar="RUN", type=Path, help="the finished run's folder")
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="a new folder")
    parser.add_argument("--config", metavar="FILE", help="settings, of which only [spark] is used")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    main(parser, job)
