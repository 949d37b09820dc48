"""Which lines do not count: boilerplate of a host, boilerplate of the web, paragraphs that repeat.

Both stages take counts (shard, host, key, documents) and give masks for the shards that hold the
key. A key that one document alone holds is never sent back.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ccnet_lite.settings import LineSettings, ParagraphSettings
from ccnet_lite.text.paragraphs import EMPTY_KEY


def mask_boilerplate(line_counts: DataFrame, settings: LineSettings) -> DataFrame:
    """Mask lines that stand in several documents of one host, and short lines common to many hosts.

    Not where all of these documents share their longest line: they are copies or versions of one text, under
    several addresses of a host, or on many hosts. Blank lines and those of dashes, which share a key, are
    not boilerplate: they space the text.
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
        "least_text",
        "most_text",
        F.sum("n_documents").over(of_host).alias("documents"),
        (F.min("least_text").over(of_host) != F.max("most_text").over(of_host)).alias("texts_of_host"),
        first_of_host.cast("int").alias("host"),
    )
    judged = counted.select(
        "shard",
        "host_key",
        "key",
        (F.col("texts_of_host") & _reached(F.col("documents"), settings.host_documents)).alias("of_host"),
        (
            (F.min("least_text").over(of_key) != F.max("most_text").over(of_key))
            & _reached(F.sum("host").over(of_key), settings.common_hosts)
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


def drops_repeating(settings: ParagraphSettings) -> bool:
    """Whether documents are dropped of which most stands in documents before."""
    return settings.policy == "keep_first" and settings.max_repeated_share < 1


def mask_repeated(line_counts: DataFrame, settings: ParagraphSettings) -> DataFrame:
    """Mask lines that two or more documents of the scope hold: all copies, or all but the first.

    The first copy is that of the first document of the first shard. Masks hold on every host.
    """
    if settings.policy == "none":
        return _as_masks(line_counts.where(F.lit(False)), F.lit(-1), F.lit(False))
    # Elsewhere a constant, which costs the shuffle next to nothing.
    host = F.col("host_key") if drops_repeating(settings) else F.lit(0).cast("long")
    scope = F.lit(0) if settings.scope == "all" else F.floor(F.col("shard") / int(settings.scope))
    # What is shuffled is (scope, key, shard, count, position, host) and no more, and once.
    per_shard = (
        line_counts.where(F.col("chars") >= settings.min_chars)
        .select(
            *("key", "shard", scope.cast("int").alias("scope"), "n_documents", "first_position"),
            host.alias("host"),
        )
        .repartition("key")
        .groupBy("scope", "key", "shard")
        .agg(
            F.sum("n_documents").alias("documents"),
            F.min("first_position").alias("first_position"),
            F.min("host").alias("least_host"),
            F.max("host").alias("most_host"),
        )
    )
    of_key = Window.partitionBy("scope", "key")
    several = F.min("least_host").over(of_key) != F.max("most_host").over(of_key)
    repeated = per_shard.select(
        "shard",
        "key",
        "first_position",
        F.sum("documents").over(of_key).alias("documents"),
        F.min("shard").over(of_key).alias("first_shard"),
        several.alias("several_hosts"),
    ).where("documents >= 2")
    if settings.policy == "drop_all_copies":
        return _as_masks(repeated, F.lit(-1), F.col("several_hosts"))
    is_first = F.col("shard") == F.col("first_shard")
    first = F.when(is_first, F.col("first_position")).otherwise(F.lit(-1))
    return _as_masks(repeated, first, F.col("several_hosts"))


def _as_masks(keys: DataFrame, keep_position: Column, several_hosts: Column) -> DataFrame:
    return keys.select(
        "shard",
        F.lit(None).cast("long").alias("host_key"),
        "key",
        F.lit("repeated").alias("reason"),
        keep_position.alias("keep_position"),
        several_hosts.alias("several_hosts"),
    )
