"""Documents as near-duplicates are looked for among them, and rows of all shards back in the by-shard layout."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import compared_column
from ccnet_lite.dedup.equals import fingerprints
from ccnet_lite.dedup.spooled import Spooled
from ccnet_lite.kernels.packing import pack
from ccnet_lite.kernels.policy import policy_columns, ranked
from ccnet_lite.run.engine import Run
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.masks import THREADS, write_by_shard
from ccnet_lite.stages.sifting import BLOBS, blobs
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.scratch import scratch_folder
from ccnet_lite.store.tables import DataFile


def compared_columns(near: NearDuplicateSettings) -> list[str]:
    """What of `signals` the comparison needs."""
    return list(dict.fromkeys(["signature", "bands", compared_column(near)]))


def ranked_tables(run: Run) -> dict[str, Any]:
    """What ranked documents are read from."""
    return {name: run.tables[name] for name in ("signals", "own_scores", "perplexities") if name in run.tables}


@contextmanager
def ranked_on_driver(run: Run) -> Iterator[tuple[pa.Table, Spooled]]:
    """All ranked documents (kernels.policy.ranked) but for what is compared, and this, in files of the block's."""
    tables, settings = ranked_tables(run), run.settings
    more = compared_columns(settings.near_duplicates)
    with (
        TemporaryDirectory(dir=scratch_folder()) as folder,
        closing(Spooled(Path(folder), compared_column(settings.near_duplicates))) as spooled,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        pieces = [ranked(ShardReader(tables, -1), settings, more).drop_columns(more)]
        # Not all at once: pieces that wait for their turn would be held whole.
        for some in (run.numbers[at : at + 2 * THREADS] for at in range(0, len(run.numbers), 2 * THREADS)):
            for piece in pool.map(lambda shard: ranked(ShardReader(tables, shard), settings, more), some):
                spooled.add(piece)
                pieces.append(piece.drop_columns(more))
            pa.default_memory_pool().release_unused()  # or what shards took would stay this process's
        documents = pa.concat_tables(pieces).combine_chunks()
        pieces.clear()
        yield documents, spooled


def with_same(reader: ShardReader, settings: Settings, without: Sequence[str]) -> pa.Table:
    """A shard's ranked documents but those of some ids, as candidates are looked for among them."""
    compared = compared_column(settings.near_duplicates)
    found = ranked(reader, settings, compared_columns(settings.near_duplicates))
    if without:
        found = found.filter(pc.invert(pc.is_in(found["doc_id"], pa.array(without, pa.string()))))
    return found.append_column("same", pa.array(fingerprints(found[compared])[:, 0]))


def ranked_on_cluster(run: Run, more: Sequence[str] = ()) -> DataFrame:
    """All ranked documents (kernels.policy.ranked), as a DataFrame. more: all that are compared if not given."""
    settings = run.settings
    columns = list(more) or compared_columns(settings.near_duplicates)

    def kernel(reader: ShardReader) -> Iterator[pa.RecordBatch]:
        yield from ranked(reader, settings, columns).combine_chunks().to_batches(max_chunksize=10_000)

    schema = ranked_schema(settings.near_duplicates, columns)
    return map_shards(run.spark, run.numbers, kernel, ranked_tables(run), schema)


def ranked_schema(near: NearDuplicateSettings, columns: Sequence[str]) -> str:
    """The schema of ranked documents, in Spark's words."""
    kinds = {"signature": "binary", "bands": "array<bigint>", "shingles": "binary"}
    own = "doc_id string, shard int, position int, number long, crawl string"
    return ", ".join([own, rank_types(near), *(f"{name} {kinds[name]}" for name in columns)])


def rank_types(near: NearDuplicateSettings) -> str:
    """The columns of the order, in Spark's words."""
    ranks = enumerate(policy_columns(near))
    return ", ".join(f"rank_{place} {'string' if name == 'cc_segment' else 'double'}" for place, name in ranks)


def write_frame_by_shard(run: Run, found: DataFrame, table: str, work: Work) -> list[DataFile]:
    """Write rows that have a shard in the by-shard layout."""
    numbers = run.numbers
    place = {shard: index for index, shard in enumerate(numbers)}
    writers = min(len(numbers), run.partitions)
    schema = arrow_schema(table)
    names = schema.names

    def send(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if not batch.num_rows:
                continue
            rows = pa.RecordBatch.from_arrays(
                [batch[field.name].cast(field.type) for field in schema], schema=schema
            )
            at = np.array([place[shard] for shard in rows["shard"].to_pylist()], np.int64)
            yield blobs(0, pack(rows, at * writers // len(numbers)))

    return write_by_shard(found.select(*names).mapInArrow(send, BLOBS), table, work, writers)
