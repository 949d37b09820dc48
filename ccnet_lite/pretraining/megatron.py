r"""Token ids in Megatron's form: a .bin of ids one after another, and an .idx that says where each sequence lies.

    .bin   the ids, uint16 where the vocabulary has fewer than 65,500 tokens, else int32
    .idx   "MMIDIDX\0\0", version 1 (uint64), code of the type (uint8: 8 uint16, 4 int32), numbers of sequences and
           of document bounds (uint64 each), lengths of the sequences (int32 each), their places in bytes (int64
           each), and after how many sequences each document ends, with a 0 before them (int64 each)

Little-endian. As megatron.core.datasets.indexed_dataset reads it.
"""

import struct
from collections.abc import Sequence
from typing import IO

import numpy as np

HEADER = b"MMIDIDX\x00\x00"
CODES = {"uint16": 8, "int32": 4}
SMALL = 65_500
"""Vocabularies below this size have their ids in 16 bits, as Megatron has it."""


class IndexedWriter:
    """Writes one pair of files. data, index: open for writing; size: of the vocabulary."""

    def __init__(self, data: IO[bytes], index: IO[bytes], size: int) -> None:
        self._data, self._index = data, index
        self._type = "uint16" if size < SMALL else "int32"
        self._lengths: list[int] = []
        self._bounds = [0]

    def add_document(self, sequences: Sequence[Sequence[int]]) -> None:
        """Take a document's sequences of ids, in their order."""
        for ids in sequences:
            self._data.write(np.asarray(ids, np.dtype(self._type).newbyteorder("<")).tobytes())
            self._lengths.append(len(ids))
        self._bounds.append(len(self._lengths))

    def finish(self) -> None:
        """Write the index; the files are left open."""
        lengths = np.asarray(self._lengths, "<i4")
        ends = np.cumsum(lengths, dtype=np.int64) * np.dtype(self._type).itemsize
        places = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
        head = struct.pack("<QBQQ", 1, CODES[self._type], len(lengths), len(self._bounds))
        self._index.write(HEADER + head + lengths.tobytes())
        self._index.write(places.astype("<i8").tobytes() + np.asarray(self._bounds, "<i8").tobytes())
