"""Lines of a shard as arrays: count their keys, and say which lines the masks leave.

A shard's keys are held in memory (some 20 bytes a line); a crawl's never are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

STAYS, HOST, COMMON, REPEATED, REPEATED_WITHIN = range(5)
REASONS = {"host_boilerplate": HOST, "common_boilerplate": COMMON, "repeated": REPEATED}
LINE_COLUMNS = ["doc_id", "position", "host_key", "n_chars", "keys", "chars"]
MASK_COLUMNS = ["host_key", "key", "reason", "keep_position"]


@dataclass(frozen=True)
class ShardLines:
    """The lines of a shard's documents.

    doc_ids: n documents; positions, hosts, n_chars: [n]; offsets: [n + 1], where each document's lines
    begin in `keys` and `chars`, [lines].
    """

    doc_ids: pa.Array
    positions: Int32
    hosts: Int64
    n_chars: Int64
    offsets: Int64
    keys: Int64
    chars: Int32

    @property
    def documents(self) -> Int64:
        """[lines]: the index of each line's document."""
        return np.repeat(np.arange(len(self.positions)), np.diff(self.offsets))

    @property
    def indices(self) -> Int64:
        """[lines]: the index of each line within its document."""
        return np.arange(len(self.keys)) - np.repeat(self.offsets[:-1], np.diff(self.offsets))


def gather_lines(batches: Iterable[pa.RecordBatch]) -> ShardLines:
    """One shard's rows of the `lines` table as arrays."""
    tables = list(batches)
    if not tables:
        zero64, zero32 = np.zeros(0, np.int64), np.zeros(0, np.int32)
        return ShardLines(
            pa.array([], pa.string()), zero32, zero64, zero64, np.zeros(1, np.int64), zero64, zero32
        )
    table = pa.Table.from_batches(tables).combine_chunks()
    keys, chars = table["keys"].combine_chunks(), table["chars"].combine_chunks()
    offsets = keys.offsets.to_numpy().astype(np.int64)
    return ShardLines(
        table["doc_id"].combine_chunks(),
        table["position"].to_numpy(),
        table["host_key"].to_numpy(),
        table["n_chars"].to_numpy(),
        offsets - offsets[0],
        keys.flatten().to_numpy(),
        chars.flatten().to_numpy(),
    )


def longest_lines(lines: ShardLines) -> Int64:
    """[documents]: the key of each document's longest line; of equally long ones the least, without one 0.

    Copies and versions of a text share it, and pages that share a menu do not.
    """
    documents = lines.documents
    order = np.lexsort((lines.keys, -lines.chars, documents))
    found = np.zeros(len(lines.positions), np.int64)
    with_lines, first = np.unique(documents[order], return_index=True)
    found[with_lines] = lines.keys[order[first]]
    return found


def count_lines(shard: int, lines: ShardLines, population: Bools) -> Iterator[pa.RecordBatch]:
    """Rows of `line_counts`: as `count_keys` of all lines, and the least and greatest longest line."""
    everything = np.ones(len(lines.keys), np.bool_)
    yield from count_keys(shard, lines, population, everything, longest_lines(lines))


def count_keys(
    shard: int, lines: ShardLines, population: Bools, staying: Bools, texts: Int64 | None = None
) -> Iterator[pa.RecordBatch]:
    """Rows of `paragraph_counts`: for each host and key, how many documents of the population hold the line.

    population: [documents], whose lines count; staying: [lines], which lines do. texts: [documents], what
    stands for each one's text, of which least and most are added.
    """
    documents = lines.documents
    counted = staying & population[documents]
    documents, keys, chars = documents[counted], lines.keys[counted], lines.chars[counted]
    if not len(keys):
        return
    # Once a document and key; documents are in order, so the first of a group is the earliest.
    order = np.lexsort((documents, keys, lines.hosts[documents]))
    documents, keys, chars = documents[order], keys[order], chars[order]
    hosts = lines.hosts[documents]
    new_group = np.ones(len(keys), bool)
    new_group[1:] = (keys[1:] != keys[:-1]) | (hosts[1:] != hosts[:-1])
    new_document = new_group.copy()
    new_document[1:] |= documents[1:] != documents[:-1]
    starts = np.flatnonzero(new_group)
    columns = {
        "shard": np.full(len(starts), shard, np.int32),
        "host_key": hosts[starts],
        "key": keys[starts],
        "n_documents": np.add.reduceat(new_document, starts).astype(np.int32),
        "chars": np.maximum.reduceat(chars, starts),
        "first_position": lines.positions[documents[starts]],
    }
    if texts is not None:
        columns["least_text"] = np.minimum.reduceat(texts[documents], starts)
        columns["most_text"] = np.maximum.reduceat(texts[documents], starts)
    yield pa.RecordBatch.from_pydict(columns)


def judge_lines(
    lines: ShardLines, masks: Iterable[pa.RecordBatch], first_within: bool
) -> npt.NDArray[np.int8]:
    """[lines]: STAYS, or why the line does not (HOST, COMMON, REPEATED, REPEATED_WITHIN).

    `masks`: the shard's rows of one or more masks tables. With `first_within`, of equal lines of one
    document that no mask hits, only the first stays.
    """
    verdict = np.zeros(len(lines.keys), np.int8)
    for hit, first, reasons in _hits(lines, masks):
        verdict = np.where(hit & ~first & (verdict == STAYS), reasons, verdict)
    if first_within:
        documents = lines.documents
        open_lines = np.flatnonzero(verdict == STAYS)
        order = np.lexsort((open_lines, lines.keys[open_lines], documents[open_lines]))
        ranked = open_lines[order]
        again = (lines.keys[ranked][1:] == lines.keys[ranked][:-1]) & (
            documents[ranked][1:] == documents[ranked][:-1]
        )
        verdict[ranked[1:][again]] = REPEATED_WITHIN
    return verdict


def first_copies(lines: ShardLines, masks: Iterable[pa.RecordBatch]) -> Bools:
    """[lines]: whether documents of other hosts lose the line because this one keeps it.

    masks: with `several_hosts`. What only documents of this host lose is likely their menu, of too few
    documents to be told.
    """
    found = np.zeros(len(lines.keys), np.bool_)
    for hit, first, _ in _hits(lines, (batch.filter(batch["several_hosts"]) for batch in masks)):
        found |= hit & first
    return found


def _hits(
    lines: ShardLines, masks: Iterable[pa.RecordBatch]
) -> Iterator[tuple[Bools, Bools, npt.NDArray[np.int8]]]:
    """[lines] each: which lines a mask names, in which documents it spares them, and its reason."""
    documents = lines.documents
    for batch in masks:
        table = pa.Table.from_batches([batch])
        anywhere = np.asarray(table["host_key"].is_null())
        keys = table["key"].to_numpy()
        hosts = table["host_key"].fill_null(0).to_numpy()
        reasons = np.array([REASONS[r] for r in table["reason"].to_pylist()], np.int8)
        keep = table["keep_position"].to_numpy()
        for part, line_keys in (
            (anywhere, lines.keys),
            (~anywhere, _with_host(lines.keys, lines.hosts[documents])),
        ):
            if not part.any():
                continue
            masked = keys[part] if part is anywhere else _with_host(keys[part], hosts[part])
            order = np.argsort(masked, kind="stable")
            at = np.searchsorted(masked, line_keys, sorter=order)
            found = order[np.minimum(at, len(order) - 1)]
            first = keep[part][found] == lines.positions[documents]
            yield masked[found] == line_keys, first, reasons[part][found]


def _with_host(keys: Int64, hosts: Int64) -> Int64:
    """A key and a host as one 64-bit number (multiplicative mixing; wraps on purpose)."""
    with np.errstate(over="ignore"):
        mixed: Int64 = (keys * np.int64(-7046029254386353131)) ^ (hosts * np.int64(-4417276706812531889))
    return mixed


def selection_batch(
    shard: int, lines: ShardLines, verdict: npt.NDArray[np.int8], population: Bools, first: Bools
) -> pa.RecordBatch:
    """Rows of `selections` for the documents of the population. first: [lines], of `first_copies`."""
    documents = lines.documents
    stays = (verdict == STAYS) & population[documents]
    chosen = np.flatnonzero(population)
    n_documents = len(lines.positions)

    def per_document(flags: Bools) -> Int64:
        return np.bincount(documents[flags], minlength=n_documents)[chosen]

    def chars_per_document(flags: Bools) -> Int64:
        counted = np.bincount(documents[flags], weights=lines.chars[flags], minlength=n_documents)
        return counted[chosen].astype(np.int64)

    n_lines = per_document(stays)
    line_offsets = np.zeros(len(chosen) + 1, np.int32)
    np.cumsum(n_lines, out=line_offsets[1:])
    line_ids = pa.ListArray.from_arrays(
        pa.array(line_offsets), pa.array(lines.indices[stays].astype(np.int32))
    )
    return pa.RecordBatch.from_pydict(
        {
            "doc_id": lines.doc_ids.take(pa.array(chosen)),
            "shard": np.full(len(chosen), shard, np.int32),
            "position": lines.positions[chosen],
            "line_ids": line_ids,
            "n_chars": chars_per_document(stays) + np.maximum(n_lines - 1, 0),
            "n_chars_repeated": chars_per_document(verdict == REPEATED),
            "n_chars_first": chars_per_document(stays & first),
            "n_lines": n_lines.astype(np.int32),
            "n_lines_read": np.diff(lines.offsets)[chosen].astype(np.int32),
            "n_host_boilerplate": per_document(verdict == HOST).astype(np.int32),
            "n_common_boilerplate": per_document(verdict == COMMON).astype(np.int32),
            "n_repeated": per_document(verdict == REPEATED).astype(np.int32),
            "n_repeated_within": per_document(verdict == REPEATED_WITHIN).astype(np.int32),
        }
    )


def select_text(text: str, line_ids: Sequence[int] | npt.NDArray[np.integer[Any]], n_lines: int) -> str:
    """The lines of a text that stay, joined by line feeds. An empty text has one empty line."""
    if len(line_ids) == n_lines:
        return text
    all_lines = text.split("\n")
    return "\n".join([all_lines[index] for index in line_ids])
