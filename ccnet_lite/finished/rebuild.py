"""A finished run's corpus without its text (CCNet's minified form), and that corpus again from the archives.

The minified form is small enough to publish where the text is not: whoever has the archives makes the same
files again, equal in every byte of text, or is told which documents could not be had and why.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType

from ccnet_lite import __version__
from ccnet_lite.archives.sources import Shard
from ccnet_lite.errors import UserError
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.rebuild import Wanted, recover, with_text, without_text
from ccnet_lite.run.finish import read_manifest
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import Settings, SparkSettings
from ccnet_lite.stages.by_shard import ShardReader, map_shards
from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.tables import (
    PartWriter,
    Table,
    described,
    load_table,
    spark_schema,
    write_frame,
    write_manifest,
)

MINIFIED_FILE = "minified.json"
RECOVERED = StructType(
    [
        StructField("file", IntegerType(), False),
        StructField("row", LongType(), False),
        *(StructField(name, StringType(), True) for name in ("title", "raw_content", "cause")),
    ]
)


def _empty_folder(output: Path) -> Path:
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UserError(f"--output {output} is not an empty folder: give a new one")
    output.mkdir(parents=True, exist_ok=True)
    return output.resolve()


def minify(run: Path, output: Path, spark: SparkSettings) -> Table:
    """Write `minified/` and minified.json into `output`, of a finished run: a file for each corpus file.

    Raises:
        UserError: the run is not finished, or the output folder is not empty.
    """
    manifest = read_manifest(run)
    corpus = load_table(run.resolve(), "corpus")
    if corpus is None:
        raise UserError(f"{run} holds no corpus: run jobs/export.py first")
    folder = _empty_folder(output) / "minified"
    folder.mkdir()
    names = [file.name for file in corpus.files]
    source = corpus.folder

    def work_on(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for index in batch["id"].to_pylist():
                name = PurePosixPath(names[index])
                writer = PartWriter(folder / name.parent, "minified", name.name, level=9)
                for rows in pq.ParquetFile(f"{source}/{name}").iter_batches(batch_size=1000):
                    writer.write(without_text(rows))
                writer.close()
            yield batch.slice(0, 0)

    frame = start_session(spark, "ccnet_lite minify").range(0, len(names), 1, max(1, len(names)))
    frame.mapInArrow(work_on, frame.schema).collect()
    files = [described(folder / name, folder) for name in names]
    table = write_manifest(folder, "minified", manifest["tables"]["corpus"]["digest"], files)
    kept = ("settings", "models", "archives")
    write_json(
        output / MINIFIED_FILE,
        {"format": "ccnet_lite.minified", "version": __version__, **{name: manifest[name] for name in kept}}
        | {"documents": table.rows, "corpus_digest": manifest["tables"]["corpus"]["digest"]},
    )
    return table


def archives_of(shards: Sequence[Shard], segments: Iterable[str]) -> list[Shard]:
    """The given archives that the corpus was made from, under the names that it knows them by.

    A name is a path in the crawl or a file's name; an archive matches the longest name that its address
    ends with.
    """
    by_end = {segment: PurePosixPath(segment).parts for segment in segments}
    found: dict[str, Shard] = {}
    for shard in shards:
        own = PurePosixPath(shard.uri).parts
        fitting = [
            name for name, parts in by_end.items() if name == shard.segment or own[-len(parts) :] == parts
        ]
        if fitting:
            name = max(fitting, key=len)
            found.setdefault(name, replace(shard, segment=name))
    return [replace(found[name], index=index) for index, name in enumerate(sorted(found))]


def rebuild(
    minified: Path, shards: Sequence[Shard], output: Path, spark: SparkSettings
) -> tuple[Table, Table]:
    """Write `corpus/` again, and `not_rebuilt/`, a row for each document that could not be had.

    Raises:
        UserError: no minified form, an output folder that is not empty.
    """
    path = minified / MINIFIED_FILE
    try:
        with intact(path, "minify the corpus again"):
            stored = read_json(path)
            made_by, segments = Settings.model_validate(stored["settings"]), sorted(stored["archives"])
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{minified} holds no minified corpus: {MINIFIED_FILE} is missing") from None
    table = load_table(minified.resolve(), "minified")
    if table is None:
        raise UserError(f"{minified} holds no minified corpus: its table is missing or not whole")
    settings = made_by.model_copy(update={"spark": spark})
    folder = _empty_folder(output)
    session = start_session(spark, "ccnet_lite rebuild")
    archives = archives_of(shards, segments)
    rows = _rows(session, table)
    recovered = _recovered(session, rows, archives, settings, folder)
    corpus_folder, lost_folder = folder / "corpus", folder / "not_rebuilt"
    lost = _write_corpus(recovered, table, corpus_folder, settings).localCheckpoint()
    known = ("doc_id", "url", "cc_segment", "record_offset", "corpus_file")
    causes = lost.join(rows, ["file", "row"]).select(*known, F.col("row").alias("corpus_row"), "cause")
    lost_files = write_frame(causes, "not_rebuilt", lost_folder)
    lost_table = write_manifest(lost_folder, "not_rebuilt", table.fingerprint, lost_files)
    made = [described(path, corpus_folder) for path in sorted(corpus_folder.rglob("*.parquet"))]
    corpus = write_manifest(corpus_folder, "corpus", table.fingerprint, made)
    shutil.rmtree(folder / "_wanted")
    return corpus, lost_table


def _rows(session: SparkSession, table: Table) -> DataFrame:
    """Rows of the minified table that say what is wanted, with the number of their file and their row."""
    names = [file.name for file in table.files]
    columns = ["doc_id", "url", "cc_segment", "record_offset", "line_ids", "text_digest"]
    folder = table.folder

    def number(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for file in batch["id"].to_pylist():
                row = 0
                for part in pq.ParquetFile(f"{folder}/{names[file]}").iter_batches(1000, columns=columns):
                    places = range(row, row + part.num_rows)
                    row += part.num_rows
                    yield pa.RecordBatch.from_pydict(
                        {
                            **{name: part[name] for name in columns},
                            "file": pa.array([file] * part.num_rows, pa.int32()),
                            "row": pa.array(places, pa.int64()),
                        }
                    )

    known = {field.name: field for field in spark_schema("minified").fields}
    schema = StructType([*(known[name] for name in columns), *RECOVERED.fields[:2]])
    return session.range(0, len(names), 1, max(1, len(names))).mapInArrow(number, schema)


def _recovered(
    session: SparkSession, rows: DataFrame, archives: list[Shard], settings: Settings, folder: Path
) -> DataFrame:
    """file, row and text, or cause, of every wanted document."""
    numbers = {shard.segment: shard.index for shard in archives}
    columns = {"cc_segment": pa.array(numbers, pa.string()), "shard": pa.array(numbers.values(), pa.int32())}
    of_segment = session.createDataFrame(pa.table(columns))
    placed = rows.join(F.broadcast(of_segment), "cc_segment", "left")
    partitions = max(1, min(len(archives), settings.spark.shuffle_partitions))
    wanted = placed.where("shard is not null").select(*spark_schema("wanted").fieldNames())
    by_range = F.floor(F.col("shard") * partitions / max(1, len(archives))).cast("int")
    files = write_frame(
        wanted.repartitionById(partitions, by_range), "wanted", folder / "_wanted", partitions
    )
    tables = {"wanted": write_manifest(folder / "_wanted", "wanted", "", files)}
    by_number = {shard.index: shard for shard in archives}

    def kernel(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        wanted: dict[str, Wanted] = {}
        for batch in reader.read("wanted", ["doc_id", *Wanted._fields]):
            for doc_id, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                wanted[doc_id] = Wanted(*values)
        if wanted:
            yield from recover(ingest_shard(by_number[reader.shard], settings), wanted)

    found = map_shards(session, sorted(by_number), kernel, tables, RECOVERED)
    absent = placed.where("shard is null").select(
        "file",
        "row",
        *(F.lit(None).cast("string").alias(name) for name in ("title", "raw_content")),
        F.lit("archive_missing").alias("cause"),
    )
    return found.unionByName(absent)


def _write_corpus(recovered: DataFrame, table: Table, folder: Path, settings: Settings) -> DataFrame:
    """Write the corpus files; gives file, corpus_file, row and cause of what is not in them."""
    names = [file.name for file in table.files]
    tasks = max(1, min(len(names), settings.spark.shuffle_partitions))
    source, export = table.folder, settings.export
    moved = recovered.repartitionById(tasks, F.col("file") % tasks).sortWithinPartitions("file", "row")
    schema = StructType([*RECOVERED.fields[:2], RECOVERED["cause"], StructField("corpus_file", StringType())])

    level, row_group_bytes = export.compression_level, export.row_group_bytes

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for file, rows in groupby(_of_one_file(batches), key=lambda batch: batch["file"][0].as_py()):
            name = PurePosixPath(names[file])
            minified = pq.read_table(f"{source}/{name}", partitioning=None)
            writer = PartWriter(folder / name.parent, "corpus", name.name, level, row_group_bytes)
            for batch in rows:
                there = pc.is_null(batch["cause"])
                writer.write(with_text(minified, batch.filter(there)))
                lost = batch.filter(pc.invert(there)).select(["file", "row", "cause"])
                yield lost.append_column(
                    "corpus_file", pa.array([f"corpus/{name}"] * lost.num_rows, pa.string())
                )
            if writer.rows:
                writer.close()
            else:
                writer.abandon()

    return moved.mapInArrow(write, schema)


def _of_one_file(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Sorted batches, cut where the file changes."""
    for batch in batches:
        files = batch["file"].to_numpy()
        bounds = [0, *(np.flatnonzero(files[1:] != files[:-1]) + 1).tolist(), len(files)]
        yield from (batch.slice(begin, end - begin) for begin, end in pairwise(bounds) if begin < end)
