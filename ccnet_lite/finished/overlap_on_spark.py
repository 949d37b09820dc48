"""Documents found without an index: the references' n-grams and the corpus', met on Spark by ranges of their hash.

Nothing that grows with the references or the corpus is held in one place: items are cut into units (a file of a
run's corpus, or some lines of another), n-grams leave Python packed, a blob of rows for each part, and what a part
finds is added up by document and item. What is found is that of overlap_in_memory.py, whatever the parts.

Not handled: an n-gram that very many items and very many documents have, whose pairs are all made in one task.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from uuid import uuid4

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ccnet_lite.dedup.rarity import ONE, weighted_share
from ccnet_lite.finished.decontaminated_files import Find, FindIn
from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.reference_units import Unit, cut_units, ipc, read_units
from ccnet_lite.kernels.decontaminate import Found, Overlap, Reference, texts_of
from ccnet_lite.kernels.overlap_parts import (
    DOCUMENT,
    DOCUMENT_ROWS,
    ITEM_ROWS,
    PAIR,
    SUMS,
    TOTAL,
    UNIT_BITS,
    document_rows,
    sums_of_part,
)
from ccnet_lite.kernels.packing import from_blobs, pack, part_of
from ccnet_lite.stages.components import checkpoint
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.items import map_items
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import WORK

PART_BYTES, ROW_BYTES, NGRAMS_A_DOCUMENT = 160_000_000, 24, 600
"""How large a part may be; what a row takes, and how many rows a document has, about."""
PACKED_ROWS = 2_500_000
"""Rows that a task gathers before it cuts them into parts."""
_COLUMNS = ("row", "reference", "item", "name", "measure", "matched", "size", "weight", "of_all")
_KINDS = dict.fromkeys(_COLUMNS, "long") | dict.fromkeys(("name", "measure"), "string")

Batches = Iterator[pa.RecordBatch]


def find_on_spark(
    session: SparkSession,
    corpus: Table,
    against: Sequence[Folder],
    overlap: Overlap,
    folder: Place,
    parts: int = 0,
) -> tuple[list[Reference], FindIn]:
    """The references, with what they hold, and what finds documents of the corpus that hold enough of an item.

    parts: into how many parts the n-grams are cut; 0: as many as memory asks for. No result depends on it.

    Raises:
        UserError: a reference that cannot be read or holds no item.
    """
    work = folder / WORK / f"overlap-{uuid4().hex}"
    references, units, forms = cut_units(against, overlap, work)
    lengths = read_units(session, units, references, forms, overlap, work)
    n_ngrams = sum(reference.ngrams for reference in references)
    n_bytes = ROW_BYTES * (n_ngrams + corpus.rows * NGRAMS_A_DOCUMENT * max(1, len(lengths)))
    tasks = int(session.conf.get("spark.sql.shuffle.partitions") or 1)
    parts = parts or max(tasks, ceil(n_bytes / PART_BYTES))
    sums = _sums(session, corpus, units, lengths, overlap, work, parts)
    _write_hits(_hits(session, sums, units, overlap.min_overlap, work), work / "hits")

    def find_in(number: int) -> Find:
        place = work / "hits" / f"{number:06d}.arrow"
        rows = pa.ipc.open_file(place.read_bytes()).read_all().to_pylist() if place.exists() else []
        rows.sort(key=lambda hit: (hit["row"], hit["reference"], hit["measure"] == "item", hit["item"]))

        at = [hit["row"] for hit in rows]

        def find(batch: pa.RecordBatch, first: int) -> list[Found]:
            here = rows[bisect_left(at, first) : bisect_left(at, first + batch.num_rows)]
            return [
                Found(
                    *(
                        hit["row"] - first,
                        hit["reference"],
                        hit["name"],
                        hit["measure"],
                        hit["matched"],
                        hit["size"],
                    ),
                    weighted_share(hit["weight"], hit["of_all"], hit["size"]),
                )
                for hit in here
            ]

        return find

    return references, find_in


# ---- n-grams by part -----------------------------------------------------------------------------------


def _sums(
    session: SparkSession,
    corpus: Table,
    units: Sequence[Unit],
    lengths: Sequence[int],
    overlap: Overlap,
    work: Place,
    parts: int,
) -> DataFrame:
    """SUMS of all parts, of which those of a document and an item are still to be added up."""
    text = form_of(corpus.schema).text

    def of_unit(number: int) -> Batches:
        rows = pa.ipc.open_file((work / "ngrams" / f"{number:06d}.arrow").read_bytes()).read_all()
        yield from _cut(rows.to_batches(PACKED_ROWS), ITEM_ROWS, parts, 0)

    def of_file(numbered: tuple[int, DataFile]) -> Batches:
        number, file = numbered

        def rows() -> Batches:
            first = number << UNIT_BITS
            for batch in read_file(corpus.place(file), ["title", text], file=file):
                yield document_rows(texts_of(batch, text), first, lengths, overlap)
                first += batch.num_rows

        yield from _cut(rows(), DOCUMENT_ROWS, parts, 1)

    schema = "part int, side int, rows binary"
    packed = map_items(session, range(len(units)), of_unit, schema).unionByName(
        map_items(session, list(enumerate(corpus.files)), of_file, schema)
    )
    n_documents, references = corpus.rows, np.array([unit.reference for unit in units], np.int64)

    def search(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: dict[tuple[int, int], list[bytes]] = {}
        for batch in batches:
            for row in batch.to_pylist():
                held.setdefault((row["part"], row["side"]), []).append(row["rows"])
        for part in sorted({part for part, _ in held}):
            items, documents = (
                from_blobs(held.pop((part, side), []), rows)
                for side, rows in enumerate((ITEM_ROWS, DOCUMENT_ROWS))
            )
            yield from sums_of_part(items, documents, n_documents, references)

    found = send_to_parts(packed, parts, "part").mapInArrow(
        search, ", ".join(f"{name} long" for name in SUMS.names)
    )
    return checkpoint(found)


def _cut(batches: Iterable[pa.RecordBatch], schema: pa.Schema, parts: int, side: int) -> Batches:
    """Rows gathered and cut: part, side, and a part's rows as one blob."""
    held: list[pa.RecordBatch] = []

    def taken() -> Batches:
        if not held:
            return
        rows = pa.Table.from_batches(held, schema).combine_chunks().to_batches()
        held.clear()
        for batch in rows:
            blobs = dict(pack(batch, part_of(batch["hash"].to_numpy(), parts)))
            yield pa.RecordBatch.from_pydict(
                {
                    "part": pa.array(list(blobs), pa.int32()),
                    "side": pa.array([side] * len(blobs), pa.int32()),
                    "rows": pa.array(list(blobs.values()), pa.binary()),
                }
            )

    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= PACKED_ROWS:
            yield from taken()
    yield from taken()


# ---- what is found -------------------------------------------------------------------------------------


def _hits(
    session: SparkSession, sums: DataFrame, units: Sequence[Unit], min_overlap: float, work: Place
) -> DataFrame:
    """What is found: the file's number, and _COLUMNS."""
    added = [F.sum(name).alias(name) for name in ("matched", "weight")]
    of_unit = F.lit(",".join(str(unit.reference) for unit in units))
    unit = F.shiftright("item", UNIT_BITS).cast("int")
    reference = F.get(F.split(of_unit, ",").cast("array<long>"), unit)
    enough = F.col("matched") / F.col("size") >= F.lit(min_overlap)
    pairs = sums.where(F.col("kind") == PAIR).groupBy("document", "item", "size").agg(*added)
    pairs = pairs.withColumn("reference", reference)
    totals = sums.where(F.col("kind") == TOTAL).groupBy("item").agg(F.sum("weight").alias("of_all"))
    by_item = pairs.where(enough).join(totals, "item").withColumn("measure", F.lit("item"))
    first = F.max(F.struct("matched", (-F.col("item")).alias("before")))
    best = pairs.groupBy("document", "reference").agg((-first["before"]).alias("best"))
    own = sums.where(F.col("kind") == DOCUMENT).withColumnRenamed("item", "reference")
    own = own.groupBy("document", "reference", "size").agg(*added).where(enough)
    by_document = own.join(best, ["document", "reference"]).withColumnRenamed("best", "item")
    by_document = by_document.withColumn("of_all", F.expr(f"weight + (size - matched) * {ONE}L"))
    hits = by_item.unionByName(by_document.withColumn("measure", F.lit("document")))

    def names(number: int) -> Batches:
        yield from pa.ipc.open_file((work / "names" / f"{number:06d}.arrow").read_bytes()).read_all().to_batches()

    named = hits.join(map_items(session, range(len(units)), names, "item long, name string"), "item")
    file = F.shiftright("document", UNIT_BITS).alias("file")
    row = F.expr(f"document & {(1 << UNIT_BITS) - 1}L").alias("row")
    return named.select(file, row, *(name for name in _COLUMNS if name != "row"))


def _write_hits(hits: DataFrame, folder: Place) -> None:
    """A file of hits for each corpus file that has any."""

    def write(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: list[pa.RecordBatch] = []
        number = -1

        def close() -> None:
            if held:
                table = pa.Table.from_batches(held).select(list(_COLUMNS))
                (folder / f"{number:06d}.arrow").write_bytes(ipc(table))
                held.clear()

        for batch in batches:
            files = batch["file"].to_numpy()
            for file in np.unique(files).tolist():
                if file != number:
                    close()
                    number = file
                held.append(batch.filter(pa.array(files == file)))
        close()
        yield from ()

    hits.repartition("file").sortWithinPartitions("file").mapInArrow(write, "file long").count()
