"""Clean documents of unusual kinds: how many of each the heuristics drop at their defaults, by rule and language.

python benchmarks/quality_kinds.py --data DATA [--half 0] [--json]

Each file of DATA/text/lid and each language of DATA/text/prose gives a short and a long document of each kind for
which it has the text: sentences, phrases and words of its own, in the order in which they stand, names and places
of kinds_words.toml. Documents of fewer than MIN_CHARS characters are left out. Languages are in two halves, by a
checksum of their code. By the makers of kinds_of_*.py.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import kinds_of_lists
import kinds_of_names
import kinds_of_papers
import kinds_of_text
import numpy as np
from kinds_material import Draw, Material, Short, materials
from quality_spun import broken

from ccnet_lite.kernels.copies import said_before

_MODULES = kinds_of_text, kinds_of_papers, kinds_of_names, kinds_of_lists
MAKERS = {name: make for module in _MODULES for name, make in module.MAKERS.items()}
MIN_CHARS = 300


def documents(material: Material) -> list[tuple[str, str]]:
    """(kind, document): a short and a long one of each kind that the language has the text for."""
    found: list[tuple[str, str]] = []
    if not material.sentences:
        return found
    for name, make in MAKERS.items():
        for size in (1, 3):
            draw = Draw(material, Random(f"{name} {material.kind} {material.language} {size}"))
            try:
                text = make(draw, size)
            except Short:
                continue
            if len(text) >= MIN_CHARS:
                found.append((name, text))
    return found


def without_copies(text: str) -> str:
    """The text without paragraphs that it says a second time, which a run cuts before it measures."""
    lines = text.split("\n")
    keys = np.array([hash(line.strip()) for line in lines], np.int64)
    chars = np.array([len(line) for line in lines], np.int64)
    copies = said_before(keys, chars, np.array([0, len(lines)]), np.ones(len(lines), np.bool_))
    return "\n".join(line for line, copy in zip(lines, copies.tolist(), strict=True) if not copy)


def table(data: Path, half: int | None = None) -> list[dict[str, Any]]:
    """A row for each kind and half of the languages."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for material in materials(data, half):
        made = documents(material)
        hit = broken([without_copies(text) for _, text in made])
        for at, (name, _) in enumerate(made):
            row = rows.setdefault(
                (name, material.half),
                {"languages": set(), "documents": 0, "dropped": 0, "by": Counter(), "in": Counter()},
            )
            by = [rule for rule, out in hit.items() if out[at]]
            row["languages"].add(material.language)
            row["documents"] += 1
            row["dropped"] += bool(by)
            row["by"].update(by)
            row["in"].update([material.language] if by else [])
    return [
        {
            "kind": name,
            "half": number,
            **row,
            "languages": len(row["languages"]),
            "by": dict(row["by"].most_common()),
            "in": dict(row["in"].most_common()),
        }
        for (name, number), row in sorted(
            rows.items(), key=lambda item: (list(MAKERS).index(item[0][0]), item[0][1])
        )
    ]


def main() -> None:
    """Print the table, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1), help="of the languages; without it both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.half)
    if options.json:
        print("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
        return
    print("| kind | languages | documents | dropped, by half of the languages | by | most in |")
    print("|---|---:|---:|---|---|---|")
    for name in dict.fromkeys(row["kind"] for row in rows):
        some = [row for row in rows if row["kind"] == name]
        by, where = (sum((Counter(row[key]) for row in some), Counter()).most_common(4) for key in ("by", "in"))
        print(
            f"| {name} | {sum(row['languages'] for row in some)} | {sum(row['documents'] for row in some)} "
            f"| {' / '.join(str(row['dropped']) for row in some)} "
            f"| {', '.join(f'{rule} {n}' for rule, n in by)} | {', '.join(f'{lang} {n}' for lang, n in where)} |"
        )


if __name__ == "__main__":
    main()
