"""Write docs/commands.md from the commands' own parsers; with --check, only say whether it is up to date."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from made_page import write_or_check

from ccnet_lite.commands.console import COMMANDS, command

TARGET = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Made from the commands' own parsers by `scripts/make_command_docs.py`; a test holds the two together.
`ccnet-lite COMMAND --help` says the same. Each command is a script of `jobs/`, too, for spark-submit
(`ccnet-lite run` is `jobs/run_pipeline.py`). Exit status: 0 done, 2 your mistake (one line says which), 1 anything
else.
"""


def shown(text: str) -> str:
    r"""Text for a cell of a table.

    >>> shown("a | b\n  <c>")
    'a \\| b &lt;c&gt;'
    """
    words = " ".join(text.split()).replace("|", "\\|")
    return words.replace("<", "&lt;").replace(">", "&gt;")


def option(action: argparse.Action) -> str:
    """How an argument is written."""
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    names = ", ".join(action.option_strings)
    if action.nargs == 0:
        return f"`{names}`"
    metavar = action.metavar or (
        "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    )
    return f"`{names} {metavar}{' ...' if action.nargs == '+' else ''}`"


def usage(name: str, actions: Sequence[argparse.Action]) -> str:
    """The least that a command takes."""
    words = [
        *(each.metavar or each.dest for each in actions if not each.option_strings),
        *(f"{each.option_strings[-1]} {each.metavar or each.dest.upper()}" for each in actions if required(each)),
    ]
    return " ".join(["ccnet-lite", name, *map(str, words), "[options]"])


def section(name: str) -> str:
    """What the page says of a command."""
    parser = command(name).parser()
    hidden = argparse._HelpAction
    actions = [each for each in parser._actions if each.help != argparse.SUPPRESS and not isinstance(each, hidden)]
    rows = [
        f"| {shown(option(each))} | {shown(each.help or '')}{' (required)' * required(each)} |" for each in actions
    ]
    parts = [f"## {name}", shown(parser.description or ""), f"```text\n{usage(name, actions)}\n```"]
    if rows:
        parts.append("\n".join(["| argument | what |", "|---|---|", *rows]))
    if parser.epilog:
        parts.append(f"Example: `{parser.epilog.removeprefix('Example: ')}`")
    return "\n\n".join(parts)


def required(action: argparse.Action) -> bool:
    """Whether an option has to be given."""
    return bool(action.option_strings and action.required)


def command_docs() -> str:
    """The page as text."""
    return "\n\n".join([HEAD.rstrip(), *(section(name) for name in COMMANDS)]) + "\n"


if __name__ == "__main__":
    write_or_check(TARGET, command_docs(), __doc__)
