"""Lists told by their heads, on literal text."""

from random import Random

import numpy as np
import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.list_heads import LONGEST_ITEM, OTHERS, WEIGHT, heads_share
from ccnet_lite.quality.spaced_words import MOST_WORDS, SLOTS, read_words, word_traits
from ccnet_lite.quality.word_order import order_evidence
from ccnet_lite.text.characters import code_points

HEADS = [
    *("canvas", "leather", "silver", "wooden", "vintage", "outdoor"),
    *("folding", "kitchen", "garden", "travel", "summer", "winter"),
]
OTHER = [
    f"{one}{two}" for one in ("lamp", "desk", "bowl", "tray", "coat", "boot") for two in ("ville", "stone", "gate")
]
"""Eighteen words of nine or eight letters."""


def heads(text: str) -> float:
    """heads_share alone; keyword_share has the highest of several."""
    table = np.zeros(SLOTS, np.uint64), np.full(SLOTS, -1, np.int64)
    words = np.zeros((MOST_WORDS, 3), np.int64)
    n = read_words(code_points(text), 0, len(text), word_traits(), words, *table, 0)
    order_evidence(words, n, *table, np.zeros((SLOTS, 2), np.int64), 1, np.zeros(8))
    found = float(heads_share(words, n))
    column = measure([text])["keyword_share"][0].as_py()
    assert isinstance(column, float)
    assert n < 140 or column >= found
    return found


def phrases(order: list[str], sizes: tuple[int, ...] = (1, 2, 3), others: list[str] = OTHER) -> list[str]:
    """In each item a head and others, at random."""
    rng = Random(3)
    return [" ".join([head, *rng.sample(others, sizes[at % len(sizes)])]) for at, head in enumerate(order)]


RNG = Random(11)
ORDER = [RNG.choice(HEADS) for _ in range(100)]
"""A hundred heads of six to eight letters, each at distances that differ."""
ONCE = [f"{a}{b}{c}rest" for a in "bcdfghjklm" for b in "aeiou" for c in "npqrstvwxz"]
"""Five hundred words of seven letters."""


@pytest.mark.parametrize("sign", [", ", " | ", "\n", "; "])
def test_twelve_heads(sign: str) -> None:
    """They come too far from one another to be near, and few of the others come again nearby."""
    items = phrases(ORDER, others=OTHER + ONCE[:80])
    assert heads(sign.join(items)) > 0.25
    assert heads("\n".join(items).title()) > 0.25


def test_titles() -> None:
    makers, wares = HEADS[:3], HEADS[3:6]
    rng = Random(2)
    rest = ONCE[:90]
    made = ([rng.choice(makers), rng.choice(wares), *rng.sample(rest, 4)] for _ in range(45))
    assert heads("\n".join(" ".join(title) for title in made).title()) > 0.25


def share(order: list[str], text: str) -> float:
    return WEIGHT * sum(map(len, order)) / sum(map(str.isalpha, text))


def test_share_by_hand() -> None:
    """199 others come once each, and some twice in items of their own, without a head."""
    rest = iter(ONCE)
    items = [" ".join([head, *(next(rest) for _ in range(1 + at % 3))]) for at, head in enumerate(ORDER)]
    assert sum(len(item.split()) - 1 for item in items) == 199
    for n_twice, found in ((66, 0), (67, 1)):
        assert (2 * n_twice >= OTHERS * (199 + 2 * n_twice)) == found
        text = "\n".join([*items, *(f"{word} {word}" for word in ONCE[300 : 300 + n_twice])])
        assert heads(text) == pytest.approx(share(ORDER, text) * found)


@pytest.mark.parametrize(
    "order",
    [sorted(ORDER), HEADS * 9, [HEADS[0]] * 60 + HEADS[1:3] * 10],
    ids=["sorted", "in turn", "one of most"],
)
def test_heads_in_an_order(order: list[str]) -> None:
    others = OTHER + ONCE[:120]
    assert heads("\n".join(phrases(order, others=others))) == 0.0


def test_names_and_numbers() -> None:
    others = OTHER + ONCE[:80]
    assert heads("\n".join(phrases(ORDER, (1,), others))) == 0.0
    assert heads("\n".join(phrases(ORDER, (2,), others))) == 0.0
    assert heads("\n".join(phrases(ORDER, (1, 2), others))) > 0.25
    assert heads("\n".join(phrases(ORDER, (3,), others))) > 0.25
    assert heads(" 12\n".join(phrases(ORDER, (3,), others))) == 0.0


def test_what_comes_once_behind_the_heads() -> None:
    """Streets, and titles of lessons."""
    rest = iter(ONCE)
    streets = [" ".join([head, *(next(rest) for _ in range(2 + at % 3))]) for at, head in enumerate(ORDER)]
    assert heads("\n".join(streets)) == 0.0
    assert heads("\n".join(phrases(ORDER, (2, 3, 4), OTHER + ONCE[:120]))) > 0.2


def test_in_sentences() -> None:
    items = phrases(ORDER, others=OTHER + ONCE[:80])
    sentences = [", ".join(items[at : at + 5]) + "." for at in range(0, 100, 5)]
    assert heads(" ".join(sentences)) == 0.0
    assert heads(" ".join([", ".join(items[:90]) + ".", *sentences[18:]])) > 0.25
    assert heads(" ".join([", ".join(items[:70]) + ".", *sentences[14:]])) == 0.0


def test_long_items() -> None:
    rng = Random(4)
    order = [rng.choice(HEADS[:4]) for _ in range(40)]
    for size, found in ((LONGEST_ITEM, True), (LONGEST_ITEM + 1, False)):
        items = [" ".join([head, *rng.sample(ONCE[:150], size - 1)]) for head in order]
        assert (heads("\n".join(items)) > 0.05) == found


def test_few_heads_and_short_ones() -> None:
    others = OTHER + ONCE[:80]
    rng = Random(6)
    two, three = ([rng.choice(HEADS[:n]) for _ in range(70)] for n in (2, 3))
    assert heads("\n".join(phrases(two, (3, 4), others))) == 0.0
    assert heads("\n".join(phrases(three, (2, 3), others))) > 0.25
    assert heads("\n".join(phrases(ORDER, others=ONCE[:150]))) > 0.25
    assert heads("\n".join(phrases([head[:3] for head in ORDER], others=ONCE[:150]))) < 0.1
    assert heads("\n".join(phrases([head[:4] for head in ORDER], others=ONCE[:150]))) > 0.2


def test_heads_stay_at_their_place() -> None:
    items = [item.split() for item in phrases(ORDER, (3, 4), OTHER + ONCE[:300])]
    assert heads("\n".join(" ".join(item) for item in items)) > 0.2
    anywhere = [" ".join(Random(at).sample(item, len(item))) for at, item in enumerate(items)]
    assert heads("\n".join(anywhere)) < 0.1


def test_heads_have_ever_other_words_behind_them() -> None:
    after = [f"{a} {b}" for a, b in zip(ONCE[:24:2], ONCE[1:24:2], strict=True)]
    said = [f"{head} {after[HEADS.index(head)]} {'yes' * (at % 2)}" for at, head in enumerate(ORDER)]
    assert heads("\n".join(said)) == 0.0
    turned = [f"{head} {after[at % 12]} {'yes' * (at % 2)}" for at, head in enumerate(ORDER)]
    assert heads("\n".join(turned)) > 0.25
