"""Signs of a wrong encoding, on literal text and on what Python reads wrongly."""

import pytest

from ccnet_lite.quality.garbled import BY_CHANCE
from ccnet_lite.quality.heuristics import measure

RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах. "
GREEK = "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια. "
SWEDISH = "Alla människor är födda fria och lika i värde och rättigheter. "
WORDS = " ".join(f"word{a}{b}" for a in "abcdefghij" for b in "klmnopqrst")
"""A hundred."""


def garbled(text: str) -> float:
    found = measure([text])["garbled_share"][0].as_py()
    assert isinstance(found, float)
    return found


def missing(text: str) -> float:
    found = measure([text])["disguised_share"][0].as_py()
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("read_as", ["latin-1", "cp1252", "cp1251", "cp1253", "cp1254"])
@pytest.mark.parametrize("text", [RUSSIAN, GREEK])
def test_utf8_read_as_something_else(text: str, read_as: str) -> None:
    assert garbled(text * 20) == 0.0
    assert garbled((text * 20).encode().decode(read_as, "replace")) > 0.2


def test_a_few_accents_read_wrongly() -> None:
    text = (SWEDISH * 20).encode().decode("latin-1")
    # 6 of 12 words; each has two in place of one, less by those that begin or end with the symbol.
    assert 0.2 < garbled(text) < 0.5
    assert garbled(SWEDISH * 20) == 0.0


@pytest.mark.parametrize("text", [RUSSIAN, GREEK])
def test_old_encodings_of_bytes_read_as_latin(text: str) -> None:
    written = "cp1251" if text == RUSSIAN else "cp1253"
    assert garbled((text * 20).encode(written).decode("cp1252")) > 0.5


@pytest.mark.parametrize(
    "sign",
    [
        *(
            "caf\u00c3\u00a9",
            "caf\u0413\u00a9",
            "a\u00e2\u20ac\u2122",
            "\u00d0\u00b0",
            "\u0420\u00b0",
            "\u00c3\u0080",
        ),
        *("mo\u00bfe", "o\uf025n", "d&eacute;but", "a&nbsp;b"),
        *("\u00cf\u00f0\u00e8\u00e2", "\u00c5\u00ab"),
    ],
)
def test_signs(sign: str) -> None:
    n_words = measure([sign])["n_words"][0].as_py()
    assert garbled(" ".join([sign] * BY_CHANCE)) == 0.0
    many = " ".join([WORDS, *[sign] * 2 * BY_CHANCE])
    assert garbled(many) == pytest.approx(BY_CHANCE / (100 + 2 * BY_CHANCE * n_words))


def test_entities_by_number() -> None:
    many = " ".join([WORDS, *["don&#39;t"] * 2 * BY_CHANCE])
    assert garbled(many) == pytest.approx(BY_CHANCE / (100 + 2 * BY_CHANCE * 2))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "voil\u00e0\u00bb",
            "n\u00e9\u2026",
            "CAF\u00c9\u201d",
            "l\u2019\u00e9t\u00e9",
            "\u00ab\u041a\u041d\u0418\u0413\u0410\u00bb",
            "\u0441\u043b\u043e\u0432\u0430\u2026\u00bb",
            "No\u2014and",
        ),
        *(
            "don\u00b4t",
            "m\u00b2 12",
            "20 \u00b0C",
            "\u00bfqu\u00e9?",
            "col\u00b7legi",
            "&lt;p&gt;",
            "AT&T;",
            "a; b",
            "5\u00b5m",
        ),
    ],
)
def test_clean(text: str) -> None:
    assert garbled(" ".join([text] * 3 * BY_CHANCE)) == 0.0
    assert missing(" ".join([text] * 3 * BY_CHANCE)) == 0.0


@pytest.mark.parametrize("sign", ["caf\ufffd", "\ufffdtat", "fran\ufffdais", "fran?ais"])
def test_letters_that_are_lost(sign: str) -> None:
    assert missing(" ".join([WORDS, *[sign] * 4])) == 0.0
    beside = measure([sign])["n_words"][0].as_py()
    assert missing(" ".join([WORDS, *[sign] * 10])) == pytest.approx(6 / (100 + 10 * beside))


@pytest.mark.parametrize("text", ["\ufffd \ufffd", "what? he", "index?id=3", "What?He", "a?4", "php?page_nr=2"])
def test_no_letter_is_lost(text: str) -> None:
    assert missing(" ".join([text] * 30)) == 0.0
