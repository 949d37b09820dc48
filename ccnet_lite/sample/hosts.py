"""Web sites: a domain, and the lines that it repeats on every page (name, motto, menu, cookie note, footer).

Menus differ from host to host; cookie notes are common to many hosts of a language, as on the web.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ccnet_lite.sample.draw import between, chance, pick, shuffled, stream
from ccnet_lite.sample.prose import Choices, Language, sentence

FIRST = [
    *("amber", "blue", "copper", "distant", "early", "fern", "golden"),
    *("hollow", "iron", "juniper", "kindly", "linen", "maple", "north"),
]
SECOND = [
    *("acre", "bell", "courier", "drum", "echo", "field", "gate"),
    *("herald", "island", "journal", "kettle", "lantern", "mirror", "notebook"),
]
DOCUMENTS_OF_A_HOST = 11  # on the average


@dataclass(frozen=True)
class Host:
    """One web site. `header` stands above every page's own text, `footer` below it."""

    domain: str
    name: str
    language: Language
    menu: tuple[str, ...]
    cookie: str
    cookie_first: bool
    motto: str
    teasers: tuple[str, ...]
    closing: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The lines above a page's own text."""
        top = (self.cookie,) if self.cookie_first else ()
        return (*top, self.name, self.motto, *self.menu)

    @property
    def footer(self) -> tuple[str, ...]:
        """The lines below it."""
        bottom = () if self.cookie_first else (self.cookie,)
        return (*self.teasers, *self.closing, *bottom)


def hosts_of(language: Language, documents: int, seed: int) -> tuple[Host, ...]:
    """The sites that share a language's documents: at least three, so that a copy can change hosts."""
    rng = stream(seed, "hosts", language.code)
    names = shuffled(rng, [(first, second) for first in FIRST for second in SECOND])
    count = min(len(names), max(3, round(documents / DOCUMENTS_OF_A_HOST)))
    return tuple(_host(language, names[index], seed) for index in range(count))


def _host(language: Language, words: tuple[str, str], seed: int) -> Host:
    name = " ".join(words).title()
    domain = f"{''.join(words)}.{language.code}.example"
    rng = stream(seed, "host", domain)
    if chance(rng, 0.5):
        domain = f"www.{domain}"
    closing = [line.format(site=name) for line in _some(rng, language.footers, 2, 4)]
    return Host(
        domain=domain,
        name=name,
        language=language,
        menu=tuple(_some(rng, language.menu, 6, 11)),
        cookie=pick(rng, language.cookies),
        cookie_first=chance(rng, 0.3),
        motto=headline(language, rng),
        teasers=tuple(headline(language, rng) for _ in range(between(rng, 2, 4))),
        closing=(*closing, f"mail@{domain.removeprefix('www.')}"),
    )


def headline(language: Language, rng: Random) -> str:
    """The title of some article."""
    topic = pick(rng, language.topics)
    return sentence(language, pick(rng, topic.titles), rng, Choices(constant=rng.random()))


def _some(rng: Random, items: Sequence[str], low: int, high: int) -> list[str]:
    """Between low and high of the items, in their own order."""
    chosen = set(shuffled(rng, range(len(items)))[: between(rng, low, high)])
    return [item for index, item in enumerate(items) if index in chosen]
