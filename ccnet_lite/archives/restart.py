"""Where reading goes on behind a fault: at a gzip member that can be read, or at a record's first line."""

import zlib

from ccnet_lite.archives.headers import LOOK_AHEAD, find_record, record_kind
from ccnet_lite.archives.raw import READ_BYTES, RawBytes

MAGIC = b"\x1f\x8b\x08"
GZIP = 16 + zlib.MAX_WBITS
PROBE_BYTES = 64 * 1024
MAX_PROBES = 1000
"""After so many places that only looked like a gzip member, only those that begin with a record are one."""


def find_restart(raw: RawBytes, position: int, fault: int) -> int | None:
    """Where a gzip member that can be read, or a record's first line, next stands in the file.

    Before the `fault` only a member that begins with a record is one: what else looks like a member or a
    record there may be the content of the faulty one, which was decompressed already.
    """
    probes = 0
    while True:
        count = raw.ensure(position, READ_BYTES)
        ended = count < READ_BYTES
        last = position + count - (0 if ended else LOOK_AHEAD)
        first = max(position, fault)
        line = -1
        if first < last:
            begins = first == position and probes == 0
            line = find_record(raw.data, first - raw.start, last - raw.start, line_start=begins, arc=True)
            line = line + raw.start if line >= 0 else -1
        raw.keep(position)
        while True:
            end = line if line >= 0 else last
            at = raw.data.find(MAGIC, position - raw.start, end - raw.start + len(MAGIC) - 1)
            if at < 0:
                break
            position = at + raw.start
            if begins_member(raw.piece(position, PROBE_BYTES), probes < MAX_PROBES and position >= fault):
                return position
            position += 1
            probes += 1
        if line >= 0 or ended:
            return line if line >= 0 else None
        position = last
        raw.keep(position)


def begins_member(piece: bytes | bytearray | memoryview, thorough: bool = True) -> bool:
    """Whether a gzip member begins here: one that begins with a record or, `thorough`, is sound to its end.

    The three bytes of its magic number also turn up by chance in compressed data.
    """
    inflater = zlib.decompressobj(GZIP)
    try:
        out = inflater.decompress(piece[:1024], 64)
        if record_kind(out.lstrip(b"\r\n"), 0) == "warc":
            return True
        if not thorough:
            return False
        out += inflater.decompress(inflater.unconsumed_tail + bytes(piece[1024:]), READ_BYTES)
        return record_kind(out.lstrip(b"\r\n"), 0) is not None or (inflater.eof and len(out) > 0)
    except zlib.error:
        return False
