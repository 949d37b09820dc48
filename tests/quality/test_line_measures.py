"""Measures of lines on literal ones, and against what datatrove's C4QualityFilter asks of a line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.quality.line_measures import MEASURES, LineMeasures
from ccnet_lite.text.phrases import Phrases


def measured(*texts: str) -> dict[str, list[int]]:
    lines = LineMeasures(texts)
    return {name: lines.measure(name).tolist() for name in MEASURES}


@pytest.mark.parametrize(
    ("line", "ends", "trails"),
    [
        ("It works.", 1, 0),
        ("It works", 0, 0),
        ("Does it?!", 1, 0),
        ("He said so.”", 1, 0),
        ("“That is a house”", 1, 0),
        ("« C’est une maison »", 1, 0),
        ("»Das ist ein Haus.«", 1, 0),
        ("Das ist ein Haus.«", 1, 0),
        ("View all »", 0, 0),
        ("‹ Back ›", 1, 0),
        ("Back to top «", 0, 0),
        ("(It works.)", 1, 0),
        ("(It works)", 0, 0),
        ("It goes on...", 1, 1),
        ("It goes on…", 0, 1),
        ("“It goes on...”", 1, 0),
        ("It works.[1]", 1, 0),
        ("It works.[1][23] [edit]", 1, 0),
        ("It works.[citation needed]", 1, 0),
        ("It works.[]", 1, 0),
        ("It works[1]", 0, 0),
        ("It goes on...[1]", 1, 1),
        ("[1]", 0, 0),
        ("It works.[note]", 0, 0),
        ("It works.[12345678901234]", 0, 0),
        ("edit]", 0, 0),
        ("ここは家です。", 1, 0),
        ("यह घर है।", 1, 0),
        ("یہ گھر ہے۔", 1, 0),
        ("ይህ ቤት ነው።", 1, 0),
        ("บ้านหลังนี้", 0, 0),
        ("...", 1, 1),
        ("'", 1, 0),
        ("", 0, 0),
        ("   ", 0, 0),
        (" It works. ", 1, 0),
    ],
)
def test_ends_of_lines(line: str, ends: int, trails: int) -> None:
    found = measured(line)
    assert (found["ends_sentence"], found["ends_ellipsis"]) == ([ends], [trails])


def test_words_and_characters() -> None:
    found = measured("one two-three\n\n  four,  five \n", "家は大きいABC x", "")
    assert found["words"] == [2, 0, 2, 0, 7, 0]
    assert found["longest_word"] == [9, 0, 5, 0, 3, 0]
    assert found["chars"] == [13, 0, 11, 0, 10, 0]
    assert measured("家 は。")["longest_word"] == [1]
    assert measured() == {name: [] for name in MEASURES}


def test_phrases_are_found_in_any_case_within_words_and_not_across_lines() -> None:
    lines = LineMeasures(["We use  Cookies and UNUSECOOKIES.", "use\ncookies", "{a} { use cookies"])
    assert lines.phrases(Phrases(["*use cookies*"])).tolist() == [1, 0, 0, 1]
    assert lines.phrases(Phrases(["*cookies*"])).tolist() == [2, 0, 1, 1]
    assert lines.phrases(Phrases(["*{*"])).tolist() == [0, 0, 0, 2]


CITATION = re.compile(r"\[\d{0,11}]|\[edit]|\[citation needed]")
parts = st.sampled_from(
    ["a", "bc", " ", ".", "...", "!", "'", '"', "[1]", "[]", "[edit]", "[citation needed]", "[", "]"]
)


@given(st.lists(st.lists(parts, max_size=8).map("".join), min_size=1, max_size=5))
def test_lines_end_as_datatrove_has_it(lines: list[str]) -> None:
    found = measured("\n".join(lines))
    for number, line in enumerate(lines):
        stripped = line.strip()
        bare = stripped
        while (
            (last := CITATION.search(bare, max(bare.rfind("["), 0))) and last.end() == len(bare) and last.start()
        ):
            bare = bare[: last.start()].rstrip()
        # Closing brackets behind a mark are looked over here, and not there.
        expected = bare.rstrip("]'\"").endswith((".", "!")) or bare.endswith(("'", '"'))
        if not CITATION.fullmatch(bare):
            assert found["ends_sentence"][number] == expected, line
            assert found["ends_ellipsis"][number] == bare.endswith("..."), line
        assert found["words"][number] == len(stripped.split())
        assert found["longest_word"][number] == max(map(len, stripped.split()), default=0)


def test_a_citation_has_twelve_digits_at_most() -> None:
    lines = LineMeasures(["It works.[123456789012]", "It works.[1234567890123]"])
    assert lines.measure("ends_sentence").tolist() == [1, 0]


def test_letters_without_spaces_part_the_words_around_them() -> None:
    lines = LineMeasures(["ab中cde", "中ab"])
    assert lines.measure("words").tolist() == [3, 2]
    assert lines.measure("longest_word").tolist() == [3, 2]
