"""What the corpus holds, by language and bucket."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def count_corpus(scores: DataFrame) -> DataFrame:
    """Rows of `statistics` from the scores of kept documents."""
    return (
        scores.where("corpus_file is not null")
        .groupBy("language", "bucket")
        .agg(
            F.count(F.lit(1)).alias("documents"),
            F.sum("n_lines").alias("lines"),
            F.sum("n_chars").alias("characters"),
            F.sum("n_bytes").alias("bytes"),
            F.sum("n_words").alias("words"),
            F.sum("pieces").alias("tokens"),
        )
    )
