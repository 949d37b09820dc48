import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text import tokens
from ccnet_lite.text.characters import code_points, folds
from ccnet_lite.text.script_ranges import UNSPACED_SCRIPTS
from ccnet_lite.text.tokens import pieces, tokenize


def tokens_of(*texts: str) -> list[list[str]]:
    made = tokenize(texts)
    words = [made.data[begin:end].tobytes().decode() for begin, end in zip(made.begins, made.ends, strict=True)]
    assert made.data.tobytes().decode() == " ".join(words)
    return [words[first:last] for first, last in zip(made.offsets[:-1], made.offsets[1:], strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't STOP, 3.14!", ["don", "t", "stop", "3", "14"]),
        ("हिन्दी में क्‍या है?", ["हिन्दी", "में", "क्या", "है"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("ภาษาไทย", ["ภ", "า", "ษ", "า", "ไ", "ท", "ย"]),
        ("東京タワーで3回、WiFi接続。", ["東", "京", "タ", "ワ", "ー", "で", "3", "回", "wifi", "接", "続"]),
        ("ខ្មែរ", ["ខ", "្", "ម", "ែ", "រ"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("می‌خواهم ۱۲۳", ["میخواهم", "123"]),
        ("cafe\u0301 café", ["café", "café"]),
        ("co\u00adopera\u200btion", ["cooperation"]),
        ("ΟΔΟΣ οδος", ["οδοσ", "οδοσ"]),
        ("ＡＢ１ İstanbul", ["ab1", "istanbul"]),
        ("\u0301 a", ["\u0301", "a"]),
        ("...!? — 😀", []),
        ("", []),
    ],
)
def test_tokens_of_every_kind_of_script(text: str, expected: list[str]) -> None:
    assert tokens_of(text) == [expected]


def test_words_do_not_run_from_one_text_into_the_next() -> None:
    assert tokens_of("ab", "cd", "", "。", "é") == [["ab"], ["cd"], [], [], ["é"]]


UNSPACED = "".join(rf"\p{{Script={code}}}" for code in sorted(UNSPACED_SCRIPTS - {"Tavt", "Lana"}))


def tokens_by_regex(text: str) -> list[str]:
    """The same by regular expressions: an unspaced letter or mark, or a run of other word characters."""
    seen = regex.sub(r"[\p{Cf}\uFE00-\uFE0F]", "", unicodedata.normalize("NFC", text))
    unspaced, word = rf"[[{UNSPACED}\u30FC]&&[\p{{L}}\p{{M}}]]", r"[\p{L}\p{M}\p{N}]"
    found = regex.findall(rf"{unspaced}|(?:(?!{unspaced}){word})+", seen, flags=regex.VERSION1)
    return [folds()[code_points(token)].tobytes().decode("utf-32-le") for token in found]


ALPHABET = "aB9éİΣ.,'- \n\u200b\u00ad\u0301हि्ก็東ーか゛한٣५١ａ１Ⅻ😀\U00020000\u2028e\u0301"


@given(st.lists(st.text(ALPHABET, max_size=30), max_size=5))
def test_as_regular_expressions_say(texts: list[str]) -> None:
    assert tokens_of(*texts) == [tokens_by_regex(text) for text in texts]


@given(st.text("ab 東é\u0301\u200b.", max_size=60))
def test_pieces_cut_no_token(text: str) -> None:
    whole = tokens.PIECE_CHARS
    try:
        tokens.PIECE_CHARS = 12
        parts = list(pieces(text))
    finally:
        tokens.PIECE_CHARS = whole
    assert "".join(parts) == unicodedata.normalize("NFC", text)
    assert all(len(part) <= 12 for part in parts)
    longest = max((len(word) for word in regex.split(r"[ 東.]", unicodedata.normalize("NFC", text))), default=0)
    if longest < 12:
        assert [token for part in parts for token in tokens_of(part)[0]] == tokens_of(text)[0]
