"""Shards worked on one by one: what is done is not done again, what fails leaves nothing; tasks run here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

from ccnet_lite.archives.errors import UnreadArchive
from ccnet_lite.stages import by_shard
from ccnet_lite.stages.by_shard import (
    Done,
    StartAnew,
    Tally,
    Unread,
    Work,
    files_by_table,
    run_by_shard,
    write_shard,
)
from ccnet_lite.store.json_files import read_stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, read_table
from ccnet_lite.store.tables import DataFile, put_table
from tests.tables import batch_of

Kernel = Callable[[ShardReader, Tally], Iterator[tuple[str, pa.RecordBatch]]]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_: Any, shards: list[int], task: Callable[[ShardReader], str], inputs: Any) -> list[tuple[int, str]]:
        return [(shard, task(ShardReader(inputs, shard))) for shard in reversed(shards)]

    monkeypatch.setattr(by_shard, "ask_shards", ask)


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(Place(str(tmp_path)), "step", "f1")


def files_below(work: Work) -> list[str]:
    return [entry.name for entry in work.run.entries()]


def rows(shard: int, *ids: str) -> tuple[str, pa.RecordBatch]:
    return "masks", batch_of("masks", [{"shard": shard, "key": int(i), "reason": "r"} for i in ids])


def go(work: Work, kernel: Kernel, *shards: int) -> tuple[dict[int, Done], list[Unread]]:
    return run_by_shard(cast(Any, None), list(shards), kernel, {}, ("masks", "clusters"), work)


def test_each_shard_writes_a_file_and_says_what_it_holds(work: Work) -> None:
    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield rows(reader.shard, "1")
        yield "masks", batch_of("masks", [])
        yield rows(reader.shard, "2", "3")
        tally["rows"] = 3

    done, unread = go(work, kernel, 4, 7)
    assert list(done) == [4, 7] and unread == []
    assert [each.tally for each in done.values()] == [{"rows": 3}] * 2
    files = files_by_table(done.values(), ("masks", "clusters"))
    assert [(f.name, f.rows, f.first_shard, f.last_shard) for f in files["masks"]] == [
        ("f1/part-000004.parquet", 3, 4, 4),
        ("f1/part-000007.parquet", 3, 7, 7),
    ]
    assert files["clusters"] == []
    assert read_stored(work.marker("000004"), Done, "") == done[4]
    table = put_table(work.run, "masks", "f1", files["masks"])
    assert table.damage() == "" and read_table(table)["key"].to_pylist() == [1, 2, 3, 1, 2, 3]


def test_a_shard_without_a_shard_column_is_known_by_its_file(work: Work) -> None:
    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield "ledger", batch_of("ledger", [{"outcome": "bad"}])

    done = write_shard(ShardReader({}, 5), kernel, ("ledger",), work)
    assert (done.files["ledger"][0].first_shard, done.files["ledger"][0].last_shard) == (5, 5)


def test_what_is_done_is_not_done_again(work: Work) -> None:
    asked: list[int] = []

    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        asked.append(reader.shard)
        yield rows(reader.shard, "1")

    first, _ = go(work, kernel, 0, 1)
    again, _ = go(work, kernel, 0, 1, 2)
    assert sorted(asked) == [0, 1, 2]
    assert {shard: again[shard] for shard in first} == first
    other, _ = go(Work(work.run, "step", "f2"), kernel, 0)
    assert asked.count(0) == 2 and other[0].files["masks"][0].name == "f2/part-000000.parquet"


def test_an_archive_that_could_not_be_read_is_told_and_leaves_nothing(work: Work) -> None:
    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield rows(reader.shard, "1")
        if reader.shard == 1:
            raise UnreadArchive("b.gz", "/b.gz", "b.gz: refused (503)")

    done, unread = go(work, kernel, 0, 1, 2)
    assert list(done) == [0, 2]
    assert [each.shard for each in unread] == [1] and "refused (503)" in unread[0].reason
    assert not work.marker("000001").exists()
    assert not [name for name in files_below(work) if "000001" in name or "tmp" in name]


def test_a_kernel_that_fails_leaves_nothing_of_its_shard(work: Work) -> None:
    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield rows(reader.shard, "1")
        yield "clusters", batch_of("clusters", [{"doc_id": "a"}])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        go(work, kernel, 0)
    assert files_below(work) == []

    def strange(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield "ledger", batch_of("ledger", [{"outcome": "bad"}])

    with pytest.raises(ValueError, match="does not declare its output table ledger"):
        go(work, strange, 0)
    assert files_below(work) == []


def test_nothing_to_do(work: Work) -> None:
    assert go(work, lambda reader, tally: iter(()), *()) == ({}, [])
    done, _ = go(work, lambda reader, tally: iter(()), 3)
    assert done == {3: Done(files={}, tally={})}
    assert files_by_table([], ("masks",)) == {"masks": list[DataFile]()}


def test_a_kernel_that_starts_anew_leaves_nothing_of_its_first_rows(work: Work) -> None:
    def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        tally["first"] = 1
        yield rows(reader.shard, "1", "2")
        yield "clusters", batch_of("clusters", [])
        raise StartAnew(second)

    def second(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield rows(reader.shard, "3")
        tally["rows"] = 1

    done, unread = go(work, kernel, 4)
    assert unread == [] and done[4].tally == {"rows": 1}
    assert [(table, file.name, file.rows) for table, files in done[4].files.items() for file in files] == [
        ("masks", "f1/part-000004.parquet", 1)
    ]
    assert list((work.run / "_work" / "tmp").entries()) == []
