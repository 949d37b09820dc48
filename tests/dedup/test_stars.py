from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup.stars import cluster_pairs, stars


def pairs_table(rows: list[tuple[str, str, float]], rank: dict[str, int]) -> pa.Table:
    return pa.table(
        {
            "src": [row[0] for row in rows],
            "dst": [row[1] for row in rows],
            "similarity": [row[2] for row in rows],
            "src_rank": [rank[row[0]] for row in rows],
            "dst_rank": [rank[row[1]] for row in rows],
        }
    )


def rows_of(table: pa.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def test_the_first_by_order_stands_for_its_neighbours() -> None:
    rank = {"a": 3, "b": 1, "c": 2}
    found = cluster_pairs(pairs_table([("a", "b", 0.9), ("c", "b", 0.8)], rank), ["rank"])
    assert rows_of(found) == [
        ("a", "b", 3, False, 0.9),
        ("b", "b", 3, True, 1.0),
        ("c", "b", 3, False, 0.8),
    ]


def test_ties_go_to_the_smaller_id() -> None:
    found = cluster_pairs(pairs_table([("z", "y", 0.9)], {"y": 5, "z": 5}), ["rank"])
    assert found["cluster_id"].to_pylist() == ["y", "y"]


def test_a_chain_breaks_where_it_drifts() -> None:
    names = "abcdefg"
    rank = {name: number for number, name in enumerate(names)}
    chain = [(one, other, 0.85) for one, other in pairwise(names)]
    found = cluster_pairs(pairs_table(chain, rank), ["rank"])
    stars_found = {row[0]: row[1] for row in rows_of(found)}
    assert stars_found == {"a": "a", "b": "a", "c": "c", "d": "c", "e": "e", "f": "e"}  # g is left alone
    assert set(found["cluster_size"].to_pylist()) == {2}


def test_whole_components_keep_the_chain_and_do_not_make_up_similarities() -> None:
    rank = {"a": 0, "b": 1, "c": 2}
    found = cluster_pairs(
        pairs_table([("b", "a", 0.85), ("b", "c", 0.9)], rank), ["rank"], whole_components=True
    )
    assert rows_of(found) == [
        ("a", "a", 3, True, 1.0),
        ("b", "a", 3, False, 0.85),
        ("c", "a", 3, False, None),
    ]


def test_no_pairs() -> None:
    empty = pairs_table([("a", "b", 0.9)], {"a": 0, "b": 1}).slice(0, 0)
    found = cluster_pairs(empty, ["rank"])
    assert found.num_rows == 0
    assert found.column_names == ["doc_id", "cluster_id", "cluster_size", "representative", "similarity"]


def test_several_columns_of_order() -> None:
    table = pa.table(
        {
            "src": ["a"],
            "dst": ["b"],
            "similarity": [0.9],
            "src_one": ["x"],
            "dst_one": ["x"],
            "src_two": [9],
            "dst_two": [8],
        }
    )
    assert cluster_pairs(table, ["one", "two"])["cluster_id"].to_pylist() == ["b", "b"]


@pytest.mark.parametrize("seed", range(5))
def test_against_the_greedy_by_the_book_in_any_order_of_pairs(seed: int) -> None:
    random = np.random.default_rng(seed)
    src, dst = random.integers(0, 60, (2, 150))
    src, dst = src[src != dst], dst[src != dst]
    neighbours: dict[int, set[int]] = {node: set() for node in range(60)}
    for one, other in zip(src.tolist(), dst.tolist(), strict=True):
        neighbours[one].add(other)
        neighbours[other].add(one)
    expected = [-1] * 60
    for node in range(60):
        if expected[node] < 0:
            for member in {node, *(other for other in neighbours[node] if expected[other] < 0)}:
                expected[member] = node
    for _ in range(3):
        order = random.permutation(len(src))
        flip = random.random(len(src)) < 0.5
        one, other = np.where(flip, dst, src)[order], np.where(flip, src, dst)[order]
        centre, _ = stars(60, one, other, np.full(len(src), 0.9))
        assert centre.tolist() == expected
