"""Where joiners may stand: the tables against Unicode's properties, as the package regex has them."""

import unicodedata

import numpy as np
import pytest
import regex

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.text.characters import LETTER, kinds, script_codes, scripts
from ccnet_lite.text.joiners import (
    AROUND,
    CURSIVE,
    CURSIVE_SCRIPTS,
    FULL_VOWEL,
    INDIC,
    INDIC_SCRIPTS,
    PARTED,
    VIRAMA,
    joiner_flags,
)


def of_scripts(names: tuple[str, ...], last: int) -> list[int]:
    """Letters and marks of these scripts that this Python's Unicode has, up to a code point."""
    wanted = np.isin(scripts(), [script_codes().index(name) for name in names])
    return [
        code for code in np.flatnonzero(wanted[: last + 1]).tolist() if unicodedata.category(chr(code)) != "Cn"
    ]


def test_letters_that_join_no_next_one() -> None:
    for code in of_scripts(CURSIVE_SCRIPTS, 0x8FF) + of_scripts(("Rohg", "Adlm"), 0x1E95F):
        if kinds()[code] != LETTER or unicodedata.category(chr(code)) == "Lm" or code in (0x887, 0x88E):
            continue  # small letters above, signs of tone, two signs
        joins_next = regex.match(r"[\p{jt=D}\p{jt=L}\p{jt=C}]", chr(code)) is not None
        assert bool(joiner_flags()[code] & PARTED) != joins_next, hex(code)
        assert joiner_flags()[code] & CURSIVE


def test_viramas_and_full_vowels() -> None:
    for code in of_scripts(INDIC_SCRIPTS, 0xDFF):
        virama = regex.match(r"[\p{InSC=Virama}\p{InSC=Pure_Killer}]", chr(code)) is not None
        assert bool(joiner_flags()[code] & VIRAMA) == virama, hex(code)
        vowel = regex.match(r"\p{InSC=Vowel_Independent}", chr(code)) is not None
        if code not in (0xC04, 0xC84, 0xD04, 0xD5F):  # two signs and two archaic letters of Telugu to Malayalam
            assert bool(joiner_flags()[code] & FULL_VOWEL) == vowel, hex(code)
        assert bool(joiner_flags()[code] & INDIC) == (unicodedata.category(chr(code))[0] in "LM"), hex(code)


def share(text: str) -> float:
    return float(measure([text])["disguised_share"][0].as_py())


def test_a_letter_of_persian_nearby_lets_non_joiners_pass() -> None:
    word, arabic = "شده\u200cاند", "هذا هو النص العربي الذي لا يحتوي على غير ذلك "
    assert share(f"{arabic} {word}") > 0
    assert share(f"{arabic} {word} پدر") == 0
    assert share(f"پدر {word} {arabic}") == 0
    far = arabic * 20
    assert len(far) > AROUND
    assert share(f"پدر {far}{word}{far} پدر") > 0


def test_nothing_is_asked_of_other_texts_nearby() -> None:
    spun, persian = "هذا شده\u200cاند", "این پدر من است"
    apart = measure([spun])["disguised_share"].to_pylist()
    assert apart == [0.5]
    assert measure([persian, spun, persian])["disguised_share"].to_pylist() == [0.0, 0.5, 0.0]


@pytest.mark.parametrize(
    ("text", "share_of_words"),
    [
        ("यह किता\u200bब है", 1 / 3),
        ("यह कित\u200dाब है", 1 / 3),
        ("यह उत्\u200dसाही है", 0.0),
        ("او می\u200cخواهد و می\u200dرود گل", 1 / 5),
    ],
)
def test_share_of_a_texts_words(text: str, share_of_words: float) -> None:
    assert share(text) == pytest.approx(share_of_words)
