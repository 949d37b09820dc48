"""The documents of one part of a corpus, as an endless sequence of epochs that can be entered anywhere.

An epoch reads every row once (or as often as its cluster weight says). Its order: the row groups in a seeded
order, their pieces one after the other; of these, windows of some `window_bytes` of text; inside a window, rows in
a seeded order. A stream holds one window as Arrow, and for a moment, while it makes it, its pieces besides.

Not handled: which positions are wanted. They are cheap to read in ascending order: what lies between is skipped,
whole windows without being read, but for the part of a row group that lies before.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.errors import UnreadFile, UserError
from ccnet_lite.pretraining.draws import Ints, key, permutation
from ccnet_lite.pretraining.pieces import SPLIT, Pieces
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import readable

READ_BYTES, READ_BYTES_REMOTE = 1 << 16, 1 << 20
"""Read from a column at a time: from a disk, and where every read is a request."""
ID = "doc_id"


class Part(NamedTuple):
    """What a stream reads: a language's buckets of a run."""

    run: Place
    language: str
    buckets: tuple[str, ...]
    pieces: Pieces
    text_column: str
    split: str
    weights: Weights


class _Epoch:
    """The windows of an epoch: `order` of the pieces, where each window begins in it, and its first position."""

    def __init__(self, pieces: Pieces, window_bytes: int, of: int | None):
        order = np.arange(len(pieces.draws))
        if of is not None and pieces.bytes.sum() > window_bytes:  # else one window holds all in any order
            firsts = np.flatnonzero(pieces.number == 0)
            lengths = np.diff(np.append(firsts, len(order)))
            shuffled = permutation(of, len(firsts))
            lengths = lengths[shuffled]
            within = order - np.repeat(np.cumsum(lengths) - lengths, lengths)
            order = np.repeat(firsts[shuffled], lengths) + within
        size = pieces.bytes[order]
        window = (np.cumsum(size) - size) // window_bytes
        self.begins = np.flatnonzero(np.diff(window, prepend=-1))
        self.order = order
        draws = pieces.draws[order]
        self.firsts = (np.cumsum(draws) - draws)[self.begins]

    def window_of(self, position: int) -> int:
        return int(np.searchsorted(self.firsts, position, side="right")) - 1

    def pieces_of(self, window: int) -> Ints:
        ends = np.append(self.begins, len(self.order))
        return self.order[ends[window] : ends[window + 1]]


class Stream:
    """A part's documents by position: position k is in epoch k // size.

    Args:
        part: What to read.
        seed: Of the order; None reads as the files lie, one epoch.
        window_bytes: Text bytes of a window, about.
    """

    def __init__(self, part: Part, seed: int | None, window_bytes: int):
        self.part, self.size = part, part.pieces.size
        self._names = None if seed is None else (seed, part.language, *part.buckets)
        self._window_bytes = window_bytes
        self._epoch: tuple[int, _Epoch] | None = None
        self._window: tuple[tuple[int, int], int, Ints] | None = None
        self._rows: tuple[Ints, pa.Table, Ints] | None = None
        """Pieces, their rows as they lie, and the numbers of those that an epoch reads."""
        self._open = _OpenGroup(part)

    def read(self, positions: Ints) -> tuple[list[str], list[str]]:
        """The texts and ids at some positions, ascending."""
        texts: list[str] = []
        ids: list[str] = []
        done = 0
        while done < len(positions):
            first, rows, table = self._window_at(int(positions[done]))
            end = int(np.searchsorted(positions, first + len(rows)))
            taken = table.take(rows[positions[done:end] - first])
            texts += taken.column(0).to_pylist()
            ids += taken.column(1).to_pylist()
            done = end
        return texts, ids

    def close(self) -> None:
        """Let go of the window and of an open file."""
        self._open.close()
        self._window = self._rows = None

    def _window_at(self, position: int) -> tuple[int, Ints, pa.Table]:
        """The window that holds a position: its first one, the rows in their order, and the rows as they lie."""
        number, offset = divmod(position, self.size)
        if self._epoch is None or self._epoch[0] != number:
            of = None if self._names is None else key("row groups", *self._names, number)
            self._epoch = number, _Epoch(self.part.pieces, self._window_bytes, of)
        epoch = self._epoch[1]
        window = epoch.window_of(offset)
        if self._window is None or self._window[0] != (number, window):
            rows = self._rows_of(epoch.pieces_of(window))[1]
            if self._names is not None:
                rows = rows[permutation(key("rows", *self._names, number, window), len(rows))]
            self._window = (number, window), number * self.size + int(epoch.firsts[window]), rows
        assert self._rows is not None
        return *self._window[1:], self._rows[1]

    def _rows_of(self, pieces: Ints) -> tuple[pa.Table, Ints]:
        """The rows of a window's pieces; those of the last window again where they are the same."""
        if self._rows is None or not np.array_equal(self._rows[0], pieces):
            self._rows = None  # let go of before the next are read
            tables = [self._open.piece(int(piece)) for piece in pieces]
            self._rows = pieces, *self._drawn(pa.concat_tables(tables))
        return self._rows[1:]

    def _drawn(self, table: pa.Table) -> tuple[pa.Table, Ints]:
        """Text and id in one piece each, and the numbers of the rows that an epoch reads, as often as it does."""
        rows = np.arange(table.num_rows)
        if SPLIT in table.column_names:
            rows = np.flatnonzero(pc.equal(table[SPLIT], self.part.split).to_numpy())
        elif self.part.split != "train":
            rows = rows[:0]
        if self.part.weights.columns:
            rows = np.repeat(rows, self.part.weights.times(table)[rows])
        return table.select([self.part.text_column, ID]).combine_chunks(), rows


class _OpenGroup:
    """Reads pieces, and goes on in a row group where the last piece ended."""

    def __init__(self, part: Part):
        self._part = part
        self._at: tuple[int, int, int] | None = None
        """File, row group and number of the piece that comes next."""
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._files = ExitStack()

    def piece(self, piece: int) -> pa.Table:
        pieces = self._part.pieces
        file, group, number = (int(of[piece]) for of in (pieces.file, pieces.group, pieces.number))
        try:
            if self._at is None or self._at[:2] != (file, group) or self._at[2] > number:
                self._start(file, group, int(pieces.rows[piece]))
            for _ in range(self._at[2] if self._at else 0, number):
                next(self._batches)
            batch = next(self._batches)
        except StopIteration:
            raise self._changed(file) from None
        except (OSError, pa.ArrowException) as error:
            place = self._part.run / pieces.files[file]
            raise UnreadFile(str(place), f"cannot be read: {(str(error).splitlines() or [''])[0][:300]}") from None
        self._at = file, group, number + 1
        last = piece + 1 == len(pieces.number) or pieces.number[piece + 1] == 0
        if last:
            self.close()
        return pa.Table.from_batches([batch])

    def close(self) -> None:
        self._files.close()
        self._at, self._batches = None, iter(())

    def _start(self, file: int, group: int, rows: int) -> None:
        self.close()
        part = self._part
        buffer = READ_BYTES if part.run.is_local else READ_BYTES_REMOTE
        source = self._files.enter_context(readable(part.run / part.pieces.files[file]))
        # pre_buffer off: the columns of a row group are read as they are decoded, not held whole.
        parquet = self._files.enter_context(
            pq.ParquetFile(source, pre_buffer=False, buffer_size=buffer, page_checksum_verification=True)
        )
        columns = [part.text_column, ID, SPLIT, *part.weights.columns]
        there = [name for name in columns if name in parquet.schema_arrow.names]
        if group >= parquet.num_row_groups:
            raise self._changed(file)
        self._batches = parquet.iter_batches(rows, row_groups=[group], columns=there)
        self._at = file, group, 0

    def _changed(self, file: int) -> UserError:
        name = self._part.run / self._part.pieces.files[file]
        return UserError(f"{name} has changed since the reader looked at it: make the reader anew")
