"""Signatures and near-duplicates of texts, for who has texts and no run: what a run does, on a list."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ccnet_lite.dedup.clusters import cluster_documents
from ccnet_lite.dedup.minhash import UInt32, band_hashes, is_empty, signatures
from ccnet_lite.settings import NearDuplicateSettings, override_settings
from ccnet_lite.text.given import texts_of
from ccnet_lite.text.shingles import shingle_hashes


class Cluster(NamedTuple):
    """Texts that are alike, by their number in the list.

    kept: the one that stands for them. copies: the others, ascending. similarities: of each to the one kept.
    """

    kept: int
    copies: tuple[int, ...]
    similarities: tuple[float, ...]


class Duplicates(NamedTuple):
    """What was found among texts. kept: the numbers of those to keep, ascending. clusters: by their first text."""

    kept: list[int]
    clusters: list[Cluster]


def sign(texts: str | Iterable[str], **settings: Any) -> UInt32:
    """MinHash signature of a text, uint32 [permutations], or of several, [texts, permutations].

    The share of equal values of two signatures estimates the Jaccard similarity of their shingles.

    >>> import ccnet_lite
    >>> one, other = ccnet_lite.sign(["the same few words and more", "The same few words, and more!"])
    >>> one.shape, float((one == other).mean())
    ((256,), 1.0)

    Args:
        texts: One text, or several.
        settings: Of [near_duplicates]: bands, rows (their product is the number of permutations), seed, ngram.

    Raises:
        UserError: there is no such setting, or what was given is no text.
    """
    given = texts_of(texts)
    values = signatures(given.texts, _settings(settings))
    return values[0] if given.alone else values


def find_duplicates(texts: Iterable[str], **settings: Any) -> Duplicates:
    """Near-duplicates among texts, found and clustered as in a run: of each cluster the longest text is kept.

    >>> import ccnet_lite
    >>> page = "On Monday the town council voted to close the old swimming pool by the river for two years."
    >>> texts = [page, "Something else was said there.", page + " Again."]
    >>> found = ccnet_lite.find_duplicates(texts, similarity=0.7)
    >>> found.kept, found.clusters[0].kept, found.clusters[0].copies
    ([1, 2], 2, (0,))

    Args:
        texts: The texts; one without a letter or digit is nobody's duplicate.
        settings: Of [near_duplicates]: similarity, verify ("exact" compares all shingles), bands, rows, seed,
            ngram.

    Raises:
        UserError: there is no such setting, or what was given are no texts.
    """
    given = texts_of([texts] if isinstance(texts, str) else texts)
    near = _settings(settings)
    rows = cluster_documents(_documents(given.texts, near), ["fewer"], near)
    members: dict[str, dict[int, float]] = {}
    for row in rows.select(["doc_id", "cluster_id", "similarity"]).to_pylist():
        members.setdefault(row["cluster_id"], {})[int(row["doc_id"])] = row["similarity"]
    clusters = []
    for name, found in members.items():
        copies = sorted(found.keys() - {int(name)})
        clusters.append(Cluster(int(name), tuple(copies), tuple(found[copy] for copy in copies)))
    gone = {copy for cluster in clusters for copy in cluster.copies}
    kept = [number for number in range(len(given.texts)) if number not in gone]
    return Duplicates(kept, sorted(clusters, key=lambda cluster: min(cluster.kept, *cluster.copies)))


def _documents(texts: list[str], near: NearDuplicateSettings) -> pa.Table:
    """Texts as `cluster_documents` takes them, without empty ones; a name is a number that sorts as one."""
    values = signatures(texts, near)
    chosen = np.flatnonzero(~is_empty(values))
    bands = band_hashes(values[chosen], near.bands, near.rows).view(np.int64)
    offsets = np.arange(0, bands.size + 1, near.bands, dtype=np.int32)
    some = [texts[number] for number in chosen]
    columns = {
        "doc_id": pa.array([f"{number:010d}" for number in chosen], pa.string()),
        "shard": pa.array(np.zeros(len(chosen), np.int32)),
        "position": pa.array(chosen.astype(np.int32)),
        "crawl": pa.array([""] * len(chosen), pa.string()),
        "fewer": pa.array([-len(text) for text in some], pa.int64()),
        "bands": pa.ListArray.from_arrays(pa.array(offsets), pa.array(bands.ravel())),
        "signature": pa.array([row.astype("<u4").tobytes() for row in values[chosen]], pa.binary()),
    }
    if near.verify == "exact":
        hashes = [np.sort(shingle_hashes(text, near.ngram)).astype("<u4").tobytes() for text in some]
        columns["shingles"] = pa.array(hashes, pa.binary())
    return pa.table(columns)


def _settings(given: dict[str, Any]) -> NearDuplicateSettings:
    return override_settings({"near_duplicates": given}, (), "what was given").near_duplicates
