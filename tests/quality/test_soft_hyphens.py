"""Soft hyphens strewn about and where words are parted, on literal words; | stands for one."""

import numpy as np
import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.soft_hyphens import MISPLACED, NOWHERE, PARTS, STRANGE, parts, strewn
from ccnet_lite.quality.word_counts import _DISGUISE, _KIND, traits_of_characters
from ccnet_lite.text.characters import code_points
from ccnet_lite.text.disguises import JOINING

WORDS = " ".join(f"w{a}{b}e" for a in "aeiouaeiou" for b in "klmnpqrstv")


def of(word: str, text: str = "{}") -> int:
    before, after = text.split("{}")
    codes = code_points(before + word.replace("|", "\u00ad") + after)
    begin, end = len(before), len(codes) - len(after)
    return parts(codes, begin, end, 0, len(codes), traits_of_characters(), _KIND, _DISGUISE + JOINING)


def disguised(*words: str) -> float:
    text = " ".join([WORDS, *words]).replace("|", "\u00ad")
    return float(measure([text])["disguised_share"][0].as_py())


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("price", NOWHERE),
        ("|price", NOWHERE),
        ("price|", NOWHERE),
        ("pri|ce", PARTS),
        ("re|gio|na|le", PARTS),
        ("Donau|dampf|schiff", PARTS),
        ("жи|т|тя", PARTS),  # either is right
        ("ha|s|z|na", PARTS),
        ("Vl|ta|va", PARTS),  # l is a syllable there
        ("Παρα|σκευή", PARTS),
        ("նա|խա|գահ", PARTS),
        ("ht|tp", PARTS),
        ("p|rice", MISPLACED),
        ("pric|e", MISPLACED),
        ("a|price", MISPLACED),
        ("st|rong", MISPLACED),
        ("stro|ngst", PARTS),  # n may be a syllable
        ("stra|kst", MISPLACED),
        ("re|gio|na|l", MISPLACED),
        ("о|дно", MISPLACED),
        ("ст|рана", MISPLACED),
        ("στ|ρατός", MISPLACED),
        ("գ|ահ", MISPLACED),
        ("cafe|\u0301s", MISPLACED),  # a mark
        ("Ă|ku", NOWHERE),  # an í read in a wrong encoding
        ("ना|ही", PARTS),
        ("न|हीं", PARTS),
        ("कि|ताब", PARTS),
        ("क|िताब", MISPLACED),  # a vowel sign
        ("पुस्|तक", MISPLACED),  # behind a virama
        ("අම්|මා", MISPLACED),
        ("של|ום", STRANGE),
        ("안|녕하세요", STRANGE),
        ("الكت|اب", STRANGE),
    ],
)
def test_words(word: str, found: int) -> None:
    assert of(word) == found


def test_persian_and_uyghur_have_them() -> None:
    assert of("من|زل") == STRANGE  # letters of Arabic alone, and nothing around
    assert of("من|زل", "چه {}") == PARTS
    assert of("مەك|تەپ") == PARTS


def test_when_all_are_suspect() -> None:
    def counted(parted: int = 0, misplaced: int = 0, strange: int = 0) -> int:
        return strewn(np.array([9, parted, misplaced, strange]))

    assert counted() == counted(parted=100) == counted(misplaced=1) == counted(strange=1) == 0
    assert counted(strange=5) == 4
    assert counted(misplaced=2) == 1
    assert counted(parted=4, misplaced=2) == 5  # one of them is by chance, and then one in six is misplaced
    assert counted(parted=5, misplaced=2) == 0
    assert counted(parted=20, misplaced=5) == 0
    assert counted(parted=19, misplaced=5) == 23
    assert counted(parted=19, misplaced=5, strange=2) == 25


def test_pages() -> None:
    assert disguised(*["ka|la|mit"] * 50) == 0.0
    assert disguised("p|rice") == 0.0
    assert disguised("p|rice", "c|heap") == 1 / 102
    assert disguised("p|rice", "c|heap", "o|nline", "ho|tel", "fli|ghts") == 4 / 105
    assert disguised("ש|לום", "של|ום", "שלו|ם") == 2 / 103


def test_scripts_without_spaces() -> None:
    def share(text: str) -> float:
        return float(measure([text.replace("|", "\u00ad") * 10])["disguised_share"][0].as_py())

    assert share("天地|玄黄宇宙洪荒日月") == 0.2  # two letters are a word
    assert share("ภาษา|ไทยง่าย") == 0.0  # between syllables
    assert share("ภาษ|าไทยง่าย") > 0.2
