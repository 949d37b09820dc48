"""The bytes of an Arrow column of strings or binaries, as they lie: no row becomes an object."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

UInt8 = npt.NDArray[np.uint8]
Int64 = npt.NDArray[np.int64]


def byte_rows(column: pa.Array | pa.ChunkedArray) -> tuple[Int64, UInt8]:
    """Where each row of a column without nulls begins, [rows + 1], and the rows' bytes, one after another.

    >>> bounds, data = byte_rows(pa.array(["ab", "", "c"]).slice(1))
    >>> bounds.tolist(), data.tobytes()
    ([0, 0, 1], b'c')
    """
    if isinstance(column, pa.ChunkedArray):  # one chunk would be copied
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    _, offsets, data = column.buffers()
    wide = pa.types.is_large_binary(column.type)
    bounds = np.frombuffer(offsets, np.int64 if wide else np.int32)[column.offset :][: len(column) + 1]
    held = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]]
    return (bounds - bounds[0]).astype(np.int64), held
