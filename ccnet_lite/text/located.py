"""Where in a text, as it stands, each of its tokens (tokens.py) is.

Tokens are made of composed text (NFC), which may be shorter or longer than what was written. So a text that is not
composed is cut before each character that nothing before it can change: what stands between two cuts, mostly a
letter and its marks, is composed by itself, and a token begins and ends with it.

Not handled: which character of such a piece is whose; a token takes all of it.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import N_CODES, code_points
from ccnet_lite.text.composed import normalize
from ccnet_lite.text.hashes import token_hashes
from ccnet_lite.text.tokens import pieces, token_places, tokenize

Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]

HANGUL_VOWELS_AND_FINALS = (0x1160, 0x1200)
"""They join the syllable before them by rule, not by a table of pairs."""


@dataclass(frozen=True)
class Located:
    """The tokens of a text.

    data: their folded UTF-8 with a space between two; hashes: uint64 [tokens]. first, last: int64 [tokens]:
    token i is data[first[i] : last[i]]. begins, ends: int64 [tokens], in characters of the text as given.
    """

    data: bytes
    hashes: UInt64
    first: Int64
    last: Int64
    begins: Int64
    ends: Int64

    def __len__(self) -> int:
        return len(self.hashes)


def locate(text: str) -> Located:
    """The tokens of a text and their places.

    >>> found = locate("Cafe\u0301s, 東京")
    >>> found.data.decode(), found.begins.tolist(), found.ends.tolist()
    ('cafés 東 京', [0, 8, 9], [6, 9, 10])
    """
    composed, starts, stops = composed_in_place(text)
    parts, begins, ends, at = [], [], [], 0
    for piece in pieces(composed):
        parts.append(tokenize([piece]))
        piece_begins, piece_ends = token_places(piece)
        begins.append(piece_begins + at)
        ends.append(piece_ends + at)
        at += len(piece)
    begin, end = np.concatenate(begins), np.concatenate(ends)
    if starts is not None and stops is not None:
        begin, end = starts[begin], stops[end - 1]
    data, first, last = bytearray(), [], []
    for tokens in parts:
        if not len(tokens):
            continue
        if data:
            data += b" "
        first.append(tokens.begins + len(data))
        last.append(tokens.ends + len(data))
        data += tokens.data.tobytes()
    none = np.zeros(0, np.int64)
    hashes = np.concatenate([token_hashes(tokens) for tokens in parts])
    return Located(bytes(data), hashes, np.concatenate([none, *first]), np.concatenate([none, *last]), begin, end)


def composed_in_place(text: str) -> tuple[str, Int64 | None, Int64 | None]:
    """The text composed (NFC), and for each of its characters where what it was made of begins and ends in `text`.

    None for both where the text is composed as it stands: then a character is its own.

    >>> composed, starts, stops = composed_in_place("e\u0301a")
    >>> composed, starts.tolist(), stops.tolist()
    ('éa', [0, 2], [2, 3])
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, None, None
    cuts = np.flatnonzero(_unchanging()[code_points(text)])
    bounds = [0, *cuts[cuts > 0].tolist(), len(text)]
    made = [normalize("NFC", text[begin:end]) for begin, end in pairwise(bounds)]
    lengths = [len(piece) for piece in made]
    return "".join(made), np.repeat(bounds[:-1], lengths), np.repeat(bounds[1:], lengths)


@cache
def _unchanging() -> npt.NDArray[np.bool_]:
    """[N_CODES]: characters before which text may be cut: composing them changes nothing and joins no other."""
    table = np.ones(N_CODES, np.bool_)
    first, end = HANGUL_VOWELS_AND_FINALS
    table[first:end] = False
    for code in range(0x30000):
        char = chr(code)
        parts = unicodedata.decomposition(char)
        if parts and not parts.startswith("<"):
            table[[int(part, 16) for part in parts.split()[1:]]] = False
        if unicodedata.combining(char) or unicodedata.normalize("NFC", char) != char:
            table[code] = False
    return table
