"""Recall and precision of near-duplicate removal against true Jaccard similarity, by script.

    python benchmarks/dedup_quality.py RUN TRUTH.jsonl [--svg FILE] [--json]

RUN is a finished run over a crawl whose copies are known; best with `language.threshold=0` and
`quality.heuristics=false`, so that nothing but deduplication drops documents. TRUTH.jsonl has a line a
document: url; kind (original, exact, near); of, the url of the copied document, or null; jaccard5, the
similarity of the two bodies.

True similarity is computed here, exactly, from sets of shingles: of the text that the run's masks left (what
the pipeline compares), for every pair of a family (an original and its copies). Counted are pairs of
documents that no other rule dropped:

    recall      pairs at similarity S that did not both stay, by bins of S
    false       removed documents whose similarity to their representative is below near_duplicates.similarity
                - 0.1, of all that were removed
    one_left    of families with copies of body similarity 0.9 or more on other hosts, those that leave
                exactly one document in the corpus; once more for hosts with three documents or more, as
                boilerplate cannot be told on smaller ones

Shingles are the pipeline's own, so errors in them do not show here; tests/text hold those.
"""

import argparse
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ccnet_lite.dedup.minhash import jaccard
from ccnet_lite.kernels import annotate, lines
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, read_table
from ccnet_lite.store.tables import load_table
from ccnet_lite.text.shingles import shingle_hashes

BINS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0001)
FALSE_MARGIN, RECALL_MARGIN, BODY = 0.1, 0.05, 0.9
HOST_DOCUMENTS = 3
AFTER_RULES = (
    *("kept", "near_duplicate", "no_line_left_after_dedup", "too_short_after_dedup", "mostly_repeated"),
)
UInt32 = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Document:
    """A document as the run saw it: `fate` is kept, or the rule that dropped it."""

    url: str
    script: str
    fate: str
    duplicate_of: str | None
    shingles: UInt32


def masked_texts(run: Path) -> dict[str, str]:
    """The text that the masks leave of each document, by doc_id."""
    tables = {name: load_table(Place.of(run), name) for name in ("documents", "masks", "signals")}
    assert all(tables.values()), f"{run} is not finished"
    texts: dict[str, str] = {}
    for shard in sorted(tables["documents"].by_shard):
        reader = ShardReader(tables, shard)
        held = lines.gather_lines(reader.whole("documents", lines.LINE_COLUMNS))
        masks = lines.gather_masks(
            reader.whole("masks", lines.MASK_COLUMNS),
            reader.whole("paragraph_masks", lines.PARAGRAPH_MASK_COLUMNS),
        )
        cuts = lines.gather_cuts(reader.whole("signals", lines.CUT_COLUMNS))
        stays = lines.judge_lines(held, masks, False, cuts) == lines.STAYS
        first = 0
        for batch in reader.read("documents", annotate.DOCUMENT_COLUMNS):
            masked, _ = annotate.masked_texts(batch, held, stays, first)
            first += batch.num_rows
            texts |= zip(batch["doc_id"].to_pylist(), masked, strict=True)
    return texts


def read_run(run: Path, ngram: int) -> dict[str, Document]:
    """The run's documents by doc_id."""
    ledger, signals = (load_table(Place.of(run), name) for name in ("ledger", "signals"))
    assert ledger is not None and signals is not None, f"{run} is not finished"
    scripts = {row["doc_id"]: row["script"] for row in read_table(signals, ["doc_id", "script"]).to_pylist()}
    texts = masked_texts(run)
    return {
        row["doc_id"]: Document(
            row["url"],
            scripts[row["doc_id"]],
            "kept" if row["outcome"] == "kept" else row["rule"],
            row["duplicate_of"],
            shingle_hashes(texts[row["doc_id"]], ngram),
        )
        for row in read_table(ledger).to_pylist()
        if row["doc_id"] is not None
    }


def families_of(truth: Path) -> list[list[tuple[str, float]]]:
    """Each original with its copies: (url, similarity of the body to the original's)."""
    families: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        families[row["of"] or row["url"]].append((row["url"], row["jaccard5"] if row["of"] else 1.0))
    return [family for family in families.values() if len(family) > 1]


def recall_counts(
    families: list[list[tuple[str, float]]], by_url: dict[str, Document]
) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
    """Pairs that were in question, and those of them of which not both stayed, by script and bin."""
    asked: Counter[tuple[str, int]] = Counter()
    found: Counter[tuple[str, int]] = Counter()
    for family in families:
        members = [by_url[url] for url, _ in family if url in by_url]
        members = [member for member in members if member.fate in ("kept", "near_duplicate")]
        for one, other in combinations(members, 2):
            place = int(np.searchsorted(BINS, jaccard(one.shingles, other.shingles), side="right")) - 1
            if place >= 0:
                asked[one.script, place] += 1
                found[one.script, place] += not (one.fate == other.fate == "kept")
    return asked, found


def false_removals(documents: dict[str, Document], similarity: float) -> tuple[int, int, float]:
    """Removed documents, those unlike their representative, and the least similarity of all."""
    similarities = [
        jaccard(document.shingles, documents[document.duplicate_of].shingles)
        for document in documents.values()
        if document.duplicate_of is not None
    ]
    false = sum(value < similarity - FALSE_MARGIN for value in similarities)
    return len(similarities), false, min(similarities, default=1.0)


def left_of_families(
    families: list[list[tuple[str, float]]], documents: dict[str, Document], told: bool
) -> Counter[int]:
    """How many documents stay of bodies that were copied to other hosts.

    What stands for a body counts wherever it is. Families that a rule cut before deduplication are left out.
    told: only those on hosts with HOST_DOCUMENTS or more, whose boilerplate can be told.
    """
    by_url = {document.url: document for document in documents.values()}
    hosts = Counter(host_of(url) for url in by_url)
    left: Counter[int] = Counter()
    for family in families:
        members = [by_url[url] for url, body in family if body >= BODY and url in by_url]
        if len(members) < 2 or len({host_of(member.url) for member in members}) < len(members):
            continue
        if any(member.fate not in AFTER_RULES for member in members):
            continue
        if told and any(hosts[host_of(member.url)] < HOST_DOCUMENTS for member in members):
            continue
        standing = [documents[member.duplicate_of] if member.duplicate_of else member for member in members]
        left[len({document.url for document in standing if document.fate == "kept"})] += 1
    return left


def host_of(url: str) -> str:
    """The host of a URL."""
    return url.split("/")[2]


def draw(asked: Counter[tuple[str, int]], found: Counter[tuple[str, int]], similarity: float) -> str:
    """Recall by bin as SVG, a line a script, the similarity asked as a dashed one."""
    width, height, left, top = 640, 360, 50, 20
    colours = ("#1b6ca8", "#c8553d", "#4f772d", "#7b2d8b", "#b8860b", "#008080", "#555", "#d1495b")

    def place(x: float, y: float) -> str:
        return f"{left + (x - BINS[0]) / (1 - BINS[0]) * width:.1f},{top + (1 - y) * height:.1f}"

    marks = [
        f'<text x="{left - 8}" y="{top + (1 - y) * height + 4:.0f}" text-anchor="end">{y:.1f}</text>'
        for y in (0.0, 0.5, 1.0)
    ]
    marks += [
        f'<text x="{place(x, 0).split(",")[0]}" y="{top + height + 18}" text-anchor="middle">{x:.2f}</text>'
        for x in (*BINS[:-1], 1.0)
    ]
    at = place(similarity, 0).split(",")[0]
    marks.append(f'<line x1="{at}" x2="{at}" y1="{top}" y2="{top + height}" stroke="#999" stroke-dasharray="4"/>')
    for number, script in enumerate(sorted({script for script, _ in asked})):
        colour = colours[number % len(colours)]
        points = [
            place((low + min(high, 1.0)) / 2, found[script, index] / asked[script, index])
            for index, (low, high) in enumerate(pairwise(BINS))
            if asked[script, index]
        ]
        marks.append(f'<polyline fill="none" stroke="{colour}" points="{" ".join(points)}"/>')
        marks += [
            f'<circle cx="{point.split(",")[0]}" cy="{point.split(",")[1]}" r="3" fill="{colour}"/>'
            for point in points
        ]
        marks.append(f'<text x="{left + width + 12}" y="{top + 14 + 18 * number}" fill="{colour}">{script}</text>')
    marks.append(f'<text x="{left}" y="{top + height + 40}">share found, by true Jaccard similarity</text>')
    size = f'width="{left + width + 130}" height="{top + height + 50}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(marks)}</svg>'
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("run", type=Path, help="a finished run's folder")
    parser.add_argument("truth", type=Path, help="a line a document: url, kind, of, jaccard5")
    parser.add_argument("--svg", type=Path, help="draw recall here")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    manifest = json.loads((arguments.run / "manifest.json").read_text(encoding="utf-8"))
    near = load_settings(None).near_duplicates.model_validate(manifest["settings"]["near_duplicates"])
    documents = read_run(arguments.run, near.ngram)
    by_url = {document.url: document for document in documents.values()}
    families = families_of(arguments.truth)
    asked, found = recall_counts(families, by_url)
    removed, false, least = false_removals(documents, near.similarity)
    everywhere = left_of_families(families, documents, False)
    told = left_of_families(families, documents, True)
    from_bin = int(np.searchsorted(BINS, near.similarity + RECALL_MARGIN - 1e-9))
    scripts: dict[str, Any] = {}
    for script in sorted({script for script, _ in asked}):
        high = list(range(from_bin, len(BINS) - 1))
        pairs = sum(asked[script, index] for index in high)
        scripts[script] = {
            "pairs": pairs,
            "recall": sum(found[script, index] for index in high) / pairs if pairs else None,
            "by_bin": {
                f"{BINS[index]:.2f}": f"{found[script, index]}/{asked[script, index]}"
                for index in range(len(BINS) - 1)
                if asked[script, index]
            },
        }
    figures = {
        "similarity": near.similarity,
        "scripts": scripts,
        "removed": removed,
        "false": false,
        "false_share": false / removed if removed else 0.0,
        "least_similarity": least,
        "left": dict(sorted(everywhere.items())),
        "one_left": everywhere[1] / max(1, sum(everywhere.values())),
        "left_on_told_hosts": dict(sorted(told.items())),
        "one_left_on_told_hosts": told[1] / max(1, sum(told.values())),
    }
    if arguments.svg:
        arguments.svg.write_text(draw(asked, found, near.similarity), encoding="utf-8")
    if arguments.json:
        print(json.dumps(figures))
        return
    for script, row in scripts.items():
        print(f"{script:12} recall {row['recall']}  of {row['pairs']} pairs;  {row['by_bin']}")
    for name, value in figures.items():
        if name != "scripts":
            print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
