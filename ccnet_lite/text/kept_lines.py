"""Texts without some of their lines, a batch at a time, in the bytes of an Arrow column."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.text.byte_rows import byte_rows
from ccnet_lite.text.compiled import compiled

Bools = npt.NDArray[np.bool_]
UInt8 = npt.NDArray[np.uint8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
_U = np.uint64

LINE_FEED = 0x0A


def keep_lines(texts: pa.StringArray, kept: Bools) -> pa.StringArray:
    r"""Of each text the lines that are kept, joined by line feeds.

    kept: [lines of all texts]; a text has one line more than line feeds.

    >>> keep_lines(pa.array(["a\nb\nc", "d"]), np.array([True, False, True, False])).to_pylist()
    ['a\nc', '']

    Raises:
        ValueError: `kept` is of other lines.
    """
    offsets, data = byte_rows(texts)
    feeds = np.flatnonzero(data == LINE_FEED)
    if len(feeds) + len(texts) != len(kept):
        raise ValueError(f"the texts have {len(feeds) + len(texts)} lines, and it is said of {len(kept)}")
    out, ends = np.empty(len(data), np.uint8), np.zeros(len(texts) + 1, np.int32)
    _keep(data, offsets, feeds, kept, out, ends)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(out))


def lines_at(line_ids: pa.ListArray, n_lines: npt.NDArray[np.integer[Any]]) -> Bools:
    """[lines of all texts]: whether each is among those that its text keeps, given as their numbers in the text.

    >>> lines_at(pa.array([[0, 2], []]), np.array([3, 1])).tolist()
    [True, False, True, False]
    """
    ends = np.cumsum(n_lines, dtype=np.int64)
    kept = np.zeros(ends[-1] if len(ends) else 0, np.bool_)
    kept[line_ids.flatten().to_numpy() + np.repeat(ends - n_lines, line_ids.value_lengths().to_numpy())] = True
    return kept


@compiled
def _keep(data: UInt8, offsets: Int64, feeds: Int64, kept: Bools, out: UInt8, ends: Int32) -> None:
    line, size = 0, 0
    for text in range(len(offsets) - 1):
        begin, first = offsets[text], True
        while True:
            feed = line - text
            last = feed == len(feeds) or feeds[feed] >= offsets[text + 1]
            end = offsets[text + 1] if last else feeds[feed]
            if kept[line]:
                if not first:
                    out[_U(size)] = LINE_FEED
                    size += 1
                for at in range(begin, end):
                    out[_U(size + at - begin)] = data[_U(at)]
                size, first = size + end - begin, False
            begin, line = end + 1, line + 1
            if last:
                break
        ends[text + 1] = size
