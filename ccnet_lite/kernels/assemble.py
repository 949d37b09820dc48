"""The rows that the corpus is made of: kept documents of a shard, with the text that stays."""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.stars import weight_of
from ccnet_lite.kernels.lines import select_text

DOCUMENT_COLUMNS = [
    *(
        "doc_id",
        "shard",
        "position",
        "cc_segment",
        "record_offset",
        "record_id",
        "url",
        "date_download",
        "digest",
    ),
    *("length", "nlines", "source_domain", "title", "raw_content"),
]
DECISION_COLUMNS = [
    *("doc_id", "rule", "language", "language_score"),
    *("cluster_id", "cluster_size", "crawls", "crawl_copies"),
]
SELECTION_COLUMNS = ["doc_id", "line_ids", "n_chars"]


def assemble_shard(
    documents: Iterable[pa.RecordBatch],
    decisions: Iterable[pa.RecordBatch],
    selections: Iterable[pa.RecordBatch],
    parts: Mapping[str, tuple[int, int]],
) -> Iterator[pa.RecordBatch]:
    """Kept documents with the text that stays.

    parts: language -> (part of that language's files that takes this shard, export task that writes it).
    Yields batches with the columns of `corpus` but for perplexity and bucket, and with shard, position,
    part and task.
    """
    kept = {}
    for batch in decisions:
        staying = batch.filter(pc.is_null(batch["rule"]))
        kept.update({row["doc_id"]: row for row in staying.to_pylist()})
    line_ids = {}
    for batch in selections:
        ids = batch["doc_id"].to_pylist()
        line_ids.update({i: ids_ for i, ids_ in zip(ids, batch["line_ids"], strict=True) if i in kept})
    for batch in documents:
        mask = [doc_id in kept for doc_id in batch["doc_id"].to_pylist()]
        if not any(mask):
            continue
        staying = batch.filter(pa.array(mask))
        ids = staying["doc_id"].to_pylist()
        chosen = [line_ids[doc_id].as_py() for doc_id in ids]
        texts = [
            select_text(text, lines, count)
            for text, lines, count in zip(
                staying["raw_content"].to_pylist(), chosen, staying["nlines"].to_pylist(), strict=True
            )
        ]
        decided = [kept[doc_id] for doc_id in ids]
        columns = {name: staying[name] for name in DOCUMENT_COLUMNS if name not in ("length", "nlines")}
        columns["original_length"], columns["original_nlines"] = staying["length"], staying["nlines"]
        columns["raw_content"] = pa.array(texts, pa.string())
        columns["length"] = pa.array([len(text) for text in texts], pa.int64())
        columns["nlines"] = pa.array([len(lines) for lines in chosen], pa.int32())
        columns["line_ids"] = pa.array(chosen, pa.list_(pa.int32()))
        for name, kind in (
            ("language", pa.string()),
            ("language_score", pa.float64()),
            ("cluster_id", pa.string()),
            ("cluster_size", pa.int64()),
            ("crawls", pa.list_(pa.string())),
            ("crawl_copies", pa.list_(pa.int64())),
        ):
            columns[name] = pa.array([row[name] for row in decided], kind)
        columns["cluster_weight"] = pa.array([weight_of(row["cluster_size"]) for row in decided], pa.int32())
        placed = [parts[row["language"]] for row in decided]
        columns["part"] = pa.array([part for part, _ in placed], pa.int32())
        columns["task"] = pa.array([task for _, task in placed], pa.int32())
        yield pa.RecordBatch.from_pydict(columns)
