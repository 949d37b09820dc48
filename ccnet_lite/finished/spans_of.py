"""What of a document stands in earlier ones, and what later ones have of it, from the table `spans`."""

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from ccnet_lite.finished.opened import Opened
from ccnet_lite.kernels.lines import select_text
from ccnet_lite.kernels.spans import cut_text, relied_on, spans_by_document
from ccnet_lite.store.schema import arrow_schema

SHOWN = 10
"""Spans of a document that are shown with their other side."""


@dataclass(frozen=True)
class Copied:
    """A span as it stands here, and as it stands in the document that has it first."""

    begin: int
    tokens: int
    text: str
    original: str
    url: str
    original_begin: int
    original_text: str


@dataclass(frozen=True)
class SpansOf:
    """The spans of a document. copies: the first few of n_copies; chars: of all of them, each counted once.

    first: spans that later documents copy. left_alone: characters left when copies are cut; None where there are
    none, or the document keeps something that others lost to it.
    """

    copies: tuple[Copied, ...]
    n_copies: int
    chars: int
    first: int
    left_alone: int | None


def spans_of(run: Opened, doc_id: str, shard: int) -> SpansOf | None:
    """A document's spans; None where it has none, or none were looked for."""
    if not run.has("spans"):
        return None
    rows = run.reader(shard, "spans").whole("spans", arrow_schema("spans").names)
    rows = rows.filter(pc.equal(rows["doc_id"], doc_id))
    if not rows.num_rows:
        return None
    copies, first = (found.get(doc_id, []) for found in spans_by_document(rows))
    copied = rows.filter(rows["original"].is_valid())
    text = _text(run, doc_id, shard)
    left = None if not copies or relied_on(text, first, copies) else len(cut_text(text, copies))
    return SpansOf(
        tuple(_copied(run, text, row) for row in copied[:SHOWN].to_pylist()),
        copied.num_rows,
        sum(end - begin for begin, end in copies),
        rows.num_rows - copied.num_rows,
        left,
    )


def _copied(run: Opened, text: str, row: dict[str, Any]) -> Copied:
    original, shard, begin = row["original"], row["original_shard"], row["original_begin"]
    return Copied(
        *(row["begin"], row["tokens"], text[row["begin"] : row["end"]], original),
        run.url(shard, original),
        *(begin, _text(run, original, shard)[begin : row["original_end"]]),
    )


def _text(run: Opened, doc_id: str, shard: int) -> str:
    """The lines that stay of a document; empty where its rows are not there."""
    read = run.row("documents", shard, doc_id, ["raw_content", "nlines"])
    decided = run.row("decisions", shard, doc_id, ["line_ids"])
    if read is None or decided is None:
        return ""
    document = read.to_pylist()[0]
    return select_text(document["raw_content"], decided["line_ids"][0].as_py(), document["nlines"])
