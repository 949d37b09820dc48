"""Widths as terminals count them, and text that can't break out of its cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.report.columns import align, compact, display_width, printable


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("日本語", 6),
        ("ｆｕｌｌ", 8),
        ("e\u0301", 1),
        ("หน้า", 3),
        ("한국", 4),
        ("a\u200bb", 2),
        ("", 0),
    ],
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


def test_columns_line_up_whatever_the_script() -> None:
    lines = align([["name", "n"], ["日本", "1,234"], ["หน้า", "5"], ["de", "67"]])
    assert lines == [
        "name      n",
        "日本  1,234",
        "หน้า       5",
        "de       67",
    ]
    assert {display_width(line) for line in lines} == {11}


def test_printable_replaces_what_moves_the_cursor_or_turns_the_line() -> None:
    assert printable("a\x1b[2Jb\u202ec\x00\u2066") == "a�[2Jb�c��"
    assert printable(" a \n\t b\u2028c ") == "a b c"
    assert printable("\ud800") == "�"
    assert printable("x" * 300, 10) == "xxxxxxxxx…"


@given(st.text())
def test_printable_is_one_line_of_text(text: str) -> None:
    shown = printable(text, 50)
    assert len(shown) <= 50
    assert shown == "" or shown.splitlines() == [shown]
    assert printable(shown, 50) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_500, "1.0M"),
        (2_400_000_000, "2.4G"),
        (3 * 10**15, "3.0P"),
    ],
)
def test_compact(number: int, shown: str) -> None:
    assert compact(number) == shown


@given(st.integers(0, 10**18 - 10**15))
def test_compact_takes_five_characters_at_most(number: int) -> None:
    assert len(compact(number)) <= 5
