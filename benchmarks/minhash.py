"""MinHash signatures: documents a second, ours against datasketch's documented loop, in one run.

    python benchmarks/minhash.py [CRAWL/*.wet.gz ...] [--documents 2000] [--bands 32 --rows 8] [--json]

On the documents of the archives given, or on made-up ones in three scripts. Both sides are timed from the
text to the signature, by CPU time of one process, best of --repeat; datasketch gets our shingles, whose
making is timed with it, and by itself, and hashes them as it does by default (SHA-1):

    ours                 dedup.minhash.signatures on batches of 1,000 documents
    datasketch_update    MinHash.update for every shingle, the loop of its documentation
    datasketch_batch     MinHash.update_batch on all shingles of a document
    shingles             the shingles alone, as bytes, which both loops are given

The loops are timed on --loop-documents of them. That all three give equal values where datasketch is given our
hash is checked. What numba
compiles is compiled before the clock starts; `compile` says how long that took (seconds of wall time; little
when its cache was filled before).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from datasketch import MinHash
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.dedup.minhash import signatures
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hash, shingles

BATCH = 1000


def read_texts(paths: Sequence[str], limit: int) -> list[str]:
    """The texts of the first conversion records."""
    texts: list[str] = []
    for path in paths:
        with Path(path).open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "conversion":
                    texts.append(record.content_stream().read().decode("utf-8", "replace"))
                    if len(texts) == limit:
                        return texts
    return texts


def made_up_texts(count: int) -> list[str]:
    """Words drawn by rank as in running text, 400 a document; every tenth is Cyrillic, every tenth Han."""
    random = np.random.default_rng(0)
    letters = ["abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшыя"]
    words = [
        ["".join(random.choice(list(alphabet), random.integers(2, 10))) for _ in range(20_000)]
        for alphabet in letters
    ]
    texts = []
    for number in range(count):
        if number % 10 == 9:
            texts.append("".join(chr(0x4E00 + code) for code in random.zipf(1.2, 600) % 5000))
        else:
            of = words[number % 10 == 8]
            texts.append(" ".join(of[rank % len(of)] for rank in random.zipf(1.2, 400)))
    return texts


def measure(work: Callable[[], object], repeat: int) -> float:
    """CPU seconds of the fastest of some runs."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("archives", nargs="*", help="WET files; none: made-up documents")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--loop-documents", type=int, default=200)
    parser.add_argument("--bands", type=int, default=NearDuplicateSettings().bands)
    parser.add_argument("--rows", type=int, default=NearDuplicateSettings().rows)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    settings = NearDuplicateSettings(bands=arguments.bands, rows=arguments.rows)
    n_permutations = settings.bands * settings.rows
    if arguments.archives:
        texts = read_texts(arguments.archives, arguments.documents)
    else:
        texts = made_up_texts(arguments.documents)
    some = texts[:: max(1, len(texts) // arguments.loop_documents)][: arguments.loop_documents]

    def ours() -> None:
        for start in range(0, len(texts), BATCH):
            signatures(texts[start : start + BATCH], settings)

    minhash = partial(MinHash, num_perm=n_permutations, seed=settings.seed)

    def update(minhash: Callable[[], MinHash] = minhash) -> list[MinHash]:
        made = []
        for text in some:
            made.append(minhash())
            for shingle in shingles(text, settings.ngram):
                made[-1].update(shingle)
        return made

    def update_batch(minhash: Callable[[], MinHash] = minhash) -> list[MinHash]:
        made = []
        for text in some:
            made.append(minhash())
            made[-1].update_batch(shingles(text, settings.ngram))
        return made

    start = time.perf_counter()
    expected = signatures(some, settings)
    compile_seconds = time.perf_counter() - start
    with_our_hash = partial(minhash, hashfunc=shingle_hash)
    for made in (update(with_our_hash), update_batch(with_our_hash)):
        if not np.array_equal(expected, [signature.hashvalues for signature in made]):
            sys.exit("the signatures differ from datasketch's")
    figures = {
        "documents": float(len(texts)),
        "shingles_a_document": sum(len(shingles(text, settings.ngram)) for text in some) / len(some),
        "permutations": float(n_permutations),
        "compile": compile_seconds,
        "ours": len(texts) / measure(ours, arguments.repeat),
        "datasketch_update": len(some) / measure(update, arguments.repeat),
        "datasketch_batch": len(some) / measure(update_batch, arguments.repeat),
        "shingles": len(some)
        / measure(lambda: [shingles(text, settings.ngram) for text in some], arguments.repeat),
    }
    figures["times_update"] = figures["ours"] / figures["datasketch_update"]
    figures["times_batch"] = figures["ours"] / figures["datasketch_batch"]
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value:12,.1f}")


if __name__ == "__main__":
    main()
