"""One archive to the rows of `documents`, `records`, `bad_records` and `lines`."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.archives.documents import Document, Other, read_documents
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.sources import Shard, open_shard
from ccnet_lite.settings import Settings
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.text.paragraphs import batch_line_keys

BATCH_DOCUMENTS = 1000
BATCH_CHARS = 16_000_000

Rows = Iterator[tuple[str, pa.RecordBatch]]


def ingest_shard(shard: Shard, settings: Settings) -> Rows:
    """Read an archive; yields (table, batch) as batches fill, so memory does not grow with the shard.

    An archive that cannot be opened or breaks off while being fetched is a bad record, not the run's end.
    """
    documents: list[Document] = []
    others: list[Other] = []
    held_chars, position = 0, 0
    try:
        with open_shard(shard, settings.source) as stream:
            for item in read_documents(shard, stream, settings.ingest):
                if isinstance(item, Document):
                    documents.append(item)
                    held_chars += item.n_chars
                else:
                    others.append(item)
                if len(documents) + len(others) >= BATCH_DOCUMENTS or held_chars >= BATCH_CHARS:
                    yield from _batches(shard, documents, others, position)
                    position += len(documents)
                    documents, others, held_chars = [], [], 0
    except SourceError as error:
        others.append(unreadable(shard, str(error)))
    yield from _batches(shard, documents, others, position)


def unreadable(shard: Shard, message: str) -> Other:
    """The row of an archive that could not be fetched or opened."""
    return Other(
        record_offset=0,
        member_offset=0,
        record_length=shard.size or 0,
        record_id="",
        url="",
        record_type="",
        outcome="bad",
        rule="unreadable_archive",
        message=message,
    )


def _batches(shard: Shard, documents: list[Document], others: list[Other], first: int) -> Rows:
    if documents:
        rows = _documents(shard, documents, first)
        yield "documents", rows
        yield "lines", _lines(rows)
    records: list[dict[str, Any]] = [
        _where(shard, document) | {"outcome": "document", "rule": None, "doc_id": document.doc_id}
        for document in documents
    ]
    records += [_where(shard, o) | {"outcome": o.outcome, "rule": o.rule, "doc_id": None} for o in others]
    if records:
        yield "records", pa.RecordBatch.from_pylist(records, schema=arrow_schema("records"))
    bad = [_where(shard, o) | {"error": o.rule, "message": o.message} for o in others if o.outcome == "bad"]
    if bad:
        yield "bad_records", pa.RecordBatch.from_pylist(bad, schema=arrow_schema("bad_records"))


def _where(shard: Shard, item: Document | Other) -> dict[str, Any]:
    return {
        "shard": shard.index,
        "cc_segment": shard.segment,
        "record_offset": item.record_offset,
        "member_offset": item.member_offset,
        "record_length": item.record_length,
        "record_id": item.record_id,
        "url": item.url,
        "record_type": item.record_type,
    }


def _documents(shard: Shard, documents: list[Document], first: int) -> pa.RecordBatch:
    schema = arrow_schema("documents")
    given = {"shard", "position"}
    columns: dict[str, Any] = {
        name: [getattr(document, name) for document in documents]
        for name in schema.names
        if name not in given
    }
    columns["shard"] = [shard.index] * len(documents)
    columns["position"] = range(first, first + len(documents))
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name], field.type) for field in schema], schema=schema
    )


def _lines(documents: pa.RecordBatch) -> pa.RecordBatch:
    """Line keys while the text is in hand."""
    keys, offsets, chars = batch_line_keys(documents["raw_content"])
    starts = pa.array(offsets.astype(np.int32))
    hosts = [host_key(domain) for domain in documents["source_domain"].to_pylist()]
    return pa.RecordBatch.from_pydict(
        {
            "doc_id": documents["doc_id"],
            "shard": documents["shard"],
            "position": documents["position"],
            "host_key": pa.array(hosts, pa.int64()),
            "n_chars": documents["n_chars"],
            "keys": pa.ListArray.from_arrays(starts, pa.array(keys)),
            "chars": pa.ListArray.from_arrays(starts, pa.array(chars)),
        }
    )


@lru_cache(maxsize=100_000)
def host_key(domain: str) -> int:
    """A host's 64-bit hash, signed; letter case and a leading `www.` do not make another host."""
    name = domain.lower().removeprefix("www.")
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)
