"""Compare two finished runs: funnels, languages, settings, times, and documents that came and went."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from ccnet_lite.commands.arguments import Parser, located, place

RESUMES = False
EXAMPLE = "ccnet-lite compare out other"
SHOWN_LANGUAGES = 20
SHOWN_MOVES = 20
SHORT = 12
"""Characters of a model's digest that are shown."""


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("first", type=place, metavar="RUN_A", help="a finished run's folder")
    made.add_argument("second", type=place, metavar="RUN_B", help="another's")
    add_reading(made)
    return made


def add_reading(made: Parser) -> None:
    """Add --examples and --json."""
    made.add_argument("--examples", metavar="N", type=_count, default=3, help="documents to show of each move (3)")
    made.add_argument("--json", action="store_true", help="print one line of JSON")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text}: give a number, 0 or more")
    return int(text)


def main(arguments: argparse.Namespace) -> None:
    """Print what differs."""
    from ccnet_lite.finished.compare import compare

    found = compare(located(arguments.first), located(arguments.second), arguments.examples)
    print(json.dumps(found, sort_keys=True) if arguments.json else render(found))


def render(found: dict[str, Any]) -> str:
    """What `compare` found, as text for a terminal."""
    archives = found["archives"]
    read = "the same archives" if archives["same"] else f"{archives['common']:,} archives in common"
    parts = [
        [
            *(
                f"{side}  {run['run']}: {archives[side.lower()]:,} archives, {run['records']:,} records, "
                f"{run['kept']:,} documents kept, {run['characters']:,} characters"
                for side, run in zip("AB", found["runs"], strict=True)
            ),
            f"   {read}",
        ],
        _funnel(found["funnel"]),
        _languages(found["languages"], found["alpha"]),
        _differences("setting", found["settings"], str),
        _differences("model", found["models"], _short),
        _steps(found["steps"]),
    ]
    if found["documents"] is not None:
        documents = found["documents"]
        parts.append(
            [
                f"documents with the same fate in both: {documents['same_fate']:,}; kept in both with another "
                f"number of characters: {documents['changed_text']:,}",
                *moves_lines(documents["moves"]),
            ]
        )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _align(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    from ccnet_lite.report.columns import align  # here: the help needs no rooms

    return align(rows, left=left)


def number(value: float | None) -> str:
    """A count for people, a dot where there is none."""
    return "·" if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share for people."""
    return "·" if value is None else f"{100 * value:.2f}"


def _of(row: dict[str, Any], side: str, key: str) -> Any:
    return (row[side] or {}).get(key)


def _change(row: dict[str, Any], key: str) -> float:
    return (_of(row, "b", key) or 0) - (_of(row, "a", key) or 0)


def _funnel(rows: list[dict[str, Any]]) -> list[str]:
    heads = [
        "stage",
        "outcome",
        "rule",
        "records A",
        "B",
        "B - A",
        "characters A",
        "B",
        "B - A",
        "% of documents A",
        "B",
        "B - A",
    ]
    body = [
        [
            *(row["stage"], row["outcome"], row["rule"]),
            *(number(_of(row, side, "records")) for side in "ab"),
            f"{_change(row, 'records'):+,}",
            *(number(_of(row, side, "characters")) for side in "ab"),
            f"{_change(row, 'characters'):+,}",
            *(percent(_of(row, side, "share")) for side in "ab"),
            f"{100 * _change(row, 'share'):+.2f}",
        ]
        for row in rows
    ]
    return _align([heads, *body], 3)


def _languages(rows: list[dict[str, Any]], alpha: float | None) -> list[str]:
    heads = [
        *("language", "% read A", "B", "documents A", "B", "B - A", "characters A", "B", "% kept A", "B", "B - A"),
        *(f"q({alpha}) A", "B"),
    ]
    body = [
        [
            row["language"],
            *(percent(_of(row, side, "read_share")) for side in "ab"),
            *(number(_of(row, side, "documents")) for side in "ab"),
            f"{_change(row, 'documents'):+,}",
            *(number(_of(row, side, "characters")) for side in "ab"),
            *(percent(_of(row, side, "share")) for side in "ab"),
            f"{100 * _change(row, 'share'):+.2f}",
            *(percent(_of(row, side, "q")) for side in "ab"),
        ]
        for row in rows[:SHOWN_LANGUAGES]
    ]
    rest = len(rows) - SHOWN_LANGUAGES
    return _align([heads, *body], 1) + ([f"and {rest:,} more languages (--json has all)"] if rest > 0 else [])


def _differences(what: str, rows: list[dict[str, Any]], shown: Any) -> list[str]:
    if not rows:
        return [f"no {what} differs"]
    words = [[row[what], *("·" if row[side] is None else shown(row[side]) for side in "ab")] for row in rows]
    return _align([[f"{what}s that differ", "A", "B"], *words], 3)


def _short(digests: str) -> str:
    """The beginning of a model's digest, or of both of a pair's."""
    return ":".join(digest[:SHORT] for digest in digests.split(":"))


def _steps(rows: list[dict[str, Any]]) -> list[str]:
    names = ("seconds", "cpu_seconds")
    body = [[row["step"], *(number(_of(row, side, name)) for name in names for side in "ab")] for row in rows]
    return _align([["step", "seconds A", "B", "CPU seconds A", "B"], *body], 1) if rows else []


def moves_lines(moves: list[dict[str, Any]]) -> list[str]:
    """Moves from fate to fate, most documents first, with examples below each."""
    from ccnet_lite.report.columns import printable

    lines = []
    for row in moves[:SHOWN_MOVES]:
        lines.append(f"{row['documents']:>10,}  {row['before']} -> {row['after']}")
        for each in row["examples"]:
            lines.append(f"{'':12}{each['language'] or '·'}  {printable(each['url'], 100)}  {each['doc_id']}")
    if len(moves) > SHOWN_MOVES:
        lines.append(f"and {len(moves) - SHOWN_MOVES:,} more kinds of moves (--json has all)")
    return lines
