"""Where reading goes on behind a fault: at a gzip member that can be read, or at a record's first line."""

import re
import zlib
from collections.abc import Callable
from functools import partial

from ccnet_lite.archives.headers import LOOK_AHEAD, SEARCH_STEP, find_record, record_kind
from ccnet_lite.archives.raw import READ_BYTES, RawBytes

MAGIC = b"\x1f\x8b\x08"
GZIP = 16 + zlib.MAX_WBITS
FIRST_BYTES, PROBE_BYTES = 2 * 1024, 64 * 1024
"""By so many bytes a member is told that begins with a record, by so many one that does not."""
MAX_GZIP_HEADER = 1024 * 1024
"""A gzip header, with its extra field, file name and comment, that is longer is taken for none."""
_NAME = re.compile(rb"[^\x00-\x08\x0b\x0c\x0e-\x1f]*")
"""Without control characters: what scans one header then never scans what looks like the next."""
_EXTRA, _FILE_NAME, _COMMENT, _HEADER_CHECK = 4, 8, 16, 2
MAX_PROBES = 1000
"""After so many places that only looked like a gzip member, only those that begin with a record are one."""


def find_restart(raw: RawBytes, position: int, fault: int) -> int | None:
    """Where a gzip member that can be read, or a record's first line, next stands in the file.

    Before the `fault` only a member that begins with a record is one: what else looks like a member or a
    record there may be the content of the faulty one, which was decompressed already.
    """
    probes = 0
    begins = True  # whether a line begins at `position`
    # In growing steps: what is far off must not be searched for behind each of many faults.
    step = SEARCH_STEP
    while True:
        count = raw.ensure(position, step + LOOK_AHEAD)
        ended = count < step + LOOK_AHEAD
        last = position + count - (0 if ended else LOOK_AHEAD)
        first = max(position, fault)
        line = -1
        if first < last:
            line_start = begins and first == position
            line = find_record(raw.data, first - raw.start, last - raw.start, line_start, arc=True)
            line = line + raw.start if line >= 0 else -1
        begins = last > raw.start and raw.data[last - raw.start - 1] in b"\r\n"
        raw.keep(position)
        while True:
            end = line if line >= 0 else last
            at = raw.data.find(MAGIC, position - raw.start, end - raw.start + len(MAGIC) - 1)
            if at < 0:
                break
            position = at + raw.start
            if begins_member(partial(raw.piece, position), probes < MAX_PROBES and position >= fault):
                return position
            position += 1
            probes += 1
        if line >= 0 or ended:
            return line if line >= 0 else None
        position, step = last, min(2 * step, READ_BYTES)
        raw.keep(position)


Piece = bytes | bytearray | memoryview


def begins_member(read: Callable[[int], Piece], thorough: bool = True) -> bool:
    """Whether a gzip member begins here: one that begins with a record or, `thorough`, is sound to its end.

    The three bytes of its magic number also turn up by chance in compressed data. read: gives as many bytes
    from there on as asked for, fewer at the end.
    """
    piece = read(FIRST_BYTES)
    first = end_of_header(piece) + 1024
    while len(piece) < first < MAX_GZIP_HEADER:
        longer = read(2 * first)
        if len(longer) == len(piece):
            break
        piece, first = longer, end_of_header(longer) + 1024
    inflater = zlib.decompressobj(GZIP)
    try:
        out = inflater.decompress(piece[:first], 64)
        if record_kind(out.lstrip(b"\r\n"), 0) == "warc":
            return True
        if not thorough or first > MAX_GZIP_HEADER:
            return False
        rest = read(max(first, PROBE_BYTES))[first:]
        out += inflater.decompress(inflater.unconsumed_tail + bytes(rest), READ_BYTES)
        return record_kind(out.lstrip(b"\r\n"), 0) is not None or (inflater.eof and len(out) > 0)
    except zlib.error:
        return False


def end_of_header(piece: Piece) -> int:
    """Where the gzip header ends that `piece` begins with: beyond the piece, if it does not end in it."""
    end = 10
    if len(piece) < end:
        return end
    flags = piece[3]
    if flags & _EXTRA:
        end += 2 + int.from_bytes(piece[10:12], "little")
    for flag in (_FILE_NAME, _COMMENT):
        if flags & flag:
            name = _NAME.match(piece, end)
            end = (name.end() if name else end) + 1
            if end <= len(piece) and piece[end - 1]:
                return MAX_GZIP_HEADER
    return end + (2 if flags & _HEADER_CHECK else 0)
