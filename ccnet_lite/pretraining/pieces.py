"""What the files of a corpus hold, cut into pieces that are decoded at a time; no text is read for it.

A piece is some consecutive rows of a row group. How often its rows are read in an epoch has to be known before: so
often as the footer says it has rows, where all are of one split and each is read once; else the small columns
`split`, `cluster_weight` and `quality_tier` are read, as far as they are asked.

Not handled: rows. streams.py reads them.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.draws import Ints
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.corpus import subset_folders
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import readable

PIECE_BYTES = 1 << 20
"""Text bytes of a piece, about."""
FOOTERS_AT_ONCE = 16
Run = str | Path | Place
"""A finished run's folder: a path or a URI."""
SPLIT = "split"


@dataclass(frozen=True)
class Pieces:
    """The pieces of some files, one entry a piece, a row group's pieces side by side."""

    files: tuple[str, ...]
    """Relative to the run's folder."""
    file: Ints
    """Index in `files`."""
    group: Ints
    """The row group's number in the file."""
    number: Ints
    """The piece's number in the row group."""
    rows: Ints
    """Rows of each piece of the row group but its last."""
    draws: Ints
    """How often an epoch draws a row of it."""
    bytes: Ints
    """Of text, as the row group has them on average."""

    @property
    def size(self) -> int:
        """Draws of an epoch."""
        return int(self.draws.sum())

    def digest(self) -> str:
        """Of the names of the files and what they hold: another corpus, another digest."""
        found = blake2b("\n".join(self.files).encode(), digest_size=16)
        for column in (self.file, self.group, self.number, self.rows, self.draws):
            found.update(column.astype("<i8").tobytes())
        return found.hexdigest()


def files_of(run: Place, language: str, buckets: Sequence[str]) -> list[str]:
    """The files of a language's buckets, sorted, relative to the run's folder."""
    return sorted(
        f"{folder}/{name}"
        for subset in subset_folders(run, language)
        for folder in (f"corpus/{subset}/quality={bucket}" for bucket in buckets)
        for name in (run / folder).children()
        if name.startswith(f"part-{language}_") and name.endswith(".parquet")
    )


def pieces_of(run: Place, files: Sequence[str], split: str, weights: Weights, text_column: str) -> Pieces:
    """The pieces of these files.

    split: the side that is read; a corpus without the column is all "train". weights: how often an epoch
    reads a row.
    """

    def scan(name: str) -> list[tuple[int, int, int, int, int]]:
        return _scan(run / name, split, weights, text_column)

    with ThreadPoolExecutor(FOOTERS_AT_ONCE) as pool:
        scanned = list(pool.map(scan, files))
    rows = [(index, *piece) for index, pieces in enumerate(scanned) for piece in pieces]
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    return Pieces(tuple(files), *columns)


def _scan(place: Place, split: str, weights: Weights, text_column: str) -> list[tuple[int, int, int, int, int]]:
    """(group, number, rows, draws, bytes) of each piece of a file."""
    with readable(place) as source, pq.ParquetFile(source, pre_buffer=False) as file:
        metadata, names = file.metadata, list(file.schema_arrow.names)
        if text_column not in names:
            raise UserError(
                f"{place} has no column {text_column}: it is not of the corpus that sampling.json tells of"
            )
        missing = [name for name in weights.columns if name not in names]
        if missing:
            raise UserError(
                f"{place} has no column {missing[0]}, which the plan goes by: run with quality.tiers and with "
                "export.columns = fineweb2, or make a plan without tier weights"
            )
        found = []
        for group in range(metadata.num_row_groups):
            n = metadata.row_group(group).num_rows
            size = metadata.row_group(group).column(_leaf(file, text_column)).total_uncompressed_size
            rows = -(-n // max(-(-size // PIECE_BYTES), 1))
            draws = _draws(file, group, names, split, weights)
            for number, first in enumerate(range(0, n, max(rows, 1))):
                here = draws[first : first + rows]
                found.append((group, number, rows, int(here.sum()), size * len(here) // n))
    return found


def _draws(file: pq.ParquetFile, group: int, names: list[str], split: str, weights: Weights) -> Ints:
    """How often an epoch draws each row of a row group."""
    n = file.metadata.row_group(group).num_rows
    draws = np.ones(n, np.int64)
    if SPLIT not in names:
        draws *= split == "train"
    elif (alone := _only_value(file, group, SPLIT)) is not None:
        draws *= split == alone
    else:
        values = file.read_row_group(group, columns=[SPLIT])[SPLIT]
        draws *= np.array(values.to_pylist(), dtype=object) == split
    if weights.columns and draws.any():
        draws *= weights.times(file.read_row_group(group, columns=weights.columns))
    return draws


def _only_value(file: pq.ParquetFile, group: int, column: str) -> str | None:
    """A text column's value where the footer says that a row group has no other."""
    said = file.metadata.row_group(group).column(_leaf(file, column)).statistics
    if said is None or not said.has_min_max or said.min != said.max or said.null_count:
        return None
    return str(said.min)


def _leaf(file: pq.ParquetFile, column: str) -> int:
    """The column's number among those of the file, in which nested ones have more than one."""
    return next(i for i in range(len(file.schema)) if file.schema.column(i).path == column)
