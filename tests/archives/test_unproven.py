"""Out of a faulty gzip member a record counts as whole only where something else than its checksum proves it."""

import gzip
import random
import struct
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pytest

from ccnet_lite.archives.errors import FoundFaulty, SourceError
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.records import read_records
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import Breaking, damages_of, digest, errors_of, numbered, read, records_of, warc

CASES = 320
"""Archives a layout, each altered in one place."""


def text(rng: random.Random) -> bytes:
    lines = ("".join(rng.choices("abcdefghij klmno", k=rng.randint(10, 80))) for _ in range(rng.randint(3, 30)))
    return "\n".join(lines).encode()


def uuid(rng: random.Random) -> str:
    return f"<urn:uuid:{rng.getrandbits(32):08x}-0000-4000-8000-{rng.getrandbits(48):012x}>"


def wet(rng: random.Random, proven: bool, count: int) -> list[bytes]:
    return [
        warc(text(rng), url=f"http://example.com/{n}/{rng.getrandbits(30)}", id=uuid(rng), proven=proven)
        for n in range(count)
    ]


def responses(rng: random.Random, proven: bool, count: int) -> list[bytes]:
    """Requests without a digest and responses with one, of the block or, of every third, the payload."""
    records = []
    for n in range(count):
        url, body = f"http://example.com/{n}/{rng.getrandbits(30)}", b"<p>" + text(rng)
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        stated = {"WARC-Payload-Digest": digest(body)} if n % 3 == 0 else {"WARC-Block-Digest": digest(block)}
        fields = {"Content-Type": "application/http; msgtype=response", **(stated if proven else {})}
        records.append(warc(b"GET / HTTP/1.0\r\n\r\n", "request", url, id=uuid(rng)))
        records.append(warc(block, "response", url, id=uuid(rng), fields=fields))
    return records


def packed(plain: bytes, level: int, checksum: int | None = None) -> bytes:
    """One gzip member, with the checksum of other bytes, if wanted."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    ends = struct.pack("<II", zlib.crc32(plain) if checksum is None else checksum, len(plain))
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + packer.compress(plain) + packer.flush() + ends


def flipped(data: bytes, rng: random.Random) -> bytes:
    at, changed = rng.randrange(len(data)), bytearray(data)
    changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def identities(items: list[Record | Damage]) -> Counter[tuple[str, ...]]:
    return Counter((r.type, r.url, r.record_id, r.date, r.content.decode("latin-1")) for r in records_of(items))


@pytest.mark.parametrize("level", [0, 6])
@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("made", [wet, responses])
def test_no_altered_record_counts_as_whole(
    made: Callable[[random.Random, bool, int], list[bytes]], proven: bool, level: int
) -> None:
    """A bit is flipped in the compressed bytes or, the checksum left as it was, in the plain ones."""
    told: Counter[str] = Counter()
    for seed in range(CASES):
        rng = random.Random(f"{seed} {made.__name__} {proven} {level}")
        plain = b"".join(made(rng, proven, rng.choice([1, 4, 12])))
        data = packed(plain, level)
        sound = identities(read(data))
        if rng.random() < 0.5:
            data = packed(flipped(plain, rng), level, zlib.crc32(plain))
        else:
            data = flipped(data, rng)
        items = read(data)
        assert not identities(items) - sound, seed
        told["kept"] += len(records_of(items))
        told.update(errors_of(items))
    assert told["unproven"] > CASES
    assert not proven or made is responses or told["kept"] > CASES


def wrong(records: list[bytes]) -> bytes:
    """All in one member, whose checksum is another's."""
    return packed(b"".join(records), 6, checksum=1)


def test_what_is_unproven_says_where_why_and_what_to_do() -> None:
    items = read(gzip.compress(b"") + wrong(numbered(2)))
    first, second = damages_of(items)
    assert first.error == "unproven" and first.url == "http://example.com/0" and first.type == "conversion"
    assert "checksum or length differs at byte" in first.message
    assert "in the gzip member of byte 20; no digest proves the record" in first.message
    assert "ingest.admit_unproven=true" in first.message
    assert second.url == "http://example.com/1"


def test_a_setting_admits_what_is_unproven_but_never_what_is_disproved() -> None:
    unproven, (altered, *_) = numbered(3), numbered(1, proven=True)
    altered = altered.replace(b"line 3", b"lime 3")
    data = wrong([*unproven, altered])
    assert records_of(read(data)) == []
    items = read(data, admit_unproven=True)
    assert [record.url[-1] for record in records_of(items)] == ["0", "1", "2"]
    assert errors_of(items) == ["digest_mismatch"]


def test_where_it_is_seen_what_is_altered_a_digest_is_proof() -> None:
    a, b, c = numbered(3, proven=True)
    items = read(wrong([a, b.replace(b"line 3", b"lime 3"), c]))
    assert [record.url[-1] for record in records_of(items)] == ["0", "2"]
    assert "digest_mismatch" in errors_of(items)
    # Where every digest holds, a head is altered, and it may be any of them.
    items = read(wrong([a, b, c]))
    assert records_of(items) == [] and errors_of(items) == ["unproven"] * 3
    assert "does not cover the record's head" in damages_of(items)[0].message


def test_what_is_only_cut_off_stays_whole_but_for_what_lost_its_form() -> None:
    plain = b"".join(numbered(40))
    data = packed(plain, 0)[:-9]
    assert len(records_of(read(data))) == 40
    damaged = data.replace(b"WARC-Type: conversion", b"WARC-Type: convexsion", 1)
    items = read(damaged)
    assert len(records_of(items)) == 39 and errors_of(items)[0] == "unproven"


def test_a_fault_that_is_met_late_withdraws_what_was_given() -> None:
    rng = random.Random(1)
    records = [warc(rng.randbytes(30_000).hex().encode(), id=uuid(rng)) for _ in range(40)]
    sound, faulty = gzip.compress(b"".join(records)), wrong(records)
    seen = []
    with pytest.raises(FoundFaulty) as found:
        for item in read_records(BytesIO(sound + faulty + sound), IngestSettings()):
            seen.append(item)
    assert len(records_of(seen)) > 80
    assert list(found.value.faults) == [len(sound)]
    again = list(read_records(BytesIO(sound + faulty + sound), IngestSettings(), found.value.faults))
    assert len(records_of(again)) == 80
    assert errors_of(again) == ["unproven"] * 40
    assert {damage.offset for damage in damages_of(again)} == {len(sound)}
    assert [(i.offset, i.member_offset, i.length) for i in again][:119] == [
        (i.offset, i.member_offset, i.length) for i in seen
    ][:119]


def test_two_readings_are_enough_however_many_members_are_faulty() -> None:
    rng = random.Random(2)
    records = [warc(rng.randbytes(40_000).hex().encode(), id=uuid(rng), proven=n % 2 == 0) for n in range(8)]
    members = [gzip.compress(b"".join(records)), wrong(records), flipped(packed(b"".join(records), 6), rng)]
    read(b"".join(rng.choices(members, k=30)))


def test_plain_bytes_behind_a_fault_in_gzip_may_be_its_own() -> None:
    """`gzip -0` leaves the bytes as they are, but for five at each 64 KiB."""
    records = [warc(b"%d " % n * 9000, id=f"<urn:uuid:00000000-0000-0000-0000-{n:012d}>") for n in range(12)]
    sound = packed(b"".join(records), 0)
    for at in (0, 1, 2, 3, 10, 11):
        data = bytearray(sound)
        data[at] ^= 0xFF
        assert not identities(read(bytes(data))) - identities(read(sound)), at
    # What no fault comes before is what it is.
    assert len(records_of(read(gzip.compress(records[0]) + records[1] + gzip.compress(records[2])))) == 3


def test_what_came_before_a_stream_broke_off_is_given() -> None:
    rng = random.Random(3)
    data = gzip.compress(b"".join(warc(text(rng), id=uuid(rng)) for _ in range(200)))
    given = []
    with pytest.raises(SourceError):
        for item in read_records(Breaking(data[: len(data) // 2]), IngestSettings()):
            given.append(item)
    assert 80 < len(records_of(given)) < 120 and damages_of(given) == []
