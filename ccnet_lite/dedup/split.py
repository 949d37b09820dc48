"""Which documents are held out: the column `split` of the corpus, drawn by a key that a document keeps for good.

    key       of a document alone in its cluster, or whose cluster holds none of an earlier crawl: the doc_id of
              the cluster's representative, which for a document that stays is its own. Of a cluster with documents
              of earlier crawls of the index: the key of one of these (`greatest_key`)
    number    the first 64 bits of a SHA-256 of the key
    split     validation where number < share * 2^64, else train

A key depends on nothing but the document and what was there when its crawl was added, so no later crawl changes a
split, and what stands for an earlier document is on that one's side. A greater share moves documents from train to
validation alone. The keys of documents that took over another's are kept in `split_keys`.

Where a document stands for several earlier ones of both sides, it is on the training side: what a model was
trained on already is no measure of it. Of these only the validation ones are `superseded` by a training document.
"""

from collections.abc import Iterable
from hashlib import sha256

SALT = "split "
"""Stands before a key when it is hashed, so that the draw has nothing to do with other uses of the id."""


def split_digest(key: str) -> str:
    """SHA-256 of a key as hexadecimal digits: of two keys, the greater digest has the greater number."""
    return sha256(f"{SALT}{key}".encode()).hexdigest()


def is_validation(key: str, share: float) -> bool:
    """Whether a document with this key is held out where this share of all is.

    >>> [is_validation("0123456789abcdef0123456789abcdef", share) for share in (0.0, 0.025, 0.0251, 1.0)]
    [False, False, True, True]
    """
    return int(split_digest(key)[:16], 16) < share * 2.0**64


def greatest_key(keys: Iterable[str]) -> str:
    """Of several documents' keys, the one that a document which stands for them all takes over.

    The one with the greatest number: it is on the validation side only if all of them are, at any share.
    """
    return max(keys, key=split_digest)
