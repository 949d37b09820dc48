"""Pages of one template over a cluster are those on the driver, row by row, however the work is cut."""

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.pairs import as_matrix
from ccnet_lite.dedup.templates import TEMPLATE, keys, skeletons, template_documents, word_hashes
from ccnet_lite.stages import candidates, joins, stand_ins
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.components import checkpoint


def made(seed: int) -> dict[str, str]:
    """Texts by id: some by themselves, others of eight templates, a word in twelve its own."""
    random = np.random.default_rng(seed)
    frames = [[f"w{number}" for number in random.integers(0, 5000, 90)] for _ in range(8)]
    texts = {}
    for number in range(70):
        frame = frames[number % 8] if number < 56 else [f"w{each}" for each in random.integers(0, 5000, 90)]
        words = [f"v{random.integers(5000)}" if random.random() < 1 / 12 else word for word in frame]
        texts[random.bytes(16).hex()] = " ".join(words)
    return texts


@pytest.mark.parametrize("cut_small", [False, True])
def test_equal_rows(spark: SparkSession, cut_small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = made(1)
    raw = [row.astype("<u4").tobytes() for row in skeletons(list(texts.values()), 1)]
    numbers = np.arange(len(texts), dtype=np.int32)
    documents = pa.table(
        {
            "doc_id": list(texts),
            "shard": numbers % 4,
            "position": numbers,
            "number": [int(doc_id[:15], 16) for doc_id in texts],
            "language": ["en"] * len(texts),
            "rank_0": [f"archive {number % 5}" for number in range(len(texts))],
            "rank_1": [float(number % 7) for number in range(len(texts))],
            "skeleton": pa.array(raw, pa.binary()),
        }
    )
    order = ["rank_0", "rank_1"]

    def read(chosen: pa.Table) -> pa.Array:
        found = [word_hashes(texts[doc_id]).astype("<u4").tobytes() for doc_id in chosen["doc_id"].to_pylist()]
        return pa.array(found, pa.binary())

    def read_frame(wanted: DataFrame) -> DataFrame:
        rows = to_arrow(wanted)
        return from_arrow(spark, pa.table({"doc_id": rows["doc_id"], "words": read(rows)}))

    expected = template_documents(documents, order, 0.75, read)
    assert sum(row["template_of"] is not None for row in expected.to_pylist()) == 48
    if cut_small:
        monkeypatch.setattr(candidates, "PACKED_BYTES", 2_000)
        monkeypatch.setattr(candidates, "PART_BYTES", 3_000)
        monkeypatch.setattr(joins, "KEY_ROWS", 2)
        monkeypatch.setattr(stand_ins, "DRIVER_PAIRS", 3)
    of_each = keys(as_matrix(documents["skeleton"]), documents["language"]).view(np.int64).tolist()
    keyed = documents.append_column("keys", pa.array(of_each, pa.list_(pa.int64())))
    frame = from_arrow(spark, keyed).repartition(5 if cut_small else 2)
    found = to_arrow(
        stand_ins.stand_ins(frame, order, "keys", TEMPLATE, 0.75, 7 if cut_small else 1, read_frame, checkpoint)
    )
    assert found.column_names == TEMPLATE.rows.names
    assert found.sort_by("doc_id").to_pylist() == expected.to_pylist()
