"""WARC and ARC archives to records, with recovery: every byte of the file lies in one Record or Damage.

WARC 0.17 to 1.1 and ARC 1 and 2; gzip by record, gzip of the whole file, several records in a member,
records across members, or plain: told from the bytes. After damage, reading goes on at the next
gzip member or record line. A record whose stated length is wrong (framing.py), or that comes out of a
faulty gzip member (proof.py), counts as whole only if its digest proves it.

Does not handle: zstd archives; the records' content (documents.py).
"""

from collections.abc import Iterator, Mapping

from ccnet_lite.archives.cursor import Cursor
from ccnet_lite.archives.errors import Fault, FoundFaulty
from ccnet_lite.archives.framing import MAX_PADDING, PADDING, Framing
from ccnet_lite.archives.headers import (
    MAX_ARC_LINE,
    MAX_HEADER_BYTES,
    Head,
    end_of_head,
    parse_arc_head,
    parse_warc_head,
    record_kind,
)
from ccnet_lite.archives.members import Decoder
from ccnet_lite.archives.proof import Proof
from ccnet_lite.archives.raw import ByteSource, RawBytes
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.restart import MAGIC
from ccnet_lite.archives.search import gzip_begins, next_record
from ccnet_lite.archives.sound import SoundRecords
from ccnet_lite.settings import IngestSettings

__all__ = ["Damage", "Record", "read_records"]

FORGET_BYTES = 256 * 1024
"""Read data is dropped when there is this much of it."""
KEPT_BYTES = 32 * 1024 * 1024
"""Of a longer content this much is given, which is enough to tell that it is too long for a document."""
_NEEDED = {"warc-type", "warc-record-id", "content-length"}
NO_FAULTS: Mapping[int, Fault] = {}
"""Of an archive that is read for the first time."""
_ARC_FILE = b"filedesc://"


def read_records(
    stream: ByteSource, settings: IngestSettings, faults: Mapping[int, Fault] = NO_FAULTS
) -> Iterator[Record | Damage]:
    """The records of an archive, and its damaged stretches, in the file's order.

    The lengths of all of them add up to the file's. Memory stays within a few times
    `max_record_bytes`, whatever the file holds. `faults`: of the FoundFaulty of a reading before this one.

    Raises:
        FoundFaulty: after the last of them, where some do not hold: the same bytes are to be read again, with
            its `faults`; then it is not raised.
        SourceError, OSError: only where the stream does, after the records that were whole by then; never for
            what the bytes are.
    """
    raw = RawBytes(stream)
    reader = _Reader(raw, settings, faults)
    for item in reader.items():
        # Once the stream is broken, what seems damaged may only be cut off there, and so may be a record
        # that does not say how long it is.
        if raw.failure is None or (isinstance(item, Record) and _is_as_long_as_stated(item)):
            yield item
    if raw.failure is not None:
        raise raw.failure
    if reader.proof.late:
        raise FoundFaulty({**faults, **reader.proof.late})


def _is_as_long_as_stated(record: Record) -> bool:
    return record.headers.get("content-length") == str(record.content_length)


class _Reader:
    """Takes items off the beginning of each run. Indexes are into the decoder's `data`."""

    def __init__(self, raw: RawBytes, settings: IngestSettings, faults: Mapping[int, Fault]) -> None:
        self.raw = raw
        self.decoder = Decoder(raw)
        content = max(KEPT_BYTES, 2 * settings.max_html_bytes)
        self.cursor = Cursor(raw, self.decoder, settings.max_record_bytes, content)
        self.proof = Proof(self.decoder, self.cursor, settings.admit_unproven, faults)
        self.framing = Framing(self.decoder, self.cursor, self.proof, settings)
        self.sound = SoundRecords(raw, self.decoder, self.cursor, settings.verify_digests)
        self.endless = 0  # byte of the run: from the head under way up to here no head ends

    def items(self) -> Iterator[Record | Damage]:
        if not self.raw.ensure(0, 1):
            yield Damage(0, 0, 0, "empty_file", "the file is empty", "", "", "")
            return
        restart: int | None = 0
        while restart is not None:
            stop, gzip, position = self.decoder.stop, self.decoder.gzip, self.decoder.position
            self.decoder.begin(restart, self.cursor.taken)
            self.proof.begin_run(stop, gzip, position)
            self.endless = 0
            yield from self._run()
            self.proof.end_run()
            stop = self.decoder.stop
            restart = stop.restart if stop else None

    def _run(self) -> Iterator[Record | Damage]:
        """The items of one run. What no item took of the file, up to the next run, is damage, too."""
        decoder, cursor = self.decoder, self.cursor
        cursor.start = 0
        while decoder.need(cursor.start + 1) and not cursor.comes_again(cursor.start + 1):
            if gzip_begins(decoder, cursor.start):
                decoder.cut(cursor.start)
                break
            before = cursor.taken
            yield from self.sound.take()
            if cursor.taken > before:
                continue
            yield self._item()
            if cursor.start > FORGET_BYTES:
                decoder.forget(cursor.start)
                cursor.start = 0
        end = cursor.end_of_run()
        if decoder.stop is not None and end > cursor.taken:
            # Where what was given of the run took no byte of the file, its place is taken, too.
            again = cursor.place == (cursor.taken, 0) and decoder.forgotten + len(decoder.data) > 0
            cursor.place = (cursor.taken, decoder.forgotten + len(decoder.data) if again else 0)
            error, message = decoder.stop.error, decoder.stop.message
            if not error:
                error, message = "empty_file", "gzip members that hold no bytes"
            yield cursor.damage(len(decoder.data), error, message, None, end)

    # One item. Each of these moves the cursor behind what it returns.

    def _item(self) -> Record | Damage:
        decoder, cursor = self.decoder, self.cursor
        at = cursor.start
        if decoder.data[at] in b"\r\n":
            padding = PADDING.match(decoder.data, at, at + MAX_PADDING)
            at = padding.end() if padding else at
        decoder.need(at + (32 if cursor.records and not cursor.arc else MAX_ARC_LINE))
        cursor.place = decoder.member(at) if decoder.gzip else (cursor.taken, 0)
        kind = record_kind(decoder.data, at)
        if kind == "warc":
            return self._warc(at)
        # Behind WARC records, only what opens a file of ARC is more than a line that looks like it.
        if kind == "arc" and (cursor.arc or not cursor.records or decoder.data.startswith(_ARC_FILE, at)):
            cursor.arc = True
            line_end = decoder.data.find(b"\n", at) + 1
            return self.framing.framed(parse_arc_head(bytes(decoder.data[at:line_end])), line_end)
        cursor.begins_oddly |= not (decoder.gzip or cursor.records)
        return cursor.lost(at, "garbage", "no record begins here", None)

    def _warc(self, at: int) -> Record | Damage:
        decoder = self.decoder
        ends = self._end_of_head(at)
        head_end, body = ends or (min(len(decoder.data), at + MAX_HEADER_BYTES), 0)
        if any(decoder.data.find(sign, at + 8, head_end) >= 0 for sign in (b"/1.", MAGIC)):
            inner = next_record(decoder, at + 5, head_end, self.cursor.may_be_arc)
            if inner >= 0:
                message = "the record's head is cut off by another record"
                return self.cursor.lost(inner, "bad_header", message, None)
        head = parse_warc_head(bytes(memoryview(decoder.data)[at:head_end]))
        if ends is None:
            return self._head_without_end(head, at, head_end)
        if not head.fields.keys() & _NEEDED:
            return self.cursor.lost(at + 5, "bad_header", "the record's head has no WARC field", None)
        return self.framing.framed(head, body)

    def _end_of_head(self, at: int) -> tuple[int, int] | None:
        """As `end_of_head`, looking at no byte twice: many heads that do not end may follow one another."""
        decoder = self.decoder
        while True:
            last = min(len(decoder.data), at + MAX_HEADER_BYTES)
            first = max(at, self.endless - decoder.forgotten - 5)  # a blank line has six bytes at most
            ends = end_of_head(decoder.data, first, last) if first < last else None
            if ends is not None:
                return ends
            self.endless = max(self.endless, decoder.forgotten + last)
            if last == at + MAX_HEADER_BYTES or not decoder.more():
                return None

    def _head_without_end(self, head: Head, at: int, end: int) -> Record | Damage:
        """A head at the run's end without the blank line that ends it is whole if nothing is to follow."""
        stop = self.decoder.stop
        if stop is None or end < len(self.decoder.data):
            message = f"the record's head does not end within {MAX_HEADER_BYTES} bytes"
            return self.cursor.lost(at + 5, "bad_header", message, None)
        if head.content_length == 0 and not stop.error and head.fields.get("warc-type"):
            return self.framing.whole(head, end, end, end)
        return self.cursor.lost(at + 5, "truncated_record", "the file ends within the record's head", head)
