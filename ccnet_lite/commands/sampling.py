"""A sampling plan for pretraining from finished runs; or, with --output, a run's last step.

RUN ...: from the statistics of one or several runs, how often each language and bucket is read within a budget.
--output DIR: count the corpus by language; write sampling statistics, manifest and report.
"""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from ccnet_lite.commands.arguments import Parser, local_path, located, place, run_parser
from ccnet_lite.errors import UserError

RESUMES = True
EXAMPLE = "ccnet-lite sampling out --budget 6e9 --unit tokens --alpha 0.3 --to plan.json"
UNITS = ("tokens", "documents", "bytes", "characters", "words", "lines")
BUCKETS = ("head", "middle", "tail", "all")
ALPHA = 0.3
Name = TypeVar("Name", str, int)
Number = TypeVar("Number", int, float)


def parser() -> Parser:
    """Its arguments."""
    made = run_parser(__doc__, EXAMPLE, needs_output=False)
    made.add_argument(
        "runs", metavar="RUN", nargs="*", type=place, help="finished runs' folders, planned together"
    )
    made.add_argument("--to", metavar="FILE", type=local_path, help="write the plan there, for readers")
    made.add_argument("--json", action="store_true", help="print the plan as JSON")
    made.add_argument("--budget", metavar="N", type=_amount, help="units to read in all, as 6e9 (the run's own)")
    made.add_argument("--unit", choices=UNITS, help="what the budget and sizes count (the run's own)")
    method = made.add_mutually_exclusive_group()
    method.add_argument("--alpha", metavar="A", type=float, help=f"q = p^A / sum(p^A), 0 to 1 ({ALPHA})")
    method.add_argument("--temperature", metavar="T", type=float, help="as --alpha 1/T, T of 1 or more")
    method.add_argument("--unimax", action="store_true", help="as even as --max-epochs allows")
    made.add_argument(
        "--max-epochs", metavar="N", type=float, help="read no text more often (--unimax: the run's)"
    )
    made.add_argument("--min-epochs", metavar="N", type=float, default=0.0, help="read each language so often")
    for end, words in (("min", "at least"), ("max", "at most")):
        made.add_argument(
            f"--{end}-share",
            metavar="[LANG=]X",
            type=_named_share,
            action="append",
            default=[],
            help=f"a language gets {words} this share of the budget; with LANG= that one; may be given again",
        )
    made.add_argument(
        "--bucket-weight",
        metavar="BUCKET=W",
        type=_weight,
        action="append",
        default=[],
        help="read a bucket W times as often as the others of its language, 0: not at all; may be given again",
    )
    made.add_argument(
        "--tier-weight",
        metavar="TIER=N",
        type=_tier_weight,
        action="append",
        default=[],
        help="read a document of this tier N times an epoch (1), 0: never; 5-9=N: of these; may be given again",
    )
    about = "read a document as often as its cluster_weight says"
    made.add_argument("--cluster-weights", action="store_true", help=about)
    made.add_argument("--language", metavar="CODE", action="append", default=[], help="read these alone, as sw")
    about = "warn of languages with less text (256)"
    made.add_argument("--useful-size", metavar="MIB", type=float, default=256.0, help=about)
    about = "warn of what is read more often (4)"
    made.add_argument("--max-epochs-warning", metavar="N", type=float, default=4.0, help=about)
    return made


def main(arguments: argparse.Namespace) -> None:
    """Make a plan, or run the step on the run's folder."""
    if bool(arguments.runs) == bool(arguments.output):
        raise UserError(
            "sampling: give either finished runs, RUN ..., to plan for, or --output DIR, a run's folder"
        )
    if arguments.output:
        from ccnet_lite.commands.running import run_job

        arguments.output = located(arguments.output)
        run_job(arguments, "sampling", "sampling")
        return
    if arguments.plan or arguments.config or arguments.overrides:
        raise UserError("sampling: --plan, --config and --set are for --output DIR: a plan takes its own options")
    _plan(arguments)


def _plan(arguments: argparse.Namespace) -> None:
    from ccnet_lite.commands.sampling_text import render
    from ccnet_lite.finished.mixture import plan_of

    mix = plan_of(
        [located(run) for run in arguments.runs],
        unit=arguments.unit,
        budget=arguments.budget,
        method="unimax" if arguments.unimax else "alpha",
        max_epochs=arguments.max_epochs,
        alpha=_alpha(arguments),
        min_epochs=arguments.min_epochs,
        max_share=_one_each("--max-share", arguments.max_share),
        min_share=_one_each("--min-share", arguments.min_share),
        bucket_weights=_one_each("--bucket-weight", arguments.bucket_weight),
        cluster_weights=arguments.cluster_weights,
        tier_weights=_one_each("--tier-weight", [pair for pairs in arguments.tier_weight for pair in pairs]),
        languages=tuple(sorted(set(arguments.language))),
        useful_bytes=round(arguments.useful_size * 2**20),
        many_epochs=arguments.max_epochs_warning,
    )
    if arguments.to:
        try:
            arguments.to.write_text(mix.to_json(), encoding="utf-8")
        except OSError as error:
            raise UserError(f"--to {arguments.to} cannot be written: {error.strerror or error}") from None
    told = json.loads(mix.to_json())
    print(json.dumps(told, sort_keys=True) if arguments.json else render(told))


def _alpha(arguments: argparse.Namespace) -> float:
    if arguments.temperature is not None:
        if not arguments.temperature >= 1.0:
            raise UserError(f"--temperature {arguments.temperature}: give 1 or more")
        return 1.0 / float(arguments.temperature)
    return ALPHA if arguments.alpha is None else float(arguments.alpha)


def _one_each(option: str, given: Sequence[tuple[Name, Number]]) -> Mapping[Name, Number]:
    found = dict(given)
    if len(found) < len(given):
        raise UserError(f"{option} is given twice for the same name")
    return found


def _amount(text: str) -> int:
    try:
        amount = int(text) if text.isdecimal() else float(text)
        if amount < 1 or amount == float("inf") or amount != amount:
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: give a number of units, as 6e9") from None
    return round(amount)


def _named_share(text: str) -> tuple[str, float]:
    name, equals, number = text.rpartition("=")
    if equals and not name:
        raise argparse.ArgumentTypeError(f"{text}: give a share, 0 to 1, or LANGUAGE=SHARE")
    try:
        share = float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: give a share, 0 to 1, or LANGUAGE=SHARE") from None
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"{text}: a share lies between 0 and 1")
    return name, share


def _tier_weight(text: str) -> list[tuple[int, int]]:
    found = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?=(\d{1,3})", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if found is None or first > last:
        raise argparse.ArgumentTypeError(f"{text}: give a tier or a range and a whole number, as 19=2 or 0-4=0")
    return [(tier, int(found[3])) for tier in range(first, last + 1)]


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        weight = float(number)
    except ValueError:
        weight = -1.0
    if name not in BUCKETS or not 0.0 <= weight < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: give one of {', '.join(BUCKETS)} and a weight, as head=2")
    return name, weight
