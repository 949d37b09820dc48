import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.dedup.candidates import NEIGHBOURS, candidate_pairs


def rows(data: list[tuple[int, int, object]]) -> pa.Table:
    hashes, numbers, ranks = zip(*data, strict=True)
    return pa.table({"hash": hashes, "number": numbers, "rank": ranks})


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


def test_a_document_twice_in_a_bucket_is_not_its_own_candidate() -> None:
    assert found([(1, 7, 0.0), (1, 7, 0.0)]) == []


def test_a_bucket_of_many_costs_linear_work() -> None:
    size = 20_000
    src, _ = candidate_pairs(rows([(hash_, n, float(n)) for hash_ in (1, 2) for n in range(size)]), ["rank"])
    assert len(src) <= size * (1 + NEIGHBOURS)
    assert (src == 0).sum() == size - 1


MEMBERS = st.tuples(st.integers(-2, 2), st.integers(0, 12), st.integers(0, 3))


@given(st.lists(MEMBERS, min_size=1, max_size=40, unique=True))
def test_as_written_plainly(data: list[tuple[int, int, int]]) -> None:
    rank_of = {number: rank for _, number, rank in data}
    data = list({(hash_, number, rank_of[number]) for hash_, number, _ in data})
    expected = set()
    for bucket in {hash_ for hash_, _, _ in data}:
        members = sorted((rank, number) for hash_, number, rank in data if hash_ == bucket)
        ids = [number for _, number in members]
        for at, dst in enumerate(ids):
            expected |= {(src, dst) for src in {*ids[:1], *ids[max(0, at - NEIGHBOURS) : at]} if src != dst}
    assert found([(h, n, float(r)) for h, n, r in data]) == sorted(expected)


def test_order_of_rows_means_nothing() -> None:
    random = np.random.default_rng(0)
    data = [(int(h), int(n), float(n % 7)) for h, n in random.integers(0, 300, (2000, 2))]
    data = list(dict.fromkeys(data))
    shuffled = [data[i] for i in random.permutation(len(data))]
    assert found(data) == found(shuffled)
