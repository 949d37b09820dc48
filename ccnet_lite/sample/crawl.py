"""The pages of the sample crawl: which languages, which sites, which plants, and what is true of each.

Pages only: bytes are made in shards.py. Copies are made of originals and never of copies, and each
original is copied by one plant at most, so that a family of copies is a star around its original.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from ccnet_lite.sample.draw import between, pick, shuffled, stream
from ccnet_lite.sample.hosts import Host, headline, hosts_of
from ccnet_lite.sample.plants import jaccard, mixed, near_copy, repeated, scrambled, spam, spin, table
from ccnet_lite.sample.prose import Language, article, language_codes, load_language

UNWANTED = "eo"  # the language that stands for those a policy leaves out
LEAST_OF_A_LANGUAGE = 5  # documents

# Shares of the crawl. What they leave over is originals.
SHARES = {
    "exact": 0.04,  # the same body again on the same host
    "exact_elsewhere": 0.07,  # the same body under another host's menu
    "near": 0.09,  # 1-10 % of the words edited, on another host
    "syndicated": 0.05,  # one article on several hosts, with a line of the host's own on top
    "boilerplate": 0.02,  # menu, cookie note and footer only
    "spam": 0.025,
    "homoglyph": 0.025,  # another page's text with look-alike letters in 20-40 % of the words
    "short": 0.035,  # error pages and the like
    "mixed": 0.012,  # several languages in turn
    "table": 0.01,  # figures and signs
    "repeated": 0.008,  # few paragraphs many times
    "scrambled": 0.012,  # words in a random order
    "unwanted": 0.01,  # a language that the policy may not want
    "bullets": 0.008,  # a list of headlines
    "digest": 0.01,  # paragraphs of several other pages, like none of them as a whole
}
EDIT_RATES = (0.01, 0.01, 0.01, 0.02, 0.02, 0.03, 0.05, 0.1)
MIXTURES = (
    ("en", "de", "fr", "es", "it", "pl"),
    ("tr", "id", "vi", "sw"),
    ("cy", "is", "sw", "eo"),
    ("es", "it"),
)


@dataclass(frozen=True)
class Page:
    """A page, and the truth about it. `body` is its own text, line by line, without the site's lines."""

    url: str
    host: Host
    language: str | None  # the label of lid.176; None where there is none to tell
    kind: str
    title: str
    body: tuple[str, ...]
    of: str | None = None  # URL of the page this is a copy of
    jaccard: float | None = None  # of the 5-gram sets of the two bodies
    languages: tuple[str, ...] = ()  # ISO 639-3, as Common Crawl labels a record
    bare: bool = False  # without the site's lines, as many an error page


@dataclass(frozen=True)
class Plan:
    """What a crawl is made of: languages by size, their hosts, and how many pages there will be."""

    languages: tuple[Language, ...]
    hosts: dict[str, tuple[Host, ...]]
    documents: int
    seed: int


def make_plan(documents: int, seed: int) -> Plan:
    """Languages largest first, with the hosts that share their documents."""
    languages = sorted((load_language(code) for code in language_codes()), key=lambda one: (-one.share, one.code))
    total = sum(language.share for language in languages)
    hosts = {one.code: hosts_of(one, round(documents * one.share / total), seed) for one in languages}
    return Plan(tuple(languages), hosts, documents, seed)


def web_pages(plan: Plan) -> list[Page]:
    """The pages of the WET shards: originals, then plants, in the order of SHARES, then shuffled."""
    counts = {kind: max(4, round(plan.documents * share)) for kind, share in SHARES.items()}
    originals = list(_originals(plan, plan.documents - sum(counts.values())))
    sources = iter(shuffled(stream(plan.seed, "sources"), originals))
    pages = list(originals)
    for kind, count in counts.items():
        numbers = stream(plan.seed, "plants", kind)
        if kind in ("exact", "exact_elsewhere", "near"):
            pages += [_copy(plan, kind, next(sources), numbers) for _ in range(count)]
        elif kind == "syndicated":
            pages += _syndicated(plan, sources, count, numbers)
        else:
            pages += [_plant(plan, kind, originals, number, numbers) for number in range(count)]
    return shuffled(stream(plan.seed, "order"), pages)


def fresh_page(plan: Plan, language: Language, *name: object) -> Page:
    """A page with an article of its own; `name` says which."""
    rng = stream(plan.seed, "page", language.code, *name)
    host = pick(rng, plan.hosts[language.code])
    title, body = article(language, rng, between(rng, 3, 9))
    return _page(plan, host, "original", title, body, "article", *name)


def _page(plan: Plan, host: Host, kind: str, title: str, body: list[str], *name: object) -> Page:
    rng = stream(plan.seed, "url", host.domain, *name)
    path = f"{between(rng, 2012, 2024)}/{between(rng, 1, 12):02d}/{'-'.join(str(part) for part in name)}.html"
    code = host.language.code
    url = f"https://{host.domain}/{path}"
    return Page(url, host, code, kind, title, tuple(body), languages=(host.language.iso639_3,))


def _originals(plan: Plan, count: int) -> Iterator[Page]:
    wanted = [language for language in plan.languages if language.code != UNWANTED]
    total = sum(language.share for language in wanted)
    # The largest language takes what rounding leaves over or short.
    sizes = [max(LEAST_OF_A_LANGUAGE, round(count * language.share / total)) for language in wanted]
    sizes[0] += count - sum(sizes)
    for language, size in zip(wanted, sizes, strict=True):
        for number in range(size):
            yield fresh_page(plan, language, number)


def _other_host(plan: Plan, page: Page, rng: Random) -> Host:
    return pick(rng, [host for host in plan.hosts[page.host.language.code] if host != page.host])


def _copy(plan: Plan, kind: str, source: Page, rng: Random) -> Page:
    language = source.host.language
    body = list(source.body)
    while kind == "near" and body == list(source.body):  # a low rate may spare every word
        body = near_copy(language, source.body, pick(rng, EDIT_RATES), rng)
    host = source.host if kind == "exact" else _other_host(plan, source, rng)
    copy = _page(plan, host, kind, source.title, body, kind, source.url.rpartition("-")[2].removesuffix(".html"))
    return replace(copy, of=source.url, jaccard=jaccard(language, source.body, body))


def copy_elsewhere(plan: Plan, source: Page) -> Page:
    """The body of a page under another host's menu."""
    return _copy(plan, "exact_elsewhere", source, stream(plan.seed, "elsewhere", source.url))


def _syndicated(plan: Plan, sources: Iterator[Page], count: int, rng: Random) -> list[Page]:
    pages: list[Page] = []
    while len(pages) < count:
        source = next(sources)
        language = source.host.language
        others = shuffled(rng, [host for host in plan.hosts[language.code] if host != source.host])
        for host in others[: min(between(rng, 2, 5), count - len(pages))]:
            body = [f"{host.name}: {source.title}", *source.body]
            number = source.url.rpartition("-")[2].removesuffix(".html")
            page = _page(plan, host, "syndicated", source.title, body, "agency", number)
            pages.append(replace(page, of=source.url, jaccard=jaccard(language, source.body, body)))
    return pages


def _plant(plan: Plan, kind: str, originals: list[Page], number: int, rng: Random) -> Page:
    """A page of one of the kinds that are no copies of a whole page on the web."""
    base = pick(rng, originals)
    if kind == "homoglyph":
        latin = [page for page in originals if page.host.language.script == "Latn"]
        base = pick(rng, latin)
        spun = spin(base.body, 0.2 + 0.2 * rng.random(), rng)
        page = _page(plan, _other_host(plan, base, rng), kind, base.title, spun, kind, number)
        return replace(page, of=base.url, jaccard=jaccard(base.host.language, base.body, spun))
    if kind == "mixed":
        languages = [load_language(code) for code in pick(rng, MIXTURES)]
        page = _page(plan, base.host, kind, base.title, mixed(languages, rng), kind, number)
        return replace(page, language=None, languages=tuple(one.iso639_3 for one in languages[:3]))
    if kind == "unwanted":
        page = fresh_page(plan, load_language(UNWANTED), number)
        return replace(page, kind=kind)
    if kind == "spam":
        with_spam = [language for language in plan.languages if language.spam]
        host = pick(rng, plan.hosts[pick(rng, with_spam).code])
        body = spam(host.language, rng)
        return _page(plan, host, kind, body[0][:60], body, kind, number)
    if kind == "table":
        page = _page(plan, base.host, kind, f"{base.host.name} {number + 1}", table(rng), kind, number)
        return replace(page, language=None, languages=())
    if kind == "short":
        errors = base.host.language.errors
        title = re.split("[.。।،,]", errors[0])[0]
        page = _page(plan, base.host, kind, title, [pick(rng, errors)], kind, number)
        return replace(page, bare=number % 2 == 0)
    if kind == "bullets":
        body = [f"• {headline(base.host.language, rng)}" for _ in range(between(rng, 25, 40))]
        return _page(plan, base.host, kind, base.host.name, body, kind, number)
    if kind == "digest":
        same = [page for page in originals if page.language == base.language and page != base]
        body = [pick(rng, page.body) for page in shuffled(rng, same)[:6]]
        return _page(plan, base.host, kind, base.title, body, kind, number)
    if kind == "boilerplate":
        return _page(plan, base.host, kind, base.host.name, [], kind, number)
    _, body = article(base.host.language, rng, 4)
    changed = repeated(body, rng) if kind == "repeated" else scrambled(base.host.language, body, rng)
    return _page(plan, base.host, kind, base.title, changed, kind, number)
