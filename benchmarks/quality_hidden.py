"""Words hidden by other tricks than those of quality_spun.py, text read in a wrong encoding, and keyword lists.

    python benchmarks/quality_hidden.py --data DATA [--chars 3000] [--json]

Pages are made of all of DATA/text: two of each file of DATA/text/lid, its sentences taken together up to
--chars characters, four of each language of DATA/text/prose. Tricks change 5 % of the words (of four letters
and more; in scripts without spaces pieces of a word's length); encodings and lists make all of the page anew.
Languages are in two halves, by a checksum of their code: both are told, so that it shows where a rule fits one
of them alone.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import numpy as np
import regex
from quality_spun import broken, clean_sets
from spun_pages import PIECE, UNSPACED, WORD

SHARE = 0.05
PAGES = {"prose": 4}
Trick = Callable[[str, Random], str]
_CLUSTERS = regex.compile(r"\X")
_HIDDEN = {
    "controls": "\x01\x08\x1b\x7f",
    "joiners of Mongolian and Khmer": "\u180b\u180e\u17b4",
    "grapheme joiners": "\u034f",
    "fillers": "\u1160\u3164\uffa0",
    "unassigned, annotations, blanks": "\u2065\ufff9\ufffc\u2800\U000e0080",
    "variation selectors": "\ufe01\U000e0100",
    "soft hyphens": "\u00ad",
    "lost characters": "\ufffd",
}
_MARKS = {"underlines": "\u0332", "overlines": "\u0305", "acutes": "\u0301", "dots": "\u0323", "rings": "\u20dd"}
_RAISED = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_LEET = dict(zip("oieastbg", "01345789", strict=True))
_FAR = dict(zip("oeu", "ഠⴹⵡ", strict=True))
ENCODINGS = {
    **{f"UTF-8 read as {name}": ("utf-8", name) for name in ("latin-1", "cp1252", "cp1251", "cp1250", "cp1253")},
    **{f"{name} read as cp1252": (name, "cp1252") for name in ("cp1251", "cp1253", "cp1255", "cp1256", "cp874")},
    "KOI8-R read as latin-1": ("koi8-r", "latin-1"),
    **{
        f"UTF-8 read as {name}": ("utf-8", name)
        for name in ("cp1254", "cp1257", "cp437", "cp850", "cp866", "koi8-r", "mac-roman")
    },
    **{f"UTF-8 read as {name}": ("utf-8", name) for name in ("gb18030", "big5", "shift_jis", "euc-kr")},
    "latin-1 read as UTF-8": ("latin-1", "utf-8"),
}


def _within(signs: str) -> Trick:
    def change(word: str, rng: Random) -> str:
        at = rng.randint(1, len(word) - 1)
        return word[:at] + rng.choice(signs) + word[at:]

    return change


def _letters(table: dict[str, str], once: bool = False) -> Trick:
    def change(word: str, rng: Random) -> str:
        inside = [at for at, char in enumerate(word) if char in table and 0 < at < len(word) - 1]
        if once:
            at = rng.choice(inside) if inside else 0
            return word[:at] + table[word[at]] + word[at + 1 :] if inside else word
        return "".join(table.get(char, char) for char in word) if len(inside) > 1 else word

    return change


WORD_TRICKS: dict[str, Trick] = {
    **{f"not seen: {name}": _within(signs) for name, signs in _HIDDEN.items()},
    **{
        f"on each letter: {name}": lambda word, rng, mark=mark: "".join(char + mark for char in word)  # type: ignore[misc]
        for name, mark in _MARKS.items()
    },
    "raised letters": _letters(_RAISED),
    "a digit for a letter": _letters(_LEET, once=True),
    "a letter of a far script": _letters(_FAR, once=True),
    "case that turns": lambda word, rng: "".join(
        char.upper() if at % 2 else char.lower() for at, char in enumerate(word)
    ),
    **{
        f"letters parted by {name}": lambda word, rng, sign=sign: sign.join(_CLUSTERS.findall(word))  # type: ignore[misc]
        for name, sign in {"spaces": " ", "dots": ".", "hyphens": "-"}.items()
    },
}


def spun(text: str, trick: Trick, rng: Random) -> str | None:
    """The text with SHARE of its words changed; None where too few can be."""
    pieces = len(UNSPACED.findall(text)) > 0.3 * len(text)
    words = list((PIECE if pieces else WORD).finditer(text))
    wanted = math.ceil(SHARE * len(words))
    changed: dict[int, str] = {}
    for number in rng.sample(range(len(words)), len(words)):
        word = words[number].group()
        if len(word) >= (2 if pieces else 4) and len(changed) < wanted:
            new = trick(word, rng)
            if new != word:
                changed[number] = new
    if len(changed) < wanted:
        return None
    out, done = [], 0
    for number in sorted(changed):
        out += [text[done : words[number].start()], changed[number]]
        done = words[number].end()
    return "".join([*out, text[done:]])


def reread(text: str, written: str, read: str) -> str | None:
    """The text as it looks read in another encoding; None where that changes little, or much cannot be written."""
    raw = text.encode(written, "ignore")
    others, left = (sum(ord(char) > 127 for char in each) for each in (text, raw.decode(written)))
    least = 0.01 if written in ("utf-8", "latin-1") else 0.3  # the others are of one script
    return raw.decode(read, "replace") if others > least * len(text) and left > 0.8 * others else None


def listed(text: str, rng: Random, between: Callable[[Random], str], size: int = 1) -> str | None:
    """Two hundred words of the text's longer ones, one, two or three an item; None where it has few."""
    words = sorted({word for word in WORD.findall(text) if len(word) > 3})
    if len(words) < 40:
        return None
    return "".join(" ".join(rng.sample(words, size)) + between(rng) for _ in range(200 // size))


LISTS: dict[str, tuple[Callable[[Random], str], int]] = {
    "keywords, commas": (lambda rng: ", ", 1),
    "keywords, bars": (lambda rng: " | ", 1),
    "keywords, a line each": (lambda rng: "\n", 1),
    "keywords, nothing between": (lambda rng: " ", 1),
    "phrases of two, commas": (lambda rng: ", ", 2),
    "products with prices": (lambda rng: f" {rng.randint(2, 99)} - ${rng.randint(5, 900)}.99\n", 3),
}


def makers() -> dict[str, Callable[[str, Random], str | None]]:
    """All that is done to pages, by its name."""
    made: dict[str, Callable[[str, Random], str | None]] = {}
    for name, trick in WORD_TRICKS.items():
        made[name] = lambda text, rng, trick=trick: spun(text, trick, rng)  # type: ignore[misc]
    for name, (written, read) in ENCODINGS.items():
        made[name] = lambda text, rng, written=written, read=read: reread(text, written, read)  # type: ignore[misc]
    for name, (between, size) in LISTS.items():
        made[name] = lambda text, rng, between=between, size=size: listed(text, rng, between, size)  # type: ignore[misc]
    return made


def clean_pages(data: Path, chars: int) -> Iterator[tuple[str, str]]:
    """(language, page): a few of each file, far from one another, that no rule drops."""
    for kind, language, texts in clean_sets(data):
        pages, taken = [], ""
        for text in texts:
            taken = f"{taken}\n{text}" if taken else text
            if len(taken) >= chars:
                pages.append(taken[: 2 * chars])
                taken = ""
        pages = pages or [taken]
        count = PAGES.get(kind, 2)
        some = pages[:: max(1, len(pages) // count)][:count]
        dropped = np.any(list(broken(some).values()), axis=0)
        yield from (
            (language, page) for page, out in zip(some, dropped, strict=True) if not out and len(page) > 500
        )


def table(data: Path, chars: int = 3000) -> list[dict[str, Any]]:
    """A row for each thing done to pages and each half of the languages: pages, share caught, by which rule."""
    pages = list(clean_pages(data, chars))
    rows = []
    for name, make in makers().items():
        made = [(language, make(page, Random(f"{name} {at}"))) for at, (language, page) in enumerate(pages)]
        for half in (0, 1):
            some = [(lang, page) for lang, page in made if page is not None and crc32(lang.encode()) % 2 == half]
            if not some:
                continue
            hit = broken([page for _, page in some])
            caught = np.any(list(hit.values()), axis=0)
            missed = [language for (language, _), out in zip(some, caught, strict=True) if not out]
            rules = {rule: float(by.mean()) for rule, by in hit.items() if by.any()}
            rows.append(
                {
                    "page": name,
                    "half": half,
                    "languages": len({language for language, _ in some}),
                    "pages": len(some),
                    "caught": float(caught.mean()),
                    "by": dict(sorted(rules.items(), key=lambda rule: -rule[1])),
                    "missed": sorted(set(missed), key=lambda language: (-missed.count(language), language)),
                }
            )
    return rows


def main() -> None:
    """Print the table, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--chars", type=int, default=3000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.chars)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| page | languages | pages | caught, by half of the languages | by | most missed |")
    print("|---|---|---|---|---|---|")
    for name in dict.fromkeys(row["page"] for row in rows):
        halves = [row for row in rows if row["page"] == name]
        by = next(iter(max(halves, key=lambda row: row["pages"])["by"]), "")
        missed = ", ".join(language for row in halves for language in row["missed"][:4])
        print(
            f"| {name} | {sum(row['languages'] for row in halves)} | {sum(row['pages'] for row in halves)} "
            f"| {' / '.join(format(row['caught'], '.1%') for row in halves)} | {by} | {missed} |"
        )


if __name__ == "__main__":
    main()
