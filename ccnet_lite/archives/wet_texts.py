"""The payloads of WET records to titles and texts: of one, and of many in one pass over their bytes."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

MAX_TITLE = 200
"""Characters of a WET record's first line, beyond which it is no title: titles of real pages end at 160."""
_NEWLINE = 0x0A
_U = np.uint64


class WetTexts(NamedTuple):
    """Columns of `documents`."""

    titles: pa.StringArray
    texts: pa.StringArray
    nlines: Int32
    n_chars: pa.Int64Array


def ccnet_text(text: str) -> tuple[str, str, int]:
    r"""A WET payload as CCNet reads it: title, text, number of the text's lines.

    Lines end at `\n` alone and are stripped at both ends. The first is the title. The two line ends
    that separate records belong to what is read: the text's last two lines go if both are blank.

    >>> ccnet_text("Title\n one \n\ntwo\n")
    ('Title', 'one\n\ntwo', 3)
    """
    # What CCNet reads goes on with the separator, "\r\n\r\n": behind a final "\n" that makes two blank
    # lines, which go, and else one, which stays.
    lines = list(map(str.strip, text.split("\n")))
    if len(lines) == 1:
        return lines[0], "", 1
    if lines[-1]:
        lines.append("")
    else:
        lines.pop()
    return lines[0], "\n".join(lines[1:]), len(lines) - 1


def wet_text(text: str) -> tuple[str, str, int]:
    r"""A WET payload as CCNet reads it, but for what is no title: title, text, number of the text's lines.

    A first line of more than MAX_TITLE characters, or without any text after it, is text itself, and the
    title is empty.

    >>> wet_text("Title\n one \n\ntwo\n"), wet_text("All there is\n")
    (('Title', 'one\n\ntwo', 3), ('', 'All there is', 1))
    """
    title, rest, nlines = ccnet_text(text)
    if title and not rest.strip():
        return "", title, 1
    if len(title) > MAX_TITLE:
        return "", f"{title}\n{rest}", nlines + 1
    return title, rest, nlines


def wet_texts(payloads: Sequence[bytes]) -> WetTexts | None:
    r"""Each payload as `wet_text` reads it; None where one of them is not UTF-8.

    >>> read = wet_texts([b"Title\n one \n\ntwo\n", b"All there is\n"])
    >>> read.titles.to_pylist(), read.texts.to_pylist(), read.nlines.tolist(), read.n_chars.to_pylist()
    (['Title', ''], ['one\n\ntwo', 'All there is'], [3, 1], [8, 12])
    """
    ends = np.cumsum([len(payload) for payload in payloads], dtype=np.int32)
    held = b"".join(payloads)
    data = np.frombuffer(held, np.uint8)
    whole = _strings(data, ends)
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return None
    # A text may be one byte longer than its payload: it ends with a line feed where the payload does not.
    texts, titles = (
        np.empty(len(held) + len(payloads), np.uint8),
        np.empty(4 * MAX_TITLE * len(payloads), np.uint8),
    )
    text_ends, title_ends, nlines = (np.zeros(len(payloads), np.int32) for _ in range(3))
    feeds = np.append(np.flatnonzero(data == _NEWLINE), len(data))
    _cut(data, ends, feeds, _spaces(), texts, text_ends, titles, title_ends, nlines)
    read = _strings(texts, text_ends)
    return WetTexts(_strings(titles, title_ends), read, nlines, pc.utf8_length(read).cast(pa.int64()))


def _strings(data: UInt8, ends: Int32) -> pa.StringArray:
    offsets = np.concatenate([np.zeros(1, np.int32), ends])
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))


@cache
def _spaces() -> Bools:
    """[code points up to the last space]: what `str.strip` takes."""
    return np.array([chr(code).isspace() for code in range(0x3001)])


@compiled
def _cut(
    data: UInt8,
    ends: Int32,
    feeds: Int64,
    spaces: Bools,
    texts: UInt8,
    text_ends: Int32,
    titles: UInt8,
    title_ends: Int32,
    nlines: Int32,
) -> None:
    """Fill in titles and texts, one behind another, where each ends, and lines of each text.

    data: valid UTF-8; ends: [payloads], where each ends; feeds: where there are line feeds, and the data's end.
    """
    out, titled, stop, feed = _U(0), _U(0), 0, 0
    for number in range(len(ends)):
        at, stop = stop, ends[number]
        begin_of_text = out
        first, n_lines, some = True, 0, False  # some: whether there is text behind the first line
        title_first, title_stop, long_title = 0, 0, False
        open_line = True  # the last line feed of the payload opens one more line
        while open_line:
            end = min(feeds[_U(feed)], stop)
            open_line = end < stop
            feed += open_line
            begin_of_line, end_of_line = _stripped(data, at, end, spaces)
            at = end + 1
            blank = begin_of_line == end_of_line
            if first:
                first = False
                title_first, title_stop = begin_of_line, end_of_line
                long_title = _n_chars(data, title_first, title_stop) > MAX_TITLE
                if long_title:
                    for place in range(title_first, title_stop):
                        texts[out] = data[_U(place)]
                        out += _U(1)
                if not open_line:
                    n_lines = 1
                continue
            if not open_line and blank:
                break
            if n_lines or long_title:
                texts[out] = _NEWLINE
                out += _U(1)
            for place in range(begin_of_line, end_of_line):
                texts[out] = data[_U(place)]
                out += _U(1)
            n_lines += 1
            some |= not blank
            if not open_line:  # CCNet reads on into the separator: one more line, which stays
                texts[out] = _NEWLINE
                out += _U(1)
                n_lines += 1
        if title_first < title_stop and not some:
            out = begin_of_text
            for place in range(title_first, title_stop):
                texts[out] = data[_U(place)]
                out += _U(1)
            n_lines = 1
        elif long_title:
            n_lines += 1
        else:
            for place in range(title_first, title_stop):
                titles[titled] = data[_U(place)]
                titled += _U(1)
        text_ends[number], title_ends[number], nlines[number] = out, titled, n_lines


@compiled
def _stripped(data: UInt8, begin: int, end: int, spaces: Bools) -> tuple[int, int]:
    """Where the part of data[begin:end] begins and ends that `str.strip` leaves."""
    while begin < end:
        code, size = _character(data, begin)
        if code >= len(spaces) or not spaces[code]:
            break
        begin += size
    while begin < end:
        last = end - 1
        while data[_U(last)] & 0xC0 == 0x80:
            last -= 1
        code, _ = _character(data, last)
        if code >= len(spaces) or not spaces[code]:
            break
        end = last
    return begin, end


@compiled
def _character(data: UInt8, at: int) -> tuple[int, int]:
    """The code point at a place, and its bytes; of four bytes none is a space, and they are not looked at."""
    first = int(data[_U(at)])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | int(data[_U(at + 1)]) & 0x3F, 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (int(data[_U(at + 1)]) & 0x3F) << 6 | int(data[_U(at + 2)]) & 0x3F, 3
    return 0x110000, 4


@compiled
def _n_chars(data: UInt8, begin: int, end: int) -> int:
    count = 0
    for at in range(begin, end):
        count += data[_U(at)] & 0xC0 != 0x80
    return count
