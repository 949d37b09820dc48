"""Lines of a shard as arrays: which of them the masks leave, and how often their keys stand in it.

A shard's keys are held in memory (some 20 bytes a line); a crawl's never are. Every function here works on
all lines of the shard at once: work for each batch of rows would make a real shard fifty times as slow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.key_places import places_among
from ccnet_lite.store.reading import ShardReader

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Int8 = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

STAYS, HOST, COMMON, REPEATED, REPEATED_WITHIN, LIST, RULE = range(7)
LINE_COLUMNS = ["doc_id", "position", "host_key", "n_chars", "line_keys", "line_chars"]
MASK_COLUMNS = ["host_key", "key", "reason"]
LIST_COLUMNS = ["list_lines_before", "list_lines_after"]
CUT_COLUMNS = [*LIST_COLUMNS, "rule_lines", "rule_line_names"]
PARAGRAPH_MASK_COLUMNS = ["key", "keep_position", "several_hosts"]


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


def gather_lines(documents: pa.Table) -> ShardLines:
    """A shard's documents (LINE_COLUMNS, in one piece) as arrays."""
    keys, chars = _one(documents["line_keys"]), _one(documents["line_chars"])
    offsets = keys.offsets.to_numpy().astype(np.int64) if len(keys) else np.zeros(1, np.int64)
    return ShardLines(
        _one(documents["doc_id"]),
        documents["position"].to_numpy(),
        documents["host_key"].to_numpy(),
        documents["n_chars"].to_numpy(),
        offsets - offsets[0],
        keys.flatten().to_numpy(),
        chars.flatten().to_numpy(),
    )


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@dataclass(frozen=True)
class Masks:
    """What a shard's lines are held against, [masks] each.

    host_keys, hosts: boilerplate of a host. common_keys: boilerplate of many. repeated_keys: lines that
    several documents hold, but for the document at `keep`; several_hosts: whether these are of several hosts.
    """

    host_keys: Int64
    hosts: Int64
    common_keys: Int64
    repeated_keys: Int64
    keep: Int32
    several_hosts: Bools


def gather_masks(boilerplate: pa.Table, repeated: pa.Table) -> Masks:
    """A shard's rows of `masks` (MASK_COLUMNS) and `paragraph_masks` (PARAGRAPH_MASK_COLUMNS) as arrays."""
    keys = boilerplate["key"].to_numpy()
    of_host = np.asarray(boilerplate["host_key"].is_valid())
    return Masks(
        keys[of_host],
        boilerplate["host_key"].fill_null(0).to_numpy()[of_host],
        keys[~of_host],
        repeated["key"].to_numpy(),
        repeated["keep_position"].to_numpy(),
        np.asarray(repeated["several_hosts"]).astype(np.bool_),
    )


def read_masks(reader: ShardReader) -> Masks:
    """The masks of a shard; none of a table that the reader does not have."""
    return gather_masks(
        reader.whole("masks", MASK_COLUMNS), reader.whole("paragraph_masks", PARAGRAPH_MASK_COLUMNS)
    )


@dataclass(frozen=True)
class Cuts:
    """What the text of each document itself says is cut, [documents] each.

    lists: [documents, 2], how many lines at the beginning and the end of each are lists. rule_lines: lists of the
    indices of lines that rules cut, ascending, as they are read; rule_names: of the rules, likewise.
    """

    lists: Int32
    rule_lines: pa.ListArray
    rule_names: pa.ListArray

    def columns(self, first: int, n: int) -> dict[str, pa.Array]:
        """CUT_COLUMNS of n documents from number `first` on."""
        sides = [pa.array(self.lists[first : first + n, side]) for side in range(2)]
        found = [*sides, self.rule_lines.slice(first, n), self.rule_names.slice(first, n)]
        return dict(zip(CUT_COLUMNS, found, strict=True))

    def lines(self, lines: ShardLines) -> Int64:
        """Those of all lines that rules cut."""
        of = np.repeat(lines.offsets[:-1], self.rule_lines.value_lengths().to_numpy())
        found: Int64 = of + self.rule_lines.flatten().to_numpy()
        return found


def no_cuts(n: int) -> Cuts:
    """Of n documents, of which nothing is cut."""
    empty = [pa.array([[]] * n, pa.list_(kind)) for kind in (pa.int32(), pa.string())]
    return Cuts(np.zeros((n, 2), np.int32), *empty)


def gather_cuts(signals: pa.Table) -> Cuts:
    """What is cut of each document. signals: CUT_COLUMNS."""
    before, after, ids, names = (_one(signals[name]) for name in CUT_COLUMNS)
    return Cuts(np.column_stack([before.to_numpy(), after.to_numpy()]), ids, names)


def in_lists(offsets: Int64, lists: Int32) -> Bools:
    """[lines]: whether a line is of the first or the last of its document that `lists` [documents, 2] counts."""
    n_lines = np.diff(offsets)
    indices = np.arange(offsets[-1] - offsets[0]) - np.repeat(offsets[:-1] - offsets[0], n_lines)
    found: Bools = indices < np.repeat(lists[:, 0], n_lines)
    found |= indices >= np.repeat(n_lines - lists[:, 1], n_lines)
    return found


def judge_lines(lines: ShardLines, masks: Masks, first_within: bool, cuts: Cuts | None = None) -> Int8:
    """[lines]: STAYS, or why the line does not (HOST, COMMON, LIST, RULE, REPEATED, REPEATED_WITHIN).

    A line that several masks name has the first of these reasons. With `first_within`, of equal lines of one
    document that no mask hits, only the first stays. cuts: as from `gather_cuts`; None or of no documents: none.
    """
    verdict = np.zeros(len(lines.keys), np.int8)
    repeated, _, first = _repeated(lines, masks)
    verdict[repeated & ~first] = REPEATED
    if cuts is not None and len(cuts.lists):
        verdict[cuts.lines(lines)] = RULE
        verdict[in_lists(lines.offsets, cuts.lists)] = LIST
    verdict[places_among(masks.common_keys, lines.keys) >= 0] = COMMON
    if len(masks.host_keys):
        hosts = _hosts_of(lines)
        at = places_among(_with_host(masks.host_keys, masks.hosts), _with_host(lines.keys, hosts))
        # A mix of two numbers is no pair: both are looked at again.
        verdict[(at >= 0) & (masks.host_keys[at] == lines.keys) & (masks.hosts[at] == hosts)] = HOST
    if first_within:
        open_lines = np.flatnonzero(verdict == STAYS)
        documents = lines.documents
        order = np.lexsort((open_lines, lines.keys[open_lines], documents[open_lines]))
        ranked = open_lines[order]
        again = (lines.keys[ranked][1:] == lines.keys[ranked][:-1]) & (
            documents[ranked][1:] == documents[ranked][:-1]
        )
        verdict[ranked[1:][again]] = REPEATED_WITHIN
    return verdict


def first_copies(lines: ShardLines, masks: Masks) -> Bools:
    """[lines]: whether documents of other hosts lose the line because this one keeps it.

    What only documents of this host lose is likely their menu, of too few documents to be told.
    """
    _, at, first = _repeated(lines, masks)
    found: Bools = first.copy()
    found[first] = masks.several_hosts[at[first]]
    return found


def _repeated(lines: ShardLines, masks: Masks) -> tuple[Bools, Int64, Bools]:
    """[lines] each: whether a mask of repeats names the line, which, and whether its document keeps it."""
    at = places_among(masks.repeated_keys, lines.keys)
    hit = at >= 0
    first = hit.copy()
    first[hit] = masks.keep[at[hit]] == lines.positions[lines.documents[hit]]
    return hit, at, first


def _hosts_of(lines: ShardLines) -> Int64:
    return np.repeat(lines.hosts, np.diff(lines.offsets))


def _with_host(keys: Int64, hosts: Int64) -> Int64:
    """A key and a host as one 64-bit number (multiplicative mixing; wraps on purpose)."""
    with np.errstate(over="ignore"):
        mixed: Int64 = (keys * np.int64(-7046029254386353131)) ^ (hosts * np.int64(-4417276706812531889))
    return mixed


@dataclass(frozen=True)
class Selection:
    """The lines that stay of a shard's documents, [documents] each but for `line_ids`.

    line_ids: indices within each document of the lines that stay, one document after another; n_lines of
    each. chars: of the text that stays, line feeds included. chars_repeated: of lines masked because another
    document holds them. chars_first: of lines that stay here and documents of other hosts lose to this one.
    n_host, n_common, n_list, n_rule, n_repeated, n_repeated_within: lines masked, by reason; chars_list,
    chars_rule: of n_list and of n_rule lines.
    """

    line_ids: Int32
    n_lines: Int64
    chars: Int64
    chars_repeated: Int64
    chars_first: Int64
    chars_list: Int64
    chars_rule: Int64
    n_host: Int64
    n_common: Int64
    n_list: Int64
    n_rule: Int64
    n_repeated: Int64
    n_repeated_within: Int64


def select_lines(lines: ShardLines, verdict: Int8, population: Bools, first: Bools) -> Selection:
    """What stays of the documents of the population; nothing of the others. first: [lines], `first_copies`."""
    documents = lines.documents
    inside = population[documents]
    stays = (verdict == STAYS) & inside
    n_documents = len(lines.positions)

    def count(flags: Bools) -> Int64:
        return np.bincount(documents[flags], minlength=n_documents)

    def sum_chars(flags: Bools) -> Int64:
        chosen = flags & inside
        counted = np.bincount(documents[chosen], weights=lines.chars[chosen], minlength=n_documents)
        return counted.astype(np.int64)

    n_lines = count(stays)
    return Selection(
        lines.indices[stays].astype(np.int32),
        n_lines,
        sum_chars(stays) + np.maximum(n_lines - 1, 0),
        sum_chars(verdict == REPEATED),
        sum_chars(stays & first),
        sum_chars(verdict == LIST),
        sum_chars(verdict == RULE),
        *(count((verdict == why) & inside) for why in (HOST, COMMON, LIST, RULE, REPEATED, REPEATED_WITHIN)),
    )


def count_by_rule(lines: ShardLines, verdict: Int8, population: Bools, cuts: Cuts) -> dict[str, int]:
    """How many lines of the documents of the population each rule over lines cuts."""
    if not len(cuts.lists):
        return {}
    at = cuts.lines(lines)
    chosen = (verdict[at] == RULE) & population[lines.documents[at]]
    counts = pc.value_counts(cuts.rule_names.flatten().filter(pa.array(chosen)))
    return {each["values"]: each["counts"] for each in counts.to_pylist()}


def select_text(text: str, line_ids: Sequence[int] | npt.NDArray[np.integer[Any]], n_lines: int) -> str:
    """The lines of a text that stay, joined by line feeds. An empty text has one empty line."""
    if len(line_ids) == n_lines:
        return text
    all_lines = text.split("\n")
    return "\n".join([all_lines[index] for index in line_ids])
