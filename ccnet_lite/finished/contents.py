"""What a run's files hold, read again by Spark tasks of some files each; the driver adds up.

A file that cannot be read is a problem with a name, whatever reading it does to the process.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field
from pyspark.sql import SparkSession

from ccnet_lite.kernels.recount import Recount, add_up, recount
from ccnet_lite.stages.items import MAX_TASKS, ask_items
from ccnet_lite.store.json_files import Stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import sum_of
from ccnet_lite.store.schema import SAME_AS, arrow_schema, difference
from ccnet_lite.store.tables import FOLDERS

CHUNK_BYTES, CHUNK_FILES = 64 << 20, 64
"""What a task reads at the most in a run of some size."""
DIED = ("Python worker exited", "Python worker failed", "pyspark.daemon", "stages.daemon", "ExecutorLostFailure")
"""What Spark says where the process that read something is gone."""


class Listed(NamedTuple):
    """A file and the tables that it is of. A tuple: a crawl has a million, and all of them travel to tasks."""

    uri: str
    name: str
    rows: int
    bytes: int
    digest: tuple[int, int]
    crc32: int | None
    tables: tuple[str, ...]
    """Empty for a file that holds no rows."""
    schema: str = ""
    """The name of that of its rows."""

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(self.uri)


class Said(Stored):
    """What a task found of its files: problems, and what they hold by table."""

    problems: list[str] = Field(default_factory=list)
    tables: dict[str, Recount] = Field(default_factory=dict)


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
        answers = ask_items(session.sparkContext, asked, read_chunk, "groups of files")
        return [Said.model_validate_json(each) for each in answers]
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
    return [Said(problems=[f"{name}: {said}" for name in only.tables or [only.name]])]


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
            problems += [f"{name}: {each.place.shown} {wrong}" for name in each.tables or [each.name]]
        if found is not None:
            for name in each.tables:
                parts.setdefault(name, []).append(found)
    return Said(problems=problems, tables={name: add_up(part) for name, part in parts.items()}).model_dump_json()


def read_listed(listed: Listed) -> tuple[str, Recount | None]:
    """What is wrong with a file (empty: nothing), and what it holds."""
    with listed.place.open() as opened:
        # Read twice, so from another machine once.
        source = opened if listed.place.is_local else pa.BufferReader(opened.read())
        changed = listed.crc32 is not None and sum_of(source) != listed.crc32
        if not listed.tables:
            return ("has changed since it was written" if changed else ""), None
        source.seek(0)
        parquet = pq.ParquetFile(source, page_checksum_verification=True)
        wrong = difference(arrow_schema(listed.schema), parquet.schema_arrow)
        if wrong:
            return f"does not fit schemas/{SAME_AS.get(listed.schema, listed.schema)}.json: {wrong}", None
        found = recount(
            FOLDERS.get(listed.tables[0], listed.tables[0]), listed.name, parquet.iter_batches(batch_size=1000)
        )
        if (found.rows, found.digest) != (listed.rows, listed.digest):
            return f"has changed: {found.rows:,} rows, not {listed.rows:,}, or other values in them", found
        return statistics_problem(parquet) or ("has changed, though no row of it has" if changed else ""), found


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
