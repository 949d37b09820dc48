"""Make a corpus again from its minified form and the archives that it was made from."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_inputs, add_settings, located, place
from ccnet_lite.errors import RunFailed, visible

RESUMES = False
EXAMPLE = "ccnet-lite rebuild --minified minified --input archives/*.warc.wet.gz --output again"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("--minified", metavar="DIR", type=place, required=True, help="what `minify` wrote")
    add_inputs(made)
    made.add_argument("--output", metavar="DIR", type=place, required=True, help="a new folder")
    add_settings(made, "[spark] and [source] are")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Rebuild; exit with 1 when a document could not be had."""
    from ccnet_lite.archives.sources import resolve_inputs
    from ccnet_lite.finished.rebuild import rebuild
    from ccnet_lite.settings import load_settings

    settings = load_settings(arguments.config, arguments.overrides)
    names = ("crawl", "shards", "kind", "limit")
    given = {name: getattr(arguments, name) for name in names}
    shards = resolve_inputs(arguments.inputs, settings.source, **given)
    minified, output = located(arguments.minified), located(arguments.output)
    corpus, lost = rebuild(minified, shards, output, settings.spark)
    print(f"{corpus.rows:,} documents rebuilt: {visible(arguments.output)}/corpus")
    if lost.rows:
        raise RunFailed(f"{lost.rows:,} documents could not be rebuilt: see {arguments.output}/not_rebuilt")
