"""Long lists of words that come again, on literal text. Lists of search phrases: test_spun_words.py."""

import pytest

from ccnet_lite.quality.heuristics import measure

ONCE = [f"word{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
"""A hundred words of six letters."""
SEVENTY = ONCE[:70]


def keywords(text: str) -> float:
    found = measure([text])["keyword_share"][0].as_py()
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("sign", [", ", " | ", "\n", " 9.90 ", " - "])
def test_half_of_what_comes_again_counts(sign: str) -> None:
    assert keywords(sign.join(SEVENTY * 2)) == 0.5
    assert keywords(sign.join(ONCE[:100] + SEVENTY)) == pytest.approx(140 / 170 / 2)


def test_what_comes_once_does_not_count() -> None:
    assert keywords(", ".join([*ONCE, *(f"other{word}" for word in ONCE)])) == 0.0


def test_items_have_three_words_at_most() -> None:
    def items(size: int) -> str:
        words = (ONCE * 3)[: 60 * size]
        return ", ".join(" ".join(words[at : at + size]) for at in range(0, len(words), size))

    tail = f". {' '.join(f'tail{word}' for word in ONCE)}."
    assert keywords(items(3) + tail) > 0.2
    assert keywords(" ".join(items(3).split(", ")) + tail) == 0.0
    long = (ONCE * 3)[:240]
    four = ", ".join(" ".join(long[at : at + 4]) for at in range(0, 240, 4))
    assert keywords(four + tail) == 0.0


def test_sixty_items_stand_behind_one_another() -> None:
    rest = f". {' '.join(f'rest{word}' for word in ONCE)}."
    # What ends a sentence is of no list.
    assert keywords(f"{', '.join(ONCE[:30] * 2)}, end{rest}") == pytest.approx(360 / (360 + 3 + 1000) / 2)
    assert keywords(f"{', '.join(ONCE[:30] * 2)}{rest}") == 0.0
    halves = ", ".join(ONCE[:40]) + ". " + ", ".join(ONCE[:40])
    assert keywords(halves + rest) == 0.0  # a sentence ends between them
    parted = ", ".join([*ONCE[:40], " ".join(f"long{word}" for word in ONCE[:5]), *ONCE[:40]])
    assert keywords(parted + rest) == 0.0
    after = ". ".join(["It begins here", ", ".join(SEVENTY * 2)])
    assert keywords(after) > 0.4


def test_words_have_three_letters_on_average() -> None:
    moves = [f"{piece}{file}{rank}" for piece in "NBRQK" for file in "abcdefgh" for rank in "12"]
    assert keywords(", ".join(moves[:80] * 2)) == 0.0
