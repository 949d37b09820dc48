"""Invisible characters in Thai, Lao, Khmer and Burmese."""

import sys
from pathlib import Path
from random import Random

import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.text.characters import code_points
from ccnet_lite.text.disguises import HAN_WORD_LETTERS
from ccnet_lite.text.syllables import WORD_LETTERS, splits

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from spun_pages import zero_width_unspaced

CLEAN = {  # with a bar for each zero-width space
    "khm": "នៅ|ពេល|នោះ|ខ្ញុំ|មាន|ផ្ទះ|មួយ|នៅ|ភ្នំ|ពេញ ហើយ|គាត់|មក|លេង|រាល់|ថ្ងៃ។ ",
    "tha": "แม่น้ำ|สาย|นี้|ไหล|มา|จาก|ภูเขา|ทาง|เหนือ|ของ|เมือง แล้ว|ไหล|ไป|ทะเล ",
    "mya": "လူ|တိုင်း|သည်|တူညီ|လွတ်လပ်|သော|ဂုဏ်သိက္ခာ|ဖြင့်|မွေးဖွား|လာ|သည်။ ",
    "lao": "ມະນຸດ|ເກີດ|ມາ|ມີ|ສິດ|ເສລີພາບ|ແລະ|ມີ|ກຽດ|ສັກສີ|ເທົ່າ|ທຽມ|ກັນ ",
}


def split(text: str) -> bool:
    """Whether the text's one invisible character stands where there is none."""
    at = next(number for number, char in enumerate(text) if ord(char) in HIDDEN)
    return bool(splits(code_points(text), at, 0, len(text)))


HIDDEN = {0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFE00}


@pytest.mark.parametrize(
    "text",
    [
        "น\u200b้ำ",  # before a tone
        "น้\u200bำ",  # before a vowel written behind
        "จ\u200bะ",
        "เ\u200bมือง",  # after a vowel written before
        "ເ\u200bກີດ",
        "ມ\u200bະ",
        "ກ\u200bຽດ",
        "ខ\u200b្ញុំ",  # before a stacked letter
        "ខ្\u200bញុំ",  # in a stack
        "ခ\u200b္ခာ",
        "ဂု\u200bဏ်",  # before the letter that ends a syllable
        "သိ\u200bက္ခာ",
        "တူ\u200cညီ",  # no joiner has anything to do
        "ไหล\u200dมา",
        "က\u200bႚ",  # before marks
        "က\u200b\u109d",
        "ក\u200b៝",
        "ផ្ទះ\u200dមួយ",
        "ไหล\u200eมา",
        "ไหล\u2060มา",
        "ไหล\ufeffมา",
        "ไหล\ufe00มา",
    ],
)
def test_split(text: str) -> None:
    assert split(text)


@pytest.mark.parametrize(
    "text",
    [
        "ไหล\u200bมา",
        "ผู้\u200bเขียน",
        "ផ្ទះ\u200bមួយ",
        "လူ\u200bတိုင်း",
        "သည်\u200bတူ",
        "ល\u200bដ៏",
        "ប៊\u200cីយ៉ា",  # the shifter keeps its shape
        "ប\u200c៊ី",
        "က္\u200cခ",  # a virama seen, of old texts
        "က\ufe00ခ",
        "ไหล\u200c",  # at the edges
        "\u200cไหล",
        "ไหล \u200cมา",
        "ไหล\u200c มา",
        "a\u200cไหล",
        "ไหล\u200ca",
        "๑\u200c๒",
    ],
)
def test_not_split(text: str) -> None:
    assert not split(text)


def test_runs_of_invisible_characters() -> None:
    codes = code_points("ไหล" + "\u200c" * 4 + "มา")
    found = [bool(splits(codes, at, 0, len(codes))) for at in range(3, 7)]
    assert found == [False, False, False, True]  # one of them counts
    long = code_points("ไหล" + "\u200c" * 5 + "มา")
    assert not any(splits(long, at, 0, len(long)) for at in range(3, 8))
    inside = code_points("ไหล\u200cมา")
    assert not splits(inside, 3, 3, 6)  # the text begins there
    assert not splits(inside, 3, 0, 4)


def test_a_word_has_several_letters() -> None:
    (thai, japanese, both) = measure(["ไหล\u200cมาจาก", "水\u200b車を見て", "ไ\u200cห\u200cล\u200cม\u200cา"])[
        "disguised_share"
    ].to_pylist()
    assert thai == pytest.approx(WORD_LETTERS / 8)
    assert japanese == pytest.approx(HAN_WORD_LETTERS / 5)
    assert both == 1.0
    assert (WORD_LETTERS, HAN_WORD_LETTERS) == (3, 2)


@pytest.mark.parametrize("language", CLEAN)
def test_pages(language: str) -> None:
    page = CLEAN[language].replace("|", "\u200b") * 12
    spun = zero_width_unspaced(CLEAN[language].replace("|", "") * 12, 0.05, Random(language))
    clean, found = measure([page, spun])["disguised_share"].to_pylist()
    assert clean == 0.0
    assert found > 0.025
