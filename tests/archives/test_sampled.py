"""Samples of an archive: disjoint, seeded, read as the whole would be."""

from collections import Counter
from pathlib import Path

import pytest

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.record import Damage
from ccnet_lite.archives.sampled import sample_archive
from ccnet_lite.settings import Settings
from tests.archives.archive_making import numbered, read, records_of
from tests.archives.test_records_damage import ARCHIVES, identity

SETTINGS = Settings()


def shard(tmp_path: Path, data: bytes, name: str = "a.warc.wet.gz") -> Shard:
    path = tmp_path / name
    path.write_bytes(data)
    return Shard(0, str(path), "segment", len(data))


@pytest.mark.parametrize("name", sorted(ARCHIVES))
def test_samples_are_disjoint_and_hold_records_of_the_whole(tmp_path: Path, name: str) -> None:
    whole = read(ARCHIVES[name])
    taken = sample_archive(shard(tmp_path, ARCHIVES[name]), SETTINGS, (3, 2), 7, tmp_path)
    assert taken.bytes == len(ARCHIVES[name]) and taken.items == len(whole)
    assert taken.sample_bytes == tuple(path.stat().st_size for path in taken.samples)
    sampled = Counter(identity(record) for path in taken.samples for record in records_of(read(path.read_bytes())))
    held = Counter(identity(record) for record in records_of(whole))
    if name == "arc":  # every sample begins with what says that it is one
        sampled -= Counter([identity(records_of(whole)[0])])
    assert sampled and sampled <= held


def test_samples_of_arc_are_arc(tmp_path: Path) -> None:
    taken = sample_archive(shard(tmp_path, ARCHIVES["arc"], "a.arc"), SETTINGS, (2, 2), 7, tmp_path)
    for path in taken.samples:
        items = read(path.read_bytes())
        assert records_of(items)[0].url.startswith("filedesc:")
        assert not any(isinstance(item, Damage) for item in items)


def test_the_seed_says_which(tmp_path: Path) -> None:
    data = b"".join(numbered(40))

    def ids(seed: int) -> list[str]:
        folder = tmp_path / str(seed)
        folder.mkdir(exist_ok=True)
        taken = sample_archive(shard(tmp_path, data, "a.warc"), SETTINGS, (10,), seed, folder)
        assert taken.sample_items == (10,)
        return [record.record_id for record in records_of(read(taken.samples[0].read_bytes()))]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


def test_a_small_archive_is_shared_out(tmp_path: Path) -> None:
    data = b"".join(numbered(6))
    taken = sample_archive(shard(tmp_path, data, "a.warc"), SETTINGS, (50, 50), 1, tmp_path)
    assert taken.sample_items == (3, 3)
    assert sum(taken.sample_bytes) == len(data)


def test_damage_is_sampled_with_the_rest(tmp_path: Path) -> None:
    pieces = list(numbered(6))
    pieces[3] = b"no record at all, but bytes\r\n\r\n"
    data = b"".join(pieces)
    taken = sample_archive(shard(tmp_path, data, "a.warc"), SETTINGS, (50,), 1, tmp_path)
    assert [type(item) for item in read(taken.samples[0].read_bytes())].count(Damage) == 1
