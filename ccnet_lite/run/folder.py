"""A run's output folder: which run it holds, and what a step's tables are made from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import UserError
from ccnet_lite.store.json_files import Stored, read_stored, write_json
from ccnet_lite.store.lease import LEASE_FILE, LOCK_FILE
from ccnet_lite.store.places import Place

RUN_FILE = "run.json"


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


def claim(run: Place, shards: Sequence[Shard]) -> None:
    """Make the folder this run's, or refuse as `check_claim` does."""
    check_claim(run, shards)
    write_json(run / RUN_FILE, HeldRun(shards=tuple(HeldShard(**vars(shard)) for shard in shards)))


def check_claim(run: Place, shards: Sequence[Shard]) -> None:
    """Refuse a folder that holds another run, or something that is no run.

    Raises:
        UserError: naming what lies there.
    """
    segments = [shard.segment for shard in shards]
    held = held_shards(run)
    if held is None:
        # A run that was killed before it wrote anything leaves these.
        own = (LOCK_FILE, LEASE_FILE, f".{RUN_FILE}.")
        strangers = [name for name in run.children() if not name.startswith(own)]
        if strangers:
            raise UserError(
                f"--output {run.shown} is not empty and holds no run of ccnet_lite ({strangers[0]} ...): "
                "give a new folder"
            )
    elif [shard.segment for shard in held] != segments:
        raise UserError(
            f"--output {run.shown} holds another run, of {len(held)} archives from {held[0].segment} on: "
            f"give another folder, or delete it"
        )


def held_shards(run: Place) -> list[Shard] | None:
    """The shards of the run that the folder holds, or None when it holds none.

    Raises:
        UserError: its run.json is damaged.
    """
    held = read_stored(run / RUN_FILE, HeldRun, "give another folder")
    return None if held is None else [Shard(**shard.model_dump()) for shard in held.shards]


def fingerprint(step: str, parts: Mapping[str, Any]) -> str:
    """What a step's tables are made from, as 16 hexadecimal digits."""
    text = json.dumps({"step": step, **parts}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
