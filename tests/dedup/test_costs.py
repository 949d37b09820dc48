from itertools import combinations

import numpy as np
import pytest

from ccnet_lite.dedup.costs import cost, curve, measure
from ccnet_lite.dedup.lsh import Plan
from ccnet_lite.dedup.minhash import jaccard
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hashes


def test_costs_are_those_of_the_rows_moved() -> None:
    spent = cost(Plan(14, 8, 0.9, 0.1), 1_000)
    assert spent.band_bytes == 14_000 * 32
    assert spent.signature_bytes == 1_000 * 112 * 4


def test_the_curve_is_the_fields() -> None:
    found = dict(curve(Plan(14, 8, 0.9, 0.1)))
    assert [round(found[at], 3) for at in (0.7, 0.8, 0.9)] == [0.565, 0.924, 1.0]


def test_no_documents() -> None:
    assert measure([], NearDuplicateSettings()).candidates == 0
    assert measure(["", "..."], NearDuplicateSettings()).candidates == 0


def test_false_candidates_are_counted_exactly() -> None:
    words = [f"w{number}" for number in np.random.default_rng(4).integers(0, 10_000, 300)]
    near = [*words[:295], "x", "y", "z", "u", "v"]
    far = words[:230] + [f"f{number}" for number in range(70)]
    texts = [" ".join(text) for text in (words, near, far)]
    settings = NearDuplicateSettings(similarity=0.8, bands=128, rows=2)
    sets = [shingle_hashes(text, settings.ngram) for text in texts]
    exact = [jaccard(sets[one], sets[other]) for one, other in combinations(range(3), 2)]
    assert exact == pytest.approx([0.967, 0.616, 0.616], abs=0.01)
    found = measure(texts, settings)
    assert (found.candidates, found.false_candidates, found.found, found.false_found) == (3, 2, 1, 0)
