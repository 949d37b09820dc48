"""Refrains: what comes as a whole again and again between signs (pray for us; his mercy endures for ever).

Of a litany, a psalm, a counting rhyme or a questionnaire one pair of words is a fifth and more, as of a list of
search phrases. There the pair stands beside ever new words with no sign between (hotels in Paris, hotels in Rome);
here it is all that stands between two signs, or line ends. Texts are read anew only where one pair is so much.

Not handled: refrains without signs around them; more than REFRAINS of them; a list of names whose one phrase has
commas around it.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ccnet_lite.quality.misread import bytes_of, eastern_bytes
from ccnet_lite.quality.top_ngrams import top_shares
from ccnet_lite.quality.word_counts import N_COUNTS, N_WORD_CHARS, N_WORDS, count_words, traits_of_characters
from ccnet_lite.text.characters import IGNORED, LETTER, MARK, NUMBER, SPACE, code_points, kinds, script_codes

Float64 = npt.NDArray[np.float64]
UInt32 = npt.NDArray[np.uint32]

LOOKED_AT = 0.15
"""Share of the commonest pair from which on a text is read anew."""
REFRAINS, LEAST_TIMES, REFRAIN_PART = 3, 3, 1 / 3
"""So many are left out, those that most of the text is, each said so often; they count for this part."""
NEW_BEFORE = 0.25
"""Of the times that refrains are said, so many different words stand before them: a phrase put between others
has signs within, too, but what stands before and behind these is always the phrase's."""
MOST_LEFT = 0.25
LEAST_LEFT = 0.25
"""Of the letters: where less is beside them, they are no refrains of anything."""


def spare_refrains(texts: Sequence[str], shares: Float64) -> None:
    """Lower shares, [texts], of the commonest pair of words to what is without refrains, or REFRAIN_PART of it."""
    for at in np.flatnonzero(shares > LOOKED_AT).tolist():
        left = without_refrains(texts[at])
        if left is None:
            continue
        (before, _), (after, share) = _words_and_share(texts[at]), _words_and_share(left)
        if before and after >= LEAST_LEFT * before:
            left_of_it = share * after / before
            if left_of_it <= MOST_LEFT * shares[at]:
                shares[at] = max(left_of_it, REFRAIN_PART * shares[at])


def without_refrains(text: str) -> str | None:
    """The text without its refrains, None where it has none; numbers and capitals make no difference.

    >>> without_refrains("Holy Mary, pray for us. Saint John, pray for us. Saint Anne, pray for us.")
    'Holy Mary  Saint John  Saint Anne'
    """
    codes = code_points(text)
    inside = np.isin(kinds()[codes], (LETTER, MARK, NUMBER, SPACE, IGNORED)) & (codes != 0x0A)
    cuts = np.flatnonzero(~inside)
    begins, ends = np.append(0, cuts + 1).tolist(), np.append(cuts, len(text)).tolist()
    parts = [text[begin:end] for begin, end in zip(begins, ends, strict=True) if begin < end]
    said = [" ".join(word for word in part.lower().split() if not word.isdigit()) for part in parts]
    times = Counter(each for each in said if each)
    again = [(n * len(each), each) for each, n in times.items() if n >= LEAST_TIMES]
    if not again:
        return None
    refrains = {each for _, each in sorted(again, reverse=True)[:REFRAINS]}
    before = [_end_of(one) for one, each in pairwise(["", *said]) if each in refrains and one not in refrains]
    if len(set(before)) < NEW_BEFORE * len(before):
        return None
    return " ".join(part for part, each in zip(parts, said, strict=True) if each not in refrains).strip()


def _end_of(text: str) -> str:
    """The last word of what stands between two signs, or of what has no blanks two letters."""
    return text.rpartition(" ")[2] if " " in text else text[-2:]


def _words_and_share(text: str) -> tuple[int, float]:
    """Characters of the words of a text, and the share of its commonest pair."""
    codes, ends = code_points(text), np.array([len(text)], np.int64)
    counts, by_script = np.zeros((1, N_COUNTS), np.int64), np.zeros((1, len(script_codes())), np.int64)
    words = np.empty(len(codes), np.uint64), np.empty(len(codes), np.int64)
    count_words(codes, ends, traits_of_characters(), bytes_of(), eastern_bytes(), counts, by_script, *words)
    share = np.zeros(1)
    top_shares(*words, counts[:, N_WORDS], share)
    return int(counts[0, N_WORD_CHARS]), float(share[0])
