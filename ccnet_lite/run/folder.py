"""A run's output folder: which run it holds, and what a step's tables are made from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import UserError
from ccnet_lite.store.json_files import DamagedJson, Stored, json_text, read_json, read_stored, write_json
from ccnet_lite.store.lease import LEASE_FILE, LOCK_FILE
from ccnet_lite.store.places import Place, refuse_no_folder
from ccnet_lite.store.tables import pointer
from ccnet_lite.store.writing import WORK

RUN_FILE = "run.json"
FIRST = {"documents", "others", "archives", "quarantine", "history.json"}
"""What lies there when the first step was done or has failed."""
BEGUN = "begun.json"
"""In a step's work folder from its first moment on: files may lie about that no table lists."""


class HeldShard(Stored):
    """An archive of a run."""

    index: int
    uri: str
    segment: str
    size: int | None
    typed: bool = True


class HeldRun(Stored):
    """What `run.json` holds: which run lies in the folder."""

    shards: tuple[HeldShard, ...]
    let_go: bool = False
    """Whether it failed before its first step was done, so that another may have the folder."""


def claim(run: Place, shards: Sequence[Shard]) -> None:
    """Make the folder this run's, or refuse as `check_claim` does."""
    check_claim(run, shards)
    with suppress(DamagedJson):
        held = _held_run(run)
        if held is not None and [each.segment for each in held.shards] != [shard.segment for shard in shards]:
            for name in (*FIRST, WORK):  # of the run that failed
                (run / name).clear()
                (run / name).delete_all()
    write_json(run / RUN_FILE, _held(shards))


def let_go(run: Place, shards: Sequence[Shard]) -> None:
    """After a failure: leave the folder to any run, if this one's first step was not done.

    What it has stays as it is for the same run.
    """
    with suppress(OSError):  # of a full disk the failure itself tells
        _let_go(run, shards)


def _let_go(run: Place, shards: Sequence[Shard]) -> None:
    if {name for name in run.children() if not name.startswith(".")} <= {RUN_FILE, LEASE_FILE, WORK, *FIRST}:
        write_json(run / RUN_FILE, _held(shards).model_copy(update={"let_go": True}))


def _held(shards: Sequence[Shard]) -> HeldRun:
    return HeldRun(shards=tuple(HeldShard(**vars(shard)) for shard in shards))


def check_claim(run: Place, shards: Sequence[Shard]) -> None:
    """Refuse a folder that holds another run, or something that is no run.

    Where run.json is lost or damaged, it is this run's folder if what else lies there says so.

    Raises:
        UserError: naming what lies there.
    """
    refuse_no_folder(run, "--output")
    if run.is_local:
        _check_apart(run, shards)
    segments = [shard.segment for shard in shards]
    try:
        held = _held_run(run)
    except DamagedJson:
        if not _begun(run, shards) and recorded_segments(run) != set(segments):
            raise
        return
    if held is None:
        strangers = _strangers(run)
        if strangers and recorded_segments(run) != set(segments):
            raise UserError(
                f"--output {run.shown} is not empty and holds no run of ccnet_lite ({strangers[0]} ...): "
                "give a new folder"
            )
    elif [shard.segment for shard in held.shards] != segments and not held.let_go:
        raise UserError(
            f"--output {run.shown} holds another run, of {len(held.shards)} archives from "
            f"{held.shards[0].segment} on: "
            f"give another folder, or delete it"
        )


def _strangers(run: Place) -> list[str]:
    """What a run that was killed before it wrote anything does not leave."""
    own = (LOCK_FILE, LEASE_FILE, f".{RUN_FILE}.")
    return [name for name in run.children() if not name.startswith(own)]


def _begun(run: Place, shards: Sequence[Shard]) -> bool:
    """Whether nothing lies there but the beginning of this run's run.json: its first write was cut short."""
    if _strangers(run) != [RUN_FILE]:
        return False
    with suppress(OSError):
        return json_text(_held(shards)).startswith((run / RUN_FILE).read_bytes())
    return False


def _check_apart(run: Place, shards: Sequence[Shard]) -> None:
    """Refuse inputs that lie in what is written to."""
    within = f"{run.path.resolve()}/"
    for shard in shards:
        if shard.uri.startswith(within):
            raise UserError(f"--input {shard.uri} lies in --output {run.shown}: give another folder")


def recorded_segments(run: Place) -> set[str] | None:
    """The archives that the run in a folder reads, by what its first step has noted of them; None for no note."""
    notes = [pointer(run, "documents")]
    notes += [run / WORK / name / BEGUN for name in (run / WORK).children() if name.startswith("ingest-")]
    for place in notes:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            noted = read_json(place)
            return set(noted.get("inputs", noted)["archives"])
    return None


def held_shards(run: Place) -> list[Shard] | None:
    """The shards of the run that the folder holds, or None when it holds none.

    Raises:
        UserError: its run.json is damaged.
    """
    held = _held_run(run)
    return None if held is None else [Shard(**shard.model_dump()) for shard in held.shards]


def _held_run(run: Place) -> HeldRun | None:
    advice = "call ccnet-lite run on the same archives, or give another folder"
    return read_stored(run / RUN_FILE, HeldRun, advice)


def fingerprint(step: str, parts: Mapping[str, Any]) -> str:
    """What a step's tables are made from, as 16 hexadecimal digits."""
    text = json.dumps({"step": step, **parts}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
