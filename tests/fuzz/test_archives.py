"""Archives mutated: no byte is lost or taken twice, nothing raises, what the change left alone is kept."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ccnet_lite.archives.record import Damage, Record
from tests.archives.archive_making import read, real_archives, records_of
from tests.archives.test_records_damage import ARCHIVES, Identity, identity
from tests.fuzz.effort import fuzzed
from tests.fuzz.mutations import Change, changed_often, changed_once

LARGEST = 200_000
SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL = [path.read_bytes() for path in real_archives(SHARED) if 0 < path.stat().st_size < LARGEST]
OWN = [ARCHIVES[name] for name in sorted(ARCHIVES)]


@cache
def untouchable(archive: bytes) -> list[tuple[Record, int, int]]:
    """Records in bytes of their own, and where: alone in their gzip member, as long as they say.

    None, where the archive is not sound: what a fault may hide, a change of its neighbour may.

    A plain one ends in its separator: what is put behind one that has none would be a change of it.
    """
    items = read(archive)
    if any(isinstance(item, Damage) for item in items):
        return []
    begun = Counter(item.offset for item in items)
    begins = {item.offset for item in items if item.member_offset == 0} | {len(archive)}
    return [
        (record, record.offset, record.offset + record.length)
        for record in records_of(items)
        if record.member_offset == 0
        and begun[record.offset] == 1
        and record.offset + record.length in begins  # it does not end within another member
        and record.headers.get("content-length") == str(record.content_length)
        and (archive.startswith(b"\x1f\x8b", record.offset) or separated(archive, record) or not record.record_id)
    ]


def separated(archive: bytes, record: Record) -> bool:
    """Whether a plain WARC record ends with what separates records, behind its block."""
    end = record.offset + record.length
    return any(
        archive.endswith(two_lines, record.offset, end)
        and archive.find(two_lines, record.offset) + record.content_length + 2 * len(two_lines) == end
        for two_lines in (b"\r\n\r\n", b"\n\n")
    )


def touches(change: Change, first: int, last: int, arc: bool) -> bool:
    """Whether a change reaches a record. What tells an ARC record is that it begins a line."""
    return change.start < last and (first < _reach(change) or (arc and first == change.end))


def _reach(change: Change) -> int:
    """Where what a change touches ends: a gzip header that it leaves takes the ten bytes from where it begins."""
    end = change.end + len(change.after) - len(change.before)
    header = change.after.rfind(b"\x1f\x8b", max(0, end - 10), end + 1)
    return change.end if header < 0 else max(change.end, change.end + header + 10 - end)


def told(lost: Counter[Identity], items: list[Record | Damage], change: Change) -> set[str]:
    """The ids of lost records that the reader doubts, or has to take for part of what was changed.

    Behind what can be a gzip header, whole records may be a broken member's: kept if a digest proves them. And a
    record's length, after the change, may come to meet the end of a later record, or reach beyond the last: then
    what looks like records within it may be a page's.
    """
    damages = [item for item in items if isinstance(item, Damage)]
    ids = {item.record_id for item in damages if item.error in ("unproven", "digest_mismatch")}
    changed_to = change.end + len(change.after) - len(change.before)
    held = [
        item
        for item in items
        if item.offset < changed_to
        and item.offset + item.length > change.start
        and (isinstance(item, Record) or item.error == "truncated_record")
    ]
    within = b"".join(change.after[item.offset : item.offset + item.length] for item in held)
    return ids | {key[2] for key in lost if key[2] and key[2].encode() in within}


@fuzzed
@given(st.one_of(changed_once(OWN), changed_once(REAL or OWN)))
def test_a_change_costs_only_the_records_that_it_touches(change: Change) -> None:
    # An archive is WARC or ARC: by what its first record is.
    if change.before.startswith(b"filedesc:"):
        assume(b"WARC/" not in change.after and change.after.startswith(b"filedesc:"))
    sound = Counter(
        identity(record)
        for record, first, last in untouchable(change.before)
        if not touches(change, first, last, arc=not record.record_id)
    )
    items = read(change.after)
    lost = sound - Counter(map(identity, records_of(items)))
    doubted = told(lost, items, change)
    assert not [key[:3] for key in lost if key[2] not in doubted]


@fuzzed
@given(st.one_of(changed_often(OWN), changed_often(REAL or OWN)))
def test_every_byte_is_taken_whatever_they_are(data: bytes) -> None:
    read(data, max_record_bytes=100_000)


@pytest.mark.skipif(not REAL, reason="needs the real data in shared/ beside the checkout")
def test_there_are_real_archives() -> None:
    assert len(REAL) > 100
