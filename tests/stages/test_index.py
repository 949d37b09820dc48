"""Crawls added to an index one by one give what all of them at once give, and each keeps its own alone."""

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.clusters import MEMBERS, cluster_documents, compared_column
from ccnet_lite.dedup.split import greatest_key
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.candidates import FIXED, band_rows, with_sketch
from ccnet_lite.stages.components import checkpoint
from ccnet_lite.stages.equals import with_fingerprints
from ccnet_lite.stages.index import as_stored, clusters_with_index, from_stored, split_keys, superseded
from tests.stages.test_both_ways import FEW_BANDS, drifting_signatures, made_documents

ORDER = ["rank_0", "rank_1"]
POLICY = {"representative": "custom", "representative_order": ("cc_segment", "n_chars")}


class Index:
    """What lies in the folder of an index, in memory."""

    def __init__(self, settings: NearDuplicateSettings) -> None:
        self.settings = settings
        self.documents: list[DataFrame] = []
        self.pairs: list[DataFrame] = []
        self.bands: list[pa.Table] = []
        self.clusters: list[DataFrame] = []

    def add(self, crawl: pa.Table, spark: SparkSession) -> DataFrame:
        new = with_fingerprints(from_arrow(spark, crawl), compared_column(self.settings))
        before = list(self.bands)

        def read_bands(low: int, high: int) -> pa.Table:
            tables = [band.filter(_within(band, low, high)) for band in before]
            return pa.concat_tables([_NO_BANDS, *tables])

        kept = []

        def keep_pairs(frame: DataFrame) -> DataFrame:
            kept.append(checkpoint(frame))
            return kept[0]

        found = clusters_with_index(
            new,
            [from_stored(stored, self.settings) for stored in self.documents],
            self.pairs,
            ORDER,
            100,
            self.settings,
            checkpoint,
            read_bands,
            lambda part, rows: None,
            keep_pairs,
        )
        self.clusters.append(checkpoint(found))
        self.documents.append(checkpoint(as_stored(new, self.settings)))
        self.pairs.append(kept[0])
        self.bands.append(_bands(crawl, new))
        return self.clusters[-1]


_KINDS = {"rank_0": pa.string(), "rank_1": pa.float64()}
_NO_BANDS = pa.schema([*((name, pa.int64()) for name in FIXED), *_KINDS.items()]).empty_table()


def _within(bands: pa.Table, low: int, high: int) -> pa.Array:
    hashes = bands["hash"].to_numpy()
    return pa.array((hashes >= low) & (hashes <= high))


def _bands(crawl: pa.Table, new: DataFrame) -> pa.Table:
    """What a run is given to keep, made here another way: a task can't reach the test's lists."""
    same = to_arrow(new.select("doc_id", "same")).sort_by("doc_id")["same"]
    crawl = crawl.sort_by("doc_id").append_column("same", same)
    chosen = crawl.select(["number", "bands", "signature", "same", *ORDER]).combine_chunks()
    batch = with_sketch(chosen.to_batches()[0])
    return pa.Table.from_batches([band_rows(pa.Table.from_batches([batch]), _NO_BANDS.schema)])


@pytest.mark.parametrize("verify", ["exact", "none"])
def test_one_by_one_is_all_at_once(spark: SparkSession, verify: str) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, **POLICY, "verify": verify})
    documents = made_documents(drifting_signatures(7), 7)
    index = Index(settings)
    for start in (0, 40, 70):
        stop = {0: 40, 40: 70, 70: documents.num_rows}[start]
        found = to_arrow(index.add(documents.slice(start, stop - start), spark)).cast(MEMBERS)
        at_once = cluster_documents(documents.slice(0, stop), ORDER, settings)
        assert found.sort_by("doc_id").to_pylist() == at_once.to_pylist()
    assert at_once.num_rows > 60
    # No crawl keeps what one before it has.
    pairs = [{frozenset((row["src"], row["dst"])) for row in to_arrow(kept).to_pylist()} for kept in index.pairs]
    assert all(pairs)
    assert sum(map(len, pairs)) == len(set.union(*pairs))
    assert [stored.count() for stored in index.documents] == [40, 30, documents.num_rows - 70]
    new_ones = {row["doc_id"] for row in to_arrow(index.documents[2].select("doc_id")).to_pylist()}
    assert verify == "none" or all(pair & new_ones for pair in pairs[2]) or _pushed_apart(pairs[2], new_ones)


def _pushed_apart(pairs: set[frozenset[str]], new: set[str]) -> bool:
    """Two old documents are compared anew only where the first of their equals has changed: few."""
    return sum(not pair & new for pair in pairs) < len(pairs) / 10


def test_what_is_stored_comes_back(spark: SparkSession) -> None:
    settings = NearDuplicateSettings.model_validate({**FEW_BANDS, **POLICY})
    new = with_fingerprints(from_arrow(spark, made_documents(drifting_signatures(1, 2), 1)), "signature")
    stored = checkpoint(as_stored(new, settings))
    assert dict(stored.dtypes)["ranks"] == "array<double>"
    back = from_stored(stored, settings)
    assert "shingles" not in back.columns
    expected = to_arrow(new.select(*back.columns)).sort_by("doc_id")
    assert to_arrow(back).sort_by("doc_id").to_pylist() == expected.to_pylist()


def test_superseded_by_literals(spark: SparkSession) -> None:
    schema = "doc_id string, cluster_id string, representative boolean, similarity double"
    before = [("a", "a", True, 1.0), ("b", "a", False, 0.9)]
    after = [("n", "n", True, 1.0), ("a", "n", False, 0.8), ("b", "n", False, 0.85), ("c", "n", False, 0.95)]
    earlier = [("a", "one"), ("b", "one"), ("c", "two"), ("d", "two")]
    found = superseded(
        spark.createDataFrame(after, schema),
        spark.createDataFrame(before, schema),
        spark.createDataFrame(earlier, "doc_id string, crawl string"),
    )
    # b was no one's representative before; n is of this crawl.
    assert sorted(map(tuple, found.collect())) == [("a", "one", "n", 0.8), ("c", "two", "n", 0.95)]


def test_split_keys_by_literals(spark: SparkSession) -> None:
    schema = "doc_id string, shard int, cluster_id string, representative boolean"
    found = [
        ("n", 3, "n", True),  # new, stands for two of before and one new
        *(("a", 0, "n", False), ("b", 0, "n", False), ("o", 4, "n", False)),
        *(("c", 1, "c", True), ("p", 5, "c", False)),  # of before, stands for one new
        *(("q", 6, "q", True), ("r", 6, "q", False)),  # both new
    ]
    ids = spark.createDataFrame
    new, earlier = (ids([(name,) for name in names], "doc_id string") for names in ("nopqr", "abcd"))
    known = ids([("b", 0, "long ago"), ("d", 0, "c")], "doc_id string, shard int, split_key string")
    for before, keys in ((None, ["a", "b"]), (known, ["a", "long ago"])):
        rows = split_keys(ids(found, schema), new, earlier, before).collect()
        taken = greatest_key(keys)
        assert sorted(map(tuple, rows)) == [
            ("n", 3, True, taken),
            ("o", 4, False, taken),
            ("p", 5, False, "c"),
            ("r", 6, False, "q"),
        ]
    assert {greatest_key(["a", "b"]), greatest_key(["a", "long ago"])} - {"a"}, "nothing is shown"
