"""Words in random order, by how many there are: what share of the pages the heuristics drop, and of clean ones.

    python benchmarks/quality_order.py --data DATA [--documents 60] [--json]

The documents of a language of DATA/text/prose and DATA/text/lid, put together in their order and cut to 60, 80,
100, 150, 300, 600 and 1,200 words; each clean, and with its words in random order: in all of it, in each line, in
each sentence.
Languages are taken in two groups, of scripts with capitals and without. Those written without spaces are cut to
300, 600, 1,200 and 2,400 characters; letters are in random order in all of the page or between two signs, or
pieces of one to three letters, or words. Words are found by what a language's text has: letters belong together
that stand side by side three times, and seven times as often as at random. Clean pages are taken as they are, in
one line, in lines of 40 characters, and without signs.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import regex
from quality_spun import broken, clean_sets
from spun_pages import (
    phrases_of,
    scrambled,
    scrambled_letters,
    scrambled_letters_of_phrases,
    scrambled_lines,
    scrambled_pieces,
    scrambled_sentences,
)

from ccnet_lite.text.scripts import dominant_scripts, is_unspaced

Way = Callable[[str, float, Random], str]
LENGTHS, CHARACTERS = (60, 80, 100, 150, 300, 600, 1200), (300, 600, 1200, 2400)
WAYS: dict[str, Way] = {"page": scrambled, "lines": scrambled_lines, "sentences": scrambled_sentences}
WITH_CAPITALS = {"Latn", "Cyrl", "Grek", "Armn"}
SPACED, UNSPACED = (LENGTHS, tuple(WAYS)), (CHARACTERS, ("letters", "phrases", "pieces", "words"))
CLEAN: dict[str, Way] = {
    "clean": lambda text, share, rng: text,
    "clean, one line": lambda text, share, rng: text.replace("\n", " "),
    "clean, wrapped": lambda text, share, rng: regex.sub(r"([^\n]{40})(?=[^\n])", r"\1\n", text),
    "clean, no signs": lambda text, share, rng: regex.sub(r"[\p{P}\p{S}]", "", text),
}


def of_length(texts: Sequence[str], n_words: int) -> list[str]:
    """Documents of n_words words: texts one after another, the last one cut."""
    pages: list[str] = []
    lines: list[str] = []
    left = n_words
    for text in texts:
        for line in text.split("\n"):
            lines.append(" ".join(line.split()[:left]))
            left -= len(lines[-1].split())
            if left == 0:
                break
        if left == 0:
            pages.append("\n".join(lines))
            lines, left = [], n_words
    return pages


def of_characters(texts: Sequence[str], n_characters: int) -> list[str]:
    """Documents of n_characters characters: lines one after another, the last one cut."""
    pages, page = [], ""
    for line in "\n".join(texts).split("\n"):
        page += f"\n{line}" if page else line
        if len(page) >= n_characters:
            pages.append(page[:n_characters])
            page = ""
    return pages


def belongs(texts: Sequence[str]) -> Callable[[str, str], bool]:
    """Whether two letters belong together, by these texts."""
    letters: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for run in phrases_of(text):
            if run[0][1]:
                letters.update(part for part, _ in run)
                pairs.update(pairwise(part for part, _ in run))
    n = letters.total()
    found = {
        (one, other)
        for (one, other), count in pairs.items()
        if count >= 3 and count * n > 7.4 * letters[one] * letters[other]
    }
    return lambda one, other: (one, other) in found


def rows_of(kind: str, language: str, texts: list[str], documents: int) -> list[dict[str, Any]]:
    """A row a length and way of one language."""
    rows: list[dict[str, Any]] = []
    script = dominant_scripts(["".join(texts[:60])])[0][0] if texts else ""
    unspaced = is_unspaced(script)
    ways = CLEAN | WAYS
    if unspaced:
        join = belongs(texts)
        by_letter: dict[str, Way] = {"letters": scrambled_letters, "phrases": scrambled_letters_of_phrases}
        pieces: Way = lambda text, share, rng: scrambled_pieces(text, share, rng, join)  # noqa: E731
        ways = CLEAN | by_letter | {"pieces": scrambled_pieces, "words": pieces}
    for size in CHARACTERS if unspaced else LENGTHS:
        clean = (of_characters if unspaced else of_length)(texts, size)[:documents]
        if not clean:
            continue
        group = {"capitals": script in WITH_CAPITALS, "unspaced": unspaced, "words": size}
        for way, change in ways.items():
            rng = Random(f"{kind} {language} {size} {way}")
            hit = broken([change(page, 1.0, rng) for page in clean])
            found = {rule: int(hit[rule].sum()) for rule in ("word_disorder", "case_disorder")}
            either = int(np.sum(hit["word_disorder"] | hit["case_disorder"]))
            row = {"set": kind, "language": language, **group, "way": way, "pages": len(clean)}
            rows.append({**row, **found, "either": either})
    return rows


def table(data: Path, documents: int = 60) -> list[dict[str, Any]]:
    """A row a set, language, length and way: pages, and how many word_disorder, case_disorder and either drop."""
    return [row for kind, language, texts in clean_sets(data) for row in rows_of(kind, language, texts, documents)]


def print_group(rows: list[dict[str, Any]], begin: str, sizes: Sequence[int], ways: Sequence[str]) -> None:
    """A line a size of the rows of a group."""
    for size in sizes:
        some = [row for row in rows if row["words"] == size]
        by_way = {way: [row for row in some if row["way"] == way] for way in (*CLEAN, *ways)}
        pages = sum(row["pages"] for row in by_way["clean"])
        caught = [sum(row["either"] for row in by_way[way]) / pages for way in ways]
        dropped = [sum(row["either"] for row in by_way[way]) for way in CLEAN]
        where = ", ".join(f"{row['language']} {row['either']}" for row in by_way["clean"] if row["either"])
        cells = [begin, size, len({row["language"] for row in some}), pages, *(f"{share:.1%}" for share in caught)]
        print("|", " | ".join(map(str, [*cells, *dropped, where])), "|")


def main() -> None:
    """Print the tables, and the languages below 95 %; or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    for heads, (sizes, ways) in (("capitals | words", SPACED), ("spaces | characters", UNSPACED)):
        columns = [heads, "languages", "pages", *ways, *CLEAN, "in"]
        print(f"| {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
        if sizes == LENGTHS:
            spaced = [row for row in rows if not row["unspaced"]]
            print_group([row for row in spaced if row["capitals"]], "yes", sizes, ways)
            print_group([row for row in spaced if not row["capitals"]], "no", sizes, ways)
        else:
            print_group([row for row in rows if row["unspaced"]], "no", sizes, ways)
        print()
    for size, unspaced in [*((size, False) for size in LENGTHS), *((size, True) for size in CHARACTERS)]:
        shares: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        way = "letters" if unspaced else "page"
        for row in rows:
            if (row["way"], row["words"], row["unspaced"]) == (way, size, unspaced):
                shares[row["language"]][0] += row["either"]
                shares[row["language"]][1] += row["pages"]
        low = {name: hits / pages for name, (hits, pages) in shares.items() if hits < 0.95 * pages and pages >= 10}
        told = ", ".join(f"{name} {share:.0%}" for name, share in sorted(low.items(), key=lambda each: each[1]))
        unit = "characters" if unspaced else "words"
        print(f"{size} {unit}, below 95 % in languages with ten pages: {told}\n")


if __name__ == "__main__":
    main()
