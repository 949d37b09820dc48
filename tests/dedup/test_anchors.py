"""Anchors against winnowing said plainly, and that a longer text has those of a text inside it."""

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup.anchors import WINDOW, SeenAnchors, anchors, shares_in
from ccnet_lite.dedup.minhash import signatures
from ccnet_lite.settings import NearDuplicateSettings

NEAR = NearDuplicateSettings()


def words(seed: int, count: int) -> list[str]:
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 3000, count)]


def anchors_of(*texts: str) -> list[list[int]]:
    seen = SeenAnchors(len(texts), NEAR.ngram)
    signatures(texts, NEAR, seen.see)
    found: list[list[int]] = seen.column().to_pylist()
    return found


def plain(hashes: list[int], apart: int) -> list[int]:
    """Of each window the least, as the source has it, with the shingle behind it."""
    starts = range(len(hashes) - apart)
    taken = set()
    for begin in range(max(1, len(starts) - WINDOW + 1)):
        window = starts[begin : begin + WINDOW]
        taken.add(min(window, key=lambda at: hashes[at]))
    return sorted((hashes[at] << 32) | hashes[at + apart] for at in taken)


@pytest.mark.parametrize("count", [7, 30, WINDOW + 4, WINDOW + 5, WINDOW + 6, 500])
def test_of_each_window_the_least(count: int) -> None:
    hashes = np.random.default_rng(count).permutation(2**20)[:count].astype(np.uint32) << np.uint32(8)
    values, bounds = anchors(hashes, np.array([0, count]), 5)
    assert values.view(np.uint64).tolist() == sorted(plain(hashes.tolist(), 5)) or bounds.tolist()[-1] == len(
        values
    )
    assert sorted(values.view(np.uint64).tolist()) == plain(hashes.tolist(), 5)
    assert values.tolist() == sorted(values.tolist())


def test_texts_of_a_block_do_not_meet() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**32, 300, dtype=np.uint32)
    apart = [anchors(hashes[:120], np.array([0, 120]), 5)[0], anchors(hashes[120:], np.array([0, 180]), 5)[0]]
    values, bounds = anchors(hashes, np.array([0, 120, 120, 300]), 5)
    assert bounds.tolist() == [0, len(apart[0]), len(apart[0]), len(values)]
    assert values.tolist() == [*apart[0].tolist(), *apart[1].tolist()]


def test_few_shingles_or_none() -> None:
    for count, expected in ((0, []), (1, [(7 << 32) | 7]), (2, [(7 << 32) | 8])):
        hashes = np.array([7, 8], np.uint32)[:count]
        assert anchors(hashes, np.array([0, count]), 5)[0].tolist() == expected


def test_a_word_said_ten_thousand_times_is_one_anchor() -> None:
    assert len(anchors_of("word " * 10_000)[0]) == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_longer_text_has_all_anchors_of_one_inside_it(seed: int) -> None:
    short = words(seed, 60 + 40 * seed)
    long = [*words(seed + 100, 333), *short, *words(seed + 200, 222)]
    inside, around, other = anchors_of(" ".join(short), " ".join(long), " ".join(words(seed + 300, 600)))
    assert inside and set(inside) <= set(around)
    assert not set(inside) & set(other)


def test_a_run_of_fifty_words_is_enough() -> None:
    run = words(1, WINDOW + 9)
    one, other = anchors_of(" ".join(words(2, 200) + run), " ".join(run + words(3, 200)))
    assert set(one) & set(other)


def test_scripts_without_spaces() -> None:
    run = "".join(chr(0x4E00 + n) for n in np.random.default_rng(4).integers(0, 2000, 120))
    inside, around = anchors_of(run, "外" * 90 + run + "国" * 90)
    assert len(inside) > 1 and set(inside) <= set(around)


def test_a_text_that_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = SeenAnchors(2, 5)
    hashes = np.random.default_rng(0).integers(0, 2**32, 200, dtype=np.uint32)
    seen.see(1, hashes[:100], np.array([0, 100]))
    seen.see(1, hashes[100:], np.array([0, 100]))
    parts = [anchors(part, np.array([0, 100]), 5)[0].tolist() for part in (hashes[:100], hashes[100:])]
    assert seen.column().to_pylist() == [None, sorted({*parts[0], *parts[1]})]
    assert seen.column().type == pa.list_(pa.int64())


def test_shares() -> None:
    random = np.random.default_rng(0)
    ours = [np.unique(random.integers(0, 30, n)) for n in (0, 1, 5, 20, 20)]
    theirs = [np.unique(random.integers(0, 30, n)) for n in (4, 0, 20, 20, 3)]
    held = [(np.concatenate(each).astype(np.int64), np.cumsum([0, *map(len, each)])) for each in (ours, theirs)]
    expected = [
        len(set(one.tolist()) & set(other.tolist())) / len(one) if len(one) else 0.0
        for one, other in zip(ours, theirs, strict=True)
    ]
    assert shares_in(*held[0], *held[1]).tolist() == expected
    assert 0 < expected[2] < 1
