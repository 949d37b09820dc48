import numpy as np
import pytest
from scipy import stats

from ccnet_lite.dedup.lsh import candidate_probability, estimate_reaches, found_probability, plan


@pytest.mark.parametrize(
    ("bands", "rows", "expected"),
    [(14, 8, (0.565, 0.924, 1.000)), (20, 13, (0.177, 0.677, 0.997)), (17, 15, (0.078, 0.456, 0.980))],
)
def test_known_curves(bands: int, rows: int, expected: tuple[float, ...]) -> None:
    found = [round(candidate_probability(similarity, bands, rows), 3) for similarity in (0.7, 0.8, 0.9)]
    assert found == list(expected)


@pytest.mark.parametrize("permutations", [1, 40, 60, 61, 256, 512])
@pytest.mark.parametrize("similarity", [0.0, 0.3, 0.8, 0.85, 1.0])
def test_the_tail_is_scipys(permutations: int, similarity: float) -> None:
    least = int(np.ceil(round(0.8 * permutations, 9)))
    expected = stats.binom.sf(least - 1, permutations, similarity)
    assert estimate_reaches(similarity, 0.8, permutations) == pytest.approx(expected, abs=1e-9)


def test_found_by_simulation() -> None:
    random = np.random.default_rng(2)
    agree = random.random((40_000, 16, 4)) < 0.7
    found = agree.all(axis=2).any(axis=1) & (agree.mean(axis=(1, 2)) >= 0.65)
    # 40,000 draws: a standard error of 0.0025 at most; sharing a band and agreeing often go together.
    assert found_probability(0.7, 0.65, 16, 4) == pytest.approx(found.mean(), abs=0.012)
    assert found_probability(0.7, 0.65, 16, 4) <= found.mean() + 0.005


def test_a_plan_keeps_its_promises() -> None:
    made = plan(0.8, recall=0.98, false_share=0.005)
    assert made is not None
    assert found_probability(0.85, 0.8, made.bands, made.rows) >= 0.98
    assert found_probability(0.7, 0.8, made.bands, made.rows) <= 0.005
    assert made.bands * made.rows <= 256
    for permutations in range(1, made.bands * made.rows):
        for rows in range(1, permutations + 1):
            if permutations % rows == 0:
                bands = permutations // rows
                good = found_probability(0.85, 0.8, bands, rows) >= 0.98
                assert not (good and found_probability(0.7, 0.8, bands, rows) <= 0.005)


def test_few_false_finds_cost_permutations() -> None:
    lax, strict = plan(0.8, recall=0.5, false_share=0.5), plan(0.8, recall=0.5, false_share=1e-4)
    assert lax is not None
    assert strict is not None
    assert found_probability(0.7, 0.8, strict.bands, strict.rows) <= 1e-4
    assert strict.bands * strict.rows > lax.bands * lax.rows


def test_no_plan() -> None:
    assert plan(0.8, recall=0.999, false_share=1e-6, margin=0.01, max_permutations=64) is None
