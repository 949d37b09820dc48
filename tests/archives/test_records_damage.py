"""Archives mutated at random: the reader never raises, takes every byte once, and loses no sound record."""

import gzip
import zlib
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccnet_lite.archives.record import Record
from tests.archives.archive_making import members, numbered, page, read, records_of, warc

PARTS = [
    *numbered(4),
    page(b"<p>" + bytes(range(256)) * 3),
    warc(b"", type="request"),
    *numbered(5, proven=True)[2:],
]
PLAIN = b"".join(PARTS)


def stored(data: bytes) -> bytes:
    """A gzip member as gzip -0 makes it: the bytes stand in it as they are."""
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


ARC_LINE = b"http://example.com/%d 1.2.3.4 20080430204826 text/html 60\n"
ARCHIVES = {
    "plain": PLAIN,
    "members": members(PARTS),
    "whole": gzip.compress(PLAIN, mtime=0),
    "stored": stored(PLAIN),
    "stored_members": b"".join(map(stored, PARTS)),
    "blocks": members([PLAIN[n : n + 333] for n in range(0, len(PLAIN), 333)]),
    "arc": b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 5\n1 0 A\n\n"
    + b"".join(ARC_LINE % n + b"x" * 59 + b"\n\n" for n in range(5)),
}
LARGEST = max(map(len, ARCHIVES.values()))

Identity = tuple[str, str, str, bytes]


def identity(record: Record) -> Identity:
    return record.type, record.url, record.record_id, record.content


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes, int, int]:
    """An archive's name, its bytes after a change, and from where to where of the sound file they changed."""
    name = draw(st.sampled_from(sorted(ARCHIVES)))
    data = ARCHIVES[name]
    start = draw(st.integers(0, len(data)))
    end = draw(st.one_of(st.just(start), st.integers(start, min(len(data), start + 400)), st.just(len(data))))
    piece = draw(
        st.one_of(
            st.just(b""),
            st.binary(max_size=300),
            st.sampled_from([b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"\x00" * 5000, b"\n" * 70_000]),
            st.integers(0, len(data)).flatmap(lambda at: st.integers(0, 500).map(lambda n: data[at : at + n])),
        )
    )
    return name, data[:start] + piece + data[end:], start, end


LONG = PLAIN.index(b"WARC-Type: response")


@settings(max_examples=400)
@given(damaged())
@example(("members", ARCHIVES["members"][:-9], len(ARCHIVES["members"]) - 9, len(ARCHIVES["members"])))
@example(("plain", PLAIN[: LONG + 400] + PLAIN[LONG + 590 :], LONG + 400, LONG + 590))
def test_every_byte_is_taken_and_sound_records_stay(case: tuple[str, bytes, int, int]) -> None:
    """A sound record stays, or stands whole in another, whose own length reaches over it to a next one.

    That length is believed as long as no digest proves it wrong, or else a page could hold what would count
    as a record of another site.
    """
    name, data, start, end = case
    items = read(data)  # which checks that the lengths add up
    if name not in ("plain", "members"):
        return
    sound = [
        record
        for record in records_of(read(ARCHIVES[name]))
        if record.offset + record.length <= start or record.offset >= end
    ]
    found = records_of(items)
    lost = Counter(map(identity, sound)) - Counter(map(identity, found))
    for record in sound:
        if identity(record) in lost:
            assert name == "plain"
            whole = PLAIN[record.offset :][: record.length].rstrip()
            assert any(whole in other.content for other in found)


@pytest.mark.parametrize("name", ["stored", "stored_members", "whole", "members"])
def test_no_record_is_given_twice_whatever_bit_is_flipped(name: str) -> None:
    sound = Counter(identity(record) for record in records_of(read(ARCHIVES[name])))
    for bit in range(0, 8 * len(ARCHIVES[name]), 11):
        flipped = bytearray(ARCHIVES[name])
        flipped[bit // 8] ^= 1 << bit % 8
        found = Counter(map(identity, records_of(read(bytes(flipped)))))
        assert all(found[one] <= count for one, count in sound.items()), bit


def test_large_stored_members_give_each_record_once_after_a_fault() -> None:
    """Found by fuzzing: what was decompressed already was found again as plain records."""
    parts = [warc(b"%d " % n * 20_000, id=f"<urn:{n}>", proven=True) for n in range(12)]
    data = stored(b"".join(parts[:6])) + stored(b"".join(parts[6:]))
    for at in range(500, len(data), 30_011):
        # The length of a stored block, which must be its complement's; or any byte.
        for place in (at, data.index(b"\xff\xff", 20) - 2):
            broken = bytearray(data)
            broken[place] ^= 0xFF
            items = read(bytes(broken))
            ids = [record.record_id for record in records_of(items)]
            assert len(ids) == len(set(ids)), place
            assert all(item.length >= 0 for item in items)


@pytest.mark.parametrize("name", sorted(ARCHIVES))
def test_cut_off_at_every_byte(name: str) -> None:
    whole = records_of(read(ARCHIVES[name]))
    for end in range(len(ARCHIVES[name])):
        records = records_of(read(ARCHIVES[name][:end]))
        sure = max(len(records) - 1, 0)
        assert [identity(r) for r in records[:sure]] == [identity(r) for r in whole[:sure]]
        before = [r for r in whole if name in ("plain", "members", "arc") and r.offset + r.length <= end]
        assert len(records) >= len(before)


def test_each_flipped_bit_of_a_member_costs_no_other_record() -> None:
    packed = [gzip.compress(part, mtime=0) for part in numbered(3)]
    first, last = (identity(records_of(read(packed[n]))[0]) for n in (0, 2))
    middle = identity(records_of(read(packed[1]))[0])
    for bit in range(8 * len(packed[1])):
        flipped = bytearray(packed[1])
        flipped[bit // 8] ^= 1 << bit % 8
        found = [identity(r) for r in records_of(read(packed[0] + bytes(flipped) + packed[2]))]
        assert found in ([first, last], [first, middle, last]), bit


@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([*PARTS[:3], *map(gzip.compress, PARTS[:3])])),
        max_size=8,
    )
)
def test_any_bytes(pieces: list[bytes]) -> None:
    read(b"".join(pieces))
    read(gzip.compress(b"".join(pieces)))


def test_a_block_that_is_short_by_as_many_bytes_as_it_has_lines_is_damaged() -> None:
    """Found by flipping bits: it looked like a block whose lines had lost their CRs."""
    (part,) = numbered(1)
    lines = part.partition(b"\r\n\r\n")[2].count(b"\n") - 3
    assert lines == 5
    assert records_of(read(part[: -4 - lines])) == []


@pytest.mark.parametrize(
    "cut_off", [b"WARC/1.0\r\n", b"WARC/1.0\r\nWARC-Type: x\r\n", warc(bytes(3000))[:900], warc(b"x")[:-5]]
)
def test_gzip_after_a_plain_record_that_is_cut_off_is_found(cut_off: bytes) -> None:
    """Found by fuzzing: the members counted as the record's head, or as its content."""
    sound = records_of(read(ARCHIVES["members"]))
    records = records_of(read(cut_off + ARCHIVES["members"]))
    assert [identity(r) for r in records[-len(sound) :]] == [identity(r) for r in sound]


def test_a_compressed_arc_after_a_stray_line_is_found() -> None:
    archive = gzip.compress(ARCHIVES["arc"])
    records = records_of(read(b"WARC/1.0\r\n" + archive))
    assert [identity(r) for r in records] == [identity(r) for r in records_of(read(archive))]


def test_a_record_is_judged_by_the_gzip_member_that_holds_it_not_by_the_one_behind_it() -> None:
    """Found by fuzzing: blank lines that begin the next member drew its damage upon the record."""
    first = warc(b"text\n" * 50, fields={"WARC-Block-Digest": "sha1:" + "A" * 32})
    second = bytearray(gzip.compress(b"\r\n\r\n" + numbered(1)[0]))
    second[120:] = b"\xff" * 60
    items = read(gzip.compress(first[:-4]) + bytes(second))
    assert [identity(r) for r in records_of(items)] == [identity(r) for r in records_of(read(first))]


def test_garbage_behind_a_record_with_a_wrong_digest_costs_nothing() -> None:
    """Found by cutting archives off within the first line of a record."""
    record = warc(fields={"WARC-Block-Digest": "sha1:" + "A" * 32})
    for rest in (b"WARC/1.0", b"garbage", b"\x00" * 100):
        assert [r.content for r in records_of(read(record + rest))] == [b"Title\nSome text.\n"]
        assert records_of(read(record + rest, verify_digests=True)) == []


def test_lengths_never_turn_negative_where_a_stored_block_swallows_the_next_member() -> None:
    """Found by fuzzing: the line from the run to the file was bent behind what had been taken already."""
    parts = [stored(part) for part in numbered(2)]
    for lost in range(1, 400, 7):
        for at in range(20, len(parts[0]), 31):
            # `read` checks the lengths.
            read(parts[0][:at] + parts[0][at + lost :] + parts[1] * 2, admit_unproven=True)
            read(stored(numbered(2)[0] + b"garbage\n" * 9)[:-lost] + parts[1] * 2, admit_unproven=True)
