"""What is left of a text when spans are cut, and who may be dropped for it: literal cases."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.kernels.corpus import with_verdicts
from ccnet_lite.kernels.pii import moved_spans
from ccnet_lite.kernels.rules import span_rules
from ccnet_lite.kernels.spans import cut_again, cut_text, relied_on, spans_by_document, to_column, with_spans
from ccnet_lite.quality.pii import Mark, mask
from ccnet_lite.settings import load_settings
from ccnet_lite.text.tokens import tokenize


def words(text: str) -> list[str]:
    return tokenize([text]).data.tobytes().decode().split()


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("one [two three] four", "one four"),
        ("one [two], three", "one, three"),
        ("One. [Two three]. Four", "One. Four"),
        ("[One two]. Three", "Three"),
        ("One: «[two three]» four", "One: «» four"),
        ("我们[东京都]很大", "我们很大"),
        ("कि [एक दो]। तीन", "कि। तीन"),
        ("one [two] three [four] five", "one three five"),
        ("a\n[b c]\nd", "a\nd"),
        ("a\n\n[b c].\n\nd", "a\n\nd"),
        ("a\n\n[b\n\nc]", "a"),
        ("[a]\n\nb", "b"),
        ("a [b\nc] d", "a\nd"),
        ("a [b\nc\nd]. e\nf", "a\ne\nf"),
        ("a\n\n\nb [c]", "a\n\n\nb"),
        ("[a]", ""),
        ("a\n[b c]\n\n\nd", "a\n\nd"),
        ("a\n[b c]\n", "a"),
        ("a  b\n ", "a  b\n "),
    ],
)
def test_cut(marked: str, expected: str) -> None:
    spans, text = [], ""
    for piece in marked.replace("[", "\0[").replace("]", "\0").split("\0"):
        if piece.startswith("["):
            spans.append((len(text), len(text) + len(piece) - 1))
        text += piece.removeprefix("[")
    assert cut_text(text, spans) == expected
    assert cut_again(text, to_column(spans) if spans else None) == expected


@given(st.text(alphabet="ab東\n .,()é", max_size=40), st.lists(st.integers(0, 40), max_size=8, unique=True))
def test_what_is_not_cut_stays_word_for_word(text: str, cuts: list[int]) -> None:
    cuts = sorted(min(cut, len(text)) for cut in cuts)
    spans = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    # Spans begin and end with tokens: where one would cut a word in two, its halves are two words.
    left, at = [], 0
    for begin, end in [*spans, (len(text), len(text))]:
        left += words(text[at:begin])
        at = end
    assert words(cut_text(text, spans)) == left
    assert cut_text(text, []) == text


@pytest.mark.parametrize(
    ("first", "cut", "expected"),
    [
        ([], [(0, 5)], False),
        ([(0, 5)], [], True),
        ([(0, 5)], [(0, 5)], False),
        ([(2, 5)], [(0, 9)], False),
        ([(0, 9)], [(1, 9)], True),
        ([(0, 9)], [(0, 8)], True),
        ([(0, 3), (6, 9)], [(0, 4), (5, 9)], False),
        ([(0, 3), (6, 9)], [(0, 4), (5, 8)], True),
        ([(0, 9)], [(0, 4), (4, 9)], False),
        ([(2, 4), (5, 7)], [(0, 9)], False),
        ([(2, 4), (5, 8)], [(0, 7)], True),
    ],
)
def test_relied_on(first: list[tuple[int, int]], cut: list[tuple[int, int]], expected: bool) -> None:
    assert relied_on("abcdefghi", first, cut) is expected


def test_spans_of_a_document_are_put_together() -> None:
    rows = pa.table(
        {
            "doc_id": ["a", "a", "a", "b", "a"],
            "begin": [5, 0, 20, 3, 1],
            "end": [9, 6, 30, 8, 2],
            "original": ["x", "y", "x", None, None],
        }
    )
    assert spans_by_document(rows) == ({"a": [(0, 9), (20, 30)]}, {"b": [(3, 8)], "a": [(1, 2)]})


ROWS = pa.RecordBatch.from_pydict(
    {
        "doc_id": ["a", "b", "c"],
        "raw_content": ["one two three", "four five six", "seven"],
        "length": pa.array([13, 13, 5], pa.int64()),
        "nlines": pa.array([1, 1, 1], pa.int32()),
        "n_words": pa.array([3, 3, 1], pa.int64()),
        "script": ["Latn", "Latn", "Latn"],
    }
)
COPIES, FIRST = {"a": [(4, 13)], "b": [(0, 9)]}, {"b": [(5, 13)]}


def test_rows_with_spans_cut_or_marked() -> None:
    cut = with_spans(ROWS, COPIES, FIRST, True).to_pylist()
    assert [(row["raw_content"], row["length"], row["chars_left_alone"]) for row in cut] == [
        *(("one", 3, 3), ("six", 3, None), ("seven", 5, None)),
    ]
    assert [row["repeated_spans"] for row in cut] == ["[[4,13]]", "[[0,9]]", None]
    assert [(row["n_words"], row["script"]) for row in cut] == [(None, None), (None, None), (1, "Latn")]
    marked = with_spans(ROWS, COPIES, FIRST, False)
    assert marked.select(ROWS.schema.names).equals(ROWS)
    assert marked["repeated_spans"].to_pylist() == ["[[4,13]]", "[[0,9]]", None]
    assert marked["chars_left_alone"].null_count == 3


def test_the_rule_on_what_is_left_goes_before_the_bucket() -> None:
    rules = span_rules(load_settings(None, ["spans.min_tokens=50", "paragraphs.min_document_chars=4"]))
    scores = pa.RecordBatch.from_pydict(
        {
            "rule": ["bucket_tail", "bucket_tail", None],
            "value": [900.0, 900.0, None],
            "threshold": [500.0, 500.0, None],
        }
    )
    told = with_verdicts(with_spans(ROWS, COPIES, FIRST, True), scores, rules).to_pylist()
    assert told == [
        {"stage": "paragraphs", "rule": "too_short_after_spans", "value": 3.0, "threshold": 4.0},
        {"stage": "quality", "rule": "bucket_tail", "value": 900.0, "threshold": 500.0},
        {"stage": None, "rule": None, "value": None, "threshold": None},
    ]
    assert span_rules(load_settings(None, ["spans.min_tokens=50", "spans.action=mark"])) == []
    assert span_rules(load_settings(None, [])) == []
    least = span_rules(load_settings(None, ["spans.min_tokens=50", "paragraphs.min_document_chars=0"]))
    assert [rule.bound for rule in least] == [1]  # an empty text is no document


def test_marks_move_with_what_is_masked_before_and_in_them() -> None:
    text = "hello ann@mail.org and bob@b.de here"
    marks = [Mark("email", 6, 18), Mark("email", 23, 31)]
    masked, told = mask(text, marks)
    for begin, end, expected in (
        *((0, 5, "hello"), (19, 22, "and"), (32, 36, "here"), (6, 18, "email@example.com")),
        *(
            (19, 31, "and email@example.com"),
            (0, 10, "hello email@example.com"),
            (10, 22, "email@example.com and"),
        ),
        *((0, 36, masked), (10, 12, "email@example.com"), (18, 23, " and ")),
    ):
        ((first, last),) = json.loads(moved_spans(f"[[{begin},{end}]]", told))
        assert masked[first:last] == expected
