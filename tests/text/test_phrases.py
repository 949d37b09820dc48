"""Phrases in texts: words, not parts of them; the longest; scripts without spaces; case and white space."""

import pytest

from ccnet_lite.text.phrases import Phrases


@pytest.mark.parametrize(
    ("phrases", "text", "found", "words"),
    [
        (["ass"], "classic assets, an ass", 1, 1),
        (["ass"], "ASS. Ass! (ass)", 3, 3),
        (["*ass*"], "classic assets", 2, 2),
        (["bad", "bad word"], "a bad \n word, bad", 2, 3),
        (["坏话"], "他说坏话和坏话", 2, 4),
        (["плохо"], "ПЛОХО неплохо", 1, 1),
        (["b.d"], "b.d and bad", 1, 2),
        (["dirty"], "dir\u200bty", 1, 1),
        ([], "anything", 0, 0),
        (["word"], "", 0, 0),
        (["x" * 200], "x" * 200, 0, 0),
    ],
)
def test_what_is_found(phrases: list[str], text: str, found: int, words: int) -> None:
    counts, covered, weights = Phrases(phrases).count(["word before", text])
    assert (counts[1], covered[1], weights[1]) == (found, words, found)


def test_against_a_search_by_words() -> None:
    """An oracle: the set of words, split at spaces."""
    words = [f"w{number * 7919 % 5000}" for number in range(300)]
    texts = [" ".join(f"w{(number * 31 + start) % 6000}" for number in range(500)) for start in range(20)]
    expected = [sum(word in set(words) for word in text.split()) for text in texts]
    assert Phrases(words).count(texts)[0].tolist() == expected and sum(expected) > 100
