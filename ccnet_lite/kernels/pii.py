"""Personal data of documents on their way to the corpus: marked, or masked, before they are scored."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ccnet_lite.kernels.carried import unmeasured
from ccnet_lite.quality.pii import find_pii, mask, to_column
from ccnet_lite.settings import PiiSettings


def with_pii(rows: pa.RecordBatch, settings: PiiSettings, language: str, marked: bool = False) -> pa.RecordBatch:
    """Rows of one language of the assembly with `pii`; masked ones with their text and length.

    Offsets are those in the text of these rows. marked: `repeated_spans` has offsets of it, too, if there is any.
    """
    if settings.mode == "off":
        return rows.append_column("pii", pa.nulls(rows.num_rows, pa.string()))
    texts, hosts = rows["raw_content"].to_pylist(), rows["source_domain"].to_pylist()
    found = find_pii(texts, settings.kinds, language, hosts)
    if settings.mode == "mark":
        return rows.append_column("pii", pa.array([to_column(marks) for marks in found], pa.string()))
    masked = [mask(text, marks) for text, marks in zip(texts, found, strict=True)]
    columns: dict[str, Any] = {name: rows[name] for name in rows.schema.names}
    columns |= {
        "raw_content": pa.array([text for text, _ in masked], pa.string()),
        "length": pa.array([len(text) for text, _ in masked], pa.int64()),
        "pii": pa.array([to_column(told) for _, told in masked], pa.string()),
    } | unmeasured(rows, [bool(told) for _, told in masked])
    if marked and "repeated_spans" in columns:
        spans = zip(rows["repeated_spans"].to_pylist(), masked, strict=True)
        moved = [None if each is None else moved_spans(each, told) for each, (_, told) in spans]
        columns["repeated_spans"] = pa.array(moved, pa.string())
    return pa.RecordBatch.from_pydict(columns)


def moved_spans(column: str, told: Sequence[tuple[str, int, int, int]]) -> str:
    """Spans of a text, as the column has them, in the text that `mask` made of it; a mask belongs to them whole.

    >>> moved_spans("[[0,3],[5,30]]", [("email", 10, 27, 12)])
    '[[0,3],[5,35]]'
    """
    starts, ends, shift, shifts = [], [], 0, [0]
    for _, start, end, before in told:
        starts.append(start - shift)
        ends.append(start - shift + before)
        shift += end - start - before
        shifts.append(shift)
    spans = []
    for begin, end in json.loads(column):
        at, until = bisect_right(ends, begin), bisect_left(starts, end)
        inside = at < len(starts) and starts[at] < begin
        within = until > 0 and ends[until - 1] > end
        first = starts[at] if inside else begin
        last = ends[until - 1] if within else end
        spans.append([first + shifts[at], last + shifts[until]])
    return json.dumps(spans, separators=(",", ":"))
