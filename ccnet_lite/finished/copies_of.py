"""A document's near-duplicate cluster: who else is in it, and how the texts that were compared differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccnet_lite.dedup.minhash import estimate
from ccnet_lite.finished.differences import Difference, difference
from ccnet_lite.finished.opened import Opened
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    STAYS,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
    select_text,
)

SHOWN = 10
"""Members of a cluster that are named."""
COLUMNS = ["doc_id", "shard", "cluster_id", "cluster_size", "representative", "similarity"]


@dataclass(frozen=True)
class Member:
    """A document of the cluster, and how like its representative it is."""

    doc_id: str
    url: str
    representative: bool
    similarity: float


@dataclass(frozen=True)
class Copies:
    """The cluster. similarity: as the run has it, to the representative. members: the first few.

    other: whom the document is held against here: its representative, or of a representative's the least like.
    equal_values: of `values` numbers of the two signatures, those that are equal; None without signatures.
    difference: of the two texts that the masks of boilerplate leave; None where the other is of an earlier crawl.
    """

    cluster_id: str
    size: int
    representative: bool
    similarity: float
    members: tuple[Member, ...]
    other: Member | None
    equal_values: int | None
    values: int | None
    difference: Difference | None


def copies_of(run: Opened, doc_id: str, shard: int) -> tuple[Copies | None, dict[str, Any] | None]:
    """A document's cluster and its own row of `clusters`; None where it is alone, or none were looked for."""
    own = run.row("clusters", shard, doc_id, COLUMNS) if run.has("clusters") else None
    if own is None:
        return None, None
    row = own.to_pylist()[0]
    rows = sorted(
        run.rows_where("clusters", "cluster_id", row["cluster_id"], COLUMNS),
        key=lambda each: (not each["representative"], each["doc_id"]),
    )
    shown = [row, *(each for each in rows if each["doc_id"] != doc_id)][:SHOWN]
    if row["representative"]:
        others = sorted(rows, key=lambda each: (each["similarity"], each["doc_id"]))
        held = next((each for each in others if each["doc_id"] != doc_id), None)
    else:
        held = next((each for each in rows if each["representative"]), None)
    equal, values, differs = (None, None, None) if held is None else _compared(run, row, held)
    copies = Copies(
        row["cluster_id"],
        row["cluster_size"],
        row["representative"],
        row["similarity"],
        tuple(_member(run, each) for each in shown),
        None if held is None else _member(run, held),
        equal,
        values,
        differs,
    )
    return copies, row


def _member(run: Opened, row: dict[str, Any]) -> Member:
    return Member(row["doc_id"], run.url(row["shard"], row["doc_id"]), row["representative"], row["similarity"])


def _compared(
    run: Opened, one: dict[str, Any], other: dict[str, Any]
) -> tuple[int | None, int | None, Difference | None]:
    """Equal values of the two signatures, of how many, and the difference of their texts."""
    signatures: list[np.ndarray[Any, np.dtype[np.uint32]]] = []
    for each in (one, other):
        row = run.row("signals", each["shard"], each["doc_id"], ["signature"])
        raw = None if row is None else row["signature"][0].as_py()
        if raw is not None:
            signatures.append(np.frombuffer(raw, "<u4"))
    texts = [compared_text(run, each["doc_id"], each["shard"]) for each in (one, other)]
    differs = difference(*texts)
    if len(signatures) < 2:
        return None, None, differs
    size = len(signatures[0])
    return round(float(estimate(signatures[0], signatures[1])) * size), size, differs


def compared_text(run: Opened, doc_id: str, shard: int) -> str:
    """What of a document's text near-duplicates were looked for in: what boilerplate and lists leave."""
    columns: Sequence[str] = [*LINE_COLUMNS, "raw_content", "nlines"]
    document = run.row("documents", shard, doc_id, columns)
    if document is None:
        return ""
    reader = run.reader(shard, "masks")  # without those of paragraphs, which came later
    masks = read_masks(reader)
    signals = run.row("signals", shard, doc_id, CUT_COLUMNS)
    cuts = None if signals is None else gather_cuts(signals)
    verdict = judge_lines(gather_lines(document.select(LINE_COLUMNS)), masks, False, cuts)
    row = document.to_pylist()[0]
    return select_text(row["raw_content"], np.flatnonzero(verdict == STAYS).tolist(), row["nlines"])
