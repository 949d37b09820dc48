from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup import candidates
from ccnet_lite.dedup.candidates import NEIGHBOURS, UNLIKE_BITS, candidate_pairs, sketches


def sketch_of(number: int) -> int:
    """Some bits on top of none: two documents differ in as many as these."""
    return (1 << number % 17) - 1


def rows(data: list[tuple[int, int, object]]) -> pa.Table:
    hashes, numbers, ranks = zip(*data, strict=True)
    sketch = [sketch_of(number) for number in numbers]
    return pa.table({"hash": hashes, "number": numbers, "rank": ranks, "sketch": sketch})


def found(data: list[tuple[int, int, object]]) -> list[tuple[int, int]]:
    src, dst = candidate_pairs(rows(data), ["rank"])
    return list(zip(src.tolist(), dst.tolist(), strict=True))


def test_by_literals() -> None:
    a, b, c, d = 10, 20, 30, 40
    data = [(1, a, 9.0), (1, b, 8.0), (1, c, 7.0), (2, a, 9.0), (2, c, 7.0), (3, d, 1.0), (1, d, 1.0)]
    assert found(data) == [(b, a), (c, a), (c, b), (d, a), (d, b), (d, c)]


def test_text_ranks_and_ties_by_number() -> None:
    assert found([(5, 3, "b"), (5, 2, "b"), (5, 9, "a"), (-5, 9, "a")]) == [(2, 3), (9, 2), (9, 3)]


def test_alone_in_every_bucket() -> None:
    assert found([(1, 1, 0.0), (2, 2, 0.0), (3, 1, 0.0)]) == []


def test_of_documents_that_are_the_same_only_the_first_has_pairs() -> None:
    data = [(1, 10, 3.0), (1, 20, 2.0), (1, 30, 1.0), (1, 40, 0.0), (2, 10, 3.0), (2, 20, 2.0)]
    same = {10: 5, 20: 5, 30: 6, 40: 5}
    table = rows(data).append_column("same", pa.array([same[number] for _, number, _ in data]))
    src, dst = candidate_pairs(table, ["rank"])
    # In bucket 2 alone 20 comes first; that it stands for 10 is known, so they are no candidates.
    assert list(zip(src.tolist(), dst.tolist(), strict=True)) == [(40, 30)]


@given(data=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=40, unique=True))
def test_the_same_documents_left_out_before_or_within(data: list[tuple[int, int]]) -> None:
    """Where equal ones share all buckets, as equal signatures do."""
    same = {number: number % 5 for _, number in data}
    buckets = {value: {h for h, number in data if same[number] == value} for value in same.values()}
    full = [(h, number, float(number % 3)) for number in same for h in sorted(buckets[same[number]])]
    first = {value: min((n for n in same if same[n] == value), key=lambda n: (n % 3, n)) for value in buckets}
    table = rows(full).append_column("same", pa.array([same[number] for _, number, _ in full]))
    src, dst = candidate_pairs(table, ["rank"])
    expected = found([row for row in full if row[1] in first.values()])
    assert list(zip(src.tolist(), dst.tolist(), strict=True)) == expected


def test_a_document_twice_in_a_bucket_is_not_its_own_candidate() -> None:
    assert found([(1, 7, 0.0), (1, 7, 0.0)]) == []


def test_a_bucket_of_many_costs_linear_work() -> None:
    size = 20_000
    src, _ = candidate_pairs(rows([(hash_, n, float(n)) for hash_ in (1, 2) for n in range(size)]), ["rank"])
    assert len(src) <= size * (1 + NEIGHBOURS)
    assert (src == 0).sum() == size - 1


def test_a_large_bucket_of_one_template_costs_a_pair_a_document() -> None:
    size, alike = candidates.MANY + 1, 17  # numbers that give one sketch
    src, _ = candidate_pairs(rows([(1, n * alike, float(n)) for n in range(size)]), ["rank"])
    assert src.tolist() == [0] * (size - 1)
    smaller, _ = candidate_pairs(rows([(1, n * alike, float(n)) for n in range(size - 1)]), ["rank"])
    assert len(smaller) > (size - 1) * NEIGHBOURS


@pytest.mark.parametrize("permutations", [32, 256])
def test_sketches_differ_as_signatures_do(permutations: int) -> None:
    random = np.random.default_rng(1)
    one = random.integers(0, 2**32, (2000, permutations), dtype=np.uint32)
    other = np.where(random.random(one.shape) < 0.2, random.integers(0, 2**32, one.shape), one)
    differing = np.bitwise_count((sketches(one) ^ sketches(other.astype(np.uint32))).view(np.uint64))
    assert differing.mean() == pytest.approx(64 * 0.1, abs=0.3)
    assert (sketches(one) == sketches(one.copy())).all()


MEMBERS = st.tuples(st.integers(-2, 2), st.integers(0, 12), st.integers(0, 3))


@pytest.mark.parametrize("many", [2, 100])
@given(data=st.lists(MEMBERS, min_size=1, max_size=40, unique=True))
def test_as_written_plainly(data: list[tuple[int, int, int]], many: int) -> None:
    rank_of = {number: rank for _, number, rank in data}
    data = list({(hash_, number, rank_of[number]) for hash_, number, _ in data})
    expected = set()
    for bucket in {hash_ for hash_, _, _ in data}:
        members = sorted((rank, number) for hash_, number, rank in data if hash_ == bucket)
        ids = [number for _, number in members]
        for at, dst in enumerate(ids):
            before = {*ids[:1], *ids[max(0, at - NEIGHBOURS) : at]}
            like_first = (sketch_of(ids[0]) ^ sketch_of(dst)).bit_count() <= UNLIKE_BITS
            if len(ids) > many and like_first:
                before = {ids[0]}
            expected |= {(src, dst) for src in before if src != dst}
    with patch.object(candidates, "MANY", many):
        assert found([(h, n, float(r)) for h, n, r in data]) == sorted(expected)


def test_order_of_rows_means_nothing() -> None:
    random = np.random.default_rng(0)
    data = [(int(h), int(n), float(n % 7)) for h, n in random.integers(0, 300, (2000, 2))]
    data = list(dict.fromkeys(data))
    shuffled = [data[i] for i in random.permutation(len(data))]
    assert found(data) == found(shuffled)
