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

from ccnet_lite.commands.arguments import Parser
from ccnet_lite.commands.failures import end
from ccnet_lite.commands.messages import add_messages, refuse, take_messages

_MADE_OF_IT = ("cutoffs", "decontaminate", "minify", "rebuild", "publish")
GROUPS = {
    "The pipeline": ("run", "plan", "dry-run", "settings"),
    "Its steps, one by one": ("ingest", "annotate", "deduplicate", "export", "sampling"),
    "A finished run": ("report", "explain", "sample", "compare", "what-if", "verify", *_MADE_OF_IT),
    "Before a run": (
        *("make-sample", "train-lm", "train-quality", "plan-dedup", "fit-lid", "evaluate-lid", "fit-rules"),
        "robots",
    ),
    "For pretraining": ("train-vocab", "export-training"),
}
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
EXAMPLE = "ccnet-lite run --input archives/*.warc.wet.gz --output out"
SHELLS = ("bash", "zsh", "fish", "tcsh")


class Command(Protocol):
    """What a module of a command has."""

    __doc__: str
    RESUMES: bool

    def parser(self) -> Parser:
        """Its arguments."""

    def main(self, arguments: argparse.Namespace) -> None:
        """Its work."""


def command(name: str) -> Command:
    """The module of a command, by its name on the command line."""
    return cast(Command, import_module(f"ccnet_lite.commands.{name.replace('-', '_')}"))


def script(name: str) -> NoReturn:
    """What a script of jobs/ does."""
    perform(command(name), take_messages(sys.argv[1:]), None)


def perform(module: Command, given: Sequence[str], shown_as: str | None) -> NoReturn:
    """Run a command on the arguments given, and exit with its status. shown_as: its name in messages."""
    parser = module.parser()
    add_messages(parser)  # they are taken already: for the help
    if shown_as is not None:
        parser.prog = shown_as
    arguments = parser.parse_args(given)
    end(lambda: module.main(arguments), getattr(arguments, "output", None), module.RESUMES)


def main() -> NoReturn:
    """The console command."""
    given = take_messages(sys.argv[1:])
    if given and given[0] in COMMANDS:
        perform(command(given[0]), given[1:], f"ccnet-lite {given[0]}")
    if given[:1] == ["help"]:
        if given[1:] and given[1] in COMMANDS:
            perform(command(given[1]), ["--help"], f"ccnet-lite {given[1]}")
        given = ["--help", *given[1:]]
    if given and not given[0].startswith("-"):
        refuse(unknown(given[0]))
    arguments = console_parser().parse_args(given)
    if arguments.version:
        from ccnet_lite import __version__

        print(f"ccnet-lite {__version__}")
    elif arguments.print_completion:
        print(completion(arguments.print_completion))
    else:
        print(overview())
    sys.exit(0)


def console_parser() -> Parser:
    """The options that stand without a command."""
    made = Parser(None, prog="ccnet-lite", add_help=False)
    made.add_argument("-h", "--help", action="store_true", help="this")
    made.add_argument("-V", "--version", action="store_true", help="say which this is")
    about = f"print what has the shell complete commands and options ({', '.join(SHELLS)})"
    made.add_argument("--print-completion", metavar="SHELL", choices=SHELLS, help=about)
    add_messages(made)
    return made


def overview() -> str:
    """The help of the console command: its commands by group, a line each."""
    lines = ["usage: ccnet-lite COMMAND ...", "", "From Common Crawl's archives to clean text by language."]
    for group, names in GROUPS.items():
        lines += ["", f"{group}:"]
        lines += [f"  {name:14} {command(name).__doc__.splitlines()[0]}" for name in names]
    options = console_parser().format_help().partition("options:")[2].rstrip()
    return "\n".join(
        [*lines, "", f"options:{options}", "", f"Example: {EXAMPLE}", "`ccnet-lite COMMAND --help` tells more."]
    )


def unknown(name: str) -> str:
    """What to say of a command that there is not."""
    near = get_close_matches(name, COMMANDS, 1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
    return f"ccnet-lite has no command {name}: {meant}"


def completion(shell: str) -> str:
    """A script for a shell, which has it complete commands, options and files."""
    import shtab

    from ccnet_lite.settings import fields

    names = " ".join(f"{section}.{key}" for section, key, _ in fields())
    root = console_parser()
    commands = root.add_subparsers()
    for name in COMMANDS:
        module = command(name)
        parser = module.parser()
        add_messages(parser)
        for action in parser._actions:
            if action.metavar in ("DIR", "FILE", "PATH", "RUN", "RUN_A", "RUN_B", "SHARDS"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar == "SECTION.KEY=VALUE":
                action.complete = shtab.cmd(f"echo {names}")  # type: ignore[attr-defined]
        commands.add_parser(name, help=module.__doc__.splitlines()[0], add_help=False, parents=[parser])
    return str(shtab.complete(root, shell))
