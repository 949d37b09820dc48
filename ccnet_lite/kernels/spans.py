"""What of a shard is asked where spans are looked for, and what becomes of its texts.

Asked are the documents that no rule drops, on the lines that stay of them.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.spans import WINDOWS, count_runs, join_windows, runs_of_texts, windows_of_texts
from ccnet_lite.kernels.carried import unmeasured
from ccnet_lite.kernels.lines import select_text
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.text.characters import unspaced

TEXTS_AT_ONCE = 1000
NAMES = ("text", "doc_id", "position")
SPAN_COLUMNS = ["doc_id", "begin", "end", "original"]
Span = tuple[int, int]


def runs_of_shard(reader: ShardReader, least: int) -> pa.RecordBatch:
    """The runs that are taken of a shard's documents, rows of dedup.spans.COUNTS."""
    values, rows, seen = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)], 0
    for batch in _staying(reader):
        found, _, of = runs_of_texts(batch["text"].to_pylist(), least)
        values.append(found)
        rows.append(of + seen)
        seen += batch.num_rows
    return count_runs(reader.shard, np.concatenate(values), np.concatenate(rows))


def windows_of_shard(reader: ShardReader, least: int) -> pa.RecordBatch:
    """The windows around the runs that a shard shares (table `span_runs`), rows of dedup.spans.WINDOWS."""
    shared = reader.whole("span_runs", ["key"])["key"].to_numpy()
    found = []
    for batch in _staying(reader) if len(shared) else ():
        texts, doc_ids, positions = (batch[name].to_pylist() for name in NAMES)
        rows = windows_of_texts(texts, doc_ids, positions, reader.shard, shared, least)
        found += [pa.Table.from_batches([each]) for each in rows]
    whole = pa.concat_tables([WINDOWS.empty_table(), *found]).combine_chunks().to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], WINDOWS)


def spans_of_shard(reader: ShardReader, least: int, tally: dict[str, Any]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Rows of `spans`. tally gets documents, those with a copy, and chars, of all copies in them."""
    names = arrow_schema("span_windows").names
    rows = join_windows(reader.whole("span_windows", names), least).cast(arrow_schema("spans"))
    copies, _ = spans_by_document(rows)
    tally |= {
        "documents": len(copies),
        "chars": sum(end - begin for each in copies.values() for begin, end in each),
    }
    for batch in rows.to_batches():
        yield "spans", batch


def spans_by_document(rows: pa.Table) -> tuple[dict[str, list[Span]], dict[str, list[Span]]]:
    """By doc_id where its copies stand, and where it has what others copy: (begin, end), ascending, apart."""
    found: tuple[dict[str, list[Span]], dict[str, list[Span]]] = ({}, {})
    columns = (rows[name].to_pylist() for name in ("doc_id", "begin", "end", "original"))
    for doc_id, begin, end, original in sorted(zip(*columns, strict=True), key=lambda row: row[:3]):
        spans = found[original is None].setdefault(doc_id, [])
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((begin, end))
    return found


def with_spans(
    rows: pa.RecordBatch, copies: Mapping[str, list[Span]], first: Mapping[str, list[Span]], cut: bool
) -> pa.RecordBatch:
    """Rows of the assembly with repeated_spans and chars_left_alone; with `cut` without these spans.

    copies, first: of `spans_by_document`.
    """
    ids, texts = rows["doc_id"].to_pylist(), rows["raw_content"].to_pylist()
    found = [copies.get(doc_id, []) for doc_id in ids]
    columns: dict[str, Any] = {name: rows[name] for name in rows.schema.names}
    columns["repeated_spans"] = pa.array([to_column(spans) if spans else None for spans in found], pa.string())
    alone: list[int | None] = [None] * len(ids)
    if cut:
        for row, (doc_id, spans) in enumerate(zip(ids, found, strict=True)):
            relied = relied_on(texts[row], first.get(doc_id, []), spans)
            texts[row] = cut_text(texts[row], spans)
            if spans and not relied:
                alone[row] = len(texts[row])
        columns |= {
            "raw_content": pa.array(texts, pa.string()),
            "length": pa.array([len(text) for text in texts], pa.int64()),
            "nlines": pa.array([text.count("\n") + 1 for text in texts], pa.int32()),
        } | unmeasured(rows, [bool(spans) for spans in found])
    columns["chars_left_alone"] = pa.array(alone, pa.int64())
    return pa.RecordBatch.from_pydict(columns)


def relied_on(text: str, first: Sequence[Span], cut: Sequence[Span]) -> bool:
    """Whether of what others copy a letter or digit is left when these are cut; both ascending and apart.

    >>> relied_on("one two", [(0, 7)], [(0, 3), (4, 7)]), relied_on("one two", [(0, 7)], [(0, 3)])
    (False, True)
    """
    at = 0
    for begin, end in first:
        while at < len(cut) and cut[at][1] <= begin:
            at += 1
        number = at
        while begin < end:
            gap = min(end, cut[number][0]) if number < len(cut) else end
            if any(sign.isalnum() for sign in text[begin:gap]):
                return True
            begin = cut[number][1] if number < len(cut) else end
            number += 1
    return False


def cut_text(text: str, spans: Sequence[Span]) -> str:
    r"""The text without these spans (ascending, apart): no words glued, no lines of which only signs are left.

    >>> cut_text("One two, three.", [(4, 7)])
    'One, three.'
    >>> cut_text("(1) Two three. Four", [(4, 13)])
    '(1) Four'
    >>> cut_text("One.\n\nTwo three.\n\nFour", [(6, 15)])
    'One.\n\nFour'
    """
    if not spans:
        return text
    lines: list[list[str]] = [[]]
    touched = [False]
    at = 0
    for begin, end in [*spans, (len(text), len(text))]:
        first, *others = text[at:begin].split("\n")
        _add(lines[-1], first, touched[-1])
        for other in others:
            lines.append([other])
            touched.append(False)
        if begin < len(text):
            touched[-1] = True
            if "\n" in text[begin:end]:
                lines[-1][-1:] = [lines[-1][-1].rstrip()]
                lines.append([])
                touched.append(True)
        at = end
    kept: list[str] = []
    dropped = False
    for parts, was_cut in zip(lines, touched, strict=True):
        line = _joined(parts)
        if was_cut and not any(sign.isalnum() for sign in line):
            dropped = True
        elif line.strip() or not dropped or (kept and kept[-1].strip()):
            kept.append(line)
            dropped = dropped and not line.strip()
    while dropped and kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)


def _add(parts: list[str], text: str, behind_a_cut: bool) -> None:
    """Put text behind what is left of a line; where something was cut between them, without the spaces there."""
    if not behind_a_cut:
        parts.append(text)
        return
    parts[-1:] = [parts[-1].rstrip()] if parts else [""]
    parts.append(text.lstrip())


def _joined(parts: list[str]) -> str:
    """What is left of a line, in parts with a cut between two.

    A space stands where a span was, but in scripts without spaces and before a sign that closes something. Such a
    sign goes where nothing is before it, or another sign: it closed what was cut.
    """
    made = parts[:1]
    last = parts[0][-1:]
    for part in parts[1:]:
        if not last or _closes(last):
            part = _behind_closing(part)
        if not part:
            continue
        glued = not last or _closes(part[0]) or unspaced()[ord(last)] or unspaced()[ord(part[0])]
        made += [part] if glued else [" ", part]
        last = part[-1]
    return "".join(made)


def _behind_closing(text: str) -> str:
    at = 0
    while at < len(text) and _closes(text[at]):
        at += 1
    return text[at:].lstrip() if at else text


def _closes(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] == "P" and category not in ("Ps", "Pi", "Pd")


def to_column(spans: Sequence[Span]) -> str:
    """Spans as the column `repeated_spans` has them.

    >>> to_column([(0, 9), (12, 20)])
    '[[0,9],[12,20]]'
    """
    return json.dumps(spans, separators=(",", ":"))


def cut_again(text: str, repeated_spans: str | None) -> str:
    """A text without its spans, as it was exported where they were cut."""
    return cut_text(text, json.loads(repeated_spans)) if repeated_spans else text


def _staying(reader: ShardReader) -> Iterator[pa.RecordBatch]:
    """NAMES of a shard's documents that no rule drops, some at a time."""
    decisions = reader.whole("decisions", ["doc_id", "rule", "line_ids"])
    kept = decisions.filter(pc.is_null(decisions["rule"])).combine_chunks()
    for batch in reader.read("documents", ["doc_id", "position", "raw_content", "nlines"], TEXTS_AT_ONCE):
        at = pc.index_in(batch["doc_id"], value_set=kept["doc_id"])
        batch = batch.filter(at.is_valid())
        line_ids = kept["line_ids"].take(at.drop_null()).to_pylist()
        columns = zip(batch["raw_content"].to_pylist(), line_ids, batch["nlines"].to_pylist(), strict=True)
        texts = pa.array([select_text(*each) for each in columns], pa.string())
        yield pa.RecordBatch.from_arrays([texts, batch["doc_id"], batch["position"]], names=list(NAMES))
