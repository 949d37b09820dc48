"""URL lists, personal data and toxic words: how exact, and what they take.

    python -m benchmarks.quality_pages --data DATA

DATA: a folder with text/prose/xx/*.jsonl, prose for speed, and for what is found where there should be little.
The set for precision and recall is made (pii_set.py): valid numbers and near misses in sentences of each country.
"""

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.pii_set import COUNTRIES, made_set
from ccnet_lite.quality.pii import MASKS, find_pii
from ccnet_lite.quality.url_lists import UrlLists
from ccnet_lite.text.phrases import Phrases

N = 200


def pii_table() -> list[dict[str, Any]]:
    """Precision and recall of each kind in each country: a mark counts if its place is exactly right."""
    rows: list[dict[str, Any]] = []
    for line in COUNTRIES.strip().split("\n"):
        country, language = line.split("|")[:2]
        made = list(made_set(line, N))
        domain = f"a.{country.lower()}"
        found = find_pii([text for text, _ in made], list(MASKS), language, [domain] * len(made))
        counts = {kind: [0, 0, 0] for kind in MASKS}  # right, found, there
        for (text, expected), marks in zip(made, found, strict=True):
            got = [(mark.kind, text[mark.start : mark.end]) for mark in marks]
            for kind, _ in expected:
                counts[kind][2] += 1
            for each in got:
                counts[each[0]][1] += 1
                counts[each[0]][0] += each in expected
        row: dict[str, Any] = {"item": "pii", "country": country}
        for kind, (right, all_found, there) in counts.items():
            if there:
                row[kind] = f"{right / max(1, all_found):.3f} / {right / there:.3f}"
        rows.append(row)
    return rows


def speed_table(data: Path, hosts: int = 4_000_000) -> list[dict[str, Any]]:
    """Processor time of each, on real prose; of URL lists with as many hosts as UT1's largest."""
    documents: list[str] = []
    for path in sorted((data / "text" / "prose").rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            documents += [json.loads(line)["text"][:5000] for line in islice(lines, 300)]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "adult"
        held.mkdir()
        (held / "domains").write_text(
            "".join(f"site{number:x}.example{number % 900}.org\n" for number in range(hosts))
        )
        UrlLists(held.parent).find(["https://a.example/"])
        began = time.process_time()
        lists = UrlLists(held.parent)
        rows.append({"item": f"load {lists.entries:,} hosts", "seconds": round(time.process_time() - began, 2)})
        urls = [f"https://www.site{n * 7:x}.example{n * 7 % 900}.org/a/b?c={n}" for n in range(100_000)]
        began = time.process_time()
        hits = sum(map(bool, lists.find(urls)))
        took = time.process_time() - began
        rows.append({"item": "URLs looked up", "a second": round(len(urls) / took), "found": hits})
    phrases = Phrases([f"word{number}" for number in range(1000)])
    for name, call in (
        ("pii", lambda: find_pii(documents, list(MASKS), "en")),
        ("toxic words", lambda: phrases.count(documents)),
    ):
        call()
        began = time.process_time()
        done = call()
        took = time.process_time() - began
        row = {"item": name, "documents": len(documents), "us a document": round(1e6 * took / len(documents), 1)}
        if name == "pii":
            row["marks"] = sum(len(marks) for marks in done)
        rows.append(row)
    return rows


def table(data: Path) -> list[dict[str, Any]]:
    """Both tables."""
    return [*pii_table(), *speed_table(data)]


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for row in table(parser.parse_args().data):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
