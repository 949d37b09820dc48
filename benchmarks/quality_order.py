"""Words in random order, by how many there are: what share of the pages the heuristics drop, and of clean ones.

    python benchmarks/quality_order.py --data DATA [--documents 60] [--json]

The documents of a language of DATA/text/prose and DATA/text/lid, put together in their order and cut to 150, 300,
600 and 1,200 words; each clean, and with its words in random order: in all of it, in each line, in each sentence.
Languages are taken in two groups, of scripts with capitals and without; those written without spaces are left out.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from quality_spun import broken, clean_sets
from spun_pages import scrambled, scrambled_lines, scrambled_sentences

from ccnet_lite.text.scripts import dominant_scripts, is_unspaced

LENGTHS = (150, 300, 600, 1200)
WAYS = {"page": scrambled, "lines": scrambled_lines, "sentences": scrambled_sentences}
WITH_CAPITALS = {"Latn", "Cyrl", "Grek", "Armn"}


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


def table(data: Path, documents: int = 60) -> list[dict[str, Any]]:
    """A row a set, language, length and way: pages, and how many word_disorder, case_disorder and either drop."""
    rows: list[dict[str, Any]] = []
    for kind, language, texts in clean_sets(data):
        for n_words in LENGTHS:
            clean = of_length(texts, n_words)[:documents]
            script = dominant_scripts(["".join(clean)])[0][0] if clean else ""
            if not clean or is_unspaced(script):
                continue
            for way in ("clean", *WAYS):
                rng = Random(f"{kind} {language} {n_words} {way}")
                pages = clean if way == "clean" else [WAYS[way](page, 1.0, rng) for page in clean]
                hit = broken(pages)
                found = {rule: int(hit[rule].sum()) for rule in ("word_disorder", "case_disorder")}
                row = {"set": kind, "language": language, "capitals": script in WITH_CAPITALS, "words": n_words}
                either = int(np.sum(hit["word_disorder"] | hit["case_disorder"]))
                rows.append({**row, "way": way, "pages": len(pages), **found, "either": either})
    return rows


def main() -> None:
    """Print the table, and the languages below 95 %; or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| capitals | words | languages | pages | page | lines | sentences | clean dropped | in |")
    print("|---|---|---|---|---|---|---|---|---|")
    for capitals in (True, False):
        for n_words in LENGTHS:
            some = [row for row in rows if (row["capitals"], row["words"]) == (capitals, n_words)]
            by_way = {way: [row for row in some if row["way"] == way] for way in ("clean", *WAYS)}
            pages = sum(row["pages"] for row in by_way["clean"])
            caught = {way: sum(row["either"] for row in found) for way, found in by_way.items()}
            where = ", ".join(f"{row['language']} {row['either']}" for row in by_way["clean"] if row["either"])
            begin = ["yes" if capitals else "no", n_words, len({row["language"] for row in some}), pages]
            shares_caught = [f"{caught[way] / pages:.1%}" for way in WAYS]
            print("|", " | ".join(map(str, [*begin, *shares_caught, caught["clean"], where])), "|")
    for n_words in LENGTHS:
        shares: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            if (row["way"], row["words"]) == ("page", n_words):
                shares[row["language"]][0] += row["either"]
                shares[row["language"]][1] += row["pages"]
        low = {name: hits / pages for name, (hits, pages) in shares.items() if hits < 0.95 * pages and pages >= 10}
        told = ", ".join(f"{name} {share:.0%}" for name, share in sorted(low.items(), key=lambda each: each[1]))
        print(f"\n{n_words} words, below 95 % in languages with ten pages: {told}")


if __name__ == "__main__":
    main()
