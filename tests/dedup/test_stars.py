import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup.stars import members, stars, whole_components

PAIRS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda p: p[0] != p[1]), max_size=40)


def centres(n_documents: int, pairs: list[tuple[int, int]]) -> list[int]:
    src, dst = np.array(pairs, np.int64).reshape(-1, 2).T
    return stars(n_documents, src, dst, np.full(len(src), 0.9))[0].tolist()


def test_the_first_stands_for_its_neighbours() -> None:
    centre, similarity = stars(3, np.array([1, 2]), np.array([0, 0]), np.array([0.9, 0.8]))
    assert centre.tolist() == [0, 0, 0]
    assert similarity.tolist() == [1.0, 0.9, 0.8]


def test_a_chain_breaks_where_it_drifts() -> None:
    assert centres(7, [(n, n + 1) for n in range(6)]) == [0, 0, 2, 2, 4, 4, 6]


@given(PAIRS)
def test_against_the_greedy_by_the_book(pairs: list[tuple[int, int]]) -> None:
    expected = [-1] * 15
    for node in range(15):
        if expected[node] < 0:
            near = {other for pair in pairs for other in pair if node in pair}
            for member in {node, *(other for other in near if expected[other] < 0)}:
                expected[member] = node
    assert centres(15, pairs) == expected
    assert centres(15, [pair[::-1] for pair in pairs[::-1]]) == expected


@given(PAIRS, st.permutations(range(15)))
def test_members_are_those_that_a_star_holds_however_numbered(
    pairs: list[tuple[int, int]], numbers: list[int]
) -> None:
    """By the order of pairs alone: each number of the order gets another name."""
    centre = np.array(centres(15, pairs))
    named = np.array(numbers)[np.sort(np.array(pairs, np.int64).reshape(-1, 2), axis=1)]
    found = members(15, named[:, 0], named[:, 1])
    assert found[np.array(numbers)].tolist() == (centre != np.arange(15)).tolist()


def test_a_long_chain_from_its_end() -> None:
    numbers = np.arange(100_000)[::-1]
    assert members(100_000, numbers[:-1], numbers[1:])[numbers].tolist() == [False, True] * 50_000


def test_pairs_in_a_circle_are_an_error() -> None:
    with pytest.raises(ValueError, match="circle"):
        members(3, np.array([0, 1, 2]), np.array([1, 2, 0]))


def test_whole_components_keep_the_chain() -> None:
    assert whole_components(6, np.array([1, 2, 5]), np.array([0, 1, 4])).tolist() == [0, 0, 0, 3, 4, 4]
    assert whole_components(2, np.empty(0, np.int64), np.empty(0, np.int64)).tolist() == [0, 1]
