"""Which lines do not count: boilerplate of a host, boilerplate of the web, paragraphs that repeat.

Both stages take `line_counts` (shard, host, key, documents) and give `masks` for the shards that hold the
key. A key that one document alone holds is never sent back.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ccnet_lite.settings import LineSettings, ParagraphSettings
from ccnet_lite.text.paragraphs import EMPTY_KEY


def mask_boilerplate(line_counts: DataFrame, settings: LineSettings) -> DataFrame:
    """Mask lines that stand in several documents of one host, and short lines common to many hosts.

    Blank lines and those of dashes, which share a key, are not boilerplate: they space the text.
    """
    # Partitioned by key alone, every sum below is over rows of one partition: one shuffle, one sort.
    rows = line_counts.where(F.col("key") != EMPTY_KEY).repartition("key")
    of_key, of_host = Window.partitionBy("key"), Window.partitionBy("key", "host_key")
    first_of_host = F.row_number().over(of_host.orderBy("shard")) == 1
    counted = rows.select(
        "shard",
        "host_key",
        "key",
        "chars",
        F.sum("n_documents").over(of_host).alias("documents"),
        first_of_host.cast("int").alias("host"),
    )
    judged = counted.select(
        "shard",
        "host_key",
        "key",
        _reached(F.col("documents"), settings.host_documents).alias("of_host"),
        (
            _reached(F.sum("host").over(of_key), settings.common_hosts)
            & (F.max("chars").over(of_key) <= settings.common_max_chars)
        ).alias("common"),
    )
    return judged.where("of_host or common").select(
        "shard",
        "host_key",
        "key",
        F.when(F.col("of_host"), "host_boilerplate").otherwise("common_boilerplate").alias("reason"),
        F.lit(-1).alias("keep_position"),
    )


def _reached(count: Column, at_least: int) -> Column:
    """Whether a count is high enough; a bar of 0 means that the rule is off."""
    return count >= at_least if at_least else F.lit(False)


def mask_repeated(line_counts: DataFrame, settings: ParagraphSettings) -> DataFrame:
    """Mask lines that two or more documents of the scope hold: all copies, or all but the first.

    The first copy is that of the first document of the first shard. Masks hold on every host.
    """
    if settings.policy == "none":
        return _as_masks(line_counts.where(F.lit(False)), F.lit(-1))
    scope = F.lit(0) if settings.scope == "all" else F.floor(F.col("shard") / int(settings.scope))
    # What is shuffled is (scope, key, shard, count, position) and no more, and once.
    per_shard = (
        line_counts.where(F.col("chars") >= settings.min_chars)
        .select("key", "shard", scope.cast("int").alias("scope"), "n_documents", "first_position")
        .repartition("key")
        .groupBy("scope", "key", "shard")
        .agg(F.sum("n_documents").alias("documents"), F.min("first_position").alias("first_position"))
    )
    of_key = Window.partitionBy("scope", "key")
    repeated = per_shard.select(
        "shard",
        "key",
        "first_position",
        F.sum("documents").over(of_key).alias("documents"),
        F.min("shard").over(of_key).alias("first_shard"),
    ).where("documents >= 2")
    if settings.policy == "drop_all_copies":
        return _as_masks(repeated, F.lit(-1))
    is_first = F.col("shard") == F.col("first_shard")
    return _as_masks(repeated, F.when(is_first, F.col("first_position")).otherwise(F.lit(-1)))


def _as_masks(keys: DataFrame, keep_position: Column) -> DataFrame:
    return keys.select(
        "shard",
        F.lit(None).cast("long").alias("host_key"),
        "key",
        F.lit("repeated").alias("reason"),
        keep_position.alias("keep_position"),
    )
