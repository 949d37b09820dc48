import tracemalloc

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.dedup.minhash import (
    EMPTY,
    as_minhash,
    band_hashes,
    estimate,
    is_empty,
    jaccard,
    signatures,
    signatures_of_hashes,
)
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hash, shingle_hashes, shingles

DEFAULT = NearDuplicateSettings()
TEXTS = [
    "The quick brown fox jumps over the lazy dog, and then it does so again. And again, until dusk.",
    "東京都庁は新宿区にあり、1991年に丸の内から移転した。ทดสอบข้อความภาษาไทย 123",
    "हिन्दी में लिखा हुआ एक छोटा सा वाक्य जिसमें कुछ शब्द हैं और संख्याएँ १२३ भी हैं",
    "short",
    "",
    "Ein Satz. " * 400,
]


@pytest.mark.parametrize(
    ("bands", "rows", "seed", "ngram"), [(32, 8, 1, 5), (14, 8, 7, 3), (1, 1, 0, 1), (3, 67, 42, 2)]
)
def test_equal_to_datasketch(bands: int, rows: int, seed: int, ngram: int) -> None:
    chosen = NearDuplicateSettings(bands=bands, rows=rows, seed=seed, ngram=ngram)
    found = signatures(TEXTS, chosen)
    assert found.shape == (len(TEXTS), bands * rows)
    assert found.dtype == np.uint32
    for text, ours in zip(TEXTS, found, strict=True):
        theirs = MinHash(num_perm=bands * rows, seed=seed, hashfunc=shingle_hash)
        for shingle in shingles(text, ngram):
            theirs.update(shingle)
        assert theirs.hashvalues.dtype == np.uint32
        assert ours.tolist() == theirs.hashvalues.tolist()


def test_a_signature_is_loaded_as_datasketch_has_it() -> None:
    chosen = NearDuplicateSettings(bands=4, rows=8, seed=7)
    for text, ours in zip(TEXTS, signatures(TEXTS, chosen), strict=True):
        theirs = MinHash(num_perm=32, seed=7, hashfunc=shingle_hash)
        theirs.update_batch(shingles(text, chosen.ngram))
        loaded = as_minhash(ours, seed=7)
        assert loaded == theirs and loaded.jaccard(theirs) == 1.0
        loaded.update(b"one more")
        theirs.update(b"one more")
        assert loaded == theirs


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=20), max_size=8), st.integers(0, 2**31))
def test_any_hashes_as_datasketch(sets: list[list[int]], seed: int) -> None:
    offsets = np.cumsum([0, *map(len, sets)])
    hashes = np.array([value for values in sets for value in values], np.uint32)
    found = signatures_of_hashes(hashes, offsets, 16, seed)
    for values, ours in zip(sets, found, strict=True):
        theirs = MinHash(num_perm=16, seed=seed, hashfunc=lambda value: value)
        theirs.update_batch(values)
        assert ours.tolist() == theirs.hashvalues.tolist()


def test_texts_without_a_word_are_like_nothing() -> None:
    found = signatures(["", "?!", "word"], DEFAULT)
    assert is_empty(found).tolist() == [True, True, False]
    assert (found[:2] == EMPTY).all()
    assert (MinHash(num_perm=4).hashvalues == EMPTY).all()
    assert estimate(found[0], found[1]) == 0.0
    assert estimate(found[2], found[2]) == 1.0


def test_the_estimate_tracks_the_true_similarity() -> None:
    random = np.random.default_rng(3)
    words = np.array([f"w{number}" for number in range(5000)])
    errors = []
    for share in np.linspace(0.005, 0.2, 300):
        one = words[random.integers(0, len(words), 600)]
        other = np.where(random.random(600) < share, words[random.integers(0, len(words), 600)], one)
        texts = [" ".join(one), " ".join(other)]
        sets = [set(shingles(text, 5)) for text in texts]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        assert jaccard(shingle_hashes(texts[0], 5), shingle_hashes(texts[1], 5)) == true
        found = signatures(texts, DEFAULT)
        errors.append(float(estimate(found[0], found[1])) - true)
    # Standard deviation of one estimate is at most sqrt(0.25 / 256) = 0.031; of the mean of all, 0.0018. That
    # of the permutations, which are the same for all pairs, lies in it.
    assert max(map(abs, errors)) < 4.5 * 0.031
    assert abs(np.mean(errors)) < 4 * 0.0018
    assert 0.015 < np.std(errors) < 0.031


def test_exact_jaccard() -> None:
    one, other = np.array([1, 2, 3, 9], np.uint32), np.array([2, 3, 4], np.uint32)
    assert jaccard(one, other) == 0.4
    assert jaccard(one, one) == 1.0
    assert jaccard(one, np.zeros(0, np.uint32)) == 0.0


def test_bands_are_equal_where_their_rows_are() -> None:
    random = np.random.default_rng(1)
    values = random.integers(0, 2**32, (2, 12), dtype=np.uint32)
    values[1, :4], values[1, 8:10] = values[0, :4], values[0, 8:10]
    found = band_hashes(values, 3, 4)
    assert (found.shape, found.dtype) == ((2, 3), np.uint64)
    assert (found[0] == found[1]).tolist() == [True, False, False]


def test_equal_rows_in_another_band_make_another_hash() -> None:
    found = band_hashes(np.full((1, 64), 7, np.uint32), 32, 2)
    assert len(set(found[0].tolist())) == 32


def test_swapped_rows_make_another_hash() -> None:
    values = np.array([[1, 2], [2, 1]], np.uint32)
    assert len(set(band_hashes(values, 1, 2).ravel().tolist())) == 2


def test_memory_does_not_grow_with_the_document() -> None:
    signatures(["warm up"], DEFAULT)
    peaks = []
    for copies in (2, 8):
        text = "".join(f"word{number} " for number in range(100_000)) * copies
        tracemalloc.start()
        signatures([text], DEFAULT)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # A piece takes some 20 MB; 800,000 shingles at once would take 200.
    assert peaks[1] < 1.5 * peaks[0]
