"""Normal forms: unicodedata's, but in linear time on made-up text."""

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.characters import code_points
from ccnet_lite.text.composed import JOINER, MAX_MARKS, normalize, stream_safe, surely_composed
from ccnet_lite.text.lm_form import lm_form
from ccnet_lite.text.tokens import tokenize

MARKS = "\u0301\u0323\u0344\u064e\u0651\u0f73\u3099\U0001d165"
TEXT = st.text(st.one_of(st.characters(), st.sampled_from(MARKS + "ae\uac00\u1100")), max_size=80)


@given(TEXT, st.sampled_from(["NFC", "NFD"]))
def test_ordinary_text_is_as_unicodedata_has_it(text: str, form: str) -> None:
    assert normalize(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [29, 30, 31, 60, 61, 95])
def test_no_more_than_thirty_marks_follow_one_another(count: int) -> None:
    safe = stream_safe("a" + "\u0301" * count + "b" + "\u0323" * count)
    assert safe.replace(JOINER, "") == "a" + "\u0301" * count + "b" + "\u0323" * count
    runs = safe.replace("a", JOINER).replace("b", JOINER).split(JOINER)
    assert max(map(len, runs)) <= MAX_MARKS
    assert safe.count(JOINER) == 2 * ((count - 1) // MAX_MARKS)


@pytest.mark.parametrize(
    "marks", ["\u0301\u0323", "\u064e\u0650\u0651", "\U0001d165\u0301", "\u0f73\u0f71", "\u0344\u0323"]
)
def test_marks_in_turn_take_no_time(marks: str) -> None:
    """80,000 took 5 s, and each doubling four times that."""
    text = "\u00e9" + marks * 40_000
    started = time.process_time()
    for form in ("NFC", "NFD"):
        assert len(normalize(form, text)) > 80_000  # type: ignore[arg-type]
    assert time.process_time() - started < 1
    lm_form(text, "script_safe")
    lm_form(text, "ccnet")
    tokenize([text])
    assert time.process_time() - started < 6


def test_a_lone_surrogate_stays() -> None:
    text = "\ud800e" + "\u0323\u0301" * 40
    assert normalize("NFC", text).startswith("\ud800")


def sure(*texts: str) -> list[bool]:
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    return surely_composed(code_points("".join(texts)), ends).tolist()


def test_what_may_combine_with_what_is_before_it_is_not_surely_composed() -> None:
    assert sure("é", "", "e\u0301", "가", "\u1100\u1161", "가\u11a8", "a\u0344", "हिन्दी", "ड\u093c") == [
        *(True, True, False, True, False, False, False, True, True)
    ]
    assert sure("a\u0327\u0e38", "a\u0e38\u05b0", "\u05b0", "\u05b0\u0591") == [False, False, True, True]


def test_no_text_that_unicodedata_would_change_is_surely_composed() -> None:
    every = [chr(code) for code in range(0x30000)]
    for text, is_sure in zip(every, sure(*every), strict=True):
        apart = unicodedata.normalize("NFD", text)
        assert not is_sure or unicodedata.is_normalized("NFC", text), ascii(text)
        if unicodedata.normalize("NFC", apart) != apart:
            assert sure(apart) == [False], ascii(text)


def test_what_may_combine_is_known_behind_every_letter_with_which_something_does() -> None:
    letters, marks = set("\u0985\u0995\u0921\u0931\u0b95\u0e01\u3042"), set()
    for code in range(0x30000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (chr(int(part, 16)) for part in parts)
            letters |= {chr(code), first}
            marks.add(second)
    texts = [letter + mark for letter in sorted(letters) for mark in sorted(marks)]
    texts += [text + mark for text in texts[::7] for mark in "\u0323\u0301\u093c\u09be\u3099"]
    found = sure(*texts)
    for text, is_sure in zip(texts, found, strict=True):
        assert not is_sure or unicodedata.is_normalized("NFC", text), ascii(text)
    # Of two characters of which none comes apart, nothing is left open.
    told = [len(text) == 2 and unicodedata.is_normalized("NFD", text[0]) for text in texts]
    told = [each and not unicodedata.combining(text[0]) for each, text in zip(told, texts, strict=True)]
    right = [unicodedata.is_normalized("NFC", text) for text in texts]
    assert sum(told) > 10_000
    assert all(is_sure == is_right for is_sure, is_right, each in zip(found, right, told, strict=True) if each)


@given(st.lists(TEXT, max_size=5))
def test_texts_that_are_surely_composed_are(texts: list[str]) -> None:
    for text, is_sure in zip(texts, sure(*texts), strict=True):
        assert not is_sure or unicodedata.is_normalized("NFC", text)
