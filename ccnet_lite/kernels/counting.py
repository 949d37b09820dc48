"""Which lines repeat: counted within a shard, then over the shards of one hash range.

A shard's counts are a few columns of numbers, sent to the range of their key; a range answers with masks for
the shards that hold the key. A key is in no range more than some numbers a shard, however common it is:
what is counted of a host goes by key and host, and of the hosts of a key no more than are asked for.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.kernels.lines import Bools, Int64, ShardLines
from ccnet_lite.settings import LineSettings, ParagraphSettings
from ccnet_lite.text.paragraphs import EMPTY_KEY

HOST_COUNTS = pa.schema(
    [
        *((name, pa.int64()) for name in ("route", "key", "host")),
        *((name, pa.int32()) for name in ("shard", "documents")),
        *((name, pa.int64()) for name in ("least_text", "most_text")),
    ]
)
"""Documents of a host that hold a line, in a shard; least and greatest of their longest lines' keys."""
KEY_COUNTS = pa.schema(
    [
        *((name, pa.int64()) for name in ("route", "key", "host")),
        *((name, pa.int32()) for name in ("shard", "chars")),
        *((name, pa.int64()) for name in ("least_text", "most_text")),
    ]
)
"""Hosts that hold a line in a shard, the least few; the line's length there."""
PARAGRAPH_COUNTS = pa.schema(
    [
        *((name, pa.int64()) for name in ("route", "key")),
        *((name, pa.int32()) for name in ("shard", "documents", "first_position")),
        *((name, pa.int64()) for name in ("least_host", "most_host")),
    ]
)
"""Documents that hold a line in a shard, the position of the first, the least and greatest of their hosts."""


def longest_lines(lines: ShardLines) -> Int64:
    """[documents]: the key of each document's longest line; of equally long ones the least, without one 0.

    Copies and versions of a text share it, and pages that share a menu do not.
    """
    found = np.zeros(len(lines.positions), np.int64)
    begins, ends = lines.offsets[:-1], lines.offsets[1:]
    with_lines = np.flatnonzero(ends > begins)
    if len(with_lines):
        begins = begins[with_lines]
        longest = np.repeat(np.maximum.reduceat(lines.chars, begins), ends[with_lines] - begins)
        keys = np.where(lines.chars == longest, lines.keys, np.iinfo(np.int64).max)
        found[with_lines] = np.minimum.reduceat(keys, begins)
    return found


def _by_host(lines: ShardLines, counted: Bools, texts: Int64 | None) -> dict[str, Any]:
    """A group for each (host, key) of the lines counted: host, key, documents, chars, first, texts."""
    documents = lines.documents[counted]
    keys, chars = lines.keys[counted], lines.chars[counted]
    # Documents are in order and stay so within a group. Were two groups ever of one route, their rows might be
    # in turns: what is summed of a group would come in several rows, which are summed where all shards meet.
    order = np.argsort(_route(keys, lines.hosts[documents]), kind="stable")
    documents, keys, chars = documents[order], keys[order], chars[order]
    hosts = lines.hosts[documents]
    new_group = _changes(keys, hosts)
    new_document = new_group.copy()
    new_document[1:] |= documents[1:] != documents[:-1]
    starts = np.flatnonzero(new_group)
    if not len(starts):
        empty = np.zeros(0, np.int64)
        return dict.fromkeys(("host", "key", "documents", "chars", "first", "least", "most"), empty)
    groups: dict[str, Any] = {
        "host": hosts[starts],
        "key": keys[starts],
        "documents": np.add.reduceat(new_document.astype(np.int64), starts),
        "chars": np.maximum.reduceat(chars, starts),
        "first": lines.positions[documents[starts]],
    }
    if texts is not None:
        groups["least"] = np.minimum.reduceat(texts[documents], starts)
        groups["most"] = np.maximum.reduceat(texts[documents], starts)
    return groups


def _changes(*columns: npt.NDArray[np.generic]) -> Bools:
    """[rows]: whether a row differs from the one before in any column; the first does."""
    new = np.ones(len(columns[0]), np.bool_)
    new[1:] = False
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def count_boilerplate(
    shard: int, lines: ShardLines, population: Bools, settings: LineSettings
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Rows of HOST_COUNTS and KEY_COUNTS. population: [documents], whose lines count.

    Blank lines and those of dashes, which share a key, are not counted: they space the text.
    """
    counted = population[lines.documents] & (lines.keys != EMPTY_KEY)
    groups = _by_host(lines, counted, longest_lines(lines))
    key, host = groups["key"].astype(np.int64), groups["host"].astype(np.int64)
    by_host = _batch(
        HOST_COUNTS,
        route=_route(key, host),
        key=key,
        host=host,
        shard=np.full(len(key), shard),
        documents=groups["documents"],
        least_text=groups["least"],
        most_text=groups["most"],
    )
    if not settings.common_hosts or not len(key):
        return by_host, _empty(KEY_COUNTS)
    order = np.lexsort((host, key))
    starts = np.flatnonzero(_changes(key[order]))
    sizes = np.diff(starts, append=len(key))
    # Of a key's hosts no more than are asked for: the least of all shards' least are the least of all.
    few = np.arange(len(key)) - np.repeat(starts, sizes) < settings.common_hosts
    chars = np.repeat(np.maximum.reduceat(groups["chars"][order], starts), sizes)[few]
    least = np.repeat(np.minimum.reduceat(groups["least"][order], starts), sizes)[few]
    most = np.repeat(np.maximum.reduceat(groups["most"][order], starts), sizes)[few]
    chosen = order[few]
    by_key = _batch(
        KEY_COUNTS,
        route=key[chosen],
        key=key[chosen],
        host=host[chosen],
        shard=np.full(len(chosen), shard),
        chars=chars,
        least_text=least,
        most_text=most,
    )
    return by_host, by_key


def _route(keys: Int64, hosts: Int64) -> Int64:
    """A number that spreads a key's hosts over all ranges (wraps on purpose)."""
    with np.errstate(over="ignore"):
        mixed = (keys.view(np.uint64) ^ hosts.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    routed: Int64 = (mixed ^ (mixed >> np.uint64(32))).view(np.int64)
    return routed


def mask_boilerplate(by_host: pa.Table, by_key: pa.Table, settings: LineSettings) -> pa.Table:
    """Rows of `masks`, sorted by shard: lines in several documents of a host, short lines common to many hosts.

    Not where all of these documents share their longest line: they are copies or versions of one text, under
    several addresses of a host, or on many hosts. by_host, by_key: all rows of their routes.
    """
    by_host = _that_may_reach(by_host, by_host["documents"].to_numpy(), settings.host_documents)
    shard, key, host = (by_host[name].to_numpy() for name in ("shard", "key", "host"))
    order = np.lexsort((shard, host, key))
    starts = np.flatnonzero(_changes(key[order], host[order]))
    parts = []
    if len(starts) and settings.host_documents:
        sizes = np.diff(starts, append=len(key))
        documents = np.add.reduceat(by_host["documents"].to_numpy()[order].astype(np.int64), starts)
        several = _several(by_host, order, starts)
        chosen = order[np.repeat((documents >= settings.host_documents) & several, sizes)]
        parts.append(_masks(shard[chosen], pa.array(host[chosen]), key[chosen], "host_boilerplate"))
    by_key = _that_may_reach(by_key, None, settings.common_hosts)
    shard, key, host = (by_key[name].to_numpy() for name in ("shard", "key", "host"))
    order = np.lexsort((shard, host, key))
    starts = np.flatnonzero(_changes(key[order]))
    if len(starts) and settings.common_hosts:
        sizes = np.diff(starts, append=len(key))
        new_host = _changes(key[order], host[order]).astype(np.int64)
        common = np.add.reduceat(new_host, starts) >= settings.common_hosts
        common &= np.maximum.reduceat(by_key["chars"].to_numpy()[order], starts) <= settings.common_max_chars
        common &= _several(by_key, order, starts)
        chosen = order[np.repeat(common, sizes)]
        # Once a key and shard.
        chosen = chosen[np.lexsort((key[chosen], shard[chosen]))]
        chosen = chosen[_changes(key[chosen], shard[chosen])] if len(chosen) else chosen
        parts.append(_masks(shard[chosen], pa.nulls(len(chosen), pa.int64()), key[chosen], "common_boilerplate"))
    return pa.concat_tables([_masks(shard[:0], pa.array([], pa.int64()), key[:0], ""), *parts])


def _that_may_reach(rows: pa.Table, amounts: npt.NDArray[np.generic] | None, least: int) -> pa.Table:
    """The rows of routes whose amounts (None: one a row) may sum to `least`; of the others most are left out.

    Sums are taken over all routes that share a slot of a table, so no row is missed that counts; sorting is for
    the few that are left, as most lines of a crawl stand in it once.
    """
    routes = rows["route"].to_numpy()
    bits = max(len(routes).bit_length(), 10)
    slots = (routes.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - bits)).astype(np.int64)
    sums = np.bincount(slots, amounts)
    return rows.take(pa.array(np.flatnonzero(sums[slots] >= least)))


def _several(rows: pa.Table, order: Int64, starts: Int64) -> Bools:
    """[groups]: whether the group's documents differ in their longest line."""
    least = np.minimum.reduceat(rows["least_text"].to_numpy()[order], starts)
    most = np.maximum.reduceat(rows["most_text"].to_numpy()[order], starts)
    several: Bools = least != most
    return several


def _masks(shard: npt.NDArray[np.generic], host: pa.Array, key: Int64, reason: str) -> pa.Table:
    return pa.table(
        {
            "shard": pa.array(shard, pa.int32()),
            "host_key": host,
            "key": pa.array(key, pa.int64()),
            "reason": pa.array([reason] * len(key), pa.string()),
        }
    )


def drops_repeating(settings: ParagraphSettings) -> bool:
    """Whether documents are dropped of which most stands in documents before."""
    return settings.policy == "keep_first" and settings.max_repeated_share < 1


def count_paragraphs(
    shard: int, lines: ShardLines, population: Bools, stays: Bools, settings: ParagraphSettings
) -> pa.RecordBatch:
    """Rows of PARAGRAPH_COUNTS. population: [documents]; stays: [lines], which lines count."""
    groups = _by_host(lines, stays & population[lines.documents], None)
    long_enough = groups["chars"] >= settings.min_chars
    groups = {name: column[long_enough] for name, column in groups.items()}
    key, host = groups["key"].astype(np.int64), groups["host"].astype(np.int64)
    if not len(key):
        return _empty(PARAGRAPH_COUNTS)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(_changes(key[order]))
    return _batch(
        PARAGRAPH_COUNTS,
        route=key[order][starts],
        key=key[order][starts],
        shard=np.full(len(starts), shard),
        documents=np.add.reduceat(groups["documents"][order], starts),
        first_position=np.minimum.reduceat(groups["first"][order], starts),
        least_host=np.minimum.reduceat(host[order], starts),
        most_host=np.maximum.reduceat(host[order], starts),
    )


def mask_paragraphs(counts: pa.Table, settings: ParagraphSettings) -> pa.Table:
    """Rows of `paragraph_masks`: lines that two or more documents of the scope hold.

    All copies, or all but the first: that of the first document of the first shard. Masks hold on every host.
    counts: all rows of their keys.
    """
    counts = _that_may_reach(counts, counts["documents"].to_numpy(), 2)
    shard, key = counts["shard"].to_numpy(), counts["key"].to_numpy()
    scope = np.zeros(len(shard), np.int64) if settings.scope == "all" else shard // int(settings.scope)
    order = np.lexsort((shard, key, scope))
    starts = np.flatnonzero(_changes(key[order], scope[order]))
    if not len(starts):
        repeated = several = np.zeros(0, np.bool_)
    else:
        repeated = np.add.reduceat(counts["documents"].to_numpy()[order].astype(np.int64), starts) >= 2
        least = np.minimum.reduceat(counts["least_host"].to_numpy()[order], starts)
        several = least != np.maximum.reduceat(counts["most_host"].to_numpy()[order], starts)
    sizes = np.diff(starts, append=len(key))
    is_first = np.zeros(len(key), np.bool_)
    is_first[starts] = settings.policy == "keep_first"
    keep = np.where(is_first, counts["first_position"].to_numpy()[order], -1)
    chosen = np.repeat(repeated, sizes)
    several_hosts = np.repeat(several, sizes)[chosen] & drops_repeating(settings)
    return pa.table(
        {
            "shard": pa.array(shard[order][chosen], pa.int32()),
            "key": pa.array(key[order][chosen], pa.int64()),
            "keep_position": pa.array(keep[chosen], pa.int32()),
            "several_hosts": pa.array(several_hosts),
        }
    )


def _batch(schema: pa.Schema, **columns: npt.NDArray[np.generic]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name]).cast(field.type) for field in schema], schema=schema
    )


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
