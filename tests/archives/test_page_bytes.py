"""A page's bytes in UTF-8 against Python's own decoder."""

import codecs
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.charsets import decode_text
from ccnet_lite.archives.page_bytes import utf8_of, whole_utf8

# One of each side of every bound of UTF-8.
EDGES = bytes.fromhex("41 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff")


def by_python(body: bytes) -> int:
    """As whole_utf8."""
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(body)
    except UnicodeDecodeError:
        return -1
    return len(text.encode())


def found(body: bytes) -> int:
    return int(whole_utf8(np.frombuffer(body, np.uint8)))


@pytest.mark.parametrize("before", [b"", b"abcdefg", b"12345678", b"1234567\xc3\xa9"])
def test_every_edge_of_every_character(before: bytes) -> None:
    for size in (1, 2, 3):
        for edges in product(EDGES, repeat=size):
            body = before + bytes(edges)
            # Python takes the first two bytes of a surrogate, at the end, for a character that is cut off.
            if body[-2:-1] != b"\xed" or body[-1] < 0xA0:
                assert found(body) == by_python(body), body
                assert found(body + b"z") == by_python(body + b"z"), body


@given(
    st.lists(
        st.one_of(st.text(max_size=9).map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=3))
    )
)
def test_any_bytes(parts: list[bytes]) -> None:
    body = b"".join(parts)
    if body[-2:-1] != b"\xed" or body[-1] < 0xA0:
        assert found(body) == by_python(body)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(lambda text: text.encode("utf-16"))))
def test_a_page_is_its_text_encoded(body: bytes) -> None:
    text, charset = decode_text(body, "")
    assert utf8_of(body, "") == (text.encode("utf-8", "replace"), charset)


def test_pages_of_other_sets() -> None:
    assert utf8_of("größer".encode("latin-1"), "iso-8859-1") == ("größer".encode(), "cp1252")
    assert utf8_of(b"\xef\xbb\xbfa", "") == (b"a", "utf-8")
    assert utf8_of("日本".encode("iso-2022-jp"), "iso-2022-jp") == ("日本".encode(), "iso2022_jp")
    assert utf8_of("日本".encode()[:-1], "") == ("日".encode(), "utf-8")
