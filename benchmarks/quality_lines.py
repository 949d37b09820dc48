"""Rules over lines: what part of clean and of bad text the policy c4_lines cuts, by language and by rule.

    python benchmarks/quality_lines.py --data DATA [--policy c4_lines] [--json]

Clean: DATA/text/prose, short documents joined to 500 characters. Bad: boilerplate of DATA/text/noisy. Counted are
characters of lines, without line feeds.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from bad_documents import real

from ccnet_lite.kernels.line_cuts import broken_lines
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.settings import read_policy

CLEAN = "clean"


def table(data: Path, policy: str = "c4_lines") -> list[dict[str, Any]]:
    """A row a kind of text and language: documents, those that lose a line, those that lose all, characters, those
    cut, and those cut by each rule.
    """
    rules = read_policy(policy).line_rules
    rows = []
    for kind, language, texts in _texts(data):
        lines = [line for text in texts for line in text.split("\n")]
        chars = np.array([len(line) for line in lines])
        of = np.repeat(np.arange(len(texts)), [text.count("\n") + 1 for text in texts])
        broken = broken_lines(texts, texts, rules, lambda given, code=language: [code] * len(given))
        cut = np.bincount(of, weights=(broken >= 0) * chars, minlength=len(texts))
        whole = np.bincount(of, weights=chars, minlength=len(texts))
        rows.append(
            {
                "kind": kind,
                "language": language,
                "documents": len(texts),
                "touched": int((cut > 0).sum()),
                "lost": int((cut == whole).sum()),
                "chars": int(whole.sum()),
                "cut": int(cut.sum()),
                **{rule.name: int(chars[broken == number].sum()) for number, rule in enumerate(rules)},
            }
        )
    return rows


def _texts(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    for language, files in find_reference([data / "text" / "prose"]).items():
        yield CLEAN, language, list(read_reference(files))
    for language, kind, texts in real(data):
        yield kind, language, texts


def cpu(data: Path, policy: str = "c4_lines") -> float:
    """Milliseconds of CPU that the rules cost a clean document; the lists of lines are not measured."""
    rules = read_policy(policy).line_rules
    texts = [text for kind, _, some in _texts(data) if kind == CLEAN for text in some]
    took = []
    for _ in range(4):
        begin = process_time()
        for at in range(0, len(texts), 1000):
            some = texts[at : at + 1000]
            broken_lines(some, some, rules, lambda given: [""] * len(given))
        took.append(process_time() - begin)
    return min(took) / len(texts) * 1000


def main() -> None:
    """Print the table, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--policy", default="c4_lines")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.policy)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    names = [rule.name for rule in read_policy(options.policy).line_rules]
    print(f"| text | documents | lose a line | lose all | characters cut | {' | '.join(names)} |")
    print("|---|" + "---:|" * (4 + len(names)))
    for row in rows:
        shares = [f"{100 * row[name] / row['chars']:.1f}" for name in ("cut", *names)]
        shown = f"{row['documents']} | {100 * row['touched'] / row['documents']:.1f} | {row['lost']}"
        print(f"| {row['language']}, {row['kind']} | {shown} | {' | '.join(shares)} |")
    print(f"\nCPU: {cpu(options.data, options.policy):.3f} ms a document")


if __name__ == "__main__":
    main()
