"""A table's file that was changed, cut or lost is made anew by the same command, which says so and goes on."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import RunFailed, UnreadFile
from ccnet_lite.finished.verify import verify
from ccnet_lite.report.of_run import report
from ccnet_lite.run.engine import Run, Step, Written, run_steps
from ccnet_lite.run.mending import mending
from ccnet_lite.run.models import Models
from ccnet_lite.run.pipeline import plan, run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import Settings, SparkSettings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.writing import write_rows
from tests.crawl import Page, body, write_crawl
from tests.tables import batch_of

OTHER = ("language.threshold=0.51", "near_duplicates.similarity=0.81", "paragraphs.min_chars=31")
"""Settings with which every table but `documents`, `others`, `archives` and `masks` is made again."""


def pages(first: int) -> list[Page]:
    return [Page(f"https://a.example/{n}", body("en", n)) for n in range(first, first + 3)]


def go(folder: Path, output: Path, *overrides: str, job: str = JOBS[0]) -> dict[str, str]:
    """Digests of the tables after a run."""
    settings = load_settings(None, overrides)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], settings.source)
    run_pipeline(settings, shards, str(output), job, JOBS[-1], report)
    tables = json.loads((output / "manifest.json").read_text())["tables"]
    return {name: table["digest"] for name, table in tables.items()}


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mending")
    write_crawl(folder / "crawl", [pages(0), pages(2)])
    go(folder, folder / "run")
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, str]:
    """The digests with other settings, of a run that nothing befell."""
    shutil.copytree(folder / "run", folder / "other")
    return go(folder, folder / "other", *OTHER)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def replaced(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").touch()


@pytest.mark.parametrize("befall", [flipped, cut, Path.unlink, replaced])
@pytest.mark.parametrize("table", ["documents", "archives"])
def test_what_the_next_step_reads_is_made_anew_in_the_same_run(
    folder: Path,
    expected: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    table: str,
    befall: Callable[[Path], None],
) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    path = min((tmp_path / "run" / table).rglob("*.parquet"))
    befall(path)
    assert go(folder, tmp_path / "run", *OTHER) == expected
    said = capsys.readouterr().err
    wrong = "has changed since it was written: the table" if befall is flipped else ""
    assert f"{path} {wrong}" in said and "ingest: documents 6" in said and "made anew" in said
    assert verify(tmp_path / "run", SparkSettings()).problems == ()


@pytest.mark.parametrize("table", ["statistics", "archives", "clusters", "others"])
def test_what_only_the_report_reads_is_made_anew_too(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    path = min((tmp_path / "run" / table).rglob("*.parquet"), default=None)
    if path is None:
        pytest.skip(f"{table} has no rows")
    flipped(path)
    before = json.loads((folder / "run" / "manifest.json").read_text())["tables"]
    made = go(folder, tmp_path / "run")
    assert made == {name: each["digest"] for name, each in before.items()}
    said = capsys.readouterr().err
    if table != "others":  # read only where records are bad
        assert f"{path} has changed since it was written: the table {table} is made anew" in said
        assert verify(tmp_path / "run", SparkSettings()).problems == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"table": 3}'])
@pytest.mark.parametrize("name", ["documents/_manifest.json", "ledger/_manifest.json", "corpus.manifest.json"])
def test_a_damaged_pointer_is_named_and_its_table_made_anew(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    (tmp_path / "run" / name).write_bytes(content)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], Settings().source)
    planned = plan(load_settings(None), shards, str(tmp_path / "run"), JOBS[0], JOBS[-1])
    assert any(f"{name} is damaged (" in reason for row in planned for reason in row.reasons)
    before = json.loads((folder / "run" / "manifest.json").read_text())["tables"]
    assert go(folder, tmp_path / "run") == {table: each["digest"] for table, each in before.items()}
    said = capsys.readouterr().err
    table = re.split(r"[/.]", name)[0]
    assert f"{name} is damaged (" in said and f": the table {table} is made anew" in said
    assert verify(tmp_path / "run", SparkSettings()).problems == ()


@pytest.mark.parametrize("name", ["run.json", "sampling.json", "manifest.json", "report/index.html"])
@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff\x00"])
def test_what_is_no_table_is_written_anew(folder: Path, tmp_path: Path, name: str, content: bytes | None) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    path = tmp_path / "run" / name
    path.unlink() if content is None else path.write_bytes(content)
    go(folder, tmp_path / "run")
    assert path.read_bytes() == (folder / "run" / name).read_bytes() or name == "report/index.html"
    assert verify(tmp_path / "run", SparkSettings()).problems == ()


def test_a_job_that_does_not_make_the_table_says_which_does(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "run", tmp_path / "run")
    path = min((tmp_path / "run" / "documents").rglob("*.parquet"))
    flipped(path)
    said = f"{path} has changed since it was written: call ccnet-lite run, which makes the table documents"
    with pytest.raises(RunFailed, match=said):
        go(folder, tmp_path / "run", *OTHER, job="annotate")
    assert path.exists()


# ---- without Spark -------------------------------------------------------------------------------------


def small_run(tmp_path: Path) -> Run:
    return Run(Place(str(tmp_path)), [], Settings(), cast(Models, None))


def layout_step(done: list[str]) -> Step:
    def write(run: Run, work: Any) -> Written:
        import pyarrow as pa

        done.append("layout")
        rows = pa.Table.from_batches([batch_of("layout", [{"shard": 0, "language": "en", "documents": 1}])])
        return Written({"layout": write_rows(rows, run.folder, "layout", work.fingerprint)})

    return Step("layout", (), ("layout",), lambda _: {}, write)


def test_a_file_is_made_again_once_and_what_reads_it_goes_on(tmp_path: Path) -> None:
    run, done, read = small_run(tmp_path), [], []
    steps = [layout_step(done)]

    def work() -> None:
        run_steps(run, steps)
        if not read:
            (path,) = (tmp_path / "layout").rglob("*.parquet")
            flipped(path)
        read.append(len(read))
        assert read_table(run.tables["layout"]).num_rows == 1

    mending(run, steps, work)
    assert done == ["layout", "layout"] and read == [0, 1]


def test_one_that_is_damaged_again_ends_the_run(tmp_path: Path) -> None:
    run, done = small_run(tmp_path), []
    steps = [layout_step(done)]

    def work() -> None:
        run_steps(run, steps)
        (path,) = (tmp_path / "layout").rglob("*.parquet")
        flipped(path)
        read_table(run.tables["layout"])

    with pytest.raises(UnreadFile, match=r"part-000000.parquet has changed since it was written"):
        mending(run, steps, work)
    assert len(done) == 2


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), None])
def test_a_file_that_cannot_be_read_just_now_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError | None
) -> None:
    """A host that does not answer, or too little memory: the file may be whole."""
    run, done = small_run(tmp_path), []
    steps = [layout_step(done)]
    run_steps(run, steps)
    (path,) = (tmp_path / "layout").rglob("*.parquet")

    def broken(_: Place) -> Any:
        raise error  # type: ignore[misc]

    if error is not None:
        monkeypatch.setattr(Place, "open", broken)

    def work() -> None:
        raise UnreadFile(str(path), "cannot be read: refused")

    with pytest.raises(UnreadFile, match="cannot be read: refused"):
        mending(run, steps, work)
    assert path.exists() and done == ["layout"]


def test_what_is_damaged_of_a_step_under_way_goes_with_the_step_s_work(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    round_ = tmp_path / "_work" / "clusters-f" / "rounds" / "000" / "x.parquet"
    round_.parent.mkdir(parents=True)
    round_.touch()

    def work() -> None:
        if round_.exists():  # as a Spark task says it
            raise RuntimeError(f"Traceback\nccnet_lite.errors.UnreadFile: {round_} cannot be read: x\n  at org")

    mending(run, [], work)
    assert not (tmp_path / "_work" / "clusters-f").exists()


def test_errors_of_other_kinds_pass(tmp_path: Path) -> None:
    for error in (ValueError("x"), UnreadFile("/elsewhere/x", "cannot be read")):

        def work(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error)):
            mending(small_run(tmp_path), [], work)
