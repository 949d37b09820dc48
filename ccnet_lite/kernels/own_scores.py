"""A user's own scores: rows of files and documents on their way to each other, where they meet, who reads them.

Both go by a hash of the key (BLAKE2b, 128 bits): a document that was made to have another's hash is not to be had.
A key may be that of several documents (a URL that was fetched twice), of scores only that of one row.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import UserError, visible
from ccnet_lite.kernels.score_files import SETTING, ScoreFile, Scores, read_scores
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema

TABLE = "own_scores"
KEY = pa.binary(16)
DOCUMENTS = pa.schema([("key", KEY), ("doc_id", pa.string()), ("shard", pa.int32()), ("position", pa.int32())])
SCORES = pa.schema([("key", KEY), ("file", pa.int32()), ("row", pa.int64()), ("scores", pa.list_(pa.float64()))])


class Met(NamedTuple):
    """Rows of `own_scores` of some keys; how many scores there were, and how many of these met a document."""

    rows: pa.Table
    scores: int
    met: int


def key_hashes(keys: Iterable[str], name: str) -> pa.Array:
    """[keys] the hash of each. name: what they are; a WARC-Record-ID counts without its angle brackets."""
    bare = (key.strip("<>") for key in keys) if name == "record_id" else keys
    hashed = [blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest() for key in bare]
    return pa.array(hashed, KEY)


def routes_of(hashes: pa.Array) -> npt.NDArray[np.int64]:
    """[hashes] a number by which equal ones go to the same part."""
    raw = np.frombuffer(b"".join(hashes.to_pylist()), "<i8")
    return raw[::2].astype(np.int64)


def document_keys(reader: ShardReader, name: str) -> pa.RecordBatch:
    """A shard's documents that have such a key: rows of DOCUMENTS."""
    named = reader.whole("documents", list(dict.fromkeys(["doc_id", "shard", "position", name])))
    named = named.filter(pc.not_equal(named[name], ""))
    hashes = key_hashes(named[name].to_pylist(), name)
    columns = [hashes, *(named[column].combine_chunks() for column in DOCUMENTS.names[1:])]
    return pa.RecordBatch.from_arrays(columns, schema=DOCUMENTS)


def score_rows(scores: Scores, file: int, name: str) -> pa.RecordBatch:
    """Rows of SCORES. file: the file's number."""
    count, n_columns = len(scores.keys), len(scores.values)
    flat = pa.array(scores.values.T.ravel(), pa.float64(), from_pandas=True)
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * n_columns, pa.int32())
    columns = [
        key_hashes(scores.keys, name),
        pa.array(np.full(count, file), pa.int32()),
        pa.array(scores.first + np.arange(count), pa.int64()),
        pa.ListArray.from_arrays(offsets, flat),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCORES)


def meet(documents: pa.Table, scores: pa.Table, files: Sequence[ScoreFile], name: str) -> Met:
    """Documents with their scores. documents, scores: all rows of some keys, of DOCUMENTS and SCORES.

    Raises:
        UserError: two rows of scores have one key: which, in which files and rows.
    """
    scores = scores.sort_by([("file", "ascending"), ("row", "ascending")])  # so that which are named is no chance
    coded = scores["key"].combine_chunks().dictionary_encode()
    if len(coded.dictionary) < scores.num_rows:
        seen, first = np.unique(np.asarray(coded.indices), return_index=True)
        again = np.setdiff1d(np.arange(scores.num_rows), first)[0]
        before = first[np.searchsorted(seen, coded.indices[int(again)].as_py())]
        raise _twice(scores, int(before), int(again), files, name)
    at = pc.index_in(documents["key"], value_set=scores["key"].combine_chunks())
    found = scores["scores"].take(at)
    rows = documents.select(DOCUMENTS.names[1:]).append_column("scores", found)
    met = len(pc.unique(at.drop_null()))
    rows = rows.filter(pc.is_valid(at))
    flat = np.asarray(rows["scores"].combine_chunks().flatten().is_valid())
    known = flat.reshape(rows.num_rows, -1).any(axis=1) if rows.num_rows else flat
    return Met(rows.filter(pa.array(known, pa.bool_())).cast(arrow_schema(TABLE)), scores.num_rows, met)


def _twice(scores: pa.Table, before: int, again: int, files: Sequence[ScoreFile], name: str) -> UserError:
    places = []
    for row in (before, again):
        file, number = files[scores["file"][row].as_py()], scores["row"][row].as_py()
        for some in read_scores(file, name, ()):
            if some.first <= number < some.first + len(some.keys):
                key = some.keys[number - some.first]
                places.append(f"{file.place.shown}, {some.where(number - some.first)}")
                break
    shown = visible(key[:300])
    return UserError(f"{SETTING}: {' and '.join(places)} both have {name} {shown}: leave one of them out")


def signals_of(reader: ShardReader, quality: QualitySettings, names: Sequence[str]) -> pa.Table:
    """The shard's rows of `signals` with these columns, of which the user's own scores may be some, and doc_id."""
    own = [name for name in names if name in quality.scores_columns]
    if not own:
        return reader.whole("signals", list(names))
    signals = reader.whole("signals", list(dict.fromkeys(["doc_id", *(n for n in names if n not in own)])))
    return with_own_scores(signals, reader, quality, own)


def with_own_scores(
    documents: pa.Table, reader: ShardReader, quality: QualitySettings, names: Sequence[str]
) -> pa.Table:
    """Documents, by doc_id, with columns of own scores; null where one has none."""
    given = reader.whole(TABLE, ["doc_id", "scores"])
    at = pc.index_in(documents["doc_id"], value_set=given["doc_id"])
    for name in names:
        values = pc.list_element(given["scores"], quality.scores_columns.index(name))
        documents = documents.append_column(name, values.take(at))
    return documents


def own_scores_json(reader: ShardReader, doc_ids: pa.ChunkedArray, columns: Sequence[str]) -> pa.Array:
    """[doc_ids] the scores that each document has, as JSON, {"name": number}; null where it has none."""
    given = reader.whole(TABLE, ["doc_id", "scores"])
    told = []
    for scores in given["scores"].to_pylist():
        there = {name: value for name, value in zip(columns, scores, strict=True) if value is not None}
        told.append(json.dumps(there))
    return pa.array(told, pa.string()).take(pc.index_in(doc_ids, value_set=given["doc_id"]).combine_chunks())
