"""Lines of a text put together by their language, where two of one script take turns.

No line alone is long enough to be sure of its language. Asked is only which two languages the lines of a text are
in at all, and of each line which of those two is the likelier; what is put together then is judged as any part is
(segments.py). A first look at a few lines spares most texts the rest.

Not handled: parts of one macrolanguage, as Cantonese and Chinese, which look alike; three languages, of which the
third goes with one of the two; lines of both.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ccnet_lite.models.description import macrolanguage
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.languages import NO_LANGUAGE, UNDETERMINED

LINE_CHARS = 20
"""A shorter line goes with the one before."""
LOOKED_AT_CHARS = 300
"""Of a line."""
FEW, FEW_CHARS = 16, 100
"""Lines of a text, spread over it, that are asked about first, and what of each."""
SURE = 0.5
SECOND_SHARE = 0.15
"""What a second language must have of the characters of sure lines."""
LABELS = 5
_GOLDEN = 0.6180339887498949


def by_turns(texts: Sequence[str], identifier: LanguageIdentifier) -> list[list[str]]:
    """Of each text its lines in two languages, those of each together; an empty list where no two take turns."""
    lines = [text.split("\n") for text in texts]
    long = [[n for n, line in enumerate(each) if len(line) >= LINE_CHARS] for each in lines]
    few = [[each[at] for at in _spread(len(each))] for each in long]
    seen = _looked_at(lines, few, FEW_CHARS, identifier)
    chosen = [row for row, each in enumerate(seen) if _two(each, lines[row])]
    found: list[list[str]] = [[] for _ in texts]
    whole = _looked_at([lines[row] for row in chosen], [long[row] for row in chosen], LOOKED_AT_CHARS, identifier)
    for row, each in zip(chosen, whole, strict=True):
        two = _two(each, lines[row])
        if two:
            found[row] = _parted(lines[row], each, two)
    return found


def _spread(n_lines: int) -> list[int]:
    """FEW numbers below n_lines, ascending, at no regular step: every second line may be of one language.

    >>> _spread(3), _spread(1000)[:5]
    ([0, 1, 2], [34, 90, 180, 236, 270])
    """
    if n_lines <= FEW:
        return list(range(n_lines))
    return sorted({int(n_lines * (number * _GOLDEN % 1)) for number in range(1, FEW + 1)})


Seen = dict[int, dict[str, float]]
"""By a line's number the scores of its likeliest languages, the likeliest first."""


def _looked_at(
    lines: Sequence[Sequence[str]], numbers: Sequence[Sequence[int]], chars: int, identifier: LanguageIdentifier
) -> list[Seen]:
    """What the identifier says of the beginnings, of so many characters, of these lines of each text."""
    flat = [each[n][:chars] for each, own in zip(lines, numbers, strict=True) for n in own]
    codes, scores = identifier.best(flat, LABELS)
    said = [dict(zip(*each, strict=True)) for each in zip(codes, scores.tolist(), strict=True)]
    ends = [0]
    for own in numbers:
        ends.append(ends[-1] + len(own))
    return [
        dict(zip(own, said[begin:end], strict=True))
        for own, (begin, end) in zip(numbers, pairwise(ends), strict=True)
    ]


def _two(seen: Seen, lines: Sequence[str]) -> tuple[str, str] | None:
    """The two languages of most sure lines, if the second has its share."""
    chars: Counter[str] = Counter()
    for number, scores in seen.items():
        code = next(iter(scores))
        if scores[code] >= SURE and code not in (UNDETERMINED, NO_LANGUAGE):
            chars[code] += len(lines[number])
    most = sorted(chars.items(), key=lambda each: (-each[1], each[0]))[:2]
    if len(most) < 2 or most[1][1] < SECOND_SHARE * chars.total():
        return None
    first, second = (code for code, _ in most)
    return None if macrolanguage(first) == macrolanguage(second) else (first, second)


def _parted(lines: Sequence[str], seen: Seen, two: tuple[str, str]) -> list[str]:
    """The lines of the first language, and those of the second; what says nothing goes with the line before."""
    sides: tuple[list[str], list[str]] = ([], [])
    side = 0
    for number, line in enumerate(lines):
        first, second = (seen.get(number, {}).get(code, 0.0) for code in two)
        if first or second:
            side = int(second > first)
        sides[side].append(line)
    return ["\n".join(each) for each in sides if each]
