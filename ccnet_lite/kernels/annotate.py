"""A shard's documents and masks to `signals` and `signatures`: each document is read once."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.minhash import band_hashes, signatures
from ccnet_lite.kernels.lines import STAYS, ShardLines, select_text
from ccnet_lite.models.identify import load_identifier
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.text.shingles import shingle_hashes

DOCUMENT_COLUMNS = [
    "doc_id",
    "shard",
    "position",
    "cc_segment",
    "record_offset",
    "raw_content",
    "n_chars",
    "nlines",
]
RULE_MEASURES = ["homoglyph_share", "duplicate_line_share", "top_ngram_share", "symbol_share", "bullet_share"]


def annotate_shard(
    documents: Iterable[pa.RecordBatch],
    lines: ShardLines,
    verdict: npt.NDArray[np.int8],
    settings: Settings,
    model: Path,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Measure each document on the lines that stay (on all of its text where none does).

    documents: the shard's rows, in the order of `lines`; verdict: [lines], from `judge_lines`.
    """
    identifier = load_identifier(model, settings.language.newline, settings.language.max_chars)
    stays = verdict == STAYS
    first = 0
    for batch in documents:
        texts, n_lines = masked_texts(batch, lines, stays, first)
        first += batch.num_rows
        read = batch["raw_content"].to_pylist()
        spoken = [text if text.strip() else whole for text, whole in zip(texts, read, strict=True)]
        languages, scores = identifier.identify(spoken)
        measures = measure(spoken, full=settings.quality.heuristics)
        columns: dict[str, Any] = {
            name: batch[name] for name in ("doc_id", "shard", "position", "cc_segment", "record_offset")
        }
        columns |= {
            "n_chars_read": batch["n_chars"],
            "n_lines_read": batch["nlines"],
            "n_chars": pa.array([len(text) for text in texts], pa.int64()),
            "n_lines": pa.array(n_lines, pa.int32()),
            "language": pa.array(languages, pa.string()),
            "language_score": pa.array(np.round(scores, 2), pa.float64()),
        }
        columns |= {name: measures[name] for name in ("script", "script_share", "n_words", *RULE_MEASURES)}
        yield "signals", pa.RecordBatch.from_pydict(columns)
        if settings.near_duplicates.enabled:
            yield from _signatures(batch, texts, settings)


def masked_texts(
    batch: pa.RecordBatch, lines: ShardLines, stays: npt.NDArray[np.bool_], first: int
) -> tuple[list[str], list[int]]:
    """The text that stays of each document of a batch whose first document is number `first` of the shard."""
    texts, counts = [], []
    for number, text in enumerate(batch["raw_content"].to_pylist(), first):
        begin, end = lines.offsets[number], lines.offsets[number + 1]
        line_ids = np.flatnonzero(stays[begin:end])
        texts.append(select_text(text, line_ids, int(end - begin)))
        counts.append(len(line_ids))
    return texts, counts


def masked_documents(
    documents: Iterable[pa.RecordBatch],
    lines: ShardLines,
    verdict: npt.NDArray[np.int8],
    signals: Iterable[pa.RecordBatch],
    chosen: Iterable[pa.RecordBatch],
    parts: Mapping[str, tuple[int, int]],
) -> Iterator[pa.RecordBatch]:
    """The text that stays of chosen documents of a shard, and which part of its language's files takes it.

    documents, verdict: as for `annotate_shard`; signals: position and language; chosen: position; parts:
    language -> (part, task).
    Yields doc_id, raw_content, length, nlines, language, shard, position, part, task.
    """
    language_of = {row["position"]: row["language"] for batch in signals for row in batch.to_pylist()}
    wanted = {position for batch in chosen for position in batch["position"].to_pylist()}
    stays = verdict == STAYS
    first = 0
    for batch in documents:
        texts, counts = masked_texts(batch, lines, stays, first)
        first += batch.num_rows
        positions = batch["position"].to_pylist()
        rows = [row for row, position in enumerate(positions) if position in wanted]
        if not rows:
            continue
        taken = batch.select(["doc_id", "shard", "position"]).take(pa.array(rows))
        languages = [language_of[positions[row]] for row in rows]
        columns = {name: taken[name] for name in taken.schema.names} | {
            "raw_content": pa.array([texts[row] for row in rows], pa.string()),
            "length": pa.array([len(texts[row]) for row in rows], pa.int64()),
            "nlines": pa.array([counts[row] for row in rows], pa.int32()),
            "language": pa.array(languages, pa.string()),
            "part": pa.array([parts[language][0] for language in languages], pa.int32()),
            "task": pa.array([parts[language][1] for language in languages], pa.int32()),
        }
        yield pa.RecordBatch.from_pydict(columns)


def _signatures(
    batch: pa.RecordBatch, texts: list[str], settings: Settings
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Signatures of the documents that have text; an empty one is nobody's duplicate."""
    near = settings.near_duplicates
    chosen = [number for number, text in enumerate(texts) if text.strip()]
    if not chosen:
        return
    values = signatures([texts[number] for number in chosen], near)
    bands = band_hashes(values, near.bands, near.rows)
    raw = np.ascontiguousarray(values.astype("<u4")).view(np.uint8).reshape(len(chosen), -1)
    offsets = pa.array(np.arange(0, bands.size + 1, near.bands, dtype=np.int32))
    taken = pa.array(chosen, pa.int32())
    yield (
        "signatures",
        pa.RecordBatch.from_pydict(
            {
                "doc_id": batch["doc_id"].take(taken),
                "shard": batch["shard"].take(taken),
                "signature": pa.array([row.tobytes() for row in raw], pa.binary()),
                "shingles": pa.array(_shingles([texts[number] for number in chosen], near), pa.binary()),
                "bands": pa.ListArray.from_arrays(
                    offsets, pa.array(bands.astype(np.uint64).view(np.int64).ravel())
                ),
            }
        ),
    )


def _shingles(texts: list[str], near: NearDuplicateSettings) -> list[bytes | None]:
    """What exact verification compares: each text's distinct shingle hashes; nothing for other settings."""
    if near.verify != "exact":
        return [None] * len(texts)
    return [np.sort(shingle_hashes(text, near.ngram)).astype("<u4").tobytes() for text in texts]
