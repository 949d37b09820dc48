"""A table of what robots.txt, tdmrep.json and licences by RSL say against training, for opt_out.robots."""

import argparse

from ccnet_lite.commands.arguments import Parser, add_settings, local_path

RESUMES = False
EXAMPLE = "ccnet-lite robots --input robotstxt/*.warc.gz --output robots.parquet"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add = made.add_argument
    about = "archives that hold such files, globs, robotstxt.paths(.gz) lists, or URLs; may be given again"
    add("--input", dest="inputs", metavar="PATH", nargs="+", action="extend", required=True, help=about)
    add("--limit", metavar="N", type=int, help="no more than the first N archives")
    add("--output", metavar="FILE", type=local_path, required=True, help="the table, a Parquet file")
    about = "have rules for anybody (User-agent: *) count for agents that a file does not name"
    add("--wildcard", action="store_true", help=about)
    add_settings(made, "[source], [spark] and opt_out.agents are")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the table and say how many hosts it names."""
    from ccnet_lite.archives.inputs import resolve_inputs
    from ccnet_lite.run.progress import shown
    from ccnet_lite.run.session import start_session
    from ccnet_lite.settings import load_settings
    from ccnet_lite.stages.robots import write_robots

    settings = load_settings(arguments.config, arguments.overrides)
    shards = resolve_inputs(arguments.inputs, settings.source)[: arguments.limit]
    agents, output = settings.opt_out.agents, arguments.output
    with shown("robots"):
        session = start_session(settings.spark, "ccnet_lite robots")
        hosts = write_robots(session, shards, settings.source, agents, arguments.wildcard, output)
    print(f"{hosts:,} hosts disallow something to one of {len(agents)} user agents, or to all: {output}")
