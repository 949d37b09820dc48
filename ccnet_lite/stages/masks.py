"""Which lines do not count: boilerplate of a host, boilerplate of the web, paragraphs that repeat.

Both stages take `line_counts` (shard, host, key, documents) and give `masks` for the shards that hold the
key. A key that one document alone holds is never sent back.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ccnet_lite.settings import LineSettings, ParagraphSettings


def mask_boilerplate(line_counts: DataFrame, settings: LineSettings) -> DataFrame:
    """Mask lines that stand in several documents of one host, and short lines common to many hosts.

    The empty line is not boilerplate: it is how text is spaced.
    """
    per_host = (
        line_counts.where(F.col("chars") > 0)
        .groupBy("key", "host_key")
        .agg(F.sum("n_documents").alias("documents"), F.max("chars").alias("chars"))
    )
    of_key = Window.partitionBy("key")
    judged = per_host.select(
        "key",
        "host_key",
        _reached(F.col("documents"), settings.host_documents).alias("of_host"),
        (
            _reached(F.count(F.lit(1)).over(of_key), settings.common_hosts)
            & (F.max("chars").over(of_key) <= settings.common_max_chars)
        ).alias("common"),
    ).where("of_host or common")
    return line_counts.join(judged, ["key", "host_key"]).select(
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
    # One row a shard and key first: what is shuffled is (scope, key, shard, count, position) and no more.
    per_shard = (
        line_counts.where(F.col("chars") >= settings.min_chars)
        .withColumn("scope", scope.cast("int"))
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
