"""Arguments that commands share. A mistake in them is one line, as all of a user's mistakes are."""

import argparse
import re
import shutil
from typing import NoReturn

from ccnet_lite.errors import UserError, visible


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, without its usage before it."""

    def error(self, message: str) -> NoReturn:
        """Say it and leave with the status of a user's mistake."""
        self.exit(2, f"error: {visible(message)} (see {self.prog} --help)\n")


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


def located(text: str) -> str:
    """A `place` argument as what is called with it takes it: the one line to change when that takes URIs."""
    return text


def add_settings(parser: argparse.ArgumentParser, used: str = "") -> None:
    """Add --config and --set. used: which sections the command reads, where it does not read them all."""
    about = f"settings, of which {used} used" if used else "settings"
    parser.add_argument("--config", metavar="FILE", default=None, help=f"{about}: a TOML file (see conf/)")
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
    parser.add_argument("--shards", metavar="0-9,12", help="which archives of the crawl")
    parser.add_argument("--kind", choices=["wet", "warc"], default="wet", help="which archives of the crawl")
    parser.add_argument("--limit", metavar="N", type=int, help="no more than the first N archives")


def run_parser(description: str | None, with_input: bool = False, with_index: bool = False) -> Parser:
    """Arguments of a command that works on a run's folder."""
    parser = Parser(description=description)
    parser.add_argument("--plan", action="store_true", help="say what would be done and why, and do nothing")
    add_settings(parser)
    parser.add_argument("--output", metavar="DIR", required=True, type=place, help="the run's folder")
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
