"""Documents found by an index that lies in memory: every process of a machine maps the same files.

The corpus is read once to find documents that hold enough of an item, and to count in how many documents each
n-gram of the index occurs; only when that is known do n-grams have weights. Then those documents are looked up
again, as they are read to be written.

The index and what is counted lie in the output's _work/ meanwhile. From a store, each machine copies them once
among its temporary files; a copy stays there for a day at most until another run clears it.
"""

import io
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import SparkSession

from ccnet_lite.dedup.overlap import Finder, Index, item_weights
from ccnet_lite.dedup.rarity import weights
from ccnet_lite.finished.decontaminated_files import Find, FindIn
from ccnet_lite.kernels.decontaminate import Found, read_names, texts_of
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.copies import copy_folder
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import WORK

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

HELD_PLACES = 4_000_000
"""Places in the index that a task holds before it counts them."""


def find_in_memory(session: SparkSession, corpus: Table, made: Path, min_overlap: float, folder: Place) -> FindIn:
    """What finds documents of the corpus that hold `min_overlap` of an item; made: where the index was written."""
    text = form_of(corpus.schema).text
    index = folder / WORK / f"index-{uuid4().hex}"
    for path in sorted(made.iterdir()):
        _put(path, index / path.name)
    found = _look_up(session, corpus, index, min_overlap, folder)
    weighed = _weigh(corpus, Index.load(made), found, folder)

    def find_in(number: int) -> Find:
        here, there = copy_folder(index), copy_folder(weighed)
        of_ngrams, of_items = (np.asarray(np.load(there / name, mmap_mode="c")) for name in WEIGHTS)
        names = read_names(here)
        finder = Finder(Index.load(here), min_overlap, of_ngrams, of_items)
        rows = _load(found / f"{number:06d}.npz")["rows"]

        def find(batch: pa.RecordBatch, first: int) -> list[Found]:
            low, high = np.searchsorted(rows, [first, first + batch.num_rows])
            wanted = rows[low:high] - first
            matches = finder.find(texts_of(batch.take(pa.array(wanted)), text))
            return [
                Found(int(wanted[each.text]), each.reference, names[each.item].as_py(), *each[3:])
                for each in matches
            ]

        return find

    return find_in


WEIGHTS = ("weights.npy", "of_items.npy")


def _look_up(session: SparkSession, corpus: Table, index: Place, min_overlap: float, folder: Place) -> Place:
    """A folder of what is known of each corpus file: rows that are found, places in the index and their counts."""
    found = folder / WORK / f"found-{uuid4().hex}"
    text = form_of(corpus.schema).text

    def work_on(item: tuple[int, DataFile]) -> str:
        number, file = item
        counts = _Counts()
        finder = Finder(Index.load(copy_folder(index)), min_overlap, tell=counts.add)
        rows, first = [np.zeros(0, np.int64)], 0
        for batch in read_file(corpus.place(file), ["title", text], file=file):
            texts = [match.text for match in finder.find(texts_of(batch, text))]
            rows.append(np.unique(np.array(texts, np.int64)) + first)
            first += batch.num_rows
        places, seen = counts.taken()
        written = io.BytesIO()
        np.savez(written, rows=np.concatenate(rows), places=places, seen=seen)
        (found / f"{number:06d}.npz").write_bytes(written.getvalue())
        return ""

    ask_items(session.sparkContext, list(enumerate(corpus.files)), work_on)
    return found


def _weigh(corpus: Table, index: Index, found: Place, folder: Place) -> Place:
    """A folder with the weights of the index's n-grams, and their sums by item."""
    seen = np.zeros(len(index.hashes), np.int64)
    for number in range(len(corpus.files)):
        counted = _load(found / f"{number:06d}.npz")
        seen[counted["places"]] += counted["seen"]
    of_ngrams = weights(seen, corpus.rows)
    of_items = item_weights(index.offsets, index.items, of_ngrams, len(index.sizes))
    weighed = folder / WORK / f"weights-{uuid4().hex}"
    arrays: tuple[Int32 | Int64, ...] = (of_ngrams, of_items)
    for name, array in zip(WEIGHTS, arrays, strict=True):
        written = io.BytesIO()
        np.save(written, array)
        (weighed / name).write_bytes(written.getvalue())
    return weighed


class _Counts:
    """How often each place in an index was told; memory follows the places that were, not the index."""

    def __init__(self) -> None:
        self._held: list[Int64] = []
        self._n_held = 0
        self._places, self._seen = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def add(self, places: Int64) -> None:
        """Take the places of a document."""
        self._held.append(places)
        self._n_held += len(places)
        if self._n_held >= HELD_PLACES:
            self.taken()

    def taken(self) -> tuple[Int64, Int64]:
        """Places, ascending, and how often each was told."""
        told = np.concatenate([self._places, *self._held])
        self._places, where = np.unique(told, return_inverse=True)
        times = np.concatenate([self._seen, np.ones(self._n_held, np.int64)])
        seen = np.zeros(len(self._places), np.int64)
        np.add.at(seen, where, times)
        self._seen, self._held, self._n_held = seen, [], 0
        return self._places, self._seen


def _load(place: Place) -> dict[str, Int64]:
    with np.load(io.BytesIO(place.read_bytes())) as arrays:
        return dict(arrays)


def _put(path: Path, place: Place) -> None:
    with path.open("rb") as source, place.create() as copy:
        while block := source.read(8 << 20):
            copy.write(block)
