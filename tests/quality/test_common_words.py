"""Common words of a language: counted as words are, in any script, told as a ratio; files of lists."""

import json

import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.quality.common_words import CommonWords, WordLists, confidence, read_lists, word_lists, write_lists
from ccnet_lite.quality.heuristics import measure

LISTS = {
    "en": CommonWords(("the", "of", "and"), 0.5),
    "hi": CommonWords(("है", "और"), 0.25),
    "ja": CommonWords(("の", "に"), 0.2),
}


def ratios(texts: list[str], languages: list[str]) -> list[float]:
    count, found = WordLists(LISTS).counter(languages)
    measure(texts, False, count)
    return found.tolist()


def test_the_share_of_common_words_over_the_least() -> None:
    # The, and, OF: three of six words with a letter; 2024 is none. Over one half.
    assert ratios(["The cat, and 2024 dogs OF Rome"], ["en"]) == [1.0]
    assert ratios(["the of and the"], ["en"]) == [2.0]
    assert ratios(["one two three four"], ["en"]) == [0.0]


def test_words_hold_their_marks_and_letters_stand_alone_where_no_spaces_are() -> None:
    assert ratios(["राम और श्याम है"], ["hi"]) == [2.0]
    assert ratios(["東京の駅に", "東京の駅に"], ["ja", "en"]) == [2.0, 0.0]


def test_what_has_no_list_has_no_ratio_and_what_has_no_word_has_none_of_the_list() -> None:
    found = ratios(["the of", "", "12 + 3"], ["xx", "en", "en"])
    assert np.isnan(found[0]) and found[1:] == [0.0, 0.0]
    assert WordLists({}).counter(["en"])[1].tolist() != [0.0]


def test_texts_are_counted_apart_however_many_are_taken_together() -> None:
    texts = ["the cat " * 30_000, "of", "dog", "and " * 200_000]
    assert ratios(texts, ["en"] * 4) == [1.0, 2.0, 0.0, 2.0]


def test_only_a_ratio_below_one_discounts() -> None:
    assert confidence(np.array([0.8, 0.8, 0.8]), np.array([0.25, 1.0, 3.0])).tolist() == [0.2, 0.8, 0.8]


def test_lists_come_back_from_their_file() -> None:
    text = write_lists(LISTS)
    assert read_lists(text, "x") == LISTS
    assert write_lists(dict(reversed(LISTS.items()))) == text
    assert word_lists("").counter(["en"])[1].tolist() == pytest.approx([np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "not ccnet_lite common words 1"),
        ({"languages": {"en": {"least": 0, "words": "a"}}}, "en has 1 words and least 0.0"),
        ({"languages": {"en": {"least": 0.5, "words": ""}}}, "en has 0 words"),
        ({"languages": {"en": {"words": "a"}}}, "no 'least'"),
        ({"languages": []}, "holds no lists"),
    ],
)
def test_a_damaged_file_is_refused_by_name(change: dict[str, object], said: str) -> None:
    stored = json.loads(write_lists(LISTS)) | change
    with pytest.raises(UserError, match=r"^lists\.json holds no lists") as error:
        read_lists(json.dumps(stored), "lists.json")
    assert said in str(error.value)
    with pytest.raises(UserError, match="fit-lid"):
        read_lists("{", "lists.json")
