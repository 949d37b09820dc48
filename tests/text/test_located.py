"""Tokens are found where they stand in the text as it was written, composed or not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.located import composed_in_place, locate
from ccnet_lite.text.tokens import PIECE_CHARS, tokenize

SIGNS = "aé ́̈.,\n\u200d東한ᄀ\u1161\u11a8กำकि1Å\u0344A"


def words(text: str) -> list[str]:
    tokens = locate(text)
    return [
        tokens.data[first:last].decode()
        for first, last in zip(tokens.first.tolist(), tokens.last.tolist(), strict=True)
    ]


def places(text: str) -> list[str]:
    tokens = locate(text)
    return [text[begin:end] for begin, end in zip(tokens.begins.tolist(), tokens.ends.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("Don't stop", ["Don", "t", "stop"], ["don", "t", "stop"]),
        ("  Über-all. ", ["Über", "all"], ["über", "all"]),
        ("U\u0308ber e\u0301", ["U\u0308ber", "e\u0301"], ["über", "é"]),
        ("x \u1112\u1161\u11ab y", ["x", "\u1112\u1161\u11ab", "y"], ["x", "한", "y"]),
        ("soft\u00adhyphen", ["soft\u00adhyphen"], ["softhyphen"]),
        ("東京 2024", ["東", "京", "2024"], ["東", "京", "2024"]),
        ("", [], []),
        ("...", [], []),
    ],
)
def test_literal_places(text: str, expected: list[str], found: list[str]) -> None:
    assert places(text) == expected
    assert words(text) == found


@given(st.text(alphabet=SIGNS, max_size=60))
def test_the_same_tokens_as_without_places(text: str) -> None:
    """Each token's own stretch of the text gives that token, and all of them together are tokenize's."""
    composed, starts, stops = composed_in_place(text)
    assert composed == unicodedata.normalize("NFC", text)
    if starts is not None and stops is not None:
        assert len(starts) == len(stops) == len(composed)
        assert (starts < stops).all() and stops[-1] == len(text)
    found = locate(text)
    assert found.data == tokenize([text]).data.tobytes()
    assert len(found.begins) == len(found.ends) == len(found.hashes) == len(found.first)
    assert (found.begins < found.ends).all()
    if starts is None:
        assert (found.begins[1:] >= found.ends[:-1]).all()
        for place, word in zip(places(text), words(text), strict=True):
            assert tokenize([place]).data.tobytes().decode() == word


def test_a_text_longer_than_a_piece() -> None:
    text = "Wort e\u0301tage " * (PIECE_CHARS // 6)
    tokens = locate(text)
    assert len(tokens) == 2 * (PIECE_CHARS // 6)
    assert text[tokens.begins[-1] : tokens.ends[-1]] == "e\u0301tage"
    assert tokens.data.decode() == " ".join(["wort", "étage"] * (PIECE_CHARS // 6))
    assert len(set(tokens.hashes.tolist())) == 2
