"""Keys of lines: CCNet's normal form for paragraph deduplication and its 64-bit hash, on whole batches.

The normal form of a line: strip white space at both ends; lower-case; every decimal digit of any script
becomes 0; delete 34 punctuation marks (none of them ASCII) and the control characters. Accents and ASCII
punctuation stay. The key: SHA-1 of its UTF-8, first 8 bytes as a little-endian unsigned integer, seen as
signed because Spark and Parquet have no unsigned 64-bit type.

Not handled: which lines repeat, and what becomes of them (stages/masks.py).
"""

from collections.abc import Sequence
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

_CHUNK = 100  # documents taken together: enough to spread numpy's call costs, few enough for the cache
_NEWLINE = 10
_DELETED = 0x110000  # no code point: marks a character that goes
_ASCII_DELETED = bytes(
    code for code in DELETED_CONTROLS.encode("latin-1") if code < 0x80 and code != _NEWLINE
)
_ASCII_FORM = bytes(ord("0") if chr(code).isdigit() else code for code in range(128)) + bytes(range(128, 256))


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
    forms: list[bytes] = []
    chars = [np.zeros(0, np.int32)]
    for start in range(0, len(documents), _CHUNK):
        some_forms, some_chars = _dedup_forms("\n".join(documents[start : start + _CHUNK]))
        forms += some_forms
        chars.append(some_chars)
    return _hash(forms), offsets, np.concatenate(chars)


def _hash(forms: list[bytes]) -> Int64:
    """Keys of normal forms; one that repeats within a batch, as menus do, is hashed once."""
    distinct = list(dict.fromkeys(forms))
    digests = b"".join([sha1(form).digest() for form in distinct])
    keys = np.frombuffer(digests, np.uint8).reshape(-1, 20)[:, :8].copy().view("<i8").ravel()
    if len(distinct) == len(forms):
        return keys.astype(np.int64)
    number = dict(zip(distinct, range(len(distinct)), strict=True))
    return keys[[number[form] for form in forms]].astype(np.int64)


def _dedup_forms(text: str) -> tuple[list[bytes], Int32]:
    """Normal forms of the lines of a text in UTF-8, and how many code points each line has."""
    if text.isascii():
        raw = text.encode("ascii")
        return _ascii_forms(raw), _line_lengths(np.frombuffer(raw, np.uint8))
    codes = _code_points(text)
    chars = _line_lengths(codes)
    odd = _odd_lines(codes)
    if len(odd):
        lines = text.split("\n")
        for index in odd.tolist():
            lines[index] = lines[index].strip().lower()
        codes = _code_points("\n".join(lines))
    mapped = _form_table()[codes]
    kept = mapped[mapped != _DELETED]
    return kept.tobytes().decode("utf-32-le").encode().split(b"\n"), chars


def _ascii_forms(raw: bytes) -> list[bytes]:
    """Normal forms of ASCII lines: byte by byte."""
    # bytes.strip() leaves \x1c-\x1f alone, which str.strip() takes, and which are deleted anyway; but a space
    # before or after them would then stay.
    white = b" \t\r\v\f\x1c\x1d\x1e\x1f"
    return [line.strip(white).translate(_ASCII_FORM, _ASCII_DELETED) for line in raw.lower().split(b"\n")]


def _code_points(text: str) -> UInt32:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _line_lengths(codes: npt.NDArray[np.unsignedinteger]) -> Int32:
    breaks = np.flatnonzero(codes == _NEWLINE)
    return np.diff(breaks, prepend=-1, append=len(codes)).astype(np.int32) - 1


def _odd_lines(codes: UInt32) -> Int64:
    """Lines that a table of single characters cannot bring to their normal form.

    Those that begin or end in white space, and those that hold a capital sigma, whose lower case depends on
    its place in the word, or a capital I with a dot, whose lower case is two characters.
    """
    breaks = np.flatnonzero(codes == _NEWLINE)
    padded = np.concatenate(([_NEWLINE], codes, [_NEWLINE]))
    first = padded[np.concatenate(([0], breaks + 1)) + 1]
    last = padded[np.concatenate((breaks, [len(codes)]))]
    spaced = np.flatnonzero((_white_space()[first]) | (_white_space()[last]))
    cased = np.searchsorted(breaks, np.flatnonzero((codes == 0x3A3) | (codes == 0x130)))
    return np.union1d(spaced, cased)


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
