"""Candidate pairs over a cluster: band tables cut by hash, each part searched at once by array code.

A document's bands leave Python packed, a blob of rows for each part, so that Spark moves a few thousand
blobs and not a row for every band of every document. Where the documents lie changes nothing of the result.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StringType

from ccnet_lite.dedup import candidates
from ccnet_lite.dedup.pairs import as_matrix

BAND_ROWS_A_TASK = 2_000_000
"""Rows of the band table that a task holds at once, some 100 bytes each while they are sorted."""

PAIRS_A_BATCH = 100_000

Batches = Iterator[pa.RecordBatch]
ReadKnown = Callable[[int, int], pa.Table]
"""Rows of the band table that an index holds, of hashes from one number to another, both included."""
KeepNew = Callable[[int, pa.Table], None]
"""Takes the number of a part and its rows of the band table."""


def count_parts(n_documents: int, n_bands: int, least: int) -> int:
    """Into how many parts the band table is cut."""
    return max(least, ceil(n_documents * n_bands / BAND_ROWS_A_TASK))


def candidate_pairs(
    documents: DataFrame,
    order: Sequence[str],
    parts: int,
    known: ReadKnown | None = None,
    keep: KeepNew | None = None,
) -> DataFrame:
    """Columns src, dst (long): distinct pairs of documents that share a band; src is the first by `order`.

    Args:
        documents: number (long), bands (array<long>), signature (binary), and the columns of `order` (double
            or string).
        order: what a representative has least of; ties go to the smaller number.
        parts: into how many parts the band table is cut; no result depends on it.
        known: reads bands of documents found earlier; pairs among those are given too.
        keep: is given the bands of these documents, part by part, once or more.
    """
    schema = _rows_schema(documents, order)
    packed = documents.select("number", *order, "bands", "signature").mapInArrow(
        _pack(schema, parts), "part int, rows binary"
    )
    if known is not None or keep is not None:  # a part without new documents has pairs all the same
        session = documents.sparkSession
        packed = packed.unionByName(
            session.range(parts).selectExpr("cast(id as int) as part", "cast(null as binary) as rows")
        )
    found = packed.repartitionById(parts, "part").mapInArrow(
        _search(schema, list(order), parts, known, keep), "src long, dst long"
    )
    return found.distinct()


def _rows_schema(documents: DataFrame, order: Sequence[str]) -> pa.Schema:
    kinds = {
        name: pa.string() if isinstance(documents.schema[name].dataType, StringType) else pa.float64()
        for name in order
    }
    fixed = ("hash", "number", "sketch")
    return pa.schema([*((name, pa.int64()) for name in fixed), *kinds.items()])


def part_of(hashes: npt.NDArray[np.int64], parts: int) -> npt.NDArray[np.int64]:
    """The part of each hash: equal ranges of the 64-bit numbers, in their order."""
    high = (hashes.view(np.uint64) ^ np.uint64(1 << 63)) >> np.uint64(32)
    return (high * np.uint64(parts) >> np.uint64(32)).astype(np.int64)


def range_of(part: int, parts: int) -> tuple[int, int]:
    """The least and the greatest hash of a part.

    >>> range_of(0, 1) == (-(1 << 63), (1 << 63) - 1)
    True
    """
    edges = [-(-(number << 32) // parts) << 32 for number in (part, part + 1)]
    return edges[0] - (1 << 63), edges[1] - 1 - (1 << 63)


def _pack(schema: pa.Schema, parts: int) -> Callable[[Iterable[pa.RecordBatch]], Batches]:
    def pack(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            if not batch.num_rows:
                continue
            rows = band_rows(batch, schema)
            part = part_of(rows["hash"].to_numpy(), parts)
            by_part = np.argsort(part, kind="stable")
            rows = rows.take(pa.array(by_part))
            numbers, begins = np.unique(part[by_part], return_index=True)
            ends = [*begins[1:], rows.num_rows]
            blobs = [
                rows.slice(begin, end - begin).serialize().to_pybytes()
                for begin, end in zip(begins, ends, strict=True)
            ]
            yield pa.RecordBatch.from_pydict(
                {"part": pa.array(numbers, pa.int32()), "rows": pa.array(blobs, pa.binary())}
            )

    return pack


def band_rows(documents: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A row for every band of every document: hash, number, sketch and what the order looks at."""
    bands = documents["bands"]
    row = np.repeat(np.arange(len(bands)), bands.value_lengths().to_numpy())
    sketch = candidates.sketches(as_matrix(documents["signature"]))
    of_document = documents.append_column("sketch", pa.array(sketch)).select(schema.names[1:])
    columns = [bands.flatten(), *of_document.take(pa.array(row)).columns]
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
            src, dst = candidates.candidate_pairs(pa.concat_tables(tables), order)
            found = pa.table({"src": src, "dst": dst})
            yield from found.to_batches(max_chunksize=PAIRS_A_BATCH)

    return search
