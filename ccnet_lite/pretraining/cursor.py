"""One rank on its way through the blocks: which documents come next, read by a thread while others are used.

Not handled: states (states.py); what was given of a chunk.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from ccnet_lite.pretraining.blocks import Block, Source, after, opened
from ccnet_lite.pretraining.draws import Ints
from ccnet_lite.pretraining.states import Start
from ccnet_lite.pretraining.streams import Part, Stream

CHUNK = 512
"""Documents read at a time."""


class Document(NamedTuple):
    """A document to train on."""

    language: str
    text: str
    doc_id: str


class Made(NamedTuple):
    """What a stream is made of."""

    part: Part
    seed: int | None
    window_bytes: int


class Place(NamedTuple):
    """Where a rank is: a block, how the state says it, and the indices of this rank's draws in it."""

    block: Block
    start: Start
    own: Ints


class Chunk(NamedTuple):
    """Documents, the steps that drew them, and how many examples of the block this rank gave before."""

    place: Place
    first: int
    steps: list[int]
    documents: list[Document]


class Cursor:
    """A rank's way from a block on, `taken` examples behind its start.

    Args:
        source: Of the draws.
        made: The streams.
        rank, world_size: Which of the ranks goes it.
        start, taken: Where.
    """

    def __init__(self, source: Source, made: Sequence[Made], rank: int, world_size: int, start: Start, taken: int):
        self._source, self._made, self._rank, self._world_size = source, made, rank, world_size
        place = self._at(opened(source, start.step, np.array(start.counts), start.history, world_size), start)
        while taken > len(place.own) and len(place.block):
            taken -= len(place.own)
            place = self._behind(place)
        self.begins = place, taken
        self._read_to = place, taken
        self._streams: list[Stream] = []
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: Future[Chunk | None] | None = None

    def next(self) -> Chunk | None:
        """The next documents, none at the end; those behind them are read on in a thread."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "reader")
            self._streams = [Stream(*made) for made in self._made]
        chunk = (self._ahead or self._pool.submit(self._read)).result()
        if chunk is not None:
            self._ahead = self._pool.submit(self._read)
        return chunk

    def close(self) -> None:
        """Let go of files and of the thread."""
        if self._pool is not None:
            self._pool.shutdown()
        for stream in self._streams:
            stream.close()

    def _at(self, block: Block, start: Start) -> Place:
        return Place(block, start, self._source.deal(block, self._world_size, [self._rank])[0])

    def _behind(self, place: Place) -> Place:
        before = place.block
        start = Start(before.end, before.counts.tolist(), [], place.start.given + len(place.own))
        return self._at(after(self._source, before, self._world_size), start)

    def _read(self) -> Chunk | None:
        place, first = self._read_to
        while first == len(place.own):
            if not len(place.block):
                return None
            place, first = self._behind(place), 0
        own = place.own[first : first + CHUNK]
        chunk = Chunk(place, first, place.block.steps[own].tolist(), self._texts(place.block, own))
        self._read_to = place, first + len(own)
        return chunk

    def _texts(self, block: Block, own: Ints) -> list[Document]:
        """Some draws' documents. Of a stream, positions ascend."""
        streams, positions = block.streams[own], block.positions[own]
        order = np.argsort(streams, kind="stable")
        cuts = np.flatnonzero(np.diff(streams[order], prepend=-1))
        names: list[str] = []
        texts: list[str] = []
        ids: list[str] = []
        for slots in np.split(order, cuts[1:]):
            stream = self._streams[streams[slots[0]]]
            found = stream.read(positions[slots])
            texts += found[0]
            ids += found[1]
            names += [stream.part.language] * len(slots)
        documents: list[Any] = [None] * len(own)
        for slot, document in zip(order.tolist(), map(Document, names, texts, ids), strict=True):
            documents[slot] = document
        return documents
