"""Lines are cut to what SentencePiece takes, and lose nothing but white space."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.pretraining.lines import cut, lines


def test_long_lines_are_cut_at_white_space() -> None:
    assert list(cut("  one two three ", 10)) == ["one two", "three"]
    assert list(cut("one two", 7)) == ["one two"]
    assert list(cut("กขคง", 7)) == ["กข", "คง"]
    assert list(cut("   ", 8)) == []
    with pytest.raises(ValueError, match="max_bytes is 3"):
        list(cut("x", 3))


def test_blank_lines_are_none() -> None:
    assert list(lines(" a \n\n \t\nb c d", 4)) == ["a", "b c", "d"]


@given(st.text(), st.integers(4, 30))
def test_a_cut_loses_nothing_but_white_space(line: str, max_bytes: int) -> None:
    try:
        line.encode()
    except UnicodeEncodeError:
        return
    pieces = list(cut(line, max_bytes))
    assert all(piece and len(piece.encode()) <= max_bytes for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(line.split())
