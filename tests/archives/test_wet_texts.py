"""Payloads read together: as each is read alone."""

from hypothesis import example, given
from hypothesis import strategies as st

from ccnet_lite.archives.wet_texts import MAX_TITLE, _spaces, wet_text, wet_texts

PARTS = ("a", "\n", "\n", " ", "\t", "\x1c", "\x85", "\xa0", "\u1680", "\u2003", "\u200b", "\u2028", "\u3000")
PARTS += ("é", "漢", "😀", "\r", "b" * (MAX_TITLE - 1), "é" * MAX_TITLE, "漢" * (MAX_TITLE + 1))
TEXTS = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


def together(texts: list[str]) -> list[tuple[str, str, int, int]]:
    read = wet_texts([text.encode() for text in texts])
    assert read is not None
    columns = (read.titles.to_pylist(), read.texts.to_pylist(), read.nlines.tolist(), read.n_chars.to_pylist())
    return list(zip(*columns, strict=True))


def alone(text: str) -> tuple[str, str, int, int]:
    title, content, n_lines = wet_text(text)
    return title, content, n_lines, len(content)


@given(st.lists(TEXTS | st.text(), max_size=8))
@example(["", "\n", "Title", "Title\n", "Title\none", "Title\none\n", "\none", "a" * (MAX_TITLE + 1) + "\n\nx"])
@example(["Title\none\n\n", "a" * (MAX_TITLE + 1) + "\nx\n \n"])
@example(["é" * MAX_TITLE + "\nx", "é" * (MAX_TITLE + 1) + "\nx", " \u3000 \n \n\u2003"])
def test_many_payloads_are_read_as_each_alone(texts: list[str]) -> None:
    assert together(texts) == [alone(text) for text in texts]


@given(st.lists(st.binary(max_size=6) | TEXTS.map(str.encode), min_size=1, max_size=4))
@example([b"\xe2\x82", b"\xac"])  # one character of two payloads
@example([b"\xed\xa0\x80"])  # a surrogate
@example([b"\xc0\x8a"])  # a line feed in more bytes than it needs
def test_what_is_no_utf8_is_left_to_others(payloads: list[bytes]) -> None:
    try:
        texts = [payload.decode() for payload in payloads]
    except UnicodeDecodeError:
        assert wet_texts(payloads) is None
    else:
        assert together(texts) == [alone(text) for text in texts]


def test_the_table_of_spaces_holds_all_that_there_are() -> None:
    assert {code for code in range(0x110000) if chr(code).isspace()} == set(_spaces().nonzero()[0].tolist())
