import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup.pairs import similarities
from ccnet_lite.dedup.shrunk import coarse, grown, most_similar, shrunk


def signatures(n_values: int, seed: int = 0) -> np.ndarray:
    """Values as small as those of real texts, some that are not, all bits of some."""
    random = np.random.default_rng(seed)
    values = random.integers(0, 1 << 22, (200, n_values), dtype=np.uint32)
    high = random.random(values.shape) < 0.02
    values[high] = random.integers(0, 1 << 32, high.sum(), dtype=np.uint32)
    values[0], values[1] = 0xFFFFFFFF, 0
    return values


def column(values: np.ndarray) -> pa.Array:
    return pa.array([row.tobytes() for row in values], pa.binary())


@pytest.mark.parametrize("n_values", [1, 7, 16, 256])
def test_nothing_is_lost(n_values: int) -> None:
    held = column(signatures(n_values))
    assert grown(shrunk(held), n_values).equals(held)
    assert grown(shrunk(held).slice(5, 20), n_values).equals(held.slice(5, 20))


def test_three_bytes_a_value() -> None:
    held = shrunk(column(signatures(256)[2:]))
    assert np.mean([len(row) for row in held.to_pylist()]) < 256 * 3 + 32 + 8


@pytest.mark.parametrize("n_values", [7, 16, 255, 256])
def test_no_pair_is_more_alike_than_its_coarse_forms_say(n_values: int) -> None:
    first = signatures(n_values)
    second = first.copy()
    random = np.random.default_rng(1)
    changed = random.random(first.shape) < random.random((len(first), 1))
    second[changed] = random.integers(0, 1 << 32, changed.sum(), dtype=np.uint32)
    exact = similarities(column(first[2:]), column(second[2:]), "signature")
    most = most_similar(coarse(column(first[2:])), coarse(column(second[2:])), n_values)
    assert (most >= exact).all()
    assert (most <= 1).all()
    # A sixteenth of the values that differ are taken for equal.
    assert np.mean(most - exact) == pytest.approx(np.mean(1 - exact) / 16, abs=0.02)
