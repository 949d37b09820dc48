"""What is compared of documents, in files: bands band by band, signatures or shingles one after another.

In memory a signature and its bands take 1.3 KB a document. Here a band is read at a time, 8 bytes a document, and
signatures of documents that are in some pair, for so many pairs at a time.

Not handled: deleting the files, which lie in a folder of the caller's.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.candidates import Int64, sketches
from ccnet_lite.dedup.clusters import THREADS
from ccnet_lite.dedup.equals import fingerprints
from ccnet_lite.dedup.pairs import Float64, as_matrix, estimates, similarities
from ccnet_lite.text.byte_rows import byte_rows

PAIRS_AT_ONCE = 10_000
"""Pairs whose signatures a thread holds at once: 20 MB at the most."""


class Spooled:
    """Documents, added some at a time, as dedup.clusters.Compared has them. Close it."""

    def __init__(self, folder: Path, column: str) -> None:
        """column: what pairs are compared by, `signature` or `shingles`."""
        self._column = column
        self._bands = (folder / "bands").open("w+b")
        self._values = (folder / "values").open("w+b")
        self._counts: list[int] = []
        self._bounds = [np.zeros(1, np.int64)]
        self._same = [np.zeros((0, 2), np.int64)]
        self._sketches = [np.zeros(0, np.int64)]
        self.n_bands = 0

    def close(self) -> None:
        """Close the files."""
        self._bands.close()
        self._values.close()

    def add(self, documents: pa.Table) -> None:
        """Take documents: bands (list<int64>), signature, and the column that is compared."""
        if not documents.num_rows:
            return
        hashes = documents["bands"].combine_chunks().flatten().to_numpy().reshape(documents.num_rows, -1)
        self.n_bands = hashes.shape[1]
        self._bands.write(hashes.T.tobytes())
        self._counts.append(documents.num_rows)
        bounds, values = byte_rows(documents[self._column])
        self._values.write(values.data)
        self._bounds.append(self._bounds[-1][-1] + bounds[1:])
        self._same.append(fingerprints(documents[self._column]))
        self._sketches.append(sketches(as_matrix(documents["signature"])))
        for file in (self._bands, self._values):
            file.flush()  # they are read past it

    @property
    def same(self) -> Int64:
        """[documents, 2]: equal where what is compared is."""
        return np.concatenate(self._same)

    @property
    def sketches(self) -> Int64:
        """[documents]: of their signatures."""
        return np.concatenate(self._sketches)

    def band(self, number: int) -> Int64:
        """[documents]: the hash of a band."""
        held, at = memoryview(bytearray(8 * sum(self._counts))), 0
        for count in self._counts:
            begin = at * self.n_bands + number * count
            _read_into(held[8 * at : 8 * (at + count)], self._bands.fileno(), 8 * begin)
            at += count
        return np.frombuffer(held, np.int64)

    def similarity(self, src: Int64, dst: Int64) -> Float64:
        """[pairs]: similarity of the documents of two rows."""
        bounds = np.concatenate(self._bounds)
        order = np.argsort(src, kind="stable")  # so that many rows of some pairs follow one another

        def of_pairs(begin: int) -> Float64:
            some = order[begin : begin + PAIRS_AT_ONCE]
            rows, ends = np.unique(np.concatenate([src[some], dst[some]]), return_inverse=True)
            first, second = ends[: len(some)], ends[len(some) :]
            held = self._read(rows, bounds)
            if self._column == "signature":
                return estimates(held, first, second)
            return similarities(held.take(pa.array(first)), held.take(pa.array(second)), self._column)

        found = np.zeros(len(src))
        with ThreadPoolExecutor(THREADS) as pool:
            parts = pool.map(of_pairs, range(0, len(src), PAIRS_AT_ONCE))
            found[order] = np.concatenate([np.zeros(0), *parts])
        return found

    def _read(self, rows: Int64, bounds: Int64) -> pa.Array:
        """The values of some rows, ascending; those that follow each other in one piece."""
        sizes = bounds[rows + 1] - bounds[rows]
        places = np.concatenate(([0], np.cumsum(sizes)))
        held = memoryview(bytearray(int(places[-1])))
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        ends = [*starts[1:], len(rows)]
        edges = zip(bounds[rows[starts]].tolist(), places[starts].tolist(), places[ends].tolist(), strict=True)
        for offset, begin, end in edges:
            _read_into(held[begin:end], self._values.fileno(), offset)
        buffers = [None, pa.py_buffer(places), pa.py_buffer(held)]
        return pa.Array.from_buffers(pa.large_binary(), len(rows), buffers)


def _read_into(held: memoryview, file: int, offset: int) -> None:
    if os.preadv(file, [held], offset) != len(held):
        raise OSError("a scratch file is shorter than what was written to it")
