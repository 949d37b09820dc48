"""Which documents gained have a near-duplicate among all that pass: by their signatures."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.minhash import estimate
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import Table

MOST = 100_000
"""Documents that are looked for at once; some 1.3 kB each."""


def with_look_alikes(
    tables: Mapping[str, Table],
    gained: Mapping[int, pa.Array],
    passing: Mapping[int, pa.Array],
    near: NearDuplicateSettings,
) -> int | None:
    """How many of the documents gained have a near-duplicate among all that pass; None: too many to look for.

    As a run does it: documents that share a band, and whose signatures agree in enough places. gained: doc_ids by
    shard; passing: by shard, whether each document passes. Of several candidates in a band of a shard one is
    looked at.
    """
    n_gained = sum(map(len, gained.values()))
    if not n_gained:
        return 0
    if n_gained > MOST:
        return None
    pieces = []
    for shard in (shard for shard in gained if len(gained[shard])):
        held = ShardReader(tables, shard).whole("signals", ["doc_id", "bands", "signature"])
        pieces.append(held.filter(pc.is_in(held["doc_id"], value_set=gained[shard])))
    wanted = pa.concat_tables(pieces)
    wanted = wanted.filter(wanted["signature"].is_valid())
    bands, values = _bands(wanted, near), _values(wanted, near)
    found = np.zeros(wanted.num_rows, np.bool_)
    _mark(found, _within(bands), values, values, near)
    for shard, passes in passing.items():
        held = ShardReader(tables, shard).whole("signals", ["doc_id", "bands"])
        others = held.filter(pc.and_not(passes, pc.is_in(held["doc_id"], value_set=gained[shard])))
        others = others.filter(others["bands"].is_valid())
        mine, theirs = _sharing(bands, _bands(others, near))
        if not len(mine):
            continue
        ids = others["doc_id"].take(pa.array(np.unique(theirs)))
        signed = ShardReader(tables, shard).whole("signals", ["doc_id", "signature"])
        signed = signed.filter(pc.is_in(signed["doc_id"], value_set=ids.combine_chunks()))
        at = np.asarray(
            pc.index_in(others["doc_id"].take(pa.array(theirs)), value_set=signed["doc_id"].combine_chunks())
        )
        _mark(found, (mine, at), values, _values(signed, near), near)
    return int(found.sum())


Int64 = npt.NDArray[np.int64]
UInt32 = npt.NDArray[np.uint32]


def _bands(rows: pa.Table, near: NearDuplicateSettings) -> Int64:
    """[rows, bands]"""
    flat: Int64 = rows["bands"].combine_chunks().flatten().to_numpy()
    return flat.reshape(rows.num_rows, near.bands)


def _values(rows: pa.Table, near: NearDuplicateSettings) -> UInt32:
    """[rows, permutations]"""
    return np.frombuffer(b"".join(rows["signature"].to_pylist()), "<u4").reshape(
        rows.num_rows, near.bands * near.rows
    )


def _within(bands: Int64) -> tuple[Int64, Int64]:
    """Pairs of rows next to each other among those of one band."""
    owner = np.repeat(np.arange(len(bands)), bands.shape[1])
    order = np.argsort(bands.ravel(), kind="stable")
    ordered, owners = bands.ravel()[order], owner[order]
    same = ordered[1:] == ordered[:-1]
    first, second = owners[:-1][same], owners[1:][same]
    return np.concatenate([first, second]), np.concatenate([second, first])


def _sharing(bands: Int64, others: Int64) -> tuple[Int64, Int64]:
    """Pairs (row, row of the others) that share a band, each once."""
    if not others.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.argsort(others.ravel(), kind="stable")
    ordered = others.ravel()[order]
    at = np.minimum(np.searchsorted(ordered, bands.ravel()), len(ordered) - 1)
    hit = ordered[at] == bands.ravel()
    mine = np.repeat(np.arange(len(bands)), bands.shape[1])[hit]
    pairs = np.unique(np.column_stack([mine, order[at[hit]] // others.shape[1]]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _mark(
    found: npt.NDArray[np.bool_],
    pairs: tuple[Int64, Int64],
    values: UInt32,
    others: UInt32,
    near: NearDuplicateSettings,
) -> None:
    mine, theirs = pairs
    for begin in range(0, len(mine), 10_000):
        own, other = mine[begin : begin + 10_000], theirs[begin : begin + 10_000]
        alike = estimate(values[own], others[other]) >= near.similarity
        found[own[alike]] = True
