"""Candidate pairs over a cluster: band tables cut by hash, each part searched at once by array code.

A document's bands leave Python packed, a blob of rows for each part, so that Spark moves blobs and not a row
for every band of every document. Where the documents lie changes nothing of the result.

At a thousand million documents, 32 bands and 40 bytes a row: 32 thousand million rows, 8,000 parts of 4
million (160 MB). A task gathers 64 MB of rows before it cuts them, those of 50,000 documents, so that a
blob holds 200 rows: 8 KB, of which the head of an Arrow message is a tenth. Cut batch by batch, of 1,000
documents, it would hold 4, and be head for the most part. A task that has fewer documents gives smaller
blobs: 115 rows from a shard of 29,000 documents.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StringType

from ccnet_lite.dedup import candidates
from ccnet_lite.dedup.equals import first_of_equals
from ccnet_lite.dedup.pairs import as_matrix
from ccnet_lite.kernels.packing import part_of
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.sifting import Reach, send_what_reaches
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import Table

PART_BYTES = 160_000_000
"""Of band rows that a task holds at once; while they are sorted, two or three times as much."""
LEAST_PART_ROWS = 100_000
"""Parts are not made smaller than this for the sake of having one for every task."""
PACKED_BYTES = 64_000_000
"""Of band rows that a task gathers before it cuts them into parts."""
NUMBER_BYTES, TEXT_BYTES = 8, 128
"""What a column of a band row takes; a text is the name of an archive."""

PAIRS_A_BATCH = 100_000
FIXED = ("hash", "number", "sketch", "same")

Batches = Iterator[pa.RecordBatch]
ReadKnown = Callable[[int, int], pa.Table]
"""Rows of the band table that an index holds, of hashes from one number to another, both included."""
KeepNew = Callable[[int, pa.Table], None]
"""Takes the number of a part and its rows of the band table."""


def count_parts(n_documents: int, n_bands: int, most_tasks: int, text_columns: int = 0) -> int:
    """Into how many parts the band table is cut: one for each task of so many, more where memory asks for it.

    >>> count_parts(1_000_000_000, 32, 2000), count_parts(5_000_000, 32, 200), count_parts(240, 32, 2000)
    (8000, 200, 1)
    """
    rows = n_documents * n_bands
    row_bytes = NUMBER_BYTES * (len(FIXED) + 1) + TEXT_BYTES * text_columns
    for_memory = ceil(rows * row_bytes / PART_BYTES)
    return max(1, for_memory, min(most_tasks, ceil(rows / LEAST_PART_ROWS)))


def candidate_pairs(
    documents: DataFrame,
    order: Sequence[str],
    parts: int,
    known: ReadKnown | None = None,
    keep: KeepNew | None = None,
) -> DataFrame:
    """Columns src, dst (long): distinct pairs of documents that share a band; src is the first by `order`.

    Of documents that are the same, only the first is in any pair.

    Args:
        documents: number (long), bands (array<long>), signature (binary), same (long, equal where documents
            are), and the columns of `order` (double or string).
        order: what a representative has least of; ties go to the smaller number.
        parts: into how many parts the band table is cut; no result depends on it.
        known: reads bands of documents found earlier; pairs among those are given too.
        keep: is given the bands of these documents, part by part, once or more; of such as are the same at
            least the first.
    """
    schema = _rows_schema(documents, order)
    packed = documents.select("number", "same", *order, "bands", "signature").mapInArrow(
        _pack(schema, list(order), parts), "part int, rows binary"
    )
    if known is not None or keep is not None:  # a part without new documents has pairs all the same
        session = documents.sparkSession
        packed = packed.unionByName(
            session.range(parts).selectExpr("cast(id as int) as part", "cast(null as binary) as rows")
        )
    found = send_to_parts(packed, parts, "part").mapInArrow(
        _search(schema, list(order), parts, known, keep), "src long, dst long"
    )
    return found.distinct()


def candidate_pairs_by_shard(
    spark: SparkSession,
    shards: Sequence[int],
    read: Callable[[ShardReader], pa.Table],
    inputs: Mapping[str, Table],
    order: Sequence[str],
    parts: int,
    n_bands: int,
    tasks: int,
) -> DataFrame:
    """As `candidate_pairs`, of documents that can be read twice: rows go of bands alone that two documents share.

    Args:
        spark: the session.
        shards: their numbers.
        read: a shard's documents, as for `candidate_pairs`.
        inputs: the tables that `read` reads.
        order: what a representative has least of; ties go to the smaller number.
        parts: into how many parts the bands are cut; no result depends on it.
        n_bands: about how many bands all documents have.
        tasks: by how many tasks the rows are sent.
    """

    def count(reader: ShardReader) -> list[pa.RecordBatch]:
        documents = read(reader)
        kinds = {name: documents.schema.field(name).type for name in order}
        rows_schema = pa.schema([*((name, pa.int64()) for name in FIXED), *kinds.items()])
        held = with_sketch(documents.combine_chunks().to_batches()[0]) if documents.num_rows else None
        if held is None:
            return [pa.RecordBatch.from_pylist([], rows_schema)]
        return [band_rows(first_ones(pa.Table.from_batches([held]), list(order)), rows_schema)]

    def search(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: dict[int, list[pa.Buffer]] = {}
        for batch in batches:
            for part, rows in zip(batch["part"].to_pylist(), batch["rows"], strict=True):
                held.setdefault(part, []).append(rows.as_buffer())
        for part in sorted(held):
            found = pa.concat_tables([pa.ipc.open_stream(blob).read_all() for blob in held.pop(part)])
            src, dst = candidates.candidate_pairs(found.combine_chunks(), list(order))
            yield from pa.table({"src": src, "dst": dst}).to_batches(max_chunksize=PAIRS_A_BATCH)

    sent = send_what_reaches(spark, shards, count, [Reach(2, route="hash")], inputs, parts, n_bands, tasks)
    return send_to_parts(sent, parts, "part").mapInArrow(search, "src long, dst long").distinct()


def _rows_schema(documents: DataFrame, order: Sequence[str]) -> pa.Schema:
    kinds = {name: pa.string() if is_text(documents, name) else pa.float64() for name in order}
    return pa.schema([*((name, pa.int64()) for name in FIXED), *kinds.items()])


def is_text(documents: DataFrame, name: str) -> bool:
    """Whether a column of the order is text; the others are numbers."""
    return isinstance(documents.schema[name].dataType, StringType)


def range_of(part: int, parts: int) -> tuple[int, int]:
    """The least and the greatest hash of a part.

    >>> range_of(0, 1) == (-(1 << 63), (1 << 63) - 1)
    True
    """
    edges = [-(-(number << 32) // parts) << 32 for number in (part, part + 1)]
    return edges[0] - (1 << 63), edges[1] - 1 - (1 << 63)


def _pack(schema: pa.Schema, order: list[str], parts: int) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    def pack(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: list[pa.RecordBatch] = []
        n_bytes = 0
        for batch in batches:
            if not batch.num_rows:
                continue
            held.append(with_sketch(batch))
            text = sum(held[-1][name].nbytes for name in order)
            n_bands = len(held[-1]["bands"].flatten())
            n_bytes += n_bands * (len(FIXED) * NUMBER_BYTES + text // batch.num_rows)
            if n_bytes >= PACKED_BYTES:
                yield _cut(held, schema, order, parts)
                held, n_bytes = [], 0
        if held:
            yield _cut(held, schema, order, parts)

    return pack


def with_sketch(documents: pa.RecordBatch) -> pa.RecordBatch:
    """The documents with a sketch in place of the signature."""
    sketch = pa.array(candidates.sketches(as_matrix(documents["signature"])))
    kept = [name for name in documents.schema.names if name != "signature"]
    return documents.select(kept).append_column("sketch", sketch)


def _cut(held: list[pa.RecordBatch], schema: pa.Schema, order: list[str], parts: int) -> pa.RecordBatch:
    """part, rows: of the documents held, the band rows of each part as one blob."""
    rows = band_rows(first_ones(pa.Table.from_batches(held).combine_chunks(), order), schema)
    part = part_of(rows["hash"].to_numpy(), parts)
    by_part = np.argsort(part, kind="stable")
    rows = rows.take(pa.array(by_part))
    numbers, begins = np.unique(part[by_part], return_index=True)
    blobs = [
        rows.slice(begin, end - begin).serialize().to_pybytes()
        for begin, end in zip(begins, [*begins[1:], rows.num_rows], strict=True)
    ]
    return pa.RecordBatch.from_pydict(
        {"part": pa.array(numbers, pa.int32()), "rows": pa.array(blobs, pa.binary())}
    )


def first_ones(documents: pa.Table, order: list[str]) -> pa.Table:
    """Without documents that are the same as one before them, by the order."""
    ranks = [candidates.sort_key(documents[name]) for name in order]
    by_order = np.lexsort((documents["number"].to_numpy(), *reversed(ranks)))
    place = np.empty(len(by_order), np.int64)
    place[by_order] = np.arange(len(by_order))
    first = first_of_equals(documents["same"].to_numpy(), place)
    return documents.filter(pa.array(first == np.arange(len(first))))


def band_rows(documents: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """A row for every band of every document: hash, number, sketch, same and what the order looks at."""
    bands = documents["bands"].combine_chunks()
    row = np.repeat(np.arange(len(bands)), bands.value_lengths().to_numpy())
    of_document = documents.select(schema.names[1:]).take(pa.array(row)).combine_chunks()
    columns = [bands.flatten(), *(column.combine_chunks() for column in of_document.columns)]
    return pa.RecordBatch.from_arrays(
        [column.cast(field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _search(
    schema: pa.Schema, order: list[str], parts: int, known: ReadKnown | None, keep: KeepNew | None
) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    def search(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: dict[int, list[pa.RecordBatch]] = {}
        for batch in batches:
            for part, blob in zip(batch["part"].to_pylist(), batch["rows"], strict=True):
                rows = held.setdefault(part, [])
                if blob.is_valid:
                    rows.append(pa.ipc.read_record_batch(pa.py_buffer(blob.as_py()), schema))
        for part in sorted(held):
            tables = [pa.Table.from_batches(held.pop(part), schema)]
            if keep is not None:
                keep(part, tables[0])
            if known is not None:
                tables.append(known(*range_of(part, parts)).select(schema.names).cast(schema))
            rows_of_part = pa.concat_tables(tables).combine_chunks()
            del tables
            src, dst = candidates.candidate_pairs(rows_of_part, order)
            found = pa.table({"src": src, "dst": dst})
            yield from found.to_batches(max_chunksize=PAIRS_A_BATCH)

    return search
