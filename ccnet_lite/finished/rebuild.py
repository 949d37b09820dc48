"""A corpus again from its minified form (minify.py) and the archives: equal in every byte of text.

What of each archive is wanted is written down by archive; then every archive is read once, and the texts go to
the files that they belong to as blobs, so that no row of text is unpacked in the JVM. A document that cannot
be had is a row of `not_rebuilt`, with the reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import MINIFIED_FILE, Folder, new_folder
from ccnet_lite.finished.minify import Minified
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.rebuild import FileRows, Wanted, recover
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import Settings, SparkSettings
from ccnet_lite.stages.by_shard import map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.frames import spark_schema
from ccnet_lite.stages.items import map_items
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.json_files import Stored, intact, read_stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, read_file
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, Table, load_table, put_table
from ccnet_lite.store.writing import PartWriter, cut_by_shard

TABLES = ("wanted", "corpus", "not_rebuilt")
MADE = (*TABLES, "corpus.manifest.json")
SENT = "task int, file int, first long, rows binary"


class Written(Stored):
    """A file that a task wrote."""

    table: str
    file: DataFile


def archives_of(shards: Sequence[Shard], segments: Iterable[str]) -> list[Shard]:
    """The given archives that the corpus was made from, under the names that it knows them by.

    A name is a path in the crawl or a file's name; an archive matches the longest name that its address
    ends with.
    """
    names = set(segments)
    found: dict[str, Shard] = {}
    for shard in shards:
        own = PurePosixPath(shard.uri).parts
        ends = ["/".join(own[at:]) for at in range(len(own))]  # the longest first
        fitting = [name for name in (*ends, shard.segment) if name in names]
        if fitting:
            name = max(fitting, key=len)
            found.setdefault(name, replace(shard, segment=name))
    return [replace(found[name], index=index) for index, name in enumerate(sorted(found))]


def rebuild(
    minified: Folder, shards: Sequence[Shard], output: Folder, spark: SparkSettings
) -> tuple[Table, Table]:
    """Write `corpus/` again, and `not_rebuilt/`, a row for each document that could not be had.

    Raises:
        UserError: no minified form, an output folder that is not empty.
        RunFailed: a document of the minified form is neither rebuilt nor said to be lost.
    """
    place = Place.of(minified, "--minified ")
    stored = read_stored(place / MINIFIED_FILE, Minified, "minify the corpus again")
    if stored is None:
        raise UserError(f"{place.shown} holds no minified corpus: {MINIFIED_FILE} is missing")
    table = load_table(place, "minified")
    if table is None or not table.is_current:
        raise UserError(f"{place.shown} holds no minified corpus of this version: minify the corpus again")
    with intact(place / MINIFIED_FILE, "minify the corpus again"):
        settings = Settings.model_validate(stored.settings).model_copy(update={"spark": spark})
    archives = archives_of(shards, stored.archives)
    with new_folder(output, "rebuild", MADE) as folder:
        session = start_session(spark, "ccnet_lite rebuild")
        wanted = _write_wanted(session, table, archives, folder, settings)
        sent = _recovered(session, archives, wanted, table, settings)
        written = _write_corpus(sent, table, archives, folder, settings)
        files = {name: [each.file for each in written if each.table == name] for name in TABLES}
        made_of, schema = table.manifest.fingerprint, form_of(table.schema).schema
        corpus = put_table(folder, "corpus", made_of, files["corpus"], schema_name=schema)
        lost = put_table(folder, "not_rebuilt", made_of, files["not_rebuilt"])
        if corpus.rows + lost.rows != table.rows:
            raise RunFailed(
                f"of {table.rows:,} documents {corpus.rows:,} were rebuilt and {lost.rows:,} are lost: "
                f"run the command again"
            )
        (folder / "wanted").delete_all()
    return corpus, lost


def _write_wanted(
    session: SparkSession, table: Table, archives: Sequence[Shard], folder: Place, settings: Settings
) -> Table:
    """What is wanted of each archive, by archive."""
    numbers = session.sparkContext.broadcast({shard.segment: shard.index for shard in archives})
    parts, n_archives = _parts(len(archives), settings), max(1, len(archives))
    named = form_of(table.schema).segment
    columns = ["doc_id", named, "line_ids", "text_digest", "pii", *["repeated_spans"] * settings.spans.cut]
    schema, spark = arrow_schema("wanted"), spark_schema("wanted").add("part", "integer")

    def number(item: tuple[int, DataFile]) -> Iterator[pa.RecordBatch]:
        file, found = item
        row = 0
        for batch in read_file(table.place(found), columns, file=found):
            rows = range(row, row + batch.num_rows)
            row += batch.num_rows
            shards = [numbers.value.get(segment) for segment in batch[named].to_pylist()]
            given = {
                "shard": pa.array(shards, pa.int32()),
                "file": pa.array([file] * batch.num_rows, pa.int32()),
                "row": pa.array(rows, pa.int64()),
                "part": pa.array([s if s is None else s * parts // n_archives for s in shards], pa.int32()),
                "repeated_spans": pa.nulls(batch.num_rows, pa.string()),
                **{name: batch[name] for name in columns if name != named},
            }
            yield pa.RecordBatch.from_pydict(given).filter(given["shard"].is_valid())

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        writer = None
        try:
            for batch in batches:
                for piece in cut_by_shard(batch):
                    if writer is None:
                        name = f"part-{piece['part'][0].as_py():05d}.parquet"
                        writer = PartWriter(folder, "wanted", table.manifest.fingerprint, name, by_shard=True)
                    writer.write(piece.select(schema.names))
        except BaseException:
            if writer is not None:
                writer.abandon()
            raise
        if writer is not None:
            yield _said("wanted", writer.close())

    rows = map_items(session, list(enumerate(table.files)), number, spark)
    moved = send_to_parts(rows, parts, "part").sortWithinPartitions("shard", "file", "row")
    said = moved.mapInArrow(write, "said string").collect()
    files = [Written.model_validate_json(row["said"]).file for row in said]
    return put_table(folder, "wanted", table.manifest.fingerprint, files)


def _recovered(
    session: SparkSession, archives: Sequence[Shard], wanted: Table, table: Table, settings: Settings
) -> DataFrame:
    """Blobs of `kernels.rebuild.recover`; and one without rows for each file, so that none is passed over."""
    by_number = session.sparkContext.broadcast({shard.index: shard for shard in archives})
    tasks = _parts(len(table.files), settings)

    def kernel(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        found: dict[str, Wanted] = {}
        for batch in reader.read("wanted", ["doc_id", *Wanted._fields]):
            for doc_id, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                found[doc_id] = Wanted(*values)
        if found:
            for blob in recover(ingest_shard(by_number.value[reader.shard], settings), found):
                yield _sent(tasks, blob.file, blob.first, blob.rows)

    def announce(file: int) -> Iterator[pa.RecordBatch]:
        yield _sent(tasks, file, -1, None)

    sent = map_shards(session, [shard.index for shard in archives], kernel, {"wanted": wanted}, SENT)
    announced = map_items(session, range(len(table.files)), announce, SENT)
    return send_to_parts(sent.unionByName(announced), tasks, "task").sortWithinPartitions("file", "first")


def _write_corpus(
    sent: DataFrame, table: Table, archives: Sequence[Shard], folder: Place, settings: Settings
) -> list[Written]:
    """Write the corpus files and the rows of `not_rebuilt`; gives the files."""
    held = sent.sparkSession.sparkContext.broadcast((table, {shard.segment for shard in archives}))
    form = form_of(table.schema)
    sizes: dict[str, Any] = {"level": settings.export.compression_level}
    sizes |= {"row_group_bytes": settings.export.row_group_bytes, "schema_name": form.schema}

    def write_file(number: int, blobs: Iterable[bytes | None], table: Table, given: set[str]) -> Iterator[Written]:
        file = table.files[number]
        minified = pa.Table.from_batches(read_file(table.place(file), file=file), arrow_schema(form.minified))
        rows = FileRows(file.name, minified, form)
        corpus = PartWriter(folder, "corpus", "", file.name, **sizes)
        lost = PartWriter(folder, "not_rebuilt", table.manifest.fingerprint, f"part-{number:06d}.parquet")
        writers = {"corpus": corpus, "not_rebuilt": lost}
        try:
            for blob in blobs:
                if blob is not None:
                    corpus.write(rows.take(blob))
            lost.write(rows.lost(given))
            for name in list(writers):
                writer = writers.pop(name)
                if writer.rows:
                    yield Written(table=name, file=writer.close())
                else:
                    writer.abandon()
        except BaseException:
            for writer in writers.values():
                writer.abandon()
            raise

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        table, given = held.value
        for number, blobs in groupby(_unpacked(batches), key=lambda row: row[0]):
            for written in write_file(number, (blob for _, blob in blobs), table, given):
                yield _said(written.table, written.file)

    return [Written.model_validate_json(row["said"]) for row in sent.mapInArrow(write, "said string").collect()]


def _parts(items: int, settings: Settings) -> int:
    return max(1, min(items, settings.spark.shuffle_partitions))


def _sent(tasks: int, file: int, first: int, rows: bytes | None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "task": pa.array([file % tasks], pa.int32()),
            "file": pa.array([file], pa.int32()),
            "first": pa.array([first], pa.int64()),
            "rows": pa.array([rows], pa.binary()),
        }
    )


def _unpacked(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, bytes | None]]:
    for batch in batches:
        yield from zip(batch["file"].to_pylist(), batch["rows"].to_pylist(), strict=True)


def _said(table: str, file: DataFile) -> pa.RecordBatch:
    said = Written(table=table, file=file).model_dump_json()
    return pa.RecordBatch.from_pydict({"said": pa.array([said], pa.string())})
