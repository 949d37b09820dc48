"""An archive file as runs of contiguous bytes: gzip members decompressed in a row, or the file as it is.

A run ends at the file's end or where the file cannot be decompressed; the next one begins at the next
gzip member that can be, or at the next record's line. What was decompressed before a fault is kept.
Does not handle: what the bytes mean (framing.py), gzip inside gzip.
"""

import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ccnet_lite.archives.raw import READ_BYTES, RawBytes
from ccnet_lite.archives.restart import GZIP, MAGIC, find_restart
from ccnet_lite.archives.salvage import salvage

FIRST_STEP = 16 * 1024
NEXT_STEP = 64 * 1024
MAX_OUTPUT = 4 * 1024 * 1024
"""No more bytes than this come out of one step, whatever the input asks for."""
LOOK_BACK = 4 * 1024 * 1024
"""How far into a faulty member, back from the fault, the next one is looked for."""
REREAD = 16
"""How many times what was read of the file may come again after faults: many members may run into the same."""
_CHECKS = {"incorrect data check": 4, "incorrect length check": 8}
"""zlib's words for a checksum or length that does not hold, and how far behind the content it stands by then."""
_SIGN, _LEAST_SIGN = 32, 20
"""Bytes by which a member's beginning is known again; with fewer, another's might be taken for it."""


@dataclass(frozen=True)
class Stop:
    """Why a run ended."""

    error: str
    """Empty at the file's end."""
    message: str
    restart: int | None
    """Where the next run begins; None at the file's end."""
    again_from: int | None = None
    """Index in `data` from which bytes come again in the next run, which begins before the fault."""
    member: int | None = None
    """Where the gzip member begins in the file that could not be read to its end, with the right checksum."""


class Decoder:
    """The bytes of the current run, from where `forget` left them.

    `data` grows with `more` and is indexed by those who read it; `forget` drops its beginning.
    """

    def __init__(self, raw: RawBytes) -> None:
        self._raw = raw
        self._reread = 0  # bytes that came again, decompressed
        self.begin(0, 0)

    def begin(self, position: int, taken: int) -> None:
        """Begin a run at a byte of the file. `taken`: the file up to here belongs to records already."""
        self._raw.keep(position)
        self.data = bytearray()
        self.stop: Stop | None = None
        self.gzip = self._raw.starts_with(position, MAGIC)
        self.taken = taken
        self._base = 0  # how much of the run was forgotten
        self._position = position
        self._inflater: zlib._Decompress | None = None
        self._member = (0, position)  # where the current member begins: in the run, in the file
        self._sound = 0  # byte of the run up to which its members met their checksums
        self._knots = deque([(0, position)])  # run, file: known points of the line that maps one to the other
        self._members = deque([(0, position)])
        self._read_knots: tuple[tuple[int, int], ...] = ()  # the line as it was read, up to the fault

    def more(self) -> bool:
        """Add bytes to `data`; False at the run's end, where `stop` says why."""
        if self.stop is not None:
            return False
        return self._inflate() if self.gzip else self._copy()

    def need(self, count: int) -> bool:
        """Have `count` bytes in `data`, if the run has them."""
        while len(self.data) < count:
            if not self.more():
                return len(self.data) >= count
        return True

    def forget(self, count: int) -> None:
        """Drop the first `count` bytes of `data`."""
        del self.data[:count]
        self._base += count
        if self.stop is not None and self.stop.again_from is not None:
            self.stop = replace(self.stop, again_from=max(0, self.stop.again_from - count))

    def file_position(self, index: int) -> int:
        """The file's byte that byte `index` of `data` stands at; within a gzip step, in proportion.

        Grows with `index`; to be asked in growing order. At a member's end it is the next one's beginning.
        """
        at = self._base + index
        knots = self._knots
        while len(knots) > 1 and knots[1][0] <= at:
            knots.popleft()
        run, file = knots[0]
        if len(knots) == 1 or at <= run:
            return file
        next_run, next_file = knots[1]
        return file + (at - run) * (next_file - file) // (next_run - run)

    def member(self, index: int) -> tuple[int, int]:
        """Of the gzip member that holds byte `index`: its position in the file, and the byte's in it."""
        at = self._base + index
        members = self._members
        while len(members) > 1 and members[1][0] <= at:
            members.popleft()
        return members[0][1], at - members[0][0]

    def member_starts(self, first: int, last: int) -> Iterator[int]:
        """Indexes from `first` up to `last` at which a gzip member begins."""
        for run, _ in self._members if self.gzip else ():
            index = run - self._base
            if index >= last:
                break
            if index >= first:
                yield index

    def member_at(self, index: int) -> int | None:
        """Where in the file the gzip member lies that begins at byte `index`; None where none does."""
        position, inside = self.member(index)
        return position if self.gzip and self.stop is None and not inside else None

    def pass_by(self, index: int, position: int) -> None:
        """Go on at byte `index` of the run, where a gzip member begins at a byte of the file; `data` is dropped.

        What lies before it has been read by another: sound members.
        """
        self._base += index
        self.data = bytearray()
        self._position = position
        self._inflater = None
        self._member = (self._base, position)
        self._sound = self._base
        self._knots, self._members = deque([self._member]), deque([self._member])

    def sound(self, end: int) -> bool:
        """Whether the gzip member that holds the byte before `end` was read to its end, its checksum right.

        Plain bytes have none that could be wrong.
        """
        return not self.gzip or self._base + end <= self._sound

    def ends_soundly(self, end: int) -> bool:
        """As `sound`; reads on to find out, but not where the member goes on behind `end`."""
        while not self.sound(end) and len(self.data) <= end and self.more():
            pass
        return self.sound(end)

    @property
    def position(self) -> int:
        """The file's byte up to which it has been read."""
        return self._position

    @property
    def forgotten(self) -> int:
        """How many bytes of the run were forgotten: what byte 0 of `data` is."""
        return self._base

    def cut(self, index: int) -> None:
        """End a run of plain bytes before byte `index`, where a gzip member begins."""
        position = self._position - (len(self.data) - index)
        self._raw.put_back(position, self._position, bytes(self.data[index:]))
        del self.data[index:]
        self.stop = Stop("", "", position)

    def abandon(self, error: str, message: str) -> None:
        """End the run at once, and go on at the next member or record beyond what was read of the file."""
        self._halt(error, message, self._position)

    def pass_over(self, first: int, end: int) -> None:
        """Bytes `first` to `end` are proven to be a record's block: what looks like a member there is none.

        A deflate block may hold bytes as they are, and a page may be one that begins as a member does.
        """
        if self.stop is None:
            return
        fault, at, restart = self._position, first, self.stop.restart
        while restart is not None and restart < fault:
            size = min(_SIGN, fault - max(_CHECKS.values()) - restart)
            sign = bytes(self._raw.piece(restart, max(0, size)))
            at = self.data.find(sign, at, end + size) + 1 if size >= _LEAST_SIGN else 0
            if not at:
                break
            restart = find_restart(self._raw, restart + 1, fault)
        if restart != self.stop.restart:
            self._go_on_at(restart, self._base + first)

    def _copy(self) -> bool:
        piece = self._raw.piece(self._position, READ_BYTES)
        self.data += piece
        self._position += len(piece)
        self._raw.keep(self._position)
        self._knots.append((self._base + len(self.data), self._position))
        if not len(piece):
            self.stop = Stop("", "", None)
        return len(piece) > 0

    def _inflate(self) -> bool:
        """One step of decompression, or several where members are empty."""
        while True:
            piece = self._next_piece()
            if piece is None:
                return False
            first = self._inflater is None
            inflater = self._inflater or zlib.decompressobj(GZIP)
            # Of the first piece of a member the state can be made again; that spares most records the copy.
            saved = None if first else inflater.copy()
            try:
                out = inflater.decompress(piece, MAX_OUTPUT)
            except zlib.error as error:
                out, used = salvage(saved or zlib.decompressobj(GZIP), piece)
                if out:
                    behind = min(used, _behind_content(str(error)))
                    self._append(out, used - behind)
                    self._append(b"", behind)
                else:
                    self._position += used
                self._fail(str(error))
                return len(out) > 0
            # At a stream's end, zlib may give the rest as both: unused, and not consumed.
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            self._append(out, len(piece) - len(rest))
            self._inflater = None if inflater.eof else inflater
            if inflater.eof:
                self._sound = self._base + len(self.data)
            if out:
                return True

    def _next_piece(self) -> memoryview | None:
        """The next bytes to decompress; None where there are none, with the stop set."""
        if self._inflater is not None:
            self._raw.keep(max(self._member[1], self._position - LOOK_BACK))
            piece = self._raw.piece(self._position, NEXT_STEP)
            if not piece:
                self._halt("truncated_gzip", "the file ends within a gzip member", self._member[1] + 1)
                return None
            return piece
        self._raw.keep(self._position)
        end = self._base + len(self.data)
        self._member = (end, self._position)
        self._knots.append(self._member)
        piece = self._raw.piece(self._position, FIRST_STEP)
        if not piece:
            self.stop = Stop("", "", None)
        elif piece[:3] != MAGIC:
            if len(piece) < 3 and MAGIC.startswith(bytes(piece)):
                self._halt("truncated_gzip", "the file ends within a gzip header", self._position + len(piece))
            else:
                self._halt("garbage", f"no gzip member at byte {self._position}", self._position)
        else:
            self._members.append(self._member)
            return piece
        return None

    def _append(self, out: bytes, used: int) -> None:
        self.data += out
        self._position += used
        self._knots.append((self._base + len(self.data), self._position))

    def _fail(self, error: str) -> None:
        where = f"at byte {self._position} of the file, in the gzip member of byte {self._member[1]}"
        # The member's end may have been missed, and the next one been taken for more of it.
        search_from = self._member[1] + 1
        if _behind_content(error):
            self._halt("crc_mismatch", f"checksum or length differs {where}", search_from)
        else:
            reason = error.rpartition(": ")[2]
            self._halt("corrupt_gzip", f"{reason} {where}", search_from)

    def _halt(self, error: str, message: str, search_from: int) -> None:
        search_from = max(search_from, self.taken, self._raw.start)
        fault = self._position
        if self._reread > REREAD * (fault + READ_BYTES):
            search_from = max(search_from, fault)
        self._read_knots = tuple(self._knots)
        self.stop = Stop(error, message, None, None, self._member[1])
        self._go_on_at(find_restart(self._raw, search_from, fault), self._run_position(self.taken))

    def _go_on_at(self, restart: int | None, reached: int) -> None:
        """Have the next run begin at a byte of the file; the run is taken up to its byte `reached`."""
        assert self.stop is not None
        again, before, size = None, self.stop.again_from, len(self.data)
        self._knots, most = deque(self._read_knots), self._position
        if restart is not None and restart < self._position:
            again, most = max(0, self._run_position(restart) - self._base), restart
        self._reread += (size if before is None else before) - (size if again is None else again)
        if again is not None or before is not None:
            # Up to where the file is taken the line stays as it was; behind it, it ends at the restart.
            behind = ((run, min(file, most)) for run, file in self._read_knots if run > reached)
            self._knots = deque([(reached, self.taken), *behind])
        self.stop = replace(self.stop, restart=restart, again_from=again)

    def _run_position(self, position: int) -> int:
        """The run's byte that stands at a byte of the file: `file_position` the other way round."""
        last = self._knots[0]
        for knot in self._knots:
            if knot[1] > position:
                return last[0] + (position - last[1]) * (knot[0] - last[0]) // (knot[1] - last[1])
            last = knot
        return last[0]


def _behind_content(error: str) -> int:
    """How many bytes of the file behind the content zlib had read when it raised this."""
    return next((size for words, size in _CHECKS.items() if words in error), 0)
