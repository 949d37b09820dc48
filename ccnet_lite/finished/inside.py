"""What a document is inside of, and which are inside of it, from the table `contained`."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ccnet_lite.finished.opened import Opened

SHOWN = 10
"""Documents inside of one that are named."""
COLUMNS = ["doc_id", "shard", "contained_in", "containment", "holds"]
NOWHERE: dict[str, Any] = {"contained_in": None, "containment": None, "holds": None}


@dataclass(frozen=True)
class Nested:
    """A document that stands in another, by what share of its shingles."""

    doc_id: str
    url: str
    containment: float


@dataclass(frozen=True)
class Inside:
    """The longer document that this one is in (None: it is in none), or the first few of those that are in it."""

    longer: Nested | None
    shorter: tuple[Nested, ...]
    holds: int


def inside_of(run: Opened, doc_id: str, shard: int) -> tuple[Inside | None, dict[str, Any]]:
    """A document's place in others, and its own row of `contained`; None and nulls where it has none."""
    own = run.row("contained", shard, doc_id, COLUMNS) if run.has("contained") else None
    if own is None:
        return None, NOWHERE
    row = own.to_pylist()[0]
    if row["contained_in"] is not None:
        (longer,) = run.rows_where("contained", "doc_id", row["contained_in"], COLUMNS)
        return Inside(_nested(run, longer, row["containment"]), (), 0), row
    held = run.rows_where("contained", "contained_in", doc_id, COLUMNS)
    shorter = sorted(held, key=lambda each: str(each["doc_id"]))[:SHOWN]
    return Inside(None, tuple(_nested(run, each, each["containment"]) for each in shorter), row["holds"]), row


def with_others(signals: pa.Table, cluster: dict[str, Any] | None, stood_for: dict[str, Any]) -> pa.Table:
    """A document's signals with what the rules look at of other documents.

    cluster: its row of `clusters`; stood_for: its rows of `contained` and `templates`.
    """
    known = cluster or {"representative": None, "similarity": None}
    columns = {
        "representative": pa.array([known["representative"]], pa.bool_()),
        "similarity": pa.array([known["similarity"]], pa.float64()),
    }
    for flag, named, measured, count in (
        ("contained", "contained_in", "containment", "holds"),
        ("template", "template_of", "template_similarity", "template_copies"),
    ):
        columns[flag] = pa.array([stood_for[named] is not None], pa.bool_())
        columns[measured] = pa.array([stood_for[measured]], pa.float64())
        columns[count] = pa.array([stood_for[count]], pa.int64())
    for name, column in columns.items():
        signals = signals.append_column(name, column)
    return signals


def _nested(run: Opened, row: dict[str, Any], containment: float) -> Nested:
    return Nested(row["doc_id"], run.url(row["shard"], row["doc_id"]), containment)
