"""Epochs of one language: every row once among all ranks, in an order that a seed decides."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.pretraining.streams import LanguageStream, epoch_order, rank_piece, row_groups, uniform

TEXTS = {("en", "head"): [f"text {i}" for i in range(23)], ("en", "tail"): [f"tail {i}" for i in range(10)]}


@given(st.integers(0, 500), st.integers(0, 9), st.integers(1, 40))
def test_pieces_of_an_epoch_are_disjoint_even_and_cover_it(rows: int, epoch: int, world_size: int) -> None:
    pieces = [rank_piece(rows, epoch, rank, world_size) for rank in range(world_size)]
    assert sorted(row for piece in pieces for row in piece) == list(range(rows))
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 1


def test_a_language_with_one_row_comes_to_every_rank_in_turn() -> None:
    holders = [[rank for rank in range(3) if rank_piece(1, epoch, rank, 3)] for epoch in range(3)]
    assert sorted(holders) == [[0], [1], [2]]


def test_draws_depend_on_their_names_alone() -> None:
    # From `b2sum -l 128`; another value would change every sample that was ever drawn.
    assert uniform(1, "draw", 0, 0) == (0.7339349563953678, 0.8334425398897473)
    draws = [uniform(0, "mean", i) for i in range(4000)]
    for which in (0, 1):
        assert sum(draw[which] for draw in draws) / 4000 == pytest.approx(0.5, abs=0.02)


def ids(stream: LanguageStream, count: int) -> list[str]:
    return [document.doc_id for document in islice(stream, count)]


def test_each_epoch_holds_every_row_once_and_orders_row_groups_anew(corpus: Callable[..., Path]) -> None:
    run = corpus(TEXTS)
    groups = row_groups(run, "en", ["head", "tail"])
    # Files of 11, 12, 5 and 5 rows, in row groups of at most 4.
    assert [group.rows for group in groups] == [4, 4, 3, 4, 4, 4, 4, 1, 4, 1]
    stream = LanguageStream(run, "en", groups, seed=0)
    epochs = [ids(stream, 33) for _ in range(3)]
    everything = sorted([f"en-head-{i}" for i in range(23)] + [f"en-tail-{i}" for i in range(10)])
    assert [sorted(epoch) for epoch in epochs] == [everything] * 3
    assert epochs[0] != epochs[1] != epochs[2]
    assert epoch_order(groups, 0, "en", 0) != epoch_order(groups, 1, "en", 0)


def test_ranks_share_an_epoch_without_overlap(corpus: Callable[..., Path]) -> None:
    run = corpus(TEXTS)
    groups = row_groups(run, "en", ["head"])
    pieces: list[str] = []
    for rank in range(5):
        stream = LanguageStream(run, "en", groups, seed=7, rank=rank, world_size=5)
        pieces += ids(stream, len(rank_piece(23, 0, rank, 5)))
        assert stream.epochs == 1.0
    assert sorted(pieces) == sorted(f"en-head-{i}" for i in range(23))


def test_ranks_share_one_row_group_of_many_batches(corpus: Callable[..., Path]) -> None:
    run = corpus({("en", "all"): [str(i) for i in range(602)]}, row_group_size=1000)
    groups = row_groups(run, "en", ["all"])
    assert [group.rows for group in groups] == [301, 301]
    read = []
    for rank in range(3):
        stream = LanguageStream(run, "en", groups, seed=7, rank=rank, world_size=3)
        read += [int(document.text) for document in islice(stream, len(rank_piece(602, 0, rank, 3)))]
    assert sorted(read) == list(range(602))


def test_text_and_id_belong_together(corpus: Callable[..., Path]) -> None:
    run = corpus(TEXTS)
    stream = LanguageStream(run, "en", row_groups(run, "en", ["tail"]), seed=0)
    for document in islice(stream, 10):
        assert document.text == "tail " + document.doc_id.removeprefix("en-tail-")


def test_fewer_rows_than_ranks(corpus: Callable[..., Path]) -> None:
    run = corpus({("sw", "all"): ["one", "two"]})
    groups = row_groups(run, "sw", ["all"])
    streams = [LanguageStream(run, "sw", groups, 0, rank, 5) for rank in range(5)]
    for stream in streams:
        next(stream)
    # Five ranks have two rows an epoch: the first five rows lie in the first three epochs.
    assert sorted(stream.epoch for stream in streams) == [0, 0, 1, 1, 2]


def test_seek_goes_on_from_there_even_inside_a_row_group(corpus: Callable[..., Path]) -> None:
    run = corpus(TEXTS, row_group_size=100)
    groups = row_groups(run, "en", ["head", "tail"])
    first = LanguageStream(run, "en", groups, seed=3, rank=1, world_size=2)
    ids(first, 40)
    expected = ids(first, 20)
    second = LanguageStream(run, "en", groups, seed=3, rank=1, world_size=2)
    second.seek(*(2, 40 - len(rank_piece(33, 0, 1, 2)) - len(rank_piece(33, 1, 1, 2))))
    assert ids(second, 20) == expected


def test_fetch_reads_single_rows_again(corpus: Callable[..., Path]) -> None:
    run = corpus(TEXTS)
    stream = LanguageStream(run, "en", row_groups(run, "en", ["head"]), seed=3, rank=1, world_size=2)
    epoch = ids(stream, len(rank_piece(23, 0, 1, 2)))
    assert [document.doc_id for document in stream.fetch(0, [0, 5, 11])] == [epoch[0], epoch[5], epoch[11]]
    assert stream.fetch(0, []) == []


def test_a_language_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="language xx has no rows"):
        LanguageStream(tmp_path, "xx", [], seed=0)
