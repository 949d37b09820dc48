"""Matches marked in both texts: what is marked is what both have, and nothing of a text is lost but in gaps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.dedup.marks import GAP, MATCH, REST, Piece, excerpt, marked
from ccnet_lite.text.tokens import PIECE_CHARS, token_spans, tokenize


def test_the_match_is_marked_on_both_sides() -> None:
    one, other = marked(
        "Before it. Who wrote the BOOK, and when? After it.", "who wrote the book and when was that", 4
    )
    assert [(piece.kind, piece.text) for piece in one] == [
        (REST, "Before it. "),
        (MATCH, "Who wrote the BOOK, and when"),
        (REST, "? After it."),
    ]
    assert [(piece.kind, piece.text) for piece in other] == [
        (MATCH, "who wrote the book and when"),
        (REST, " was that"),
    ]


def test_matches_with_a_word_between_are_two_and_such_as_touch_are_one() -> None:
    one, _ = marked("a b c d OTHER e f g h", "a b c d e f g h", 4)
    assert [piece.text for piece in one if piece.kind == MATCH] == ["a b c d", "e f g h"]
    one, _ = marked("a b c d e f", "d e f x a b c", 3)
    assert [piece.text for piece in one if piece.kind == MATCH] == ["a b c d e f"]


def test_unspaced_scripts_and_texts_that_are_composed() -> None:
    one, _ = marked("李白：床前明月光，疑是地上霜。", "床前明月光疑", 4)
    assert [piece.text for piece in one if piece.kind == MATCH] == ["床前明月光，疑"]
    one, _ = marked("x cafe\u0301 au lait y", "café au lait", 3)
    assert [piece.text for piece in one] == ["x ", "café au lait", " y"]


def test_an_item_of_fewer_tokens_is_one_ngram() -> None:
    one, other = marked("x one two three y two three", "One, two, three.", 8)
    assert [piece.text for piece in one if piece.kind == MATCH] == ["one two three"]
    assert [piece.text for piece in other] == ["One, two, three", "."]


def test_nothing_of_nothing() -> None:
    assert marked("", "a b", 3) == ([], [Piece(REST, "a b", 3)])
    assert marked("...", "...", 3)[0] == [Piece(REST, "...", 3)]


@given(st.lists(st.integers(0, 400), max_size=8).map(sorted), st.integers(0, 20), st.integers(1, 500))
def test_pieces_are_the_text_but_for_gaps(edges: list[int], context: int, most: int) -> None:
    text = "".join(chr(0x4E00 + at) for at in range(400))
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]
    pieces = excerpt(text, spans, context, most)
    at = 0
    for piece in pieces:
        assert piece.chars > 0
        if piece.kind == GAP:
            assert piece.text == ""
        else:
            assert text[at : at + piece.chars] == piece.text
        at += piece.chars
    assert at == 400
    assert sum(len(piece.text) for piece in pieces) <= most
    if most >= 400:
        shown = "".join(piece.text for piece in pieces if piece.kind == MATCH)
        assert shown == "".join(text[a:b] for a, b in spans)


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(["a", "B1", "é", "e\u0301", "\u200d", "東", "ก", "\u0301", " ", "-", "ﬀ"]), max_size=30
    )
)
def test_spans_are_those_of_the_tokenizer(parts: list[str]) -> None:
    text = "".join(parts)
    composed, begins, ends = token_spans(text)
    spans = [composed[begin:end] for begin, end in zip(begins, ends, strict=True)]
    whole = tokenize([text])
    assert len(spans) == len(whole)
    for span, begin, end in zip(spans, whole.begins, whole.ends, strict=True):
        again = tokenize([span])
        assert again.data.tobytes() == whole.data[begin:end].tobytes()


def test_spans_of_a_long_text() -> None:
    text = "word 東 " * (PIECE_CHARS // 3)
    composed, begins, ends = token_spans(text)
    assert len(begins) == 2 * (PIECE_CHARS // 3) and composed == text
    assert begins[0] == 0 and ends[-1] == len(text.rstrip()) and (begins[1:] > begins[:-1]).all()
    assert {composed[begin:end] for begin, end in zip(begins[-999:], ends[-999:], strict=True)} == {"word", "東"}
