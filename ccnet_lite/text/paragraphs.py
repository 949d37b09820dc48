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

from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.sha1 import sha1_keys

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
_U = np.uint64

DELETED_MARKS = (
    "\u00ab\u00b4\u00bb\u2013\u2014\u2019\u201c\u201d\u201e\u2026\u2236\u2501\u25ba\u3001\u3002\u3008\u3009"
    "\u300a\u300b\u300c\u300d\u3010\u3011\uff01\uff05\uff08\uff09\uff0c\uff0e\uff11\uff1a\uff1b\uff1f\uff5e"
)
"""Punctuation that CCNet deletes. U+FF11 is a digit and has become 0 before it could be deleted."""
DELETED_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))

EMPTY_KEY = 957977401221134810
"""The key of every line whose normal form is empty: blank ones, and those of marks that CCNet deletes."""

_PIECE_BYTES = 1 << 20  # of lines taken together: enough to spread numpy's call costs, few enough for the cache
_NEWLINE = 10
# What is said of a character: how many bytes its form has, and in the bits above:
_LENGTH = 7
_SPACE = 8  # str.strip() takes it
_ODD = 16  # its lower case depends on its place in the word (capital sigma), or is two characters (U+0130)


def dedup_form(line: str) -> str:
    r"""The normal form of one line, by the book: what `line_keys` computes on bytes.

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


def batch_line_keys(texts: pa.StringArray) -> tuple[Int64, Int64, Int32]:
    r"""Keys of every line of a batch of texts (no nulls); a line ends at `\n` and nowhere else.

    Returns:
        keys: int64 [lines], the lines of the first text, then of the second, ...
        offsets: int64 [texts + 1]; the lines of text i are offsets[i] to offsets[i + 1].
        chars: int32 [lines], code points of each line as it stands in the text.
    """
    if not len(texts):
        return np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int32)
    _, bounds, held = texts.buffers()
    data = np.frombuffer(held or b"", np.uint8)
    bounds = np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begins, ends, offsets = _line_edges(data, bounds)
    keys, chars = np.empty(len(begins), np.int64), np.empty(len(begins), np.int32)
    start = 0
    while start < len(begins):
        # A line that is longer than a piece is one by itself.
        stop = max(int(np.searchsorted(ends, int(begins[start]) + _PIECE_BYTES, "right")), start + 1)
        piece = slice(start, stop)
        forms, edges, chars[piece], odd = _forms(data, begins[piece], ends[piece], *_form_tables())
        keys[piece] = sha1_keys(forms, edges[:-1], edges[1:])
        for line in (start + np.flatnonzero(odd)).tolist():
            keys[line] = _key_by_the_book(data[begins[line] : ends[line]].tobytes().decode())
        start = stop
    return keys, offsets, chars


def _key_by_the_book(line: str) -> int:
    return int.from_bytes(sha1(dedup_form(line).encode()).digest()[:8], "little", signed=True)


def _line_edges(data: UInt8, bounds: Int32) -> tuple[Int32, Int32, Int64]:
    """Where each line begins and ends in the data, and [texts + 1] which lines are those of each text.

    bounds: [texts + 1], where texts begin and end.
    """
    found = [
        (start + np.flatnonzero(data[start : min(start + _PIECE_BYTES, bounds[-1])] == _NEWLINE)).astype(np.int32)
        for start in range(bounds[0], bounds[-1], _PIECE_BYTES)
    ]
    breaks = np.concatenate([np.zeros(0, np.int32), *found])
    cuts = np.searchsorted(breaks, bounds)
    begins = np.insert(breaks + np.int32(1), cuts[:-1], bounds[:-1])
    ends = np.insert(breaks, cuts[1:], bounds[1:])
    return begins, ends, cuts + np.arange(len(bounds))


@compiled
def _forms(
    data: UInt8, begins: Int32, ends: Int32, said: UInt8, becomes: UInt32
) -> tuple[UInt8, Int64, Int32, Bools]:
    """Normal forms of lines, one behind the other.

    data: valid UTF-8. said, becomes: `_form_tables()`.

    Returns:
        forms: UTF-8; that of line i is forms[edges[i] : edges[i + 1]].
        edges: int64 [lines + 1].
        chars: int32 [lines], code points of each line.
        odd: [lines], whether the line has a character for which the tables can't speak: its form is wrong.
    """
    edges = np.zeros(len(begins) + 1, np.int64)
    chars = np.zeros(len(begins), np.int32)
    odd = np.zeros(len(begins), np.bool_)
    n_bytes = int(ends[-1]) - int(begins[0])
    # A capital of two bytes may have a small letter of three; and four bytes are written at once.
    forms = np.empty(n_bytes + n_bytes // 2 + 4, np.uint8)
    out = 0
    for line in range(len(begins)):
        at, end = int(begins[line]), int(ends[line])
        inside = 0  # _LENGTH behind the first character that is no white space
        kept = out  # where the form ends if nothing but white space follows
        n_chars, all_said = 0, 0
        while at < end:
            code = int(data[_U(at)])
            if code < 0x80:
                at += 1
                what = int(said[_U(code)])
                forms[_U(out)] = becomes[_U(code)]
            else:
                if code < 0xE0:
                    code = (code & 0x1F) << 6 | (data[_U(at + 1)] & 0x3F)
                    at += 2
                elif code < 0xF0:
                    code = (code & 0x0F) << 12 | (data[_U(at + 1)] & 0x3F) << 6 | (data[_U(at + 2)] & 0x3F)
                    at += 3
                else:
                    code = (code & 0x07) << 18 | (data[_U(at + 1)] & 0x3F) << 12
                    code |= (data[_U(at + 2)] & 0x3F) << 6 | (data[_U(at + 3)] & 0x3F)
                    at += 4
                what = int(said[_U(code)])
                form = becomes[_U(code)]
                for place in range(4):
                    forms[_U(out + place)] = form >> (8 * place)
                all_said |= what
            n_chars += 1
            space = what & _SPACE
            inside = inside if space else _LENGTH
            out += what & inside
            kept = kept if space else out
        out = kept
        edges[line + 1] = out
        chars[line] = n_chars
        odd[line] = all_said & _ODD != 0
    return forms, edges, chars, odd


@cache
def _form_tables() -> tuple[UInt8, UInt32]:
    """[0x110000]: what is said of each code point, and the UTF-8 of the form of it alone, first byte lowest."""
    forms = np.arange(0x110000, dtype=np.uint32)
    said = np.zeros(0x110000, np.uint8)
    deleted = np.zeros(0x110000, np.bool_)
    for code in range(0x20000):  # no letter case, no digits and no white space beyond
        char = chr(code)
        lowered = char.lower()
        if char.isspace():
            said[code] = _SPACE
        if char.isdecimal():
            forms[code] = ord("0")
        elif char in _DELETED_CHARS:
            deleted[code] = True
        elif char == "\u03a3" or len(lowered) > 1:
            said[code] = _ODD
        else:
            forms[code] = ord(lowered)
    length = np.select([deleted, forms < 0x80, forms < 0x800, forms < 0x10000], [0, 1, 2, 3], 4).astype(np.uint8)
    last, third, second = (0x80 | (forms >> bits & 0x3F) for bits in (0, 6, 12))
    two = 0xC0 | forms >> 6 | last << 8
    three = 0xE0 | forms >> 12 | third << 8 | last << 16
    four = 0xF0 | forms >> 18 | second << 8 | third << 16 | last << 24
    return said | length, np.choose(length, [forms, forms, two, three, four])
