"""Every draw goes to one rank, whatever the numbers of ranks were; languages come by their probabilities."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.pretraining import blocks
from ccnet_lite.pretraining.blocks import Block, InOrder, Mixture, after, opened
from ccnet_lite.pretraining.draws import hashes, uniforms

PROBABILITIES = np.array([0.5, 0.3, 0.15, 0.04, 0.01])
SIZES = np.array([50_000, 700, 64, 10, 1])


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 16)


def read(source: Mixture | InOrder, history: list[list[int | list[int]]], world_size: int) -> Iterator[list[int]]:
    """Each rank's (step, stream, position) for a block and the next two."""
    block = opened(source, 0, np.zeros(len(source.sizes), np.int64), history, world_size)
    for _ in range(3):
        for part in source.deal(block, world_size, range(world_size)):
            yield from rows(block, part)
        block = after(source, block, world_size)


def rows(block: Block, part: np.ndarray) -> Iterator[list[int]]:
    yield from np.stack([block.steps[part], block.streams[part], block.positions[part]]).T.tolist()


def taken(source: Mixture | InOrder, history: list[list[int | list[int]]]) -> Iterator[list[int]]:
    """What the ranks of a history took: each goes on from where those before it left off."""
    for index, (ranks, each) in enumerate(history):
        block = opened(source, 0, np.zeros(len(source.sizes), np.int64), history[:index], ranks)
        wanted = [each] * ranks if isinstance(each, int) else list(each)
        while any(wanted) and len(block):
            for rank, part in enumerate(source.deal(block, ranks, range(ranks))):
                yield from rows(block, part[: wanted[rank]])
                wanted[rank] = max(wanted[rank] - len(part), 0)
            block = after(source, block, ranks)


HISTORIES = st.lists(
    st.integers(1, 9).flatmap(
        lambda ranks: st.tuples(
            st.just(ranks), st.integers(0, 50) | st.lists(st.integers(0, 50), min_size=ranks, max_size=ranks)
        ).map(list)
    ),
    max_size=5,
)


@given(seed=st.integers(0, 2**40), history=HISTORIES, last=st.integers(1, 9))
@pytest.mark.usefixtures("small_blocks")
def test_no_draw_is_lost_or_given_twice(seed: int, history: list[list[int | list[int]]], last: int) -> None:
    source = Mixture(seed, PROBABILITIES, SIZES)
    given_out = sorted([*taken(source, history), *read(source, history, last)])
    assert [step for step, _, _ in given_out] == list(range(len(given_out)))
    for stream in range(len(SIZES)):
        positions = sorted(position for _, of, position in given_out if of == stream)
        assert positions == list(range(len(positions)))
    alone = source.more(0, np.zeros(5, np.int64), len(given_out))
    assert [row[1:] for row in given_out] == np.stack([alone.streams, alone.positions]).T.tolist()


@given(ranks=st.integers(1, 7), each=st.integers(0, 40), last=st.integers(1, 7))
@pytest.mark.usefixtures("small_blocks")
def test_what_is_held_out_is_read_once(ranks: int, each: int, last: int) -> None:
    source = InOrder(np.array([30, 1, 70]))
    history: list[list[int | list[int]]] = [[ranks, each]]
    found = [*taken(source, history), *read(source, history, last)]
    rest = [] if len(found) >= 101 else list(range(len(found), 101))  # three blocks may not reach the end
    assert sorted(step for step, _, _ in found) + rest == list(range(101))
    everything = list(read(InOrder(np.array([3, 1, 2])), [], 1))
    assert everything == [[0, 0, 0], [1, 0, 1], [2, 0, 2], [3, 1, 0], [4, 2, 0], [5, 2, 1]]


@pytest.mark.parametrize("world_size", [1, 3, 8])
def test_a_million_draws_come_by_the_plan(world_size: int) -> None:
    source = Mixture(14, PROBABILITIES, SIZES)
    block = opened(source, 0, np.zeros(5, np.int64), [], world_size)
    of_rank = np.zeros((world_size, 5), np.int64)
    while of_rank.sum() < 1_000_000:
        for rank, part in enumerate(source.deal(block, world_size, range(world_size))):
            of_rank[rank] += np.bincount(block.streams[part], minlength=5)
        block = after(source, block, world_size)
    assert chi_squared(of_rank.sum(axis=0)) < 23.51  # 4 degrees of freedom: p = 0.0001
    assert all(chi_squared(counts) < 23.51 for counts in of_rank)
    assert chi_squared(of_rank.sum(axis=0) + np.array([0, 3000, 0, -3000, 0])) > 23.51


def chi_squared(counts: np.ndarray) -> float:
    expected = PROBABILITIES * counts.sum()
    return float(((counts - expected) ** 2 / expected).sum())


def test_draws_of_steps_are_independent() -> None:
    streams = Mixture(3, PROBABILITIES, SIZES).more(0, np.zeros(5, np.int64), 200_000).streams
    pairs = np.bincount(streams[:-1] * 5 + streams[1:], minlength=25).reshape(5, 5)
    expected = np.outer(PROBABILITIES, PROBABILITIES) * pairs.sum()
    assert ((pairs - expected) ** 2 / expected).sum() < 64  # 24 degrees of freedom: p = 0.00002


@pytest.mark.parametrize("world_size", [1, 3, 8])
def test_while_ranks_step_together_no_document_comes_twice_more_than_another(world_size: int) -> None:
    source = Mixture(5, PROBABILITIES, SIZES)
    seen: list[Counter[int]] = [Counter(dict.fromkeys(range(size), 0)) for size in SIZES[1:4].tolist()]
    block = opened(source, 0, np.zeros(5, np.int64), [], world_size)
    for _ in range(3 if world_size > 1 else 6):
        parts = source.deal(block, world_size, range(world_size))
        for step in range(len(parts[0])):
            for part in parts:
                stream, position = int(block.streams[part[step]]), int(block.positions[part[step]])
                if 1 <= stream <= 3:
                    seen[stream - 1][position % int(SIZES[stream])] += 1
            if world_size < 8 or step % 64 == 0:
                assert all(max(s.values()) - min(s.values()) <= 1 for s in seen[1:2])
        assert all(max(s.values()) - min(s.values()) <= 1 for s in seen)
        block = after(source, block, world_size)
    assert max(seen[1].values()) > 5


def test_a_rank_reads_consecutive_positions_in_a_random_order_of_streams() -> None:
    source = Mixture(0, PROBABILITIES, np.array([10**9] * 5))
    block = opened(source, 0, np.zeros(5, np.int64), [], 8)
    pieces = []
    for part in source.deal(block, 8, range(8)):
        positions = block.positions[part][block.streams[part] == 0]
        assert np.diff(positions).tolist() == [1] * (len(positions) - 1)
        assert len(positions) == pytest.approx((block.streams == 0).sum() / 8, abs=3)
        pieces.append(positions[0])
        changes = np.mean(np.diff(block.streams[part]) != 0)
        assert changes == pytest.approx(1 - (PROBABILITIES**2).sum(), abs=0.04)
    assert len(set(pieces)) == 8


@pytest.mark.parametrize("world_size", [1, 2, 5])
def test_a_rank_alone_finds_the_part_that_all_together_find(world_size: int) -> None:
    source = Mixture(9, PROBABILITIES, SIZES)
    block = opened(source, 0, np.zeros(5, np.int64), [[3, 17]], world_size)
    together = source.deal(block, world_size, range(world_size))
    for rank in range(world_size):
        assert source.deal(block, world_size, [rank])[0].tolist() == together[rank].tolist()


def test_a_stream_that_is_drawn_once_a_block_goes_to_all_ranks_in_turn() -> None:
    source = Mixture(0, np.array([1 - 1 / 16384, 1 / 16384]), np.array([10**9, 10**9]))
    block = opened(source, 0, np.zeros(2, np.int64), [], 4)
    found: Counter[int] = Counter()
    for _ in range(60):
        for rank, part in enumerate(source.deal(block, 4, range(4))):
            found[rank] += int((block.streams[part] == 1).sum())
        block = after(source, block, 4)
    assert min(found[rank] for rank in range(4)) >= 6


def test_hashes_are_those_of_splitmix64() -> None:
    # The first outputs for the seed 1234567, as published with the reference code in C.
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert hashes(1234567, np.arange(4)).tolist() == known
    assert uniforms(1234567, np.arange(1)).tolist() == [(known[0] >> 11) * 2.0**-53]
