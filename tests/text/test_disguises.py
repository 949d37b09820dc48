import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.disguises import DISGUISED, NOTHING, WIDELY, disguise
from tests.fuzz.effort import fuzzed


@pytest.mark.parametrize(
    "word",
    [
        "pass\u200bword",  # zero-width space
        "pass\u200cword",  # joiners, in Latin
        "при\u200dвет",
        "ab\u2060cd",  # word joiner
        "ab\ufeffcd",
        "a\ufeffbcd",  # behind a first letter that is no capital
        "AB\ufeffcd",
        "A\ufeff\ufeffbcd",
        "A\ufeffbc\ufeffd",
        "A\u200bbcd",
        "pass\U000e0041word",  # a tag
        "pa\u3164ss",  # Hangul filler
        "سلا\u200bم",  # a zero-width space joins nothing
        "हिन्\u200bदी",
        "कित\u200bाब",  # before a vowel sign
        "कि\u200cताब",  # joiners that join nothing
        "কল\u200dম",
        "பள்ளிக\u200cள்",
        "නග\u200dෙ",  # between a consonant of Sinhala and its vowel sign
        "खबर\u200eें",
        "अ\u200dध्यक्ष",  # after a full vowel
        "نمی\ufe00رود",  # a variation selector
        "سل\u200dام",  # joined already
        "می\u200dخواهم",
        "گ\u200cربه",  # one letter before it
        "ایران\u200cیا\u200cن",  # alef joins no next letter
        "شل\u200cام",  # in Arabic, which has no non-joiners
        "pass\u200cwordهای",
        "\U0001d429\U0001d41a\U0001d42c\U0001d42c",  # mathematical bold
        "p\U0001d41ass",
        "ⓟⓐⓢⓢ",
        "🄿🄰🅂🅂",
        "\u1d18\u1d00ss",  # small capitals
        "pa\uff53s",  # one full-width letter among others
        "p\u0336a\u0336s\u0336s\u0336",
        "p\u0336a\u0336s\u0336s",  # three of four
    ],
)
def test_disguised(word: str) -> None:
    assert disguise(word) == DISGUISED


@pytest.mark.parametrize(
    "word",
    [
        "password",
        "Donau\u00addampf\u00adschiff",  # soft hyphens
        "می\u200cخواهم",  # Persian
        "क\u094d\u200dष",  # Hindi
        "ශ\u0dca\u200dරී",  # Sinhala
        "චීන\u200cයේ",
        "अध\u094d\u200cयक्ष",
        "अ\u200dॅमोनॉइड",  # the sign on a full vowel
        "মানদ\u200cও",  # before a full vowel
        "র\u200c\u09cdযাব",  # ya-phalaa
        "র\u200d\u09cdযাব",
        "അവള\u0d4d\u200dക്ക്",  # chillu
        "ಅರ\u200d\u0ccdಥ",  # repha as a letter
        "హ్యాండ\u0c4d\u200cబ్యాగ్",
        "USB\u200cها",
        "कि\u200cPod",
        "می\u200cرود\u200c",
        "کار\u200cهای",  # after a letter that joins nothing
        "نیرو\u200cی",
        "می\u200fتوانم",  # a mark of direction as non-joiner
        "یسۡ\u200d\u0654لون",  # a mark on a joiner, as the Quran has it
        "\u200bword\u200b",  # at the edges
        "\u200fשלום\u200e",
        "\U0001d465",  # a formula's x
        "x\u0302y",
        "k'u\u0338",  # Mazahua
        "jya\u0338saji",
        "ɛ̈ɛ̈",  # Dinka
        "L\ufeffiverpool",  # a byte order mark behind a paragraph's first letter
        "С\ufeffегодня",
        "u\u0336ju\u0336",  # Barasana
        "ru\u0303\u0336cu\u0336bu\u0336ora\u0303",
        "b\u1d10bi",  # Idoma
        "𑌸𑌾𑌮𑍍𑌯𑌾𑌨𑌾𑌂",  # Grantha, a script without a number here
        "Ɖevwó",
        "ⓒ",
        "ＡＢ"[:1],
        "café",
        "",
    ],
)
def test_clean(word: str) -> None:
    assert disguise(word) == NOTHING


def test_full_width_alone_is_for_the_document_to_judge() -> None:
    assert disguise("ｐａｓｓ") == WIDELY


@fuzzed
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cf", "Me", "So", "No"], max_codepoint=0x1BFF), max_size=20
    )
)
def test_nothing_that_is_composed_of_plain_letters_is_in_disguise(word: str) -> None:
    hidden = "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f"
    plain = not any(0x334 <= ord(char) <= 0x338 or char in hidden for char in word)
    marks = [char for char in word if unicodedata.category(char) in ("Mn", "Lm")]  # a few on letters, or behind
    if plain and len(marks) < 3 and unicodedata.normalize("NFKC", word) == word:
        assert disguise(word) == NOTHING


@pytest.mark.parametrize(
    "char",
    [
        *("\x00", "\x08", "\x1b", "\x7f", "\u034f", "\u1160", "\u2065", "\u2800", "\ufff9", "\ufffc", "\uffff"),
        *("\U0001bca0", "\U0001d173", "\U000e0080", "\U000e01f0", "\u180b", "\u180e", "\u070f", "\u0600"),
        *("\u17b4", "\U000110bd", "\U000e0100"),
    ],
)
def test_what_is_not_seen_between_two_letters(char: str) -> None:
    assert disguise(f"pass{char}word") == DISGUISED
    assert disguise(f"{char}password{char}") == NOTHING


def test_selectors_stand_where_their_scripts_have_them() -> None:
    assert disguise("\u182a\u180b\u1822") == NOTHING  # Mongolian
    assert disguise("\u0710\u070f\u0712") == DISGUISED  # before a word in Syriac, not within


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("\u1d56\u02b3\u2071\u1d9c\u1d49", DISGUISED),  # raised
        ("\u2090\u2091\u1d62", DISGUISED),
        ("t\u02b0\u02b7a", NOTHING),
        ("k\u02b0\u02b7\u02b2uka", NOTHING),  # three of six are half; of seven not
        ("k\u02b0\u02b7\u02b2uk", DISGUISED),
        ("p\u0332r\u0332i\u0332c\u0332e\u0332", DISGUISED),
        ("p\u0301r\u0323\u0308i\u0301c\u0301", DISGUISED),
        ("p\u0301r\u0301i\u0301ce\u0301", NOTHING),  # not on each letter
        ("a\u0301a\u0301a\u0301", NOTHING),  # of three letters
        ("p\u0489r\u0489i\u0489c\u0489", DISGUISED),
        ("p\u20e3r\u20e3ice", NOTHING),
    ],
)
def test_letters_raised_and_marks_on_each(word: str, found: int) -> None:
    assert disguise(word) == found
