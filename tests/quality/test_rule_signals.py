"""Signals of policies on literal texts, with values worked by hand, and against slow counts of the same."""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.quality import heuristics
from ccnet_lite.quality.common_words import CommonWords, WordLists
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.ngram_shares import ngram_shares
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.quality.word_letters import letters_a_word
from ccnet_lite.settings import DUPLICATE_SIZES, RULE_SIGNALS, TOP_SIZES
from ccnet_lite.text.characters import code_points

NAMES = [each.column for each in RULE_SIGNALS]
LISTS = WordLists(
    {
        "en": CommonWords(("is", "are", "was"), 0.1),
        "de": CommonWords(("der", "die", "das", "und", "ich", "nicht", "ein", "es", "zu"), 0.1),
        "zh": CommonWords(tuple("的我是不人有了在他"), 0.1),
    }
)


def signals(*texts: str, language: str = "en", wanted: list[str] = NAMES) -> list[dict[str, Any]]:
    more = RuleSignals(wanted, LISTS.stop_words([language] * len(texts)))
    measure(texts, False, None, more)
    columns = more.columns()
    assert list(columns) == NAMES
    return [{name: columns[name][row].as_py() for name in NAMES} for row in range(len(texts))]


def one(text: str, *names: str, language: str = "en") -> list[Any]:
    found = signals(text, language=language)[0]
    return [found[name] for name in names]


def test_symbols_and_words() -> None:
    assert one("#one two ## three four", "hash_word_ratio") == [3 / 4]
    assert one("one… two... three.... four......", "ellipsis_word_ratio") == [5 / 4]  # as str.count has it
    assert one("one.. two", "ellipsis_word_ratio") == [0.0]
    assert one("1 2 three 4a", "letter_word_share") == [0.5]
    assert one("a b\nc d\n\ne", "newline_word_ratio") == [3 / 5]


def test_lines_by_their_first_and_last_characters() -> None:
    text = "• one\n- two\n  – three\nfour - five\n\n* six"
    assert one(text, "list_line_share") == [3 / 5]
    text = "one...\ntwo… \nthree..\n...\nfive ... six"
    assert one(text, "ellipsis_line_share") == [3 / 5]
    text = "one.\ntwo!»\nthree (four.)\nfive,\nsix.seven\nन।\n说。\nمن؟\n"
    assert one(text, "terminal_line_share") == [6 / 8]
    assert one('He said "no"\nHe said.', "terminal_line_share") == [1 / 2]


def test_brief_lines_are_briefer_where_each_letter_is_a_word() -> None:
    assert one(f"{'a' * 30}\n{'b' * 31}\n  {'c' * 30}  ", "brief_line_share") == [2 / 3]
    assert one(f"{'字' * 12}\n{'字' * 13}\n{'字' * 30}", "brief_line_share") == [1 / 3]


def test_lines_that_repeat_by_number() -> None:
    assert one("a b\n c\na b \n\nc\na b\na  b", "duplicate_line_number_share") == [3 / 6]
    # Two texts of one batch do not share lines.
    assert [each["duplicate_line_number_share"] for each in signals("same", "same", "same\nsame")] == [0, 0, 0.5]


def test_few_words_by_white_space_or_by_letter() -> None:
    assert one("one two\none, two, three\ne-mail at\n一二\n一二三\nok 一二", "few_word_line_share") == [3 / 6]


@pytest.mark.parametrize(
    ("line", "sentences", "lorem", "brackets"),
    [
        ("This is prose. And so is this!", 2, 0, 0),
        ("It costs 3.14 euros a day.", 1, 0, 0),
        ('He said "no way"', 1, 0, 0),  # a quotation mark will do
        ("He said that (in the end.)", 1, 0, 0),
        ("This ends no sentence", 0, 0, 0),
        ("This trails off...", 0, 0, 0),
        ("This trails off…", 0, 0, 0),
        ("Two words.", 0, 0, 0),
        ("Just three words.", 1, 0, 0),
        (f"Here is {'x' * 1000} in it.", 1, 0, 0),
        (f"Here is {'x' * 1001} in it.", 0, 0, 0),
        ("Please enable JavaScript to go on.", 0, 0, 0),
        ("We use cookies on this page.", 0, 0, 0),
        ("See our Terms of Use for more.", 0, 0, 0),
        ("Here lorem IPSUM dolor sit.", 0, 1, 0),
        ("lorem ipsum, and no end of it", 0, 0, 0),  # C4 would cut the line before
        ("if x { return it; }.", 0, 0, 1),
        ("javascript is { here too.", 0, 0, 0),
        ("这是一个句子。这也是！", 2, 0, 0),
        ("यह एक वाक्य है। यह भी।", 2, 0, 0),
    ],
)
def test_what_c4_keeps_of_lines(line: str, sentences: int, lorem: int, brackets: int) -> None:
    names = ("prose_sentences", "lorem_ipsum_lines", "curly_bracket_lines")
    assert one(line, *names) == [sentences, lorem, brackets]
    before = "A line that is kept."
    assert one(f"{before}\n{line}\n{before}", *names) == [sentences + 2, lorem, brackets]


def test_lines_of_javascript_and_policies() -> None:
    text = "javascript\nuse of cookies\nPrivacy Policy and cookies\nuser cookies\n"
    assert one(text, "javascript_line_share", "policy_line_share") == [1 / 4, 2 / 4]


def test_different_stop_words_of_the_language_are_counted() -> None:
    # Gopher's own eight in English, whatever the list says; the first eight of the list elsewhere.
    assert one("The the THE of is are was", "n_stop_words") == [2]
    assert one("Der die das und ich nicht ein es zu der", "n_stop_words", language="de") == [8]
    assert one("我是人", "n_stop_words", language="zh") == [3]
    assert one("the of and", "n_stop_words", language="xx") == [None]


def test_ngrams_by_hand() -> None:
    # a b c a b c x: the 3-gram abc twice, 6 of 7 characters; 4-grams all differ.
    assert one("a b c a b c x", "top_3gram_share", "top_4gram_share") == [6 / 7, 0.0]
    # The copy of five words counts, its first time does not.
    assert one("aa b c d e! aa b c d e", "duplicate_5gram_share", "duplicate_6gram_share") == [6 / 12, 0.0]
    assert one("a b c d e f a b c d e f", "duplicate_5gram_share", "duplicate_6gram_share") == [5 / 12, 6 / 12]
    assert one("a " * 14, "duplicate_5gram_share") == [10 / 14]  # words 1 to 5 and 6 to 10: no word twice
    # Five words of Chinese are nine letters; a word of another script beside them is one.
    assert one("一二三四五六七八九一二三四五六七八九", "duplicate_5gram_share", "duplicate_6gram_share") == [
        9 / 18,
        0.0,
    ]
    assert one("一二三四五六七八一二三四五六七八", "duplicate_5gram_share") == [0.0]
    assert one("A。一二三四五六七八九一二三四五六七八九", "duplicate_5gram_share") == [9 / 19]
    # The commonest n-gram is one of letters.
    assert one("一二三四五一二三四五", "top_4gram_share") == [8 / 10]
    assert one("", *(f"duplicate_{n}gram_share" for n in DUPLICATE_SIZES)) == [0.0] * 6


def letters(text: str, n_words: int) -> float:
    return float(letters_a_word(code_points(text), np.array([len(text)]), np.array([n_words]))[0])


def test_letters_of_a_word_are_those_of_the_scripts_in_a_text() -> None:
    assert letters("The cat, the dog.", 4) == letters("", 0) == letters("집이 크다", 2) == 1.0
    assert letters("一二三四五。", 5) == pytest.approx(1.8)
    assert letters("บ้าน", 3) == pytest.approx(3.6)  # its mark is no letter
    assert letters("一二 the cat", 4) == pytest.approx(4 / (2 / 1.8 + 2))
    assert letters("ひとカタカナ", 6) == pytest.approx(6 / (2 / 1.5 + 4 / 4.4))
    assert letters("ကခဂ", 3) == pytest.approx(3.4)  # not measured: as its neighbours
    both = "一二 the"
    ends, n_words = np.array([2, 6]), np.array([2, 1])
    assert letters_a_word(code_points(both), ends, n_words).tolist() == pytest.approx([1.8, 1.0])


def slow_top(words: list[str], n: int) -> float:
    total = sum(map(len, words))
    grams = Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
    return min(1.0, max((sum(map(len, g)) * k for g, k in grams.items() if k > 1), default=0) / max(1, total))


def slow_duplicate(words: list[str], n: int) -> float:
    seen: set[tuple[str, ...]] = set()
    repeated, at = 0, 0
    while at + n <= len(words):
        gram = tuple(words[at : at + n])
        if gram in seen:
            repeated += sum(map(len, gram))
            at += n
        else:
            seen.add(gram)
            at += 1
    return repeated / max(1, sum(map(len, words)))


words = st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=60)


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_ngrams_are_those_of_a_slow_count(texts: list[list[str]]) -> None:
    found = signals(*(" ".join(each) for each in texts))
    for each, row in zip(texts, found, strict=True):
        for n in TOP_SIZES:
            assert row[f"top_{n}gram_share"] == pytest.approx(slow_top(each, n))
        for n in DUPLICATE_SIZES:
            assert row[f"duplicate_{n}gram_share"] == pytest.approx(slow_duplicate(each, n))


def test_ngrams_are_counted_among_the_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccnet_lite.quality.ngram_shares.MOST_WORDS", 6)
    hashes = np.array([1, 2, 3, 4, 5, 6, 1, 2, 3, 7, 7, 7, 7], np.uint64)
    out = np.zeros((2, 1))
    ngram_shares(hashes, np.ones(13, np.int64), np.array([9, 4], np.int64), np.ones(2), [3], [], out)
    assert out.tolist() == [[0.0], [1.0]]


def test_only_what_is_wanted_is_measured_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["# a b c. #", "The cat.\nThe cat.\n", "", "一二三。", "x " * 50]
    whole = signals(*texts)
    some = ["hash_word_ratio", "duplicate_7gram_share", "n_stop_words"]
    for row, full in zip(signals(*texts, wanted=some), whole, strict=True):
        assert row == {name: full[name] if name in some else None for name in NAMES}
    monkeypatch.setattr(heuristics, "CHUNK_CHARS", 1)
    assert signals(*texts) == whole
    assert all(first != second for first, second in pairwise(map(str, whole)))
