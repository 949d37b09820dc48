"""Whether records count as whole that come out of gzip members: by the member's checksum, or by their digest.

The checksum stands at the member's end, when records of a large one have been given long since. Where it
turns out wrong then, `late` says so, and the archive has to be read once more with what `late` holds.
Does not handle: where a record ends (records.py), and what has neither checksum nor digest.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ccnet_lite.archives.cursor import Cursor
from ccnet_lite.archives.errors import Fault
from ccnet_lite.archives.members import Decoder, Stop


class Refusal(NamedTuple):
    """Why a record that seems whole counts as damage."""

    error: str
    message: str


class Proof:
    """What is known of the members that records come from. Indexes are into the decoder's `data`."""

    def __init__(self, decoder: Decoder, cursor: Cursor, admit: bool, known: Mapping[int, Fault]) -> None:
        self.late: dict[int, Fault] = {}
        """Members that proved faulty after records had been given that they leave unproven."""
        self._decoder = decoder
        self._cursor = cursor
        self._admit = admit
        self._known = known
        self._member = -1  # the last one of which records were given before its end was known
        self._given: set[bool | None] = set()  # whether their digests held
        self._disproved = -1  # the last one that holds a record whose digest does not hold
        self._plain: Fault | None = None  # why plain bytes are in doubt

    def begin_run(self, before: Stop | None, gzip_before: bool, position: int) -> None:
        """A run begins, behind another that ended with `before`, having been read up to `position`.

        Plain bytes behind a fault in gzip may be the faulty member's own: as long as `gzip -0` left them.
        """
        if self._decoder.gzip or before is None or not (gzip_before and before.error):
            return
        if before.error != "garbage" or before.restart != position:
            self._plain = Fault(before.message, "proven")

    def needed(self, end: int) -> bool:
        """Whether a record that ends at `end` counts as whole only by its digest."""
        return not self._decoder.sound(end) if self._decoder.gzip else self._plain is not None

    def refusal(self, fields: Mapping[str, str], end: int, after: int, held: bool | None) -> Refusal | None:
        """Why a record from the cursor to `end` does not count as whole; None where it does, as far as is known.

        held: whether its digest holds; None where it has none. `after`: where what follows it begins.
        """
        if not self.needed(end):
            return None
        fault = self._fault(end, after, held, "warc-block-digest" in fields)
        if fault is None:
            return None
        if held is False:
            return Refusal("digest_mismatch", f"{fault.reason}; the content has another digest than stated")
        if self._admit or fault.whole == "undisproved" or (held and fault.whole == "proven"):
            return None
        lacking = "its digest does not cover its head" if held else "no digest proves the record"
        return Refusal("unproven", f"{fault.reason}; {lacking}: ingest.admit_unproven=true keeps it")

    def _fault(self, end: int, after: int, held: bool | None, of_block: bool) -> Fault | None:
        """The fault of the member that holds the byte before `end`; None where none is known, which is noted."""
        decoder, stop = self._decoder, self._decoder.stop
        if not decoder.gzip:
            return self._plain
        member = decoder.member(end - 1)[0]
        if member in self._known:
            return self._known[member]
        if held is False and of_block:  # a payload's digest is often that of something else
            self._disproved = member
        if stop is not None and stop.member == member:
            fault = self._of(stop)
            alone = after == len(decoder.data) and self._cursor.place == (member, 0)
            if fault.whole != "none" or alone or not held:
                return fault
        if member != self._member:
            self._member, self._given = member, set()
        self._given.add(held)
        return None

    def end_run(self) -> None:
        """The run has ended: whether the member that ended it leaves unproven what was given of it."""
        stop = self._decoder.stop
        if stop is None or stop.member != self._member or self._member in self._known:
            return
        fault, given = self._of(stop), self._given
        unproven = None in given and fault.whole != "undisproved" or True in given and fault.whole == "none"
        if False in given or (unproven and not self._admit):
            self.late[self._member] = fault

    def _of(self, stop: Stop) -> Fault:
        """A fault, as far as the records of its member are known."""
        if stop.error not in ("crc_mismatch", "corrupt_gzip"):
            return Fault(stop.message, "undisproved")
        seen = stop.error != "crc_mismatch" or stop.member in (self._disproved, self._cursor.damaged_member)
        return Fault(stop.message, "proven" if seen else "none")
