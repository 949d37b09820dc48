"""One archive to the rows of `documents` and `others`."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.archives.documents import Document, Other, Unread, read_items
from ccnet_lite.archives.errors import Fault, FoundFaulty, UnreadArchive
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.archives.records import NO_FAULTS
from ccnet_lite.archives.sources import ArchiveIdentity, Shard, open_shard
from ccnet_lite.archives.urls import for_display
from ccnet_lite.archives.wet_texts import wet_texts
from ccnet_lite.settings import Settings
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.text.paragraphs import batch_line_keys

BATCH_DOCUMENTS = 1000
BATCH_CHARS = 16_000_000

Rows = Iterator[tuple[str, pa.RecordBatch]]


def ingest_shard(
    shard: Shard,
    settings: Settings,
    finished: Callable[[ArchiveIdentity], None] | None = None,
    faults: Mapping[int, Fault] = NO_FAULTS,
    worker: PageWorker | None = None,
) -> Rows:
    """Read an archive; yields (table, batch) as batches fill, so memory does not grow with the shard.

    Every record is a row of `documents` or of `others`. `finished` is told, after the last batch, what the
    archive was, of all of its bytes. faults: of the FoundFaulty of a reading before this one. worker: as for
    `read_documents`.

    Raises:
        FoundFaulty: after the last batch: not all rows hold, and they are to be made anew with its `faults`,
            which raises it no more.
        UnreadArchive: it could not be opened, or not be read to its end. What was sound before it broke off
            has been yielded by then; a caller that does not keep it reads the archive again another time.
    """
    documents: list[Document | Unread] = []
    others: list[Other] = []
    held_chars, position = 0, 0
    with open_shard(shard, settings.source) as stream:
        broken: UnreadArchive | FoundFaulty | None = None
        try:
            for item in read_items(shard, stream, settings.ingest, faults, worker):
                if isinstance(item, Other):
                    others.append(item)
                else:
                    documents.append(item)
                    held_chars += len(item.payload) if isinstance(item, Unread) else item.n_chars
                if len(documents) + len(others) >= BATCH_DOCUMENTS or held_chars >= BATCH_CHARS:
                    yield from _batches(shard, documents, others, position)
                    position += len(documents)
                    documents, others, held_chars = [], [], 0
        except UnreadArchive as error:
            broken = error
        except FoundFaulty as error:
            shown, changed = for_display(shard.uri), "has changed while it was read: run it again"
            broken = UnreadArchive(shard.segment, shown, f"{shown} {changed}") if faults else error
        yield from _batches(shard, documents, others, position)
        if broken is not None:
            raise broken
        if finished is not None:
            finished(stream.identity())


def _batches(shard: Shard, documents: list[Document | Unread], others: list[Other], first: int) -> Rows:
    if documents:
        yield "documents", _documents(shard, *_read(documents), first)
    if others:
        rows = [
            other._asdict() | {"shard": shard.index, "cc_segment": shard.segment, "message": other.message or None}
            for other in others
        ]
        yield "others", pa.RecordBatch.from_pylist(rows, schema=arrow_schema("others"))


def _read(items: list[Document | Unread]) -> tuple[list[Document], dict[str, Any]]:
    """Documents, and the columns of what was read of all of them together, where it was."""
    unread = [item for item in items if isinstance(item, Unread)]
    read = wet_texts([item.payload for item in unread]) if len(unread) == len(items) else None
    if read is None:
        return [item.read() if isinstance(item, Unread) else item for item in items], {}
    columns = {"title": read.titles, "raw_content": read.texts, "nlines": pa.array(read.nlines)}
    return [item.document for item in unread], columns | {"n_chars": read.n_chars}


def _documents(shard: Shard, documents: list[Document], read: dict[str, Any], first: int) -> pa.RecordBatch:
    """read: columns that are known."""
    schema = arrow_schema("documents")
    columns: dict[str, Any] = read | {
        name: pa.array(values, schema.field(name).type)
        for name, values in zip(Document._fields, zip(*documents, strict=True), strict=True)
        if name not in read
    }
    # Line keys while the text is in hand.
    keys, offsets, chars = batch_line_keys(columns["raw_content"])
    starts = pa.array(offsets.astype(np.int32))
    columns |= {
        "shard": pa.array([shard.index] * len(documents), pa.int32()),
        "position": pa.array(range(first, first + len(documents)), pa.int32()),
        "host_key": pa.array([host_key(document.source_domain) for document in documents], pa.int64()),
        "line_keys": pa.ListArray.from_arrays(starts, pa.array(keys), schema.field("line_keys").type),
        "line_chars": pa.ListArray.from_arrays(starts, pa.array(chars), schema.field("line_chars").type),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


@lru_cache(maxsize=100_000)
def host_key(domain: str) -> int:
    """A host's 64-bit hash, signed; letter case and a leading `www.` do not make another host."""
    name = domain.lower().removeprefix("www.")
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)
