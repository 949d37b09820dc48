"""Two texts side by side: where each has n-grams of the other, and as much around it as a reader needs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.dedup.overlap import ngram_hashes, text_hashes
from ccnet_lite.text.tokens import token_spans

Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]
Spans = list[tuple[int, int]]

CONTEXT = 160
"""Characters shown before and behind what both have."""
MOST_CHARS = 6000
"""Characters shown of a text."""
MATCH, REST, GAP = "match", "rest", "gap"


class Piece(NamedTuple):
    """A stretch of a text. kind: match, rest, or gap, which has no text; chars: how many, a gap's too."""

    kind: str
    text: str
    chars: int


def marked(content: str, text: str, ngram: int) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, with the n-grams that they share marked.

    ngram: how many tokens one has; of a text that has fewer, all of them are one n-gram.

    >>> one, other = marked("He said: to be or not to be.", "TO BE, or not", 4)
    >>> [(piece.kind, piece.text) for piece in one]
    [('rest', 'He said: '), ('match', 'to be or not'), ('rest', ' to be.')]
    >>> [(piece.kind, piece.text) for piece in other]
    [('match', 'TO BE, or not')]
    """
    hashes = [text_hashes([each])[0] for each in (content, text)]
    length = min(ngram, *map(len, hashes))
    grams = [ngram_hashes(tokens, length) if length else tokens[:0] for tokens in hashes]
    sides = []
    for each, own, others in ((content, grams[0], grams[1]), (text, grams[1], grams[0])):
        composed, begins, ends = token_spans(each)
        spans = _joined(np.flatnonzero(np.isin(own, others)), length, begins, ends)
        sides.append(excerpt(composed, spans))
    return sides[0], sides[1]


def _joined(first: Int64, length: int, begins: Int64, ends: Int64) -> Spans:
    """Where in the text the n-grams stand that begin at some tokens; such as meet are one."""
    spans: Spans = []
    last = -1
    for token in first.tolist():
        if spans and token <= last + 1:
            spans[-1] = spans[-1][0], int(ends[token + length - 1])
        else:
            spans.append((int(begins[token]), int(ends[token + length - 1])))
        last = token + length - 1
    return spans


def excerpt(
    text: str, spans: Sequence[tuple[int, int]], context: int = CONTEXT, most: int = MOST_CHARS
) -> list[Piece]:
    """A text's pieces: `spans` whole, `context` characters around them, gaps between, `most` characters in all."""
    found: list[Piece] = []
    at = 0
    for number, (begin, end) in enumerate([*spans, (len(text), len(text))]):
        head = context if number or not spans else 0  # without a match, the beginning
        tail = context if number < len(spans) else 0
        if begin - at > head + tail:
            found += [_piece(REST, text[at : at + head]), Piece(GAP, "", begin - at - head - tail)]
            at = begin - tail
        found += [_piece(REST, text[at:begin]), _piece(MATCH, text[begin:end])]
        at = end
    return _cut([piece for piece in found if piece.chars], most)


def _piece(kind: str, text: str) -> Piece:
    return Piece(kind, text, len(text))


def _cut(pieces: list[Piece], most: int) -> list[Piece]:
    """The first pieces, `most` characters of them; the rest is a gap."""
    shown = 0
    for number, piece in enumerate(pieces):
        size = len(piece.text)
        if shown + size > most:
            rest = sum(each.chars for each in pieces[number:]) - (most - shown)
            part = _piece(piece.kind, piece.text[: most - shown])
            return [*pieces[:number], *([part] if part.chars else []), Piece(GAP, "", rest)]
        shown += size
    return pieces
