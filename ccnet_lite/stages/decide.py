"""The policy: which documents stay, and for each that does not the first rule that dropped it.

Rules are columns over signals. The same rules say who takes part in near-duplicate detection, so a document
that would be dropped anyway never stands for a cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ccnet_lite.settings import Settings
from ccnet_lite.stages.masks import drops_repeating
from ccnet_lite.stages.near_duplicates import crawl_of


@dataclass(frozen=True)
class Rule:
    """Drop where `broken`; `value` is what was measured, `threshold` what it was held against (or null)."""

    stage: str
    name: str
    broken: Column
    value: Column
    threshold: float | None


def document_rules(settings: Settings) -> list[Rule]:
    """Rules over `signals`, in the order in which they are asked."""
    least = settings.paragraphs.min_document_chars
    rules = [_at_least("length", "too_short", "n_chars_read", settings.ingest.min_chars)]
    rules.append(_at_least("lines", "no_line_left", "n_lines", 1))
    if least:
        rules.append(_at_least("lines", "too_short_without_boilerplate", "n_chars", least))
    rules += _language_rules(settings)
    if settings.quality.heuristics:
        quality = settings.quality
        rules += [
            _at_most("homoglyph_share", quality.max_homoglyph_share),
            _at_most("duplicate_line_share", quality.max_duplicate_line_share),
            _at_most("top_ngram_share", quality.max_top_ngram_share),
            _at_most("symbol_share", quality.max_symbol_share),
            _at_most("bullet_share", quality.max_bullet_share),
        ]
    return rules


def _language_rules(settings: Settings) -> list[Rule]:
    language, score = F.col("language"), F.col("language_score")
    rules = []
    if settings.language.keep:
        listed = language.isin(list(settings.language.keep))
        rules.append(Rule("language", "language_not_kept", ~listed, score, None))
    if settings.language.drop:
        listed = language.isin(list(settings.language.drop))
        rules.append(Rule("language", "language_dropped", listed, score, None))
    rules.append(
        _at_least("language", "language_below_threshold", "language_score", settings.language.threshold)
    )
    return rules


def _at_least(stage: str, name: str, column: str, threshold: float) -> Rule:
    return Rule(stage, name, F.col(column) < threshold, F.col(column), threshold)


def _at_most(column: str, threshold: float) -> Rule:
    return Rule("heuristics", f"{column}_above", F.col(column) > threshold, F.col(column), threshold)


def with_verdict(documents: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """Add stage, rule, value and threshold of the first broken rule; all null where none is."""
    verdict = F.struct(
        F.lit(None).cast("string").alias("stage"),
        F.lit(None).cast("string").alias("rule"),
        F.lit(None).cast("double").alias("value"),
        F.lit(None).cast("double").alias("threshold"),
    )

    def otherwise(rest: Column, rule: Rule) -> Column:
        reason = F.struct(
            F.lit(rule.stage).alias("stage"),
            F.lit(rule.name).alias("rule"),
            rule.value.cast("double").alias("value"),
            F.lit(rule.threshold).cast("double").alias("threshold"),
        )
        return F.when(rule.broken, reason).otherwise(rest)

    return (
        documents.withColumn("verdict", reduce(otherwise, reversed(rules), verdict))
        .select("*", "verdict.*")
        .drop("verdict")
    )


def eligible(signals: DataFrame, settings: Settings) -> DataFrame:
    """The documents that no document rule drops."""
    return (
        signals.transform(with_verdict, document_rules(settings))
        .where("rule is null")
        .select(*signals.columns)
    )


def pick_survivors(signals: DataFrame, clusters: DataFrame | None, settings: Settings) -> DataFrame:
    """Rows of `survivors`: eligible documents, one of each near-duplicate cluster."""
    staying = eligible(signals, settings)
    if clusters is not None:
        others = clusters.where("not representative").select("doc_id")
        staying = staying.join(others, "doc_id", how="left_anti")
    return staying.select("doc_id", "shard", "position")


def decide(
    signals: DataFrame, clusters: DataFrame | None, selections: DataFrame, settings: Settings
) -> DataFrame:
    """Rows of `decisions`: every document once, with the rule that dropped it or none.

    selections: the lines that stay of the documents still in question; one without a row was dropped before.
    """
    near = settings.near_duplicates
    documents = signals.join(
        selections.select(
            "doc_id",
            F.col("n_chars").alias("chars_left"),
            F.col("n_lines").alias("lines_left"),
            # Null, not an error, where nothing was read.
            F.try_divide("n_chars_repeated", F.col("n_chars_repeated") + F.col("n_chars")).alias(
                "repeated_share"
            ),
            F.col("n_chars_first").alias("chars_first"),
        ),
        "doc_id",
        how="left",
    )
    if clusters is None:
        documents = documents.select(
            "*",
            F.lit(None).cast("string").alias("cluster_id"),
            F.lit(1).cast("long").alias("cluster_size"),
            F.lit(None).cast("boolean").alias("representative"),
            F.lit(None).cast("double").alias("similarity"),
            F.lit(None).cast("array<string>").alias("crawls"),
            F.lit(None).cast("array<long>").alias("crawl_copies"),
        )
    else:
        documents = documents.join(clusters, "doc_id", how="left")
    rules = document_rules(settings)
    rules.append(
        Rule(
            "near_duplicates",
            "near_duplicate",
            F.col("representative") == F.lit(False),
            F.col("similarity"),
            near.similarity,
        )
    )
    rules.append(_at_least("paragraphs", "no_line_left_after_dedup", "lines_left", 1))
    least = settings.paragraphs.min_document_chars
    if least:
        rules.append(_at_least("paragraphs", "too_short_after_dedup", "chars_left", least))
    most = settings.paragraphs.max_repeated_share
    if drops_repeating(settings.paragraphs):
        # One that others rely on stays: a cluster would be lost with it, or lines cut from others.
        relied_on = F.coalesce("representative", F.lit(False)) | (F.col("chars_first") >= max(1, least))
        repeats = (F.col("repeated_share") > most) & ~relied_on
        rules.append(Rule("paragraphs", "mostly_repeated", repeats, F.col("repeated_share"), most))
    judged = documents.transform(with_verdict, rules)
    chars = F.when(F.col("rule").isNull(), F.col("chars_left")).otherwise(F.col("n_chars_read"))
    return judged.select(
        "doc_id",
        "shard",
        "position",
        "cc_segment",
        "record_offset",
        "stage",
        "rule",
        "value",
        "threshold",
        F.when(F.col("rule") == "near_duplicate", F.col("cluster_id")).alias("duplicate_of"),
        "language",
        "language_score",
        chars.alias("n_chars"),
        "cluster_id",
        F.coalesce("cluster_size", F.lit(1)).cast("long").alias("cluster_size"),
        F.coalesce("crawls", F.array(crawl_of(F.col("cc_segment"), near.crawl))).alias("crawls"),
        F.coalesce("crawl_copies", F.array(F.lit(1).cast("long"))).alias("crawl_copies"),
    )
