from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.dedup.clusters import cluster_documents
from ccnet_lite.dedup.minhash import band_hashes, estimate, is_empty, signatures
from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages import near_duplicates
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.near_duplicates import alike, compare_pairs
from ccnet_lite.text.shingles import shingle_hashes

DEFAULT = NearDuplicateSettings()
Row = dict[str, object]


def documents(texts: dict[str, str], ranks: dict[str, float] | None = None) -> pa.Table:
    """What is clustered, of texts by id, in the order of the dictionary; without ranks the longest comes first."""
    values = signatures(list(texts.values()), DEFAULT)
    bands = band_hashes(values, DEFAULT.bands, DEFAULT.rows).view(np.int64)
    ids = [hex_id(name) for name in texts]
    table = pa.table(
        {
            "doc_id": ids,
            "shard": pa.array([len(name) for name in texts], pa.int32()),
            "position": pa.array([sum(name.encode()) for name in texts], pa.int32()),
            "number": [int(doc_id[:15], 16) for doc_id in ids],
            "crawl": ["crawl"] * len(texts),
            "rank_0": [ranks[name] if ranks else -float(len(text)) for name, text in texts.items()],
            "signature": pa.array([row.tobytes() for row in values], pa.binary()),
            "bands": pa.array(bands.tolist(), pa.list_(pa.int64())),
            "shingles": pa.array(
                [shingle_hashes(text, DEFAULT.ngram).tobytes() for text in texts.values()], pa.binary()
            ),
        }
    )
    return table.filter(pa.array(~is_empty(values)))


def clusters(
    spark: SparkSession, table: pa.Table, settings: NearDuplicateSettings = DEFAULT, *, driver: bool = False
) -> list[Row]:
    """Rows by id, with names in place of ids."""
    if driver:
        found = cluster_documents(table, ["rank_0"], settings)
    else:
        found = to_arrow(near_duplicates.clusters(from_arrow(spark, table), ["rank_0"], 100, settings))
    named = []
    for row in found.to_pylist():
        names = {end: bytes.fromhex(row[end]).rstrip(b"\0").decode() for end in ("doc_id", "cluster_id")}
        named.append(row | names)
    return sorted(named, key=lambda row: str(row["doc_id"]))


def hex_id(name: str) -> str:
    """An id like those of documents, that sorts as the name does."""
    return name.encode().hex().ljust(32, "0")


def words(seed: int, count: int = 200) -> list[str]:
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 10_000, count)]


def edited(original: Iterable[str], *places: int) -> list[str]:
    return [f"edit{place}" if place in places else word for place, word in enumerate(original)]


@pytest.fixture(scope="module")
def families() -> dict[str, str]:
    """Ten families of an original, an exact copy, a near copy and a longer one; thirty documents apart."""
    texts = {}
    for number in range(10):
        original = words(number)
        texts[f"f{number}-original"] = " ".join(original)
        texts[f"f{number}-copy"] = " ".join(original)
        texts[f"f{number}-near"] = " ".join(edited(original, 50))
        texts[f"f{number}-longer"] = " ".join([*original, "and", "more"])
    for number in range(30):
        texts[f"single{number:02}"] = " ".join(words(100 + number))
    return texts


@pytest.fixture(scope="module")
def of_families(spark: SparkSession, families: dict[str, str]) -> list[Row]:
    return clusters(spark, documents(families))


def test_families_are_found_and_the_longest_stays(of_families: list[Row], families: dict[str, str]) -> None:
    by_id = {row["doc_id"]: row for row in of_families}
    assert set(by_id) == {name for name in families if name.startswith("f")}
    for name, row in by_id.items():
        family = str(name).split("-")[0]
        assert row["cluster_id"] == f"{family}-longer"
        assert row["cluster_size"] == 4
        assert row["representative"] == (name == f"{family}-longer")
    # 200 words have 196 shingles; the longer one has 2 more, the edit spoils 5.
    assert by_id["f3-longer"]["similarity"] == 1.0
    assert by_id["f3-copy"]["similarity"] == pytest.approx(196 / 198, abs=0.03)
    assert by_id["f3-near"]["similarity"] == pytest.approx(191 / 203, abs=0.06)


def test_similarity_is_the_estimate_of_the_signatures(of_families: list[Row], families: dict[str, str]) -> None:
    values = dict(zip(families, signatures(list(families.values()), DEFAULT), strict=True))
    assert of_families
    for row in of_families:
        expected = estimate(values[str(row["doc_id"])], values[str(row["cluster_id"])])
        assert row["similarity"] == pytest.approx(float(expected))


@pytest.mark.parametrize("driver", [True, False])
def test_a_template_page_of_more_copies_than_sketches_are_spared(spark: SparkSession, driver: bool) -> None:
    """Each copy has a word of its own, and other pages share buckets with them without being alike."""
    page = words(5)
    texts = {f"page{n:03}": " ".join(edited(page, n)) for n in range(150)}
    texts |= {f"part{n}": " ".join([*page[:165], *words(90 + n, 35)]) for n in range(3)}
    found = clusters(spark, documents(texts), driver=driver)
    by_cluster = {(str(row["cluster_id"])[:4], row["cluster_size"]) for row in found}
    assert by_cluster == {("page", 150)}
    assert {str(row["doc_id"])[:4] for row in found} == {"page"}
    assert min(float(str(row["similarity"])) for row in found) > 0.85


@pytest.mark.parametrize(
    "wrong",
    [
        {"representative": "custom"},
        {"representative_order": ("n_chars",)},
        {"representative": "custom", "representative_order": ("raw_content",)},
        {"representative": "custom", "representative_order": ("-cc_segment",)},
    ],
)
def test_an_order_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="representative"):
        NearDuplicateSettings.model_validate(wrong)


@pytest.mark.parametrize("driver", [True, False])
def test_a_template_page_is_one_cluster(spark: SparkSession, driver: bool) -> None:
    """Many documents of equal length: candidates and stars must agree on which of them comes first."""
    page = words(3)
    texts = {f"t{number:04}": " ".join(edited(page, number % 200)) for number in range(400)}
    found = clusters(spark, documents(texts, dict.fromkeys(texts, 1000.0)), driver=driver)
    assert {(row["cluster_id"], row["cluster_size"]) for row in found} == {("t0000", 400)}


@pytest.mark.parametrize("driver", [True, False])
def test_ties_go_to_the_smaller_id_and_short_texts_to_their_equals(spark: SparkSession, driver: bool) -> None:
    text = " ".join(words(4))
    texts = {"a": "Contact us", "b": "contact us!", "c": "About us", "d": "Us", "q": text, "p": text, "r": text}
    found = clusters(spark, documents(texts), driver=driver)
    assert [(row["doc_id"], row["cluster_id"]) for row in found] == [
        *(("a", "b"), ("b", "b")),  # the longer
        *(("p", "p"), ("q", "p"), ("r", "p")),
    ]


def drifting() -> dict[str, str]:
    """Each like the one before (Jaccard .86) and not like the one before that (.74)."""
    text, texts = words(9, 300), {}
    for step in range(6):
        texts[f"step{step}"] = " ".join(text)
        text = edited(text, *(60 * step + place for place in range(0, 45, 9)))
        text = [word if word != f"edit{60 * step}" else f"edit-{step}" for word in text]
    return texts


@pytest.mark.parametrize("driver", [True, False])
def test_a_chain_that_drifts_is_broken(spark: SparkSession, driver: bool) -> None:
    texts = drifting()
    hashes = {name: set(shingle_hashes(text, 5).tolist()) for name, text in texts.items()}

    def jaccard(one: str, other: str) -> float:
        return len(hashes[one] & hashes[other]) / len(hashes[one] | hashes[other])

    assert all(jaccard(f"step{n}", f"step{n + 1}") > 0.83 for n in range(5))
    assert all(jaccard(f"step{n}", f"step{n + 2}") < 0.76 for n in range(4))
    table = documents(texts, dict.fromkeys(texts, 1000.0))
    found = clusters(spark, table, driver=driver)
    assert [(row["doc_id"], row["cluster_id"]) for row in found] == [
        ("step0", "step0"),
        ("step1", "step0"),
        ("step2", "step2"),
        ("step3", "step2"),
        ("step4", "step4"),
        ("step5", "step4"),
    ]
    unverified = clusters(spark, table, DEFAULT.model_copy(update={"verify": "none"}), driver=driver)
    assert {row["cluster_id"] for row in unverified} == {"step0"}
    assert [row["cluster_size"] for row in unverified] == [6] * 6
    assert unverified[5]["similarity"] == pytest.approx(jaccard("step0", "step5"), abs=0.12)


@pytest.mark.parametrize("driver", [True, False])
def test_exact_verification(spark: SparkSession, families: dict[str, str], driver: bool) -> None:
    settings = DEFAULT.model_copy(update={"verify": "exact"})
    found = clusters(spark, documents(families), settings, driver=driver)
    near = next(row for row in found if row["doc_id"] == "f3-near")
    assert near["similarity"] == 191 / 203


def test_exact_verification_needs_shingles(spark: SparkSession) -> None:
    table = documents({"a": "one two three"}).drop_columns("shingles")
    with pytest.raises(UserError, match=r"near_duplicates\.verify = exact needs shingles"):
        clusters(spark, table, DEFAULT.model_copy(update={"verify": "exact"}))


def test_pairs_below_the_threshold_go(spark: SparkSession) -> None:
    table = from_arrow(spark, documents(drifting()))
    named = [("step0", "step1"), ("step0", "step2"), ("step5", "step4")]
    pairs = spark.createDataFrame([(hex_id(a), hex_id(b)) for a, b in named], "src string, dst string")
    compared = compare_pairs(pairs, table, DEFAULT, key="doc_id")
    assert compared.count() == 3
    found = to_arrow(alike(compared, DEFAULT)).sort_by("src").to_pylist()
    assert [(row["src"], row["dst"]) for row in found] == [tuple(map(hex_id, named[n])) for n in (0, 2)]
    assert all(row["similarity"] >= 0.8 for row in found)


@pytest.mark.parametrize("verify", ["estimate", "none"])
def test_no_documents(spark: SparkSession, verify: str) -> None:
    settings = DEFAULT.model_copy(update={"verify": verify})
    for driver in (True, False):
        assert clusters(spark, documents({"a": "x"}).slice(0, 0), settings, driver=driver) == []


def test_none_alike(spark: SparkSession) -> None:
    assert clusters(spark, documents({"a": " ".join(words(1)), "b": " ".join(words(2))})) == []
