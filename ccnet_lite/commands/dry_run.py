"""Run a sample of the archives through every step on this machine, and tell what the whole would take."""

import argparse
import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ccnet_lite.commands.arguments import Parser, add_inputs, add_settings
from ccnet_lite.errors import UserError, visible

if TYPE_CHECKING:
    from ccnet_lite.run.dry_run import DryRun
    from ccnet_lite.run.estimate import Span

RESUMES = False
EXAMPLE = "ccnet-lite dry-run --input archives/*.warc.wet.gz --set quality.lm_dir=models/lm --cores 400"
LANGUAGES_SHOWN = 20
_log = logging.getLogger(__name__)


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add_inputs(made)
    add_settings(made)
    made.add_argument("--archives", metavar="N", type=_positive, default=4, help="how many to sample from (4)")
    made.add_argument("--records", metavar="N", type=_positive, default=10_000, help="how many to run (10,000)")
    made.add_argument("--seed", metavar="N", type=int, default=1, help="which of them are drawn (1)")
    made.add_argument("--cores", metavar="N", type=_positive, help="of the machines that the whole is to run on")
    about = "what an hour of one core costs, in any currency"
    made.add_argument("--price", metavar="RATE", type=float, help=about)
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: give a number from 1 on")
    return int(text)


def main(arguments: argparse.Namespace) -> None:
    """Run it, and print the estimate."""
    from ccnet_lite.archives.sources import resolve_inputs
    from ccnet_lite.run.dry_run import dry_run
    from ccnet_lite.settings import load_settings

    if arguments.price is not None and not arguments.price > 0:
        raise UserError(f"--price {arguments.price}: give what an hour of one core costs, above 0")
    settings = load_settings(arguments.config, arguments.overrides)
    names = ("crawl", "shards", "kind", "limit")
    given = {name: getattr(arguments, name) for name in names}
    shards = resolve_inputs(arguments.inputs, settings.source, **given)
    found = dry_run(
        settings,
        shards,
        archives=arguments.archives,
        records=arguments.records,
        seed=arguments.seed,
        cores=arguments.cores,
        say=_log.info,
    )
    print(json.dumps(as_json(found, arguments.price)) if arguments.json else rendered(found, arguments.price))


def as_json(found: "DryRun", price: float | None) -> dict[str, Any]:
    """The estimate as plain values; every span as {low, likely, high}."""
    said: dict[str, Any] = _plain(asdict(found))
    if price is not None:
        said["estimate"]["price"] = found.estimate.cpu_hours.times(price)._asdict()
    return said


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


def rendered(found: "DryRun", price: float | None) -> str:
    """The estimate for a terminal."""
    of = found.estimate
    lines = [
        f"sampled    {found.records_sampled:,} of some {found.records:,.0f} records, from "
        f"{found.archives_sampled:,} of {found.archives:,} archives ({_size(found.bytes)}), seed {found.seed}",
        "",
        f"the whole, likely (at the least to at the most), on {of.cores:,} cores",
        f"time       {_each(of.seconds, _time)}, without that of a network",
        f"CPU        {_each(of.cpu_hours, _hours)}",
        f"shuffled   {_each(of.shuffled_bytes, _size)}",
        f"disk       {_each(of.disk_bytes, _size)}, with all tables of the run",
        f"corpus     {_each(of.corpus_bytes, _size)}, {_each(of.documents, _count)} documents",
        f"duplicates {_each(of.duplicate_share, _percent)} of the documents that come so far",
        f"memory     a Python worker, one a core: {_each(of.worker_bytes, _size)}",
        f"           the JVM: {_each(of.java_bytes, _size)}; the driver: {_each(of.driver_bytes, _size)}",
    ]
    if price is not None:
        lines.append(
            f"price      {_each(of.cpu_hours.times(price), '{:,.2f}'.format)} at {price:g} an hour of a core"
        )
    lines += ["", f"{'language':10} {'documents':>14} {'from':>12} {'to':>12} {'characters':>14} {'tokens':>14}"]
    ordered = sorted(of.languages.items(), key=lambda item: -item[1].kept.likely)
    for code, guess in ordered[:LANGUAGES_SHOWN]:
        kept, tokens = guess.kept, guess.tokens
        lines.append(
            f"{visible(code):10} {kept.likely:>14,.0f} {kept.low:>12,.0f} {kept.high:>12,.0f} "
            f"{guess.characters.likely:>14,.0f} {'no model' if tokens is None else f'{tokens.likely:,.0f}':>14}"
        )
    if len(ordered) > LANGUAGES_SHOWN:
        lines.append(f"and {len(ordered) - LANGUAGES_SHOWN:,} more languages: --json has them")
    if found.records > 100 * found.records_sampled:
        lines += ["", "Of duplicates that lie far apart, a sample this small shows little: see the span."]
    return "\n".join(lines)


def _each(span: "Span", shown: Any) -> str:
    return f"{shown(span.likely)} ({shown(span.low)} to {shown(span.high)})"


def _size(size: float) -> str:
    for unit, step in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= step:
            return f"{size / step:,.1f} {unit}"
    return f"{size / 1e3:,.1f} kB"


def _time(seconds: float) -> str:
    if seconds >= 2 * 86_400:
        return f"{seconds / 86_400:,.1f} days"
    return (
        f"{seconds / 3600:,.1f} h"
        if seconds >= 7200
        else f"{seconds / 60:,.1f} min"
        if seconds >= 120
        else f"{seconds:,.0f} s"
    )


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{60 * hours:,.1f} min"


def _count(count: float) -> str:
    return f"{count:,.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
