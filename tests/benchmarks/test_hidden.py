"""The pages of benchmarks/quality_hidden.py are what they are said to be."""

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_hidden import LISTS, WORD_TRICKS, listed, reread, spun

PAGE = "The people of Brittany open each house to guests after the harvest. Some of them stay until spring. " * 20


@pytest.mark.parametrize("name", WORD_TRICKS)
def test_a_trick_changes_one_word_of_twenty(name: str) -> None:
    page = spun(PAGE, WORD_TRICKS[name], Random(1))
    assert page is not None
    kept = sum(word in page.split() for word in PAGE.split())
    assert kept > 0.9 * len(PAGE.split())
    if "parted by spaces" not in name:
        changed = sum(one != other for one, other in zip(PAGE.split(), page.split(), strict=False))
        assert changed == 18  # of 360 words


def test_encodings() -> None:
    assert reread("caf\u00e9", "utf-8", "latin-1") == "caf\u00c3\u00a9"
    assert reread("\u043c\u0438\u0440", "cp1251", "cp1252") == "\u00ec\u00e8\u00f0"
    assert reread("cafe", "utf-8", "latin-1") is None
    assert reread("\u043c\u0438\u0440", "cp1253", "cp1252") is None


def test_lists() -> None:
    page = listed(
        " ".join(f"word{a}{b}" for a in "abcdefgh" for b in "ijklmnop"), Random(1), *LISTS["keywords, commas"]
    )
    assert page is not None
    assert page.count(", ") == 200
    assert listed("too few words", Random(1), *LISTS["keywords, commas"]) is None
