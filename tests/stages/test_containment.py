"""Documents inside longer ones over a cluster are those on the driver, row by row, however the work is cut."""

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup import containment as on_driver
from ccnet_lite.dedup.anchors import SeenAnchors
from ccnet_lite.dedup.minhash import signatures
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages import candidates, joins, stand_ins
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.components import checkpoint
from ccnet_lite.text.shingles import shingle_hashes

NEAR = NearDuplicateSettings()


def words(seed: int, count: int) -> str:
    return " ".join(f"w{number}" for number in np.random.default_rng(seed).integers(0, 5000, count))


def made(seed: int) -> dict[str, str]:
    """Texts by id: runs of parts, many inside others, in a random order."""
    random = np.random.default_rng(seed)
    parts = [words(1000 * seed + number, 70) for number in range(40)]
    texts = {}
    for begin in random.integers(0, 38, 60):
        text = " ".join(parts[begin : begin + random.integers(1, 6)])
        texts[random.bytes(16).hex()] = text.removesuffix(text[-20:]) if random.random() < 0.2 else text
    return texts


def documents_of(texts: dict[str, str]) -> pa.Table:
    seen = SeenAnchors(len(texts), NEAR.ngram)
    signatures(list(texts.values()), NEAR, seen.see)
    numbers = np.arange(len(texts), dtype=np.int32)
    n_chars = [len(text) for text in texts.values()]
    return pa.table(
        {
            "doc_id": list(texts),
            "shard": numbers % 4,
            "position": numbers,
            "number": [int(doc_id[:15], 16) for doc_id in texts],
            "fewer": -np.array(n_chars, np.float64),
            "n_chars": n_chars,
            "anchors": seen.column(),
        }
    )


def found_over(frame: DataFrame, parts: int, read: stand_ins.ReadHashes) -> DataFrame:
    return stand_ins.stand_ins(
        frame, ["fewer"], "anchors", on_driver.CONTAINED, 0.95, parts, read, commit=checkpoint
    )


@pytest.mark.parametrize("cut_small", [False, True])
def test_equal_rows(spark: SparkSession, cut_small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = made(1)
    documents = documents_of(texts)
    shelf = {doc_id: shingle_hashes(text, NEAR.ngram).astype("<u4").tobytes() for doc_id, text in texts.items()}
    asked: list[set[str]] = []

    def read(chosen: pa.Table) -> pa.Array:
        asked.append(set(chosen["doc_id"].to_pylist()))
        return pa.array([shelf[doc_id] for doc_id in chosen["doc_id"].to_pylist()], pa.binary())

    def read_frame(wanted: DataFrame) -> DataFrame:
        rows = to_arrow(wanted).sort_by("doc_id")
        places = {row["doc_id"]: (row["shard"], row["position"]) for row in documents.to_pylist()}
        assert all(places[row["doc_id"]] == (row["shard"], row["position"]) for row in rows.to_pylist())
        return from_arrow(spark, pa.table({"doc_id": rows["doc_id"], "shingles": read(rows)}))

    expected = on_driver.contained_documents(documents, 0.95, read)
    assert expected.num_rows > 30 and max(expected["holds"].to_pylist()) > 2
    if cut_small:
        monkeypatch.setattr(candidates, "PACKED_BYTES", 2_000)
        monkeypatch.setattr(candidates, "PART_BYTES", 3_000)
        monkeypatch.setattr(joins, "KEY_ROWS", 2)
        monkeypatch.setattr(stand_ins, "DRIVER_PAIRS", 3)
    parts = 7 if cut_small else 1
    frame = from_arrow(spark, documents.drop_columns(["n_chars"])).repartition(5 if cut_small else 2)
    found = to_arrow(found_over(frame, parts, read_frame))
    assert found.column_names == on_driver.CONTAINED.rows.names
    assert found.sort_by("doc_id").to_pylist() == expected.to_pylist()
    assert asked[0] == asked[1]


def test_of_two_documents_with_one_number_the_second_takes_no_part(spark: SparkSession) -> None:
    texts = {"0" * 15 + "a" * 17: words(1, 100), "0" * 15 + "b" * 17: words(2, 100)}
    texts["1" * 32] = " ".join([words(3, 90), *texts.values()])
    shelf = {doc_id: shingle_hashes(text, NEAR.ngram).astype("<u4").tobytes() for doc_id, text in texts.items()}

    def read(wanted: DataFrame) -> DataFrame:
        ids = [row.doc_id for row in wanted.collect()]
        return spark.createDataFrame(
            [(each, bytearray(shelf[each])) for each in ids], "doc_id string, shingles binary"
        )

    frame = from_arrow(spark, documents_of(texts).drop_columns(["n_chars"]))
    found = found_over(frame, 1, read).collect()
    assert sorted((row.doc_id[-1], row.holds) for row in found) == [("1", 1), ("a", 0)]
