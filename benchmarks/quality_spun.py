"""Spun and disguised pages: what share the heuristics drop, and what the same rules cost of clean text.

    python benchmarks/quality_spun.py --data DATA [--documents 25] [--json]

DATA/text/prose/LANG/*.jsonl are documents of clean prose; DATA/text/lid holds sentences of some 400 languages,
taken together in their order up to 500 characters a document. Spun pages are made of the first --documents of
each language of prose, and of lid for Greek, Armenian, Hebrew, Khmer, Lao and Burmese, by the tricks of
spun_pages.py; those of words in languages that put spaces between them, and invisible characters in pieces of a
word's length in the others. A trick counts where half of the pages or more have the words for it.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from spun_pages import PAGE_TRICKS, UNSPACED_TRICKS, WORD_TRICKS

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import HEURISTICS

MIN_CHARS, JOINED_CHARS = 300, 500
SHARES = (0.05, 0.1, 0.3)
SPUN_OF_LID = {
    *(("lingua_leipzig", language) for language in ("el", "hy", "he")),
    *(("tatoeba_laser", "khm"), ("udhr2", "lao"), ("udhr2", "mya")),
}
UNSPACED = ("ja", "khm", "lao", "mya", "th", "zh")
RULES = ("homoglyph_share", "disguised_share", "mark_share", "case_disorder", "word_disorder", "keyword_share")


def prose(data: Path, language: str) -> Iterator[str]:
    """Documents of prose in a language, of MIN_CHARS and more."""
    for file in sorted((data / "text" / "prose" / language).glob("*.jsonl")):
        for row in file.read_text(encoding="utf-8").splitlines():
            text = json.loads(row)["text"]
            if len(text) >= MIN_CHARS:
                yield text


def joined(file: Path) -> Iterator[str]:
    """The lines of a file, put together to documents."""
    taken: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        taken.append(line)
        if sum(map(len, taken)) >= JOINED_CHARS:
            yield "\n".join(taken)
            taken = []


def clean_sets(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(set, language, documents) of all clean text."""
    for folder in sorted((data / "text" / "prose").iterdir()):
        yield "prose", folder.name, list(prose(data, folder.name))
    for file in sorted((data / "text" / "lid").rglob("*.txt")):
        yield file.relative_to(data / "text" / "lid").parts[0], file.stem, list(joined(file))


def broken(texts: list[str]) -> dict[str, np.ndarray]:
    """[texts] by rule: whether each breaks it, by the default thresholds."""
    if not texts:
        return {}
    found: dict[str, pa.Array] = measure(texts)
    return {each.column: found[each.column].to_numpy() > each.default for each in HEURISTICS}


def spun(texts: list[str], kind: str, language: str) -> Iterator[dict[str, Any]]:
    """A row for each trick and share that could be played on some of the texts."""
    tricks = UNSPACED_TRICKS if language in UNSPACED else WORD_TRICKS
    if kind == "prose" or language not in UNSPACED:
        tricks = tricks | PAGE_TRICKS
    for name, trick in tricks.items():
        for share in SHARES if name in WORD_TRICKS else (1.0,):
            rng = Random(f"{name} {share} {language}")
            pages = [(text, trick(text, share, rng)) for text in texts]
            made = [page for text, page in pages if page != text]
            if len(made) < len(texts) / 2:
                continue
            hit = broken(made)
            by_any = np.any(list(hit.values()), axis=0)
            ours = np.any([hit[rule] for rule in RULES], axis=0)
            yield {
                "table": "spun",
                "trick": name,
                "share": share,
                "language": language,
                "pages": len(made),
                "caught": float(by_any.mean()),
                "by_rules_of_disguise": float(ours.mean()),
            }


def table(data: Path, documents: int = 25) -> list[dict[str, Any]]:
    """All rows: by trick, share and language the share caught; by clean set the documents that each rule drops."""
    rows: list[dict[str, Any]] = []
    for kind, language, texts in clean_sets(data):
        hit = broken(texts)
        dropped = {rule: int(hit[rule].sum()) if texts else 0 for rule in RULES}
        rows.append({"table": "clean", "set": kind, "language": language, "documents": len(texts), **dropped})
        if kind == "prose" or (kind, language) in SPUN_OF_LID:
            rows += spun(texts[:documents], kind, language)
    return rows


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=25)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| trick | share of words | languages | pages | caught | by the rules of disguise | least caught |")
    print("|---|---|---|---|---|---|---|")
    made = [row for row in rows if row["table"] == "spun"]
    for name, share in dict.fromkeys((row["trick"], row["share"]) for row in made):
        some = [row for row in made if (row["trick"], row["share"]) == (name, share)]
        pages = sum(row["pages"] for row in some)
        caught, ours = (
            sum(row["pages"] * row[key] for row in some) / pages for key in ("caught", "by_rules_of_disguise")
        )
        least = min(some, key=lambda row: row["caught"])
        print(
            f"| {name} | {share:.0%} | {len(some)} | {pages} | {caught:.1%} | {ours:.1%} "
            f"| {least['language']} {least['caught']:.0%} |"
        )
    print(f"\n| clean set | languages | documents | {' | '.join(RULES)} | in |")
    print("|---|" + "---|" * (len(RULES) + 3))
    clean = [row for row in rows if row["table"] == "clean"]
    for kind in dict.fromkeys(row["set"] for row in clean):
        some = [row for row in clean if row["set"] == kind]
        dropped = [sum(row[rule] for row in some) for rule in RULES]
        where = ", ".join(
            f"{row['language']} {sum(row[rule] for rule in RULES)}"
            for row in some
            if any(row[rule] for rule in RULES)
        )
        documents = sum(row["documents"] for row in some)
        print(f"| {kind} | {len(some)} | {documents} | {' | '.join(map(str, dropped))} | {where} |")


if __name__ == "__main__":
    main()
