"""What goes wrong on the web, made to order: near copies, spam, look-alike letters, tables, scrambled text.

Each function takes lines (or a language) and a seeded generator and gives lines. `jaccard` measures how
like two texts are, independently of the pipeline's own shingles, so that truth does not depend on them.
"""

import unicodedata
from collections.abc import Sequence
from random import Random

from ccnet_lite.sample.draw import between, chance, pick, shuffled
from ccnet_lite.sample.prose import Language, article

# Letters of Cyrillic and Greek that look like Latin ones in most fonts.
LOOKALIKES = {
    "a": "аα", "c": "с", "e": "е", "i": "і", "j": "ј", "o": "оο", "p": "рρ", "s": "ѕ", "v": "ν", "x": "х",
    "y": "у", "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "K": "КΚ", "M": "МΜ",
    "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "УΥ", "Z": "Ζ",
}  # fmt: skip
UNSPACED = {"Hans", "Jpan", "Thai"}
UNITS = ("kg", "m²", "%", "€", "°C", "km/h", "mm", "Hz", "±", "≈")


def words_of(language: Language, line: str) -> list[str]:
    """What an edit changes one of: words, or characters in scripts that put no spaces between words."""
    return list(line) if language.script in UNSPACED else line.split(" ")


def near_copy(language: Language, lines: Sequence[str], rate: float, rng: Random) -> list[str]:
    """The lines with a share `rate` of their words replaced by others of the text, doubled or left out."""
    joiner = "" if language.script in UNSPACED else " "
    pool = [word for line in lines for word in words_of(language, line)]
    out = []
    for line in lines:
        words: list[str] = []
        for word in words_of(language, line):
            if not chance(rng, rate):
                words.append(word)
            elif chance(rng, 0.7):
                words.append(pick(rng, pool))
            elif chance(rng, 0.5):
                words += [word, word]
        out.append(joiner.join(words))
    return out


def spin(lines: Sequence[str], share: float, rng: Random) -> list[str]:
    """The lines with look-alike letters of other scripts in a share of the words."""
    out = []
    for line in lines:
        words = line.split(" ")
        # A word of one letter would change its script as a whole, and not mix two.
        able = [at for at, word in enumerate(words) if len(word) > 2 and LOOKALIKES.keys() & set(word)]
        for at in shuffled(rng, able)[: round(share * len(words))]:
            words[at] = _spun(words[at], rng)
        out.append(" ".join(words))
    return out


def _spun(word: str, rng: Random) -> str:
    places = [place for place, letter in enumerate(word) if letter in LOOKALIKES]
    letters = list(word)
    for place in shuffled(rng, places)[: max(1, len(places) // 2)]:
        letters[place] = pick(rng, LOOKALIKES[letters[place]])
    return "".join(letters)


def spam(language: Language, rng: Random) -> list[str]:
    """Key words over and over: one phrase for sale, the rest of the list around it."""
    ware, *others = shuffled(rng, language.spam)
    lines = []
    for _ in range(between(rng, 8, 16)):
        words = [ware, ware]
        for other in shuffled(rng, others)[: between(rng, 1, 3)]:
            words += [ware, other, ware]
        lines.append(" ".join(words))
    return lines


def table(rng: Random) -> list[str]:
    """Rows of figures and signs, in no language."""
    return [
        " | ".join(
            f"{between(rng, 0, 999)}.{between(rng, 0, 99):02d} {pick(rng, UNITS)}"
            for _ in range(between(rng, 5, 8))
        )
        for _ in range(between(rng, 14, 30))
    ]


def scrambled(language: Language, lines: Sequence[str], rng: Random) -> list[str]:
    """The lines with the words of each in a random order: right words, no grammar."""
    joiner = "" if language.script in UNSPACED else " "
    return [joiner.join(shuffled(rng, words_of(language, line))) for line in lines]


def mixed(languages: Sequence[Language], rng: Random) -> list[str]:
    """Paragraphs of several languages in turn, in equal parts."""
    articles = [article(language, rng, 4)[1] for language in languages]
    return [line for lines in zip(*articles, strict=False) for line in lines]


def repeated(lines: Sequence[str], rng: Random) -> list[str]:
    """A page that says the same few paragraphs again and again."""
    few = list(lines[:2])
    return few * between(rng, 5, 9)


def shingles(language: Language, lines: Sequence[str], size: int = 5) -> set[tuple[str, ...]]:
    """The sets of 5 words (5 characters in scripts without spaces) that follow one another.

    Case, punctuation and spacing don't count; marks stay with their letters.
    """
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in "\n".join(lines).casefold()
    )
    words = list("".join(kept.split())) if language.script in UNSPACED else kept.split()
    return {tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1))}


def jaccard(language: Language, first: Sequence[str], second: Sequence[str]) -> float:
    """Shingles in both texts over shingles in either, rounded to 4 decimals."""
    a, b = shingles(language, first), shingles(language, second)
    return round(len(a & b) / len(a | b), 4)
