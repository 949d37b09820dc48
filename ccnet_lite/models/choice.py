"""Which of a text's likeliest languages counts, where the first does not do.

After FinePDFs (2025): the first of them whose confidence reaches the threshold of its own language. A label does
not count whose script the text is hardly in: what is in Ethiopic letters is not Russian, whatever the model says.
Where none will do, the likeliest stays, and is below its threshold.

Not handled: texts in several languages (segments.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.models.languages import UNDETERMINED
from ccnet_lite.models.subsets import OTHER_SCRIPT, script_name
from ccnet_lite.quality.common_words import WordLists, confidence
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import LanguageSettings

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Chosen(NamedTuple):
    """Of each text its language, the model's score of that, the ratio of common words, the confidence."""

    languages: list[str]
    scores: Float64
    ratios: Float64
    confidences: Float64


def choose(
    texts: Sequence[str],
    best: Sequence[Sequence[str]],
    scores: Float64,
    common: WordLists,
    ratios: Float64,
    fits: Callable[[Sequence[str]], Bools],
    settings: LanguageSettings,
) -> Chosen:
    """The language of each text.

    best, scores: of `LanguageIdentifier.best`, [texts, k]; ratios: of common words, for the likeliest; fits:
    whether the scripts of some languages, one a text, are those of the texts (`script_fits`).
    """
    languages = [row[0] for row in best]
    rounded = np.round(scores, 2)
    score, ratio = rounded[:, 0].copy(), ratios.copy()
    sure = confidence(score, ratio)
    fitting = fits(languages)
    waiting = ~fitting
    if settings.thresholds:
        waiting |= sure < least_confidences(languages, settings)
    for place in range(1, rounded.shape[1] if waiting.any() else 0):
        codes = [row[place] for row in best]
        least = least_confidences(codes, settings)
        asked = waiting & fits(codes) & (rounded[:, place] >= least) & (rounded[:, place] > 0)
        rows = np.flatnonzero(asked).tolist()
        if not rows:
            continue
        count, found = common.counter([codes[row] for row in rows])
        measure([texts[row] for row in rows], False, count)
        taken = confidence(rounded[rows, place], found) >= least[rows]
        for row, own, is_taken in zip(rows, found.tolist(), taken.tolist(), strict=True):
            if is_taken:
                languages[row], score[row], ratio[row] = codes[row], rounded[row, place], own
                waiting[row], fitting[row] = False, True
    return Chosen(languages, score, ratio, np.where(fitting, confidence(score, ratio), 0.0))


def least_confidences(languages: Sequence[str], settings: LanguageSettings) -> Float64:
    """[languages]: the threshold of each."""
    return np.array([settings.thresholds.get(code, settings.threshold) for code in languages], np.float64)


def script_fits(
    measures: Mapping[str, pa.Array], scripts: Mapping[str, tuple[str, ...]], least: float
) -> Callable[[Sequence[str]], Bools]:
    """Tells of languages, one a text, whether `least` of a text's letters or more may be in scripts of its.

    measures: of quality.heuristics. What is known of a text is the script of most of its letters; scripts: of
    `LanguageIdentifier`. Of no letters, and no language, all is well.
    """
    names, shares = measures["script"].to_pylist(), np.asarray(measures["script_share"])
    others_too = (1 - shares >= least) | np.array([name == OTHER_SCRIPT for name in names], np.bool_)

    def fits(languages: Sequence[str]) -> Bools:
        if least <= 0:
            return np.ones(len(languages), np.bool_)
        own = [
            code == UNDETERMINED or code not in scripts or script_name(code, name) in scripts[code]
            for code, name in zip(languages, names, strict=True)
        ]
        return np.asarray(others_too | np.array(own, np.bool_))

    return fits
