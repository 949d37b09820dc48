"""Which document one is of a template with, and which were dropped for it, from the table `templates`."""

from dataclasses import dataclass
from typing import Any

from ccnet_lite.finished.copies_of import compared_text
from ccnet_lite.finished.differences import Difference, difference
from ccnet_lite.finished.opened import Opened

SHOWN = 10
"""Documents of a template that are named."""
COLUMNS = ["doc_id", "shard", "template_of", "template_similarity", "template_copies"]
NONE: dict[str, Any] = {"template_of": None, "template_similarity": None, "template_copies": None}


@dataclass(frozen=True)
class OfTemplate:
    """A document of the template, and how like the one that stays it is."""

    doc_id: str
    url: str
    similarity: float


@dataclass(frozen=True)
class Template:
    """The document that stays for this one (None: this one stays), or the first few of those it stays for.

    other: whom this document is held against: the one that stays, or of those that go the least like.
    difference: of the two texts that the masks of boilerplate leave.
    """

    stays: OfTemplate | None
    gone: tuple[OfTemplate, ...]
    copies: int
    other: OfTemplate
    difference: Difference


def template_of(run: Opened, doc_id: str, shard: int) -> tuple[Template | None, dict[str, Any]]:
    """A document's template, and its own row of `templates`; None and nulls where it has none."""
    own = run.row("templates", shard, doc_id, COLUMNS) if run.has("templates") else None
    if own is None:
        return None, NONE
    row = own.to_pylist()[0]
    if row["template_of"] is not None:
        (other,) = run.rows_where("templates", "doc_id", row["template_of"], COLUMNS)
        stays = _named(run, other, row["template_similarity"])
        return Template(stays, (), 0, stays, _difference(run, row, other)), row
    dropped = run.rows_where("templates", "template_of", doc_id, COLUMNS)
    gone = sorted(dropped, key=lambda each: (each["template_similarity"], each["doc_id"]))
    named = tuple(_named(run, each, each["template_similarity"]) for each in gone[:SHOWN])
    return Template(None, named, row["template_copies"], named[0], _difference(run, row, gone[0])), row


def _named(run: Opened, row: dict[str, Any], similarity: float) -> OfTemplate:
    return OfTemplate(row["doc_id"], run.url(row["shard"], row["doc_id"]), similarity)


def _difference(run: Opened, one: dict[str, Any], other: dict[str, Any]) -> Difference:
    return difference(*(compared_text(run, each["doc_id"], each["shard"]) for each in (one, other)))
