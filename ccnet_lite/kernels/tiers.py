"""A shard's scores of the documents that go on, as counts, as percentiles within their languages, as tiers.

A document that lacks a score goes by those that it has; one that has none has no percentile and no tier.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.own_scores import signals_of
from ccnet_lite.quality.ranks import (
    Float64,
    Int64,
    Scale,
    combined,
    log_odds,
    percentiles_of,
    steps_of,
    steps_of_percentiles,
    tiers_of,
)
from ccnet_lite.settings import PERPLEXITY, QUALITY_SCORE, QualitySettings
from ccnet_lite.store.reading import ShardReader

COUNTS = "language string, score int, step long, documents long"
"""Rows of `count_scores` and `count_combined`, in Spark's words."""
COMBINED = -1
"""Stands for a score's number where percentiles are combined."""
Scales = Mapping[tuple[str, int], Scale]
"""By language and the number of a score in quality.scores."""


class Scored(NamedTuple):
    """A shard's documents that go on.

    names: doc_id, shard, position; languages: [documents]; values: [scores, documents], not a number where there
    is none.
    """

    names: pa.Table
    languages: npt.NDArray[np.object_]
    values: Float64


def scored_documents(reader: ShardReader, quality: QualitySettings) -> Scored:
    """Those that no rule dropped, with their scores, each the better the higher."""
    decisions = reader.whole("decisions", ["doc_id", "shard", "position", "rule", "language"])
    going_on = decisions.filter(pc.is_null(decisions["rule"]))
    own = [name for name in quality.scores if name != PERPLEXITY]
    columns = [name.removeprefix("-") for name in own]
    signals = signals_of(reader, quality, ["doc_id", *columns])
    at = pc.index_in(going_on["doc_id"], value_set=signals["doc_id"])
    values = np.full((len(quality.scores), going_on.num_rows), np.nan)
    for number, name in enumerate(quality.scores):
        if name == PERPLEXITY:
            measured = reader.whole("perplexities", ["doc_id", "perplexity"])
            found = pc.index_in(going_on["doc_id"], value_set=measured["doc_id"])
            values[number] = -_numbers(measured["perplexity"].take(found))
        else:
            column = _numbers(signals[name.removeprefix("-")].take(at))
            values[number] = -column if name.startswith("-") else column
            if name.removeprefix("-") == QUALITY_SCORE:
                odds = log_odds(column)
                values[number] = -odds if name.startswith("-") else odds
    languages = going_on["language"].to_numpy().astype(object)
    return Scored(going_on.select(["doc_id", "shard", "position"]), languages, values)


def count_scores(reader: ShardReader, quality: QualitySettings) -> Iterator[pa.RecordBatch]:
    """How many documents of each language lie on each step of each score: rows of COUNTS."""
    scored = scored_documents(reader, quality)
    for number, values in enumerate(scored.values):
        known = ~np.isnan(values)
        yield _counts(scored.languages[known], number, steps_of(values[known]))


def count_combined(reader: ShardReader, quality: QualitySettings, scales: Scales) -> Iterator[pa.RecordBatch]:
    """As `count_scores`, of what the percentiles are combined to."""
    scored = scored_documents(reader, quality)
    values = _combined(scored, quality, scales)
    known = ~np.isnan(values)
    yield _counts(scored.languages[known], COMBINED, steps_of_percentiles(values[known]))


def tier_shard(reader: ShardReader, quality: QualitySettings, scales: Scales) -> Iterator[pa.RecordBatch]:
    """Rows of `tiers`."""
    scored = scored_documents(reader, quality)
    values = _combined(scored, quality, scales)
    known = ~np.isnan(values)
    steps = steps_of_percentiles(np.where(known, values, 0.0))
    ranks = percentiles_of(scored.languages, steps, known, _of(scales, COMBINED))
    tiers = tiers_of(ranks, quality.tiers)
    columns = {name: scored.names[name].combine_chunks() for name in scored.names.column_names}
    columns["quality_score"] = pa.array(ranks, pa.float64(), from_pandas=True)
    columns["quality_tier"] = pa.array(tiers, pa.int32(), mask=tiers < 0)
    yield pa.RecordBatch.from_pydict(columns)


def scales_of(rows: Iterable[tuple[str, int, int, int]]) -> dict[tuple[str, int], Scale]:
    """Scales from rows of COUNTS, each language, score and step once."""
    held: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for language, score, step, documents in rows:
        held.setdefault((language, score), []).append((step, documents))
    found = {}
    for key, pairs in held.items():
        steps, documents = np.array(sorted(pairs), np.int64).T
        found[key] = Scale(steps, documents)
    return found


def _numbers(column: pa.ChunkedArray) -> Float64:
    """As numbers, not a number where there is none or an infinite one."""
    found = np.asarray(column.cast(pa.float64()).fill_null(float("nan")), np.float64)
    return np.where(np.isinf(found), np.nan, found)


def _counts(languages: npt.NDArray[np.object_], score: int, steps: Int64) -> pa.RecordBatch:
    table = pa.table({"language": pa.array(languages, pa.string()), "step": steps})
    sums = table.group_by(["language", "step"]).aggregate([([], "count_all")])
    return pa.RecordBatch.from_pydict(
        {
            "language": sums["language"].combine_chunks(),
            "score": pa.array([score] * sums.num_rows, pa.int32()),
            "step": sums["step"].combine_chunks(),
            "documents": sums["count_all"].combine_chunks(),
        }
    )


def _combined(scored: Scored, quality: QualitySettings, scales: Scales) -> Float64:
    known = ~np.isnan(scored.values)
    percentiles = [
        percentiles_of(scored.languages, steps_of(np.where(k, values, 0.0)), k, _of(scales, number))
        for number, (values, k) in enumerate(zip(scored.values, known, strict=True))
    ]
    return combined(np.array(percentiles), quality.combine)


def _of(scales: Scales, score: int) -> dict[str, Scale]:
    return {language: scale for (language, number), scale in scales.items() if number == score}
