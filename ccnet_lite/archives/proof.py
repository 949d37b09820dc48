"""Whether records count as whole that come out of gzip members: by the member's checksum, or by their digest.

The checksum stands at the member's end, when records of a large one have been given long since. Where it
turns out wrong then, `late` says so, and the archive has to be read once more with what `late` holds.
Does not handle: where a record ends (records.py), and plain files, which have no checksum.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ccnet_lite.archives.cursor import Cursor
from ccnet_lite.archives.errors import Evidence, Fault
from ccnet_lite.archives.headers import Head
from ccnet_lite.archives.members import Decoder, Stop
from ccnet_lite.archives.restart import MAGIC

_ID = re.compile(r"<urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}>")
_DATE = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:\d\d(?:\.\d{1,9})?Z")
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}:[^\s<>\"\x00-\x1f\x7f]+")
_WITH_URL = {"conversion", "request", "resource", "response", "revisit"}
_TYPES = _WITH_URL | {"continuation", "metadata", "warcinfo"}
_WRONG = {
    Evidence.DISPROVED: "the content has another digest than stated",
    Evidence.DOUBTFUL: "the record's head or its length looks altered, too",
    Evidence.UNCHECKED: "no digest proves the record",
    Evidence.PROVEN: "the digest does not cover the record's head",
}


class Refusal(NamedTuple):
    """Why a record that seems whole counts as damage."""

    error: str
    message: str


def _evidence(head: Head, held: bool | None, length_fits: bool) -> Evidence:
    """What speaks for a record."""
    if held is False:
        return Evidence.DISPROVED
    if not (held or length_fits) or (head.kind == "warc" and not _looks_unaltered(head.fields)):
        return Evidence.DOUBTFUL
    return Evidence.PROVEN if held else Evidence.UNCHECKED


def _looks_unaltered(fields: Mapping[str, str]) -> bool:
    """Whether the fields that a document is named by are of the form that they nearly always have."""
    kind, url = fields.get("warc-type", ""), fields.get("warc-target-uri", "")
    return (
        kind in _TYPES
        and _ID.fullmatch(fields.get("warc-record-id", "")) is not None
        and _DATE.fullmatch(fields.get("warc-date", "")) is not None
        and (_URL.fullmatch(url) is not None if url or kind in _WITH_URL else True)
    )


class Proof:
    """What is known of the members that records come from. Indexes are into the decoder's `data`."""

    def __init__(self, decoder: Decoder, cursor: Cursor, admit: bool, known: Mapping[int, Fault]) -> None:
        self.late: dict[int, Fault] = {}
        """Members that proved faulty after records of them had been given."""
        self._decoder = decoder
        self._cursor = cursor
        self._most = Evidence.DOUBTFUL if admit else Evidence.COMPLETE
        self._known = known
        self._member = -1  # the last one of which records were given before its end was known
        self._disproved = (-1, 0)  # the last one that holds records whose digest does not hold, and how many
        self._plain: Fault | None = None  # why plain bytes are in doubt
        self._ids: tuple[Fault | None, set[int]] = (None, set())  # of the records behind a fault, hashed

    def begin_run(self, before: Stop | None, gzip_before: bool, position: int) -> None:
        """A run begins, behind another that ended with `before`, having been read up to `position`.

        Plain bytes behind a fault in gzip may be the faulty member's own: as long as `gzip -0` left them.
        """
        if self._decoder.gzip:
            return
        if before is None:
            self._decoder.need(len(MAGIC) + 1)
            data = self._decoder.data
            # One byte of the magic number is another; in the flags behind it three bits are 0, as in no text.
            alike = sum(a == b for a, b in zip(data, MAGIC, strict=False)) == len(MAGIC) - 1
            if alike and len(data) > len(MAGIC) and data[len(MAGIC)] < 0x20:
                self._plain = Fault("the file begins with a damaged gzip header", Evidence.PROVEN)
        elif gzip_before and before.error and (before.error != "garbage" or before.restart != position):
            self._plain = Fault(before.message, Evidence.PROVEN)

    def needed(self, end: int) -> bool:
        """Whether a record that ends at `end` counts as whole only by what else speaks for it."""
        return not self._decoder.sound(end) if self._decoder.gzip else self._plain is not None

    def refusal(self, head: Head, held: bool | None, length_fits: bool, end: int, after: int) -> Refusal | None:
        """Why a record from the cursor to `end` does not count as whole; None where it does, as far as is known.

        held: whether its digest holds; None where it has none. `length_fits`: whether something follows the
        record where its length says that it ends. `after`: where what follows it begins.
        """
        fault = self._fault(head, held, end, after)
        if fault is None:
            return None
        if fault.needs > Evidence.UNCHECKED and self._is_met_again(fault, head.fields):
            return Refusal("unproven", f"{fault.reason}; a record of the same id was met there before")
        evidence = _evidence(head, held, length_fits)
        if evidence >= min(fault.needs, self._most):
            return None
        error = "digest_mismatch" if evidence is Evidence.DISPROVED else "unproven"
        hint = "" if evidence is Evidence.DISPROVED else ": ingest.admit_unproven=true keeps it"
        return Refusal(error, f"{fault.reason}; {_WRONG[evidence]}{hint}")

    def _is_met_again(self, fault: Fault, fields: Mapping[str, str]) -> bool:
        """Whether a fault gives a record twice: what is compressed refers to what stands before it."""
        if self._ids[0] != fault:
            self._ids = (fault, set())
        key = hash((fields.get("warc-record-id"), fields.get("warc-target-uri")))
        met = "warc-record-id" in fields and key in self._ids[1]
        self._ids[1].add(key)
        return met

    def _fault(self, head: Head, held: bool | None, end: int, after: int) -> Fault | None:
        """The fault of the member that holds the byte before `end`; None where none is known, which is noted."""
        decoder, stop = self._decoder, self._decoder.stop
        if not decoder.gzip:
            return self._plain
        member = decoder.member(end - 1)[0]
        if member in self._known:
            return self._known[member]
        if held is False and "warc-block-digest" in head.fields:  # a payload's is often that of something else
            before = self._disproved[1] if self._disproved[0] == member else 0
            self._disproved = (member, before + 1)
        if stop is not None and stop.member == member:
            alone = after == len(decoder.data) and self._cursor.place == (member, 0)
            # What is seen of the alteration is not known before the member's last record is.
            if stop.error != "crc_mismatch" or alone or not held:
                return self._of(stop)
        self._member = member
        return None

    def end_run(self) -> None:
        """The run has ended: whether in a member of which records were given before that was known."""
        stop = self._decoder.stop
        if stop is not None and stop.member == self._member:
            self.late[self._member] = self._of(stop)

    def _of(self, stop: Stop) -> Fault:
        """A fault, as far as the records of its member are known."""
        if stop.error not in ("crc_mismatch", "corrupt_gzip"):
            return Fault(stop.message, Evidence.UNCHECKED)
        # Where more than one place is altered, it has spread: what is compressed refers to what stands before it.
        seen = self._disproved == (stop.member, 1) and self._cursor.damaged_member != stop.member
        return Fault(stop.message, Evidence.PROVEN if seen or stop.error == "corrupt_gzip" else Evidence.COMPLETE)
