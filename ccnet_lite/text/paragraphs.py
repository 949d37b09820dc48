"""Keys of lines: CCNet's normal form for paragraph deduplication and its 64-bit hash, on whole batches.

The normal form of a line: strip white space at both ends; lower-case; every decimal digit of any script
becomes 0; delete 34 punctuation marks (none of them ASCII) and the control characters. Accents and ASCII
punctuation stay. The key: SHA-1 of its UTF-8, first 8 bytes as a little-endian unsigned integer, seen as
signed because Spark and Parquet have no unsigned 64-bit type.

Not handled: which lines repeat, and what becomes of them (stages/masks.py).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha1

import numpy as np
import numpy.typing as npt
import pyarrow as pa

UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]

DELETED_MARKS = (
    "\u00ab\u00b4\u00bb\u2013\u2014\u2019\u201c\u201d\u201e\u2026\u2236\u2501\u25ba\u3001\u3002\u3008\u3009"
    "\u300a\u300b\u300c\u300d\u3010\u3011\uff01\uff05\uff08\uff09\uff0c\uff0e\uff11\uff1a\uff1b\uff1f\uff5e"
)
"""Punctuation that CCNet deletes. U+FF11 is a digit and has become 0 before it could be deleted."""
DELETED_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))

EMPTY_KEY = 957977401221134810
"""The key of every line whose normal form is empty: blank ones, and those of marks that CCNet deletes."""

_CHUNK = 100  # documents taken together: enough to spread numpy's call costs, few enough for the cache
_PIECE_CHARS = 1 << 20
_NEWLINE = 10
_DELETED = 0x110000  # no code point: marks a character that goes


def dedup_form(line: str) -> str:
    r"""The normal form of one line, by the book: what `line_keys` computes on arrays.

    >>> dedup_form(" Día 12 — «Ñu», ٣٤\t!")
    'día 00  ñu, 00!'
    """
    lowered = line.strip().lower()
    zeroed = "".join("0" if char.isdecimal() else char for char in lowered)
    return "".join(char for char in zeroed if char not in _DELETED_CHARS)


_DELETED_CHARS = frozenset(DELETED_MARKS + DELETED_CONTROLS)


def line_keys(text: str | Sequence[str]) -> Int64:
    """Keys of the lines of a text, or of several texts one after another, as int64.

    An empty text has one line, the empty one.
    """
    texts = [text] if isinstance(text, str) else list(text)
    keys, _, _ = batch_line_keys(pa.array(texts, pa.string()))
    return keys


def batch_line_keys(texts: pa.Array) -> tuple[Int64, Int64, Int32]:
    r"""Keys of every line of a batch of texts (no nulls); a line ends at `\n` and nowhere else.

    Returns:
        keys: int64 [lines], the lines of the first text, then of the second, ...
        offsets: int64 [texts + 1]; the lines of text i are offsets[i] to offsets[i + 1].
        chars: int32 [lines], code points of each line as it stands in the text.
    """
    documents = texts.to_pylist()
    offsets = np.zeros(len(documents) + 1, np.int64)
    np.cumsum([document.count("\n") + 1 for document in documents], out=offsets[1:])
    keys, chars = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for start in range(0, len(documents), _CHUNK):
        for text in _pieces("\n".join(documents[start : start + _CHUNK])):
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
            breaks = np.flatnonzero(codes == _NEWLINE)
            keys.append(_hash(_dedup_forms(text, codes, breaks)))
            chars.append((np.diff(breaks, prepend=-1, append=len(codes)) - 1).astype(np.int32))
    return np.concatenate(keys), offsets, np.concatenate(chars)


def _pieces(text: str) -> Iterator[str]:
    """A text cut at line breaks, so that what is made of a piece stays small; a long line is not cut."""
    start = 0
    while len(text) - start > _PIECE_CHARS:
        end = text.find("\n", start + _PIECE_CHARS)
        if end < 0:
            break
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _hash(forms: list[bytes]) -> Int64:
    digests = b"".join([sha1(form).digest() for form in forms])
    return np.frombuffer(digests, np.uint8).reshape(-1, 20)[:, :8].copy().view("<i8").ravel().astype(np.int64)


def _dedup_forms(text: str, codes: UInt32, breaks: Int64) -> list[bytes]:
    """Normal forms of the lines of a text in UTF-8.

    codes, breaks: its code points, and where among them the line breaks are.
    """
    mapped = _form_table()[codes]
    kept = mapped[mapped != _DELETED]
    forms: list[bytes] = kept.tobytes().decode("utf-32-le").encode().split(b"\n")
    for line in _odd_lines(text, codes, breaks).tolist():
        begin = int(breaks[line - 1]) + 1 if line else 0
        end = int(breaks[line]) if line < len(breaks) else len(text)
        forms[line] = dedup_form(text[begin:end]).encode()
    return forms


def _odd_lines(text: str, codes: UInt32, breaks: Int64) -> Int64:
    """Lines that a table of single characters cannot bring to their normal form.

    Those that begin or end in white space, and those that hold a capital sigma, whose lower case depends on
    its place in the word, or a capital I with a dot, whose lower case is two characters.
    """
    if not len(codes):
        return np.zeros(0, np.int64)
    # Where a line is empty, a break stands for its first and its last character; a break is no white space.
    first = codes[np.concatenate(([0], np.minimum(breaks + 1, len(codes) - 1)))]
    last = codes[np.concatenate((np.maximum(breaks - 1, 0), [len(codes) - 1]))]
    odd = np.flatnonzero(_white_space()[first] | _white_space()[last])
    for char in "\u03a3\u0130":
        if char in text:
            odd = np.union1d(odd, np.searchsorted(breaks, np.flatnonzero(codes == ord(char))))
    return odd


@cache
def _white_space() -> npt.NDArray[np.bool_]:
    """[0x110000]: whether str.strip() takes the character; not so for the newline, the end of a line."""
    table = np.zeros(0x110000, np.bool_)
    table[[code for code in range(0x10000) if chr(code).isspace() and code != _NEWLINE]] = True
    return table


@cache
def _form_table() -> UInt32:
    """[0x110000]: the normal form of each code point alone; `_DELETED` where it has none."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x20000):  # no letter case and no digits beyond
        char = chr(code)
        lowered = char.lower()
        if char.isdecimal():
            table[code] = ord("0")
        elif char in _DELETED_CHARS:
            table[code] = _DELETED
        elif len(lowered) == 1:
            table[code] = ord(lowered)
    table[_NEWLINE] = _NEWLINE
    return table
