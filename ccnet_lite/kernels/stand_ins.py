"""What of a shard is asked where documents are looked for that another stands for: who stands, what they say."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.templates import UInt32, skeletons
from ccnet_lite.kernels import decide
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    STAYS,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
    select_text,
)
from ccnet_lite.kernels.policy import ranked
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import ShardReader

TEXTS_AT_ONCE = 1000

HashesOf = Callable[[list[str]], Iterable[UInt32]]
"""Takes texts; gives of each what is measured."""


def with_anchors(reader: ShardReader, settings: Settings) -> pa.Table:
    """doc_id, shard, position, n_chars, anchors of a shard's documents that no rule and no other one drops."""
    signals = reader.whole("signals", ["doc_id", "shard", "position", "n_chars", "anchors"])
    signals = signals.filter(pa.array(decide.standing(reader, settings)))
    return signals.filter(pc.greater(pc.list_value_length(signals["anchors"]), 0))


def with_skeleton(reader: ShardReader, settings: Settings) -> pa.Table:
    """A shard's ranked documents (kernels.policy.ranked) that no other stands for, with language and skeleton."""
    seed = settings.near_duplicates.seed
    documents = ranked(reader, settings, ("language",))
    gone = pc.is_in(documents["doc_id"], value_set=decide.stood_for(reader))
    documents = documents.filter(pc.invert(gone)).combine_chunks()
    made = hashes_of(reader, documents["doc_id"], "skeleton", lambda texts: skeletons(texts, seed))
    empty = pa.schema([("doc_id", pa.string()), ("skeleton", pa.binary())])
    found = pa.Table.from_batches(list(made), empty)
    at = pc.index_in(documents["doc_id"], value_set=found["doc_id"])
    return documents.append_column("skeleton", found["skeleton"].take(at))


def hashes_of(
    reader: ShardReader, doc_ids: pa.Array | pa.ChunkedArray, name: str, made: HashesOf
) -> Iterator[pa.RecordBatch]:
    """doc_id and, as binary of that name, what is made of some documents of a shard, on the lines that stay."""
    if not len(doc_ids):
        return
    lines = gather_lines(reader.whole("documents", LINE_COLUMNS))
    cuts = gather_cuts(reader.whole("signals", CUT_COLUMNS))
    stays = judge_lines(lines, read_masks(reader), False, cuts) == STAYS
    first = 0
    for batch in reader.read("documents", ["doc_id", "raw_content", "nlines"], TEXTS_AT_ONCE):
        wanted = np.flatnonzero(np.asarray(pc.is_in(batch["doc_id"], value_set=doc_ids)))
        chosen = batch.take(pa.array(wanted))
        texts = []
        for row, text, n_lines in zip(
            (first + wanted).tolist(), chosen["raw_content"].to_pylist(), chosen["nlines"].to_pylist(), strict=True
        ):
            kept = np.flatnonzero(stays[lines.offsets[row] : lines.offsets[row + 1]])
            texts.append(select_text(text, kept, n_lines))
        found = [hashes.astype("<u4").tobytes() for hashes in made(texts)]
        first += batch.num_rows
        yield pa.RecordBatch.from_arrays([chosen["doc_id"], pa.array(found, pa.binary())], ["doc_id", name])
