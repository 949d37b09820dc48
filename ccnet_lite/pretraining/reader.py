"""Reads finished runs for pretraining: documents of all languages, mixed by the plan, shuffled, for ever.

    reader = PretrainingReader("run", alpha=0.3, seed=1)
    for language, text, doc_id in islice(reader, 1000): ...

What is read is one sequence for all ranks (blocks.py): it depends on the seed, the plan and the corpus, not on how
many ranks there are. Documents of a stream (a language; with a plan of `ccnet-lite sampling`, a bucket of one)
come in the order of streams.py. A thread reads the next 512 documents while these are used.

What is exact
    Resuming on as many ranks: each goes on with the very next example.
    Resuming on another number of ranks: what is left of the block in which the ranks were is dealt out anew, then
    the sequence goes on. No example is lost or given twice, whatever the numbers were, and how often.
    While all ranks have given as many examples, no document of a language was given twice more than another.
What is not
    On another number of ranks, which rank gets an example and at which of its steps.
    One rank's state stands for all ranks: it says that they all have given as many. Where they have not, join the
    states of all of them first (`merge_states`).
    A rank that runs ahead of another by more than a block (4,096 examples) may begin a language's next epoch
    before the other is through with the last.

Memory does not grow with what is read: shuffle_bytes, some 5 MiB a stream (its least window, and what decoding
holds), and 1,024 documents; 48 bytes a MiB of corpus for what the files hold. Measured, 16 languages, 200,000
documents: 70 to 87 MB of Arrow at 1 to 64 MiB of shuffle_bytes, 410 to 440 MB resident, of which 170 are imports.
Making a reader reads the footer of every file, and the column `split` of those that hold both sides.

Not handled: tokenising (packing.py), PyTorch (torch_dataset.py).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Literal, NamedTuple

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.blocks import InOrder, Mixture, Source
from ccnet_lite.pretraining.cursor import Cursor, Document, Made
from ccnet_lite.pretraining.pieces import Run
from ccnet_lite.pretraining.shares import (
    Alpha,
    parts_of,
    probabilities,
    shares_of_mix,
    shares_of_run,
    shares_of_runs,
)
from ccnet_lite.pretraining.states import VERSION, Start, resumed
from ccnet_lite.sampling.mixture import SamplingMix
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place

KEPT_CHUNKS = 64
"""Of how many a reader remembers where they began."""
Runs = Run | Mapping[Any, float] | SamplingMix


class _Mark(NamedTuple):
    """A chunk without its text."""

    start: Start
    first: int
    steps: list[int]


class PretrainingReader:
    """An endless iterator over `Document(language, text, doc_id)`.

    Args:
        runs: The output folder of a finished run (holds sampling.json and corpus/), a path or a URI; several as
            {folder: weight}, a weight being a share of the units; or a plan, `read_mix("plan.json")`.
        alpha: The exponent of q, or "unimax". With a plan, not given.
        seed: Of the order and of the draws.
        buckets: Which buckets to read; None reads all. q is that of the text in these buckets.
        languages: Which languages to read; None reads all. q is that of these languages.
        rank, world_size: This reader's part: no example goes to two ranks.
        split: "train"; or "validation", the held-out side: once through, in order, and then it ends.
        shuffle_bytes: Text among which documents are shuffled, over all languages, by their probability; for
            each, 1 MiB or more.

    Raises:
        UserError: a run, a language or a bucket is not there, or the files don't hold what sampling.json
            counted.
    """

    def __init__(
        self,
        runs: Runs,
        alpha: Alpha | None = None,
        seed: int = 0,
        buckets: Sequence[str] | None = None,
        languages: Sequence[str] | None = None,
        rank: int = 0,
        world_size: int = 1,
        split: Literal["train", "validation"] = "train",
        shuffle_bytes: int = 64 << 20,
    ):
        if not (world_size > 0 and 0 <= rank < world_size and shuffle_bytes > 0):
            raise ValueError(f"rank {rank} of {world_size}, {shuffle_bytes} bytes to shuffle: out of range")
        if split not in ("train", "validation"):
            raise ValueError(f"split is {split}: it must be train or validation")
        if isinstance(runs, SamplingMix):
            if (alpha, buckets, languages) != (None, None, None):
                raise ValueError("alpha, buckets and languages are in the plan: make another plan for others")
            shares = shares_of_mix(runs)
        else:
            named: Mapping[Any, float] = runs if isinstance(runs, Mapping) else {runs: 1.0}
            weights = {Place.of(run): weight for run, weight in named.items()}
            alpha = 0.3 if alpha is None else alpha
            if len(weights) == 1:
                shares = shares_of_run(next(iter(weights)), alpha, buckets, languages)
            else:
                shares = shares_of_runs(weights, alpha, buckets, languages)
        times = runs.weights if split == "train" and isinstance(runs, SamplingMix) else Weights()
        pairs = list(parts_of(shares, split, times))
        if not pairs:
            raise UserError(
                f"{', '.join(sorted({str(s.run) for s in shares}))} holds nothing of the split {split}"
            )
        shares = [share for share, _ in pairs]
        parts = [part for _, part in pairs]
        draws, sizes = probabilities(shares), np.array([part.pieces.size for part in parts])
        self.q: dict[str, float] = {}
        """Each language's share of the units read, sorted by language."""
        for share in sorted(shares, key=lambda share: share.language):
            self.q[share.language] = self.q.get(share.language, 0.0) + share.q
        self.sizes: dict[str, int] = {}
        """Documents in an epoch of each language, in the same order."""
        self.draws: dict[str, float] = {}
        """The probability that the next document is of each language."""
        for part, draw in sorted(zip(parts, draws.tolist(), strict=True), key=lambda pair: pair[0].language):
            self.sizes[part.language] = self.sizes.get(part.language, 0) + part.pieces.size
            self.draws[part.language] = self.draws.get(part.language, 0.0) + draw
        training = split == "train"
        self._source: Source = Mixture(seed, draws, sizes) if training else InOrder(sizes)
        windows = [max(int(shuffle_bytes * draw), 1 << 20) for draw in draws]
        of = seed if training else None
        self._made = [Made(part, of, window) for part, window in zip(parts, windows, strict=True)]
        self._identity = {
            "split": split,
            "seed": seed,
            "shuffle_bytes": shuffle_bytes,
            "streams": [f"{part.language} {'+'.join(part.buckets)}" for part in parts],
            "draws": draws.tolist(),
            "corpus": [part.pieces.digest() for part in parts],
        }
        self.rank, self.world_size = rank, world_size
        self._index = 0
        self._documents: list[Document] = []
        self._begin()

    def part(self, rank: int, world_size: int) -> "PretrainingReader":
        """A reader of the same for another rank, from the beginning; no file is looked at again."""
        if not (world_size > 0 and 0 <= rank < world_size):
            raise ValueError(f"rank {rank} of {world_size}: out of range")
        other = copy(self)
        other.rank, other.world_size = rank, world_size
        other._begin()
        return other

    def __getstate__(self) -> dict[str, Any]:
        """To go to another process: what is read ahead and what is open stays here."""
        kept = {
            name: self.__dict__[name]
            for name in ("q", "sizes", "draws", "_source", "_made", "_identity", "rank", "world_size")
        }
        return {**kept, "state": self.state_dict()}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        state = kept.pop("state")
        self.__dict__ |= kept
        self._enter(*resumed(state, self._identity, self.rank, self.world_size))

    def __iter__(self) -> "PretrainingReader":
        return self

    def __next__(self) -> Document:
        try:
            document = self._documents[self._index]
        except IndexError:
            self._advance()
            document = self._documents[self._index]
        self._index += 1
        return document

    def read(self, n: int) -> list[Document]:
        """The next n documents, or those up to the end of the validation side."""
        return self.read_drawn(n)[1]

    def read_drawn(self, n: int) -> tuple[list[int], list[Document]]:
        """As `read`, with the step that drew each: a number that no other example has."""
        steps: list[int] = []
        found: list[Document] = []
        while len(found) < n:
            if self._index == len(self._documents):
                try:
                    self._advance()
                except StopIteration:
                    break
            piece = slice(self._index, self._index + n - len(found))
            steps += self._marks[-1].steps[piece]
            found += self._documents[piece]
            self._index = min(piece.stop, len(self._documents))
        return steps, found

    @property
    def epochs(self) -> dict[str, float]:
        """Passes over each language's text so far, by all ranks, if they are as far as this one."""
        place, taken = self._place, self._taken + self._index
        before = np.array(place.start.counts)
        drawn = before + (place.block.counts - before) * (taken / max(len(place.own), 1))
        found = dict.fromkeys(self.sizes, 0.0)
        for (part, _, _), n in zip(self._made, drawn.tolist(), strict=True):
            found[part.language] += n / self.sizes[part.language]
        return found

    def state_dict(self, back: int = 0) -> dict[str, Any]:
        """Where the reader is, as plain JSON values: give it to `load_state_dict` of an equal reader.

        back: as it was so many examples ago, some ten thousand at most.
        """
        start, taken = self._place.start, self._taken + self._index
        marks, index = list(self._marks), self._index - back
        while index < 0 and len(marks) > 1:
            marks.pop()
            index += len(marks[-1].steps)
        if marks:
            start, taken = marks[-1].start, marks[-1].first + index
        if index < 0:
            raise ValueError(f"the reader does not know any more where it was {back} examples ago")
        return {
            "version": VERSION,
            "reader": self._identity,
            **start.values(),
            "rank": self.rank,
            "world_size": self.world_size,
            "taken": taken,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken, by this rank or another, of whatever number of ranks.

        Raises:
            UserError: the state is of a reader with other arguments or of another corpus, naming the first that
                differs.
        """
        start, taken = resumed(state, self._identity, self.rank, self.world_size)
        self._cursor.close()
        self._enter(start, taken)

    def close(self) -> None:
        """Let go of files, text and the thread. The reader goes on where it was when it is used again."""
        self.load_state_dict(self.state_dict())

    def _enter(self, start: Start, taken: int) -> None:
        """Be so many examples behind the start of a block, with nothing open."""
        self._cursor = Cursor(self._source, self._made, self.rank, self.world_size, start, taken)
        self._place, self._taken = self._cursor.begins
        self._marks: deque[_Mark] = deque(maxlen=KEPT_CHUNKS)
        self._documents, self._index = [], 0

    def _begin(self) -> None:
        self._enter(Start(0, [0] * len(self._made), [], 0), 0)

    def _advance(self) -> None:
        """Make the next documents the current ones."""
        chunk = self._cursor.next()
        if chunk is None:
            raise StopIteration
        self._place, self._taken = chunk.place, chunk.first
        self._marks.append(_Mark(chunk.place.start, chunk.first, chunk.steps))
        self._documents, self._index = chunk.documents, 0
