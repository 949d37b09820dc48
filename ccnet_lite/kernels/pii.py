"""Personal data of documents on their way to the corpus: marked, or masked, before they are scored."""

from typing import Any

import pyarrow as pa

from ccnet_lite.quality.pii import find_pii, mask, to_column
from ccnet_lite.settings import PiiSettings


def with_pii(rows: pa.RecordBatch, settings: PiiSettings, language: str) -> pa.RecordBatch:
    """Rows of one language of the assembly with `pii`; masked ones with their text and length.

    Offsets are those in the text of these rows.
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
    }
    return pa.RecordBatch.from_pydict(columns)
