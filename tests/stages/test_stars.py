from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.stars import stars
from ccnet_lite.stages.arrow import from_arrow, to_arrow
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.stages.components import checkpoint
from ccnet_lite.stages.stars import directed, star_links
from ccnet_lite.store.places import Place

Found = dict[str, tuple[str, float]]


def links(
    spark: SparkSession, src: np.ndarray, dst: np.ndarray, rank: np.ndarray, driver_pairs: int
) -> tuple[Found, int]:
    """Each member's representative and similarity, and how many frames were kept on the way."""
    names = [f"d{number:07}" for number in range(len(rank))]
    similarity = 0.5 + (src + dst) % 50 / 100
    pairs = from_arrow(
        spark,
        pa.table({"src": [names[n] for n in src], "dst": [names[n] for n in dst], "similarity": similarity}),
    )
    keys = from_arrow(spark, pa.table({"doc_id": names, "rank_0": rank.astype(np.float64)}))
    kept = count()

    def commit(frame: DataFrame) -> DataFrame:
        next(kept)
        return checkpoint(frame)

    found = star_links(checkpoint(directed(pairs, keys, ["rank_0"])), driver_pairs, commit)
    rows = to_arrow(found).to_pylist()
    assert len({row["doc_id"] for row in rows}) == len(rows)
    return {row["doc_id"]: (row["cluster_id"], row["similarity"]) for row in rows}, next(kept)


def by_array_code(src: np.ndarray, dst: np.ndarray, rank: np.ndarray) -> Found:
    place = np.empty(len(rank), np.int64)
    by_rank = np.lexsort((np.arange(len(rank)), rank))
    place[by_rank] = np.arange(len(rank))
    centre, similarity = stars(len(rank), place[src], place[dst], 0.5 + (src + dst) % 50 / 100)
    return {
        f"d{by_rank[n]:07}": (f"d{by_rank[centre[n]]:07}", similarity[n])
        for n in range(len(rank))
        if centre[n] != n
    }


def distinct(src: np.ndarray, dst: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.unique(np.sort(np.stack((src[src != dst], dst[src != dst])), axis=0), axis=1)
    flipped = (pairs[0] + pairs[1]) % 2 == 0  # either direction may come in
    return np.where(flipped, pairs[1], pairs[0]), np.where(flipped, pairs[0], pairs[1])


@pytest.mark.parametrize(("seed", "driver_pairs"), [(1, 0), (2, 0), (3, 120), (4, 10_000)])
def test_random_graphs_as_by_array_code(spark: SparkSession, seed: int, driver_pairs: int) -> None:
    random = np.random.default_rng(seed)
    src, dst = distinct(*random.integers(0, 150, (2, 300)))
    rank = random.integers(0, 40, 150)  # ties too
    found, _ = links(spark, src, dst, rank, driver_pairs)
    assert found == by_array_code(src, dst, rank)
    assert len(found) > 50


def test_a_chain_is_finished_on_the_driver(spark: SparkSession) -> None:
    src = np.arange(3_000)
    found, kept = links(spark, src, src + 1, np.arange(3_001), 2_995)
    assert found == by_array_code(src, src + 1, np.arange(3_001))
    assert kept == 6  # a round takes two pairs off: 3,000, 2,998, 2,996, 2,994


def test_a_page_of_many_copies_is_one_round(spark: SparkSession) -> None:
    size = 20_000
    later = np.arange(1, size)
    src, dst = np.concatenate((later * 0, later[:-1])), np.concatenate((later, later[1:]))
    found, kept = links(spark, src, dst, np.zeros(size), 0)
    assert {cluster for cluster, _ in found.values()} == {"d0000000"}
    assert (len(found), kept) == (size - 1, 2)


def test_rounds_that_were_kept_are_not_made_again(spark: SparkSession, tmp_path: Path) -> None:
    """What a killed run has of its rounds is read back by the next."""
    chain = spark.range(8).selectExpr(
        "lpad(id, 2, '0') as src", "lpad(id + 1, 2, '0') as dst", "0.9D as similarity"
    )
    keys = spark.range(9).selectExpr("lpad(id, 2, '0') as doc_id", "cast(id as double) as rank_0")
    made = []

    def found(stop_after: int) -> list[str]:
        folder = Place.of(tmp_path) / "rounds"
        keep, asked = keeper(spark, folder), count()

        def commit(frame: DataFrame) -> DataFrame:
            number = next(asked)
            if number == stop_after:
                raise InterruptedError
            if not (folder / f"{number:03d}" / "checkpoint.json").exists():
                made.append(number)
            return keep(frame)

        links = star_links(commit(directed(chain, keys, ["rank_0"])), 2, commit)
        return sorted(f"{row.doc_id}-{row.cluster_id}" for row in links.collect())

    with pytest.raises(InterruptedError):
        found(4)
    assert made == [0, 1, 2, 3]
    expected = [f"{n:02}-{n - 1:02}" for n in range(1, 9, 2)]
    assert found(100) == expected
    assert made == list(range(7))  # the pairs, and two frames for each of three rounds
    assert found(100) == expected
    assert len(made) == 7


def test_no_pairs(spark: SparkSession) -> None:
    pairs = spark.createDataFrame([], "src string, dst string, similarity double")
    keys = spark.createDataFrame([("a", 1.0)], "doc_id string, rank_0 double")
    edges = checkpoint(directed(pairs, keys, ["rank_0"]))
    assert to_arrow(star_links(edges, 0, checkpoint)).num_rows == 0
