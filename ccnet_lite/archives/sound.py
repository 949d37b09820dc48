"""Sound gzip members that hold one whole record each, as most archives' do: read in half of the time.

What comes from here is what records.py and those below it would make of the same bytes. Taken are members of
moderate size with a right checksum, their record's head in the form that most writers give it, its length right,
and a sound member behind them. At anything else reading goes on by the general way, from that member's beginning:
so the inflater here may be a fast one, whose state cannot be copied, and how far it comes in damage tells nothing.
"""

import zlib
from collections.abc import Iterator
from typing import Any

from ccnet_lite.archives.blocks import holds
from ccnet_lite.archives.cursor import Cursor, record_of
from ccnet_lite.archives.headers import MAX_HEADER_BYTES, plain_head
from ccnet_lite.archives.members import Decoder
from ccnet_lite.archives.raw import RawBytes
from ccnet_lite.archives.record import Record
from ccnet_lite.archives.restart import GZIP, MAGIC

try:
    from isal import isal_zlib

    inflate: Any = isal_zlib
except ImportError:  # where there is none, the same members are read as well, slower
    inflate = zlib

FIRST_STEP = 4 * 1024
"""As much of the file is given at first; what is given beyond a member's end has to be copied."""
MAX_MEMBER = 1024 * 1024
MAX_CONTENT = 4 * 1024 * 1024
"""Of what a member holds, decompressed."""
MAX_WAIT = 64
"""Items that are read the general way before a member is tried again, where none was taken."""
_PLAIN = MAGIC + b"\0"
"""A header without any field, as nearly all are: of others zlib has its own view."""


Member = tuple[bytes, int]
"""What a sound gzip member holds, and the file's byte behind it."""


class SoundRecords:
    """Takes records off the file from the cursor on, where it stands at a gzip member's beginning."""

    def __init__(self, raw: RawBytes, decoder: Decoder, cursor: Cursor, verify: bool) -> None:
        self._raw = raw
        self._decoder = decoder
        self._cursor = cursor
        self._verify = verify
        self._wait = self._left = 0  # items to pass over before the next try, and how many of them are left

    def take(self) -> Iterator[Record]:
        """The records up to the first that the general way has to read; cursor and decoder stand behind them."""
        raw, decoder, cursor = self._raw, self._decoder, self._cursor
        if self._left:
            self._left -= 1
            return
        position = decoder.member_at(cursor.start)
        # The first record of a file may be an ARC's or a WARC's.
        if position != cursor.taken or position < raw.start or not cursor.records or cursor.arc:
            return
        raw.keep(position)
        taken = 0
        member = sound_member(raw, position)
        while member is not None:
            content, end = member
            member = sound_member(raw, end)
            # Blank lines behind a record are its, even those of the next member.
            if member is None or member[0][:1] in b"\r\n":
                break
            record = self._record(content, position, end - position)
            if record is None:
                break
            taken += len(content)
            position = cursor.taken = decoder.taken = end
            cursor.records += 1
            raw.keep(end)
            yield record
        if taken:
            decoder.pass_by(cursor.start + taken, position)
            cursor.start = 0
        self._wait = self._left = 0 if taken else min(2 * self._wait + 1, MAX_WAIT)

    def _record(self, content: bytes, position: int, length: int) -> Record | None:
        """The record that a member holds; None where it is not that alone, or not in the usual form."""
        head_end = content.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
        fields = plain_head(content[:head_end]) if head_end > 0 else None
        body, end = head_end + 4, len(content) - 4
        if (
            fields is None
            or fields.get("content-length") != str(end - body)
            or end - body > self._cursor.max_bytes
            or not content.endswith(b"\r\n\r\n")
            or content.rfind(b"\nWARC/1.", body) >= 0  # the length may be wrong by whole records
            or (self._verify and holds(fields, content, body, end) is False)
        ):
            return None
        return record_of(fields, content, body, end, (position, 0), length, self._cursor.max_content)


def sound_member(raw: RawBytes, position: int) -> Member | None:
    """The gzip member at a byte of the file; None where it is not sound, or larger than MAX_MEMBER or MAX_CONTENT.

    position: not before what `raw` keeps.
    """
    first = position - raw.start
    if len(raw.data) - first < FIRST_STEP:
        raw.ensure(position, FIRST_STEP)
        first = position - raw.start
    piece = raw.data[first : first + FIRST_STEP]
    if not piece.startswith(_PLAIN):
        return None
    inflater = inflate.decompressobj(GZIP)
    try:
        content = inflater.decompress(piece, MAX_CONTENT)
        at = position + len(piece)
        while not inflater.eof:
            rest = raw.piece(at, 3 * (at - position))
            if not rest or inflater.unconsumed_tail or len(content) == MAX_CONTENT or at - position > MAX_MEMBER:
                return None
            content += inflater.decompress(rest, MAX_CONTENT - len(content))
            at += len(rest)
    except inflate.error:
        return None
    return content, at - len(inflater.unused_data)
