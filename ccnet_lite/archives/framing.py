"""Where a record ends, and whether what lies before it is a whole one.

A stated length is believed where the next record or gzip member follows it. Where it is wrong or missing, the
record counts as whole only if its digest, or the checksum of a gzip member of its own, shows its end.
Does not handle: heads, and where the search for the next record begins (records.py).
"""

import re

from ccnet_lite.archives.blocks import end_without_returns, holds, possible_ends, proven_end
from ccnet_lite.archives.cursor import Cursor
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
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.search import gzip_begins, look_ahead, next_record
from ccnet_lite.settings import IngestSettings

MAX_PADDING = 64 * 1024
"""Blank lines after a record, beyond which they are garbage."""
LOOKS = 8
"""How many times what was read may be hashed for lengths that seem wrong: many may reach over the same bytes."""
PADDING = re.compile(rb"[\r\n]*")


class Framing:
    """Takes records off the decoder's `data`, each from the cursor on; indexes are into that."""

    def __init__(self, decoder: Decoder, cursor: Cursor, proof: Proof, settings: IngestSettings) -> None:
        self.decoder = decoder
        self.cursor = cursor
        self.proof = proof
        self.max_bytes = settings.max_record_bytes
        self.verify = settings.verify_digests
        self.looked_at = 0  # bytes hashed to see whether a length holds that seems wrong

    def framed(self, head: Head, body: int) -> Record | Damage:
        """A record whose block begins at `body`."""
        length = head.content_length
        if length is None:
            return self._without_length(head, body)
        if length > self.max_bytes:
            message = f"Content-Length is {length}, above ingest.max_record_bytes={self.max_bytes}"
            return self.cursor.lost(body, "record_too_large", message, head)
        end, decoder = body + length, self.decoder
        if decoder.data.endswith(b"\r\r\n", 0, body):
            found = self._written_as_text(head, body, end)
            if found is not None:
                return found
        if decoder.need(end):
            after = self._after(end)
            # Where it comes again is only about known, and may be within it; its digest knows better.
            if self.cursor.comes_again(end) and not self._holds_as_stated(head, body, end):
                return self.cursor.lost(body, "corrupt_gzip", "", head)
            if after is not None:
                shorter = self._proven_to_be_shorter(head, body, end)
                return shorter or self._with_right_length(head, body, end, after)
        return self._with_wrong_length(head, body, end)

    def _proven_to_be_shorter(self, head: Head, body: int, end: int) -> Record | Damage | None:
        """The record, where its length is wrong by whole records: seems right, only the digest can tell.

        A page may well hold what looks like a record; it is one only if the digest proves that the block
        ends before it, or else pages could bring in records of other sites.
        """
        data = self.decoder.data
        if data.find(b"\nWARC/1.", body, end) < 0:
            return None
        inner = next_record(self.decoder, body, end, self.cursor.may_be_arc)
        true_end = proven_end(head.fields, data, body, inner) if inner >= 0 else None
        if true_end is None or self._holds_as_stated(head, body, end) is not False:
            return None
        return self.whole(head, body, true_end, inner)

    def _holds_as_stated(self, head: Head, body: int, end: int) -> bool | None:
        """Whether the block has its digest by the length stated; None where that has been asked too often."""
        if self.looked_at > LOOKS * (self.decoder.position + len(self.decoder.data)):
            return None
        self.looked_at += end - body
        return holds(head.fields, self.decoder.data, body, end)

    def _after(self, end: int) -> int | None:
        """Where the next record or gzip member begins, or the run ends, behind the blank lines at `end`."""
        decoder = self.decoder
        decoder.need(end + 64)
        at = end
        while True:
            padding = PADDING.match(decoder.data, at, end + MAX_PADDING)
            at = padding.end() if padding else at
            if at < len(decoder.data) or at - end >= MAX_PADDING:
                break
            if not decoder.more():
                return at
        decoder.need(at + (MAX_ARC_LINE if self.cursor.arc else 32))
        kind = record_kind(decoder.data, at)
        if kind == "warc" or (kind == "arc" and self.cursor.arc and decoder.data[at - 1] in b"\r\n"):
            return at
        begins_member = next(decoder.member_starts(at, at + 1), None) is not None
        return at if begins_member or gzip_begins(decoder, at) else None

    def _written_as_text(self, head: Head, body: int, end: int) -> Record | Damage | None:
        """The record, where each of its line ends has got one CR more: as what Windows writes as text."""
        decoder, counted = self.decoder, body
        if decoder.need(end) and self._holds_as_stated(head, body, end):
            return None  # it is the head alone that was
        while counted < end:
            if end - body > self.cursor.max_content or not decoder.need(end):
                return None
            lines = decoder.data.count(b"\n", counted, end)
            if lines != decoder.data.count(b"\r\n", max(body, counted - 1), end):
                return None
            counted, end = end, end + lines
        if decoder.need(end + 1) and decoder.data[end - 1 : end + 1] == b"\r\n":
            end += 1  # the block ends with a line end, which is two bytes here
        after = self._after(end)
        if after is None or self.cursor.comes_again(end):
            return None
        block = bytes(memoryview(decoder.data)[body:end]).replace(b"\r\n", b"\n")
        return self._with_right_length(head, body, end, after, block)

    def _with_right_length(
        self, head: Head, body: int, end: int, after: int, block: bytes | None = None
    ) -> Record | Damage:
        if self.verify and self._holds(head, body, end, block) is False:
            message = "the content has another digest than stated"
            return self.cursor.refused(after, "digest_mismatch", message, head)
        return self.whole(head, body, end, after, True, block)

    def whole(
        self, head: Head, body: int, end: int, after: int, fits: bool = False, block: bytes | None = None
    ) -> Record | Damage:
        """A record that seems whole, unless its gzip member is faulty and too little speaks for it."""
        if self.proof.needed(end):
            held = self._holds(head, body, end, block)
            if held:
                self.decoder.pass_over(body, end)
            refusal = self.proof.refusal(head, held, fits, end, after)
            if refusal is not None:
                return self.cursor.refused(after, *refusal, head)
        return self.cursor.record(head, body, end, after, block)

    def _holds(self, head: Head, body: int, end: int, block: bytes | None) -> bool | None:
        if block is not None:
            return holds(head.fields, block, 0, len(block))
        return holds(head.fields, self.decoder.data, body, end)

    def _with_wrong_length(self, head: Head, body: int, end: int) -> Record | Damage:
        """The record does not end at `end`: it is kept where its digest shows its true end.

        Where it has no digest and only something that is no record follows it, it is taken at its word.
        """
        decoder, stated = self.decoder, f"Content-Length is {end - body}"
        in_hand = len(decoder.data)
        inner = next_record(decoder, body, min(end, in_hand), self.cursor.may_be_arc)
        if inner >= 0 and end <= in_hand:
            held = self._holds_as_stated(head, body, end)
            if held or (held is None and self._is_separated(body, end)):
                inner = -1  # a page may hold what looks like a record, and what follows the page is damaged
        if inner >= 0 or end > in_hand:
            limit = inner if inner >= 0 else in_hand
            true_end = proven_end(head.fields, decoder.data, body, limit)
            if true_end is None and not self.cursor.doubtful(limit) and not self.cursor.behind_damage():
                true_end = end_without_returns(decoder.data, body, limit, end - body)
            if true_end is None and self._is_a_sound_member(head, body, limit):
                true_end = possible_ends(decoder.data, body, limit)[0]
            if true_end is not None:
                return self.whole(head, body, true_end, limit)
            if inner >= 0 and end > in_hand:
                inner = self._surely_next(head, body, inner)
            if inner >= 0:
                message = f"{stated}, but another record begins after {inner - body} bytes"
                return self.cursor.lost(inner, "content_length_mismatch", message, head)
            message = f"{stated}, but only {in_hand - body} bytes follow"
            return self.cursor.lost(in_hand, "truncated_record", message, head)
        held = holds(head.fields, decoder.data, body, end)
        # Where the separator stands, the length is right; then a wrong digest counts as little as elsewhere.
        no_less = held is None or (not self.verify and self._is_separated(body, end))
        if held or (no_less and not self.cursor.doubtful(end) and not self.cursor.behind_damage()):
            padding = PADDING.match(decoder.data, end, end + MAX_PADDING)
            return self.whole(head, body, end, padding.end() if padding else end)
        limit = look_ahead(decoder, end, self.cursor.may_be_arc, body + self.max_bytes)
        true_end = None if held is None else proven_end(head.fields, decoder.data, body, limit)
        if true_end is not None:
            return self.whole(head, body, true_end, limit)
        return self.cursor.lost(end, "content_length_mismatch", f"{stated}, but no record follows there", head)

    def _is_separated(self, body: int, end: int) -> bool:
        """Whether what separates records stands at `end`: LFs alone, where the record has them in its head."""
        data = self.decoder.data
        return data.startswith(b"\r\n\r\n", end) or (
            data.startswith(b"\n\n", end) and data.endswith(b"\n\n", 0, body)
        )

    def _surely_next(self, head: Head, body: int, first: int) -> int:
        """Of a record that reaches beyond the run's end, where the next one begins that it does not hold; or -1.

        The run may end within it, and what looks like records from `first` on be a page's. They are records
        where they fill the rest of the run, or begin a gzip member; not if by its digest it did not end there.
        """
        data, at, stop = self.decoder.data, first, self.decoder.stop
        cut_off = self.cursor.raw.failure is not None or (stop is not None and stop.error not in ("", "garbage"))
        # A payload's digest is often that of something else.
        cut_off |= "warc-block-digest" in head.fields and holds(head.fields, data, body, first) is False
        if gzip_begins(self.decoder, first) and not cut_off:
            return first
        while not cut_off and (body_and_length := self._body_and_length(at)) is not None:
            padding = PADDING.match(data, sum(body_and_length))
            at = padding.end() if padding else at
            if at >= len(data) and data.endswith((b"\r\n\r\n", b"\n\n")):
                return first
        starts = self.decoder.member_starts(first, len(data))
        return next((start for start in starts if record_kind(data, start) == "warc"), -1)

    def _body_and_length(self, at: int) -> tuple[int, int] | None:
        """Where the block of the record at `at` begins and how long it is, if it lies in the data in hand."""
        data, kind = self.decoder.data, record_kind(self.decoder.data, at)
        if kind is None:
            return None
        line_end = data.find(b"\n", at) + 1
        ends = (line_end, line_end) if kind == "arc" else end_of_head(data, at, at + MAX_HEADER_BYTES)
        if ends is None:
            return None
        block = bytes(memoryview(data)[at : ends[0]])
        length = (parse_arc_head(block) if kind == "arc" else parse_warc_head(block)).content_length
        return (ends[1], length) if length is not None and ends[1] + length <= len(data) else None

    def _is_a_sound_member(self, head: Head, body: int, limit: int) -> bool:
        """Whether the record has a gzip member of its own and no digest: then the checksum is proof."""
        decoder = self.decoder
        if not decoder.gzip or self.cursor.place[1] or holds(head.fields, decoder.data, body, body) is not None:
            return False
        begun = list(decoder.member_starts(body, limit + 1))
        return begun in ([], [limit]) and decoder.ends_soundly(limit)

    def _without_length(self, head: Head, body: int) -> Record | Damage:
        """A record that states no length reaches up to the next one."""
        decoder, fields, bound = self.decoder, head.fields, body + self.max_bytes
        limit = look_ahead(decoder, body, self.cursor.may_be_arc, bound)
        if limit > bound:
            message = f"no Content-Length, and no other record within ingest.max_record_bytes={self.max_bytes}"
            return self.cursor.lost(limit, "record_too_large", message, head)
        end = proven_end(fields, decoder.data, body, limit)
        if end is None:
            stop = decoder.stop if limit == len(decoder.data) else None
            cut_off = stop is not None and stop.error not in ("", "garbage")
            if cut_off or self.cursor.behind_damage() or holds(fields, decoder.data, body, body) is not None:
                return self.cursor.lost(
                    limit, "bad_header", "no Content-Length, and no end that fits the digest", head
                )
            end = possible_ends(decoder.data, body, limit)[0]
        return self.whole(head, body, end, limit)
