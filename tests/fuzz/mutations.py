"""What happens to archives on their way: cut off, bits flipped, stretches lost, doubled or exchanged.

And what their writers get wrong, by the structure of what they write: a length, a digest, a line's end, a
record or gzip member that comes twice, too early, in part or within another.
"""

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st

from tests.fuzz import grammar
from tests.fuzz.written import Archive, Member, Written, arc

_PIECES = [
    b"WARC/1.0\r\n",
    b"WARC/1.0\r\nWARC-Type: x\r\n",
    b"\x1f\x8b\x08",
    b"\r\n\r\n",
    bytes(3000),
    b"\n" * 70_000,
]


class Change(NamedTuple):
    """Bytes `start` to `end` of `before` replaced: that gives `after`."""

    before: bytes
    after: bytes
    start: int
    end: int


@st.composite
def changed_once(draw: st.DrawFn, archives: list[bytes]) -> Change:
    before = draw(st.sampled_from(archives))
    start, end, piece = draw(_change(len(before), before))
    return Change(before, before[:start] + piece + before[end:], start, end)


@st.composite
def changed_often(draw: st.DrawFn, archives: list[bytes]) -> bytes:
    data = draw(st.sampled_from(archives))
    for _ in range(draw(st.integers(1, 6))):
        start, end, piece = draw(_change(len(data), draw(st.sampled_from(archives))))
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def _change(draw: st.DrawFn, size: int, source: bytes) -> tuple[int, int, bytes]:
    start = draw(st.integers(0, size))
    end = min(size, start + draw(st.one_of(st.just(0), st.just(1), st.integers(0, 5000), st.just(size))))
    first = draw(st.integers(0, len(source)))
    piece = draw(
        st.one_of(
            st.just(b""),
            st.binary(min_size=1, max_size=8),
            st.sampled_from(_PIECES),
            st.integers(0, 5000).map(lambda count: source[first : first + count]),
        )
    )
    return start, end, piece


class Damaged(NamedTuple):
    """An archive that was sound, what was done to it, and how many bytes it holds, decompressed."""

    archive: Archive
    kinds: tuple[str, ...]
    data: bytes
    size: int


@st.composite
def damaged(draw: st.DrawFn) -> Damaged:
    """Archives of the grammar, damaged first in their records, then in their members, then anywhere."""
    written = draw(grammar.listed(proven=draw(st.booleans())))
    is_arc = draw(st.integers(0, 7)) == 7
    known = ARC_MUTATIONS if is_arc else sorted(RECORD_MUTATIONS)
    kinds = draw(st.lists(st.sampled_from(known), max_size=2))
    parts = [record.to_bytes() for record in written]
    if is_arc:
        parts = arc([(record.url, record.block) for record in written])
    for kind in kinds:
        at = draw(st.integers(0, len(parts) - 1))
        parts[at : at + 1] = draw(RECORD_MUTATIONS[kind](written[min(at, len(written) - 1)], parts, at))
    members = draw(grammar.layouts(parts))
    pieces: list[Member | bytes] = [*members] or [*parts]
    for kind in draw(st.lists(st.sampled_from(sorted(MEMBER_MUTATIONS)), max_size=2)):
        if pieces:
            kinds.append(kind)
            at = draw(st.integers(0, len(pieces) - 1))
            pieces[at : at + 1] = draw(MEMBER_MUTATIONS[kind](pieces, at))
    data = b"".join(_bytes(piece) for piece in pieces)
    if not kinds or draw(st.booleans()):
        kinds.append("bytes")
        start, end, piece = draw(_change(len(data), data))
        data = data[:start] + piece + data[end:]
    # What is given twice, in other words, was held before.
    return Damaged(Archive(written, members), tuple(kinds), data, 4 * sum(map(len, parts)) + len(data))


def _bytes(piece: Member | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.to_bytes()


LENGTHS = st.one_of(
    st.integers(-3, 3).map(lambda by: (1, by)),
    st.sampled_from([(0, 0), (0, 5), (10, 0), (0, 10**10), (0, 10**18), (1, 4), (1, -4), (2, 100)]),
)
ENDINGS = st.sampled_from([b"", b"\r\n", b"\n", b"\n\n", b"\r\n" * 3, b"\r\r\n" * 2, b"\r\n" * 40_000])
NEWLINES = st.sampled_from([b"\n", b"\r\r\n", b"\r"])
Records = Callable[[Written, list[bytes], int], st.SearchStrategy[list[bytes]]]


def _length(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    size = len(one.block)
    stated = LENGTHS.map(lambda by: str(by[0] * size + by[1]))
    return st.one_of(stated, st.sampled_from([None, "many", "1e3", "5, 7", "0x10", ""])).map(
        lambda length: [one._replace(length=length).to_bytes()]
    )


def _swallows(one: Written, parts: list[bytes], at: int) -> st.SearchStrategy[list[bytes]]:
    """A length that reaches to the end of a later record."""
    return st.integers(at, len(parts) - 1).map(
        lambda last: [
            one._replace(length=str(len(one.block) + sum(map(len, parts[at + 1 : last + 1])))).to_bytes()
        ]
    )


def _wrong_digest(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    values = ["sha1:" + "A" * 32, "sha1:", "md5:0", "sha256:" + "0" * 64, "sha1:" + "a" * 40, "é"]
    names = ["WARC-Block-Digest", "WARC-Payload-Digest"]
    drawn = st.tuples(st.sampled_from(names), st.sampled_from(values))
    return drawn.map(lambda field: [one.with_digest(*field).to_bytes()])


def _line_ends(one: Written, parts: list[bytes], at: int) -> st.SearchStrategy[list[bytes]]:
    def in_head(newline: bytes) -> list[bytes]:
        return [one._replace(newline=newline, ending=2 * newline).to_bytes()]

    everywhere = NEWLINES.map(lambda newline: [parts[at].replace(b"\r\n", newline)])
    return st.one_of(NEWLINES.map(in_head), everywhere)


def _ending(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    return ENDINGS.map(lambda ending: [one._replace(ending=ending).to_bytes()])


def _version(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    versions = st.sampled_from(
        ["WARC/0.18", "warc/1.0", "WARC/1.0 ", "WARC/9.9", "WARC/", "WARC/1.0\nX", "XARC/1.0"]
    )
    return versions.map(lambda version: [one._replace(version=version).to_bytes()])


def _odd_field(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    fields = [("content-length", "3"), ("X", "a\r\n folded\r\n\tline"), ("WARC-Type", "response"), ("", "x")]
    more = [("WARC-Record-ID", ""), ("X" * 3000, "y" * 3000), ("no colon", "\r\nnone here"), ("X", "\x00")]
    return st.sampled_from(fields + more).map(lambda field: [one._replace(fields=(field, *one.fields)).to_bytes()])


def _nested(one: Written, _: list[bytes], __: int) -> st.SearchStrategy[list[bytes]]:
    """A record within the block, whose own length and digest speak of the block with or without it."""

    def made(place: int, inner: bytes, told: bool) -> list[bytes]:
        block = one.block[:place] + inner + one.block[place:]
        length = one.length if told else str(len(one.block))
        return [one._replace(block=block, length=length).to_bytes()]

    inner = st.sampled_from([grammar.NEVER, b"\n" + grammar.NEVER, b"\r\n\r\n" + grammar.NEVER])
    return st.builds(made, st.integers(0, len(one.block)), inner, st.booleans())


def _cut(_: Written, parts: list[bytes], at: int) -> st.SearchStrategy[list[bytes]]:
    head = parts[at].find(b"\r\n\r\n")
    places = st.one_of(st.integers(0, max(head, 0)), st.integers(0, len(parts[at])))
    return st.one_of(places.map(lambda end: [parts[at][:end]]), places.map(lambda start: [parts[at][start:]]))


def _moved(_: Written, parts: list[bytes], at: int) -> st.SearchStrategy[list[bytes]]:
    """Twice, not at all, or another in its place."""
    return st.sampled_from([[parts[at]] * 2, [b""], [parts[-1], parts[at]], [parts[0]]])


def _spliced(_: Written, parts: list[bytes], at: int) -> st.SearchStrategy[list[bytes]]:
    """Goes over into another archive, anywhere."""

    def join(other: Archive, start: int, end: int) -> list[bytes]:
        data = other.to_bytes()
        return [parts[at][: end % (len(parts[at]) + 1)] + data[start % (len(data) + 1) :]]

    return st.builds(join, grammar.archives(), st.integers(0, 5000), st.integers(0, 5000))


RECORD_MUTATIONS: dict[str, Records] = {
    "length": _length,
    "length over others": _swallows,
    "digest": _wrong_digest,
    "line ends": _line_ends,
    "ending": _ending,
    "version": _version,
    "field": _odd_field,
    "record in record": _nested,
    "record cut": _cut,
    "record moved": _moved,
    "spliced": _spliced,
}

ARC_MUTATIONS = ["line ends", "record cut", "record moved", "spliced"]

Pieces = list[Member | bytes]


def _checks(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    """A checksum or a length that does not hold."""
    one = pieces[at]
    if isinstance(one, bytes):
        return st.just([one])
    return st.sampled_from([(1, 0), (0, 1), (1 << 31, 0), (0, 1 << 31), (0, len(one.content))]).map(
        lambda wrong: [one._replace(crc=wrong[0], size=wrong[1])]
    )


def _torn(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    """Cut within its head, its data or its last eight bytes."""
    data = _bytes(pieces[at])
    places = st.one_of(st.integers(0, len(data)), st.integers(0, 20), st.integers(-9, -1))
    return st.one_of(places.map(lambda end: [data[:end]]), places.map(lambda start: [data[start:]]))


def _flipped(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    data = _bytes(pieces[at])

    def flip(place: int, bits: int) -> Pieces:
        changed = bytearray(data)
        if data:
            changed[place % len(data)] ^= bits
        return [bytes(changed)]

    return st.builds(flip, st.one_of(st.integers(0, 12), st.integers(0, 10_000)), st.integers(1, 255))


def _member_moved(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    return st.sampled_from([[pieces[at]] * 2, [], [pieces[-1], pieces[at]], [pieces[0]]])


def _strewn(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    """With padding or garbage behind it."""
    things = [bytes(600), b"garbage", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08" * 50, b"\r\n" * 9, b"WARC/1.0\r\n"]
    return st.sampled_from(things).map(lambda thing: [pieces[at], thing])


def _twice_packed(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    return st.just([Member(_bytes(pieces[at]))])


def _unpacked(pieces: Pieces, at: int) -> st.SearchStrategy[Pieces]:
    one = pieces[at]
    return st.just([one if isinstance(one, bytes) else one.content])


MEMBER_MUTATIONS: dict[str, Callable[[Pieces, int], st.SearchStrategy[Pieces]]] = {
    "checksum": _checks,
    "member torn": _torn,
    "member flipped": _flipped,
    "member moved": _member_moved,
    "between members": _strewn,
    "packed twice": _twice_packed,
    "not packed": _unpacked,
}
