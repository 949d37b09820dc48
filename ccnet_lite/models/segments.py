"""Texts in several languages: which languages their parts are in.

Parts are asked about only where there is doubt: the beginning or the end of a text is of no sure language, or the
two are of different ones, or its letters are of several scripts. A part is some lines, or a piece of a long one;
lines of one script are put together, so that languages may take turns, and lines of one language (turns.py) where
that shows none. It counts for its language where the
model is sure of it, and for another than that of most parts only where the model sees next to nothing of that one
in it: close relatives are told apart badly in short texts.

Not handled: words of one language in a sentence of another.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.models.choice import Chosen
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.languages import MIXED, NO_LANGUAGE, UNDETERMINED
from ccnet_lite.models.subsets import language_pair
from ccnet_lite.models.turns import by_turns
from ccnet_lite.quality.common_words import WordLists, confidence
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.text.characters import LETTER, code_points, kinds, script_codes, scripts
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.scripts import dominant_of_counts

PART_CHARS = 300
"""Characters of a part, at least; a line of more than twice as many is cut."""
LOOKED_AT = 100_000
"""Of a text, in characters."""
END_CHARS = 1000
"""Of a text's end that are looked at."""
SURE, SOME, NOTHING = 0.5, 0.05, 0.02
"""Scores: of a part's language, at least; of a text's second language, from which there is doubt; of the language
of most parts in a part of another, less than that."""
OF_BOTH = 0.01
"""The score of a text's second language, at least, where lines are put together by language."""
SURE_APART = 0.8
"""As SURE, of lines put together by language: where that has a near relative, some look as if they were in it."""
CERTAIN = 0.9
"""The score of a text's language below which there is doubt."""
MIXED_SHARE, MIXED_CHARS = 0.25, 500
"""What a second language has of a mixed text, at least."""

ONE_SCRIPT, ONE_OF_SEVERAL = 0.85, 0.35
"""Share of a text's letters in its main script, below which lines are sorted; of Japanese and Korean, which are
written in several."""
SHORT_WORDS = 2.5
"""Letters a word, in Latin script, of what is no sentence: Vietnamese has 2.8 and more, code 2, chords fewer."""
_TOGETHER = frozenset(("Bopo", "Hang", "Hani", "Hira", "Kana"))

Shares = dict[str, float]
Bools = npt.NDArray[np.bool_]


def segment_languages(
    texts: Sequence[str],
    best: Sequence[Sequence[str]],
    scores: npt.NDArray[np.float64],
    identifier: LanguageIdentifier,
    mingled: Bools | None = None,
    common: WordLists | None = None,
) -> list[Shares | None]:
    """Of each text the shares of its characters that are surely in a language, the largest first; None: no doubt.

    best, scores: of `LanguageIdentifier.best` for the texts, [texts, 2 or more]. mingled: of `several_scripts`;
    the parts of such texts, and of others whose lines were put together, need common words and words of some
    length, which lines of code or chords have not. common: without it no lines are put together by language.
    """
    refuse_one(texts)
    sorts = np.zeros(len(texts), np.bool_) if mingled is None else mingled
    doubted = (scores[:, 0] < CERTAIN) | (scores[:, 1] >= SOME) | sorts
    ends = [row for row, text in enumerate(texts) if not doubted[row] and len(text) > 2 * END_CHARS]
    if ends:
        codes, values = identifier.best([texts[row][-END_CHARS:] for row in ends], 2)
        for row, two, (first, second) in zip(ends, codes, values.tolist(), strict=True):
            doubted[row] = two[0] != best[row][0] or first < CERTAIN or second >= SOME
    asked = [row for row in np.flatnonzero(doubted).tolist() if len(texts[row]) >= PART_CHARS]
    found: list[Shares | None] = [None] * len(texts)
    sides = [by_script(texts[row][:LOOKED_AT]) if sorts[row] else [texts[row][:LOOKED_AT]] for row in asked]
    for row, shares in zip(asked, _of_sides(sides, sorts[asked], identifier, common), strict=True):
        found[row] = shares
    if common is None:
        return found
    _of_turns(texts, scores, identifier, sorts, common, asked, found)
    _once(texts, identifier, sorts, common, found)
    return found


def _of_turns(
    texts: Sequence[str],
    scores: npt.NDArray[np.float64],
    identifier: LanguageIdentifier,
    sorts: Bools,
    common: WordLists,
    asked: Sequence[int],
    found: list[Shares | None],
) -> None:
    """Put the shares of texts in their place whose lines, put together by language, show a second one."""
    both = ~sorts & (scores[:, 1] >= OF_BOTH)
    one = [row for row in asked if both[row] and _may_be_mixed(found[row], len(texts[row]))]
    turns = by_turns([texts[row][:LOOKED_AT] for row in one], identifier) if one else []
    again = [(row, each) for row, each in zip(one, turns, strict=True) if each]
    careful = np.ones(len(again), np.bool_)
    parted = _of_sides([each for _, each in again], careful, identifier, common, SURE_APART)
    for (row, _), shares in zip(again, parted, strict=True):
        if is_mixed(shares, min(len(texts[row]), LOOKED_AT)):
            found[row] = shares


def _once(
    texts: Sequence[str],
    identifier: LanguageIdentifier,
    sorts: Bools,
    common: WordLists,
    found: list[Shares | None],
) -> None:
    """Ask mixed texts whose lines repeat again, with each line once: menus and labels are said often.

    Texts too short for two languages then stay as they are.
    """
    mixed = [row for row, text in enumerate(texts) if is_mixed(found[row], min(len(text), LOOKED_AT))]
    once = {row: "\n".join(dict.fromkeys(texts[row].split("\n"))) for row in mixed}
    rows = [row for row in mixed if 2 * MIXED_CHARS <= len(once[row]) < len(texts[row])]
    if rows:
        left = [once[row] for row in rows]
        again = segment_languages(left, *identifier.best(left, 2), identifier, sorts[rows], common)
        for row, shares in zip(rows, again, strict=True):
            found[row] = shares


def _may_be_mixed(shares: Shares | None, n_chars: int) -> bool:
    """Whether a text that shows no second language, as its lines stand, is long enough to have one."""
    return n_chars >= 2 * MIXED_CHARS and not is_mixed(shares, min(n_chars, LOOKED_AT))


def _of_sides(
    sides: Sequence[Sequence[str]],
    careful: Bools,
    identifier: LanguageIdentifier,
    common: WordLists | None,
    sure: float = SURE,
) -> list[Shares]:
    """The shares of each text, whose sides are cut into parts by themselves. careful: which want common words."""
    parts = [[part for side in each for part in parts_of(side)] for each in sides]
    flat = [part for each in parts for part in each]
    names, values = identifier.best(flat, 5)
    gathered = np.repeat(careful, [len(each) for each in parts])
    if common is not None and gathered.any():
        rows = np.flatnonzero(gathered).tolist()
        count, ratios = common.counter([names[row][0] for row in rows])
        seen = measure([flat[row] for row in rows], False, count)
        short = (np.asarray(seen["mean_word_chars"]) < SHORT_WORDS) & (np.asarray(seen["script"]) == "Latn")
        values[rows, 0] = np.where(short, 0.0, confidence(values[rows, 0], ratios))
    found, at = [], 0
    for each in parts:
        until = at + len(each)
        found.append(_shares(names[at:until], values[at:until].tolist(), [len(part) for part in each], sure))
        at = until
    return found


def several_scripts(measures: Mapping[str, pa.Array]) -> Bools:
    """Of each text whether many of its letters are in other scripts than most. measures: of quality.heuristics."""
    least = [ONE_OF_SEVERAL if name in _TOGETHER else ONE_SCRIPT for name in measures["script"].to_pylist()]
    shares = np.asarray(measures["script_share"])
    return np.asarray((shares > 0) & (shares < np.array(least)))


def by_script(text: str) -> list[str]:
    r"""A text's lines by the script of most of their letters; one without letters goes with the line before.

    >>> by_script(chr(10).join(["Good morning.", "Доброе утро.", "1", "Good night.", "Спокойной ночи."]))
    ['Good morning.\nGood night.', 'Доброе утро.\n1\nСпокойной ночи.']
    """
    codes = code_points(text)
    at = np.flatnonzero(kinds()[codes] == LETTER)
    numbers, n_scripts = np.cumsum(codes == ord("\n"))[at], len(script_codes())
    lines = text.split("\n")
    counts = np.bincount(numbers * n_scripts + scripts()[codes[at]], minlength=len(lines) * n_scripts)
    names, shares = dominant_of_counts(counts.reshape(len(lines), n_scripts))
    groups: dict[str, list[str]] = {}
    group = groups.setdefault("", [])
    for line, name, share in zip(lines, names, shares.tolist(), strict=True):
        if share > 0:
            group = groups.setdefault("Hani" if name in _TOGETHER else name, [])
        group.append(line)
    return ["\n".join(each) for each in groups.values() if each]


def is_mixed(shares: Shares | None, n_chars: int) -> bool:
    """Whether a second language has its part in a text.

    >>> [is_mixed(shares, 4000) for shares in ({"en": 0.6, "fr": 0.3}, {"en": 0.9, "fr": 0.1}, {"en": 1.0}, None)]
    [True, False, False, False]
    """
    values = sorted((shares or {}).values())
    return len(values) > 1 and values[-2] >= max(MIXED_SHARE, MIXED_CHARS / max(1, n_chars))


def with_mixed(chosen: Chosen, segments: Sequence[Shares | None], texts: Sequence[str]) -> Chosen:
    """What was chosen, with `mul` for mixed texts; their score and confidence: the share of sure parts."""
    for row, (shares, text) in enumerate(zip(segments, texts, strict=True)):
        if shares and is_mixed(shares, min(len(text), LOOKED_AT)):
            chosen.languages[row] = MIXED
            chosen.scores[row] = chosen.confidences[row] = round(min(1.0, sum(shares.values())), 2)
            chosen.ratios[row] = np.nan
    return chosen


def shares_json(shares: Shares | None) -> str | None:
    """Shares as JSON, under the names of subsets.

    >>> shares_json({"en": 0.6, "sw": 0.251})
    '{"eng_Latn": 0.6, "swh_Latn": 0.251}'
    """
    return None if shares is None else json.dumps({language_pair(code): value for code, value in shares.items()})


def parts_of(text: str) -> list[str]:
    """The parts of a text, in their order.

    >>> [len(part) for part in parts_of("a " * 500 + chr(10) + "b" * 200 + chr(10) + "c" * 100)]
    [599, 401, 301]
    """
    parts: list[str] = []
    held: list[str] = []
    size = 0
    for line in text.split("\n"):
        begin = 0
        while len(line) - begin > 2 * PART_CHARS:
            cut = line.rfind(" ", begin + PART_CHARS, begin + 2 * PART_CHARS)
            cut = cut if cut > 0 else begin + 2 * PART_CHARS
            parts.append("\n".join([*held, line[begin:cut]]))
            held, size, begin = [], 0, cut
        held.append(line[begin:])
        size += len(line) - begin
        if size >= PART_CHARS:
            parts.append("\n".join(held))
            held, size = [], 0
    rest = "\n".join(held)
    if rest.strip():
        if parts and size < PART_CHARS / 2:
            parts[-1] += f"\n{rest}"
        else:
            parts.append(rest)
    return parts


def _shares(
    names: Sequence[Sequence[str]], scores: Sequence[Sequence[float]], sizes: Sequence[int], sure: float = SURE
) -> Shares:
    """Shares of languages in a text, of its parts' likeliest languages, scores and characters."""
    votes: Counter[str] = Counter()
    for codes, values, size in zip(names, scores, sizes, strict=True):
        if values[0] >= sure and codes[0] not in (UNDETERMINED, NO_LANGUAGE):
            votes[codes[0]] += size
    if not votes:
        return {}
    most = min(votes, key=lambda code: (-votes[code], code))
    counted: Counter[str] = Counter()
    for codes, values, size in zip(names, scores, sizes, strict=True):
        if codes[0] in votes and values[0] >= sure:
            others = dict(zip(codes[1:], values[1:], strict=True))
            if codes[0] == most or others.get(most, 0.0) < NOTHING:
                counted[codes[0]] += size
    whole = sum(sizes)
    return {code: round(n / whole, 3) for code, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))}
