"""Tell what other thresholds would keep of a finished run, without running anything."""

import argparse
import json
from typing import Any

from ccnet_lite.commands.arguments import Parser, located, place
from ccnet_lite.commands.compare import add_reading, moves_lines, number, percent
from ccnet_lite.errors import UserError

RESUMES = False
EXAMPLE = "ccnet-lite what-if out --set quality.max_symbol_share=0.3"
SHOWN_LANGUAGES = 30


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    made.add_argument("run", type=place, metavar="RUN", help="the finished run's folder")
    made.add_argument(
        "--set",
        dest="overrides",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        help="a setting, as quality.max_symbol_share=0.3 or language.threshold=0.6; may be given again",
    )
    add_reading(made)
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print it."""
    from ccnet_lite.finished.what_if import COVERED, what_if

    if not arguments.overrides:
        raise UserError(f"give a setting by --set, as language.threshold=0.6; there are {', '.join(COVERED)}")
    found = what_if(located(arguments.run), arguments.overrides, arguments.examples)
    print(json.dumps(found, sort_keys=True) if arguments.json else render(found))


def render(found: dict[str, Any]) -> str:
    """What `what_if` found, as text for a terminal."""
    settings = [f"{row['setting']}: {row['now']} -> {row['then']}" for row in found["settings"]]
    parts = [settings or ["no setting differs from the run's"], _languages(found["languages"])]
    for kind in ("gained", "lost", "moved"):
        rows = found[kind]
        documents = sum(row["documents"] for row in rows)
        parts.append([f"{kind}: {documents:,} documents", *moves_lines(rows)])
    parts.append(unknown_lines(found["unknown"]))
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _languages(rows: list[dict[str, Any]]) -> list[str]:
    from ccnet_lite.report.columns import align  # here: the help needs no rooms

    alphas = [next(iter(row[side]["q"]), "") for row in rows[:1] for side in ("now", "then")]
    heads = ["language", "documents now", "then", "change", "characters now", "then", "change", "% now", "then"]
    heads += [f"q({alpha}) {side}" for alpha, side in zip(alphas, ("now", "then"), strict=True)] or [
        "q now",
        "then",
    ]
    total: dict[str, Any] = {
        side: {key: sum(row[side][key] for row in rows) for key in ("documents", "characters")}
        for side in ("now", "then")
    }
    body = [_row(row, alphas) for row in rows[:SHOWN_LANGUAGES]]
    body.append(_row({"language": "all", **total}, alphas))
    lines = align([heads, *body], left=1)
    rest = len(rows) - SHOWN_LANGUAGES
    return lines + ([f"({rest:,} more languages are in --json)"] if rest > 0 else [])


def _row(row: dict[str, Any], alphas: list[str]) -> list[str]:
    cells = [row["language"]]
    for key in ("documents", "characters"):
        now, then = row["now"][key], row["then"][key]
        cells += [number(now), number(then), f"{then - now:+,}"]
    cells += [percent(row[side].get("share")) for side in ("now", "then")]
    q = [row[side].get("q", {}).get(alpha) for alpha, side in zip(alphas, ("now", "then"), strict=True)]
    return cells + [percent(value) for value in q or (None, None)]


def unknown_lines(unknown: dict[str, Any]) -> list[str]:
    """What a run with these settings might decide otherwise, in words."""
    asked = (
        "" if unknown["unit"] == unknown["unit_asked"] else f", as the tables do not tell {unknown['unit_asked']}"
    )
    lines = [f"sampling counts {unknown['unit']}{asked}"]
    if unknown["unscored"]:
        lines.append(f"{unknown['unscored']:,} documents gained were never scored: their buckets are not known")
    if not unknown["near_duplicates"]:
        return lines
    alike = unknown["gained_alike"]
    if alike is None:
        lines.append("too many documents are gained to look for near-duplicates among them")
    elif alike:
        lines.append(
            f"{alike:,} documents gained have a near-duplicate among those that pass: a run keeps one of them"
        )
    if unknown["lost_representatives"]:
        lines.append(
            f"{unknown['lost_representatives']:,} documents that no longer pass stood for near-duplicates: for "
            f"{unknown['lost_replaced']:,} of them a run would keep another"
        )
    return [
        *lines,
        "lines that repeat are taken as the run found them: other documents may give others",
    ]
