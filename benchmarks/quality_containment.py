"""Pages inside longer ones: how many of those planted `near_duplicates.containment` finds, and what else it drops.

    python benchmarks/quality_containment.py --data DATA [--documents 60] [--containment 0.95] [--json]

DATA/text/prose/LANG/*.jsonl are documents of clean prose. Of each language the first --documents are cut to some
number of tokens (words; characters in scripts written without spaces) and put into pages between two others, in
one of several ways. Cut ones and pages are then looked through as a run does it, but for the other rules. Whether
one should go is told by its set of shingles and that of its page. `false` are those dropped of whose shingles the
document named has less than --containment. `clean` is the prose by itself.
"""

import argparse
import json
import time
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
from quality_spun import prose

from ccnet_lite.dedup.anchors import SeenAnchors
from ccnet_lite.dedup.containment import contained_documents
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import batch_shingle_hashes, shingle_hashes, shingles
from ccnet_lite.text.tokens import tokenize

NEAR = NearDuplicateSettings()
SIZES = (30, 50, 100, 200, 400)
WAYS = ("as it is", "in other lines", "a word in 200 changed", "a word in 20 changed", "half of it")


def cut(text: str, size: int) -> str:
    """The beginning of a text, of so many tokens at the most; empty where it has fewer."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(tokenize([text[:middle]])) <= size else (low, middle - 1)
    return text[:low] if len(tokenize([text[:low]])) == size < len(tokenize([text])) else ""


def planted(text: str, way: str, rng: Random) -> str:
    """The text as it stands in the page."""
    spaced = " " in text
    words = text.split(" ") if spaced else list(text)
    if way == "in other lines":
        return " ".join(text.split("\n"))
    if way == "half of it":
        return (" " if spaced else "").join(words[: len(words) // 2])
    if way.startswith("a word in"):
        every = int(way.split()[3])
        for begin in range(0, len(words), every):
            at = begin + rng.randrange(every)
            if at < len(words):
                words[at] = rng.choice(words)
    return (" " if spaced else "").join(words)


def looked_through(texts: list[str], least: float) -> tuple[dict[int, tuple[int, float]], float, float]:
    """By number of a text dropped, that of its holder and the share; CPU seconds of anchors, of the rest."""
    seen = SeenAnchors(len(texts), NEAR.ngram)
    began = time.process_time()
    for first, hashes, offsets in batch_shingle_hashes(texts, NEAR.ngram):
        seen.see(first, hashes, offsets)
    anchors = seen.column()
    anchored = time.process_time()
    for _ in batch_shingle_hashes(texts, NEAR.ngram):
        pass
    hashing = time.process_time() - anchored
    documents = pa.table(
        {
            "doc_id": [f"{number:010d}" for number in range(len(texts))],
            "shard": pa.array([0] * len(texts), pa.int32()),
            "position": pa.array(range(len(texts)), pa.int32()),
            "n_chars": [len(text) for text in texts],
            "anchors": anchors,
        }
    )

    def read(chosen: pa.Table) -> pa.Array:
        of = (shingle_hashes(texts[number], NEAR.ngram) for number in chosen["position"].to_pylist())
        return pa.array([hashes.astype("<u4").tobytes() for hashes in of], pa.binary())

    rows = contained_documents(documents, least, read).to_pylist()
    found = {
        row["position"]: (int(row["contained_in"]), row["containment"]) for row in rows if row["contained_in"]
    }
    return found, anchored - began - hashing, time.process_time() - anchored - hashing


def share_of(short: str, long: str) -> float:
    """What share of a text's shingles another has."""
    own, others = (set(shingles(text, NEAR.ngram)) for text in (short, long))
    return len(own & others) / len(own)


def table(data: Path, documents: int = 60, containment: float = 0.95) -> list[dict[str, Any]]:
    """A row for each language, way and size: pages planted, those dropped for theirs; and of the clean prose."""
    rows: list[dict[str, Any]] = []
    for folder in sorted((data / "text" / "prose").iterdir()):
        language, clean = folder.name, list(prose(data, folder.name))
        looked_through(clean[:100], containment)  # compiles
        found, anchors, rest = looked_through(clean, containment)
        wrong = sum(share_of(clean[one], clean[other]) < containment for one, (other, _) in found.items())
        told = {"documents": len(clean), "dropped": len(found), "false": wrong}
        told |= {"anchors_seconds": anchors, "seconds": rest}
        rows.append({"table": "clean", "language": language, **told})
        for way in WAYS:
            for size in SIZES:
                rng = Random(f"{way} {size} {language}")
                shorts = [short for short in (cut(text, size) for text in clean[:documents]) if short]
                others = clean[documents : documents + 2 * len(shorts)]
                shorts = shorts[: len(others) // 2]
                pages = [
                    "\n".join((others[2 * n], planted(short, way, rng), others[2 * n + 1]))
                    for n, short in enumerate(shorts)
                ]
                if len(shorts) < 10:
                    continue
                texts = [*shorts, *pages]
                found, _, _ = looked_through(texts, containment)
                should = {n for n, short in enumerate(shorts) if share_of(short, pages[n]) >= containment}
                wrong = sum(share_of(texts[one], texts[other]) < containment for one, (other, _) in found.items())
                told = {"pages": len(shorts), "inside": len(should)}
                told |= {"found": len(should & found.keys()), "false": wrong}
                rows.append({"table": "planted", "language": language, "way": way, "size": size, **told})
    return rows


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--containment", type=float, default=0.95)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents, options.containment)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    print("| planted | tokens | languages | pages | inside | found | least | false |")
    print("|---|---|---|---|---|---|---|---|")
    made = [row for row in rows if row["table"] == "planted"]
    for way, size in sorted(
        {(row["way"], row["size"]) for row in made}, key=lambda key: (WAYS.index(key[0]), key[1])
    ):
        some = [row for row in made if (row["way"], row["size"]) == (way, size)]
        pages, inside, found, wrong = (
            sum(row[key] for row in some) for key in ("pages", "inside", "found", "false")
        )
        shares = {row["language"]: row["found"] / row["inside"] for row in some if row["inside"] >= 10}
        least = min(shares, key=lambda language: shares[language], default="")
        print(
            f"| {way} | {size} | {len(some)} | {pages} | {inside} | {f'{found / inside:.1%}' if inside else ''} "
            f"| {f'{least} {shares[least]:.0%}' if least else ''} | {wrong} |"
        )
    clean = [row for row in rows if row["table"] == "clean"]
    total, dropped, wrong = (sum(row[key] for row in clean) for key in ("documents", "dropped", "false"))
    seconds = [sum(row[key] for row in clean) for key in ("anchors_seconds", "seconds")]
    where = ", ".join(f"{row['language']} {row['dropped']}" for row in clean if row["dropped"])
    print(
        f"\nclean prose: {dropped} of {total:,} documents dropped{f' ({where})' if where else ''}, {wrong} false."
    )
    print(f"CPU seconds: anchors {seconds[0]:.2f}, the rest {seconds[1]:.2f}")


if __name__ == "__main__":
    main()
