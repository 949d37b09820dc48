"""The ledger: one row for every input record, and the counts that must meet."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

ROW_KEYS = [
    *("cc_segment", "record_offset", "member_offset", "record_length", "record_id", "url", "record_type"),
]


def keep_ledger(records: DataFrame, decisions: DataFrame, scores: DataFrame) -> DataFrame:
    """Rows of `ledger`: every row of `records` with its fate.

    A document of which no decision is known has the outcome `lost`, on which the run fails.
    """
    decided = decisions.select(
        "doc_id", "stage", "rule", "value", "threshold", "duplicate_of", "language", "n_chars"
    ).withColumn("decided", F.lit(True))
    scored = scores.select(
        "doc_id",
        F.col("rule").alias("score_rule"),
        F.col("value").alias("score_value"),
        F.col("threshold").alias("score_threshold"),
        "bucket",
        "corpus_file",
        "corpus_row",
        F.lit(True).alias("scored"),
    )
    records = records.withColumnRenamed("rule", "ingest_rule")
    # Records without a document have no id to join on; all together they would land in one task.
    is_document = F.col("outcome") == "document"
    documents = (
        records.where(is_document).join(decided, "doc_id", how="left").join(scored, "doc_id", how="left")
    )
    rows = documents.unionByName(records.where(~is_document), allowMissingColumns=True)
    at_ingest = F.col("outcome") != "document"
    dropped_late = F.col("score_rule").isNotNull()
    fate = (
        F.when(at_ingest, F.col("outcome"))
        .when(F.col("rule").isNotNull() | dropped_late, F.lit("dropped"))
        .when(F.col("decided") & F.col("scored"), F.lit("kept"))
        .otherwise(F.lit("lost"))
    )
    stage = F.when(at_ingest, F.lit("ingest")).when(dropped_late, F.lit("quality")).otherwise(F.col("stage"))
    rule = F.when(at_ingest, F.col("ingest_rule")).otherwise(F.coalesce("score_rule", "rule"))
    value, threshold = F.coalesce("score_value", "value"), F.coalesce("score_threshold", "threshold")
    return rows.select(
        "doc_id",
        *ROW_KEYS,
        fate.alias("outcome"),
        stage.alias("stage"),
        rule.alias("rule"),
        value.alias("value"),
        threshold.alias("threshold"),
        reason(rule, value, threshold).alias("reason"),
        "duplicate_of",
        "language",
        "n_chars",
        F.when(F.col("corpus_file").isNotNull(), F.col("bucket")).alias("bucket"),
        "corpus_file",
        "corpus_row",
    )


def reason(rule: Column, value: Column, threshold: Column) -> Column:
    """In words why a record is not kept; null for one that is."""
    words = F.translate(rule, "_", " ")
    at = F.format_string("%.2f", value)
    duplicate = F.concat(F.lit("near-duplicate of "), F.col("duplicate_of"), F.lit(" at "), at)
    measured = F.concat(words, F.lit(": "), at, F.lit(" against "), F.format_string("%.2f", threshold))
    known = value.isNotNull() & threshold.isNotNull()
    return F.when(rule == "near_duplicate", duplicate).when(known, measured).otherwise(words)


def funnel(ledger: DataFrame) -> DataFrame:
    """Records and characters by language, outcome, stage and rule."""
    return ledger.groupBy("language", "outcome", "stage", "rule").agg(
        F.count(F.lit(1)).alias("count"), F.coalesce(F.sum("n_chars"), F.lit(0)).alias("n_chars")
    )
