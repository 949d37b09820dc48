"""The corpus, the ledger, and what the corpus holds."""

from collections import Counter
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import RunFailed
from ccnet_lite.kernels.corpus import PartSink
from ccnet_lite.kernels.ledger import sum_funnels
from ccnet_lite.kernels.own_scores import TABLE as OWN_SCORES
from ccnet_lite.kernels.packing import to_numbers
from ccnet_lite.kernels.rules import span_rules
from ccnet_lite.kernels.score import Scorer
from ccnet_lite.run.checks import check_sums
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.master import is_local
from ccnet_lite.run.steps.common import chosen_settings
from ccnet_lite.sampling.statistics import BucketStatistics, statistics_table
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import Done, Work, files_by_table
from ccnet_lite.stages.export import export_parts
from ccnet_lite.stages.layout import lay_out
from ccnet_lite.store.corpus import form_for
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.writing import write_rows

WRITTEN = ("corpus", "ledger", "rejected")
SCORING = ("normalization", "head_percentile", "tail_percentile", "keep_buckets", "min_tier", "min_context_gain")


def export(settings: Settings) -> Step:
    """Move the text that stays, score it, write it."""
    near = settings.near_duplicates
    inherited = ("split_keys",) if near.enabled and near.index else ()
    more = (
        *inherited,
        *(("tiers",) if settings.quality.tiers else ()),
        *((OWN_SCORES,) if settings.quality.scores_file else ()),
        *(("spans",) if settings.spans.enabled else ()),
    )
    inputs = ("documents", "signals", "decisions", "ledger_decided", "layout", *more)

    def depends_on(run: Run) -> dict[str, Any]:
        own_names = ("scores_columns",) if run.settings.quality.scores_file else ()
        names = (f"quality.{name}" for name in (*SCORING, *own_names))
        own = ("quality.lm_dir/", "quality.cutoffs")
        scoring = {name: digest for name, digest in run.models.digests.items() if name.startswith(own)}
        return (
            chosen_settings(run, "export", "near_duplicates.crawl", *names)
            | {"models": scoring}
            | _pii(run.settings)
            | (
                chosen_settings(run, "spans.action", "paragraphs.min_document_chars")
                if settings.spans.enabled
                else {}
            )
        )

    def write(run: Run, work: Work) -> Written:
        kept = read_table(run.tables["layout"])
        layout = lay_out(kept, run.settings.export.file_bytes, run.partitions)
        scorer = Scorer(run.models.perplexity, run.models.cutoffs, run.settings.quality)
        open_part = partial(_open_part, work, scorer, run.settings.export, run.settings)
        tables = {name: run.tables[name] for name in ("documents", "signals", "decisions", *more)}
        cut = run.settings.spans.cut
        own = run.settings.quality.scores_columns
        # Where all tasks run on this machine, rows pass between them through its files.
        by_files = is_local(str(run.spark_context.master)) and run.settings.spark.global_steps != "cluster"
        session = None if by_files else lambda: run.spark
        done, moved = export_parts(
            *(run.spark_context, session, run.numbers, layout, tables, open_part, work, cut, own)
        )
        check_complete(kept, done)
        files = files_by_table(done, WRITTEN)
        files["ledger"] += run.tables["ledger_decided"].files
        files["statistics"] = write_rows(_statistics(done), run.folder, "statistics", work.fingerprint)
        funnel = sum_funnels([run.tally("ledger_decided")["funnel"], *(each.tally["funnel"] for each in done)])
        schemas = {"corpus": form_for(run.settings.export.columns, run.settings.spans.enabled).schema}
        return Written(files, {"funnel": funnel, "perplexities": _perplexities(done)}, schemas, moved)

    outputs = ("corpus", "ledger", "rejected", "statistics")
    return Step("export", inputs, outputs, depends_on, write, check_sums)


def _pii(settings: Settings) -> dict[str, Any]:
    return {} if settings.pii.mode == "off" else {"pii": settings.pii.model_dump(mode="json")}


def _open_part(work: Work, scorer: Scorer, settings: Any, whole: Settings, language: str, part: int) -> PartSink:
    return PartSink(
        *(work.run, work.fingerprint, language, part, scorer, settings, whole.near_duplicates.crawl, whole.pii),
        *(whole.spans, span_rules(whole)),
    )


def check_complete(kept: pa.Table, done: list[Done]) -> None:
    """Of every shard and language, the documents that went on and those exported are the same ones.

    Raises:
        RunFailed: naming language and shard.
    """
    parts: dict[str, list[Done]] = {}
    for each in done:
        parts.setdefault(each.tally["language"], []).append(each)
    names = sorted({*kept["language"].unique().to_pylist(), *parts})
    code = np.asarray(pc.index_in(kept["language"], value_set=pa.array(names, pa.string())))
    columns = [kept[name].to_numpy() for name in ("shard", "documents", "document_hash")]
    order = np.lexsort((columns[0], code))
    bounds = np.searchsorted(code[order], np.arange(len(names) + 1))
    # A language at a time: a row for each shard and language is all that a driver has to hold of a crawl.
    for number, language in enumerate(names):
        rows = order[bounds[number] : bounds[number + 1]]
        wanted = np.column_stack([column[rows].astype(np.int64) for column in columns])
        found = _exported(parts.get(language, []))
        if not np.array_equal(wanted, found):
            n_rows = min(len(wanted), len(found))
            differing = np.flatnonzero((wanted[:n_rows] != found[:n_rows]).any(axis=1))
            at = int(differing[0]) if len(differing) else n_rows
            said = [side[at].tolist() if at < len(side) else "none" for side in (wanted, found)]
            raise RunFailed(
                f"export: language {language}: the documents that go on are not those exported (shard, documents, "
                f"sum: {said[0]} against {said[1]}): run again"
            )


def _exported(parts: list[Done]) -> Any:
    """Shard, documents and their sum of all parts of a language, by shard."""
    columns = [
        np.concatenate([np.zeros(0, np.int64), *(to_numbers(each.tally[name]) for each in parts)])
        for name in ("shards", "documents", "hashes")
    ]
    rows = np.column_stack(columns)
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _statistics(done: list[Done]) -> pa.Table:
    """Rows of `statistics`."""
    sums: dict[tuple[str, str, str], list[int | None]] = {}
    for each in done:
        for bucket, split, *counts in each.tally["statistics"]:
            key = each.tally["language"], bucket, split
            before = sums.get(key, [0] * len(counts))
            sums[key] = [None if a is None or b is None else a + b for a, b in zip(before, counts, strict=True)]
    return statistics_table(
        BucketStatistics(language, bucket, *counts, split=split)  # type: ignore[arg-type, misc]
        for (language, bucket, split), counts in sums.items()
    )


def _perplexities(done: list[Done]) -> dict[str, dict[str, int]]:
    """By language, how many documents lie on each step of kernels.corpus.octaves."""
    found: dict[str, Counter[str]] = {}
    for each in done:
        if each.tally["perplexities"]:
            found.setdefault(each.tally["language"], Counter()).update(each.tally["perplexities"])
    return {language: dict(counts) for language, counts in found.items()}
