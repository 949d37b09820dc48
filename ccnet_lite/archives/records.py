"""WARC and ARC archives to records, with recovery: every byte of the file lies in one Record or Damage.

WARC 0.17 to 1.1 and ARC 1 and 2; gzip by record, gzip of the whole file, several records in a member,
records across members, or plain: told from the bytes. After damage, reading goes on at the next
gzip member or record line. A record whose stated length is wrong, or that comes out of a faulty gzip
member, counts as whole only if its digest proves it.

Does not handle: zstd archives; the records' content (documents.py).
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ccnet_lite.archives.blocks import end_without_returns, holds, possible_ends, proven_end
from ccnet_lite.archives.headers import (
    LOOK_AHEAD,
    MAX_ARC_LINE,
    MAX_HEADER_BYTES,
    Head,
    Headers,
    end_of_head,
    http_body,
    parse_arc_head,
    parse_http_head,
    parse_warc_head,
    record_kind,
)
from ccnet_lite.archives.members import Decoder
from ccnet_lite.archives.raw import READ_BYTES, RawBytes
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.search import gzip_begins, look_ahead, next_gzip, next_record
from ccnet_lite.settings import IngestSettings

__all__ = ["Damage", "Record", "read_records"]

FORGET_BYTES = 256 * 1024
"""Read data is dropped when there is this much of it."""
_NEEDED = {"warc-type", "warc-record-id", "content-length"}
_HTTP_TYPES = ("request", "response", "revisit")
MAX_PADDING = 64 * 1024
"""Blank lines after a record, beyond which they are garbage."""
BOMB_EXPANSION = 200
"""Text does not deflate to so small a part; what does, and is longer than the largest record, is a bomb."""
_PADDING = re.compile(rb"[\r\n]*")
_DOUBTFUL = ("corrupt_gzip", "crc_mismatch")


def read_records(stream: BinaryIO, settings: IngestSettings) -> Iterator[Record | Damage]:
    """The records of an archive, and its damaged stretches, in the file's order.

    The lengths of all of them add up to the file's. Memory stays within a few times
    `max_record_bytes`, whatever the file holds.

    Raises:
        SourceError, OSError: only where the stream does; never for what the bytes are.
    """
    yield from _Reader(RawBytes(stream), settings).items()


class _Reader:
    """Takes items off the beginning of each run. Indexes are into the decoder's `data`."""

    def __init__(self, raw: RawBytes, settings: IngestSettings) -> None:
        self.decoder = Decoder(raw)
        self.raw = raw
        self.max_bytes = settings.max_record_bytes
        self.verify = settings.verify_digests
        self.taken = 0  # the file up to here lies in items already given
        self.start = 0  # index where the item under way begins
        self.place = (0, 0)  # its offset and member offset
        self.damaged_member = -1
        self.records = 0
        self.arc = False

    def items(self) -> Iterator[Record | Damage]:
        if not self.raw.ensure(0, 1):
            yield Damage(0, 0, 0, "empty_file", "the file is empty", "", "", "")
            return
        restart: int | None = 0
        while restart is not None:
            self.decoder.begin(restart, self.taken)
            yield from self._run()
            stop = self.decoder.stop
            restart = stop.restart if stop else None

    def _run(self) -> Iterator[Record | Damage]:
        """The items of one run. What no item took of the file, up to the next run, is damage, too."""
        decoder, self.start = self.decoder, 0
        while decoder.need(self.start + 1):
            if gzip_begins(decoder, self.start):
                decoder.cut(self.start)
                break
            yield self._item()
            if self.start > FORGET_BYTES:
                decoder.forget(self.start)
                self.start = 0
        end = self._end_of_run()
        if decoder.stop is not None and end > self.taken:
            self.place = (self.taken, 0)
            error, message = decoder.stop.error, decoder.stop.message
            if not error:
                error, message = "empty_file", "gzip members that hold no bytes"
            yield self._damage(len(decoder.data), error, message, None, end)

    def _end_of_run(self) -> int:
        """The file's byte up to which the run reaches, with what cannot be read behind it."""
        stop = self.decoder.stop
        if stop is not None and stop.restart is not None:
            return stop.restart
        return self.raw.start + len(self.raw.data)

    # One item. Each of these moves `start` and `taken` beyond what it returns.

    def _item(self) -> Record | Damage:
        decoder = self.decoder
        at = self.start
        if decoder.data[at] in b"\r\n":
            padding = _PADDING.match(decoder.data, at, at + MAX_PADDING)
            at = padding.end() if padding else at
        decoder.need(at + (32 if self.records and not self.arc else MAX_ARC_LINE))
        self.place = decoder.member(at) if decoder.gzip else (self.taken, 0)
        kind = record_kind(decoder.data, at)
        if kind == "warc":
            return self._warc(at)
        if kind == "arc" and (self.arc or not self.records):
            self.arc = True
            line_end = decoder.data.find(b"\n", at) + 1
            return self._framed(parse_arc_head(bytes(decoder.data[at:line_end])), line_end)
        return self._lost(at, "garbage", "no record begins here", None)

    def _warc(self, at: int) -> Record | Damage:
        decoder = self.decoder
        ends = end_of_head(decoder.data, at, at + MAX_HEADER_BYTES)
        while ends is None and len(decoder.data) < at + MAX_HEADER_BYTES and decoder.more():
            ends = end_of_head(decoder.data, at, at + MAX_HEADER_BYTES)
        head_end, body = ends or (min(len(decoder.data), at + MAX_HEADER_BYTES), 0)
        if decoder.data.find(b"/1.", at + 8, head_end) >= 0:
            inner = next_record(decoder, at + 5, head_end, self._may_be_arc)
            if inner >= 0:
                return self._lost(inner, "bad_header", "the record's head is cut off by another record", None)
        head = parse_warc_head(bytes(memoryview(decoder.data)[at:head_end]))
        if ends is None:
            return self._head_without_end(head, head_end)
        if not head.fields.keys() & _NEEDED:
            return self._lost(body, "bad_header", "the record's head has no WARC field", None)
        return self._framed(head, body)

    def _head_without_end(self, head: Head, end: int) -> Record | Damage:
        """A head at the run's end without the blank line that ends it is whole if nothing is to follow."""
        stop = self.decoder.stop
        if stop is None or end < len(self.decoder.data):
            return self._lost(end, "bad_header", f"the record's head does not end within {end} bytes", None)
        if head.content_length == 0 and not stop.error and head.fields.get("warc-type"):
            return self._record(head, end, end, end)
        return self._lost(end, "truncated_record", "the file ends within the record's head", head)

    def _framed(self, head: Head, body: int) -> Record | Damage:
        """A record whose block begins at `body`."""
        length = head.content_length
        if length is None:
            return self._without_length(head, body)
        if length > self.max_bytes:
            message = f"Content-Length is {length}, above ingest.max_record_bytes={self.max_bytes}"
            return self._lost(body, "record_too_large", message, head)
        end, decoder = body + length, self.decoder
        if decoder.need(end):
            after = self._after(end)
            if after is not None:
                # A length that is wrong by whole records seems right; only a digest can tell.
                inner = decoder.data.find(b"\nWARC/1.", body, end) >= 0
                if not inner or holds(head.fields, decoder.data, body, end) is not False:
                    return self._with_right_length(head, body, end, after)
        return self._with_wrong_length(head, body, end)

    def _after(self, end: int) -> int | None:
        """Where the next record begins if one does, or the run ends, behind the blank lines at `end`."""
        decoder = self.decoder
        decoder.need(end + 64)
        at = end
        while True:
            padding = _PADDING.match(decoder.data, at, end + MAX_PADDING)
            at = padding.end() if padding else at
            if at < len(decoder.data) or at - end >= MAX_PADDING:
                break
            if not decoder.more():
                return at
        decoder.need(at + (MAX_ARC_LINE if self.arc else 32))
        kind = record_kind(decoder.data, at)
        if kind == "warc" or (kind == "arc" and self.arc and decoder.data[at - 1] in b"\r\n"):
            return at
        return at if gzip_begins(decoder, at) else None

    def _with_right_length(self, head: Head, body: int, end: int, after: int) -> Record | Damage:
        decoder = self.decoder
        doubtful = after == len(decoder.data) and self._doubtful(end)
        if doubtful or self.verify or self._shares_member(after):
            held = holds(head.fields, decoder.data, body, end)
            if doubtful and not held:
                return self._lost(after, "corrupt_gzip", "", head)
            if held is False:
                return self._damage(
                    after, "digest_mismatch", "the content has another digest than stated", head
                )
        return self._record(head, body, end, after)

    def _with_wrong_length(self, head: Head, body: int, end: int) -> Record | Damage:
        """The record does not end at `end`: it is kept where its digest shows its true end.

        Where it has no digest and only something that is no record follows it, it is taken at its word.
        """
        decoder, stated = self.decoder, f"Content-Length is {end - body}"
        in_hand = len(decoder.data)
        inner = next_record(decoder, body, min(end, in_hand), self._may_be_arc)
        if inner >= 0 or end > in_hand:
            limit = inner if inner >= 0 else in_hand
            true_end = proven_end(head.fields, decoder.data, body, limit)
            if true_end is None and not self._doubtful(limit) and not self._behind_damage():
                true_end = end_without_returns(decoder.data, body, limit, end - body)
            if true_end is not None:
                return self._record(head, body, true_end, limit)
            if inner >= 0:
                message = f"{stated}, but another record begins after {inner - body} bytes"
                return self._lost(inner, "content_length_mismatch", message, head)
            message = f"{stated}, but only {in_hand - body} bytes follow"
            return self._lost(in_hand, "truncated_record", message, head)
        held = holds(head.fields, decoder.data, body, end)
        if held or (held is None and not self._doubtful(end) and not self._behind_damage()):
            padding = _PADDING.match(decoder.data, end, end + MAX_PADDING)
            return self._record(head, body, end, padding.end() if padding else end)
        limit = look_ahead(decoder, end, self._may_be_arc, body + self.max_bytes)
        true_end = None if held is None else proven_end(head.fields, decoder.data, body, limit)
        if true_end is not None:
            return self._record(head, body, true_end, limit)
        return self._lost(end, "content_length_mismatch", f"{stated}, but no record follows there", head)

    def _without_length(self, head: Head, body: int) -> Record | Damage:
        """A record that states no length reaches up to the next one."""
        decoder, fields, bound = self.decoder, head.fields, body + self.max_bytes
        limit = look_ahead(decoder, body, self._may_be_arc, bound)
        if limit > bound:
            message = (
                f"no Content-Length, and no other record within ingest.max_record_bytes={self.max_bytes}"
            )
            return self._lost(limit, "record_too_large", message, head)
        end = proven_end(fields, decoder.data, body, limit)
        if end is None:
            stop = decoder.stop if limit == len(decoder.data) else None
            cut_off = stop is not None and stop.error not in ("", "garbage")
            if cut_off or self._behind_damage() or holds(fields, decoder.data, body, body) is not None:
                return self._lost(
                    limit, "bad_header", "no Content-Length, and no end that fits the digest", head
                )
            end = possible_ends(decoder.data, body, limit)[0]
        return self._record(head, body, end, limit)

    def _lost(self, first: int, error: str, message: str, head: Head | None) -> Damage:
        """From `start` to the next record from `first` on, or to the run's end."""
        decoder, scanned = self.decoder, 0
        while True:
            more = decoder.need(first + READ_BYTES)
            last = len(decoder.data) - (LOOK_AHEAD if more else 0)
            found = next_record(decoder, first, last, self._may_be_arc)
            gzip = next_gzip(decoder, first, last if found < 0 else found)
            if gzip >= 0 or found >= 0:
                found = gzip if gzip >= 0 else found
                damage = self._damage(found, error, message, head)
                if gzip >= 0:
                    decoder.cut(found)
                return damage
            if not more:
                break
            scanned += last
            decoder.forget(last - 1)
            first = 1
            used = decoder.position - self.taken
            if decoder.gzip and scanned > self.max_bytes and scanned > BOMB_EXPANSION * used:
                decoder.abandon("gzip_bomb", f"{used} bytes expand to more than {scanned} without a record")
        stop = decoder.stop
        if stop is not None and stop.error:
            error, message = stop.error, stop.message
        elif not self.records and head is None and error == "garbage":
            error, message = "not_an_archive", "the file holds no record"
        self.start = len(decoder.data)
        return self._damage(self.start, error, message, head, self._end_of_run())

    # What these rest on.

    @property
    def _may_be_arc(self) -> bool:
        return self.arc or not self.records

    def _shares_member(self, after: int) -> bool:
        """Whether the gzip member holds other records, too: then its checksum comes too late for this one."""
        decoder = self.decoder
        if not decoder.gzip or after == len(decoder.data):
            return self.place[1] > 0
        return self.place[1] > 0 or next(decoder.member_starts(after, after + 1), None) is None

    def _behind_damage(self) -> bool:
        """Whether the gzip member already gave damage: what follows in it may be scrambled, too."""
        return self.place[1] > 0 and self.place[0] == self.damaged_member

    def _doubtful(self, end: int) -> bool:
        """Whether what lies before `end` comes out of a gzip member known to be faulty."""
        stop = self.decoder.stop
        return stop is not None and stop.error in _DOUBTFUL and end > stop.doubtful_from

    def _record(self, head: Head, body: int, end: int, after: int) -> Record:
        block = bytes(memoryview(self.decoder.data)[body:end])
        fields = head.fields
        kind = fields.get("warc-type", "").lower()
        http = parse_http_head(block) if kind == "response" else None
        payload = http.body if http else http_body(block) if kind in _HTTP_TYPES else 0
        length = self._take(self.decoder.file_position(after))
        self.start = after
        self.records += 1
        return Record(
            offset=self.place[0],
            member_offset=self.place[1],
            length=length,
            type=kind,
            record_id=fields.get("warc-record-id", ""),
            url=fields.get("warc-target-uri", ""),
            date=fields.get("warc-date", ""),
            content_length=end - body,
            headers=Headers(fields),
            http_status=http.status if http else None,
            http_headers=Headers(http.fields) if http else None,
            content=block[payload:] if payload else block,
        )

    def _damage(
        self, after: int, error: str, message: str, head: Head | None, end: int | None = None
    ) -> Damage:
        fields = head.fields if head else {}
        self.damaged_member = self.place[0]
        length = self._take(self.decoder.file_position(after) if end is None else end)
        self.start = after
        return Damage(
            offset=self.place[0],
            member_offset=self.place[1],
            length=length,
            error=error,
            message=message,
            record_id=fields.get("warc-record-id", ""),
            url=fields.get("warc-target-uri", ""),
            type=fields.get("warc-type", "").lower(),
        )

    def _take(self, end: int) -> int:
        """The file up to `end` is taken; how many bytes that is."""
        length = end - self.taken
        self.taken = self.decoder.taken = end
        return length
