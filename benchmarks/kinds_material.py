"""What benchmarks/quality_kinds.py makes its documents of: a language's clean sentences, and names of our own."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import category
from zlib import crc32

import pyarrow as pa
import regex
from spun_pages import PIECE, SENTENCE, UNSPACED, WORD

from ccnet_lite.quality.heuristics import measure

MOST_PROSE = 300
"""Documents of prose of a language that are cut into sentences."""
SENTENCE_CHARS, WORD_CHARS, MOST_WORDS = 300, 3, 600
"""Longer sentences are left out; shorter words; the commonest words of a language."""
_MARKS = regex.compile(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$")
_STOP = regex.compile(r"(?<=[.!?।۔؟။።՝։])\s+|(?<=[。！？])")


class Short(Exception):
    """A language's text is too short for a document."""


class Material:
    """A language's sentences, its words by how common they are, and names in its script, if there are any."""

    def __init__(self, kind: str, language: str, sentences: list[str]) -> None:
        self.kind, self.language = kind, language
        self.sentences = list(dict.fromkeys(each for each in sentences if len(each) <= SENTENCE_CHARS))
        text = "\n".join(self.sentences)
        self.unspaced = len(UNSPACED.findall(text)) > 0.3 * len(text)
        found: pa.Array = measure([text])["script"]
        self.script = str(found[0].as_py())
        least = 2 if self.unspaced or self.script in ("Hang", "Kore") else WORD_CHARS
        self.parts = PIECE if self.unspaced else WORD
        counts = Counter(
            word for word in self.parts.findall(text) if len(word) >= least and category(word[0])[0] == "L"
        )
        self.words = list(dict.fromkeys(word.lower() for word, _ in counts.most_common(MOST_WORDS)))
        self.names = pool_of(self.script, language)

    @property
    def half(self) -> int:
        """0 or 1, by the checksum of the language's code."""
        return crc32(self.language.encode()) % 2


@cache
def _pools() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "kinds_words.toml").read_text(encoding="utf-8"))


def shared(name: str) -> str:
    """Words, or letters, that are of no language."""
    return str(_pools()["shared"][name])


def pool_of(script: str, language: str) -> dict[str, Any] | None:
    """The names for a text: of its language, else for any language of its script; None where there are none."""
    ours = [pool for pool in _pools().values() if script in pool["scripts"]]
    own = [pool for pool in ours if language in pool.get("languages", ())]
    ours = own or [pool for pool in ours if "languages" not in pool]
    return ours[crc32(f"names {language}".encode()) % len(ours)] if ours else None


class Draw:
    """What one document takes: sentences one behind another from a place of its own on, each once."""

    def __init__(self, material: Material, rng: Random) -> None:
        self.of, self.rng = material, rng
        self._at = rng.randrange(len(material.sentences))
        self._left = len(material.sentences)
        self._chopped: list[str] = []

    def sentence(self) -> str:
        """The next one."""
        if self._left == 0:
            raise Short
        self._left -= 1
        self._at = (self._at + 1) % len(self.of.sentences)
        return self.of.sentences[self._at]

    def text(self, n: int) -> str:
        """The next n sentences, as a paragraph."""
        return ("" if self.of.unspaced else " ").join(self.sentence() for _ in range(n))

    def phrase(self, n: int) -> str:
        """The next n words of a sentence, fewer at its end, with the signs between them and none around them."""
        while not self._chopped:
            sentence = self.sentence()
            whole = self.of.parts.findall(sentence) if self.of.unspaced else sentence.split()
            self._chopped = [part for part in (_MARKS.sub("", part) for part in whole) if part]
        taken, self._chopped = self._chopped[:n], self._chopped[n:]
        if len(self._chopped) < 2:
            taken, self._chopped = taken + self._chopped, []
        return ("" if self.of.unspaced else " ").join(taken)

    def words(self, n: int) -> list[str]:
        """N different words."""
        if n > len(self.of.words):
            raise Short
        return self.rng.sample(self.of.words, n)

    def word(self) -> str:
        """Some word."""
        return self.rng.choice(self.of.words)

    def title(self) -> str:
        """A phrase with a capital."""
        phrase = self.phrase(3)
        return phrase[0].upper() + phrase[1:]

    def name(self) -> str:
        """A full name; common ones come more often. Raises Short where there is none in the script."""
        pool = self._pool()
        first, last = pool["first"].split(), pool["last"].split()
        some = self.rng.sample(first, 3)
        family = _often(self.rng, last) if last else ""
        made = []
        for char in pool["order"]:
            made.append(some.pop() if char == "F" else family if char == "L" else char)
            family = self.rng.choice(last) if char == "L" else family
        return "".join(made)

    def names(self, n: int) -> list[str]:
        """Different full names, in no order."""
        found = list(dict.fromkeys(self.name() for _ in range(3 * n)))
        return found[:n]

    def first(self) -> str:
        """A first name."""
        return str(self.rng.choice(self._pool()["first"].split()))

    def places(self, n: int = 8) -> list[str]:
        """Different places, eight at most."""
        found: list[str] = self.rng.sample(self._pool()["places"].split(), n)
        return found

    def number(self, low: int = 1, high: int = 99) -> int:
        """A number."""
        return self.rng.randint(low, high)

    def _pool(self) -> dict[str, Any]:
        if self.of.names is None:
            raise Short
        return self.of.names


def _often(rng: Random, names: list[str]) -> str:
    """A name, by Zipf half of the time."""
    if rng.random() < 0.5:
        return names[min(int(rng.paretovariate(0.7)) - 1, len(names) - 1)]
    return rng.choice(names)


def materials(data: Path, half: int | None = None) -> Iterator[Material]:
    """Of each language of DATA/text/prose and each file of DATA/text/lid; or of half of the languages."""
    for folder in sorted((data / "text" / "prose").iterdir()):
        found: list[str] = []
        for file in sorted(folder.glob("*.jsonl")):
            for row in file.read_text(encoding="utf-8").splitlines()[:MOST_PROSE]:
                for line in json.loads(row)["text"].split("\n"):
                    found += [part.strip() for part in _STOP.split(line) if len(part.strip()) > 10]
        if half in (None, crc32(folder.name.encode()) % 2):
            yield Material("prose", folder.name, found)
    for file in sorted((data / "text" / "lid").rglob("*.txt")):
        rows = file.read_text(encoding="utf-8").splitlines()
        lines = [re.sub(r"\s+", " ", line).strip() for line in rows]
        if half in (None, crc32(file.stem.encode()) % 2):
            parts = [part for line in lines for part in SENTENCE.split(line) if len(part) > 3]
            yield Material(file.relative_to(data / "text" / "lid").parts[0], file.stem, parts)
