"""The script that a text is in.

Not handled: which language that means; scripts that are not in living use (Zyyy).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, code_points, kinds, script_codes, scripts
from ccnet_lite.text.script_ranges import UNSPACED_SCRIPTS


def dominant_script(text: str) -> tuple[str, float]:
    """ISO 15924 code of the script of most of a text's letters, and its share of them.

    A tie goes to the code that comes first in the alphabet. A text without letters: ("Zyyy", 0.0).

    >>> dominant_script("Привет, world и мир")
    ('Cyrl', 0.6666666666666666)
    """
    (code,), (share,) = dominant_scripts([text])
    return code, float(share)


def dominant_scripts(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.float64]]:
    """`dominant_script` of each text: codes, and shares as float64 [texts]."""
    counts = np.zeros((len(texts), len(script_codes())), np.int64)
    for row, text in enumerate(texts):
        counts[row] = script_counts(code_points(text))
    return dominant_of_counts(counts)


def script_counts(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """[number of scripts]: how many letters of a text are in each of `script_codes()`."""
    letters = codes[kinds()[codes] == LETTER]
    return np.bincount(scripts()[letters], minlength=len(script_codes()))


def dominant_of_counts(counts: npt.NDArray[np.int64]) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Code and share of the commonest script of each row of counts, int [texts, scripts]."""
    total = counts.sum(axis=1)
    best = counts.copy()
    best[:, :1] = 0  # letters of no script count in the total, but don't make a script
    index = best.argmax(axis=1)
    found = best[np.arange(len(best)), index]
    share = found / np.maximum(total, 1)
    return [script_codes()[i] if n else "Zyyy" for i, n in zip(index, found, strict=True)], share


def is_unspaced(script: str) -> bool:
    """Whether a script (ISO 15924 code) is written without spaces between words."""
    return script in UNSPACED_SCRIPTS
