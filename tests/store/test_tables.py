"""Tables: written whole, digested on the way, pointed at last, cleared of what is not theirs; no JVM."""

import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.settings import HEURISTICS
from ccnet_lite.store.digest import digest_batches, digest_text
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, read_file, read_shard, read_table
from ccnet_lite.store.schema import arrow_schema, difference, schema_json, table_names
from ccnet_lite.store.tables import DataFile, Table, begin_replacing, clear_older, load_table, put_table
from ccnet_lite.store.writing import PartWriter, cut_by_shard, write_rows
from tests.tables import batch_of, put


def rows(shard: int, *ids: str) -> pa.RecordBatch:
    return batch_of(
        "perplexities",
        [{"doc_id": i, "shard": shard, "position": n, "perplexity": float(n)} for n, i in enumerate(ids)],
    )


@pytest.fixture
def run(tmp_path: Path) -> Place:
    return Place(str(tmp_path))


def write(run: Place, name: str, *batches: pa.RecordBatch, fingerprint: str = "f", **options: Any) -> DataFile:
    writer = PartWriter(run, "perplexities", fingerprint, name, **options)
    for batch in batches:
        writer.write(batch)
    return writer.close()


def files(run: Place) -> list[str]:
    return [entry.name for entry in run.entries()]


@pytest.mark.parametrize("name", table_names())
def test_schema_files(name: str) -> None:
    """Every field has a comment that ends, no name stands twice, and Arrow reads the same columns."""
    fields = schema_json(name)["fields"]
    assert schema_json(name)["version"] >= 1
    assert all(field["metadata"]["comment"].endswith(".") for field in fields)
    assert [field["name"] for field in fields] == arrow_schema(name).names
    assert len(set(arrow_schema(name).names)) == len(fields)


def test_the_columns_of_the_heuristics_stand_in_signals_as_they_are_listed() -> None:
    names = arrow_schema("signals").names
    first = names.index(HEURISTICS[0].column)
    assert names[first : first + len(HEURISTICS)] == [each.column for each in HEURISTICS]
    for each in HEURISTICS:
        field = arrow_schema("signals").field(each.column)
        assert (field.type, field.nullable) == (pa.float64(), True)
        assert field.metadata[b"comment"].decode() == each.comment


def test_a_part_appears_when_closed_and_reads_back(run: Place) -> None:
    writer = PartWriter(run, "perplexities", "f", "part-000003.parquet")
    writer.write(rows(3, "a", "b"))
    assert not [name for name in files(run) if not name.startswith("_work/")]
    file = writer.close()
    assert (file.name, file.rows, file.first_shard, file.last_shard) == ("f/part-000003.parquet", 2, 3, 3)
    assert files(run) == ["perplexities/f/part-000003.parquet"]
    table = put_table(run, "perplexities", "f", [file])
    assert read_table(table, ["doc_id"])["doc_id"].to_pylist() == ["a", "b"]
    assert table.place(file).path.stat().st_size == file.bytes


def test_a_file_s_digest_is_that_of_its_rows_however_they_came(run: Place) -> None:
    whole = write(run, "a", rows(0, "a", "b", "c"))
    cut = write(run, "b", rows(0, "a", "b", "c").slice(0, 1), rows(0, "a", "b", "c").slice(1), row_group_bytes=1)
    first, second, count = digest_batches(read_file(run / "perplexities" / "f" / "b"))
    assert whole.digest == cut.digest == (first, second) and count == 3
    two = put_table(run, "perplexities", "f", [whole, write(run, "c", rows(1, "d"))])
    again = digest_batches(batch for file in two.files for batch in read_file(two.place(file)))
    assert two.digest == digest_text(*again[:2])


def test_an_abandoned_part_and_one_that_cannot_be_closed_leave_nothing(
    run: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = PartWriter(run, "perplexities", "f", "part-000000.parquet")
    writer.write(rows(0, "a"))
    writer.abandon()
    assert files(run) == []

    def full(_: pq.ParquetWriter) -> None:
        raise OSError(28, "No space left on device")

    writer = PartWriter(run, "perplexities", "f", "part-000000.parquet")
    writer.write(rows(0, "a"))
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(pq.ParquetWriter, "close", full)
        writer.close()
    assert files(run) == []


def test_two_attempts_of_one_task_at_once_leave_one_whole_file(run: Place) -> None:
    one = PartWriter(run, "perplexities", "f", "part-000000.parquet")
    two = PartWriter(run, "perplexities", "f", "part-000000.parquet")
    for writer in (one, two):  # in the same process: a name made from its number alone would be the same
        writer.write(rows(0, "a", "b"))
    first = one.close()
    two.write(rows(0, "c").slice(0, 0))
    assert two.close() == first
    assert files(run) == ["perplexities/f/part-000000.parquet"]
    found: list[DataFile] = []
    gate = threading.Barrier(6)

    def attempt() -> None:
        gate.wait()
        found.append(write(run, "part-000001.parquet", *(rows(1, "a", "b") for _ in range(20)), row_group_bytes=1))

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    table = put_table(run, "perplexities", "f", found[:1])
    assert table.damage() == "" and read_table(table).num_rows == 40


def test_a_batch_that_does_not_fit_is_refused_by_column(run: Place) -> None:
    writer = PartWriter(run, "perplexities", "f", "x")
    wrong = pa.RecordBatch.from_pydict({"doc_id": [1], "shard": pa.array([0], pa.int32()), "more": [2]})
    with pytest.raises(
        RunFailed,
        match=r"perplexities.*missing position, perplexity; extra more; mistyped doc_id is int64, not string",
    ):
        writer.write(wrong)
    writer.abandon()


def test_difference_ignores_order_and_list_element_names() -> None:
    left = pa.schema([("a", pa.int32()), ("b", pa.list_(pa.field("element", pa.int64())))])
    right = pa.schema([("b", pa.list_(pa.field("item", pa.int64()))), ("a", pa.int32())])
    assert difference(left, right) == ""
    assert difference(left, pa.schema([("a", pa.int32())])) == "missing b"
    assert difference(left, pa.schema([("a", pa.int32()), ("b", pa.list_(pa.int32()))])).startswith(
        "mistyped b is"
    )


def test_row_groups_follow_bytes_not_batches(run: Place) -> None:
    write(run, "bytes", *(rows(0, doc_id) for doc_id in "abc"), row_group_bytes=1)
    write(run, "gathered", *(rows(0, doc_id) for doc_id in "abc"))
    groups = [
        pq.ParquetFile(run.path / "perplexities" / "f" / name).num_row_groups for name in ("bytes", "gathered")
    ]
    assert groups == [3, 1]


def test_by_shard_a_row_group_ends_with_its_shard_and_readers_find_their_own(run: Place) -> None:
    batches = [rows(2, "a", "b"), rows(2, "c"), rows(5, "d"), rows(7, "e", "f")]
    file = write(run, "part", *batches, by_shard=True)
    assert (file.first_shard, file.last_shard, file.rows) == (2, 7, 6)
    found = pq.ParquetFile(run.path / "perplexities" / "f" / "part")
    assert [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)] == [3, 1, 2]
    table = put_table(run, "perplexities", "f", [file])
    by_shard = {
        shard: [i for batch in read_shard(table, shard, ["doc_id"]) for i in batch["doc_id"].to_pylist()]
        for shard in range(1, 9)
    }
    assert by_shard == {1: [], 2: ["a", "b", "c"], 3: [], 4: [], 5: ["d"], 6: [], 7: ["e", "f"], 8: []}
    # One row group for several shards is read, too.
    loose = put_table(run, "perplexities", "f", [write(run, "loose", *batches)])
    reader = ShardReader({"perplexities": loose}, 5)
    assert reader.whole("perplexities", ["doc_id", "position"]).to_pylist() == [{"doc_id": "d", "position": 0}]
    assert reader.whole("clusters", ["doc_id"]).num_rows == 0
    assert "perplexities" in reader and "clusters" not in reader


def test_rows_of_the_driver(run: Place) -> None:
    table = pa.Table.from_batches([rows(0, "a"), rows(3, "b", "c")])
    (file,) = write_rows(table, run, "perplexities", "f", by_shard=True)
    assert (file.rows, file.first_shard, file.last_shard) == (3, 0, 3)
    assert write_rows(table.slice(0, 0), run, "perplexities", "g") == []
    pieces = cut_by_shard(table.combine_chunks().to_batches()[0])
    assert [piece["doc_id"].to_pylist() for piece in pieces] == [["a"], ["b", "c"]]
    assert cut_by_shard(rows(0)) == []


def test_a_table_is_there_when_its_pointer_is(run: Place) -> None:
    file = write(run, "part", rows(0, "a"))
    assert load_table(run, "perplexities") is None
    empty = DataFile(name="f/none", rows=0, bytes=0)
    put = put_table(run, "perplexities", "f", [file, empty], {"settings": 1}, {"sum": 3})
    found = load_table(run, "perplexities")
    assert found == put and found is not None
    assert (found.rows, found.files, found.is_current) == (1, (file,), True)
    assert (found.manifest.inputs, found.manifest.tally) == ({"settings": 1}, {"sum": 3})
    nothing = put_table(run, "clusters", "f", [])
    assert (nothing.rows, nothing.files, nothing.damage(), read_table(nothing).num_rows) == (0, (), "", 0)


def test_files_stand_in_the_order_of_their_shards(run: Place) -> None:
    late, early = write(run, "a", rows(9, "x")), write(run, "b", rows(1, "y"))
    table = put_table(run, "perplexities", "f", [late, early])
    assert table.files == (early, late)
    assert table.by_shard == {9: [late], 1: [early]}


def test_damage_is_named(run: Place) -> None:
    table = put(run, "perplexities", [{"doc_id": "a", "shard": 0}, {"doc_id": "b", "shard": 1}])
    assert table.damage() == ""
    path = run.path / "perplexities" / "f" / "part-000001.parquet"
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    assert f"part-000001.parquet has {len(content) + 1:,} bytes, not {len(content):,}" in table.damage()
    path.unlink()
    assert table.damage().endswith("f/part-000001.parquet is missing")


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"null", b"\xff", b'{"files": [{"rows": 1}]}'])
def test_a_damaged_pointer_is_named(run: Place, content: bytes) -> None:
    (run / "perplexities" / "_manifest.json").write_bytes(content)
    with pytest.raises(UserError, match=r"perplexities/_manifest.json is damaged \(.*again, which makes"):
        load_table(run, "perplexities")


def test_what_no_pointer_lists_goes_and_what_one_lists_stays(run: Place) -> None:
    old = put(run, "perplexities", [{"doc_id": "a"}], "old")
    write(run, "half", rows(0, "x"), fingerprint="killed")
    (run / "perplexities" / "._manifest.json.abc.tmp").write_bytes(b"half")
    clear_older(run, "perplexities")
    assert files(run) == ["perplexities/_manifest.json", "perplexities/old/part-000000.parquet"]
    assert old.damage() == ""
    put(run, "perplexities", [{"doc_id": "b"}], "new")
    write(run, "left", rows(0, "x"), fingerprint="new")
    assert old.damage() == "", "a table that stood was touched before its successor was whole"
    clear_older(run, "perplexities")
    assert files(run) == ["perplexities/_manifest.json", "perplexities/new/part-000000.parquet"]


def test_two_tables_in_one_folder_spare_each_other(run: Place) -> None:
    def part(table: str, fingerprint: str) -> DataFile:
        writer = PartWriter(run, table, fingerprint, "part.parquet")
        writer.write(batch_of(table, [{"outcome": "bad"}]))
        return writer.close()

    decided = put_table(run, "ledger_decided", "d1", [part("ledger_decided", "d1")])
    whole = put_table(run, "ledger", "l1", [part("ledger", "l1"), *decided.files])
    for name in ("ledger", "ledger_decided"):
        clear_older(run, name)
    assert decided.damage() == whole.damage() == ""
    again = put_table(run, "ledger_decided", "d2", [part("ledger_decided", "d2")])
    clear_older(run, "ledger_decided")
    assert (again.damage(), whole.damage()) == ("", ""), "the ledger still lists what was decided before"
    put_table(run, "ledger", "l2", [part("ledger", "l2"), *again.files])
    clear_older(run, "ledger")
    assert files(run) == [
        *("ledger/_manifest.json", "ledger/_manifest.ledger_decided.json"),
        *("ledger/d2/part.parquet", "ledger/l2/part.parquet"),
    ]


def test_corpus_files_have_plain_names_and_say_when_they_are_being_replaced(run: Place) -> None:
    def corpus(fingerprint: str, *names: str) -> Table:
        found = []
        for name in names:
            writer = PartWriter(run, "corpus", fingerprint, name)
            writer.write(batch_of("corpus", [{"doc_id": fingerprint}]))
            found.append(writer.close())
        return put_table(run, "corpus", fingerprint, found)

    name = "subset=eng_Latn/quality=head/part-en_00000-000.parquet"
    gone = "subset=xx_Latn/quality=head/part-xx_00000-000.parquet"
    table = corpus("f1", name, gone)
    assert [file.name for file in table.files] == [name, gone]
    begin_replacing(run, "corpus", "f1")
    begin_replacing(run, "perplexities", "f1")
    assert table.damage() == ""
    begin_replacing(run, "corpus", "f2")
    assert table.damage().endswith("corpus is in part replaced by another")
    assert corpus("f2", name).damage() != "", "until what another began is cleared"
    clear_older(run, "corpus")
    assert files(run) == ["corpus.manifest.json", f"corpus/{name}"]
    found = load_table(run, "corpus")
    assert found is not None and found.damage() == ""


def test_hashes_are_stored_as_they_are_and_the_rest_compressed(run: Place) -> None:
    row = {"doc_id": "d", "signature": bytes(range(16)), "bands": [7, 8, 7]}
    batch = batch_of("signals", [row | {"shard": 0, "position": n} for n in range(3)])
    writer = PartWriter(run, "signals", "f", "part-000000.parquet", level=3)
    writer.write(batch)
    path = str((run / "signals" / writer.close().name).path)
    assert pq.read_table(path).to_batches() == [batch]
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    plain = {name for name, column in columns.items() if column.compression == "UNCOMPRESSED"}
    assert plain == {"signature", "bands.list.element"}
    dictionaries = {name for name, column in columns.items() if "RLE_DICTIONARY" in column.encodings}
    assert "doc_id" in dictionaries and not plain & dictionaries
