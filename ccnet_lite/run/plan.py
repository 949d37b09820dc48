"""What a run would do and why, found without doing anything: no Spark, no writing.

A step is kept when its tables stand and were made from the same. What they were made from lies beside each
table, so the reason for redoing a step is the difference, by name.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ccnet_lite.run.engine import Run, Step, stands, step_parts
from ccnet_lite.run.folder import fingerprint
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.store.json_files import DamagedJson
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import Table, load_table

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
    """What `run.engine.run_steps` would do.

    Whether a step has to run behind one that is made anew is known when that one is done: only if its rows
    have changed.
    """
    made: dict[str, str] = {name: table.digest for name, table in run.tables.items()}
    anew: set[str] = set()
    planned = []
    for step in steps:
        tables = _whole_tables(run, step)
        missing = [name for name in step.inputs if name not in made and name not in anew]
        if missing:
            reason = f"the table {missing[0]} is missing: run the steps before"
            planned.append(Planned(step.name, False, False, (reason,)))
            continue
        behind = [name for name in step.inputs if name in anew]
        parts = step_parts(step, run, {**dict.fromkeys(step.inputs, "made anew"), **made})
        wanted = fingerprint(step.name, parts)
        standing, damage = stands(run, step, wanted)
        if standing and not behind:
            planned.append(Planned(step.name, True, False, ()))
        else:
            planned.append(_reasons(run, step, parts, wanted, behind, damage))
            anew |= set(step.outputs)
        made |= {name: table.digest for name, table in tables.items() if table is not None}
    return planned


def _reasons(run: Run, step: Step, parts: dict[str, Any], wanted: str, behind: list[str], damage: str) -> Planned:
    """Why a step is not kept. behind: its inputs that will have been made again by then."""
    done = len(Work(run.folder, step.name, wanted).marker("").parent.children())
    begun = (f"{done} of {len(run.shards)} archives are done",) if done and step.by_archives else ()
    tables = _whole_tables(run, step)
    if not any(tables.values()):
        return Planned(step.name, False, False, begun or (damage or "not there yet",))
    reasons = [damage] if damage else []
    reasons += [f"the table {name} is missing" for name, table in tables.items() if table is None]
    for name, table in tables.items():
        if table is not None and not table.is_current:
            now = schema_json(table.schema)["version"]
            reasons.append(f"{name} has schema version {table.manifest.schema_version}, now {now}")
    for table in tables.values():
        if table is not None and table.manifest.tally.get("unread"):
            reasons.append(f"{len(table.manifest.tally['unread'])} archives could not be read")
            break
    other = [t for t in tables.values() if t is not None and t.manifest.fingerprint != wanted]
    if other:
        found = differences(other[0].manifest.inputs, parts)
        reasons += [reason for reason in found if not reason.startswith(("tables.", "schemas."))]
    reasons += [f"{name} is made anew" for name in behind]
    return Planned(step.name, False, True, (*begun, *(reasons or ["made in another way"])))


def _whole_tables(run: Run, step: Step) -> dict[str, Table | None]:
    """The step's tables; None for one that is not there, or whose manifest is damaged."""
    found: dict[str, Table | None] = {}
    for name in step.outputs:
        found[name] = None
        with suppress(DamagedJson):
            found[name] = load_table(run.folder, name)
    return found


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
        lines.append(f"[{number}/{len(planned)}] {row.step:<12} {what}{': ' if shown else ''}{shown}")
    return "\n".join(lines)
