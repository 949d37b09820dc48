"""Whether a text is a thesaurus or a glossary: a line for each word, words in the order of the alphabet.

Its words come again beside ever other words, as those of search phrases do. Who lists search phrases gives no line
a head of its own. Asked only of texts that look like a list of keywords.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

LOOKED_AT = 0.15
"""Share of keywords from which on a text is read anew."""
LEAST_LINES, HEAD_WORDS, MOST_LINES = 12, 3, 2000
"""Lines that say something; words of a head at most; lines that are looked at."""
HEADED, IN_ORDER = 0.9, 0.9
"""So many of the lines have heads, all but a tenth of them different; so many heads come after the one before."""
_HEAD = re.compile(r"^\s*(\S[^:：–—,;]{0,60}?)\s*[:：–—]\s*\S")


def spare_glossaries(texts: Sequence[str], shares: Float64) -> None:
    """Set shares, [texts], of keywords to 0 where a text is a glossary."""
    for at in np.flatnonzero(shares > LOOKED_AT).tolist():
        if is_glossary(texts[at]):
            shares[at] = 0.0


def is_glossary(text: str) -> bool:
    r"""Whether its lines have heads, in the order of the alphabet.

    >>> lines = [f"{head}: big, small, large" for head in "abcdefghijklm"]
    >>> is_glossary("\n".join(lines)), is_glossary("\n".join(lines[::-1])), is_glossary("\n".join(lines[:9]))
    (True, False, False)
    """
    lines = [line for line in text.split("\n", MOST_LINES)[:MOST_LINES] if line.strip()]
    found: list[str] = [match[1].casefold() for line in lines if (match := _HEAD.match(line))]
    heads = [head for head in found if len(head.split()) <= HEAD_WORDS]
    if len(lines) < LEAST_LINES or len(heads) < HEADED * len(lines) or len(set(heads)) < HEADED * len(heads):
        return False
    in_order: int = sum(a <= b for a, b in pairwise(heads))
    return in_order >= IN_ORDER * (len(heads) - 1)
