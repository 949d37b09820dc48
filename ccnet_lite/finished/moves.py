"""What became of documents before and after: how many moved from each fate to each other, and some of them.

A fate is a text: kept/head, dropped/heuristics/top_ngram_share_above; absent, where one side has no such document.

Not handled: where fates come from (compare.py, what_if.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.finished.opened import batches
from ccnet_lite.store.tables import Table

ABSENT = "absent"
KEPT = "kept"
FATE_COLUMNS = ["doc_id", "outcome", "stage", "rule", "bucket", "n_chars"]
JOINED_ROWS = 4_000_000
"""Rows of both sides that are held at once."""


@dataclass
class Moves:
    """Documents counted by (fate before, fate after).

    counts: documents, characters before, characters after. examples: doc_ids of documents whose fate changed, the
    least ones. changed_text: documents kept on both sides, with another number of characters.
    """

    n_examples: int
    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    changed_text: int = 0

    def add(self, rows: pa.Table) -> None:
        """Count rows of doc_id, before, after (fates), chars_before, chars_after."""
        keys = ["before", "after"]
        sums = rows.group_by(keys).aggregate([([], "count_all"), ("chars_before", "sum"), ("chars_after", "sum")])
        for row in sums.to_pylist():
            so_far = self.counts.setdefault((row["before"], row["after"]), [0, 0, 0])
            for place, name in enumerate(("count_all", "chars_before_sum", "chars_after_sum")):
                so_far[place] += row[name] or 0
        stayed = pc.and_(pc.starts_with(rows["before"], KEPT), pc.starts_with(rows["after"], KEPT))
        other = pc.not_equal(rows["chars_before"], rows["chars_after"])
        self.changed_text += pc.sum(pc.and_(stayed, other)).as_py() or 0
        self._note(rows.filter(pc.not_equal(rows["before"], rows["after"])))

    def _note(self, moved: pa.Table) -> None:
        """Keep the least doc_ids of each move."""
        if not (self.n_examples and moved.num_rows):
            return
        moved = moved.select(["doc_id", "before", "after"]).sort_by("doc_id")
        pairs = pc.binary_join_element_wise(moved["before"], moved["after"], "\t")
        coded = pairs.combine_chunks().dictionary_encode()
        codes = coded.indices.to_numpy()
        for code, name in enumerate(coded.dictionary.to_pylist()):
            before, _, after = name.partition("\t")
            found = moved["doc_id"].take(pa.array(np.flatnonzero(codes == code)[: self.n_examples])).to_pylist()
            held = self.examples.setdefault((before, after), [])
            held[:] = sorted(held + found)[: self.n_examples]

    def told(self, ledgers: Iterable[Table]) -> list[dict[str, Any]]:
        """What moved, most documents first, with examples, whose URLs are looked up in ledgers."""
        wanted = {doc_id for held in self.examples.values() for doc_id in held}
        known = look_up(ledgers, wanted)
        moved = [(pair, sums) for pair, sums in self.counts.items() if pair[0] != pair[1]]
        return [
            {
                "before": before,
                "after": after,
                "documents": documents,
                "characters_before": chars_before,
                "characters_after": chars_after,
                "examples": [{"doc_id": each, **known[each]} for each in self.examples.get((before, after), [])],
            }
            for (before, after), (documents, chars_before, chars_after) in sorted(
                moved, key=lambda row: (-row[1][0], row[0])
            )
        ]

    @property
    def stayed(self) -> int:
        """Documents whose fate is the same on both sides."""
        return sum(sums[0] for (before, after), sums in self.counts.items() if before == after)


def fates(rows: pa.Table) -> pa.ChunkedArray:
    """The fate of rows of the ledger (or of others with its outcome, stage, rule, bucket)."""
    columns = [rows[name] for name in ("outcome", "stage", "rule", "bucket")]
    return pc.binary_join_element_wise(*columns, "/", null_handling="skip")


def look_up(ledgers: Iterable[Table], wanted: set[str]) -> dict[str, dict[str, Any]]:
    """URL and language of documents, by doc_id, from the first ledger that has them."""
    found: dict[str, dict[str, Any]] = {}
    for ledger in ledgers:
        missing = pa.array(sorted(wanted - found.keys()), pa.string())
        if not len(missing):
            break
        for batch in batches(ledger, ["doc_id", "url", "language"]):
            rows = batch.filter(pc.is_in(batch["doc_id"], value_set=missing))
            found |= {row.pop("doc_id"): row for row in rows.to_pylist()}
    return found


def join_ledgers(first: Table, second: Table, n_examples: int, most: int = JOINED_ROWS) -> Moves:
    """The fates of two ledgers' documents, joined on doc_id, a range of ids at a time.

    most: rows of both that are held at once, about; ids are hashes, so ranges of them have as many each.
    """
    moves = Moves(n_examples)
    for low, high in id_ranges(-(-(first.rows + second.rows) // most)):
        left, right = (ids_between(table, low, high) for table in (first, second))
        at = pc.index_in(left["doc_id"], value_set=right["doc_id"])
        moves.add(_pairs(left["doc_id"], left, right.take(at)))
        new = right.filter(pc.invert(pc.is_in(right["doc_id"], value_set=left["doc_id"])))
        moves.add(_pairs(new["doc_id"], left.take(pa.nulls(new.num_rows, pa.int64())), new))
    return moves


def _pairs(doc_ids: pa.ChunkedArray, before: pa.Table, after: pa.Table) -> pa.Table:
    return pa.table(
        {
            "doc_id": doc_ids,
            "before": before["fate"].fill_null(ABSENT),
            "after": after["fate"].fill_null(ABSENT),
            "chars_before": before["n_chars"],
            "chars_after": after["n_chars"],
        }
    )


def id_ranges(n: int) -> Iterator[tuple[str, str]]:
    """Bounds (from, below) of n ranges of doc_ids; "g" is above all of them.

    >>> list(id_ranges(2))
    [('00000000', '80000000'), ('80000000', 'g')]
    """
    bounds = [f"{number * 2**32 // n:08x}" for number in range(n)]
    yield from zip(bounds, [*bounds[1:], "g"], strict=True)


def ids_between(ledger: Table, low: str, high: str) -> pa.Table:
    """doc_id, fate and n_chars of the ledger's documents with low <= doc_id < high."""
    pieces = [pa.schema({"doc_id": pa.string(), "fate": pa.string(), "n_chars": pa.int64()}).empty_table()]
    for batch in batches(ledger, FATE_COLUMNS):
        wanted = pc.and_(pc.greater_equal(batch["doc_id"], low), pc.less(batch["doc_id"], high))
        rows = pa.Table.from_batches([batch.filter(wanted)])  # null, of a record without a document, is not wanted
        pieces.append(pa.table({"doc_id": rows["doc_id"], "fate": fates(rows), "n_chars": rows["n_chars"]}))
    return pa.concat_tables(pieces).combine_chunks()
