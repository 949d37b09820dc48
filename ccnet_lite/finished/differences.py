"""Where two texts differ, word by word, in a bounded time."""

from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_CHARS = 200_000
"""Of each text, what is looked at."""
MOST_WORDS = 1500
"""Words from the first difference on that are compared: the time is bounded by their number alone."""
LONGEST_WORD = 20
"""What is longer, as whole sentences are in scripts written without spaces, is compared by character."""


@dataclass(frozen=True)
class Stretch:
    """Text that both have (left and right are alike), or that stands for one another."""

    alike: bool
    left: str
    right: str


@dataclass(frozen=True)
class Difference:
    """Two texts as stretches, in their order; cut: whether more differs behind them that is not shown."""

    stretches: tuple[Stretch, ...]
    cut: bool


def difference(left: str, right: str) -> Difference:
    """Compare two texts by word.

    >>> difference("the old mill", "the new mill").stretches[1]
    Stretch(alike=False, left='old ', right='new ')
    """
    cut = max(len(left), len(right)) > MOST_CHARS
    first, second = words(left[:MOST_CHARS]), words(right[:MOST_CHARS])
    before = _alike(first, second)
    behind = 0 if cut else _alike(first[before:][::-1], second[before:][::-1])
    stretches = [Stretch(True, "".join(first[:before]), "".join(first[:before]))]
    one, other = first[before : len(first) - behind], second[before : len(second) - behind]
    if max(len(one), len(other)) > MOST_WORDS:
        one, other, behind, cut = one[:MOST_WORDS], other[:MOST_WORDS], 0, True
    # Its autojunk keeps what repeats all over, as hostile text does, from taking the square of the square.
    for tag, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        stretches.append(Stretch(tag == "equal", "".join(one[a:b]), "".join(other[c:d])))
    if behind:
        stretches.append(Stretch(True, "".join(first[-behind:]), "".join(first[-behind:])))
    return Difference(tuple(each for each in stretches if each.left or each.right), cut)


def _alike(first: list[str], second: list[str]) -> int:
    """How many words two lists begin with in common."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(first), len(second)))


def words(text: str) -> list[str]:
    """The words of a text, a space behind each; of a very long one its characters.

    >>> words("a  b")
    ['a ', 'b ']
    """
    found: list[str] = []
    for word in text.split():
        if len(word) > LONGEST_WORD:
            found += word[:-1]
            word = word[-1]
        found.append(f"{word} ")
    return found
