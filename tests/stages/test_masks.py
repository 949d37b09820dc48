"""Masks from line counts: literal rows in, literal rows out."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.settings import LineSettings, ParagraphSettings
from ccnet_lite.stages.masks import mask_boilerplate, mask_repeated
from ccnet_lite.store.tables import conform, spark_schema
from ccnet_lite.text.paragraphs import EMPTY_KEY, line_keys

Row = tuple[int, int | None, int, str, int]


def counts(spark: SparkSession, *rows: tuple[int, ...]) -> DataFrame:
    """shard, host_key, key, n_documents, chars, first_position; least and most text, by default two"""
    return spark.createDataFrame([(*row, 0, 1)[:8] for row in rows], spark_schema("line_counts"))


def found(masks: DataFrame) -> list[Row]:
    """shard, host, key, reason, position of the document that keeps it"""
    return sorted((tuple(row) for row in conform(masks, "masks").collect()), key=str)


def test_a_line_of_three_documents_of_a_host_is_masked_there_and_nowhere_else(spark: SparkSession) -> None:
    rows = counts(spark, (0, 7, 1, 2, 9, 0), (1, 7, 1, 1, 9, 5), (1, 8, 1, 2, 9, 6), (0, 7, 2, 2, 9, 0))
    masked = mask_boilerplate(rows, LineSettings(host_documents=3, common_hosts=10))
    assert found(masked) == [(0, 7, 1, "host_boilerplate", -1), (1, 7, 1, "host_boilerplate", -1)]


def test_copies_of_one_text_on_a_host_or_on_many_are_no_boilerplate(spark: SparkSession) -> None:
    of_host = [(0, 7, 1, 2, 30, 0, 5, 5), (1, 7, 1, 1, 30, 0, 5, 5), (1, 7, 2, 2, 30, 0, 5, 5)]
    of_host += [(2, 7, 2, 1, 30, 0, 6, 6)]  # a menu: another text has it too
    of_many = [(0, host, 3, 1, 40, 0, 5, 5) for host in range(4)]
    of_many += [(0, host, 4, 1, 40, 0, host, host) for host in range(4)]
    masked = mask_boilerplate(counts(spark, *of_host, *of_many), LineSettings(common_hosts=4))
    assert {(key, reason) for _, _, key, reason, _ in found(masked)} == {
        (2, "host_boilerplate"),
        (4, "common_boilerplate"),
    }


def test_a_short_line_on_many_hosts_is_common_and_a_long_one_is_not(spark: SparkSession) -> None:
    short = [(0, host, 1, 1, 40, 0) for host in range(4)]
    long = [(0, host, 2, 1, 400, 0) for host in range(4)]
    masked = mask_boilerplate(
        counts(spark, *short, *long), LineSettings(common_hosts=4, common_max_chars=200)
    )
    assert found(masked) == [(0, host, 1, "common_boilerplate", -1) for host in range(4)]


def test_lines_that_only_space_are_not_boilerplate_and_a_bar_of_zero_is_off(spark: SparkSession) -> None:
    assert set(line_keys("\n—\n … ")) == {EMPTY_KEY}
    empty = [(0, 7, EMPTY_KEY, 9, 0, 0), (1, 7, EMPTY_KEY, 9, 3, 0)]
    full = [(0, 7, 2, 9, 5, 0)]
    assert found(mask_boilerplate(counts(spark, *empty), LineSettings())) == []
    assert found(mask_boilerplate(counts(spark, *full), LineSettings(host_documents=0, common_hosts=0))) == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("drop_all_copies", [(0, None, 1, "repeated", -1), (2, None, 1, "repeated", -1)]),
        ("keep_first", [(0, None, 1, "repeated", 4), (2, None, 1, "repeated", -1)]),
        ("none", []),
    ],
)
def test_policies(spark: SparkSession, policy: str, expected: list[Row]) -> None:
    rows = counts(spark, (0, 7, 1, 1, 30, 6), (0, 8, 1, 1, 30, 4), (2, 9, 1, 1, 30, 0), (2, 9, 3, 1, 30, 0))
    assert found(mask_repeated(rows, ParagraphSettings(policy=policy))) == expected


def test_whether_other_hosts_hold_a_line_is_told_where_it_is_asked(spark: SparkSession) -> None:
    one_host = [(0, 7, 1, 1, 30, 0), (1, 7, 1, 1, 30, 0), (1, 7, 2, 2, 30, 0)]
    rows = counts(
        spark, *one_host, (0, 7, 3, 1, 30, 0), (1, 8, 3, 1, 30, 0), (1, 7, 4, 1, 30, 0), (1, 8, 4, 1, 30, 0)
    )
    told = conform(mask_repeated(rows, ParagraphSettings()), "paragraph_masks").collect()
    assert {(row["key"], row["several_hosts"]) for row in told} == {
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    }
    not_asked = mask_repeated(rows, ParagraphSettings(max_repeated_share=1.0)).collect()
    assert {(row["key"], row["several_hosts"]) for row in not_asked} == {(key, False) for key in (1, 2, 3, 4)}


def test_scope_groups_shards(spark: SparkSession) -> None:
    rows = counts(spark, (1, 7, 1, 1, 30, 0), (2, 7, 1, 1, 30, 0), (3, 7, 1, 1, 30, 0))
    masked = mask_repeated(rows, ParagraphSettings(policy="drop_all_copies", scope="2"))
    assert [row[0] for row in found(masked)] == [2, 3]


def test_short_lines_are_spared(spark: SparkSession) -> None:
    rows = counts(spark, (0, 7, 1, 3, 19, 0), (0, 7, 2, 3, 20, 0))
    assert [row[2] for row in found(mask_repeated(rows, ParagraphSettings(min_chars=20)))] == [2]
