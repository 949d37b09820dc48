"""The console command `ccnet-lite COMMAND ...`, and the scripts of jobs/, which are the same commands.

Each is a module of this package with its arguments (`parser`), its work (`main`) and whether the same command
goes on after it was cut short (`RESUMES`). Only the one called is loaded; its help needs no Spark.
"""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn, Protocol, cast

from ccnet_lite.commands.failures import end
from ccnet_lite.errors import visible

_MADE_OF_IT = ("cutoffs", "decontaminate", "minify", "rebuild", "publish")
GROUPS = {
    "The pipeline": ("run",),
    "Its steps, one by one": ("ingest", "annotate", "deduplicate", "export", "sampling"),
    "A finished run": ("explain", "sample", "compare", "what-if", "verify", *_MADE_OF_IT),
    "Before a run": ("make-sample", "train-lm", "plan-dedup"),
}
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
EXAMPLE = "ccnet-lite run --config conf/local.toml --input 'archives/*.warc.wet.gz' --output out"


class Command(Protocol):
    """What a module of a command has."""

    __doc__: str
    RESUMES: bool

    def parser(self) -> argparse.ArgumentParser:
        """Its arguments."""

    def main(self, arguments: argparse.Namespace) -> None:
        """Its work."""


def command(name: str) -> Command:
    """The module of a command, by its name on the command line."""
    return cast(Command, import_module(f"ccnet_lite.commands.{name.replace('-', '_')}"))


def script(name: str) -> NoReturn:
    """What a script of jobs/ does."""
    perform(command(name), sys.argv[1:], None)


def perform(module: Command, given: Sequence[str], shown_as: str | None) -> NoReturn:
    """Run a command on the arguments given, and exit with its status. shown_as: its name in messages."""
    parser = module.parser()
    if shown_as is not None:
        parser.prog = shown_as
    arguments = parser.parse_args(given)
    end(lambda: module.main(arguments), getattr(arguments, "output", None), module.RESUMES)


def main() -> NoReturn:
    """The console command."""
    given = sys.argv[1:]
    if not given or given[0] in ("-h", "--help", "help"):
        print(overview())
        sys.exit(0)
    if given[0] in ("-V", "--version"):
        from ccnet_lite import __version__

        print(f"ccnet-lite {__version__}")
        sys.exit(0)
    if given[0] not in COMMANDS:
        print(f"error: {visible(unknown(given[0]))}", file=sys.stderr)
        sys.exit(2)
    perform(command(given[0]), given[1:], f"ccnet-lite {given[0]}")


def overview() -> str:
    """The help of the console command: its commands by group, a line each."""
    lines = ["usage: ccnet-lite COMMAND ...", "", "From Common Crawl's archives to clean text by language."]
    for group, names in GROUPS.items():
        lines += ["", f"{group}:"]
        lines += [f"  {name:14} {command(name).__doc__.splitlines()[0]}" for name in names]
    lines += ["", f"Example: {EXAMPLE}", "", "`ccnet-lite COMMAND --help` has a command's arguments."]
    return "\n".join([*lines, "`ccnet-lite --version` says which this is."])


def unknown(name: str) -> str:
    """What to say of a command that there is not."""
    near = get_close_matches(name, COMMANDS, 1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
    return f"ccnet-lite has no command {name}: {meant}"
