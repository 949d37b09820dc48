"""Compressed data that is broken: what it gives up to the fault."""

import zlib

STEP = 256
"""Bytes at a time, first; zlib gives nothing of the step that holds the fault."""


def salvage(inflater: "zlib._Decompress", piece: memoryview | bytes) -> tuple[bytes, int]:
    """What a piece gives before the byte that cannot be decompressed, and how many bytes that takes."""
    out: list[bytes] = []
    used = 0
    while used < len(piece):
        saved = inflater.copy()
        try:
            out.append(inflater.decompress(piece[used : used + STEP]))
        except zlib.error:
            inflater = saved
            break
        used += STEP
    while used < len(piece):
        try:
            out.append(inflater.decompress(piece[used : used + 1]))
        except zlib.error:
            break
        used += 1
    return b"".join(out), used
