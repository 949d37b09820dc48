"""A reader's state: plain JSON values, no text. Checked, joined over ranks, taken up by another number of them.

    version       2
    reader        what the order depends on: seed, probabilities, digests of the corpus ...
    step, counts  the first draw of the oldest block of which anything was left; draws of each stream before it
    history       [[ranks, examples of each], ...]: who took how much from there on (blocks.py), before
    world_size    ranks that go on there,
    rank          which of them this is; not in a state of all ranks
    given         examples that each of them had given before the block
    taken         and since: a number, that counts for all ranks; or a list, one for each
    skip          {draw: tokens that were given of its document}; only of a PackedReader

Not handled: where a state is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccnet_lite.errors import UserError

VERSION = 2


@dataclass(frozen=True)
class Start:
    """A block as a state says it."""

    step: int
    counts: list[int]
    history: list[list[Any]]
    given: int

    def values(self) -> dict[str, Any]:
        """For the state."""
        return {"step": self.step, "counts": self.counts, "history": self.history, "given": self.given}


def resumed(
    state: Mapping[str, Any], identity: Mapping[str, Any], rank: int, world_size: int
) -> tuple[Start, int]:
    """Where a rank goes on: a block, and how many examples of it are done.

    Raises:
        UserError: the state is none of this version, or of another reader; names what differs.
    """
    if not isinstance(state, Mapping) or state.get("version") != VERSION:
        found = state.get("version") if isinstance(state, Mapping) else type(state).__name__
        raise UserError(
            f"reader state has version {found}, this reader {VERSION}: begin anew, or use the older release"
        )
    for name, here in identity.items():
        there = state["reader"].get(name)
        if there != here:
            raise UserError(f"reader state was saved with {name} = {_shown(there, here)}")
    history, taken = list(state["history"]), state["taken"]
    start = Start(state["step"], list(state["counts"]), history, state["given"])
    if world_size == state["world_size"]:
        return start, taken[rank] if isinstance(taken, list) else taken
    if any(taken) if isinstance(taken, list) else taken:
        history.append([state["world_size"], taken])
    return Start(start.step, start.counts, history, 0), 0


def merge_states(states: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One state for all ranks, from the states of all; it may be loaded by any number of them.

    Args:
        states: Of each rank one: of a reader, of a PackedReader, or of a StatefulDataLoader over a
            PretrainingDataset, whose workers count as ranks. Where one process's alone are given, the others
            are taken to be as far as it: right where all step together.

    Raises:
        UserError: a rank's state is missing or there twice, or the states are not of one reader.
    """
    found: dict[int, Mapping[str, Any]] = {}
    for given in states:
        for state in _of_workers(given):
            if "rank" not in state:
                raise UserError("a state is one of all ranks already: load it as it is")
            if state["rank"] in found:
                raise UserError(f"the state of rank {state['rank']} is given twice: give each rank's once")
            found[state["rank"]] = state
    if not found:
        raise UserError("no state is given to merge: give one of each rank")
    first = found[min(found)]
    world_size = first["world_size"]
    for rank, state in found.items():
        for name in ("version", "reader", "world_size"):
            if state.get(name) != first.get(name):
                raise UserError(f"the state of rank {rank} differs in {name} from that of rank {min(found)}")
    lowest, n = min(found), len(found)
    if sorted(found) != list(range(lowest, lowest + n)) or lowest % n or world_size % n:
        missing = next(rank for rank in range(world_size) if rank not in found)
        raise UserError(f"the state of rank {missing} of {world_size} is missing: give those of all ranks")
    oldest = min(found.values(), key=lambda state: state["given"])
    for rank, state in found.items():
        if state["given"] == oldest["given"] and state["step"] != oldest["step"]:
            raise UserError(f"the state of rank {rank} is of another run of the reader: save all ranks' together")
    each = [state["given"] - oldest["given"] + state["taken"] for _, state in sorted(found.items())]
    merged = {name: value for name, value in oldest.items() if name not in ("rank", "skip")}
    merged["taken"] = each * (world_size // n)
    if "skip" in first:
        skip: dict[str, int] = {}
        for state in found.values():
            for draw, tokens in state.get("skip", {}).items():
                if int(draw) >= merged["step"]:
                    skip[draw] = max(tokens, skip.get(draw, 0))
        merged["skip"] = skip
    return merged


def _of_workers(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The reader states in a StatefulDataLoader's; a reader's as it is."""
    if "_snapshot" in state:
        if state.get("_steps_since_snapshot"):
            raise UserError("the data loader's state is older than its batch: give it snapshot_every_n_steps=1")
        workers = state["_snapshot"]["_worker_snapshots"]
        return [workers[name]["fetcher_state"]["dataset_iter_state"] for name in sorted(workers)]
    if "fetcher_state" in state:
        return [state["fetcher_state"]["dataset_iter_state"]]
    return [state]


def _shown(there: Any, here: Any) -> str:
    """Both values; of lists, the first entries that differ."""
    if isinstance(there, list) and isinstance(here, list):
        for index, (one, other) in enumerate(zip(there, here, strict=False)):
            if one != other:
                return f"{one} at number {index}, this reader has {other}"
        return f"{len(there)} entries, this reader has {len(here)}"
    return f"{there}, this reader has {here}"
