"""What a report shows of a run's tables: from what its steps summed, and small parts of the tables themselves."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.corpus import middle_of
from ccnet_lite.models.language_names import language_names
from ccnet_lite.run.engine import Run
from ccnet_lite.stages.by_shard import ask_shards
from ccnet_lite.store.reading import ShardReader, read_shard, read_table

MOST_BAD_RECORDS = 100
MOST_PERPLEXITIES = 5000
DRIVER_MEMBERS = 5_000_000
"""Up to so many members of clusters are looked through on the driver."""


class LanguagePerplexities(NamedTuple):
    """A language's perplexities, in proportion, and its cutoffs (None: it has none)."""

    language: str
    values: list[float]
    head_below: float | None
    tail_from: float | None
    documents: int
    """How many have a perplexity."""


class Bad(NamedTuple):
    """A record that could not be read."""

    archive: str
    offset: int
    rule: str
    message: str


class LargeCluster(NamedTuple):
    """A cluster, with language, URL and title of its representative."""

    cluster_id: str
    size: int
    language: str
    url: str
    title: str
    lowest_similarity: float | None


def rows(run: Run, table: str) -> Any:
    """A small table whole."""
    found: list[dict[str, Any]] = read_table(run.tables[table]).to_pylist()
    return found


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """English names of languages by code, as far as they are known.

    >>> names_of(["sw", "sr-Latn", "xyz"])
    {'sw': 'Swahili', 'sr-Latn': 'Serbian, Latn'}
    """
    known, found = language_names(), {}
    for code in codes:
        language, _, more = code.partition("-")
        if language in known:
            found[code] = f"{known[language]}, {more}" if more else known[language]
    return found


def perplexities(run: Run) -> list[LanguagePerplexities]:
    """By language with a model, the counts of its perplexities as so many values, in proportion."""
    quality = run.settings.quality
    found = []
    for language, counts in sorted(run.tally("corpus")["perplexities"].items()):
        total = sum(counts.values())
        kept = min(1.0, MOST_PERPLEXITIES / total)
        values: list[float] = []
        passed = 0
        for step, count in sorted((int(step), count) for step, count in counts.items()):
            passed += count
            values += [middle_of(step)] * (round(passed * kept) - len(values))
        edges = run.models.cutoffs.edges(language, quality.head_percentile, quality.tail_percentile)
        head, tail = edges or (None, None)
        found.append(LanguagePerplexities(language, values, head, tail, total))
    return found


def bad_records(run: Run) -> list[Bad]:
    """The first ones, in the order of the archives."""
    archives = read_table(run.tables["archives"], ["shard", "bad"])
    found: list[Bad] = []
    for shard in archives.filter(pc.greater(archives["bad"], 0))["shard"].to_pylist():
        names = ["cc_segment", "record_offset", "member_offset", "outcome", "rule", "message"]
        read = [row for batch in read_shard(run.tables["others"], shard, names) for row in batch.to_pylist()]
        bad = [row for row in read if row["outcome"] == "bad"]
        for row in sorted(bad, key=lambda row: (row["record_offset"], row["member_offset"])):
            found.append(Bad(row["cc_segment"], row["record_offset"], row["rule"], row["message"] or ""))
        if len(found) >= MOST_BAD_RECORDS:
            break
    return found[:MOST_BAD_RECORDS]


def largest_clusters(run: Run) -> list[LargeCluster]:
    """The largest first."""
    largest = run.tally("decisions")["largest_clusters"]
    lowest = lowest_similarities(run, [doc_id for _, doc_id, *_ in largest]) if largest else {}
    return [
        LargeCluster(doc_id, size, language, url, title, lowest.get(doc_id))
        for size, doc_id, language, url, title in largest
    ]


def lowest_similarities(run: Run, cluster_ids: list[str]) -> dict[str, float]:
    """Of some clusters, that of the member which is least like the representative."""
    table, names = run.tables["clusters"], ["cluster_id", "similarity"]
    wanted = pa.array(cluster_ids)

    def lowest(members: pa.Table) -> dict[str, float]:
        chosen = members.filter(pc.is_in(members["cluster_id"], value_set=wanted))
        least = chosen.group_by("cluster_id").aggregate([("similarity", "min")])
        return dict(zip(least["cluster_id"].to_pylist(), least["similarity_min"].to_pylist(), strict=True))

    if table.rows <= DRIVER_MEMBERS:
        return lowest(read_table(table, names))

    def of_shard(reader: ShardReader) -> str:
        found = lowest(reader.whole("clusters", names))
        return " ".join(f"{cluster_id}={value!r}" for cluster_id, value in found.items())

    found: dict[str, float] = {}
    for _, said in ask_shards(run.spark_context, run.numbers, of_shard, {"clusters": table}):
        for pair in said.split():
            cluster_id, _, value = pair.partition("=")
            found[cluster_id] = min(float(value), found.get(cluster_id, 1.0))
    return found
