"""Lines that repeat, over all shards: counted within each, compared by hash range, answered by shard.

What a shard counts feeds the shuffle; ranges answer with masks for the shards that hold a line, which go back
to these in a second exchange of blobs. Where all counts fit the driver, the same kernels compare them there,
without a query, out of files that tasks of this machine write (stages/asking.py). Both ways give the same rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.key_sets import KeySums
from ccnet_lite.kernels.packing import cut, from_blobs, pack, part_of
from ccnet_lite.stages.asking import Ask
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.exchange import send_to_parts
from ccnet_lite.stages.sifting import BLOBS, Count, Reach, blobs, send_what_reaches
from ccnet_lite.stages.spooled import PartsWriter, RowsFile, read_part
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import PartWriter, cut_by_shard

Compare = Callable[..., pa.Table]
"""All counts of some ranges, a table of each kind, to rows of a mask table, sorted by shard."""

DRIVER_RANGE_ROWS = 500_000
"""Counts of a kind that the driver compares at once."""
RANGE_ROWS = 4_000_000
"""Rows of counts that a task compares at once, some 50 bytes each, thrice that while they are sorted."""


def compare_on_driver(
    ask: Ask,
    shards: Sequence[int],
    count: Count,
    kinds: Sequence[pa.Schema],
    compare: Compare,
    inputs: Mapping[str, Table],
    table: str,
    work: Work,
    reaches: Sequence[Reach] = (),
    n_rows: int = 0,
) -> list[DataFile]:
    """Files of a mask table, from counts that lie in scratch files and are compared range by range.

    ask: has shards counted. reaches, n_rows: as for `compare_on_cluster`; of counts that can make no mask none are
    held.
    """
    ranges = max(1, -(-n_rows // DRIVER_RANGE_ROWS))
    with TemporaryDirectory(dir=scratch_folder()) as folder:

        def spool(some: Sequence[int]) -> str:
            own = Path(mkdtemp(dir=folder))
            files = [PartsWriter(own / str(kind), schema) for kind, schema in enumerate(kinds)]
            for shard in some:
                for file, batch in zip(files, count(ShardReader(inputs, shard)), strict=True):
                    file.add(shard, cut(batch, part_of(batch["route"].to_numpy(), ranges)))
            return json.dumps([file.close() for file in files])

        pieces = ask.in_pieces(sorted(shards))
        said = [json.loads(each) for each in ask(pieces, spool)]
        files = [[RowsFile(*each[kind]) for each in said] for kind in range(len(kinds))]
        sums = [_sums(files[kind], kinds[kind], reach, n_rows) for kind, reach in enumerate(reaches)]

        def that_reach(kind: int, number: int) -> pa.Table:
            found = [kinds[kind].empty_table()]
            for batch in read_part(files[kind], number):
                if reaches and not reaches[kind].least:
                    continue
                reach = sums[kind].reach(batch["route"].to_numpy(), reaches[kind].least) if reaches else None
                rows = batch if reach is None else batch.filter(pa.array(reach))
                found.append(pa.Table.from_batches([rows]))
            return pa.concat_tables(found)

        schema = arrow_schema(table)
        begins = [piece[0] for piece in pieces]
        masks = PartsWriter(Path(folder, "masks"), schema)
        for number in range(ranges):
            found = compare(*(that_reach(kind, number) for kind in range(len(kinds))))
            for batch in found.select(schema.names).cast(schema).combine_chunks().to_batches():
                masks.add(number, cut(batch, np.searchsorted(begins, batch["shard"].to_numpy(), "right") - 1))
        return _write_in_order([masks.close()], len(pieces), table, work)


def _sums(files: Sequence[RowsFile], schema: pa.Schema, reach: Reach, n_rows: int) -> KeySums:
    """What the routes of a kind of counts sum to; nothing where all that is wanted is none."""
    sums = KeySums(n_rows if reach.least else 0)
    if reach.least:
        names = ["route", reach.rows] if reach.rows else ["route"]
        for batch in read_part(files, columns=[schema.get_field_index(name) for name in names]):
            amounts = batch[reach.rows].to_numpy() if reach.rows else np.ones(batch.num_rows)
            sums.add(batch["route"].to_numpy(), amounts.astype(np.int64))
    return sums


def _write_in_order(files: Sequence[RowsFile], n_pieces: int, table: str, work: Work) -> list[DataFile]:
    """Write rows of all shards, by shard. files: the rows, cut by pieces of shards that follow one another."""
    writer = None
    try:
        for piece in range(n_pieces):
            batches = list(read_part(files, piece))
            if not batches:
                continue
            if writer is None:
                writer = PartWriter(work.run, table, work.fingerprint, "part-000000.parquet", by_shard=True)
            for batch in _in_order(pa.Table.from_batches(batches), table).to_batches():
                for rows in cut_by_shard(batch):
                    writer.write(rows)
    except BaseException:
        if writer is not None:
            writer.abandon()
        raise
    return [] if writer is None else [writer.close()]


def compare_on_cluster(
    spark: SparkSession,
    shards: Sequence[int],
    count: Count,
    kinds: Sequence[pa.Schema],
    compare: Compare,
    inputs: Mapping[str, Table],
    table: str,
    work: Work,
    ranges: int,
    writers: int,
    reaches: Sequence[Reach] = (),
    n_rows: int = 0,
) -> list[DataFile]:
    """Files of a mask table: `ranges` hash ranges, written by `writers` tasks of neighbouring shards each.

    reaches: of each kind, which counts can make a mask, so that the others are not sent; all are where this is not
        given, and shards are counted once, not twice. n_rows: about how many counts of a kind there are.
    """
    place = {shard: index for index, shard in enumerate(shards)}

    def count_shard(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        for kind, batch in enumerate(count(reader)):
            yield blobs(kind, pack(batch, part_of(batch["route"].to_numpy(), ranges)))

    def compare_range(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[list[bytes]] = [[] for _ in kinds]
        for batch in batches:
            for kind, rows in zip(batch["kind"].to_pylist(), batch["rows"], strict=True):
                held[kind].append(rows.as_buffer())
        if not any(held):
            return
        masks = compare(*(from_blobs(blobs, schema) for blobs, schema in zip(held, kinds, strict=True)))
        for rows in masks.combine_chunks().to_batches():
            of_shard = np.array([place[shard] for shard in rows["shard"].to_pylist()], np.int64)
            yield blobs(0, pack(rows, of_shard * writers // len(shards)))

    if reaches:
        counted = send_what_reaches(spark, shards, count, reaches, inputs, ranges, n_rows, writers)
    else:
        counted = map_shards(spark, shards, count_shard, inputs, BLOBS)
    masks = send_to_parts(counted, ranges, "part").mapInArrow(compare_range, BLOBS)
    return write_by_shard(masks, table, work, writers)


def write_by_shard(rows: DataFrame, table: str, work: Work, writers: int) -> list[DataFile]:
    """Write rows that come as blobs, part by part, in the by-shard layout: a file a part, a row group a shard.

    rows: part (below `writers`; neighbouring shards), rows. A task that is tried twice writes the same file.
    """
    schema = arrow_schema(table)

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: dict[int, list[bytes]] = {}
        for batch in batches:
            for part, rows in zip(batch["part"].to_pylist(), batch["rows"], strict=True):
                held.setdefault(part, []).append(rows.as_buffer())
        for part in sorted(held):
            rows = _in_order(from_blobs(held.pop(part), schema), table)
            writer = PartWriter(work.run, table, work.fingerprint, f"part-{part:06d}.parquet", by_shard=True)
            try:
                for batch in rows.to_batches():
                    for piece in cut_by_shard(batch):
                        writer.write(piece)
            except BaseException:
                writer.abandon()
                raise
            yield pa.RecordBatch.from_pydict({"file": pa.array([writer.close().model_dump_json()])})

    said = send_to_parts(rows, writers, "part").mapInArrow(write, "file string").collect()
    return [DataFile.model_validate_json(row["file"]) for row in said]


def _in_order(rows: pa.Table, table: str) -> pa.Table:
    rows = rows.select(arrow_schema(table).names)
    return rows.sort_by(_order(rows)).combine_chunks()


def _order(rows: pa.Table) -> list[tuple[str, str]]:
    """By shard, and within it by what tells rows apart, so that equal rows make equal files."""
    names = ("shard", "position", "place", "key", "host_key")
    return [(name, "ascending") for name in names if name in rows.column_names]
