"""Each file operation of a run in turn fails, or is the last before a kill; the same command then goes on.

The steps are small and run in this process; the engine, the stages' markers, the tables and the writers are
the run's own.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import UnreadFile
from ccnet_lite.run.engine import Run, Step, Written, run_steps
from ccnet_lite.run.folder import claim
from ccnet_lite.run.models import Models
from ccnet_lite.run.pipeline import clear_work
from ccnet_lite.settings import Settings
from ccnet_lite.stages import by_shard
from ccnet_lite.stages.by_shard import Tally, Work, files_by_table, run_by_shard
from ccnet_lite.store.digest import digest_batches, digest_text
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, read_file
from ccnet_lite.store.tables import PLAIN, load_table
from ccnet_lite.store.writing import write_rows
from tests.faults import Faults, Killed, breaking
from tests.tables import batch_of

SHARDS = [Shard(0, "/a", "a", 1), Shard(1, "/b", "b", 1)]
TABLES = ("masks", "layout", "perplexities", "ledger_decided", "corpus", "ledger")


def masks(value: int, reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
    tally["rows"] = 2
    yield "masks", batch_of("masks", [{"shard": reader.shard, "key": value + n, "reason": "r"} for n in (0, 1)])


def decided(value: int, reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
    keys = reader.whole("masks", ["key"])["key"].to_pylist()
    for key in keys:
        row = {"doc_id": f"{reader.shard}-{key}", "shard": reader.shard, "position": 0, "perplexity": value}
        yield "perplexities", batch_of("perplexities", [row])
    yield "ledger_decided", batch_of("ledger_decided", [{"outcome": "bad", "rule": str(key)} for key in keys])


def corpus(value: int, reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
    ids = reader.whole("perplexities", ["doc_id"])["doc_id"].to_pylist()
    yield "corpus", batch_of("corpus", [{"doc_id": doc_id, "url": f"u{value}"} for doc_id in ids])
    yield "ledger", batch_of("ledger", [{"doc_id": doc_id, "outcome": "kept"} for doc_id in ids])


def step(
    name: str, inputs: tuple[str, ...], outputs: tuple[str, ...], kernel: Callable[..., Any], value: int
) -> Step:
    shardwise = tuple(each for each in outputs if each != "layout")

    def write(run: Run, work: Work) -> Written:
        tables = {each: run.tables[each] for each in inputs}
        done, _ = run_by_shard(cast(Any, None), run.numbers, partial(kernel, value), tables, shardwise, work)
        files = files_by_table(done.values(), shardwise)
        if "layout" in outputs:
            rows = pa.Table.from_batches(
                [batch_of("layout", [{"shard": 0, "language": "en", "documents": value}])]
            )
            files["layout"] = write_rows(rows, run.folder, "layout", work.fingerprint)
        if "ledger" in outputs:
            files["ledger"] += run.tables["ledger_decided"].files
        return Written(files, {"shards": len(done)})

    return Step(name, inputs, outputs, lambda _: {"value": value}, write)


def steps(value: int, last: int | None = None) -> list[Step]:
    return [
        step("first", (), ("masks", "layout"), masks, value),
        step("second", ("masks",), ("perplexities", "ledger_decided"), decided, value),
        step("third", ("perplexities", "ledger_decided"), ("corpus", "ledger"), corpus, last or value),
    ]


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where there is such a disk: some hundred thousand files are made and deleted."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Spark would do: hand each shard to the task."""

    def ask(_: Any, shards: list[int], task: Callable[[ShardReader], str], inputs: Any) -> list[tuple[int, str]]:
        return [(shard, task(ShardReader(inputs, shard))) for shard in shards]

    monkeypatch.setattr(by_shard, "ask_shards", ask)


def go(place: Place, value: int, last: int | None = None) -> None:
    claim(place, SHARDS)
    run = Run(place, SHARDS, Settings(), cast(Models, None))
    run_steps(run, steps(value, last))
    clear_work(run)


def digests(place: Place) -> dict[str, str]:
    """Of the tables that stand, by what lies in their files and not by what their manifests say."""
    found = {}
    for name in TABLES:
        table = load_table(place, name)
        if table is not None and not (name in PLAIN and table.damage()):
            assert table.damage() == ""
            batches = (batch for file in table.files for batch in read_file(table.place(file)))
            first, second, rows = digest_batches(batches)
            found[name] = digest_text(first, second)
            if name not in PLAIN:
                assert (found[name], rows) == (table.digest, table.rows), name
    return found


def files_below(root: Path) -> set[str]:
    return {str(path.relative_to(root / "bucket" / "run")) for path in root.rglob("*") if path.is_file()}


def untroubled(root: Path, store: bool, *values: tuple[int, int | None]) -> tuple[dict[str, str], set[str], int]:
    """Digests and files after runs one after another, and the operations of the last."""
    for value, last in values:
        faults = Faults()
        with breaking(faults, root, store) as place:
            go(place, value, last)
            count = len(faults.done)
            found = digests(place)
    return found, files_below(root), count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "kill", "stride"),
    [
        pytest.param(False, False, 1, id="disk fails"),
        pytest.param(True, True, 1, id="store killed"),
        pytest.param(False, True, 3, id="disk killed"),
        pytest.param(True, False, 3, id="store fails"),
    ],
)
def test_a_run_goes_on_after_a_fault_at_any_operation(folder: Path, store: bool, kill: bool, stride: int) -> None:
    expected, files, count = untroubled(folder / "whole", store, (1, None))
    assert set(expected) == set(TABLES) and count > 60
    assert {name.split("/")[0] for name in files} == {*TABLES, "run.json"} - {"ledger_decided"}
    for at in range(1, count + 1, stride):
        root = folder / str(at)
        faults = Faults(at, kill)
        with breaking(faults, root, store) as place:
            try:
                go(place, 1)
                assert not kill
            except (OSError, UnreadFile, Killed):
                pass
        assert faults.struck
        with breaking(Faults(), root, store) as place:
            standing = digests(place)
            assert standing.items() <= expected.items(), (at, faults.done[-1])
            go(place, 1)
            assert digests(place) == expected, (at, faults.done[at - 1])
        assert files_below(root) == files, (at, faults.done[at - 1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "changed", "again", "stride"),
    [
        pytest.param(False, (2, 2), (2, 2), 2, id="disk, new settings again"),
        pytest.param(True, (2, 2), (2, 2), 3, id="store, new settings again"),
        pytest.param(True, (2, 2), (1, 1), 2, id="store, the old settings again"),
        # Corpus files keep their names, and one of other rows may have as many bytes.
        pytest.param(False, (1, 3), (1, 1), 2, id="disk, another corpus of as many bytes"),
    ],
)
def test_tables_stand_until_others_are_whole(
    folder: Path, store: bool, changed: tuple[int, int], again: tuple[int, int], stride: int
) -> None:
    old, _, _ = untroubled(folder / "old", store, (1, 1))
    shutil.copytree(folder / "old", folder / "whole")
    new, _, count = untroubled(folder / "whole", store, changed)
    differ = [name for name in TABLES if old[name] != new[name]]
    assert differ == (list(TABLES) if changed == (2, 2) else ["corpus"])
    expected, files, _ = untroubled(folder / "whole", store, again)
    for at in range(1, count + 1, stride):
        root = folder / str(at)
        shutil.copytree(folder / "old", root)
        faults = Faults(at, kill=True)
        with breaking(faults, root, store) as place, pytest.raises(Killed):
            go(place, *changed)
        with breaking(Faults(), root, store) as place:
            standing = digests(place)
            assert standing.keys() >= set(TABLES) - set(PLAIN), (at, faults.done[-1])
            for name in standing.keys() - set(PLAIN):
                assert standing[name] in (old[name], new[name]), (at, name)
            go(place, *again)
            assert digests(place) == expected, (at, faults.done[-1])
        assert files_below(root) == files, (at, faults.done[-1])


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
def test_a_file_that_is_gone_is_made_again_though_its_marker_stands(
    folder: Path, store: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with breaking(Faults(), folder, store) as place:
        with monkeypatch.context() as patch:  # killed before what only a step under way needs was deleted
            patch.setattr(Place, "delete_all", lambda self: None)
            go(place, 1)
        expected = digests(place)
        assert (place / "_work").children()
        (lost,) = (folder / "bucket" / "run" / "masks").rglob("part-000001.parquet")
        lost.unlink()
        go(place, 1)
        assert digests(place) == expected
        assert not (place / "_work").children()
