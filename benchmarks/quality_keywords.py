"""Lists of search phrases and of titles in all languages: what share the heuristics drop, by halves of these.

    python benchmarks/quality_keywords.py --data DATA [--pages 5] [--json]

Lists are made, as in quality_spun.py, of the words of --pages clean documents of each file of DATA/text/lid (its
sentences taken together up to 1,500 characters) and of each language of DATA/text/prose; in scripts without spaces
of pieces of a word's length, glued. Languages are in two halves, by a checksum of their code.
"""

import argparse
import json
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import numpy as np
from quality_spun import broken, clean_sets
from spun_pages import PAGE_TRICKS, keywords, unspaced

CHARS = 1500
LISTS = {
    **{name: trick for name, trick in PAGE_TRICKS.items() if name.startswith(("keyword", "names", "product"))},
    "keyword lists, bars": keywords(" | "),
    "keyword lists, ideographic commas": keywords("、"),
    "keyword lists, twelve heads, a line each": keywords("\n", n_heads=12),
}


def material(data: Path, pages: int) -> list[tuple[str, str]]:
    """(language, text): a few of each file, of CHARS characters and more."""
    found = []
    for _, language, texts in clean_sets(data):
        some, taken = [], ""
        for text in texts:
            taken = f"{taken}\n{text}" if taken else text
            if len(taken) >= CHARS:
                some.append(taken[: 2 * CHARS])
                taken = ""
        found += [(language, text) for text in some[:: max(1, len(some) // pages)][:pages]]
    return found


def table(data: Path, pages: int = 5) -> list[dict[str, Any]]:
    """A row for each kind of list, with spaces or without, and half of the languages."""
    texts = material(data, pages)
    rows = []
    for name, trick in LISTS.items():
        made = [(lang, text, trick(text, 1.0, Random(f"{name} {at}"))) for at, (lang, text) in enumerate(texts)]
        for glued in (False, True):
            for half in (0, 1):
                some = [
                    (language, page)
                    for language, text, page in made
                    if page != text and unspaced(text) == glued and crc32(language.encode()) % 2 == half
                ]
                if not some or ("ideographic" in name and not glued):
                    continue
                hit = broken([page for _, page in some])
                rows.append(
                    {
                        "list": name,
                        "spaces": not glued,
                        "half": half,
                        "languages": len({language for language, _ in some}),
                        "pages": len(some),
                        "caught": float(np.any(list(hit.values()), axis=0).mean()),
                        "keyword_share": float(hit["keyword_share"].mean()),
                    }
                )
    return rows


def main() -> None:
    """Print the table, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.pages)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| list | spaces | languages | pages | caught, by half of the languages | by keyword_share |")
    print("|---|---|---:|---:|---|---|")
    for name, spaces in dict.fromkeys((row["list"], row["spaces"]) for row in rows):
        some = [row for row in rows if (row["list"], row["spaces"]) == (name, spaces)]
        caught, ours = (" / ".join(f"{row[key]:.1%}" for row in some) for key in ("caught", "keyword_share"))
        print(
            f"| {name} | {'yes' if spaces else 'no'} | {sum(row['languages'] for row in some)} "
            f"| {sum(row['pages'] for row in some)} | {caught} | {ours} |"
        )


if __name__ == "__main__":
    main()
