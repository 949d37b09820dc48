"""Clusters over a cluster are those on the driver, row by row, however the work is cut."""

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.dedup.clusters import MEMBERS, cluster_documents
from ccnet_lite.dedup.minhash import band_hashes
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages import candidates, joins, near_duplicates
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.near_duplicates import clusters

ORDER = ["rank_0", "rank_1"]
FEW_BANDS = {"bands": 8, "rows": 2, "similarity": 0.6}


def made_documents(values: np.ndarray, seed: int) -> pa.Table:
    """Documents of these signatures, in a random order, with many ties in what the policy looks at."""
    random = np.random.default_rng(seed)
    values = values[random.permutation(len(values))]
    ids = [random.bytes(16).hex() for _ in values]
    bands = band_hashes(values, 8, 2).view(np.int64)
    return pa.table(
        {
            "doc_id": ids,
            "shard": pa.array(random.integers(0, 9, len(ids)), pa.int32()),
            "position": pa.array(np.arange(len(ids)), pa.int32()),
            "number": [int(doc_id[:15], 16) for doc_id in ids],
            "crawl": [f"crawl {n}" for n in random.integers(0, 3, len(ids))],
            "rank_0": [f"archive {n}" for n in random.integers(0, 2, len(ids))],
            "rank_1": random.integers(0, 3, len(ids)).astype(np.float64),
            "signature": pa.array([row.tobytes() for row in values], pa.binary()),
            "bands": pa.array(bands.tolist(), pa.list_(pa.int64())),
            "shingles": pa.array([np.unique(row).tobytes() for row in values], pa.binary()),
        }
    )


def drifting_signatures(seed: int, families: int = 12, members: int = 8) -> np.ndarray:
    """[documents, 16]: families whose members each change a few values of another's, or nothing."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(families):
        family = [random.integers(1, 2**32, 16, dtype=np.uint32)]
        for _ in range(members - 1):
            member = family[random.integers(len(family))].copy()
            changed = random.random(16) < random.choice([0, 0.1, 0.25])
            member[changed] = random.integers(1, 2**32, changed.sum(), dtype=np.uint32)
            family.append(member)
        made += family
    return np.array(made)


@pytest.mark.parametrize(
    ("verify", "cut_small"), [("estimate", False), ("estimate", True), ("exact", True), ("none", True)]
)
def test_equal_rows(spark: SparkSession, verify: str, cut_small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, "verify": verify})
    documents = made_documents(drifting_signatures(5), 5)
    expected = cluster_documents(documents, ORDER, settings)
    assert expected.num_rows > 60
    assert len(set(documents["signature"].to_pylist())) < 80  # of 96: some are the same
    if cut_small:
        monkeypatch.setattr(candidates, "PACKED_BYTES", 2_000)
        monkeypatch.setattr(candidates, "PART_BYTES", 20_000)
        monkeypatch.setattr(joins, "KEY_ROWS", 2)
        monkeypatch.setattr(near_duplicates, "DRIVER_PAIRS", 3)
    frame = from_arrow(spark, documents).repartition(5 if cut_small else 2)
    found = to_arrow(clusters(frame, ORDER, documents.num_rows, settings))
    assert found.column_names == MEMBERS.names
    assert found.cast(MEMBERS).sort_by("doc_id").to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("verify", ["estimate", "none"])
def test_the_order_of_rows_means_nothing_on_the_driver(verify: str) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, "verify": verify})
    documents = made_documents(drifting_signatures(6), 6)
    expected = cluster_documents(documents, ORDER, settings)
    shuffled = documents.take(np.random.default_rng(0).permutation(documents.num_rows))
    assert cluster_documents(shuffled, ORDER, settings).equals(expected)


def by_literals() -> pa.Table:
    """A: the first of its three equals. B: two equals, alike to A. C: two equals, alike to B alone."""
    one = np.arange(1, 17, dtype=np.uint32)
    two, three = one.copy(), one.copy()
    two[:4] = 100
    three[:4], three[13:] = 100, 200
    rows = [(one, "a2", 1.0), (one, "a1", 0.0), (one, "a3", 1.0), (two, "b1", 2.0), (two, "b2", 2.0)]
    rows += [(three, "c2", 4.0), (three, "c1", 3.0)]
    documents = made_documents(np.array([values for values, _, _ in rows]), 0)
    bands = band_hashes(np.array([values for values, _, _ in rows]), 8, 2).view(np.int64)
    names = [name for _, name, _ in rows]
    columns = {
        "doc_id": pa.array([name.encode().hex().ljust(32, "0") for name in names]),
        "number": pa.array([int(name.encode().hex().ljust(15, "0"), 16) for name in names]),
        "crawl": pa.array([f"crawl {name[1]}" for name in names]),
        "rank_0": pa.array(["archive"] * len(rows)),
        "rank_1": pa.array([rank for _, _, rank in rows]),
        "signature": pa.array([values.tobytes() for values, _, _ in rows], pa.binary()),
        "bands": pa.array(bands.tolist(), pa.list_(pa.int64())),
    }
    for name, column in columns.items():
        documents = documents.set_column(documents.column_names.index(name), name, column)
    return documents


@pytest.mark.parametrize("driver", [True, False])
def test_what_becomes_of_equals(spark: SparkSession, driver: bool) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, "similarity": 0.7})
    documents = by_literals()
    if driver:
        found = cluster_documents(documents, ORDER, settings)
    else:
        found = to_arrow(clusters(from_arrow(spark, documents), ORDER, 7, settings)).sort_by("doc_id")
    rows = [
        tuple(bytes.fromhex(row[end]).rstrip(b"\0").decode() for end in ("doc_id", "cluster_id"))
        + tuple(row[name] for name in ("cluster_size", "similarity", "crawls", "crawl_copies"))
        for row in found.to_pylist()
    ]
    assert rows == [
        ("a1", "a1", 5, 1.0, ["crawl 1", "crawl 2", "crawl 3"], [2, 2, 1]),
        ("a2", "a1", 5, 1.0, None, None),
        ("a3", "a1", 5, 1.0, None, None),
        ("b1", "a1", 5, 0.75, None, None),
        ("b2", "a1", 5, 0.75, None, None),
        ("c1", "c1", 2, 1.0, ["crawl 1", "crawl 2"], [1, 1]),
        ("c2", "c1", 2, 1.0, None, None),
    ]


def test_of_two_documents_with_one_number_the_second_stays(spark: SparkSession) -> None:
    """Pairs name documents by 60 bits of their ids, which two of very many share by chance."""
    documents = by_literals()
    ids, numbers = documents["doc_id"].to_pylist(), documents["number"].to_pylist()
    twin = numbers.index(numbers[0])
    stranger = ids[0][:15] + "f" * 17
    ids[5], numbers[5] = stranger, numbers[twin]  # c2 is now called as a2 is
    documents = documents.set_column(0, "doc_id", pa.array(ids))
    documents = documents.set_column(documents.column_names.index("number"), "number", pa.array(numbers))
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, "similarity": 0.7})
    found = to_arrow(clusters(from_arrow(spark, documents), ORDER, 7, settings)).to_pylist()
    assert sorted({(row["cluster_id"][:4], row["cluster_size"]) for row in found}) == [("6131", 5)]
    assert stranger not in {row["doc_id"] for row in found}
