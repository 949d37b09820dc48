"""Language identification fitted to labelled texts, and judged by them.

Fitting gives each language's commonest words (quality/common_words.py), and for each language the least
confidence at which what is taken for it is as precise as was asked for, after FinePDFs: whether its label is the
likeliest or comes after others (choice.py). Judging tells what a threshold takes of documents in languages that
the model has, and of others, of which it should take none.

Not handled: training a model.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.choice import choose, script_fits
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.labelled import Labelled
from ccnet_lite.models.languages import NO_LANGUAGE, UNDETERMINED
from ccnet_lite.quality.common_words import (
    FEW,
    LEAST_DOCUMENTS,
    MOST_WORDS,
    CommonWords,
    WordLists,
    confidence,
)
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import THRESHOLDS, LanguageSettings
from ccnet_lite.text.tokens import tokenize

Float64 = npt.NDArray[np.float64]
MARGIN, MARGIN_OF_ONE = 0.7, 0.5
"""What of the share of common words that a language's labelled documents have is asked for, and where they are all
from one file: pages of another kind have more names and other words."""
STEPS = np.round(np.arange(0.05, 1.0, 0.01), 2)
"""Thresholds that are tried."""
LABELS = 5
"""Of a document, of which each may be the one that counts."""
FLOOR = 0.3
CONFUSED = 0.05


@dataclass(frozen=True)
class Identified:
    """What was found of labelled documents: the code of each, its score, and its confidence."""

    codes: list[str]
    scores: Float64
    confidences: Float64


class Confusion(NamedTuple):
    """A language, another that this share of its documents is taken for, and the share the other way round."""

    language: str
    taken_for: str
    share: float
    back: float


class Taken(NamedTuple):
    """What a threshold takes of labelled documents.

    right, wrong: of the documents in languages that the model has, shares that are taken for theirs, for another;
    unknown: the share of the others that is taken; n_known, n_unknown: how many there are.
    """

    threshold: float
    right: float
    wrong: float
    unknown: float
    n_known: int
    n_unknown: int


def fit_common_words(documents: Sequence[Labelled], identifier: LanguageIdentifier) -> dict[str, CommonWords]:
    """The commonest words of each language that has documents enough and is among the model's."""
    counts: dict[str, Counter[str]] = {}
    held = Counter(document.language for document in documents)
    for document in documents:
        if held[document.language] >= LEAST_DOCUMENTS and document.language in identifier.codes:
            words = tokenize([document.text]).data.tobytes().decode().split()
            # Not numbers, of which any language has as many.
            counts.setdefault(document.language, Counter()).update(word for word in words if not word.isnumeric())
    lists = {}
    for code, counted in counts.items():
        # Equal counts go by the word: the same documents give the same list in any order.
        commonest = sorted(counted, key=lambda word: (-counted[word], word))[:MOST_WORDS]
        lists[code] = CommonWords(tuple(commonest), 1.0)
    own = [document for document in documents if document.language in lists]
    codes, _ = identifier.identify([document.text for document in own])
    own = [document for document, code in zip(own, codes, strict=True) if code == document.language]
    shares = _ratios(own, [document.language for document in own], WordLists(lists))
    fitted = {}
    for code, each in lists.items():
        by_source: dict[str, list[int]] = {}
        for number, document in enumerate(own):
            if document.language == code:
                by_source.setdefault(document.source, []).append(number)
        # The kind of text that has the least of them says what may be asked for.
        lows = [np.quantile(shares[at], FEW) for at in by_source.values() if len(at) >= LEAST_DOCUMENTS]
        if lows:
            margin = MARGIN if len(lows) > 1 else MARGIN_OF_ONE
            fitted[code] = CommonWords(each.words, round(max(0.01, margin * float(min(lows))), 3))
    return fitted


def identify(
    documents: Sequence[Labelled],
    identifier: LanguageIdentifier,
    lists: WordLists,
    settings: LanguageSettings | None = None,
) -> Identified:
    """What the model and the lists say of documents; with settings, by their thresholds and scripts."""
    texts = [document.text for document in documents]
    best, scores = identifier.best(texts, LABELS)
    count, ratios = lists.counter([row[0] for row in best])
    measures = measure(texts, False, count)
    asked = settings or LanguageSettings(min_script_share=0)
    fits = script_fits(measures, identifier.scripts, asked.min_script_share)
    chosen = choose(texts, best, scores, lists, ratios, fits, asked)
    return Identified(chosen.languages, chosen.scores, chosen.confidences)


def label_confidences(
    documents: Sequence[Labelled], identifier: LanguageIdentifier, lists: WordLists
) -> tuple[list[list[str]], Float64]:
    """The likeliest languages of each document, and how confident each of them is, [documents, LABELS]."""
    codes, scores = identifier.best([document.text for document in documents], LABELS)
    scores = np.round(scores, 2)
    ratios = [_ratios(documents, [row[place] for row in codes], lists) for place in range(LABELS)]
    return codes, confidence(scores, np.stack(ratios, axis=1))


def _ratios(documents: Sequence[Labelled], codes: Sequence[str], lists: WordLists) -> Float64:
    count, ratios = lists.counter(codes)
    measure([document.text for document in documents], False, count)
    return ratios


def thresholds_for(
    documents: Sequence[Labelled],
    codes: Sequence[Sequence[str]],
    confidences: Float64,
    precision: float,
    floor: float = FLOOR,
) -> dict[str, tuple[float, float]]:
    """By language, the least threshold at which `precision` of what it takes is of it, and its share taken.

    codes, confidences: of `label_confidences`. floor: no threshold is lower, as there are neighbours that no
    labelled text is of. 1.0 where no threshold reaches that precision. Languages of fewer documents than
    `LEAST_DOCUMENTS` have none, as one that is told wrongly would decide; nor has what is no language.
    """
    truth = np.array([document.language for document in documents])
    said_all = np.array(codes)
    enough = {code for code, held in Counter(truth.tolist()).items() if held >= LEAST_DOCUMENTS}
    fitted = {}
    for code in sorted({name for row in codes for name in row} & enough - {UNDETERMINED, NO_LANGUAGE}):
        rows, places = np.nonzero(said_all == code)
        sure, own = confidences[rows, places], truth[rows] == code
        at = 1.0
        for threshold in STEPS[floor <= STEPS]:
            taken = sure >= threshold
            if taken.any() and own[taken].mean() >= precision:
                at = float(threshold)
                break
        fitted[code] = at, float((own & (sure >= at)).sum() / (truth == code).sum())
    return fitted


def halves(documents: Sequence[Labelled], known: Sequence[str]) -> tuple[list[Labelled], list[Labelled]]:
    """Documents to fit on and to judge by: every second one, and of languages outside the model every second one.

    So what is judged by has languages that the fit has never seen, as a crawl has.
    """
    outside = sorted({document.language for document in documents} - set(known))
    place: Counter[str] = Counter()
    sides: tuple[list[Labelled], list[Labelled]] = ([], [])
    for document in documents:
        if document.language in known:
            sides[place[document.language] % 2].append(document)
            place[document.language] += 1
        else:
            sides[outside.index(document.language) % 2].append(document)
    return sides


def confusions(documents: Sequence[Labelled], found: Identified, known: Sequence[str]) -> list[Confusion]:
    """The model's languages of which more than a twentieth is said to be in one other; the most first."""
    held = Counter(document.language for document in documents)
    said = Counter((document.language, code) for document, code in zip(documents, found.codes, strict=True))
    rows = [
        Confusion(own, other, count / held[own], said[other, own] / max(1, held[other]))
        for (own, other), count in said.items()
        if own != other and own in known and held[own] >= LEAST_DOCUMENTS and count / held[own] > CONFUSED
    ]
    return sorted(rows, key=lambda row: (-row.share, row.language, row.taken_for))


def write_thresholds(
    fitted: Mapping[str, tuple[float, float]], precision: float, confused: Sequence[Confusion]
) -> str:
    """The text of a file for language.thresholds."""
    lines = [f'format = "{THRESHOLDS}"', f"precision = {precision}", "", "[thresholds]"]
    lines += [f'"{code}" = {least}' for code, (least, _) in sorted(fitted.items())]
    for each in confused:
        lines += ["", "[[confused]]", f'language = "{each.language}"', f'taken_for = "{each.taken_for}"']
        lines += [f"share = {each.share:.3f}", f"share_back = {each.back:.3f}"]
    return "\n".join(lines) + "\n"


def judged(
    documents: Sequence[Labelled],
    found: Identified,
    known: Sequence[str],
    threshold: float | Mapping[str, float],
    otherwise: float = 1.0,
) -> Taken:
    """What a threshold, or one a language (else: otherwise), takes. known: the codes of the model's labels."""
    truth = np.array([document.language for document in documents])
    codes = np.array(found.codes)
    if isinstance(threshold, Mapping):
        least = np.array([threshold.get(code, otherwise) for code in found.codes])
    else:
        least = np.full(len(codes), threshold)
    taken = (found.confidences >= least) & ~np.isin(codes, (UNDETERMINED, NO_LANGUAGE))
    has = np.isin(truth, _languages(known))
    right = taken & (codes == truth)
    return Taken(
        threshold=threshold if isinstance(threshold, float) else float("nan"),
        right=_share(right, has),
        wrong=_share(taken & ~right, has),
        unknown=_share(taken, ~has),
        n_known=int(has.sum()),
        n_unknown=int((~has).sum()),
    )


def reliability(
    documents: Sequence[Labelled], found: Identified, known: Sequence[str]
) -> list[tuple[float, int, float]]:
    """For each tenth of confidence: its lower end, documents of known languages, and how many are right."""
    truth = np.array([document.language for document in documents])
    has = np.isin(truth, _languages(known))
    tenth = np.minimum((found.confidences * 10).astype(int), 9)
    right = np.array(found.codes) == truth
    return [
        (number / 10, int((has & (tenth == number)).sum()), _share(right, has & (tenth == number)))
        for number in range(10)
    ]


def _languages(known: Sequence[str]) -> list[str]:
    """Without what is no language: documents that are in none should not be taken."""
    return [code for code in known if code not in (UNDETERMINED, NO_LANGUAGE)]


def _share(part: npt.NDArray[np.bool_], whole: npt.NDArray[np.bool_]) -> float:
    return float((part & whole).sum() / max(whole.sum(), 1))
