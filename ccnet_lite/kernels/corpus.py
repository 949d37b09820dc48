"""One part of one language: its corpus files, its rows of the ledger, what is counted of it.

Corpus files have the number of the part and of the file within it in their names (store/corpus.py). Both come
from the settings and the documents alone, so the same run under other partitions writes the same files.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.corpus_columns import corpus_rows, splits_of, subsets_of
from ccnet_lite.kernels.ledger import (
    RECORD_COLUMNS,
    Funnel,
    add_to_funnel,
    document_hashes,
    funnel_to_rows,
    ledger_rows,
)
from ccnet_lite.kernels.packing import to_text
from ccnet_lite.kernels.pii import with_pii
from ccnet_lite.kernels.rules import Rule, first_broken, verdict_columns
from ccnet_lite.kernels.score import Scorer
from ccnet_lite.settings import ExportSettings, PiiSettings, SpanSettings
from ccnet_lite.store.corpus import CorpusFile, form_for
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import DataFile
from ccnet_lite.store.writing import PartWriter

STEPS_AN_OCTAVE = 64
"""Perplexities are counted by their logarithm, so finely that a chart of them shows no difference."""
Folders = tuple[str, str]
"""A subset and a bucket."""
Counted = tuple[str, str]
"""A bucket and a split."""
Sizes = npt.NDArray[np.int64]
REJECTED = ("doc_id", "url", "raw_content", "bucket", "perplexity", "context_gain")
"""Columns of `rejected` that are measured, or known before."""
COUNTED = ("documents", "lines", "characters", "bytes", "words", "tokens")
"""What `statistics` sums of each bucket and split; tokens are null where the language has no model."""


class PartSink:
    """Takes the rows of one part in order, scores them, writes them."""

    def __init__(
        self,
        run: Place,
        fingerprint: str,
        language: str,
        part: int,
        scorer: Scorer,
        settings: ExportSettings,
        crawl: str,
        pii: PiiSettings | None = None,
        spans: SpanSettings | None = None,
        rules: Sequence[Rule] = (),
    ) -> None:
        """crawl: the name of that of an archive whose path does not say. rules: over the rows, before buckets."""
        self._run, self._fingerprint, self._settings, self._crawl = run, fingerprint, settings, crawl
        self._language, self._part, self._scorer = language, part, scorer
        self._pii = pii or PiiSettings()
        self._spans, self._rules = spans or SpanSettings(), rules
        self._form = form_for(settings.columns, self._spans.enabled)
        self._ledger = PartWriter(run, "ledger", fingerprint, f"{language}-{part:05d}.parquet")
        self._rejected: PartWriter | None = None
        self._open: dict[Folders, PartWriter] = {}
        self._text_bytes: dict[Folders, int] = {}
        self._begun: Counter[Folders] = Counter()
        self._files: dict[str, list[DataFile]] = {"corpus": [], "ledger": [], "rejected": []}
        self._funnel: Funnel = {}
        self._statistics: dict[Counted, list[int]] = {}
        self._histogram: Counter[int] = Counter()
        self._by_shard: dict[int, list[int]] = {}

    def write(self, batch: pa.RecordBatch) -> None:
        """Rows of `assemble_shard`, of one shard, behind those of the shards before it."""
        batch = with_pii(batch, self._pii, self._language, self._spans.action == "mark")
        scored, scores = self._scorer.score(batch, self._language)
        scores = with_verdicts(batch, scores, self._rules)
        stays = pc.is_null(scores["rule"])
        splits = splits_of(batch["split_key"], self._settings.validation_share)
        files, rows = self._write_corpus(scored, scores, splits, stays)
        if self._settings.write_rejected:
            self._write_rejected(scored, scores, pc.invert(stays))
        ledger = ledger_rows(
            pa.Table.from_batches([batch.select(RECORD_COLUMNS)]),
            outcome=pc.if_else(stays, "kept", "dropped"),
            **{name: scores[name] for name in ("stage", "rule", "value", "threshold", "language", "n_chars")},
            bucket=pc.if_else(stays, scores["bucket"], None),
            corpus_file=files,
            corpus_row=rows,
        )
        self._ledger.write(ledger)
        add_to_funnel(self._funnel, ledger)
        self._count(batch, scores, splits)

    def _write_corpus(
        self, scored: pa.RecordBatch, scores: pa.RecordBatch, splits: pa.Array, stays: pa.Array
    ) -> tuple[pa.Array, pa.Array]:
        """Write the rows that stay; gives each row's file (relative to the run) and number there, or null."""
        rows = corpus_rows(scored, self._language, scores["script"], splits, self._crawl, self._form)
        sizes = np.asarray(scores["n_bytes"])
        subsets, buckets = subsets_of(self._language, scores["script"]), scored["bucket"].dictionary_encode()
        n_buckets = len(buckets.dictionary)
        folders = np.asarray(subsets.indices) * n_buckets + np.asarray(buckets.indices)
        folders[~np.asarray(stays)] = -1
        names: list[str] = []
        file_of = np.full(len(sizes), -1, np.int64)
        row_of = np.full(len(sizes), -1, np.int64)
        for code in np.unique(folders[folders >= 0]).tolist():
            folder = (subsets.dictionary[code // n_buckets].as_py(), buckets.dictionary[code % n_buckets].as_py())
            left = np.flatnonzero(folders == code)
            while len(left):
                writer, fitting = self._with_room(folder, sizes[left])
                here, left = left[:fitting], left[fitting:]
                file_of[here] = len(names)
                row_of[here] = writer.rows + np.arange(len(here))
                names.append(f"corpus/{writer.name}")
                self._text_bytes[folder] += int(sizes[here].sum())
                writer.write(rows.take(pa.array(here)))
        files = pa.array(names, pa.string()).take(pa.array(file_of, mask=file_of < 0))
        return files, pa.array(row_of, mask=row_of < 0)

    def _with_room(self, folder: Folders, sizes: Sizes) -> tuple[PartWriter, int]:
        """The folder's file to write on, and how many documents of these sizes it takes: one at the least."""
        while True:
            if folder not in self._open:
                self._begin(folder)
            writer = self._open[folder]
            room = self._settings.file_bytes - self._text_bytes[folder]
            fitting = int(np.searchsorted(np.cumsum(sizes), room, side="right"))
            if fitting or not writer.rows:
                return writer, max(fitting, 1)
            self._files["corpus"].append(self._open.pop(folder).close())

    def _begin(self, folder: Folders) -> None:
        name = CorpusFile(*folder, self._language, self._part, self._begun[folder]).name
        self._begun[folder] += 1
        self._text_bytes[folder] = 0
        self._open[folder] = PartWriter(
            self._run,
            "corpus",
            self._fingerprint,
            name,
            level=self._settings.compression_level,
            row_group_bytes=self._settings.row_group_bytes,
            schema_name=self._form.schema,
        )

    def _write_rejected(self, scored: pa.RecordBatch, scores: pa.RecordBatch, gone: pa.Array) -> None:
        if self._rejected is None:
            name = f"{self._language}-{self._part:05d}.parquet"
            level = self._settings.compression_level
            self._rejected = PartWriter(self._run, "rejected", self._fingerprint, name, level=level)
        columns = {name: scored[name] for name in REJECTED}
        columns |= {name: scores[name] for name in ("language", "rule", "value", "threshold")}
        self._rejected.write(pa.RecordBatch.from_pydict(columns).filter(gone))

    def _count(self, batch: pa.RecordBatch, scores: pa.RecordBatch, splits: pa.Array) -> None:
        shard = batch["shard"][0].as_py()
        count, total = self._by_shard.get(shard, [0, 0])
        hashes = int(document_hashes(batch["doc_id"]).sum(dtype=np.uint64))
        self._by_shard[shard] = [count + batch.num_rows, (total + hashes) % 2**64]
        self._histogram.update(octaves(scores["perplexity"]))
        kept = scores.append_column("split", splits).filter(pc.is_null(scores["rule"]))
        names = ["n_lines", "n_chars", "n_bytes", "n_words", "pieces"]
        sums = pa.Table.from_batches([kept]).group_by(["bucket", "split"])
        for row in sums.aggregate([([], "count_all"), *((name, "sum") for name in names)]).to_pylist():
            values = [row["count_all"], *(row[f"{name}_sum"] or 0 for name in names)]
            key = row["bucket"], row["split"]
            held = self._statistics.setdefault(key, [0] * len(COUNTED))
            self._statistics[key] = [a + b for a, b in zip(held, values, strict=True)]

    def close(self) -> tuple[dict[str, list[DataFile]], dict[str, Any]]:
        """Make the files appear; gives them by table, and the part's sums."""
        for folder in sorted(self._open):
            self._files["corpus"].append(self._open[folder].close())
            # One that is closed is not to be abandoned when a later one fails.
        self._open = {}
        self._files["ledger"].append(self._ledger.close())
        if self._rejected is not None:
            self._close_rejected(self._rejected)
        shards = sorted(self._by_shard)
        return self._files, {
            "language": self._language,
            "part": self._part,
            "shards": to_text(shards),
            "documents": to_text([self._by_shard[shard][0] for shard in shards]),
            "hashes": to_text(np.array([self._by_shard[shard][1] for shard in shards], np.uint64).view(np.int64)),
            "funnel": funnel_to_rows(self._funnel),
            "statistics": [
                [*key, *(values if self._language in self._scorer.models else [*values[:-1], None])]
                for key, values in sorted(self._statistics.items())
            ],
            "perplexities": {str(step): count for step, count in sorted(self._histogram.items())},
        }

    def _close_rejected(self, writer: PartWriter) -> None:
        if writer.rows:
            self._files["rejected"].append(writer.close())
        else:
            writer.abandon()

    def abandon(self) -> None:
        """After an error: no file of this part that was still open appears."""
        for writer in (*self._open.values(), self._ledger, self._rejected):
            if writer is not None:
                writer.abandon()
        self._open = {}


def with_verdicts(rows: pa.RecordBatch, scores: pa.RecordBatch, rules: Sequence[Rule]) -> pa.RecordBatch:
    """Scores with their stage; where a row breaks a rule with what it says, in place of its bucket's."""
    stage = pc.if_else(pc.is_null(scores["rule"]), pa.scalar(None, pa.string()), "quality")
    columns = {name: scores[name] for name in scores.schema.names} | {"stage": stage}
    if rules:
        table = pa.Table.from_batches([rows])
        broken = first_broken(table, rules)
        for name, found in verdict_columns(table, rules, broken).items():
            columns[name] = pc.if_else(pa.array(broken >= 0), found, columns[name])
    return pa.RecordBatch.from_pydict(columns)


def octaves(perplexities: pa.Array) -> Iterable[int]:
    """For each perplexity that was measured, the number of its step on a logarithmic scale."""
    values = np.asarray(perplexities.drop_null(), np.float64)
    values = values[np.isfinite(values) & (values > 0)]
    steps: list[int] = np.floor(np.log2(values) * STEPS_AN_OCTAVE).astype(np.int64).tolist()
    return steps


def middle_of(step: int) -> float:
    """The perplexity in the middle of a step of `octaves`.

    >>> round(middle_of(64 * 8), 1)
    257.4
    """
    return math.pow(2.0, (step + 0.5) / STEPS_AN_OCTAVE)
