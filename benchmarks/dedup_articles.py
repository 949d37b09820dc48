"""Near-duplicates of documents with planted pairs, by the pipeline's signatures and clusters alone.

    python benchmarks/dedup_articles.py ARTICLES.train ARTICLES.truth [--similarity 0.8]

ARTICLES.train has a line a document, its name and its text; ARTICLES.truth a line a planted pair of names.
Printed are the planted pairs with their exact Jaccard similarity and whether one of the two was removed, and
how many documents were removed though they are unlike (similarity - 0.1) what stands for them.
"""

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.clusters import cluster_documents
from ccnet_lite.dedup.minhash import band_hashes, jaccard, signatures
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hashes


def clusters_of(texts: dict[str, str], settings: NearDuplicateSettings) -> dict[str, str]:
    """Each clustered document's representative, by name."""
    ids = {hashlib.blake2b(name.encode(), digest_size=16).hexdigest(): name for name in texts}
    values = signatures(list(texts.values()), settings)
    bands = band_hashes(values, settings.bands, settings.rows).view(np.int64)
    documents = pa.table(
        {
            "doc_id": list(ids),
            "shard": pa.array([0] * len(ids), pa.int32()),
            "position": pa.array(range(len(ids)), pa.int32()),
            "number": [int(doc_id[:15], 16) for doc_id in ids],
            "crawl": ["articles"] * len(ids),
            "rank_0": [-float(len(text)) for text in texts.values()],
            "bands": pa.array(bands.tolist(), pa.list_(pa.int64())),
            "signature": pa.array([row.tobytes() for row in values], pa.binary()),
        }
    )
    found = cluster_documents(documents, ["rank_0"], settings)
    return {ids[row["doc_id"]]: ids[row["cluster_id"]] for row in found.to_pylist()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--similarity", type=float, default=0.8)
    arguments = parser.parse_args()
    settings = NearDuplicateSettings(similarity=arguments.similarity)
    lines = arguments.articles.read_text(encoding="utf-8").splitlines()
    texts = {name: text for name, _, text in (line.partition(" ") for line in lines)}
    planted = [line.split() for line in arguments.truth.read_text().splitlines() if line.strip()]
    clusters_of(dict(list(texts.items())[:10]), settings)  # what is compiled at the first call is not timed
    began = time.monotonic()
    stands_for = clusters_of(texts, settings)
    seconds = time.monotonic() - began
    shingles = {name: np.sort(shingle_hashes(text, settings.ngram)) for name, text in texts.items()}
    for one, other in planted:
        exact = jaccard(shingles[one], shingles[other])
        found = one in stands_for and stands_for[one] == stands_for.get(other)
        print(f"{one} {other}: exact {exact:.3f}, {'one of them removed' if found else 'both stay'}")
    removed = [name for name, stands in stands_for.items() if name != stands]
    unlike = [
        name
        for name in removed
        if jaccard(shingles[name], shingles[stands_for[name]]) < arguments.similarity - 0.1
    ]
    print(f"{len(texts):,} documents, {len(removed)} removed, {len(unlike)} of them unlike; {seconds:.2f} s")


if __name__ == "__main__":
    main()
