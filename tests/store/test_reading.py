"""No changed byte of a table's file passes for rows: of a small file by its sum, of a large one page by page."""

import zlib
from pathlib import Path

import pyarrow as pa
import pytest

from ccnet_lite.errors import UnreadFile
from ccnet_lite.store import reading
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import content_problem, read_file, read_shard, read_table
from ccnet_lite.store.tables import DataFile, Table, put_table
from ccnet_lite.store.writing import PartWriter
from tests.faults import Faults, breaking
from tests.tables import batch_of

ROWS = [{"doc_id": f"{n:032x}", "shard": 0, "position": n, "perplexity": n / 7} for n in range(400)]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return made(Place(str(tmp_path)))


def made(run: Place) -> Table:
    writer = PartWriter(run, "perplexities", "f", "part-000000.parquet")
    writer.write(batch_of("perplexities", ROWS))
    return put_table(run, "perplexities", "f", [writer.close()])


def only(table: Table) -> tuple[DataFile, Path]:
    (file,) = table.files
    return file, table.place(file).path


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
def test_the_sum_is_that_of_the_file(tmp_path: Path, store: bool) -> None:
    with breaking(Faults(), tmp_path, store) as run:
        table = made(run)
        (file,) = table.files
        content = table.place(file).read_bytes()
    assert (file.crc32, file.bytes) == (zlib.crc32(content), len(content))


def test_every_changed_byte_of_a_small_file_is_told(table: Table) -> None:
    file, path = only(table)
    content = path.read_bytes()
    for at in range(0, len(content), 37):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(UnreadFile) as error:
            read_table(table)
        assert str(error.value) == f"{path} has changed since it was written"
        with pytest.raises(UnreadFile):
            list(read_shard(table, 0))
        assert content_problem(table.place(file), file) == "has changed since it was written"
    path.write_bytes(content)
    assert read_table(table).to_pylist() == pa.Table.from_batches(read_shard(table, 0)).to_pylist()


def test_no_changed_page_of_a_large_file_passes_for_rows(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WHOLE_BYTES", 0)
    _, path = only(table)
    content = path.read_bytes()
    whole = read_table(table)
    told = 0
    places = range(4, len(content) * 3 // 4, 11)  # in front of the footer
    for at in places:
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        try:
            assert read_table(table) == whole, at
        except UnreadFile as error:
            assert str(error).startswith(f"{path} cannot be read: ")
            told += 1
    assert told > len(places) * 0.9


@pytest.mark.parametrize("crc32", [None, 1])
def test_what_befell_a_file_is_said(table: Table, crc32: int | None) -> None:
    file, path = only(table)
    place = table.place(file)
    assert content_problem(place, file) == ""
    known = file.model_copy(update={"crc32": crc32 and file.crc32})
    content = path.read_bytes()
    assert content_problem(place, known) == ""
    path.write_bytes(content[:60] + b"xxxxx" + content[65:])
    assert content_problem(place, known).startswith("cannot be read: " if crc32 is None else "has changed since")
    path.write_bytes(content[:-1])
    assert content_problem(place, known) == f"has {len(content) - 1:,} bytes, not {len(content):,}"
    path.unlink()
    assert content_problem(place, known) == "is missing"
    path.mkdir()
    assert content_problem(place, known) == "is a folder"
    path.rmdir()
    path.symlink_to("/nowhere")
    assert content_problem(place, known) == "is missing"


def test_a_file_of_before_there_were_sums_is_read(table: Table) -> None:
    file, path = only(table)
    old = file.model_copy(update={"crc32": None})
    assert sum(batch.num_rows for batch in read_file(table.place(file), file=old)) == len(ROWS)
    path.write_bytes(b"PAR1")
    with pytest.raises(UnreadFile, match=r"part-000000.parquet cannot be read: "):
        list(read_file(table.place(file), file=old))
