"""Arguments that commands share. A mistake in them is one line, as all of a user's mistakes are."""

import argparse
import re
import shutil
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from ccnet_lite.commands.messages import refuse
from ccnet_lite.errors import UserError


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, without its usage before it.

    An option is not to be shortened: what was short for one today may be short for another tomorrow.
    example: a command line to show in the help.
    """

    def __init__(self, description: str | None = None, example: str = "", **given: Any) -> None:
        epilog = f"Example: {example}" if example else None
        super().__init__(description=description, epilog=epilog, allow_abbrev=False, **given)

    def error(self, message: str) -> NoReturn:
        """Say it and leave with the status of a user's mistake."""
        refuse(f"{message} (see {self.prog} --help)")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does it, but an option that there is not is told first, and what was meant."""
        for text in args or ():
            name = text.partition("=")[0]
            if text == "--":
                break
            if name.startswith("--") and " " not in text and name not in self._option_string_actions:
                near = get_close_matches(name, self._option_string_actions, 1, 0.7)
                self.error(f"there is no option {name}" + (f": did you mean {near[0]}?" if near else ""))
        return super().parse_known_args(args, namespace)


def place(text: str) -> str:
    """The type of an argument that names a run, or where a command writes: a path or a URI, as it was given.

    A Path would make one slash of the two in s3://.

    Raises:
        argparse.ArgumentTypeError: a scheme that is not supported.
    """
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/", text)
    if scheme and "://" not in text:
        raise argparse.ArgumentTypeError(f"{text}: a URI has two slashes, as {scheme[1]}://BUCKET/FOLDER")
    if scheme:
        from ccnet_lite.store.places import Place  # here: a path does without pyarrow

        try:
            Place.of(text)
        except UserError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
    return text


def local_path(text: str) -> Path:
    """The type of an argument that names a file or folder of this machine.

    Raises:
        argparse.ArgumentTypeError: a URI.
    """
    path = text.removeprefix("file://")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):/", path)
    if scheme:
        raise argparse.ArgumentTypeError(f"{text}: {scheme[1]}:// is not supported here: give a path")
    return Path(path)


def located(text: str) -> str:
    """A `place` argument as what is called with it takes it: the one line to change when that takes URIs."""
    return text


def add_settings(parser: argparse.ArgumentParser, used: str = "") -> None:
    """Add --config and --set. used: which sections the command reads, where it does not read them all."""
    about = f"settings, of which {used} used" if used else "settings"
    parser.add_argument(
        "--config", metavar="FILE", type=local_path, default=None, help=f"{about}: a TOML file (see conf/)"
    )
    parser.add_argument(
        "--set",
        dest="overrides",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        help="override a setting; may be given again",
    )


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Add what names archives: --input, or a crawl and its shards."""
    parser.add_argument(
        "--input",
        dest="inputs",
        metavar="PATH",
        nargs="+",
        action="extend",
        default=[],
        help="WARC or WET files, globs, wet.paths(.gz) lists, or URLs; may be given again",
    )
    parser.add_argument("--crawl", metavar="ID", help="a crawl by name, as CC-MAIN-2024-22")
    parser.add_argument("--shards", metavar="0-9,12", type=_ranges, help="which archives of the crawl")
    parser.add_argument("--kind", choices=["wet", "warc"], default="wet", help="which archives of the crawl")
    parser.add_argument("--limit", metavar="N", type=int, help="no more than the first N archives")


def _ranges(text: str) -> str:
    if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", text.replace(" ", "")):
        raise argparse.ArgumentTypeError(f"{text}: give numbers and ranges, as in 0-9,12")
    return text


def run_parser(
    description: str | None,
    example: str,
    with_input: bool = False,
    with_index: bool = False,
    with_plan: bool = True,
    needs_output: bool = True,
) -> Parser:
    """Arguments of a command that works on a run's folder."""
    parser = Parser(description, example)
    if with_plan:
        parser.add_argument("--plan", action="store_true", help="say what would be done and why, and do nothing")
    add_settings(parser)
    parser.add_argument("--output", metavar="DIR", required=needs_output, type=place, help="the run's folder")
    if with_index:
        parser.add_argument(
            "--index",
            metavar="DIR",
            dest="overrides",
            action="append",
            type=lambda folder: f"near_duplicates.index={place(folder)}",
            help="match near-duplicates with crawls run before with this folder, and keep this one's there",
        )
    if with_input:
        add_inputs(parser)
    return parser


def terminal_width() -> int:
    """Columns to print text in: the terminal's, from 80 to 120."""
    return min(120, max(80, shutil.get_terminal_size((100, 24)).columns))


def add_labelled(parser: Parser) -> None:
    """Texts whose language is known, and how they are made into documents."""
    parser.add_argument(
        "--labelled", metavar="PLACE", type=local_path, required=True, help="texts: files swh.txt, or with columns"
    )
    parser.add_argument(
        "--chars", type=int, default=600, help="of a document, at the least (default: %(default)s)"
    )
