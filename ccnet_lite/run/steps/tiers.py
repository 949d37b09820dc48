"""Each document's percentile by its scores within its language, over all that go on, and its tier.

Three passes over a few columns: counts of each score, added up; counts of what their percentiles are combined to;
the rows. Counts are whole numbers, so how shards are parted changes none of them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F

from ccnet_lite.kernels.policy_signals import check_scores
from ccnet_lite.kernels.tiers import COUNTS, Scales, count_combined, count_scores, scales_of, tier_shard
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import chosen_settings, signal_inputs
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Tally, Work, files_by_table, map_shards, run_by_shard
from ccnet_lite.store.reading import ShardReader


def rank(settings: Settings) -> Step:
    """Rank what goes on by its scores."""
    asked = signal_inputs(settings, [name.removeprefix("-") for name in settings.quality.scores])
    inputs = (*asked, "decisions", *(("perplexities",) if settings.quality.ranks_perplexity else ()))

    def depends_on(run: Run) -> dict[str, Any]:
        return chosen_settings(run, "quality.tiers", "quality.scores", "quality.combine")

    def write(run: Run, work: Work) -> Written:
        check_scores(run.settings)
        quality = run.settings.quality
        tables = {name: run.tables[name] for name in inputs}
        run.size_shuffles()

        def added_up(count: Callable[[ShardReader], Iterator[pa.RecordBatch]]) -> Scales:
            counted = map_shards(run.spark, run.numbers, count, tables, COUNTS)
            sums = counted.groupBy("language", "score", "step").agg(F.sum("documents"))
            return scales_of((row[0], row[1], row[2], row[3]) for row in sums.collect())

        scales = added_up(lambda reader: count_scores(reader, quality))
        scales = {**scales, **added_up(lambda reader: count_combined(reader, quality, scales))}

        def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
            for rows in tier_shard(reader, quality, scales):
                yield "tiers", rows

        done, _ = run_by_shard(run.spark_context, run.numbers, kernel, tables, ("tiers",), work)
        return Written(files_by_table(done.values(), ("tiers",)))

    return Step("tiers", inputs, ("tiers",), depends_on, write)
