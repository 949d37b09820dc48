"""What is compared of documents, in files: bands band by band, signatures or shingles one after another.

In memory a signature and its bands take 1.3 KB a document. Here a band is read at a time, 8 bytes a document, and
signatures of documents that are in some pair, for so many pairs at a time.

Not handled: deleting the files, which lie in a folder of the caller's.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.candidates import Int64, sketches
from ccnet_lite.dedup.each import Each, on_threads
from ccnet_lite.dedup.equals import fingerprints
from ccnet_lite.dedup.pairs import Float64, as_matrix, estimates, similarities
from ccnet_lite.text.byte_rows import byte_rows

PAIRS_AT_ONCE = 10_000
"""Pairs whose signatures are held at once: 20 MB at the most."""
PAIRS_A_TASK = 50_000
NO_ROWS = np.zeros(0, np.int64)
OWN = ("same", "same_too", "sketch", "compared_bytes")
"""Columns besides a document's: of Compared.same, Compared.sketches, and how large is what is compared."""


class Spool:
    """Takes documents, some at a time, into files of a new folder. Close it."""

    def __init__(self, folder: Path, column: str) -> None:
        """column: what pairs are compared by, `signature` or `shingles`."""
        self.folder = Path(mkdtemp(dir=folder))
        self._column = column
        self._bands = (self.folder / "bands").open("wb")
        self._values = (self.folder / "values").open("wb")
        self._rows: pa.ipc.RecordBatchFileWriter | None = None

    def add(self, documents: pa.Table) -> None:
        """Take documents: bands (list<int64>), signature, the column that is compared, and others."""
        if not documents.num_rows:
            return
        hashes = documents["bands"].combine_chunks().flatten().to_numpy().reshape(documents.num_rows, -1)
        self._bands.write(hashes.T.tobytes())
        bounds, values = byte_rows(documents[self._column])
        self._values.write(values.data)
        same = fingerprints(documents[self._column])
        own = (same[:, 0], same[:, 1], sketches(as_matrix(documents["signature"])), np.diff(bounds))
        rows = documents.drop_columns(list({"bands", "signature", self._column}))
        for name, column in zip(OWN, own, strict=True):
            rows = rows.append_column(name, pa.array(column))
        if self._rows is None:
            self._rows = pa.ipc.new_file(str(self.folder / "rows"), rows.schema)
        self._rows.write_batch(rows.combine_chunks().to_batches()[0])

    def close(self) -> None:
        """Close the files."""
        for file in (self._bands, self._values, self._rows):
            if file is not None:
                file.close()


@dataclass(frozen=True)
class Files:
    """Where documents lie: by folder how many each of its pieces has."""

    folders: tuple[Path, ...]
    pieces: tuple[tuple[int, ...], ...]
    column: str

    @cached_property
    def n_bands(self) -> int:
        """Of a document."""
        return (self.folders[0] / "bands").stat().st_size // (8 * sum(self.pieces[0])) if self.folders else 0

    def band(self, number: int) -> Int64:
        """[documents]: the hash of a band."""
        held, at = memoryview(bytearray(8 * sum(map(sum, self.pieces)))), 0
        for folder, pieces in zip(self.folders, self.pieces, strict=True):
            with (folder / "bands").open("rb") as file:
                before = 0
                for count in pieces:
                    begin = before * self.n_bands + number * count
                    _read_into(held[8 * at : 8 * (at + count)], file.fileno(), 8 * begin)
                    at, before = at + count, before + count
        return np.frombuffer(held, np.int64)

    def similarities(self, number: int, src: Int64, dst: Int64, bounds: Int64) -> Float64:
        """Of the pairs of a task, [PAIRS_A_TASK or fewer]: how similar the documents of two rows are.

        bounds: [documents + 1], where what is compared would begin if all files were one.
        """
        begin, end = number * PAIRS_A_TASK, min(len(src), (number + 1) * PAIRS_A_TASK)
        found = np.empty(end - begin)
        for at in range(begin, end, PAIRS_AT_ONCE):
            until = min(at + PAIRS_AT_ONCE, end)
            rows, ends = np.unique(np.concatenate([src[at:until], dst[at:until]]), return_inverse=True)
            first, second = ends[: until - at], ends[until - at :]
            held = self._read(rows, bounds)
            if self.column == "signature":
                found[at - begin : until - begin] = estimates(held, first, second)
            else:
                one, other = (held.take(pa.array(side)) for side in (first, second))
                found[at - begin : until - begin] = similarities(one, other, self.column)
        return found

    def _read(self, rows: Int64, bounds: Int64) -> pa.Array:
        """The values of some rows, ascending; those that follow each other in one piece."""
        firsts = np.cumsum([0, *map(sum, self.pieces)])  # of each folder its first row
        sizes = bounds[rows + 1] - bounds[rows]
        places = np.concatenate(([0], np.cumsum(sizes)))
        held = memoryview(bytearray(int(places[-1])))
        folders = np.searchsorted(firsts, rows, "right") - 1
        starts = np.flatnonzero((np.diff(rows, prepend=-2) != 1) | (np.diff(folders, prepend=-1) != 0))
        ends = np.append(starts[1:], len(rows))
        for number in np.unique(folders).tolist():
            own = folders[starts] == number
            offsets = bounds[rows[starts[own]]] - bounds[firsts[number]]
            edges = zip(offsets.tolist(), places[starts[own]].tolist(), places[ends[own]].tolist(), strict=True)
            with (self.folders[number] / "values").open("rb", buffering=0) as file:
                for offset, begin, end in edges:
                    _read_into(held[begin:end], file.fileno(), offset)
        buffers = [None, pa.py_buffer(places), pa.py_buffer(held)]
        return pa.Array.from_buffers(pa.large_binary(), len(rows), buffers)


class Spooled:
    """Documents of closed `Spool`s, as dedup.clusters.Compared has them."""

    def __init__(self, folders: Sequence[Path], column: str, each: Each = on_threads) -> None:
        """folders: of the spools, in the order of their documents. each: has pairs compared."""
        with_rows = [folder for folder in folders if (folder / "rows").exists()]
        tables = []
        for folder in with_rows:
            with pa.OSFile(str(folder / "rows")) as source:
                tables.append(pa.ipc.open_file(source).read_all())
        pieces = tuple(tuple(len(piece) for piece in table[OWN[0]].chunks) for table in tables)
        files = Files(tuple(with_rows), pieces, column)
        self._files, self._each = files, each
        self.n_bands, self.band = files.n_bands, files.band
        own = {name: [table[name].to_numpy() for table in tables] for name in OWN}
        same, same_too, self.sketches, sizes = (np.concatenate([NO_ROWS, *own[name]]) for name in OWN)
        self.same = np.stack([same, same_too], 1)
        self._bounds = np.concatenate(([0], np.cumsum(sizes)))
        others = [table.drop_columns(list(OWN)) for table in tables]
        self.documents = pa.concat_tables(others).combine_chunks() if others else None
        """Their other columns; None where there are no documents."""

    def similarity(self, src: Int64, dst: Int64) -> Float64:
        """[pairs]: similarity of the documents of two rows."""
        order = np.argsort(src, kind="stable")  # so that many rows of some pairs follow one another
        pairs = src[order], dst[order], self._bounds
        found = np.zeros(len(src))
        parts = self._each(self._files.similarities, pairs, -(-len(src) // PAIRS_A_TASK))
        found[order] = np.concatenate([np.zeros(0), *parts])
        return found


def _read_into(held: memoryview, file: int, offset: int) -> None:
    if os.preadv(file, [held], offset) != len(held):
        raise OSError("a scratch file is shorter than what was written to it")
