"""Who reads which example: one sequence of draws for all ranks, dealt out block by block, taken up by any number.

Step t draws a stream: a hash of the seed and t alone. The k-th draw of a stream is position k of its endless
sequence of epochs. So what is read is settled before anybody asks how many ranks there are. Ranks share blocks
out: the next W * `BLOCK` draws, for W ranks, of which each gets as many.

    stream in its one epoch     each rank gets consecutive positions of it, so that it decodes few row groups;
    in the block                its examples come in a random order of streams
    stream that begins an       draw i of the block goes to rank i mod W as its example number i div W, so that no
    epoch in the block          document comes again before all of the epoch before have come

A block that is left half read, by ranks that may have got to different places, is described by who took how much
of it: [[ranks, examples of each], ...]. What is left of it, topped up to a multiple of the new number of ranks, is
then a block of theirs. Nothing is lost or given twice, whatever the numbers of ranks were.

All of it is arithmetic on arrays, some 100 ns a draw; a rank does it for the draws of all ranks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ccnet_lite.pretraining.draws import Floats, Ints, hashes, key, ranks_within, uniforms

BLOCK = 4096
"""Examples of a rank in a block."""
History = Sequence[Sequence[Any]]
"""Ranks, and how many examples each took of what there was then: one number where it was the same for all."""


@dataclass(frozen=True)
class Block:
    """Draws that are dealt out together, in the order of their steps."""

    steps: Ints
    streams: NDArray[np.int16]
    positions: Ints
    end: int
    """The first step behind it; all before it that are not in the block have been taken."""
    counts: Ints
    """Draws of each stream before `end`."""

    def __len__(self) -> int:
        return len(self.steps)

    def only(self, kept: Ints) -> "Block":
        """Of its draws, those with these indices."""
        return Block(self.steps[kept], self.streams[kept], self.positions[kept], self.end, self.counts)


class Source(Protocol):
    """Where draws come from."""

    def more(self, end: int, counts: Ints, n: int) -> Block:
        """The next n draws, fewer at the end of a finite source."""

    def deal(self, block: Block, world_size: int, ranks: Sequence[int]) -> list[Ints]:
        """For each of some ranks, the indices of its draws in the order in which it reads them."""


class Mixture:
    """Endless draws of streams by probability.

    Args:
        seed: Of every draw.
        probabilities: Of each stream; they sum to 1.
        sizes: Examples in an epoch of each stream.
    """

    def __init__(self, seed: int, probabilities: Floats, sizes: Ints):
        self.sizes = sizes
        self._bounds = np.cumsum(probabilities)[:-1]  # not the last, which may be a hair under 1
        self._draw, self._mix, self._cut = (key(seed, purpose) for purpose in ("draw", "mix", "cut"))

    def more(self, end: int, counts: Ints, n: int) -> Block:
        """The draws of steps end .. end + n, where `counts` were drawn of each stream before."""
        steps = np.arange(end, end + n, dtype=np.int64)
        streams = np.searchsorted(self._bounds, uniforms(self._draw, steps), side="right").astype(np.int16)
        before, drawn = ranks_within(streams, len(self.sizes))
        return Block(steps, streams, counts[streams] + before, end + n, counts + drawn)

    def deal(self, block: Block, world_size: int, ranks: Sequence[int]) -> list[Ints]:
        """As in `Source`. The block's length is a multiple of `world_size`."""
        n, kinds = len(block), len(self.sizes)
        epochs = block.positions // self.sizes[block.streams]
        first, last = np.full(kinds, np.iinfo(np.int64).max), np.full(kinds, -1)
        np.minimum.at(first, block.streams, epochs)
        np.maximum.at(last, block.streams, epochs)
        fixed = (first < last)[block.streams]
        free = np.flatnonzero(~fixed)
        places = np.arange(n) % world_size
        sizes = np.bincount(places[free], minlength=world_size)
        pieces = self._pieces(block, free, sizes, ranks)
        dealt = []
        for rank, piece in zip(ranks, pieces, strict=True):
            own = np.arange(rank, n, world_size)
            own[~fixed[own]] = self._mixed(block, piece)
            dealt.append(own)
        return dealt

    def _pieces(self, block: Block, free: Ints, sizes: Ints, ranks: Sequence[int]) -> list[Ints]:
        """`free` in pieces of these sizes, consecutive in every stream; those of some ranks, each ascending."""
        if not len(free):
            return [free for _ in ranks]
        streams = block.streams[free]
        before, counts = ranks_within(streams, len(self.sizes))
        # How far into its stream's part of the block each draw lies, by a start of the stream's own, so that a
        # stream with one draw does not always go to the same rank. Unique: the same order by any sort.
        starts = uniforms(self._cut ^ int(block.steps[0]), np.arange(len(self.sizes)))
        far = (before + starts[streams]) / counts[streams]
        order = (far * 2.0**46).astype(np.int64) * np.int64(1 << 16) + streams
        ends = np.cumsum(sizes)
        if len(ranks) == 1:
            low, high = ends[ranks[0]] - sizes[ranks[0]], ends[ranks[0]]
            cuts = [cut for cut in (low, high - 1) if 0 <= cut < len(order)]
            parted = np.partition(order, cuts)
            if low == high:
                return [free[:0]]
            return [free[(order >= parted[low]) & (order <= parted[high - 1])]]
        by_far = np.argsort(order)
        return [free[np.sort(by_far[ends[rank] - sizes[rank] : ends[rank]])] for rank in ranks]

    def _mixed(self, block: Block, own: Ints) -> Ints:
        """Draws in a random order of streams, ascending in each stream."""
        labels = block.streams[own]
        slots = np.argsort(hashes(self._mix, block.steps[own]), kind="stable")
        found = np.empty_like(own)
        found[np.argsort(labels[slots], kind="stable")] = own[np.argsort(labels, kind="stable")]
        return found


class InOrder:
    """The examples of all streams once, one stream after the other: draw i goes to rank i mod W."""

    def __init__(self, sizes: Ints):
        self.sizes = sizes
        self._ends = np.cumsum(sizes)

    def more(self, end: int, counts: Ints, n: int) -> Block:
        """The next n examples, fewer at the end."""
        steps = np.arange(end, min(end + n, int(self._ends[-1])), dtype=np.int64)
        streams = np.searchsorted(self._ends, steps, side="right").astype(np.int16)
        positions = steps - (self._ends - self.sizes)[streams]
        drawn = np.bincount(streams, minlength=len(self.sizes))
        return Block(steps, streams, positions, end + len(steps), counts + drawn)

    def deal(self, block: Block, world_size: int, ranks: Sequence[int]) -> list[Ints]:
        """As in `Source`."""
        return [np.arange(rank, len(block), world_size) for rank in ranks]


def opened(source: Source, end: int, counts: Ints, history: History, world_size: int) -> Block:
    """The block that `world_size` ranks go on with.

    end, counts: the first step of the oldest block of which anything is left, and the draws before it. history:
    who took how much from there on; empty where nobody did.
    """
    left = source.more(end, counts, 0)
    for ranks, taken in history:
        left = _left(source, left, ranks, np.broadcast_to(np.asarray(taken, np.int64), ranks))
    return topped_up(source, left, world_size)


def topped_up(source: Source, left: Block, world_size: int) -> Block:
    """What is left, with as many draws more as make it a multiple; where nothing is, a whole block."""
    wanted = -len(left) % world_size if len(left) else world_size * BLOCK
    return _joined([left, source.more(left.end, left.counts, wanted)])


def after(source: Source, block: Block, world_size: int) -> Block:
    """The block behind one that is read."""
    return source.more(block.end, block.counts, world_size * BLOCK)


def _left(source: Source, left: Block, ranks: int, taken: Ints) -> Block:
    """What is left when each of `ranks` has taken so many."""
    block, rests = topped_up(source, left, ranks), []
    while True:
        parts = source.deal(block, ranks, range(ranks))
        kept = np.sort(np.concatenate([part[n:] for part, n in zip(parts, taken, strict=True)]))
        rests.append(block.only(kept))
        taken = np.maximum(taken - np.array([len(part) for part in parts]), 0)
        if not taken.any() or not len(block):
            break
        block = after(source, block, ranks)
    return _joined(rests)


def _joined(blocks: Sequence[Block]) -> Block:
    """Blocks that follow each other, as one."""
    return Block(
        np.concatenate([block.steps for block in blocks]),
        np.concatenate([block.streams for block in blocks]),
        np.concatenate([block.positions for block in blocks]),
        blocks[-1].end,
        blocks[-1].counts,
    )
