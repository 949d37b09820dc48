"""Words spelt so that a reader knows them and a machine does not, on literal words."""

import numpy as np
import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.spelling import (
    ACCENTED,
    DIGIT_WITHIN,
    PLAIN,
    TONE_WITHIN,
    TRICK,
    spelling_flags,
    spelt,
)
from ccnet_lite.text.characters import code_points, kinds

WORDS = " ".join(f"word{a}{b}" for a in "abcdefghij" for b in "klmnopqrst")
"""A hundred."""


def of(word: str) -> int:
    """Of `spelt`, by tables of which flags are the lowest bits."""
    codes = code_points(word)
    traits = spelling_flags().astype(np.uint64) | kinds().astype(np.uint64) << np.uint64(8)
    return int(spelt(codes, 0, len(codes), traits, 0, 8))


def disguised(text: str) -> float:
    found = measure([text])["disguised_share"][0].as_py()
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("rAnD", TRICK),
        ("pRiCe", TRICK),
        ("RaNdOm", TRICK),
        ("\u0446\u0415\u043d\u0410", TRICK),
        ("unRaNdOm", TRICK),
        ("LaTeX", PLAIN),
        ("NaCl", PLAIN),
        ("eBa", PLAIN),
        ("uMaBuyakhulu", PLAIN),
        ("getElementsByTagName", PLAIN),
        ("AaBbCcDd", PLAIN),
        ("t\u02bc\u00c1\u00c1D\u02bc\u00d3", PLAIN),  # what has no case does not turn it
        ("A\u0301B\u0301C\u0301D\u0301", PLAIN),
        ("XVG5TqrrGoXK2AXG0ryq", TRICK),
        ("XVG5TqrrGoXK2AXG0ry", PLAIN),  # 19 characters
        ("PakistanBirdClubOnTwitter", PLAIN),  # no digit
    ],
)
def test_case(word: str, found: int) -> None:
    assert of(word) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("pr1ce", DIGIT_WITHIN),
        ("m0ney", DIGIT_WITHIN),
        ("V1agra", DIGIT_WITHIN),
        ("acc0un7s", DIGIT_WITHIN),
        ("p\u04431ka", DIGIT_WITHIN),
        ("cl4ss", TONE_WITHIN),
        ("ma3lish", TONE_WITHIN),
        ("log4j", TONE_WITHIN),
        ("k2tog", PLAIN),
        ("b1gs", PLAIN),  # four characters
        ("a1000b", PLAIN),  # two letters
        ("pric1", PLAIN),
        ("1price", PLAIN),
        ("zhong1guo2", PLAIN),
        ("zhong1hua2ren", PLAIN),
        ("USB1oder", PLAIN),
        ("\uc57d1\ub9cc0\ucc9c\uc6d0", PLAIN),  # Korean
    ],
)
def test_digits(word: str, found: int) -> None:
    assert of(word) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("pr\u10d8ce", TRICK),
        ("c\u2d54ick", TRICK),
        ("pr\u0aece", TRICK),  # a digit of Gujarati
        ("pri\u05bdce", TRICK),  # a mark of Hebrew
        ("\u05d4Google\u05d9\u05dd", PLAIN),
        ("Google\u10d8\u10e1", PLAIN),
        ("\u12e8Google\u1295", PLAIN),
        ("A\uc640B", PLAIN),  # Korean writes no space there
        ("\u0915\u093e\u092e", PLAIN),
    ],
)
def test_far_scripts(word: str, found: int) -> None:
    assert of(word) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("p\u00adrice", PLAIN),  # soft_hyphens
        ("\u00cf\u00f0\u00e8\u00e2\u00e5\u00f2", ACCENTED),
        ("\u00e0\u00e9\u00ee", ACCENTED),
        ("\u00e0\u00e9", PLAIN),
        ("\u0111\u1ea5\u00e2\u00ea", PLAIN),  # one letter of Vietnamese that no old encoding of bytes had
    ],
)
def test_soft_hyphens_and_accents(word: str, found: int) -> None:
    assert of(word) == found


def test_the_first_of_a_kind_is_by_chance() -> None:
    assert disguised(f"{WORDS} pRiCe") == 0.0
    assert disguised(f"{WORDS} pRiCe cHeAp pr\u10d8ce") == 2 / 103


def test_digits_that_are_letters_of_some_count_beside_others_alone() -> None:
    tones = "ma3lish cl4ss s5fety"
    assert disguised(f"{WORDS} {tones}") == 0.0
    assert disguised(f"{WORDS} pr1ce {tones}") == 0.0
    assert disguised(f"{WORDS} pr1ce m0ney {tones}") == 4 / 105


@pytest.mark.parametrize("sign", [" ", ".", "-", "_", "\u00b7", "*"])
def test_letters_parted(sign: str) -> None:
    parted = [sign.join(word) for word in ("sale", "vigra", "chep", "money", "bonus")]
    assert disguised(f"{WORDS}! {'! '.join(parted[:2])}") == 0.0
    assert disguised(f"{WORDS}! {'! '.join(parted)}") == 3 / 105


@pytest.mark.parametrize(
    "text",
    [
        "p.r.i m.o.n c.h.e b.o.n v.i.g",
        "p'r'i'c'e m'o'n'e'y c'h'e'a'p b'o'n'u's",  # of some orthographies
        "p\u2019r\u2019i\u2019c\u2019e m\u2019o\u2019n\u2019e\u2019y c\u2019h\u2019e\u2019a\u2019p",
        "so\np r i c e\nit is\nm o n e y\nor so\nc h e a p\n",  # headings
        "ꕪ ꖷ ꗞ ꕮ, ꔧ ꖸ ꗋ ꕮ, ꗷ ꖷ ꖸ ꗞ, ꕉ ꕮ ꔳ ꕞ",  # words of one syllable
        "P R I C E, M O N E Y, C H E A P, B O N U S",
        "a b c d e f, i j k l m n, p q r s t u, v w x y z a",
        "p.r-i.c-e, m.o-n.e-y, c.h-e.a-p, b.o-n.u-s",
        "p . r . i . c . e, m . o . n . e . y, c . h . e . a . p",
        "1 2 3 4 5 6, 7 8 9 1 2 3, 3 4 5 6 7 8",
    ],
)
def test_letters_that_stand_alone(text: str) -> None:
    assert disguised(f"{WORDS} {text}") == 0.0


def test_letters_parted_in_other_scripts() -> None:
    for words in ("م-ح-م-د", "ש-ל-ו-ם", "ბ-ა-თ-უ", "ꕪ-ꖷ-ꗞ-ꕮ"):
        assert disguised(f"{WORDS}! {words}! {words}! {words}! {words}") == 2 / 104
    assert disguised(f"s a l e! {WORDS}! s a l e! s a l e! s a l e! s a l e") == 2 / 105  # one is a heading


def test_controls_are_not_seen() -> None:
    assert measure(["pa\x00ss wo\x08rd"])["n_words"][0].as_py() == 2
    assert measure(["pass\tword\x0bpass\x1cword"])["n_words"][0].as_py() == 4
