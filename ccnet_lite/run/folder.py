"""A run's output folder: who may write there, which run it holds, what its tables were made from."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ccnet_lite.archives.sources import Shard
from ccnet_lite.errors import UserError
from ccnet_lite.store.json_files import intact, read_json, write_json

RUN_FILE = "run.json"


@contextmanager
def locked(run: Path, option: str = "--output") -> Iterator[None]:
    """Hold the folder against a second run; the operating system lets go when the process ends."""
    try:
        run.mkdir(parents=True, exist_ok=True)
        lock = (run / ".lock").open("w")
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{option} {run} is a file: give a folder") from None
    except OSError as error:
        raise UserError(f"{option} {run} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(
                f"{option} {run} is in use by another run: wait for it, or give another folder"
            ) from None
        yield


def claim(run: Path, shards: Sequence[Shard]) -> None:
    """Make the folder this run's, or refuse as `check_claim` does."""
    check_claim(run, shards)
    write_json(run / RUN_FILE, {"shards": [vars(shard) for shard in shards]})


def check_claim(run: Path, shards: Sequence[Shard]) -> None:
    """Refuse a folder that holds another run, or something that is no run."""
    segments = [shard.segment for shard in shards]
    held = held_shards(run)
    if held is None:
        strangers = (
            sorted(entry.name for entry in run.iterdir() if entry.name != ".lock") if run.exists() else []
        )
        if strangers:
            raise UserError(
                f"--output {run} is not empty and holds no run of ccnet_lite ({strangers[0]} ...): "
                "give a new folder"
            )
    elif [shard.segment for shard in held] != segments:
        raise UserError(
            f"--output {run} holds another run, of {len(held)} archives from {held[0].segment} on: "
            f"give another folder, or delete it"
        )


def held_shards(run: Path) -> list[Shard] | None:
    """The shards of the run that the folder holds, or None when it holds none."""
    try:
        with intact(run / RUN_FILE, "give another folder"):
            return [Shard(**shard) for shard in read_json(run / RUN_FILE)["shards"]]
    except FileNotFoundError:
        return None


def fingerprint(step: str, parts: Mapping[str, Any]) -> str:
    """What a step's tables are made from, as 16 hexadecimal digits."""
    text = json.dumps({"step": step, **parts}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def work_folder(run: Path, step: str, made_from: str) -> Path:
    """Where a step writes until it is whole; what an earlier try with other input left is cleared."""
    root = run / "_work"
    root.mkdir(exist_ok=True)
    folder = root / f"{step}-{made_from}"
    for stale in root.glob(f"{step}-*"):
        if stale != folder:
            shutil.rmtree(stale, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    return folder
