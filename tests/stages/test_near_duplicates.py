from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ccnet_lite.dedup.minhash import band_hashes, estimate, signatures
from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages import near_duplicates
from ccnet_lite.stages.candidates import candidate_pairs
from ccnet_lite.stages.near_duplicates import (
    alike,
    clusters,
    compare_pairs,
    compared_documents,
    name_pairs,
)
from ccnet_lite.text.shingles import shingle_hashes

DEFAULT = NearDuplicateSettings()
Row = dict[str, object]


def signals(
    spark: SparkSession, texts: dict[str, str], settings: NearDuplicateSettings = DEFAULT
) -> DataFrame:
    """What clusters() is given, of documents by id, read in the order of the dictionary."""
    values = signatures(list(texts.values()), settings)
    bands = band_hashes(values, settings.bands, settings.rows).view(np.int64)
    return spark.createDataFrame(
        pa.table(
            {
                "doc_id": [hex_id(name) for name in texts],
                "n_chars": [len(text) for text in texts.values()],
                "language_score": [0.5 + (sum(name.encode()) % 40) / 100 for name in texts],
                "cc_segment": ["segment"] * len(texts),
                "record_offset": list(range(len(texts))),
                "signature": pa.array([row.tobytes() for row in values], pa.binary()),
                "bands": pa.array(bands.tolist(), pa.list_(pa.int64())),
                "shingles": pa.array(
                    [shingle_hashes(text, settings.ngram).tobytes() for text in texts.values()]
                ),
            }
        )
    )


def hex_id(name: str) -> str:
    """An id like those of documents, that sorts as the name does."""
    return name.encode().hex().ljust(32, "0")


def rows(found: DataFrame) -> list[Row]:
    """By id, with names in place of ids."""
    named = []
    for row in found.collect():
        names = {end: bytes.fromhex(row[end]).rstrip(b"\0").decode() for end in ("doc_id", "cluster_id")}
        named.append(row.asDict() | names)
    return sorted(named, key=lambda row: str(row["doc_id"]))


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


def test_families_are_found_and_the_longest_stays(spark: SparkSession, families: dict[str, str]) -> None:
    found = rows(clusters(signals(spark, families), DEFAULT))
    by_id = {row["doc_id"]: row for row in found}
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


def test_similarity_is_the_estimate_of_the_signatures(spark: SparkSession, families: dict[str, str]) -> None:
    values = dict(zip(families, signatures(list(families.values()), DEFAULT), strict=True))
    for row in rows(clusters(signals(spark, families), DEFAULT)):
        expected = estimate(values[str(row["doc_id"])], values[str(row["cluster_id"])])
        assert row["similarity"] == pytest.approx(float(expected))


@pytest.mark.parametrize("components", ["scipy", "dataframe"])
@pytest.mark.parametrize("verify", ["estimate", "none"])
def test_the_same_under_any_partitioning(
    spark: SparkSession, families: dict[str, str], components: str, verify: str
) -> None:
    settings = DEFAULT.model_copy(update={"components": components, "verify": verify})
    expected = rows(clusters(signals(spark, families), DEFAULT))
    backwards = signals(spark, dict(reversed(list(families.items())))).drop("record_offset")
    assert rows(clusters(backwards.repartition(5), settings)) == expected


@pytest.mark.parametrize("components", ["scipy", "dataframe"])
def test_a_template_page_of_more_copies_than_sketches_are_spared(
    spark: SparkSession, components: str
) -> None:
    """Each copy has a word of its own, and other pages share buckets with them without being alike."""
    page = words(5)
    texts = {f"page{n:03}": " ".join(edited(page, n)) for n in range(150)}
    texts |= {f"part{n}": " ".join([*page[:165], *words(90 + n, 35)]) for n in range(3)}
    settings = DEFAULT.model_copy(update={"components": components})
    found = rows(clusters(signals(spark, texts), settings))
    by_cluster = {(str(row["cluster_id"])[:4], row["cluster_size"]) for row in found}
    assert by_cluster == {("page", 150)}
    assert {str(row["doc_id"])[:4] for row in found} == {"page"}
    assert min(float(str(row["similarity"])) for row in found) > 0.85


def test_few_rows_a_task_at_a_time(
    spark: SparkSession, families: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = signals(spark, families)
    settings = DEFAULT.model_copy(update={"components": "dataframe"})
    monkeypatch.setattr(near_duplicates, "TASK_ROWS", 3)
    kernel = near_duplicates._cluster_by_component(["rank_0"], False)
    pairs = verified_pairs_with_components(table, settings)
    batches = [batch for start in range(0, pairs.num_rows, 2) for batch in pairs.slice(start, 2).to_batches()]
    found = pa.Table.from_batches(list(kernel(iter(batches)))).sort_by("doc_id").to_pylist()
    whole = clusters(table, settings).drop("crawls", "crawl_copies").toArrow()
    assert found == whole.sort_by("doc_id").to_pylist()


def verified_pairs_with_components(table: DataFrame, settings: NearDuplicateSettings) -> pa.Table:
    """Pairs as the kernel of the DataFrame way gets them: by component, sorted."""
    documents, order = compared_documents(table, settings)
    pairs = alike(compare_pairs(candidate_pairs(documents, order, 3), documents, settings), settings)
    family = F.substring("src", 1, 4).alias("component")
    return name_pairs(pairs, documents, order).select("*", family).toArrow().sort_by("component")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("longest", "c-long"), ("earliest", "b-first"), ("best_language_score", "d-score")],
)
def test_policies(spark: SparkSession, policy: str, expected: str) -> None:
    original = words(1)
    texts = {
        "b-first": " ".join(original),
        "a-plain": " ".join(original),
        "c-long": " ".join([*original, "tail"]),
        "d-score": " ".join(original),
    }
    table = signals(spark, texts).withColumn(
        "language_score", F.when(F.col("doc_id") == hex_id("d-score"), 0.99).otherwise(0.9)
    )
    settings = DEFAULT.model_copy(update={"representative": policy})
    found = rows(clusters(table, settings))
    assert {row["cluster_id"] for row in found} == {expected}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("-n_chars",), "c-long"),
        (("n_chars", "-record_offset"), "d-last"),
        (("cc_segment", "record_offset"), "b-first"),
        (("cc_segment",), "a-plain"),
    ],
)
def test_a_custom_order_of_columns(spark: SparkSession, order: tuple[str, ...], expected: str) -> None:
    original = words(1)
    texts = {name: " ".join(original) for name in ("b-first", "a-plain", "c-long", "d-last")}
    texts["c-long"] += " tail"
    settings = NearDuplicateSettings(representative="custom", representative_order=order)
    found = rows(clusters(signals(spark, texts), settings))
    assert [row["cluster_id"] for row in found] == [expected] * 4


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


def test_a_template_page_is_one_cluster(spark: SparkSession) -> None:
    """Many documents of equal length: candidates and stars must agree on which of them comes first."""
    page = words(3)
    texts = {f"t{number:04}": " ".join(edited(page, number % 200)) for number in range(400)}
    for components in ("scipy", "dataframe"):
        settings = DEFAULT.model_copy(update={"components": components})
        found = rows(clusters(signals(spark, texts).withColumn("n_chars", F.lit(1000)), settings))
        assert {(row["cluster_id"], row["cluster_size"]) for row in found} == {("t0000", 400)}


def test_ties_go_to_the_smaller_id(spark: SparkSession) -> None:
    text = " ".join(words(4))
    found = rows(clusters(signals(spark, {"q": text, "p": text, "r": text}), DEFAULT))
    assert [row["cluster_id"] for row in found] == ["p", "p", "p"]


def drifting() -> dict[str, str]:
    """Each like the one before (Jaccard .86) and not like the one before that (.74)."""
    text, texts = words(9, 300), {}
    for step in range(6):
        texts[f"step{step}"] = " ".join(text)
        text = edited(text, *(60 * step + place for place in range(0, 45, 9)))
        text = [word if word != f"edit{60 * step}" else f"edit-{step}" for word in text]
    return texts


def test_a_chain_that_drifts_is_broken(spark: SparkSession) -> None:
    texts = drifting()
    hashes = {name: set(shingle_hashes(text, 5).tolist()) for name, text in texts.items()}

    def jaccard(one: str, other: str) -> float:
        return len(hashes[one] & hashes[other]) / len(hashes[one] | hashes[other])

    assert all(jaccard(f"step{n}", f"step{n + 1}") > 0.83 for n in range(5))
    assert all(jaccard(f"step{n}", f"step{n + 2}") < 0.76 for n in range(4))
    table = signals(spark, texts).withColumn("n_chars", F.lit(1000))
    found = rows(clusters(table, DEFAULT))
    assert [(row["doc_id"], row["cluster_id"]) for row in found] == [
        ("step0", "step0"),
        ("step1", "step0"),
        ("step2", "step2"),
        ("step3", "step2"),
        ("step4", "step4"),
        ("step5", "step4"),
    ]
    unverified = rows(clusters(table, DEFAULT.model_copy(update={"verify": "none"})))
    assert {row["cluster_id"] for row in unverified} == {"step0"}
    assert [row["cluster_size"] for row in unverified] == [6] * 6
    assert unverified[5]["similarity"] == pytest.approx(jaccard("step0", "step5"), abs=0.12)


def test_exact_verification(spark: SparkSession, families: dict[str, str]) -> None:
    found = rows(clusters(signals(spark, families), DEFAULT.model_copy(update={"verify": "exact"})))
    near = next(row for row in found if row["doc_id"] == "f3-near")
    assert near["similarity"] == 191 / 203


def test_exact_verification_needs_shingles(spark: SparkSession) -> None:
    table = signals(spark, {"a": "one two three"}).drop("shingles")
    with pytest.raises(UserError, match=r"near_duplicates\.verify = exact needs shingles"):
        clusters(table, DEFAULT.model_copy(update={"verify": "exact"}))


def test_texts_without_a_word_never_cluster(spark: SparkSession) -> None:
    texts = {"empty1": "", "empty2": "?!", "empty3": "...", "word": "word", "other": "other"}
    for verify in ("estimate", "none"):
        settings = DEFAULT.model_copy(update={"verify": verify})
        assert rows(clusters(signals(spark, texts), settings)) == []


def test_short_texts_cluster_only_with_their_equals(spark: SparkSession) -> None:
    texts = {"a": "Contact us", "b": "contact us!", "c": "About us", "d": "Us"}
    found = rows(clusters(signals(spark, texts), DEFAULT))
    assert [row["doc_id"] for row in found] == ["a", "b"]


def test_pairs_below_the_threshold_go(spark: SparkSession) -> None:
    table = signals(spark, drifting())
    named = [("step0", "step1"), ("step0", "step2"), ("step5", "step4")]
    pairs = spark.createDataFrame([(hex_id(a), hex_id(b)) for a, b in named], "src string, dst string")
    compared = compare_pairs(pairs, table, DEFAULT, key="doc_id")
    assert compared.count() == 3
    found = alike(compared, DEFAULT).toArrow().sort_by("src").to_pylist()
    assert [(row["src"], row["dst"]) for row in found] == [tuple(map(hex_id, named[n])) for n in (0, 2)]
    assert all(row["similarity"] >= 0.8 for row in found)


def test_no_documents(spark: SparkSession) -> None:
    table = signals(spark, {"a": "x"}).where("false")
    for components in ("scipy", "dataframe"):
        assert rows(clusters(table, DEFAULT.model_copy(update={"components": components}))) == []
