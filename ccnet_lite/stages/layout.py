"""How the kept text is cut into corpus parts: by language, in the order of the shards."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def lay_out(decisions: DataFrame, part_chars: int) -> DataFrame:
    """Rows of `layout` with `chars`: each language's shards, cut into parts of about `part_chars` of text.

    Depends on the documents and on `part_chars` alone.
    """
    per_shard = (
        decisions.where("rule is null").groupBy("language", "shard").agg(F.sum("n_chars").alias("chars"))
    )
    in_order = Window.partitionBy("language").orderBy("shard").rowsBetween(Window.unboundedPreceding, -1)
    before = F.coalesce(F.sum("chars").over(in_order), F.lit(0))
    return per_shard.select(
        "shard", "language", F.floor(before / part_chars).cast("int").alias("part"), "chars"
    )


@dataclass(frozen=True)
class Part:
    """A part of a language's corpus files and the characters that go into it."""

    language: str
    part: int
    chars: int


def assign_tasks(parts: Iterable[Part], tasks: int) -> dict[tuple[str, int], int]:
    """Which export task writes which part: the largest first, each to the task with the least text so far."""
    loads = [0] * max(1, tasks)
    assigned = {}
    for part in sorted(parts, key=lambda p: (-p.chars, p.language, p.part)):
        task = min(range(len(loads)), key=lambda number: (loads[number], number))
        loads[task] += part.chars + 1
        assigned[part.language, part.part] = task
    return assigned
