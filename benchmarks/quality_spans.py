"""Spans that several documents have: how many of those planted `spans.min_tokens` finds, and what else it cuts.

    python benchmarks/quality_spans.py --data DATA [--documents 60] [--min-tokens 50] [--json]

DATA/text/prose/LANG/*.jsonl are documents of clean prose. Of each language and each length a run of so many tokens
(words; characters in scripts written without spaces) is taken out of one document, from a random token on, and put
into another, at a random place between two tokens. All documents then are looked through as a run does it.
`found`: planted runs of which every token is in a span of the document that came second; `strange`: characters of
spans that are in no window that another document has, told by comparing all windows as text; `else`: characters of
spans besides the planted, in which the set repeats itself. CPU is that of everything that a run would do besides.
"""

import argparse
import json
import time
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from quality_spun import prose

from ccnet_lite.dedup.spans import (
    COUNTS,
    WINDOWS,
    compare_windows,
    count_runs,
    join_windows,
    runs_of_texts,
    shared_runs,
    windows_of_texts,
)
from ccnet_lite.kernels.spans import spans_by_document
from ccnet_lite.text.located import Located, locate

LENGTHS = (20, 40, 49, 50, 60, 100, 200, 400)


def looked_through(texts: list[str], least: int, n_shards: int = 1) -> tuple[pa.Table, float]:
    """Rows of `spans`, document n as n, in shard n modulo n_shards; CPU seconds."""
    began = time.process_time()
    shards = [texts[shard::n_shards] for shard in range(n_shards)]
    counts = []
    for shard, own in enumerate(shards):
        values, _, rows = runs_of_texts(own, least)
        counts.append(count_runs(shard, values, rows))
    shared, windows = shared_runs(pa.Table.from_batches(counts, COUNTS)), []
    for shard, own in enumerate(shards):
        keys = shared.filter(pc.equal(shared["shard"], shard))["key"].to_numpy()
        if len(keys):
            ids = [str(number) for number in range(shard, len(texts), n_shards)]
            windows += windows_of_texts(own, ids, range(len(own)), shard, keys, least)
    found = join_windows(compare_windows(pa.Table.from_batches(windows, WINDOWS)), least)
    return found, time.process_time() - began


def planted(texts: list[str], length: int, rng: Random) -> tuple[list[str], dict[int, tuple[int, int]]]:
    """The texts, every second of them with a run of the one before it; where these stand, by number."""
    made, places = list(texts), {}
    for number in range(1, len(texts), 2):
        source, target = locate(texts[number - 1]), locate(texts[number])
        if len(source) < length or not len(target):
            continue
        first = rng.randrange(len(source) - length + 1)
        run = texts[number - 1][source.begins[first] : source.ends[first + length - 1]]
        at = int(target.begins[rng.randrange(len(target))])
        made[number] = f"{texts[number][:at]}{run} {texts[number][at:]}"
        places[number] = (at, at + len(run))
    return made, places


def repeated(tokens: list[Located], least: int) -> list[set[int]]:
    """By text, the tokens in windows that a text before it has: each window as text, in one dictionary."""
    seen: dict[bytes, int] = {}
    marked: list[set[int]] = []
    for number, each in enumerate(tokens):
        own = each.data.split()
        here: set[int] = set()
        for place in range(len(own) - least + 1):
            if seen.setdefault(b" ".join(own[place : place + least]), number) != number:
                here.update(range(place, place + least))
        marked.append(here)
    return marked


def measured(texts: list[str], length: int, least: int, rng: Random) -> dict[str, Any]:
    """One language, one length."""
    made, places = planted(texts, length, rng)
    table, seconds = looked_through(made, least)
    copies, _ = spans_by_document(table)
    tokens = [locate(text) for text in made]
    told = repeated(tokens, least)
    found = beside = strange = missed = 0
    for number, each in enumerate(tokens):
        spans = copies.get(str(number), [])
        own = {
            token
            for token, (begin, end) in enumerate(zip(each.begins.tolist(), each.ends.tolist(), strict=True))
            if any(first <= begin and end <= last for first, last in spans)
        }
        sizes = (each.ends - each.begins).tolist()
        strange += sum(sizes[token] for token in own - told[number])
        missed += len(told[number] - own)
        inside = set()
        if number in places:
            first, last = places[number]
            inside = {t for t in range(len(each)) if first <= each.begins[t] and each.ends[t] <= last}
            found += inside <= own
        beside += sum(sizes[token] for token in own - inside)
    counts = {"planted": len(places), "found": found, "missed": missed, "strange": strange, "else": beside}
    return counts | {"documents": len(texts), "microseconds": seconds * 1e6}


def table(data: Path, documents: int = 60, least: int = 50) -> list[dict[str, Any]]:
    """A row for each length, over all languages."""
    folders = sorted((data / "text" / "prose").iterdir())
    languages = {folder.name: list(islice(prose(data, folder.name), documents)) for folder in folders}
    looked_through([text for texts in languages.values() for text in texts[:2]], least)  # compiles
    rows = []
    for length in LENGTHS:
        rng, sums, used = Random(length), dict.fromkeys(("planted", "found", "missed", "strange", "else"), 0), 0
        seconds = number = 0.0
        for texts in languages.values():
            found = measured(texts, length, least, rng)
            used += found["planted"] > 0
            sums = {name: value + found[name] for name, value in sums.items()}
            seconds, number = seconds + found["microseconds"], number + found["documents"]
        rows.append(
            {"tokens": length, "languages": used, **sums, "microseconds a document": round(seconds / number)}
        )
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--min-tokens", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = table(given.data, given.documents, given.min_tokens)
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"| {' | '.join(rows[0])} |\n|{'---|' * len(rows[0])}")
    for row in rows:
        print(f"| {' | '.join(f'{value:,}' for value in row.values())} |")


if __name__ == "__main__":
    main()
