"""N-grams of items and of documents, cut by hash; of a part, what documents and items have in common.

All rows of a hash are in one part, so that its document frequency, and with it its weight, is known there. What a
part gives are sums that are added up over the parts; they are whole numbers, so that no order plays a part.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.item_form import item_ngrams
from ccnet_lite.dedup.overlap import UInt64, ngram_hashes, text_hashes
from ccnet_lite.dedup.rarity import weights
from ccnet_lite.kernels.decontaminate import Overlap

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

ITEM_ROWS = pa.schema([("hash", pa.int64()), ("item", pa.int64()), ("size", pa.int64())])
"""An n-gram of an item, the upper half of whose number is its unit; size: distinct n-grams of the item."""
DOCUMENT_ROWS = pa.schema([("hash", pa.int64()), ("document", pa.int64()), ("own", pa.int64())])
"""An n-gram of a document. own: how many of its own length the document has; 0 where this is of another."""
PAIR, DOCUMENT, TOTAL = range(3)
SUMS = pa.schema([(name, pa.int64()) for name in ("kind", "document", "item", "size", "matched", "weight")])
"""kind PAIR: of a document and an item; DOCUMENT: of a document and a reference, in the place of the item;
TOTAL: the weight of an item's n-grams, found or not."""
UNIT_BITS = 32
EXPANDED_ROWS = 2_000_000
"""Pairs that are held at once."""


def item_rows(
    texts: Sequence[str], first: int, overlap: Overlap, form: UInt64
) -> tuple[pa.RecordBatch, list[int], set[int]]:
    """ITEM_ROWS of items with numbers from `first` on, which of them are too short, the lengths of the n-grams.

    form: of the items' reference.
    """
    tokens, offsets = text_hashes(texts)
    hashes, items, sizes, short = [np.zeros(0, np.uint64)], [], [], []
    lengths: set[int] = set()
    for number, (begin, end) in enumerate(pairwise(offsets)):
        if end - begin < overlap.min_tokens:
            short.append(number)
            continue
        ngrams, found = item_ngrams(tokens[begin:end], overlap.ngram, overlap.min_tokens, form)
        hashes.append(ngrams)
        items.append(first + number)
        sizes.append(len(ngrams))
        lengths |= found
    return _batch(ITEM_ROWS, hashes, items, sizes, sizes), short, lengths


def document_rows(texts: Sequence[str], first: int, lengths: Sequence[int], overlap: Overlap) -> pa.RecordBatch:
    """DOCUMENT_ROWS of documents with numbers from `first` on. lengths: of the references' n-grams."""
    tokens, offsets = text_hashes(texts)
    hashes, documents, own, sizes = [np.zeros(0, np.uint64)], [], [], []
    for number, (begin, end) in enumerate(pairwise(offsets)):
        held = tokens[begin:end]
        own_length = min(overlap.ngram, len(held))
        if not own_length or own_length < overlap.min_tokens:
            continue
        for length in lengths:
            hashes.append(np.unique(ngram_hashes(held, length)))
            sizes.append(len(hashes[-1]))
            documents.append(first + number)
            own.append(sizes[-1] if length == own_length else 0)
    return _batch(DOCUMENT_ROWS, hashes, documents, own, sizes)


def _batch(
    schema: pa.Schema, hashes: Sequence[npt.NDArray[np.uint64]], of: list[int], told: list[int], sizes: list[int]
) -> pa.RecordBatch:
    columns = [
        np.concatenate(hashes).view(np.int64),
        *(np.repeat(np.array(each, np.int64), sizes) for each in (of, told)),
    ]
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=schema)


def sums_of_part(
    items: pa.Table, documents: pa.Table, n_documents: int, references: Int64
) -> Iterator[pa.RecordBatch]:
    """SUMS of a part. items: ITEM_ROWS. documents: DOCUMENT_ROWS. n_documents: of the corpus.

    references: [units], of which reference the items of each are.
    """
    if not items.num_rows:
        return
    hashes, item, size = (items[name].to_numpy() for name in ITEM_ROWS.names)
    order = np.lexsort((item, hashes))
    hashes, item, size = hashes[order], item[order], size[order]
    distinct, begins, inverse, counts = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    wanted, document, own = (documents[name].to_numpy() for name in DOCUMENT_ROWS.names)
    place = np.minimum(np.searchsorted(distinct, wanted), len(distinct) - 1)
    there = distinct[place] == wanted
    place, document, own = place[there], document[there], own[there]
    weight = weights(np.bincount(place, minlength=len(distinct)), n_documents).astype(np.int64)
    none = np.full(len(item), -1, np.int64)
    yield _summed(TOTAL, none, item, size, weight[inverse])
    for row, at in _expanded(counts[place]):
        index = begins[place[row]] + at
        yield _summed(PAIR, document[row], item[index], size[index], weight[place[row]])
    mine = own > 0
    place, document, own = place[mine], document[mine], own[mine]
    of, reference = np.unique(np.stack((inverse, references[item >> UNIT_BITS])), axis=1)
    begins, counts = np.searchsorted(of, np.arange(len(distinct))), np.bincount(of, minlength=len(distinct))
    for row, at in _expanded(counts[place]):
        index = begins[place[row]] + at
        yield _summed(DOCUMENT, document[row], reference[index], own[row], weight[place[row]])


def _expanded(counts: Int64) -> Iterator[tuple[Int64, Int64]]:
    """Each row as often as it counts, with numbers from 0 on, some rows at a time."""
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        before = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + EXPANDED_ROWS, side="right")))
        some = counts[begin:end]
        row = np.repeat(np.arange(begin, end), some)
        yield row, np.arange(len(row)) - np.repeat(np.cumsum(some) - some, some)
        begin = end


def _summed(kind: int, document: Int64, item: Int64, size: Int64, weight: Int64) -> pa.RecordBatch:
    """Rows of SUMS: one for each document and item."""
    order = np.lexsort((item, document))
    document, item, size, weight = document[order], item[order], size[order], weight[order]
    changes = (document[1:] != document[:-1]) | (item[1:] != item[:-1])
    first = np.flatnonzero(np.concatenate(([True], changes)))[: len(document)]
    matched = np.diff(np.append(first, len(document)))
    weight = np.add.reduceat(weight, first) if len(first) else weight
    columns = (np.full(len(first), kind), document[first], item[first], size[first], matched, weight)
    return pa.RecordBatch.from_arrays([pa.array(column, pa.int64()) for column in columns], schema=SUMS)
