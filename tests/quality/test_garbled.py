"""Signs of a wrong encoding, on literal text and on what Python reads wrongly."""

import pytest

from ccnet_lite.quality.garbled import BY_CHANCE
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.misread import LEAST_WORDS, eastern_are_bytes, eastern_bytes
from ccnet_lite.text.characters import code_points

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
    # 5 of 10 words count twice; some are two, as a symbol stands within them.
    assert garbled(text) == pytest.approx(
        2 * 5 / measure([SWEDISH.encode().decode("latin-1")])["n_words"][0].as_py()
    )
    assert garbled(SWEDISH * 20) == 0.0


@pytest.mark.parametrize("text", [RUSSIAN, GREEK])
def test_old_encodings_of_bytes_read_as_latin(text: str) -> None:
    written = "cp1251" if text == RUSSIAN else "cp1253"
    assert garbled((text * 20).encode(written).decode("cp1252")) > 0.5


@pytest.mark.parametrize(
    "sign",
    [
        *("a\u00e2\u20ac\u2122", "mo\u00bfe", "o\uf025n", "a&nbsp;b"),
        "\u00cf\u00f0\u00e8\u00e2",
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


@pytest.mark.parametrize(
    "word",
    [
        *("caf\u00c3\u00a9", "caf\u0413\u00a9", "\u00d0\u00b0", "\u0420\u00b0", "\u00c3\u0080", "\u00c5\u00ab"),
        *("d&eacute;but", "stra&szlig;e", "K&ouml;ln", "caf\u251c\u2310", "caf\u221a\u00a9"),
        *("va\u0139\u02c7e", "nj\u00c3\u00bci"),
    ],
)
def test_words_read_wrongly_count_twice_where_no_accent_is_right(word: str) -> None:
    n_words = measure([word])["n_words"][0].as_py()
    assert garbled(f"{WORDS} {' '.join([word] * (LEAST_WORDS - 1))}") == 0.0
    text = f"{WORDS} {' '.join([word] * LEAST_WORDS)}"
    whole = 100 + LEAST_WORDS * n_words
    assert garbled(text) == pytest.approx(2 * LEAST_WORDS / whole)
    sound = " \u00e9tat"
    assert garbled(text + sound * 4) == pytest.approx(2 * LEAST_WORDS / (whole + 4))
    assert garbled(text + sound * 12) == 0.0  # it quotes them
    assert garbled(text + sound * 6) == 0.0  # four fifths are 20 to 5


@pytest.mark.parametrize("encoding", ["gbk", "big5", "cp932", "cp949"])
def test_encodings_of_east_asia(encoding: str) -> None:
    assert garbled((SWEDISH * 20).encode().decode(encoding, "replace")) > 0.3
    assert garbled((RUSSIAN * 20).encode().decode(encoding, "replace")) > 0.3


@pytest.mark.parametrize(
    "text",
    [
        "\u4eba\u4eba\u751f\u800c\u81ea\u7531\uff0c\u5728\u5c0a\u4e25\u548c\u6743\u5229\u4e0a\u4e00\u5f8b\u5e73\u7b49\u3002",
        "\ubaa8\ub4e0 \uc778\uac04\uc740 \ud0dc\uc5b4\ub0a0 \ub54c\ubd80\ud130 \uc790\uc720\ub85c\uc6b0\uba70 ",
    ],
)
def test_text_of_east_asia_is_no_bytes(text: str) -> None:
    codes = code_points(text * 10)
    assert not eastern_are_bytes(codes, 0, len(codes), eastern_bytes())


def test_letters_by_number_are_read_wrongly_too() -> None:
    words = " ".join(["&#233;t"] * LEAST_WORDS)
    assert garbled(f"{WORDS} {words}") == 2 * LEAST_WORDS / (100 + LEAST_WORDS)
    assert garbled(f"{WORDS} {words.replace('233', '160')}") == 0.0


def test_signs_before_a_blank_are_no_letters() -> None:
    signs = "t\u2019il sb\u2019\u201d \u2014\u2014 " * LEAST_WORDS
    assert garbled(f"{WORDS} {signs}") == 0.0
