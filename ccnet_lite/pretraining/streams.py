"""One language's documents as an endless, seeded stream: epoch after epoch, shared out among ranks.

An epoch is a pass over every row of the language's files. Its order is a permutation of the Parquet row
groups, drawn anew each epoch by a seeded hash; inside a row group, rows come as they were written. Of that
order, each rank reads one contiguous piece, so no two ranks read the same row in an epoch, together they read
all of them, and their pieces differ by one row at most. Which rank gets which piece rotates from epoch to
epoch, so that a language with fewer rows than ranks still comes to all of them.

The run may lie on a path or in any store that run data can lie in.

Not handled: shuffling of single rows (reader.py's buffer does that).
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from ccnet_lite.store.corpus import subset_folders
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import readable

BATCH_ROWS = 64
"""Rows decoded at a time; a stream holds one such batch."""
READ_BYTES, READ_BYTES_REMOTE = 1 << 16, 1 << 20
"""Read from a column at a time: from a disk, and where every read is a request."""
Run = str | Path | Place
"""A finished run's folder: a path or a URI."""


class Document(NamedTuple):
    """A document to train on."""

    language: str
    text: str
    doc_id: str


@dataclass(frozen=True)
class RowGroup:
    """A row group of a file of the corpus; `file` is relative to the run's folder."""

    file: str
    index: int
    rows: int


def row_groups(run: Run, language: str, buckets: Sequence[str]) -> tuple[RowGroup, ...]:
    """The row groups of a language's files in the given buckets, in the order of their names."""
    place = Place.of(run)
    files = [
        f"{folder}/{name}"
        for subset in subset_folders(place, language)
        for folder in (f"corpus/{subset}/quality={bucket}" for bucket in buckets)
        for name in (place / folder).children()
        if name.startswith(f"part-{language}_") and name.endswith(".parquet")
    ]
    groups = []
    for name in sorted(files):
        with readable(place / name) as source:
            metadata = pq.read_metadata(source)
        for index in range(metadata.num_row_groups):
            groups.append(RowGroup(name, index, metadata.row_group(index).num_rows))
    return tuple(groups)


def uniform(*names: object) -> tuple[float, float]:
    """Two numbers in [0, 1) that depend on nothing but what `names` says.

    A hash in place of a generator's state: the draw of step 10^9 needs no other draw before it, and is the
    same in every version of every library.

    >>> uniform(0, "draw", 1) == uniform(0, "draw", 1)
    True
    """
    digest = blake2b("\t".join(map(str, names)).encode(), digest_size=16).digest()
    first, second = (int.from_bytes(digest[i : i + 8], "little") >> 11 for i in (0, 8))
    return first * 2.0**-53, second * 2.0**-53


def epoch_order(groups: Sequence[RowGroup], seed: int, language: str, epoch: int) -> list[RowGroup]:
    """The row groups in the order of one epoch: the same for every rank."""
    return sorted(
        groups,
        key=lambda group: (uniform(seed, "row group", language, epoch, group.file, group.index), group.file),
    )


def rank_piece(rows: int, epoch: int, rank: int, world_size: int) -> range:
    """Which rows of the epoch's order a rank reads.

    >>> [rank_piece(5, 0, rank, 2) for rank in (0, 1)]
    [range(0, 2), range(2, 5)]
    """
    turn = (rank + epoch) % world_size
    return range(rows * turn // world_size, rows * (turn + 1) // world_size)


class LanguageStream:
    """The documents of one language, for one rank, for ever.

    `epoch` and `position` say which comes next: position counts the rows of the rank's piece of that epoch.
    They may be set, with `seek`, to go on from there.
    """

    def __init__(
        self,
        run: Run,
        language: str,
        groups: Sequence[RowGroup],
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        text_column: str = "text",
    ):
        self.language = language
        self.epoch = 0
        self.position = 0
        self._run = Place.of(run)
        self._groups = tuple(groups)
        self._rows = sum(group.rows for group in groups)
        self._seed, self._text_column = seed, text_column
        self._rank, self._world_size = rank, world_size
        self._ahead: Generator[Document, None, None] | None = None
        if not self._rows:
            raise ValueError(f"language {language} has no rows to read")

    def __next__(self) -> Document:
        while True:
            piece = self._piece(self.epoch)
            if self.position < len(piece):
                break
            self.seek(self.epoch + 1, 0)
        if self._ahead is None:
            self._ahead = self._read(self.epoch, piece.start + self.position, piece.stop)
        document = next(self._ahead)
        self.position += 1
        return document

    def __iter__(self) -> "LanguageStream":
        return self

    def seek(self, epoch: int, position: int) -> None:
        """Go on from a row of the rank's piece of an epoch."""
        if self._ahead is not None:
            self._ahead.close()  # lets go of its file
        self.epoch, self.position, self._ahead = epoch, position, None

    def fetch(self, epoch: int, positions: Sequence[int]) -> list[Document]:
        """The documents at ascending positions of the rank's piece of an epoch; the stream does not move."""
        start = self._piece(epoch).start
        wanted = iter(positions)
        found: list[Document] = []
        sought = next(wanted, None)
        if sought is None:
            return found
        rows = self._read(epoch, start + sought, start + positions[-1] + 1)
        for position, document in enumerate(rows, sought):
            if position == sought:
                found.append(document)
                sought = next(wanted, None)
        return found

    @property
    def epochs(self) -> float:
        """Passes over the language's text so far, were all ranks as far as this one."""
        return self.epoch + self.position / max(len(self._piece(self.epoch)), 1)

    def _piece(self, epoch: int) -> range:
        return rank_piece(self._rows, epoch, self._rank, self._world_size)

    def _read(self, epoch: int, start: int, stop: int) -> Generator[Document, None, None]:
        """Rows start to stop of the epoch's order."""
        first = 0
        for group in epoch_order(self._groups, self._seed, self.language, epoch):
            skip, end = max(start - first, 0), min(stop - first, group.rows)
            if skip < end:
                yield from self._read_group(group, skip, end)
            first += group.rows

    def _read_group(self, group: RowGroup, skip: int, end: int) -> Generator[Document, None, None]:
        row = 0
        buffer = READ_BYTES if self._run.is_local else READ_BYTES_REMOTE
        # pre_buffer off: the columns of a row group are read as they are decoded, not held whole.
        with (
            readable(self._run / group.file) as source,
            pq.ParquetFile(source, pre_buffer=False, buffer_size=buffer, page_checksum_verification=True) as file,
        ):
            columns = [self._text_column, "doc_id"]
            for batch in file.iter_batches(BATCH_ROWS, row_groups=[group.index], columns=columns):
                low, high = (min(max(bound - row, 0), batch.num_rows) for bound in (skip, end))
                here = batch.slice(low, high - low)
                row += batch.num_rows
                texts, ids = here.column(self._text_column).to_pylist(), here.column("doc_id").to_pylist()
                for text, doc_id in zip(texts, ids, strict=True):
                    yield Document(self.language, text, doc_id)
                if row >= end:
                    return
