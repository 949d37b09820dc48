"""The documents that are in some pair, told from the others where they lie, before anything of them is shuffled.

Every task gets a table of bits, one of which each document has: set where a pair has a document with that bit. The
table has sixteen bits an end of a pair, so that one in some twenty others is taken for one that is in a pair, but
never more than 128 MB: of a crawl with a hundred million pairs it lets more pass, not less.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ccnet_lite.dedup.key_sets import from_bits, to_bits
from ccnet_lite.stages.exchange import send_to_parts

BITS_AN_END = 16
LEAST_BITS, MOST_BITS = 10, 30
"""Of the number of a bit, at the least and at the most: 2^30 bits are 128 MB."""
MOST_WITHIN = 22
"""A table of more than 2^22 bits is put together in segments of so many, each by a task."""

UInt8 = npt.NDArray[np.uint8]
Batches = Iterator[pa.RecordBatch]


def in_pairs(documents: DataFrame, pairs: DataFrame, key: str) -> DataFrame:
    """The documents that are in a pair, and some others.

    pairs: src, dst, of the documents' `key`; read twice.
    """
    spark = documents.sparkSession
    bits = max(LEAST_BITS, min(MOST_BITS, (2 * BITS_AN_END * pairs.count()).bit_length() - 1))
    table = spark.sparkContext.broadcast(_table(pairs, bits))
    names = documents.columns

    def keep(batches: Iterable[pa.RecordBatch]) -> Batches:
        held = table.value
        for batch in batches:
            slot = batch["_slot"].to_numpy()
            found = held[slot >> 3] >> (slot & 7).astype(np.uint8) & 1
            yield batch.select(names).filter(pa.array(found.astype(np.bool_)))

    return documents.withColumn("_slot", _slot(key, bits)).mapInArrow(keep, documents.schema)


def _slot(key: str, bits: int) -> Column:
    return F.pmod(F.xxhash64(key), F.lit(1 << bits))


def _table(pairs: DataFrame, bits: int) -> UInt8:
    """[2^bits / 8]: the bits."""
    within = min(bits, MOST_WITHIN)
    segments = 1 << (bits - within)

    def ask(batches: Iterable[pa.RecordBatch]) -> Batches:
        for batch in batches:
            slots = np.unique(np.concatenate([batch["src"].to_numpy(), batch["dst"].to_numpy()]))
            parts, begins = np.unique(slots >> within, return_index=True)
            bounds = zip(begins, [*begins[1:], len(slots)], strict=True)
            blobs = [to_bits(slots[begin:end] & (1 << within) - 1, within) for begin, end in bounds]
            columns = [pa.array(parts, pa.int32()), pa.array(blobs, pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, ["part", "slots"])

    def gather(batches: Iterable[pa.RecordBatch]) -> Batches:
        held: dict[int, npt.NDArray[np.bool_]] = {}
        for batch in batches:
            for part, slots in zip(batch["part"].to_pylist(), batch["slots"].to_pylist(), strict=True):
                held.setdefault(part, np.zeros(1 << within, np.bool_))[from_bits(slots)] = True
        for part, segment in held.items():
            packed = np.packbits(segment, bitorder="little").tobytes()
            columns = [pa.array([part], pa.int32()), pa.array([packed], pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, ["part", "slots"])

    slots = pairs.select(*(_slot(end, bits).alias(end) for end in ("src", "dst")))
    asked = slots.mapInArrow(ask, "part int, slots binary")
    gathered = send_to_parts(asked, segments, "part").mapInArrow(gather, "part int, slots binary")
    found = {row["part"]: row["slots"] for row in gathered.collect()}
    empty = bytes((1 << within) // 8)
    whole = b"".join(bytes(found.get(part, empty)) for part in range(segments))
    return np.frombuffer(whole, np.uint8)
