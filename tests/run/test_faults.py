"""Each file operation of a run in turn fails, or is the last before a kill; the same command then goes on.

The steps are small and run in this process; the engine, the stages' markers, the tables and the writers are
the run's own.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import UnreadFile, UserError
from ccnet_lite.finished.folders import new_folder
from ccnet_lite.finished.minify import MADE
from ccnet_lite.run import figures
from ccnet_lite.run.engine import Run, Step, Written, run_steps
from ccnet_lite.run.folder import RUN_FILE, check_claim, claim, held_shards
from ccnet_lite.run.index import Generation, commit_generation, generations_before, load_generations
from ccnet_lite.run.models import Models
from ccnet_lite.run.pipeline import clear_work
from ccnet_lite.settings import Settings
from ccnet_lite.stages import by_shard
from ccnet_lite.stages.by_shard import Tally, Work, files_by_table, run_by_shard
from ccnet_lite.store.digest import digest_batches, digest_text
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import PLAIN, load_table, put_table
from ccnet_lite.store.writing import write_rows
from tests.faults import Faults, Killed, breaking
from tests.fuzz.effort import long
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
    """What Spark would do: hand each shard to the task. What a run took of the machine is no part of this."""

    def ask(_: Any, shards: list[int], task: Callable[[ShardReader], str], inputs: Any) -> list[tuple[int, str]]:
        return [(shard, task(ShardReader(inputs, shard))) for shard in shards]

    monkeypatch.setattr(by_shard, "ask_shards", ask)
    monkeypatch.setattr(figures, "used_here", lambda: (0.0, 0))


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
            found[name], rows = digest_of(tuple(table.place(file).read_bytes() for file in table.files))
            if name not in PLAIN:
                assert (found[name], rows) == (table.digest, table.rows), name
    return found


@cache
def digest_of(contents: tuple[bytes, ...]) -> tuple[str, int]:
    """Of the rows in a table's files, and how many: after every fault the same few files are met."""
    batches = (batch for content in contents for batch in pq.read_table(pa.BufferReader(content)).to_batches())
    first, second, rows = digest_batches(batches)
    return digest_text(first, second), rows


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
    there = {name.split("/")[0] for name in files}
    assert there == {*TABLES, "run.json", "corpus.manifest.json"} - {"ledger_decided"}
    for at in range(1, count + 1, 1 if long() else stride):
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
    for at in range(1, count + 1, 1 if long() else stride):
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


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_first_run_file_cut_anywhere_is_written_again_by_the_same_run_only(folder: Path, at: int) -> None:
    place = Place(str(folder / "run"))
    claim(place, SHARDS)
    whole = (place / RUN_FILE).read_bytes()
    (place / RUN_FILE).path.write_bytes(whole[:at])
    if at > 40:  # in so much the files of two runs are the same
        with pytest.raises(UserError, match=r"run.json is damaged|holds another run"):
            claim(place, [Shard(0, "/other.gz", "other.gz", 1)])
    claim(place, SHARDS)
    assert (place / RUN_FILE).read_bytes() == whole
    (place / RUN_FILE).path.write_bytes(whole[: at // 2])
    (place / "thesis.tex").write_bytes(b"mine")
    with pytest.raises(UserError, match=r"run.json is damaged"):
        claim(place, SHARDS)


def test_a_run_file_that_is_lost_is_known_by_what_the_first_step_noted(folder: Path) -> None:
    place = Place(str(folder / "run"))
    claim(place, SHARDS)
    noted = {"archives": {"a": "file 1 2", "b": "file 3 4"}}
    for note in ("_work/ingest-f/begun.json", "documents/_manifest.json"):
        write_json(place / note, noted if "begun" in note else {"inputs": noted})
        for content in (None, b"\xff"):
            (place / RUN_FILE).delete() if content is None else (place / RUN_FILE).write_bytes(content)
            with pytest.raises(UserError, match=r"run.json is damaged|holds no run"):
                check_claim(place, SHARDS[:1])
            claim(place, SHARDS)
            assert held_shards(place) == SHARDS
        (place / note).delete()


NEAR = Settings().near_duplicates


def add_crawl(place: Place, name: str) -> list[str]:
    """What a run does with an index, by the functions that it calls; gives the crawls that it then holds."""
    before, _ = generations_before(load_generations(place, NEAR), place, [name])
    mark = digest_text(len(before), int(name))
    crawl = f"crawl-{len(before):04d}-{mark[:16]}"
    for table in ("index_documents", "index_pairs", "index_bands", "clusters"):
        put_table(place / crawl, table, mark, [])
    made = Generation(name=crawl, fingerprint=mark, documents=0, archives=(name,))
    commit_generation(place, before, made, NEAR)
    return [each.archives[0] for each in load_generations(place, NEAR)]


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
@pytest.mark.parametrize("kill", [False, True], ids=["fails", "killed"])
def test_an_index_goes_on_after_a_fault_at_any_operation(folder: Path, store: bool, kill: bool) -> None:
    for held in ([], ["1"], ["1", "2"]):
        with breaking(Faults(), folder / "count", store) as place:
            for name in held:
                add_crawl(place, name)
        faults = Faults()
        with breaking(faults, folder / "count", store) as place:
            add_crawl(place, "3")
        shutil.rmtree(folder / "count")
        for at in range(1, len(faults.done) + 1):
            root = folder / f"{len(held)}-{at}"
            with breaking(Faults(), root, store) as place:
                for name in held:
                    add_crawl(place, name)
            with breaking(Faults(at, kill), root, store) as place, suppress(OSError, Killed):
                add_crawl(place, "3")
            with breaking(Faults(), root, store) as place:
                assert add_crawl(place, "3") == [*held, "3"], at
                names = [name for name in place.children() if name.startswith("crawl-")]
                assert len(names) == len(held) + 1


def test_a_first_index_file_cut_anywhere_is_begun_again(folder: Path) -> None:
    place = Place(str(folder / "index"))
    add_crawl(place, "1")
    whole = (place / "index.json").read_bytes()
    for at in range(0, len(whole) - 1, 11):
        (place / "index.json").path.write_bytes(whole[:at])
        assert add_crawl(place, "1") == ["1"]
    add_crawl(place, "2")
    (place / "index.json").path.write_bytes(whole[:50])
    with pytest.raises(UserError, match=r"index.json is damaged"):  # what two crawls took is not forgotten
        add_crawl(place, "2")


def make(place: Place) -> set[str]:
    """What minify and its like do: some files of a table, then what is put last."""
    with new_folder(place, "minify", MADE) as output:
        rows = pa.Table.from_batches([batch_of("minified", [{"doc_id": "a"}])])
        put_table(output, "minified", "f", write_rows(rows, output, "minified", "f"))
        write_json(output / "_work" / "zz.json", {})  # as decontaminate's index
        write_json(output / "minified.json", {"documents": 1})
    return {entry.name for entry in place.entries()}


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
@pytest.mark.parametrize("kill", [False, True], ids=["fails", "killed"])
def test_a_new_folder_is_begun_again_or_whole_after_a_fault_at_any_operation(
    folder: Path, store: bool, kill: bool
) -> None:
    faults = Faults()
    with breaking(faults, folder / "count", store) as place:
        whole = make(place)
    assert len(whole) == 3 and len(faults.done) >= 20
    for at in range(1, len(faults.done) + 1):
        with breaking(Faults(at, kill), folder / str(at), store) as place, suppress(OSError, Killed, UserError):
            make(place)
        with breaking(Faults(), folder / str(at), store) as place:
            try:
                assert make(place) == whole, faults.done[at - 1]
            except UserError:  # it was done but for an empty folder
                assert {entry.name for entry in place.entries()} == whole, faults.done[at - 1]
