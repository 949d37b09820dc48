"""The decision about every document, and the ledger of those that go no further."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.errors import RunFailed
from ccnet_lite.kernels.cut_lines import sum_cuts
from ccnet_lite.kernels.decide import SHOWN_CLUSTERS, decide_shard
from ccnet_lite.kernels.ledger import MODULUS, sum_funnels
from ccnet_lite.kernels.packing import to_numbers
from ccnet_lite.run.checks import check_decided
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import chosen_settings, decision_of, rule_inputs, standing_inputs
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Done, Tally, Work, files_by_table, run_by_shard
from ccnet_lite.store.reading import ShardReader, read_table
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.writing import write_rows

SHARDWISE = ("decisions", "ledger_decided")


def decide(settings: Settings) -> Step:
    """Apply the policy."""
    inputs = (
        *("documents", "others", "archives", *rule_inputs(settings), *standing_inputs(settings)),
        *("masks", "paragraph_masks"),
    )

    def depends_on(run: Run) -> dict[str, Any]:
        names = ("ingest.min_chars", "paragraphs.within_document", "near_duplicates.crawl")
        return decision_of(run) | chosen_settings(run, *names)

    def write(run: Run, work: Work) -> Written:
        settings = run.settings

        def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
            return decide_shard(reader, settings, tally)

        tables = {name: run.tables[name] for name in inputs}
        done, _ = run_by_shard(run.spark_context, run.numbers, kernel, tables, SHARDWISE, work)
        check_complete(run, done)
        files = files_by_table(done.values(), SHARDWISE)
        files["layout"] = write_rows(layout_rows(done), run.folder, "layout", work.fingerprint)
        return Written(files, _summed(done))

    return Step("decide", inputs, (*SHARDWISE, "layout"), depends_on, write, check_decided)


def check_complete(run: Run, done: dict[int, Done]) -> None:
    """Of every shard, the documents read and those decided about are the same ones, by count and sum.

    Raises:
        RunFailed: naming the shard and both numbers.
    """
    archives = read_table(run.tables["archives"], ["shard", "cc_segment", "documents", "document_hash"])
    for row in archives.to_pylist():
        tally = done[row["shard"]].tally
        going_on = int(to_numbers(tally["going_on"]["documents"]).sum())
        found = (tally["documents"], tally["dropped"] + going_on, int(tally["document_hash"]))
        if found != (row["documents"], row["documents"], row["document_hash"] % MODULUS):
            raise RunFailed(
                f"{row['cc_segment']}: {row['documents']:,} documents were read, {found[0]:,} decided about, "
                f"of which {tally['dropped']:,} dropped and {going_on:,} go on: delete "
                f"{run.tables['documents'].folder.shown} and run again"
            )


def layout_rows(done: dict[int, Done]) -> pa.Table:
    """Rows of `layout`."""
    parts = {shard: each.tally["going_on"] for shard, each in done.items()}
    names = [part["languages"].split() for part in parts.values()]
    schema = arrow_schema("layout")
    columns = [
        np.repeat(np.array(list(parts), np.int32), [len(each) for each in names]),
        [name for each in names for name in each],
        *(
            np.concatenate([np.zeros(0, np.int64), *(to_numbers(part[key]) for part in parts.values())])
            for key in ("documents", "characters", "hashes")
        ),
    ]
    return pa.table([pa.array(values, f.type) for values, f in zip(columns, schema, strict=True)], schema)


def _summed(done: dict[int, Done]) -> dict[str, Any]:
    tallies = [each.tally for each in done.values()]
    largest = sorted(
        (row for tally in tallies for row in tally["largest_clusters"]), key=lambda row: (-row[0], row[1])
    )
    names = (
        *("representatives", "documents", "dropped", "others", "lines", "lines_kept", "lines_masked"),
        *("list_lines", "list_chars", "rule_lines", "rule_chars"),
    )
    by_line_rule: Counter[str] = Counter()
    for tally in tallies:
        by_line_rule.update(tally["by_line_rule"])
    return {name: sum(tally[name] for tally in tallies) for name in names} | {
        "by_line_rule": dict(sorted(by_line_rule.items())),
        "cut": sum_cuts([row for tally in tallies for row in tally.get("cut", [])]),
        "largest_clusters": largest[:SHOWN_CLUSTERS],
        "funnel": sum_funnels(tally["funnel"] for tally in tallies),
        "low": sum_funnels(tally["low"] for tally in tallies),
    }
