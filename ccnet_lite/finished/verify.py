"""Check a finished run against its manifests: files, rows, schemas, digests, sums. Nothing is written.

Every file is read once, by Spark tasks of some files each, and counted anew; the driver lists the folders and
adds up. A file that cannot be read is a problem with a name, whatever reading it does to the process.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from pydantic import Field
from pyspark.sql import SparkSession

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import Folder
from ccnet_lite.kernels.recount import Recount, add_up, recount
from ccnet_lite.run.checks import check_equal
from ccnet_lite.run.funnel import FunnelRow, build_funnel, check
from ccnet_lite.run.manifest import MANIFEST_FILE, RunManifest, TableSummary, read_manifest
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.items import MAX_TASKS, ask_items
from ccnet_lite.store.json_files import Stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import arrow_schema, difference, schema_json
from ccnet_lite.store.tables import FOLDERS, DataFile, Table, load_table, pointer

CHUNK_BYTES, CHUNK_FILES = 64 << 20, 64
"""What a task reads at the most in a run of some size."""
LISTERS = 8
"""Folders that are listed at once."""
DIED = ("Python worker exited", "Python worker failed", "pyspark.daemon", "ExecutorLostFailure")
"""What Spark says where the process that read something is gone."""


@dataclass(frozen=True)
class Verdict:
    """What was found: every problem as a line, and each table's digest and rows as recomputed."""

    problems: tuple[str, ...]
    tables: dict[str, dict[str, str | int]]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Listed(NamedTuple):
    """A file and the tables that it is of. A tuple: a crawl has a million, and all of them travel to tasks."""

    uri: str
    name: str
    rows: int
    bytes: int
    digest: tuple[int, int]
    tables: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(self.uri)


class Said(Stored):
    """What a task found of its files: problems, and what they hold by table."""

    problems: list[str] = Field(default_factory=list)
    tables: dict[str, Recount] = Field(default_factory=dict)


def verify(folder: Folder, spark: SparkSettings) -> Verdict:
    """Recompute everything that the manifests say of a run's tables.

    Raises:
        UserError: the folder holds no finished run.
    """
    place = Place.of(folder)
    manifest = read_manifest(place)
    problems: list[str] = []
    tables: dict[str, Table] = {}
    for name, summary in manifest.tables.items():
        try:
            table = load_table(place, name)
        except (UserError, OSError) as error:
            problems.append(f"{name}: {error}")
            continue
        if table is None:
            problems.append(f"{name}: the table is missing: {pointer(place, name).shown} is not there")
            continue
        problems += summary_problems(table, summary)
        tables[name] = table
    whole, found = listing_problems(place, tables)
    problems += found
    found, counted = read_files(start_session(spark, "ccnet_lite verify"), whole)
    problems += found
    for name, table in tables.items():
        said = manifest.tables[name]
        # Without all its files a table's digest says nothing; which of them are amiss has been said.
        if name not in counted and not table.files:
            counted[name] = Recount()
        now = counted.get(name)
        if now is None or _amiss(name, problems):
            continue
        if (now.digest_text, now.rows) != (said.digest, said.rows):
            problems.append(
                f"{name}: its content has changed: digest {now.digest_text} and {now.rows:,} rows, not "
                f"{said.digest} and {said.rows:,}"
            )
    if not problems:
        try:
            check_contents(counted, manifest)
        except RunFailed as error:
            problems.append(str(error))
    ok = {name: now for name, now in counted.items() if not _amiss(name, problems)}
    shown: dict[str, dict[str, str | int]] = {
        name: {"digest": now.digest_text, "rows": now.rows} for name, now in ok.items()
    }
    return Verdict(tuple(problems), shown)


def _amiss(table: str, problems: Iterable[str]) -> bool:
    """Whether files of a table have been named, so that what was counted is not all of it."""
    return any(problem.startswith(f"{table}: ") and ".parquet" in problem for problem in problems)


# ---- what the manifests and the listing say ------------------------------------------------------------


def summary_problems(table: Table, said: TableSummary) -> Iterator[str]:
    """Where a table's own manifest and the run's differ, or either from this version's schema."""
    version, name = schema_json(table.name)["version"], table.name
    if not table.is_current:
        yield f"{name}: schema version {table.manifest.schema_version}, not {version}: run again"
    for what in ("digest", "rows", "bytes", "fingerprint", "schema_version"):
        own, of_run = getattr(table.manifest, what), getattr(said, what)
        if own != of_run:
            yield f"{name}: {what} {own} in its manifest, {of_run} in {MANIFEST_FILE}"


def listing_problems(run: Place, tables: Mapping[str, Table]) -> tuple[list[Listed], list[str]]:
    """The files that are there in full, and a line for each that is missing, cut, or of no table."""
    folders = sorted({FOLDERS.get(name, name) for name in tables})
    with ThreadPoolExecutor(LISTERS) as pool:
        there = dict(zip(folders, pool.map(lambda name: dict((run / name).entries()), folders), strict=True))
    whole, problems = [], []
    for folder in folders:
        listed: dict[str, list[tuple[str, DataFile]]] = {}
        for name, table in tables.items():
            if FOLDERS.get(name, name) == folder:
                for file in table.files:
                    listed.setdefault(file.name, []).append((name, file))
        for file_name, of in listed.items():
            place, size = run / folder / file_name, there[folder].get(file_name)
            names, file = tuple(name for name, _ in of), of[0][1]
            if size is None:
                problems += [f"{name}: {place.shown} is missing" for name in names]
            elif size != file.bytes:
                what = f"{place.shown} has {size:,} bytes, not {file.bytes:,}"
                problems += [f"{name}: {what}" for name in names]
            else:
                whole.append(Listed(place.uri, file_name, file.rows, file.bytes, file.digest, names))
        own = {pointer(run, name).name for name in tables if FOLDERS.get(name, name) == folder}
        problems += [
            f"{folder}: {(run / folder / name).shown} lies there and is no file of the table"
            for name in sorted(there[folder].keys() - listed.keys() - own)
        ]
    return whole, problems


# ---- what the files hold -------------------------------------------------------------------------------


def read_files(session: SparkSession, files: Sequence[Listed]) -> tuple[list[str], dict[str, Recount]]:
    """Problems of files, and what all that could be read hold, by table."""
    problems: list[str] = []
    parts: dict[str, list[Recount]] = {}
    for said in ask_chunks(session, chunks(files)):
        problems += said.problems
        for name, part in said.tables.items():
            parts.setdefault(name, []).append(part)
    return sorted(problems), {name: add_up(each) for name, each in parts.items()}


def chunks(files: Sequence[Listed]) -> list[list[Listed]]:
    """The files in groups that a task reads: at most some MAX_TASKS of them, for the driver's sake."""
    most_bytes = max(CHUNK_BYTES, sum(each.bytes for each in files) // MAX_TASKS)
    most_files = max(CHUNK_FILES, len(files) // MAX_TASKS)
    made: list[list[Listed]] = []
    size = 0
    for each in files:
        if not made or size + each.bytes > most_bytes or len(made[-1]) >= most_files:
            made.append([])
            size = 0
        made[-1].append(each)
        size += each.bytes
    return made


def ask_chunks(session: SparkSession, asked: Sequence[list[Listed]]) -> list[Said]:
    """What the tasks say. Where a process died of a file, smaller groups are read until it is known of which."""
    try:
        return [Said.model_validate_json(said) for said in ask_items(session, asked, read_chunk)]
    except Exception as error:
        if not any(sign in str(error) for sign in DIED):
            raise
    if len(asked) > 1:
        middle = len(asked) // 2
        return ask_chunks(session, asked[:middle]) + ask_chunks(session, asked[middle:])
    if len(asked[0]) > 1:
        return ask_chunks(session, [[each] for each in asked[0]])
    only = asked[0][0]
    said = f"{only.place.shown} cannot be read: the process that reads it dies"
    return [Said(problems=[f"{name}: {said}" for name in only.tables])]


def read_chunk(files: Sequence[Listed]) -> str:
    """What some files hold, as the JSON of `Said`."""
    problems: list[str] = []
    parts: dict[str, list[Recount]] = {}
    for each in files:
        try:
            wrong, found = read_listed(each)
        except Exception as error:  # bytes that changed can raise anything
            reason = (str(error).splitlines() or [""])[0][:300]
            wrong, found = f"cannot be read: {type(error).__name__}: {reason}", None
        if wrong:
            problems += [f"{name}: {each.place.shown} {wrong}" for name in each.tables]
        if found is not None:
            for name in each.tables:
                parts.setdefault(name, []).append(found)
    return Said(problems=problems, tables={name: add_up(part) for name, part in parts.items()}).model_dump_json()


def read_listed(listed: Listed) -> tuple[str, Recount | None]:
    """What is wrong with a file (empty: nothing), and what it holds."""
    table = FOLDERS.get(listed.tables[0], listed.tables[0])
    with listed.place.open() as source:
        parquet = pq.ParquetFile(source, pre_buffer=not listed.place.is_local)
        wrong = difference(arrow_schema(table), parquet.schema_arrow)
        if wrong:
            return f"does not fit schemas/{table}.json: {wrong}", None
        found = recount(table, listed.name, parquet.iter_batches(batch_size=1000))
        if (found.rows, found.digest) != (listed.rows, listed.digest):
            return f"has changed: {found.rows:,} rows, not {listed.rows:,}, or other values in them", found
        return statistics_problem(parquet), found


def statistics_problem(parquet: Any) -> str:
    """By the least and greatest shard that its row groups claim, readers choose: they have to be true."""
    if "shard" not in parquet.schema_arrow.names:
        return ""
    column = parquet.schema_arrow.get_field_index("shard")
    for number in range(parquet.num_row_groups):
        said = parquet.metadata.row_group(number).column(column).statistics
        shards = parquet.read_row_group(number, columns=["shard"])["shard"].to_numpy()
        there = (shards.min(), shards.max()) if len(shards) else None
        if said is not None and said.has_min_max and there not in (None, (said.min, said.max)):
            return f"has changed: row group {number} claims shards {said.min} to {said.max}"
    return ""


# ---- sums ----------------------------------------------------------------------------------------------


def check_contents(counted: Mapping[str, Recount], manifest: RunManifest) -> None:
    """Hold the tables' contents against each other, as the run did with what it counted while it wrote them.

    Raises:
        RunFailed: naming the tables and both numbers.
    """
    of: defaultdict[str, Recount] = defaultdict(Recount, counted)
    documents, others, archives, ledger = (of[name] for name in ("documents", "others", "archives", "ledger"))
    decisions, decided, corpus = (of[name] for name in ("decisions", "ledger_decided", "corpus"))
    rows = [FunnelRow(*row) for row in ledger.funnel]
    outcomes: dict[str, int] = {}
    for row in rows:
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.count
    kept_early = sum(count for _, outcome, _, _, count, _ in decided.funnel if outcome == "kept")
    check_equal(
        [
            ("archives: documents, rows of documents", archives.count("documents"), documents.rows),
            ("archives: sum of ids, of documents", archives.count("document_hash"), documents.count("documents")),
            ("archives: lines, of documents", archives.count("lines"), documents.count("lines")),
            ("decide: documents, rows of decisions", documents.rows, decisions.rows),
            ("decide: sum of ids, of decisions", documents.count("documents"), decisions.count("documents")),
            ("ledger: records, rows of ledger", documents.rows + others.rows, ledger.rows),
            ("ledger: sum of ids, of documents", ledger.count("documents"), documents.count("documents")),
            ("ledger: kept and dropped", documents.rows, outcomes.get("kept", 0) + outcomes.get("dropped", 0)),
            ("export: kept in the ledger, rows of corpus", outcomes.get("kept", 0), corpus.rows),
            ("export: sum of ids kept, of corpus", ledger.count("kept"), corpus.count("documents")),
            ("decide: kept in its rows of the ledger, which are of what goes no further", kept_early, 0),
            *(
                (f"ledger: {name}, of {table}", outcomes.get(name, 0), of[table].count(name))
                for name in ("bad", "skipped")
                for table in ("others", "archives")
            ),
        ]
    )
    languages = {
        ("kept", name.removeprefix("language ")): count
        for name, count in corpus.counts.items()
        if name.startswith("language ")
    }
    entering = {("ingest", ""): documents.rows + others.rows, ("length", ""): documents.rows}
    check(build_funnel(rows), entering | languages)
    told = sorted(_plain(row) for row in manifest.funnel)
    if told != sorted(_plain(vars(row)) for row in rows):
        raise RunFailed(f"the sums do not meet: the funnel in {MANIFEST_FILE} is not that of the ledger")


def _plain(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))
