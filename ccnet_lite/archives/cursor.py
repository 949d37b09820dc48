"""The place reached in an archive, and what is made there: a record, or damage up to the next one.

What an item takes of the file ends where the next one begins, so that no byte is left over or taken twice.
Does not handle: where a record ends (records.py).
"""

from ccnet_lite.archives.headers import (
    LOOK_AHEAD,
    MAX_HEADER_BYTES,
    Head,
    Headers,
    http_body,
    parse_http_head,
)
from ccnet_lite.archives.members import Decoder
from ccnet_lite.archives.raw import READ_BYTES, RawBytes
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.search import next_readable

BOMB_EXPANSION = 200
"""Text does not deflate to so small a part; what does, and is longer than the largest record, is a bomb."""
_HTTP_TYPES = ("request", "response", "revisit")


class Cursor:
    """Where the item under way begins and what was taken before it. Indexes are into the decoder's `data`.

    `record`, `damage` and `lost` each give an item and move the cursor behind it.
    """

    def __init__(self, raw: RawBytes, decoder: Decoder, max_bytes: int, max_content: int) -> None:
        self.raw = raw
        self.decoder = decoder
        self.max_bytes = max_bytes
        self.max_content = max_content
        self.taken = 0  # the file up to here lies in items already given
        self.start = 0  # index where the item under way begins
        self.place = (0, 0)  # its offset and member offset
        self.damaged_member = -1
        self.records = 0
        self.begins_oddly = False  # plain bytes that are no record came before any record
        self.arc = False

    def record(self, head: Head, body: int, end: int, after: int, block: bytes | None = None) -> Record:
        """A record whose block lies from `body` to `end`, or is `block`; the next item begins at `after`."""
        data, first, last = (self.decoder.data, body, end) if block is None else (block, 0, len(block))
        length = self._take(self.decoder.file_position(after))
        self.start = after
        self.records += 1
        return record_of(head.fields, memoryview(data), first, last, self.place, length, self.max_content)

    def damage(self, after: int, error: str, message: str, head: Head | None, end: int | None = None) -> Damage:
        """Damage up to `after`, where the next item begins; `end`: its byte in the file, if not the usual."""
        fields = head.fields if head else {}
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

    def lost(self, first: int, error: str, message: str, head: Head | None) -> Damage:
        """From `start` to the next record from `first` on, or to the run's end."""
        decoder, scanned = self.decoder, 0
        self.damaged_member = self.place[0]
        while True:
            more = decoder.need(first + READ_BYTES)
            last = len(decoder.data) - (LOOK_AHEAD if more else 0)
            found, gzip = next_readable(decoder, first, last, self.may_be_arc)
            if found >= 0:
                damage = self.damage(found, error, message, head)
                if gzip:
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
        return self.damage(self.start, error, message, head, self.end_of_run())

    def refused(self, after: int, error: str, message: str, head: Head) -> Damage:
        """What seems a whole record and does not count as one: it changes nothing for what follows it."""
        stop = self.decoder.stop
        last = after == len(self.decoder.data) and stop is not None and stop.error
        self.records += 1
        return self.damage(after, error, message, head, self.end_of_run() if last else None)

    def end_of_run(self) -> int:
        """The file's byte up to which the run reaches, with what cannot be read behind it."""
        stop = self.decoder.stop
        if stop is not None and stop.restart is not None:
            return stop.restart
        return self.raw.start + len(self.raw.data)

    @property
    def may_be_arc(self) -> bool:
        """Whether ARC lines begin records here: in an ARC, and before it is known what the file is."""
        return self.arc or not self.records

    def behind_damage(self) -> bool:
        """Whether the gzip member already gave damage: what follows in it may be scrambled, too."""
        return self.place[1] > 0 and self.place[0] == self.damaged_member

    def doubtful(self, end: int) -> bool:
        """Whether what lies before `end` comes out of a gzip member that is faulty or does not end.

        So may plain bytes, where no record stands at the file's beginning: what `gzip -0` made of an archive.
        """
        if not self.decoder.gzip:
            return self.begins_oddly
        return self.decoder.stop is not None and not self.decoder.sound(end)

    def comes_again(self, index: int) -> bool:
        """Whether what lies before `index` is in part given by the next run, too, which begins before it."""
        stop = self.decoder.stop
        return stop is not None and stop.again_from is not None and index > stop.again_from

    def _take(self, end: int) -> int:
        """The file up to `end` is taken; how many bytes that is."""
        length = end - self.taken
        self.taken = self.decoder.taken = end
        return length


def record_of(
    fields: dict[str, str],
    data: bytes | memoryview,
    first: int,
    last: int,
    place: tuple[int, int],
    length: int,
    max_content: int,
) -> Record:
    """The record of a head with these fields whose block is data[first:last]; at most max_content of it is given.

    place, length: as Record has them.
    """
    kind = fields.get("warc-type", "").lower()
    payload, http = 0, None
    if kind in _HTTP_TYPES:
        begins = bytes(data[first : min(last, first + MAX_HEADER_BYTES + 1)])
        http = parse_http_head(begins) if kind == "response" else None
        payload = http.body if http else http_body(begins)
    content = data[first + payload : min(last, first + payload + max_content)]
    return Record(
        *place,
        length,
        kind,
        fields.get("warc-record-id", ""),
        fields.get("warc-target-uri", ""),
        fields.get("warc-date", ""),
        last - first,
        Headers(fields),
        http.status if http else None,
        Headers(http.fields) if http else None,
        bytes(content),
    )
