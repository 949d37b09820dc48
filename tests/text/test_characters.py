import unicodedata

import numpy as np
import regex

from ccnet_lite.text import characters
from ccnet_lite.text.script_ranges import SCRIPT_RANGES, UNSPACED_SCRIPTS

LETTERS = [chr(code) for code in range(0x20000) if unicodedata.category(chr(code))[0] == "L"]


def test_scripts_are_those_of_the_unicode_database() -> None:
    found = characters.scripts()
    shared = "\u30fc\uff70"  # long vowel mark: common to both Kana, to us Katakana
    indices = found[[ord(letter) for letter in LETTERS]].tolist()
    for index, code in enumerate(characters.script_codes()[1:], 1):
        ours = {letter for letter, other in zip(LETTERS, indices, strict=True) if other == index}
        theirs = set(regex.findall(rf"\p{{Script={code}}}", "".join(LETTERS)))
        assert ours - set(shared) == theirs, code
    assert not UNSPACED_SCRIPTS - set(SCRIPT_RANGES)


def test_kinds() -> None:
    of = characters.kinds()
    kinds = {char: int(of[ord(char)]) for char in "aहि五ู ٣Ⅻ\u200d\u00ad\ufe0f\n\u3000.€😀\U00020000"}
    assert kinds == {
        "a": characters.LETTER,
        "ह": characters.LETTER,
        "ि": characters.MARK,
        "五": characters.LETTER,
        "ู": characters.MARK,
        " ": characters.SPACE,
        "٣": characters.NUMBER,
        "Ⅻ": characters.NUMBER,
        "\u200d": characters.IGNORED,
        "\u00ad": characters.IGNORED,
        "\ufe0f": characters.IGNORED,
        "\n": characters.SPACE,
        "\u3000": characters.SPACE,
        ".": characters.SYMBOL,
        "€": characters.SYMBOL,
        "😀": characters.SYMBOL,
        "\U00020000": characters.LETTER,
    }


def test_folds() -> None:
    def fold(text: str) -> str:
        codes = characters.folds()[characters.code_points(text)]
        return codes.tobytes().decode("utf-32-le")

    assert fold("ÉTÉ Straße ＡＢ１２ ٣५ ΟΣ ς İI ﬁ ﺍ") == "été straße ab12 35 οσ σ ii ﬁ ا"


def test_folding_twice_changes_nothing() -> None:
    folded = characters.folds()
    assert np.array_equal(folded[folded], folded)


def test_a_lone_surrogate_is_a_question_mark() -> None:
    assert characters.code_points("a\ud800b").tolist() == [97, 63, 98]
