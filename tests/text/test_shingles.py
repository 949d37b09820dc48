import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text import shingles as module
from ccnet_lite.text import tokens
from ccnet_lite.text.shingles import batch_shingle_hashes, shingle_hashes, shingles
from tests.text.test_hashes import shingle_by_hand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two, THREE four five six.", ["one two three four five", "two three four five six"]),
        ("東京都、渋谷区", ["東 京 都 渋 谷", "京 都 渋 谷 区"]),
        ("हिन्दी में लिखा", ["हिन्दी में लिखा"]),
        ("Hello", ["hello"]),
        ("!!!", []),
        ("", []),
    ],
)
def test_shingles(text: str, expected: list[str]) -> None:
    assert [shingle.decode() for shingle in shingles(text, 5)] == expected
    assert shingle_hashes(text, 5).tolist() == sorted({shingle_by_hand(shingle.encode()) for shingle in expected})


def test_short_texts_are_told_apart() -> None:
    texts = ["Yes.", "No.", "Yes, no.", "Contact us", "About us"]
    assert len({tuple(shingle_hashes(text, 5)) for text in texts}) == 5


def test_repeats_count_once() -> None:
    assert len(shingle_hashes("ha " * 100, 5)) == 1
    assert len(shingles("ha " * 100, 5)) == 96


@given(st.lists(st.text("ab 東ก\n.", max_size=40), max_size=6), st.integers(1, 6))
def test_a_batch_is_its_texts_one_by_one(texts: list[str], ngram: int) -> None:
    found: list[list[int]] = [[] for _ in texts]
    for first, hashes, offsets in batch_shingle_hashes(texts, ngram):
        for number in range(len(offsets) - 1):
            found[first + number] += hashes[offsets[number] : offsets[number + 1]].tolist()
    assert found == [[shingle_by_hand(shingle) for shingle in shingles(text, ngram)] for text in texts]


@pytest.mark.parametrize("ngram", [1, 2, 5, 40])
def test_a_long_text_in_pieces_has_the_shingles_of_the_whole(monkeypatch: pytest.MonkeyPatch, ngram: int) -> None:
    random = np.random.default_rng(5)
    words = [*"東京", "kurz", "ein-langes", "é", "naïve", "\u200b", "...", "\n"]
    text = " ".join(words[index] for index in random.integers(0, len(words), 900))
    expected = [shingle_by_hand(shingle) for shingle in shingles(text, ngram)]
    monkeypatch.setattr(tokens, "PIECE_CHARS", 64)
    monkeypatch.setattr(module, "PIECE_CHARS", 64)
    blocks = list(batch_shingle_hashes(["vorher", text, "nachher"], ngram))
    assert len(blocks) > 20
    assert [int(value) for first, hashes, _ in blocks if first == 1 for value in hashes] == expected
