"""What of a shard is asked where documents inside longer ones are looked for: who is, and shingles of a few."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.text.shingles import shingle_hashes

TEXTS_AT_ONCE = 1000
SHINGLES = pa.schema([pa.field("doc_id", pa.string()), pa.field("shingles", pa.binary())])


def standing(reader: ShardReader, settings: Settings) -> pa.Table:
    """doc_id, shard, position, n_chars, anchors of a shard's documents that no rule and no other one drops."""
    signals = reader.whole("signals", ["doc_id", "shard", "position", "n_chars", "anchors"])
    signals = signals.filter(pa.array(decide.standing(reader, settings)))
    return signals.filter(pc.greater(pc.list_value_length(signals["anchors"]), 0))


def shingles_of(reader: ShardReader, doc_ids: pa.Array, ngram: int) -> Iterator[pa.RecordBatch]:
    """doc_id, shingles (distinct uint32, ascending) of some documents of a shard, on the lines that stay."""
    if not len(doc_ids):
        return
    lines = gather_lines(reader.whole("documents", LINE_COLUMNS))
    cuts = gather_cuts(reader.whole("signals", CUT_COLUMNS))
    stays = judge_lines(lines, read_masks(reader), False, cuts) == STAYS
    first = 0
    for batch in reader.read("documents", ["doc_id", "raw_content", "nlines"], TEXTS_AT_ONCE):
        wanted = np.flatnonzero(np.asarray(pc.is_in(batch["doc_id"], value_set=doc_ids)))
        chosen = batch.take(pa.array(wanted))
        found = []
        for row, text, n_lines in zip(
            (first + wanted).tolist(), chosen["raw_content"].to_pylist(), chosen["nlines"].to_pylist(), strict=True
        ):
            kept = np.flatnonzero(stays[lines.offsets[row] : lines.offsets[row + 1]])
            hashes = shingle_hashes(select_text(text, kept, n_lines), ngram)
            found.append(hashes.astype("<u4").tobytes())
        first += batch.num_rows
        yield pa.RecordBatch.from_arrays([chosen["doc_id"], pa.array(found, pa.binary())], schema=SHINGLES)
