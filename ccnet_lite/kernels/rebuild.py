"""A corpus without its text, and the text again: what is done with the rows of one file or one archive."""

from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ccnet_lite.archives.errors import FoundFaulty, UnreadArchive
from ccnet_lite.errors import RunFailed
from ccnet_lite.kernels.lines import select_text
from ccnet_lite.kernels.packing import from_blobs, to_blob
from ccnet_lite.kernels.spans import cut_again
from ccnet_lite.quality.pii import masked_again
from ccnet_lite.store.corpus import Form
from ccnet_lite.store.schema import arrow_schema

Row = tuple[int, int, str | None, str | None, str | None]


class Wanted(NamedTuple):
    """A document to be rebuilt: the corpus file and row it goes to, its lines, what its text hashes to.

    repeated_spans: those that were cut from it.
    """

    file: int
    row: int
    line_ids: list[int]
    text_digest: str
    pii: str | None = None
    repeated_spans: str | None = None


def text_digest(title: str, text: str) -> str:
    """64-bit BLAKE2b of a document's text, as 16 hexadecimal digits."""
    return blake2b(f"{title}\n{text}".encode(), digest_size=8).hexdigest()


def without_text(corpus: pa.RecordBatch, form: Form) -> pa.RecordBatch:
    """Rows of `corpus`, which has a form, as rows of `minified`."""
    texts = zip(corpus["title"].to_pylist(), corpus[form.text].to_pylist(), strict=True)
    digests = pa.array([text_digest(title, text) for title, text in texts], pa.string())
    names = arrow_schema(form.minified).names
    return corpus.append_column("text_digest", digests).select(names)


class Recovered(NamedTuple):
    """Rows of one corpus file that an archive gave, or that it lacks, as a blob; `first` is the first's number."""

    file: int
    first: int
    rows: bytes


def recover(read: Iterable[tuple[str, pa.RecordBatch]], wanted: Mapping[str, Wanted]) -> Iterator[Recovered]:
    """The wanted texts that an archive gives, and why the others are not there.

    read: the archive by `kernels.ingest.ingest_shard`.
    A blob holds file, row, title, raw_content, cause, in the order of the archive; cause is null in all of its
    rows, where the texts are as they were, or in none.
    """
    missing, lost = dict(wanted), "record_missing"
    try:
        for table, batch in read:
            if table == "documents":
                yield from _by_file(list(_found(batch, missing)))
    except UnreadArchive:
        lost = "archive_unreadable"
    except FoundFaulty:
        pass  # all rows have come, more than hold; those that are wanted are proven by their text's digest
    yield from _by_file([(want.file, want.row, None, None, lost) for want in missing.values()])


def _by_file(rows: list[Row]) -> Iterator[Recovered]:
    cut: dict[tuple[int, bool], list[Row]] = {}
    for row in rows:
        cut.setdefault((row[0], row[4] is None), []).append(row)
    for (file, _), part in cut.items():
        yield Recovered(file, part[0][1], to_blob(_batch(part)))


def _found(documents: pa.RecordBatch, missing: dict[str, Wanted]) -> Iterator[Row]:
    """Rows for the documents of a batch that are wanted; takes them out of `missing`."""
    columns = (documents[name].to_pylist() for name in ("doc_id", "title", "raw_content", "nlines"))
    for doc_id, title, content, n_lines in zip(*columns, strict=True):
        want = missing.pop(doc_id, None)
        if want is None:
            continue
        if not want.line_ids or want.line_ids[-1] < n_lines:
            text = cut_again(select_text(content, want.line_ids, n_lines), want.repeated_spans)
            text = masked_again(text, want.pii)
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


class FileRows:
    """One corpus file's rows, put together from what archives gave: those found, and what became of the others."""

    def __init__(self, name: str, minified: pa.Table, form: Form):
        self._name, self._minified, self._form = name, minified, form
        self._next = 0
        self._causes: dict[int, str] = {}
        self._found = np.zeros(minified.num_rows, bool)

    def take(self, blob: bytes) -> pa.RecordBatch:
        """Rows of `corpus` of a blob of `recover`; to be given in the order of their first rows.

        Raises:
            RunFailed: they do not come in the order of the file.
        """
        rows = from_blobs([blob], _RECOVERED)
        numbers = rows["row"].to_pylist()
        if rows["cause"].null_count < rows.num_rows:
            self._causes |= dict(zip(numbers, rows["cause"].to_pylist(), strict=True))
            return pa.RecordBatch.from_pylist([], arrow_schema(self._form.schema))
        if numbers != sorted(numbers) or numbers[0] < self._next:
            raise RunFailed(f"{self._name}: its rows are not in the archives' order: minify the corpus again")
        self._next = numbers[-1] + 1
        self._found[numbers] = True
        return _with_text(self._minified, rows, self._form)

    def lost(self, given: Container[str]) -> pa.RecordBatch:
        """Rows of `not_rebuilt`: all that were not found. given: the archives that were read.

        Raises:
            RunFailed: of a row of an archive that was read nothing was said.
        """
        rows = self._minified.take(pa.array(np.flatnonzero(~self._found)))
        numbers = np.flatnonzero(~self._found).tolist()
        causes = []
        segments = rows[self._form.segment].combine_chunks()
        for number, segment in zip(numbers, segments.to_pylist(), strict=True):
            cause = self._causes.get(number)
            if cause is None and segment in given:
                raise RunFailed(f"{self._name}, row {number}: nothing was said of it: run the command again")
            causes.append(cause or "archive_missing")
        columns = {name: rows[name].combine_chunks() for name in ("doc_id", "url", "record_offset")}
        columns |= {
            "cc_segment": segments,
            "corpus_file": pa.array([f"corpus/{self._name}"] * len(numbers), pa.string()),
            "corpus_row": pa.array(numbers, pa.int64()),
            "cause": pa.array(causes, pa.string()),
        }
        return pa.RecordBatch.from_pydict(columns)


def _with_text(minified: pa.Table, recovered: pa.Table, form: Form) -> pa.RecordBatch:
    """Rows of `corpus`: rows of a minified file, by number, with their texts."""
    kept = minified.take(recovered["row"])
    columns = {name: kept[name].combine_chunks() for name in kept.column_names}
    columns |= {"title": recovered["title"].combine_chunks(), form.text: recovered["raw_content"].combine_chunks()}
    return pa.RecordBatch.from_pydict({name: columns[name] for name in arrow_schema(form.schema).names})


_RECOVERED = _batch([]).schema
