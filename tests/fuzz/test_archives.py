"""Archives mutated: no byte is lost or taken twice, nothing raises, what the change left alone is kept."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ccnet_lite.archives.record import Record
from tests.archives.archive_making import read, real_archives, records_of
from tests.archives.test_records_damage import ARCHIVES, identity
from tests.fuzz.effort import fuzzed
from tests.fuzz.mutations import Change, changed_often, changed_once

LARGEST = 200_000
SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL = [path.read_bytes() for path in real_archives(SHARED) if 0 < path.stat().st_size < LARGEST]
OWN = [ARCHIVES[name] for name in sorted(ARCHIVES)]


@cache
def untouchable(archive: bytes) -> list[tuple[Record, int, int]]:
    """Records in bytes of their own, and where: alone in their gzip member, as long as they say.

    A plain one ends in its separator: what is put behind one that has none would be a change of it.
    """
    items = read(archive)
    shared = Counter(item.offset for item in items)
    return [
        (record, record.offset, record.offset + record.length)
        for record in records_of(items)
        if record.member_offset == 0
        and shared[record.offset] == 1
        and record.headers.get("content-length") == str(record.content_length)
        and (
            archive.startswith(b"\x1f\x8b", record.offset)
            or archive[: record.offset + record.length].endswith(
                (record.content + b"\r\n\r\n", record.content + b"\n\n")
            )
            or not record.record_id  # ARC
        )
    ]


def touches(change: Change, first: int, last: int, arc: bool) -> bool:
    """Whether a change reaches a record. What tells an ARC record is that it begins a line."""
    return change.start < last and (first < change.end or (arc and first == change.end))


@fuzzed
@given(st.one_of(changed_once(OWN), changed_once(REAL or OWN)))
def test_a_change_costs_only_the_records_that_it_touches(change: Change) -> None:
    # An archive is WARC or ARC: by what its first record is.
    assume(not change.before.startswith(b"filedesc:") or b"WARC/" not in change.after)
    sound = Counter(
        identity(record)
        for record, first, last in untouchable(change.before)
        if not touches(change, first, last, arc=not record.record_id)
    )
    lost = sound - Counter(map(identity, records_of(read(change.after))))
    assert not lost, [key[:3] for key in lost]


@fuzzed
@given(st.one_of(changed_often(OWN), changed_often(REAL or OWN)))
def test_every_byte_is_taken_whatever_they_are(data: bytes) -> None:
    read(data, max_record_bytes=100_000)


@pytest.mark.skipif(not REAL, reason="needs the real data in shared/ beside the checkout")
def test_there_are_real_archives() -> None:
    assert len(REAL) > 100
