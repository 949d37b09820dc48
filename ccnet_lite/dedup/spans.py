"""Runs of tokens that stand in an earlier document, too: found by a few hashes, proven window by window. No Spark.

Two rounds, each within a shard and then within a range of hashes:

1. Of each text's runs of half of N tokens some are taken by winnowing (dedup/winnowing.py): of all that begin in
   so many tokens that a window of N holds them, the one with the least hash. So two texts that share N tokens
   share one taken run. A run that only one document has goes no further.
2. Of what goes on, every window of N tokens around it is hashed: 128 bits of BLAKE2b of the tokens' own bytes. Of
   equal windows the first (by shard, position, place) is the original; those in other documents are copies.

Windows that follow each other in both texts are one span. Whatever is marked, each window of N tokens in it stands
in an earlier document token for token, and every one that does is marked: round 1 misses none.

Not handled: repeats within one document; texts that differ in a word every N tokens.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.winnowing import winnow
from ccnet_lite.text.hashes import run_hashes, token_hashes
from ccnet_lite.text.located import Located, composed_in_place, locate
from ccnet_lite.text.tokens import PIECE_CHARS, blocks, tokenize

Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]
Runs = tuple[UInt64, Int64, Int64]
"""See `taken_runs`."""

COUNTS = pa.schema([("route", pa.int64()), ("shard", pa.int32()), ("documents", pa.int32())])
"""Runs that a shard's documents have, each once, by their hash; documents: 1, or 2 for more."""
WINDOWS = pa.schema(
    [
        ("route", pa.int64()),
        ("check", pa.int64()),
        ("shard", pa.int32()),
        *((name, pa.int32()) for name in ("position", "place", "begin", "end")),
        ("doc_id", pa.string()),
    ]
)
"""Windows of N tokens: two halves of their hash; the document, the number of the first token, characters."""


def run_length(least: int) -> int:
    """Tokens in a run of which some are taken, where spans have `least` tokens or more."""
    return max(1, least // 2)


def taken_runs(hashes: UInt64, offsets: Int64, least: int) -> Runs:
    """(values, places, rows): the runs that are taken, the number of their first token, and of their text.

    hashes: uint64, of the tokens of some texts; offsets: int64 [texts + 1], where each text's begin. least: tokens
    in a window, of which each text gives one run at the least; a text with fewer tokens gives none.

    >>> hashes = np.arange(10, dtype=np.uint64)
    >>> values, places, rows = taken_runs(hashes, np.array([0, 3, 10]), 4)
    >>> rows.tolist(), len(values) == len(places) == len(rows)
    ([1, 1], True)
    """
    length = run_length(least)
    rows = np.flatnonzero(np.diff(offsets) >= least)
    runs = run_hashes(hashes, offsets[rows], offsets[rows + 1], length)
    bounds = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.diff(offsets)[rows] - length + 1, out=bounds[1:])
    taken, counts = winnow(runs, bounds[:-1], bounds[1:], least - length + 1)
    of = np.repeat(np.arange(len(rows)), counts)
    return runs[taken], taken - bounds[of], rows[of]


def runs_of_texts(texts: Sequence[str], least: int) -> Runs:
    """`taken_runs` of texts; a long one by itself, in pieces."""
    composed = [composed_in_place(text)[0] for text in texts]
    none = np.zeros(0, np.int64)
    parts: list[Runs] = [(none.view(np.uint64), none, none)]
    for start, stop in blocks(composed):
        if len(composed[start]) > PIECE_CHARS:
            hashes = locate(composed[start]).hashes
            offsets = np.array([0, len(hashes)])
        else:
            tokens = tokenize(composed[start:stop])
            hashes, offsets = token_hashes(tokens), tokens.offsets
        values, places, rows = taken_runs(hashes, offsets, least)
        parts.append((values, places, rows + start))
    values, places, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
    return values, places, rows


def count_runs(shard: int, values: UInt64, rows: Int64) -> pa.RecordBatch:
    """Rows of COUNTS, of runs (uint64) and the number of the document of each."""
    keys = values.view(np.int64)
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(new)
    several = np.zeros(len(starts), np.bool_)
    if len(starts):
        several = np.maximum.reduceat(rows, starts) != np.minimum.reduceat(rows, starts)
    columns = (keys[starts], np.full(len(starts), shard), 1 + several.astype(np.int32))
    arrays = [pa.array(values, field.type) for values, field in zip(columns, COUNTS, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=COUNTS)


def shared_runs(counts: pa.Table) -> pa.Table:
    """shard, key: the runs that two documents have or more, for each shard that has them. counts: COUNTS."""
    keys, documents = counts["route"].to_numpy(), counts["documents"].to_numpy()
    order = np.argsort(keys, kind="stable")
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[order][1:] != keys[order][:-1]
    starts = np.flatnonzero(new)
    held = np.add.reduceat(documents[order], starts) if len(starts) else documents
    chosen = order[np.repeat(held >= 2, np.diff([*starts, len(keys)]))]
    rows = pa.table({"shard": counts["shard"].take(chosen), "key": pa.array(keys[chosen], pa.int64())})
    return rows.sort_by([("shard", "ascending"), ("key", "ascending")]).combine_chunks()


def windows_of_texts(
    texts: Sequence[str], doc_ids: Sequence[str], positions: Sequence[int], shard: int, shared: Int64, least: int
) -> Iterator[pa.RecordBatch]:
    """Rows of WINDOWS for each text that has one of the shared runs, of which there is one at the least."""
    ordered = np.sort(shared.view(np.uint64))
    values, places, rows = runs_of_texts(texts, least)
    hit = ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values
    places, rows = places[hit], rows[hit]
    bounds = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
    for row, (first, end) in enumerate(pairwise(bounds)):
        if end > first:
            tokens = locate(texts[row])
            begins = windows_around(places[first:end], len(tokens), least)
            yield window_rows(tokens, begins, least, shard, positions[row], doc_ids[row])


def windows_around(places: Int64, n_tokens: int, least: int) -> Int64:
    """The first tokens of the windows of `least` tokens that hold one of the runs at these places, ascending.

    >>> windows_around(np.array([3]), 20, 4).tolist()
    [1, 2, 3]
    """
    within = np.zeros(n_tokens - least + 2, np.int64)
    np.add.at(within, np.maximum(places + run_length(least) - least, 0), 1)
    np.add.at(within, np.minimum(places, n_tokens - least) + 1, -1)
    return np.flatnonzero(np.cumsum(within)[:-1] > 0)


def window_rows(
    tokens: Located, places: Int64, least: int, shard: int, position: int, doc_id: str
) -> pa.RecordBatch:
    """Rows of WINDOWS: those of a document that begin at these tokens."""
    data = memoryview(tokens.data)
    last = tokens.last[places + least - 1].tolist()
    digests = [
        blake2b(data[begin:end], digest_size=16).digest()
        for begin, end in zip(tokens.first[places].tolist(), last, strict=True)
    ]
    halves = np.frombuffer(b"".join(digests), "<i8").reshape(-1, 2)
    numbers = (shard, position, places, tokens.begins[places], tokens.ends[places + least - 1])
    arrays = [pa.array(halves[:, 0].copy()), pa.array(halves[:, 1].copy())]
    arrays += [pa.array(np.broadcast_to(each, len(places)).astype(np.int32)) for each in numbers]
    arrays.append(pa.repeat(pa.scalar(doc_id), len(places)))
    return pa.RecordBatch.from_arrays(arrays, schema=WINDOWS)


def compare_windows(windows: pa.Table) -> pa.Table:
    """What equal windows are to each other: rows of `span_windows`, sorted by shard, position and place.

    windows: WINDOWS, of all shards with a hash. A row for each copy, and one without an original for the
    first of those that have copies in other documents.
    """
    names = ("route", "check", "shard", "position", "place")
    keys = [windows[name].to_numpy() for name in names]
    order = np.lexsort(keys[::-1])
    windows = windows.take(pa.array(order)).combine_chunks()
    hash_, check, shard, position, _ = (column[order] for column in keys)
    new = np.ones(len(order), np.bool_)
    new[1:] = (hash_[1:] != hash_[:-1]) | (check[1:] != check[:-1])
    starts = np.flatnonzero(new)
    first = np.repeat(starts, np.diff([*starts, len(order)]))
    copy = (shard != shard[first]) | (position != position[first])
    copied = np.zeros(len(order), np.bool_)
    copied[first[copy]] = True
    chosen = np.flatnonzero(copy | copied)
    rows = windows.select(["shard", "position", "place", "begin", "end", "doc_id"]).take(pa.array(chosen))
    of = pa.array(first[chosen], mask=copied[chosen])
    for name, column in (
        ("original", "doc_id"),
        *((f"original_{n}", n) for n in ("shard", "place", "begin", "end")),
    ):
        rows = rows.append_column(name, windows[column].take(of))
    return rows.sort_by([(name, "ascending") for name in ("shard", "position", "place")]).combine_chunks()


def join_windows(rows: pa.Table, least: int) -> pa.Table:
    """Rows of `spans` of some shards, from those of `span_windows`, sorted by shard, position, begin."""
    rows = rows.sort_by([(name, "ascending") for name in ("shard", "position", "place")]).combine_chunks()
    shard, position, place = (rows[name].to_numpy() for name in ("shard", "position", "place"))
    original = (
        rows["original"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    )
    other = rows["original_place"].fill_null(-1).to_numpy()
    n_rows = len(place)
    # Copies and first ones are joined apart: between copies there may be windows that are the first.
    kind = original >= 0
    by_kind = np.lexsort((place, position, shard, kind))
    parts = [column[by_kind] for column in (shard, position, place, original, other)]
    shard, position, place, original, other = parts
    goes_on = np.zeros(n_rows, np.bool_)
    same = (shard[1:] == shard[:-1]) & (position[1:] == position[:-1]) & (original[1:] == original[:-1])
    step = place[1:] - place[:-1]
    follows = (step == 1) & (other[1:] - other[:-1] == 1)
    goes_on[1:] = same & np.where(original[1:] >= 0, follows, step <= least)
    starts = np.flatnonzero(~goes_on)
    ends = np.append(starts[1:], n_rows)[: len(starts)] - 1
    begin, end = rows.take(pa.array(by_kind[starts])), rows.take(pa.array(by_kind[ends]))
    table = begin.select(["doc_id", "shard", "position", "begin"])
    table = table.append_column("end", end["end"])
    table = table.append_column("tokens", pa.array((place[ends] - place[starts] + least).astype(np.int32)))
    for name, source in (
        ("original", begin),
        ("original_shard", begin),
        ("original_begin", begin),
        ("original_end", end),
    ):
        table = table.append_column(name, source[name])
    order = [
        (name, "ascending") for name in ("shard", "position", "begin", "end", "original_shard", "original_begin")
    ]
    return table.sort_by(order).combine_chunks()
