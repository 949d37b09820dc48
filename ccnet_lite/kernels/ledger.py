"""Rows of the ledger, and what is counted of them while they are written."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.store.schema import arrow_schema

RECORD_COLUMNS = [
    *("doc_id", "cc_segment", "record_offset", "member_offset", "record_length"),
    *("record_id", "url", "record_type"),
]
"""Columns of `documents` that say which record a row is of."""
MODULUS = 2**64


def reasons(rows: Iterable[tuple[str | None, float | None, float | None, str | None]]) -> list[str | None]:
    """In words why records are not kept, of (rule, value, threshold, duplicate_of); None for one that is.

    >>> reasons([("top_ngram_share_above", 0.31, 0.2, None), (None, None, None, None)])
    ['top ngram share above: 0.31 against 0.20', None]
    """
    words: list[str | None] = []
    for rule, value, threshold, duplicate_of in rows:
        if rule is None:
            words.append(None)
        elif rule == "near_duplicate" and duplicate_of is not None and value is not None:
            words.append(f"near-duplicate of {duplicate_of} at {value:.2f}")
        elif rule == "contained" and duplicate_of is not None and value is not None:
            words.append(f"inside {duplicate_of}, {value:.2f} of it")
        elif rule == "template" and duplicate_of is not None and value is not None:
            words.append(f"of one template with {duplicate_of}, {value:.2f} of its words")
        elif value is not None and threshold is not None:
            words.append(f"{rule.replace('_', ' ')}: {value:.2f} against {threshold:.2f}")
        else:
            words.append(rule.replace("_", " "))
    return words


def ledger_rows(records: pa.Table, **columns: Any) -> pa.RecordBatch:
    """Rows of `ledger`: records (RECORD_COLUMNS) with the columns given; the others are null.

    columns: outcome, and what is known of stage, rule, value, threshold, duplicate_of, language, n_chars ...
    """
    schema = arrow_schema("ledger")
    n_rows = records.num_rows
    given = {name: records[name].combine_chunks() for name in RECORD_COLUMNS} | columns
    if "reason" not in given and "rule" in given:
        sides = [_list(given.get(name), n_rows) for name in ("rule", "value", "threshold", "duplicate_of")]
        given["reason"] = reasons(zip(*sides, strict=True))
    arrays = []
    for field in schema:
        values = given.get(field.name)
        if values is None:
            arrays.append(pa.nulls(n_rows, field.type))
        elif isinstance(values, str):
            arrays.append(pa.array([values] * n_rows, field.type))
        else:
            arrays.append(_array(values).cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    return values if isinstance(values, pa.Array) else pa.array(values)


def _list(values: Any, n_rows: int) -> list[Any]:
    return [None] * n_rows if values is None else _array(values).to_pylist()


Funnel = dict[tuple[str | None, str, str | None, str | None], list[int]]
"""(language, outcome, stage, rule) -> [records, characters]."""


def add_to_funnel(funnel: Funnel, rows: pa.RecordBatch) -> None:
    """Count rows of the ledger by language, outcome, stage and rule."""
    keys = ["language", "outcome", "stage", "rule"]
    table = pa.Table.from_batches([rows]).select([*keys, "n_chars"])
    counted = table.group_by(keys).aggregate([([], "count_all"), ("n_chars", "sum")])
    for row in counted.to_pylist():
        sums = funnel.setdefault((row["language"], row["outcome"], row["stage"], row["rule"]), [0, 0])
        sums[0] += row["count_all"]
        sums[1] += row["n_chars_sum"] or 0


def funnel_to_rows(funnel: Funnel) -> list[list[Any]]:
    """A funnel as it is kept in JSON: [language, outcome, stage, rule, records, characters], sorted."""
    rows = [[*key, *sums] for key, sums in funnel.items()]
    return sorted(rows, key=lambda row: [str(part or "") for part in row])


def sum_funnels(parts: Iterable[list[list[Any]]]) -> list[list[Any]]:
    """The rows of `funnel_to_rows` of several parts, summed."""
    total: Funnel = {}
    for part in parts:
        for language, outcome, stage, rule, records, characters in part:
            sums = total.setdefault((language, outcome, stage, rule), [0, 0])
            sums[0] += records
            sums[1] += characters
    return funnel_to_rows(total)


def document_hash(doc_ids: pa.Array | pa.ChunkedArray) -> int:
    """The sum modulo 2^64 of the first 64 bits of ids: equal for the same documents in any order.

    >>> document_hash(pa.array(["00000000000000020000000000000000", "ffffffffffffffff0000000000000000"]))
    1
    """
    return sum(int(doc_id[:16], 16) for doc_id in doc_ids.to_pylist()) % MODULUS


def document_hashes(doc_ids: pa.Array | pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """[documents]: the first 64 bits of each id."""
    return np.array([int(doc_id[:16], 16) for doc_id in doc_ids.to_pylist()], np.uint64)
