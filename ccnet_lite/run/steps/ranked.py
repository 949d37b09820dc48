"""Documents as near-duplicates are looked for among them, and rows of all shards back in the by-shard layout."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ccnet_lite.dedup.clusters import compared_column
from ccnet_lite.dedup.each import Each
from ccnet_lite.dedup.equals import fingerprints
from ccnet_lite.dedup.spooled import Spool, Spooled
from ccnet_lite.kernels.packing import pack
from ccnet_lite.kernels.policy import policy_columns, ranked
from ccnet_lite.run.engine import Run
from ccnet_lite.run.steps.common import ask_of
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.stages.by_shard import Work, map_shards
from ccnet_lite.stages.masks import write_by_shard
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
def ranked_on_driver(run: Run) -> Iterator[tuple[pa.Table, Spooled, Each]]:
    """All ranked documents (kernels.policy.ranked) but for what is compared; this, in files of the block's; and
    how it is worked on.
    """
    tables, settings, ask = ranked_tables(run), run.settings, ask_of(run)
    compared, more = compared_column(settings.near_duplicates), compared_columns(settings.near_duplicates)
    with TemporaryDirectory(dir=scratch_folder()) as folder:

        def spool(shards: Sequence[int]) -> str:
            with closing(Spool(Path(folder), compared)) as made:
                for shard in shards:
                    made.add(ranked(ShardReader(tables, shard), settings, more))
            return str(made.folder)

        each = ask.each(Path(folder))
        made = ask(ask.in_pieces(run.numbers), spool)
        found = Spooled([Path(folder) for folder in made], compared, each)
        pa.default_memory_pool().release_unused()  # or what the files were read into would stay this process's
        nothing = ranked(ShardReader(tables, -1), settings, more).drop_columns(more)
        yield nothing if found.documents is None else found.documents, found, each


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
