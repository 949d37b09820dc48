"""Sentences, paragraphs and articles of one language from its template file (text/xx.toml).

A template is a sentence with slots: `{name}` stands for one of the language's fillers of that name
(which may hold slots themselves), `{3-40}` for a whole number from 3 to 40. Nothing here conjugates:
fillers are written in the form that their slot needs. What a file must hold is checked by the tests.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from random import Random

from ccnet_lite.sample.draw import between, pick, shuffled

SLOT = re.compile(r"\{(?:(\d+)-(\d+)|([a-z_]+))\}")
TURKISH_INITIALS = {"i": "İ", "ı": "I"}


@dataclass(frozen=True)
class Topic:
    """What one paragraph is about: titles for an article that opens with it, and its sentences."""

    titles: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One language's text: templates, and what the sites written in it repeat on every page."""

    code: str  # the label of lid.176: "en"
    iso639_3: str  # Common Crawl's own label: "eng"
    script: str  # ISO 15924: "Latn"
    share: float  # relative number of documents in the crawl
    space: str  # between sentences: " ", or "" where the script uses none
    reference: bool  # has reference prose (a language model can be trained)
    min_chars: int  # the least an article holds
    constant: tuple[str, ...]  # slots that keep their choice within an article (inflected forms of one word)
    slots: Mapping[str, tuple[str, ...]]
    topics: tuple[Topic, ...]
    menu: tuple[str, ...]
    cookies: tuple[str, ...]
    footers: tuple[str, ...]
    errors: tuple[str, ...]
    spam: tuple[str, ...]


@dataclass
class Choices:
    """What an article has used so far, so that it does not say the same thing twice in a row."""

    constant: float = 0.0
    used: dict[str, set[str]] = field(default_factory=dict)


def language_codes() -> tuple[str, ...]:
    """The codes of all languages with a template file, sorted."""
    folder = resources.files("ccnet_lite.sample").joinpath("text")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_language(code: str) -> Language:
    """Read text/CODE.toml; FileNotFoundError where there is none, KeyError where a key is missing."""
    source = resources.files("ccnet_lite.sample").joinpath("text", f"{code}.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    site = raw["site"]
    return Language(
        code=code,
        iso639_3=raw["iso639_3"],
        script=raw["script"],
        share=raw["share"],
        space=raw.get("space", " "),
        reference=raw.get("reference", False),
        min_chars=raw.get("min_chars", 620),
        constant=tuple(raw.get("constant", ())),
        slots={name: tuple(fillers) for name, fillers in raw["slots"].items()},
        topics=tuple(Topic(tuple(topic["titles"]), tuple(topic["sentences"])) for topic in raw["topics"].values()),
        menu=tuple(site["menu"]),
        cookies=tuple(site["cookies"]),
        footers=tuple(site["footers"]),
        errors=tuple(site["errors"]),
        spam=tuple(raw.get("spam", ())),
    )


def third_of(language: Language) -> Language:
    """The language with every third of its sentences and fillers: much of the web is in no encyclopedia."""

    def third(held: tuple[str, ...]) -> tuple[str, ...]:
        return held[::3]

    slots = {name: held if name in language.constant else third(held) for name, held in language.slots.items()}
    topics = tuple(Topic(topic.titles, third(topic.sentences)) for topic in language.topics)
    return replace(language, slots=slots, topics=topics)


def expand(language: Language, template: str, rng: Random, choices: Choices) -> str:
    """The template with every slot filled, fillers not used before in this article first.

    >>> expand(load_language("en"), "In {month} {3-9} boats came.", Random(0), Choices())
    'In November 8 boats came.'
    """

    def fill(match: re.Match[str]) -> str:
        low, high, name = match.groups()
        if name is None:
            return str(between(rng, int(low), int(high)))
        fillers = language.slots[name]
        if name in language.constant:
            return expand(language, fillers[int(choices.constant * len(fillers))], rng, choices)
        return expand(language, _fresh(name, fillers, rng, choices), rng, choices)

    return SLOT.sub(fill, template)


def _fresh(name: str, options: tuple[str, ...], rng: Random, choices: Choices) -> str:
    used = choices.used.setdefault(name, set())
    left = [option for option in options if option not in used]
    if not left:
        used.clear()
        left = list(options)
    chosen = pick(rng, left)
    used.add(chosen)
    return chosen


def sentence(language: Language, template: str, rng: Random, choices: Choices) -> str:
    """A template expanded, with a capital first where the script has them."""
    text = expand(language, template, rng, choices)
    first = TURKISH_INITIALS.get(text[0], text[0].upper()) if language.code == "tr" else text[0].upper()
    return first + text[1:]


def paragraph(language: Language, topic: Topic, count: int, rng: Random, choices: Choices) -> str:
    """`count` sentences on a topic as one line."""
    name = topic.sentences[0]  # a topic is told from another by its first sentence
    templates = [_fresh(name, topic.sentences, rng, choices) for _ in range(count)]
    return language.space.join(sentence(language, template, rng, choices) for template in templates)


def article(language: Language, rng: Random, paragraphs: int) -> tuple[str, list[str]]:
    """A title and its paragraphs: at least as many as asked, and at least `min_chars` characters.

    Paragraphs go through the topics in a random order; the title belongs to the first one.
    """
    choices = Choices(constant=rng.random())
    topics = shuffled(rng, language.topics)
    title = sentence(language, pick(rng, topics[0].titles), rng, choices)
    lines: list[str] = []
    while len(lines) < paragraphs or sum(map(len, lines)) < language.min_chars:
        topic = topics[len(lines) % len(topics)]
        lines.append(paragraph(language, topic, between(rng, 2, 4), rng, choices))
    return title, lines
