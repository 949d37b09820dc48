"""Spun pages made of clean ones: what spammers do to a text so that it is new to machines and old to readers.

Each trick is a function of a text, a share of its words and a random generator. Deterministic by the seed.
"""

import math
from collections.abc import Callable
from itertools import groupby
from random import Random

import regex

WORD = regex.compile(r"[\p{L}\p{M}]+")
PIECE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]{1,2}|[\p{L}\p{M}--\p{Han}--\p{Hiragana}--\p{Katakana}]{1,5}", regex.V1
)
"""As long as words are that have no spaces between them."""
LETTER = regex.compile(r"[\u0f40-\u0fbc]+|\X")
"""One with its marks; in Tibetan a syllable."""
UNSPACED = regex.compile(
    r"[\p{L}\p{M}&&[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Yi}]]",
    regex.V1,
)
SENTENCE = regex.compile(r"(?<=[.!?։।۔؟።])\s+")
TO_CYRILLIC = dict(zip("aceopxyijsABCEHKMOPTX", "асеорхуіјѕАВСЕНКМОРТХ", strict=True))
TO_GREEK = dict(zip("aopvABEHIKMNOTXYZ", "αορνΑΒΕΗΙΚΜΝΟΤΧΥΖ", strict=True))
TO_OTHERS = {"o": "օ", "n": "ո", "u": "ս", "h": "հ", "g": "ց", "D": "Ꭰ", "S": "Ꮪ", "W": "Ꮃ", "O": "ꓳ", "T": "ꓔ"}
TO_LATIN = {cyrillic: latin for latin, cyrillic in TO_CYRILLIC.items() if latin not in "ijs"}
GREEK_TO_LATIN = {greek: latin for latin, greek in TO_GREEK.items()}
ARMENIAN_TO_LATIN = {other: latin for latin, other in TO_OTHERS.items() if latin in "onuhg"}
LOOK_ALIKES = {
    "cyrillic": TO_CYRILLIC,
    "greek": TO_GREEK,
    "armenian_cherokee_lisu": TO_OTHERS,
    "latin_in_cyrillic": TO_LATIN,
    "latin_in_greek": GREEK_TO_LATIN,
    "latin_in_armenian": ARMENIAN_TO_LATIN,
}
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff"


def in_words(
    text: str,
    share: float,
    rng: Random,
    fits: Callable[[str], bool],
    change: Callable[[str], str],
    word: regex.Pattern[str] = WORD,
) -> str:
    """A text with a share of all its words changed (rounded up), or as it was where too few fit."""
    words = list(word.finditer(text))
    fitting = [number for number, word in enumerate(words) if fits(word.group())]
    count = math.ceil(share * len(words))
    if count > len(fitting):
        return text
    chosen = set(rng.sample(fitting, count))
    pieces, done = [], 0
    for number, word in enumerate(words):
        if number in chosen:
            pieces += [text[done : word.start()], change(word.group())]
            done = word.end()
    return "".join([*pieces, text[done:]])


def homoglyphs(table: dict[str, str]) -> Callable[[str, float, Random], str]:
    """One to all of a word's letters that the table has become look-alikes, not all letters of the word."""

    def spin(text: str, share: float, rng: Random) -> str:
        def change(word: str) -> str:
            places = [at for at, char in enumerate(word) if char in table]
            most = min(len(places), max(1, len(word) // 2))
            chosen = set(rng.sample(places, rng.randint(1, most)))
            return "".join(table[char] if at in chosen else char for at, char in enumerate(word))

        return in_words(text, share, rng, lambda word: len(word) >= 2 and any(c in table for c in word), change)

    return spin


def zero_width(text: str, share: float, rng: Random, word: regex.Pattern[str] = WORD) -> str:
    """An invisible character between two letters of a word."""

    def change(word: str) -> str:
        at = rng.randint(1, len(word) - 1)
        return word[:at] + rng.choice(HIDDEN) + word[at:]

    return in_words(text, share, rng, lambda word: len(word) >= 2, change, word)


def zero_width_unspaced(text: str, share: float, rng: Random) -> str:
    """The same, in pieces of a word's length."""
    return zero_width(text, share, rng, PIECE)


def costume(start: int) -> Callable[[str, float, Random], str]:
    """Words in letters that follow `start` as the alphabet does, capitals as small ones."""

    def change(word: str) -> str:
        return "".join(chr(start + ord(char.lower()) - 97) if char.isascii() else char for char in word)

    return lambda text, share, rng: in_words(
        text, share, rng, lambda word: sum(char.isascii() for char in word) >= 3, change
    )


def zalgo(text: str, share: float, rng: Random) -> str:
    """Four to twelve accents on each letter."""

    def change(word: str) -> str:
        return "".join(
            char + "".join(chr(rng.randint(0x300, 0x36F)) for _ in range(rng.randint(4, 12))) for char in word
        )

    return in_words(text, share, rng, lambda word: True, change)


def struck(text: str, share: float, rng: Random) -> str:
    """Each letter of a word struck out."""
    return in_words(
        text, share, rng, lambda word: len(word) >= 2, lambda word: "".join(f"{c}\u0336" for c in word)
    )


def scrambled(text: str, share: float, rng: Random) -> str:
    """All words in random order, punctuation left on them."""
    words = text.split()
    rng.shuffle(words)
    return " ".join(words)


def scrambled_lines(text: str, share: float, rng: Random) -> str:
    """The words of each line in random order."""
    return "\n".join(scrambled(line, share, rng) for line in text.split("\n"))


def scrambled_sentences(text: str, share: float, rng: Random) -> str:
    """The words of each sentence in random order, its full stop on the word that had it."""
    lines = (SENTENCE.split(line) for line in text.split("\n"))
    return "\n".join(" ".join(scrambled(part, share, rng) for part in line) for line in lines)


def letters_of(text: str) -> list[tuple[str, bool]]:
    """A text's letters, and what lies between them; whether it is a letter of a script without spaces."""
    return [(part, bool(UNSPACED.match(part))) for part in LETTER.findall(text)]


def phrases_of(text: str) -> list[list[tuple[str, bool]]]:
    """The runs of such letters, and of what is between them."""
    return [list(run) for _, run in groupby(letters_of(text), lambda part: part[1])]


def _shuffled(parts: list[tuple[str, bool]], rng: Random) -> str:
    """Parts that are letters in random order, what is between them in its place."""
    chosen = [part for part, ours in parts if ours]
    rng.shuffle(chosen)
    left = iter(chosen)
    return "".join(next(left) if ours else part for part, ours in parts)


def scrambled_letters(text: str, share: float, rng: Random) -> str:
    """All letters in random order, signs and spaces where they were."""
    return _shuffled(letters_of(text), rng)


def scrambled_letters_of_phrases(text: str, share: float, rng: Random) -> str:
    """The letters between two signs or spaces in random order."""
    return "".join(_shuffled(run, rng) for run in phrases_of(text))


def scrambled_pieces(text: str, share: float, rng: Random, join: Callable[[str, str], bool] | None = None) -> str:
    """Pieces of one to three letters in random order; or of letters that belong together, up to five."""
    parts: list[tuple[str, bool]] = []
    for run in phrases_of(text):
        piece, most = "", rng.randint(1, 3)
        for at, (part, ours) in enumerate(run):
            ends = not join(run[at - 1][0], part) if join and at else False
            if piece and ours and (ends or len(letters_of(piece)) >= (5 if join else most)):
                parts.append((piece, True))
                piece, most = "", rng.randint(1, 3)
            piece += part
        parts.append((piece, run[0][1]))
    return _shuffled(parts, rng)


def unspaced(text: str) -> bool:
    """Whether a text is in a script without spaces."""
    return len(UNSPACED.findall(text)) > 0.3 * len(text)


def _long_words(text: str) -> list[str]:
    """Words of four letters and more; where no spaces are written, pieces of a word's length."""
    if unspaced(text):
        return [piece for piece in PIECE.findall(text) if len(piece) > 1]
    return [word.group().lower() for word in WORD.finditer(text) if len(word.group()) > 3]


def keywords(between: str = ", ", before: str = "", n_heads: int = 4) -> Callable[[str, float, Random], str]:
    """A list of search phrases: two to four words of the text's longer ones, a few of them again and again.

    Where no spaces are written, the words of a phrase stand together, the repeated one anywhere in it.
    """

    def spin(text: str, share: float, rng: Random) -> str:
        words = _long_words(text)
        if len(words) < 10:
            return text
        heads = rng.sample(words, min(n_heads, len(words)))
        phrases = [
            [rng.choice(heads), *rng.sample(words, rng.randint(1, 3))] for _ in range(20 * (2 + n_heads // 4))
        ]
        if unspaced(text) and not before:
            return between.join("".join(rng.sample(phrase, len(phrase))) for phrase in phrases)
        return between.join(" ".join(before + word for word in phrase) for phrase in phrases)

    return spin


def swapped_names(between: str) -> Callable[[str, float, Random], str]:
    """One phrase of three words of the text with 25 names in turn, twice."""

    def spin(text: str, share: float, rng: Random) -> str:
        names = sorted(set(_long_words(text)))
        if len(names) < 30:
            return text
        words = names if unspaced(text) else [word.group().lower() for word in WORD.finditer(text)]
        phrase, within = rng.sample(words, 3), "" if unspaced(text) else " "
        phrases = [within.join([*phrase, name]) for name in rng.sample(names, 25)] * 2
        rng.shuffle(phrases)
        return between.join(phrases)

    return spin


def permuted_phrases(text: str, share: float, rng: Random) -> str:
    """Sixty phrases of three of eight words, with nothing between them."""
    words = sorted(set(_long_words(text)))
    if len(words) < 8:
        return text
    some = rng.sample(words, 8)
    return " ".join(" ".join(rng.sample(some, 3)) for _ in range(60))


def titles(text: str, share: float, rng: Random) -> str:
    """Thirty titles of six words, a line each: one of three makers, one of three wares, four words more."""
    words = sorted(set(_long_words(text)))
    if len(words) < 12:
        return text
    heads = rng.sample(words, 6)
    made = ([rng.choice(heads[:3]), rng.choice(heads[3:]), *rng.sample(words, 4)] for _ in range(30))
    return "\n".join(" ".join(word.capitalize() for word in title) for title in made)


def accents_alone(text: str, share: float, rng: Random) -> str:
    """No letter, an accent for each of the text's characters."""
    return "\u0301" * len(text)


WORD_TRICKS: dict[str, Callable[[str, float, Random], str]] = {
    **{f"look-alikes: {name}": homoglyphs(table) for name, table in LOOK_ALIKES.items()},
    "invisible characters": zero_width,
    "mathematical letters": costume(0x1D41A),
    "enclosed letters": costume(0x24D0),
    "full-width letters": costume(0xFF41),
    "accents piled up": zalgo,
    "struck-out letters": struck,
}
UNSPACED_TRICKS: dict[str, Callable[[str, float, Random], str]] = {
    "invisible characters": zero_width_unspaced,
    "letters in random order": scrambled_letters,
}
PAGE_TRICKS: dict[str, Callable[[str, float, Random], str]] = {
    "accents alone": accents_alone,
    "words in random order": scrambled,
    "random order within lines": scrambled_lines,
    "random order within sentences": scrambled_sentences,
    "keyword lists": keywords(),
    "keyword lists, no commas": keywords(" "),
    "keyword lists, a line each": keywords("\n"),
    "hashtags": keywords(" ", "#"),
    "keyword lists, twelve heads": keywords(n_heads=12),
    "names in one phrase": swapped_names(", "),
    "names in one phrase, no commas": swapped_names(" "),
    "phrases permuted": permuted_phrases,
    "product titles": titles,
}
