"""The rows that the corpus is made of: a shard's documents that go on, with the text that stays, by language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.weights import weight_of
from ccnet_lite.kernels.carried import CARRIED, carried_of
from ccnet_lite.kernels.own_scores import own_scores_json
from ccnet_lite.kernels.packing import to_blob
from ccnet_lite.kernels.spans import SPAN_COLUMNS, spans_by_document, with_spans
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.text.kept_lines import keep_lines, lines_at

DOCUMENT_COLUMNS = [
    *("doc_id", "shard", "position", "cc_segment", "record_offset", "member_offset", "record_length"),
    *("record_id", "record_type", "url", "date_download", "digest", "length", "nlines", "source_domain"),
    *("title", "raw_content"),
]
DECISION_COLUMNS = [
    *("doc_id", "rule", "language", "language_score", "line_ids"),
    *("cluster_id", "cluster_size", "crawls", "crawl_copies"),
]
DECIDED = (
    "language",
    "language_score",
    "top_langs",
    "cluster_id",
    "cluster_size",
    "crawls",
    "crawl_copies",
    "split_key",
    "quality_score",
    "quality_tier",
    "own_scores",
    *CARRIED,
)
BLOB_BYTES = 8 << 20
"""Text after which a blob of one language is sent on: far below what one row of a shuffle may hold."""


class Blob(NamedTuple):
    """Rows of one language of one shard, `number`-th of them, on their way to the part that takes them."""

    language: str
    shard: int
    number: int
    rows: bytes


def assemble_shard(
    reader: ShardReader,
    wanted: Mapping[str, bool] | None = None,
    cut: bool = False,
    own_scores: Sequence[str] = (),
) -> Iterator[Blob]:
    """The shard's documents that no rule dropped, with the text that stays, packed by language.

    wanted: the languages to send; None: all. cut: whether spans are cut, where there is a table of them. How rows
    are cut into blobs depends on the shard alone. own_scores: names of the user's own.
    """
    decisions = reader.whole("decisions", DECISION_COLUMNS)
    kept = decisions.filter(pc.is_null(decisions["rule"])).drop_columns(["rule"]).combine_chunks()
    told = reader.whole("signals", ["doc_id", "top_langs", "n_lines", *CARRIED])
    told = told.take(pc.index_in(kept["doc_id"], value_set=told["doc_id"]))
    kept = kept.append_column("top_langs", told["top_langs"])
    for name, values in carried_of(kept, told).items():
        kept = kept.append_column(name, values)
    del told
    kept = kept.append_column("split_key", _split_keys(reader, kept["doc_id"]))
    ranked = reader.whole("tiers", ["doc_id", "quality_score", "quality_tier"])
    at = pc.index_in(kept["doc_id"], value_set=ranked["doc_id"])
    for name in ranked.column_names[1:]:
        kept = kept.append_column(name, ranked[name].take(at))
    kept = kept.append_column("own_scores", own_scores_json(reader, kept["doc_id"], own_scores))
    spans = spans_by_document(reader.whole("spans", SPAN_COLUMNS)) if "spans" in reader else None
    held: dict[str, list[pa.RecordBatch]] = {}
    sizes: dict[str, int] = {}
    numbers: dict[str, int] = {}

    def sent(language: str) -> Blob:
        batches = held.pop(language)
        rows = pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
        number = numbers[language] = numbers.get(language, -1) + 1
        sizes[language] = 0
        return Blob(language, reader.shard, number, to_blob(rows))

    for batch in reader.read("documents", DOCUMENT_COLUMNS):
        at = pc.index_in(batch["doc_id"], value_set=kept["doc_id"])
        there = pc.is_valid(at)
        staying = batch.filter(there)
        if not staying.num_rows:
            continue
        rows = _with_text(staying, kept.take(at.filter(there)).combine_chunks())
        if spans is not None:
            rows = with_spans(rows, *spans, cut)
        languages = rows["language"]
        for language in sorted(set(languages.to_pylist())):
            if wanted is not None and not wanted.get(language):
                continue
            of_language = rows.filter(pc.equal(languages, language))
            held.setdefault(language, []).append(of_language)
            sizes[language] = sizes.get(language, 0) + pc.sum(of_language["length"]).as_py()
            if sizes[language] >= BLOB_BYTES:
                yield sent(language)
    for language in sorted(held):
        yield sent(language)


def _split_keys(reader: ShardReader, doc_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """What each document's split is drawn by: an earlier crawl's document that it stands for, or itself."""
    inherited = reader.whole("split_keys", ["doc_id", "split_key"])
    found = inherited["split_key"].take(pc.index_in(doc_ids, value_set=inherited["doc_id"]))
    return pc.if_else(pc.is_valid(found), found, doc_ids)


def _with_text(documents: pa.RecordBatch, decided: pa.Table) -> pa.RecordBatch:
    """Columns of `corpus` but for perplexity, and what the ledger wants; decided: the documents' decisions."""
    line_ids = decided["line_ids"].combine_chunks()
    texts = keep_lines(documents["raw_content"], lines_at(line_ids, documents["nlines"].to_numpy()))
    columns: dict[str, Any] = {
        name: documents[name] for name in DOCUMENT_COLUMNS if name not in ("length", "nlines", "raw_content")
    }
    columns |= {name: decided[name].combine_chunks() for name in DECIDED}
    columns |= {
        "original_length": documents["length"],
        "original_nlines": documents["nlines"],
        "raw_content": texts,
        "length": pc.utf8_length(texts).cast(pa.int64()),
        "nlines": line_ids.value_lengths(),
        "line_ids": line_ids,
        "cluster_weight": pa.array([weight_of(size) for size in decided["cluster_size"].to_pylist()], pa.int32()),
    }
    return pa.RecordBatch.from_pydict(columns)
