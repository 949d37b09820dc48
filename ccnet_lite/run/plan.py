"""What a run would do and why, found without doing anything: no Spark, no writing.

A step is kept when its tables stand and were made from the same. What they were made from lies beside each
table, so the reason for redoing a step is the difference, by name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccnet_lite.run.engine import Run, Step, stands, step_parts
from ccnet_lite.run.folder import fingerprint
from ccnet_lite.store.json_files import intact, read_json
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import MANIFEST, load_table

SHOWN_REASONS = 3


@dataclass(frozen=True)
class Planned:
    """A step and what becomes of it."""

    step: str
    keep: bool
    redo: bool
    """It stands, but was made from something else; false for a step that was never finished."""
    reasons: tuple[str, ...]
    """Why it is not kept."""


def plan_steps(run: Run, steps: Sequence[Step]) -> list[Planned]:
    """What `run.run_steps` would do."""
    made: dict[str, str] = {name: table.fingerprint for name, table in run.tables.items()}
    planned = []
    for step in steps:
        missing = [name for name in step.inputs if name not in made]
        if missing:
            reason = f"the table {missing[0]} is missing: run the steps before"
            planned.append(Planned(step.name, False, False, (reason,)))
            continue
        parts = step_parts(step, run, made)
        made_from = fingerprint(step.name, parts)
        if stands(run, step, made_from):
            planned.append(Planned(step.name, True, False, ()))
        else:
            anew = [name for name in step.inputs if made[name] != _made_from(run, name)]
            planned.append(_reasons(run, step, parts, made_from, anew))
        made |= dict.fromkeys(step.outputs, made_from)
    return planned


def _made_from(run: Run, name: str) -> str | None:
    table = load_table(run.folder, name)
    return table.fingerprint if table else None


def _reasons(run: Run, step: Step, parts: dict[str, Any], made_from: str, anew: list[str]) -> Planned:
    """Why a step is not kept. anew: its inputs that will have been made again by then."""
    done = len(list((run.folder / "_work" / f"{step.name}-{made_from}" / "_done").glob("*.json")))
    begun = (f"{done} of {len(run.shards)} archives are done",) if done else ()
    standing = {name: _made_from(run, name) for name in step.outputs}
    if not any(standing.values()):
        return Planned(step.name, False, False, begun or ("not there yet",))
    reasons = [f"the table {name} is missing" for name in step.outputs if standing[name] is None]
    for name in step.outputs:
        table = load_table(run.folder, name)
        if table is not None and not table.is_current:
            now = schema_json(name)["version"]
            reasons.append(f"{name} has schema version {table.schema_version}, now {now}")
    other = [name for name in step.outputs if standing[name] not in (None, made_from)]
    if other:
        path = run.folder / other[0] / MANIFEST
        with intact(path, f"delete {path.parent} and run again"):
            found = differences(read_json(path).get("made_from"), parts)
        reasons += [reason for reason in found if not reason.startswith("tables.")]
        reasons += [f"{name} is made anew" for name in anew]
    return Planned(step.name, False, True, (*begun, *(reasons or ["made in another way"])))


def differences(old: Any, new: Any, name: str = "") -> list[str]:
    """What differs between two trees of settings and digests, by name."""
    if old is None and not name:
        return []  # written before tables kept it
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found = []
        for key in sorted(old.keys() | new.keys()):
            # A setting is stored under its section, or under section.key already.
            inner = str(key) if name in ("", "settings") else f"{name}.{key}"
            found += differences(old.get(key), new.get(key), inner)
        return found
    return [] if old == new else [f"{name} is {_short(new)}, was {_short(old)}"]


def _short(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


def render_plan(planned: Sequence[Planned]) -> str:
    """A line a step, for the terminal."""
    lines = []
    for number, row in enumerate(planned, 1):
        what = "keep" if row.keep else "redo" if row.redo else "make"
        more = len(row.reasons) - SHOWN_REASONS
        shown = "; ".join(row.reasons[:SHOWN_REASONS]) + (f"; and {more} more" if more > 0 else "")
        lines.append(f"[{number:2d}/{len(planned)}] {row.step:<17} {what}{': ' if shown else ''}{shown}")
    return "\n".join(lines)
