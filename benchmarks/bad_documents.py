"""Documents that nobody wants to learn from: real ones, and clean ones made bad.

Real: boilerplate of pages and messages of spam (DATA/text/noisy). Made, of clean documents in any language: see
MADE. The same documents come of the same data: chance is seeded with the document.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from unicodedata import category

import numpy as np

from ccnet_lite.quality.word_letters import letters_a_word
from ccnet_lite.text.characters import code_points
from ccnet_lite.text.scripts import dominant_script, is_unspaced

LEAST_CHARS = 500
"""Messages are joined until they have so many, as clean documents are."""


def real(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(language, kind, texts) of boilerplate and spam."""
    noisy = data / "text" / "noisy"
    yield "en", "boilerplate", [row["text"] for row in _rows(noisy / "en_article_boilerplate.jsonl")]
    for file in sorted((noisy / "boilerplate").glob("*.jsonl")):
        yield file.stem, "boilerplate", [row["text"] for row in _rows(file)]
    messages = [row["text"] for row in _rows(noisy / "en_sms_spam.jsonl") if row["quality"] != "ham"]
    yield "en", "spam", list(_joined(messages))


def made(texts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """(kind, texts): each of the texts made bad in each of the ways of MADE."""
    for kind, make in MADE.items():
        yield kind, [make(text, Random(f"{kind} {number}")) for number, text in enumerate(texts)]


def repeated_lines(text: str, chance: Random) -> str:
    """Behind half of the text one of its lines (or sentences) again and again, as many characters as that has."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 3:
        lines = [part.strip() for part in re.split(r"(?<=[.!?。！？।۔])", text) if part.strip()] or lines
    half = lines[: max(1, len(lines) // 2)]
    again = chance.choice(half)
    return "\n".join([*half, *[again] * max(2, sum(map(len, half)) // len(again))])


def repeated_phrases(text: str, chance: Random) -> str:
    """A phrase of six words put between its words until it fills half of it."""
    words, between, size = _words(text)
    start = chance.randrange(max(1, len(words) - size))
    phrase = words[start : start + size]
    every = max(1, len(phrase))
    found = [word for at in range(0, len(words), every) for word in [*words[at : at + every], *phrase]]
    return between.join(found)


def symbol_runs(text: str, chance: Random) -> str:
    """After every third to seventh word hash signs, asterisks, equals signs or dots."""
    words, between, _ = _words(text)
    gap = chance.randint(3, 7)
    marks = chance.choice(["#", "***", "====", "..."])
    found = [part for at in range(0, len(words), gap) for part in [*words[at : at + gap], marks]]
    return between.join(found)


def word_lists(text: str, chance: Random) -> str:
    """Its different words, shuffled, some to a line: a cloud of tags."""
    words, between, size = _words(text)
    chosen = list(dict.fromkeys(word.strip(".,;:!?\"'()。，、؟،") for word in words))
    chosen = [word for word in chosen if word.strip()]
    chance.shuffle(chosen)
    lines, at = [], 0
    while at < len(chosen):
        wide = chance.randint(1, 3) * (size // 6)
        lines.append(between.join(chosen[at : at + wide]))
        at += wide
    return "\n".join(lines)


MADE: dict[str, Callable[[str, Random], str]] = {
    "repeated lines": repeated_lines,
    "repeated phrases": repeated_phrases,
    "symbol runs": symbol_runs,
    "word lists": word_lists,
}


def _words(text: str) -> tuple[list[str], str, int]:
    """Words, what stands between them, and how many are a phrase; where no spaces are written, letters.

    A phrase is six words, or as many letters as six words have.
    """
    if not is_unspaced(dominant_script(text)[0]):
        return text.split(), " ", 6
    letters: list[str] = []
    for char in text:
        if letters and category(char)[0] == "M":
            letters[-1] += char
        elif not char.isspace():
            letters.append(char)
    a_word = letters_a_word(code_points(text), np.array([len(text)]), np.array([len(letters)]))
    return letters, "", round(6 * float(a_word[0]))


def _joined(texts: list[str]) -> Iterator[str]:
    held: list[str] = []
    for text in texts:
        held.append(text)
        if sum(map(len, held)) >= LEAST_CHARS:
            yield "\n".join(held)
            held = []


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
