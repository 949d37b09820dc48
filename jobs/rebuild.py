"""Make a corpus again from its minified form and the archives that it was made from."""

import argparse
from pathlib import Path

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.commands.cli import main, run_parser
from ccnet_lite.errors import RunFailed
from ccnet_lite.finished.rebuild import rebuild
from ccnet_lite.settings import load_settings


def job(arguments: argparse.Namespace) -> None:
    """Rebuild; exit with 1 when a document could not be had."""
    settings = load_settings(arguments.config, arguments.overrides)
    names = ("crawl", "shards", "kind", "limit")
    given = {name: getattr(arguments, name) for name in names}
    shards = resolve_inputs(arguments.inputs, settings.source, **given)
    corpus, lost = rebuild(arguments.minified, shards, arguments.output, settings.spark)
    print(f"{corpus.rows:,} documents rebuilt: {arguments.output}/corpus")
    if lost.rows:
        raise RunFailed(f"{lost.rows:,} documents could not be rebuilt: see {lost.folder}")


if __name__ == "__main__":
    parser = run_parser(__doc__ or "", with_input=True, with_plan=False)
    parser.add_argument(
        "--minified", metavar="DIR", type=Path, required=True, help="what jobs/minify.py wrote"
    )
    main(parser, job)
