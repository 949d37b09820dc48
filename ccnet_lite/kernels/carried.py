"""What the annotation measured of a text, carried to where the corpus is written while the text is the same."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.quality.heuristics import measure

CARRIED = ("n_words", "script")
"""Columns of `signals`; null where the text may be another."""


def carried_of(kept: pa.Table, signals: pa.Table) -> dict[str, pa.ChunkedArray]:
    """CARRIED of documents, from their rows of `signals`.

    kept: the documents' `line_ids`, as decided. signals: n_lines and CARRIED of the same documents.

    Deciding masks lines beside those that were masked when the text was measured, and never fewer: where as many
    stay, they are the same.
    """
    same = pc.equal(pc.list_value_length(kept["line_ids"]), signals["n_lines"])
    return {name: pc.if_else(same, signals[name], None) for name in CARRIED}


def unmeasured(rows: pa.RecordBatch, changed: Sequence[bool]) -> dict[str, pa.Array]:
    """CARRIED of rows, null where the text was changed."""
    return {name: pc.if_else(pa.array(changed, pa.bool_()), None, rows[name]) for name in CARRIED}


def measured(rows: pa.RecordBatch, texts: Sequence[str]) -> dict[str, pa.Array]:
    """CARRIED of rows, measured now where they are not known.

    texts: of the rows. For a blank one, whatever is known is not of it: the annotation then measures all that was
    read of the document.
    """
    known = {name: rows[name] for name in CARRIED}
    words = known["n_words"].to_pylist()
    unknown = [
        number
        for number, (text, count) in enumerate(zip(texts, words, strict=True))
        if count is None or not text or text.isspace()
    ]
    if not unknown:
        return known
    found = measure([texts[number] for number in unknown], full=False)
    place = np.full(len(texts), -1, np.int64)
    place[unknown] = np.arange(len(unknown))
    at = pa.array(place, mask=place < 0)
    return {name: pc.if_else(pc.is_valid(at), found[name].take(at), column) for name, column in known.items()}
