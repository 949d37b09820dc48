"""Each line of a text measured: what rules over lines look at (settings.LINE_MEASURES).

A line ends at a line feed; white space around it is not of it. Words, and what ends a sentence, are as in
line_kinds.py, which counts a text's lines by kind; so a line's measures are its own, and a policy says the bounds.

Not handled: citations within a line, which C4 takes out; they are only looked over at its end.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.line_kinds import CLOSER, END, QUOTE, UNSPACED, WHITE, line_traits
from ccnet_lite.text.characters import code_points
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.phrases import Phrases, count

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]

MEASURES = ("ends_sentence", "ends_ellipsis", "words", "longest_word", "chars")
_ENDS, _ELLIPSIS, _WORDS, _LONGEST, _CHARS = range(5)
CITATIONS = ("edit", "citation needed")
"""What stands in the square brackets of a citation, if not digits or nothing (datatrove's C4QualityFilter)."""
_DIGITS = 12
"""As many a citation's number has at most."""


class LineMeasures:
    r"""The lines of texts, one text after another; a text has one line more than line feeds.

    >>> lines = LineMeasures(["He said: it works.[1]", "Use of cookies\n"])
    >>> lines.measure("ends_sentence").tolist(), lines.measure("words").tolist()
    ([1, 0, 0], [4, 3, 0])
    >>> lines.phrases(Phrases(["*cookie*"])).tolist()
    [0, 1, 0]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """texts: n texts, in memory as 4 bytes a character."""
        refuse_one(texts)
        self._codes = code_points("".join(f"{text}\n" for text in texts))
        self._ends = np.flatnonzero(self._codes == 0x0A).astype(np.int64)
        self._measured: Int64 | None = None

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._ends)

    def measure(self, name: str) -> Int64:
        """[lines]: one of MEASURES."""
        if self._measured is None:
            self._measured = np.zeros((len(MEASURES), len(self)), np.int64)
            _measure(self._codes, self._ends, line_traits(), _citations(), self._measured)
        measured: Int64 = self._measured[MEASURES.index(name)]
        return measured

    def phrases(self, phrases: Phrases) -> Int64:
        """[lines]: how many of the phrases each holds."""
        found, words = np.zeros(len(self), np.int64), np.zeros(len(self), np.int64)
        count(self._codes, self._ends, phrases.tables, found, words, np.zeros(len(self)))
        return found


def _citations() -> UInt32:
    """[citations, longest]: their characters, zeros behind."""
    table = np.zeros((len(CITATIONS), max(map(len, CITATIONS))), np.uint32)
    for number, name in enumerate(CITATIONS):
        table[number, : len(name)] = code_points(name)
    return table


@compiled
def _before_citation(codes: UInt32, first: int, last: int, citations: UInt32) -> int:
    """Where the citation begins whose bracket closes at `last`; `last` + 1 if none does."""
    opened = last - 1
    while opened > first and last - opened <= _DIGITS and 0x30 <= codes[opened] <= 0x39:
        opened -= 1
    if opened >= first and codes[opened] == 0x5B:
        return opened
    for number in range(len(citations)):
        size = 0
        while size < citations.shape[1] and citations[number, size] != 0:
            size += 1
        opened = last - 1 - size
        if opened < first or codes[opened] != 0x5B:
            continue
        same = 0
        while same < size and codes[opened + 1 + same] == citations[number, same]:
            same += 1
        if same == size:
            return opened
    return last + 1


@compiled
def _is_angle(code: np.uint32) -> bool:
    """Whether it is one of «»‹›: alone in a line it is an arrow of a menu."""
    return bool(code == 0xAB or code == 0xBB or code == 0x2039 or code == 0x203A)


@compiled
def _measure(codes: UInt32, ends: Int64, traits: UInt8, citations: UInt32, out: Int64) -> None:
    start = 0
    for line in range(len(ends)):
        stop = ends[line]
        first, last, run, n_words, longest, n_angles = -1, -1, 0, 0, 0, 0
        for at in range(start, stop):
            trait = traits[codes[at]]
            if trait & WHITE:
                run = 0
                continue
            n_angles += _is_angle(codes[at])
            first = at if first < 0 else first
            last = at
            if trait & UNSPACED:
                n_words += 1
                run = 0
                longest = max(longest, 1)
            else:
                n_words += run == 0
                run += 1
                longest = max(longest, run)
        start = stop + 1
        if first < 0:
            continue
        out[_WORDS, line], out[_LONGEST, line], out[_CHARS, line] = n_words, longest, last + 1 - first
        tail = last  # the last character but for citations
        while tail > first and codes[tail] == 0x5D:
            opened = _before_citation(codes, first, tail, citations)
            if opened > tail:
                break
            tail = opened - 1
            while tail > first and traits[codes[tail]] & WHITE:
                tail -= 1
        if tail < first:
            continue
        dots = tail >= first + 2 and codes[tail] == 0x2E and codes[tail - 1] == 0x2E and codes[tail - 2] == 0x2E
        out[_ELLIPSIS, line] = dots or codes[tail] == 0x2026
        end = tail
        while end > first and traits[codes[end]] & CLOSER:
            end -= 1
        quoted = traits[codes[tail]] & QUOTE != 0 and (n_angles > 1 or not _is_angle(codes[tail]))
        out[_ENDS, line] = quoted or traits[codes[end]] & END != 0
