"""Words of many texts at once, for comparing texts: one place for what a token is in every script.

Text is composed (NFC), each character is folded (characters.folds: case, width, digits of any script), and
format characters (zero-width joiners, soft hyphens) are not seen. A token is then

- in spaced scripts, a run of letters, combining marks and numbers: `don't` gives two, हिन्दी one;
- in scripts written without spaces (script_ranges.UNSPACED_SCRIPTS), each letter and each mark by itself;
  Latin words and numbers between them stay whole.

Punctuation and symbols only separate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import IGNORED, LETTER, MARK, NUMBER, code_points, folds, kinds, unspaced
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.composed import normalize, surely_composed

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]

PIECE_CHARS = 1 << 18
"""Texts are taken together up to this many characters, and longer ones in pieces: memory stays bounded."""

_SEPARATOR, _WORD, _UNSPACED, _UNSEEN = range(4)
_U = np.uint64


@dataclass(frozen=True)
class Tokens:
    """The tokens of some texts, one text after another.

    data: uint8, the folded tokens in UTF-8 with one space between two.
    begins, ends: int64 [tokens]; token i is data[begins[i] : ends[i]].
    offsets: int64 [texts + 1]; text j has tokens offsets[j] to offsets[j + 1].
    """

    data: UInt8
    begins: Int64
    ends: Int64
    offsets: Int64

    def __len__(self) -> int:
        return len(self.begins)


def tokenize(texts: Sequence[str]) -> Tokens:
    """Tokens of texts, all held at once (some 25 bytes a character while at work).

    >>> tokens = tokenize(["Don't!", "東京 2024"])
    >>> tokens.data.tobytes().decode(), tokens.offsets.tolist()
    ('don t 東 京 2024', [0, 2, 5])
    """
    codes, text_ends = _codes(texts)
    sure = surely_composed(codes, text_ends)
    if not sure.all():
        codes, text_ends = _codes(
            [
                text if is_sure else normalize("NFC", text)
                for text, is_sure in zip(texts, sure.tolist(), strict=True)
            ]
        )
    data = np.empty(5 * len(codes), np.uint8)
    begins, ends = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
    offsets = np.zeros(len(texts) + 1, np.int64)
    n_bytes = _scan(codes, text_ends, _classes(), folds(), data, begins, ends, offsets)
    n_tokens = offsets[-1]
    return Tokens(data[:n_bytes], begins[:n_tokens], ends[:n_tokens], offsets)


def _codes(texts: Sequence[str]) -> tuple[UInt32, Int64]:
    """The texts' characters, and where each text ends."""
    return code_points("".join(texts)), np.cumsum([len(text) for text in texts], dtype=np.int64)


def token_places(text: str) -> tuple[Int64, Int64]:
    """Where each token of `tokenize([text])` begins and ends, in characters of the text, which is composed (NFC).

    >>> [places.tolist() for places in token_places("Don't!")]
    [[0, 4], [3, 5]]
    """
    codes = code_points(text)
    begins, ends = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
    n_tokens = _places(codes, _classes(), begins, ends)
    return begins[:n_tokens].copy(), ends[:n_tokens].copy()


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(first, end) of texts that are at most PIECE_CHARS characters together; a longer one comes alone."""
    start = 0
    while start < len(texts):
        stop, n_chars = start + 1, len(texts[start])
        while stop < len(texts) and n_chars + len(texts[stop]) <= PIECE_CHARS:
            n_chars += len(texts[stop])
            stop += 1
        yield start, stop
        start = stop


def pieces(text: str) -> Iterator[str]:
    """A text cut to PIECE_CHARS characters a piece where no token is cut.

    A run of letters longer than a piece is cut all the same: no writing has such a word. The cuts depend
    on the text alone.
    """
    composed = normalize("NFC", text)
    start = 0
    while len(composed) - start > PIECE_CHARS:
        piece = composed[start : start + PIECE_CHARS]
        classes = _classes()[code_points(piece)]
        # Cut after the last character that no word can go on from; it can from a format character.
        places = np.flatnonzero((classes == _SEPARATOR) | (classes == _UNSPACED))
        length = int(places[-1]) + 1 if len(places) else PIECE_CHARS
        yield composed[start : start + length]
        start += length
    yield composed[start:]


def token_spans(text: str) -> tuple[str, Int64, Int64]:
    """Where the tokens stand: the text as it is composed, and where in it each of its tokens begins and ends.

    >>> composed, begins, ends = token_spans("Don't! 東京")
    >>> [composed[begin:end] for begin, end in zip(begins, ends)]
    ['Don', 't', '東', '京']
    """
    composed = normalize("NFC", text)
    found, at = [np.zeros((2, 0), np.int64)], 0
    for piece in pieces(composed) if len(text) > PIECE_CHARS else [composed]:
        found.append(np.stack(token_places(piece)) + at)
        at += len(piece)
    begins, ends = np.concatenate(found, axis=1)
    return composed, begins, ends


@cache
def _classes() -> UInt8:
    """[N_CODES]: what a character is to the tokenizer."""
    kind = kinds()
    table = np.full(len(kind), _SEPARATOR, np.uint8)
    table[(kind == LETTER) | (kind == MARK) | (kind == NUMBER)] = _WORD
    table[unspaced()] = _UNSPACED
    table[kind == IGNORED] = _UNSEEN
    return table


@compiled
def _scan(
    codes: UInt32,
    text_ends: Int64,
    classes: UInt8,
    folds: UInt32,
    data: UInt8,
    begins: Int64,
    ends: Int64,
    offsets: Int64,
) -> int:
    """Fill data, begins, ends and offsets; returns how many bytes of data are filled."""
    n_tokens, size, start = 0, 0, 0
    for text in range(len(text_ends)):
        in_word = False
        for at in range(start, text_ends[text]):
            kind = classes[codes[_U(at)]]
            if kind == _UNSEEN:
                continue
            if kind == _SEPARATOR:
                in_word = False
                continue
            if kind == _UNSPACED or not in_word:
                if n_tokens:
                    data[_U(size)] = 0x20
                    size += 1
                begins[_U(n_tokens)] = size
                n_tokens += 1
            size = put(data, size, folds[codes[_U(at)]])
            ends[_U(n_tokens - 1)] = size
            in_word = kind == _WORD
        start = text_ends[text]
        offsets[text + 1] = n_tokens
    return size


@compiled
def _places(codes: UInt32, classes: UInt8, begins: Int64, ends: Int64) -> int:
    """Fill begins and ends, as `_scan` finds tokens; returns how many there are."""
    n_tokens, in_word = 0, False
    for at in range(len(codes)):
        kind = classes[codes[at]]
        if kind == _UNSEEN:
            continue
        if kind == _SEPARATOR:
            in_word = False
            continue
        if kind == _UNSPACED or not in_word:
            begins[n_tokens] = at
            n_tokens += 1
        ends[n_tokens - 1] = at + 1
        in_word = kind == _WORD
    return n_tokens


@compiled
def put(data: UInt8, size: int, code: np.uint32) -> int:
    """Write a code point in UTF-8 at data[_U(size)]; returns the size after it."""
    if code < 0x80:
        data[_U(size)] = code
        return size + 1
    if code < 0x800:
        data[_U(size)] = 0xC0 | (code >> 6)
        data[_U(size + 1)] = 0x80 | (code & 0x3F)
        return size + 2
    if code < 0x10000:
        data[_U(size)] = 0xE0 | (code >> 12)
        data[_U(size + 1)] = 0x80 | ((code >> 6) & 0x3F)
        data[_U(size + 2)] = 0x80 | (code & 0x3F)
        return size + 3
    data[_U(size)] = 0xF0 | (code >> 18)
    data[_U(size + 1)] = 0x80 | ((code >> 12) & 0x3F)
    data[_U(size + 2)] = 0x80 | ((code >> 6) & 0x3F)
    data[_U(size + 3)] = 0x80 | (code & 0x3F)
    return size + 4
