"""A corpus without its text, and the text again: what is done with the rows of one file or one archive."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

import pyarrow as pa

from ccnet_lite.kernels.lines import select_text
from ccnet_lite.store.schema import arrow_schema

Row = tuple[int, int, str | None, str | None, str | None]


class Wanted(NamedTuple):
    """A document to be rebuilt: the corpus file and row it goes to, its lines, what its text hashes to."""

    file: int
    row: int
    line_ids: list[int]
    text_digest: str


def text_digest(title: str, text: str) -> str:
    """64-bit BLAKE2b of a document's text, as 16 hexadecimal digits."""
    return blake2b(f"{title}\n{text}".encode(), digest_size=8).hexdigest()


def without_text(corpus: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of `corpus` as rows of `minified`."""
    texts = zip(corpus["title"].to_pylist(), corpus["raw_content"].to_pylist(), strict=True)
    digests = pa.array([text_digest(title, text) for title, text in texts], pa.string())
    names = arrow_schema("minified").names
    return corpus.append_column("text_digest", digests).select(names)


def with_text(minified: pa.Table, recovered: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of `corpus`: rows of a minified file, by number, with the texts that `recover` found."""
    kept = minified.take(recovered["row"]).combine_chunks()
    columns = {name: kept[name].combine_chunks() for name in kept.column_names}
    columns |= {name: recovered[name] for name in ("title", "raw_content")}
    return pa.RecordBatch.from_pydict({name: columns[name] for name in arrow_schema("corpus").names})


def recover(
    read: Iterable[tuple[str, pa.RecordBatch]], wanted: Mapping[str, Wanted]
) -> Iterator[pa.RecordBatch]:
    """The wanted texts that an archive gives, and why the others are not there.

    read: the archive by `kernels.ingest.ingest_shard`.
    Yields batches of file, row, title, raw_content, cause; cause is null where the text is as it was.
    """
    missing, lost = dict(wanted), "record_missing"
    for table, batch in read:
        if table == "bad_records" and "unreadable_archive" in batch["error"].to_pylist():
            lost = "archive_unreadable"
        if table == "documents":
            yield _batch(list(_found(batch, missing)))
    yield _batch([(want.file, want.row, None, None, lost) for want in missing.values()])


def _found(documents: pa.RecordBatch, missing: dict[str, Wanted]) -> Iterator[Row]:
    """Rows for the documents of a batch that are wanted; takes them out of `missing`."""
    columns = (documents[name].to_pylist() for name in ("doc_id", "title", "raw_content", "nlines"))
    for doc_id, title, content, n_lines in zip(*columns, strict=True):
        want = missing.pop(doc_id, None)
        if want is None:
            continue
        if not want.line_ids or want.line_ids[-1] < n_lines:
            text = select_text(content, want.line_ids, n_lines)
            if text_digest(title, text) == want.text_digest:
                yield want.file, want.row, title, text, None
                continue
        yield want.file, want.row, None, None, "text_changed"


def _batch(rows: list[Row]) -> pa.RecordBatch:
    names = ["file", "row", "title", "raw_content", "cause"]
    types = [pa.int32(), pa.int64(), pa.string(), pa.string(), pa.string()]
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names)
