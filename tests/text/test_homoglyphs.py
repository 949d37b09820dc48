import unicodedata

import pytest
import regex

from ccnet_lite.text.homoglyphs import LOOK_ALIKES, is_suspect

CYRILLIC_A, CYRILLIC_O, CYRILLIC_E = "\u0430", "\u043e", "\u0435"


@pytest.mark.parametrize(
    "word",
    [
        f"p{CYRILLIC_A}ssword",
        f"p{CYRILLIC_A}ssw{CYRILLIC_O}rd",
        f"{CYRILLIC_A}pple",
        "\u0421omment",  # Cyrillic Es
        "\u03bfffer",  # Greek omicron
        "пpивет",  # Latin p
        "мockва"[:2] + "o" + "сква",
        "καλοσ".replace("ο", "o"),
        "h\u00e9r\u043es",
        "\u039c\u1edf",  # Greek mu in Vietnamese
        "p\u0585tato",  # Armenian oh
        "\u13aa\u13abrman",  # Cherokee
        "\ua4f3ffer",  # Lisu
        "p\U0001042ctato",  # Deseret
        "տo\u0582ն",  # Latin o in Armenian
    ],
)
def test_suspect(word: str) -> None:
    assert is_suspect(word)


@pytest.mark.parametrize(
    "word",
    [
        "password",
        "пароль",
        "κωδικός",
        "\u03b5nam",  # Greek epsilon for Latin open e: Ewe, Akan
        "tama\u03b3it",  # Greek gamma for Latin gamma: Kabyle
        "\u03a3li",
        "\u0256e\u03b5",
        "дiло",  # Latin i in Ukrainian
        "hәм",
        "Qазақ",
        "SMSки",
        "iPhoneом",
        "SIMकार्ड",
        "сè",  # Macedonian, with the è of Western keyboards
        "WiFiו",
        "googleን",
        "Googleს",
        "COVIDا",
        "ºС",
        "µm",
        "12а",
        "a",
        "",
        "\u0301",
    ],
)
def test_clean(word: str) -> None:
    assert not is_suspect(word)


def test_the_table_holds_letters_of_the_other_scripts_only() -> None:
    names = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Grek": "GREEK", "Armn": "ARMENIAN"}
    for script in names:
        letters = LOOK_ALIKES[script]
        assert len(set(letters)) == len(letters), script
        for letter in letters:
            assert regex.match(r"\p{L}", letter)
            assert not unicodedata.name(letter).startswith(names[script]), (script, letter)
