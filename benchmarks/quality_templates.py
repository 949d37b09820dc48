"""Pages made from one template: how many spun copies `near_duplicates.templates` finds, and what else it drops.

    python benchmarks/quality_templates.py --data DATA [--documents 40] [--templates 0.75] [--json]
        [--crawl CRAWL] [--languages LANG ...]

DATA/text/prose/LANG/*.jsonl are documents of clean prose, DATA/text/lid sentences of some 400 languages, taken
together to documents. Of each language of prose the first --documents are cut to some number of tokens (words;
characters in scripts written without spaces; texts of 300 characters and more), and of each a copy is made:

- `N % of words changed`: for words at random, another of the language that is as common (two characters for two
  others in scripts without spaces); `rare`: of the rarer half of the running words alone, as spinners do;
- `every Nth word`: for these, likewise;
- `spun`: five copies in place of one, in which one word in five is one of three that stand for it everywhere;
- `N names`: five, in which a name of one to three words is filled in at N places.

All are then looked through as a run does it, but for the rules on one document: near-duplicates first. `gone` are
documents that do not stay, of as many as are copies; false are those dropped for a document that is not of their
family. `clean` is the prose and lid, each language by itself, and with --crawl the originals of a made crawl
(truth.jsonl beside its archives, as benchmarks/dedup_quality.py reads it): what is dropped there is told.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from quality_containment import cut
from quality_spun import MIN_CHARS, UNSPACED, clean_sets, prose
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.dedup.clusters import cluster_documents
from ccnet_lite.dedup.minhash import band_hashes, is_empty, signatures
from ccnet_lite.dedup.templates import skeletons, template_documents, word_hashes
from ccnet_lite.settings import NearDuplicateSettings

NEAR = NearDuplicateSettings()
SIZES = (80, 200, 500)
CHANGED = (0.05, 0.1, 0.2)
EVERY = (5, 10, 20)
NAMES = (1, 3, 5)
COPIES = 5
WAYS = (
    *(f"{share:.0%} of words changed" for share in CHANGED),
    *(f"{share:.0%} changed, rare" for share in CHANGED),
    *(f"every {every}th word" for every in EVERY),
    "spun",
    *(f"{count} names" for count in NAMES),
)


class Spinner:
    """Makes copies of texts in a language; texts: of the language, for its words."""

    def __init__(self, texts: Sequence[str], language: str, rng: Random) -> None:
        self.spaced = language not in UNSPACED
        counts = Counter(word for text in texts for word in self.words(text) if word[:1].isalpha())
        self.ranked = [word for word, _ in counts.most_common()]
        self.rank = {word: rank for rank, word in enumerate(self.ranked)}
        half, total = 0, sum(counts.values())
        for rank, word in enumerate(self.ranked):
            half += counts[word]
            if half > total / 2:
                self.rare_from = rank
                break
        self.rng = rng

    def words(self, text: str) -> list[str]:
        """Words of a text; pairs of characters without spaces."""
        return text.split(" ") if self.spaced else [text[at : at + 2] for at in range(0, len(text), 2)]

    def other(self, word: str, rng: Random) -> str:
        """A word that is about as common: of half to twice its rank."""
        rank = self.rank[word]
        low, high = rank // 2, min(len(self.ranked), 2 * rank + 10)
        found = self.ranked[rng.randrange(low, high)]
        return found if found != word else self.ranked[(rank + 1) % len(self.ranked)]

    def copies(self, text: str, way: str) -> list[str]:
        """Texts made of one."""
        words = self.words(text)
        known = [at for at, word in enumerate(words) if word in self.rank]
        if way.endswith("names"):
            return self.named(words, int(way.split()[0]))
        if way == "spun":
            return self.spun(words, known)
        if way.startswith("every"):
            step = int(way.split()[1].removesuffix("th"))
            known = [at for at in known if at % step == step - 1]
            return [
                self.joined([self.other(word, self.rng) if at in known else word for at, word in enumerate(words)])
            ]
        if way.endswith("rare"):
            known = [at for at in known if self.rank[words[at]] >= self.rare_from]
        chosen = self.rng.sample(known, min(len(known), round(float(way.split("%")[0]) / 100 * len(words))))
        made = list(words)
        for at in chosen:
            made[at] = self.other(words[at], self.rng)
        return [self.joined(made)]

    def spun(self, words: list[str], known: list[int]) -> list[str]:
        """Copies in which a fifth of the words is one of three each."""
        chosen = self.rng.sample(known, len(words) // 5) if len(known) > len(words) // 5 else known
        made = [list(words) for _ in range(COPIES)]
        for at in chosen:
            options = [words[at], *(self.other(words[at], self.rng) for _ in range(2))]
            for copy in made:
                copy[at] = self.rng.choice(options)
        return [self.joined(copy) for copy in made]

    def named(self, words: list[str], count: int) -> list[str]:
        """Copies with a name of their own in some places."""
        places = self.rng.sample(range(len(words)), count)
        made = []
        for _ in range(COPIES):
            name = [self.rng.choice(self.ranked).title() for _ in range(self.rng.randint(1, 3))]
            copy = list(words)
            for at in places:
                copy[at] = self.joined(name)
            made.append(self.joined(copy))
        return made

    def joined(self, words: list[str]) -> str:
        """Words to a text."""
        return (" " if self.spaced else "").join(words)


def looked_through(texts: Sequence[str], least: float) -> tuple[dict[int, tuple[int, float, str]], float, int]:
    """By number of a text dropped, that of its other, how like they are, and the rule.

    Then CPU seconds of templates alone, and how many texts these were.
    """
    values = signatures(texts, NEAR)
    rows = np.flatnonzero(~is_empty(values))
    bands = band_hashes(values[rows], NEAR.bands, NEAR.rows).view(np.int64)
    documents = pa.table(
        {
            "doc_id": [f"{row:010d}" for row in rows],
            "shard": pa.array([0] * len(rows), pa.int32()),
            "position": pa.array(rows, pa.int32()),
            "crawl": ["x"] * len(rows),
            "language": ["x"] * len(rows),
            "rank_0": [-float(len(texts[row])) for row in rows],
            "bands": pa.FixedSizeListArray.from_arrays(pa.array(bands.ravel()), NEAR.bands).cast(
                pa.list_(pa.int64())
            ),
            "signature": pa.array([row.tobytes() for row in values[rows].astype("<u4")], pa.binary()),
        }
    )
    found = {
        row["position"]: (int(row["cluster_id"]), row["similarity"], "near_duplicate")
        for row in cluster_documents(documents, ["rank_0"], NEAR).to_pylist()
        if not row["representative"]
    }
    standing = documents.filter(pa.array([row not in found for row in rows.tolist()], pa.bool_()))

    def read(chosen: pa.Table) -> pa.Array:
        of = (word_hashes(texts[number]) for number in chosen["position"].to_pylist())
        return pa.array([hashes.astype("<u4").tobytes() for hashes in of], pa.binary())

    began = time.process_time()
    made_of_texts = skeletons([texts[number] for number in standing["position"].to_pylist()], NEAR.seed)
    column = pa.array([row.astype("<u4").tobytes() for row in made_of_texts], pa.binary())
    standing = standing.append_column("skeleton", column)
    made = template_documents(standing, ["rank_0"], least, read).to_pylist()
    seconds = time.process_time() - began
    for row in made:
        if row["template_of"]:
            found[row["position"]] = (int(row["template_of"]), row["template_similarity"], "template")
    return found, seconds, standing.num_rows


def made_of(
    texts: Sequence[str], documents: int, language: str
) -> Iterator[tuple[str, int, list[str], list[int]]]:
    """(way, size, texts, family of each) of a language."""
    for size in SIZES:
        originals = [short for short in (cut(text, size) for text in texts) if len(short) >= MIN_CHARS][:documents]
        if len(originals) < 10:
            continue
        for way in WAYS:
            spinner = Spinner(texts, language, Random(f"{way} {size} {language}"))
            pages, family = [], []
            for number, original in enumerate(originals):
                made = [original, *spinner.copies(original, way)]
                pages += made
                family += [number] * len(made)
            yield way, size, pages, family


def originals(crawl: Path) -> dict[str, list[str]]:
    """By language, the originals of a made crawl, without lines that three of a host have, as a run masks them."""
    of = {row["url"]: row for row in map(json.loads, (crawl / "truth.jsonl").read_text().splitlines())}
    read: list[tuple[str, str, list[str]]] = []
    for file in sorted(crawl.glob("*.gz")):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                row = of.get(record.rec_headers.get_header("WARC-Target-URI"))
                if row is not None and row["kind"] == "original":
                    host, text = row["url"].split("/")[2], record.content_stream().read().decode()
                    read.append((row["lang"], host, text.split("\n")))
    counts = Counter((host, line) for _, host, lines in read for line in set(lines))
    found: dict[str, list[str]] = {}
    for language, host, lines in read:
        left = "\n".join(line for line in lines if counts[host, line] < 3)
        if len(left) >= MIN_CHARS:
            found.setdefault(language, []).append(left)
    return found


def table(
    data: Path,
    documents: int = 40,
    templates: float = 0.75,
    crawl: Path | None = None,
    languages: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """A row for each language, way and size; and for each clean set and language.

    languages: of which copies are made; none: all.
    """
    rows: list[dict[str, Any]] = []
    for folder in sorted((data / "text" / "prose").iterdir()):
        if languages and folder.name not in languages:
            continue
        texts = list(prose(data, folder.name))
        for way, size, pages, family in made_of(texts, documents, folder.name):
            found, _, _ = looked_through(pages, templates)
            wrong = sum(family[one] != family[other] for one, (other, _, _) in found.items())
            told = {"copies": len(pages) - len(set(family)), "gone": len(found), "false": wrong}
            told["near_duplicates"] = sum(rule == "near_duplicate" for _, _, rule in found.values())
            rows.append({"table": "made", "language": folder.name, "way": way, "size": size, **told})
    sets = [*clean_sets(data), *(("crawl", *each) for each in (originals(crawl) if crawl else {}).items())]
    for name, language, texts in sets:
        found, seconds, looked = looked_through(texts, templates)
        pairs = [
            (round(value, 3), texts[one][:200], texts[other][:200])
            for one, (other, value, rule) in found.items()
            if rule == "template"
        ]
        told = {"documents": len(texts), "looked": looked, "dropped": len(pairs), "seconds": seconds}
        rows.append({"table": "clean", "set": name, "language": language, **told, "pairs": pairs})
    return rows


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--templates", type=float, default=0.75)
    parser.add_argument("--crawl", type=Path)
    parser.add_argument("--languages", nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents, options.templates, options.crawl, options.languages)
    if options.json:
        print("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
        return
    print("| made | tokens | languages | copies | gone | of these near-duplicates | least | false |")
    print("|---|---|---|---|---|---|---|---|")
    made = [row for row in rows if row["table"] == "made"]
    for way, size in sorted(
        {(row["way"], row["size"]) for row in made}, key=lambda key: (WAYS.index(key[0]), key[1])
    ):
        some = [row for row in made if (row["way"], row["size"]) == (way, size)]
        copies, gone, near, wrong = (
            sum(row[key] for row in some) for key in ("copies", "gone", "near_duplicates", "false")
        )
        shares = {row["language"]: row["gone"] / row["copies"] for row in some}
        least = min(shares, key=lambda language: shares[language])
        print(
            f"| {way} | {size} | {len(some)} | {copies} | {gone / copies:.1%} | {near / copies:.1%} "
            f"| {least} {shares[least]:.0%} | {wrong} |"
        )
    for name in dict.fromkeys(row["set"] for row in rows if row["table"] == "clean"):
        clean = [row for row in rows if row.get("set") == name]
        total, looked, dropped = (sum(row[key] for row in clean) for key in ("documents", "looked", "dropped"))
        seconds = sum(row["seconds"] for row in clean)
        print(f"\n{name}: {dropped} of {total:,} clean documents dropped; ", end="")
        print(f"{1e6 * seconds / max(1, looked):.1f} microseconds of CPU a document")
        for row in clean:
            for value, one, other in row["pairs"][:5]:
                print(f"- {row['language']} {value}: {one!r} / {other!r}")


if __name__ == "__main__":
    main()
