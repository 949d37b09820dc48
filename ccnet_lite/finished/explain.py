"""One document's life in a finished run, from its tables alone: where it was read, what was cut, what decided."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import RunFailed
from ccnet_lite.finished.copies_of import Copies, copies_of
from ccnet_lite.finished.inside import Inside, inside_of, with_others
from ccnet_lite.finished.line_fates import Line, fates_of, meanings
from ccnet_lite.finished.opened import Opened
from ccnet_lite.finished.search import Found
from ccnet_lite.finished.spans_of import SpansOf, spans_of
from ccnet_lite.finished.templates_of import Template, template_of
from ccnet_lite.kernels.decide import with_selection
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    first_copies,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
    select_lines,
)
from ccnet_lite.kernels.rules import Rule, columns_of, decision_rules, span_rules
from ccnet_lite.kernels.score import CONTEXT_GAIN_BELOW, TIER_BELOW
from ccnet_lite.models.files import file_sha256
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import read_file

AMISS = "ccnet-lite verify says what is amiss"
READ = (
    *("doc_id", "url", "cc_segment", "shard", "position", "record_offset", "member_offset", "record_length"),
    *("record_id", "record_type", "date_download", "title", "charset", "declared_language", "n_chars", "nlines"),
)
"""Columns of `documents` that say where and as what a document was read."""
LEDGER = (
    *("outcome", "stage", "rule", "value", "threshold", "reason", "duplicate_of", "bucket", "corpus_file"),
    *("corpus_row", "language"),
)


@dataclass(frozen=True)
class Asked:
    """A rule over one document. passed: None where it was not asked, as where nothing was measured."""

    stage: str
    rule: str
    column: str
    value: float | str | None
    needs: str
    passed: bool | None


@dataclass(frozen=True)
class Perplexity:
    """A perplexity against the cutoffs: below `head` it is head, from `tail` on tail.

    value: None where it is not kept in the tables, or was not measured. note: why something is not known.
    """

    value: float | None
    head: float | None
    tail: float | None
    note: str


@dataclass(frozen=True)
class Life:
    """What a run's tables say of a document. read, fate: columns of `documents` and of the ledger.

    likeliest: languages and their probabilities, the likeliest first, as `top_langs` has them.
    meanings: what the reasons of lines mean under the run's settings.
    compared: whether its paragraphs were compared with those of others; it was dropped before, if not.
    """

    read: dict[str, Any]
    fate: dict[str, Any]
    language: str
    language_score: float
    likeliest: dict[str, float]
    script: str
    lines: tuple[Line, ...]
    meanings: dict[str, str]
    compared: bool
    rules: tuple[Asked, ...]
    copies: Copies | None
    inside: Inside | None
    template: Template | None
    spans: SpansOf | None
    perplexity: Perplexity


def explain(run: Opened, found: Found) -> Life:
    """The life of a document that was found.

    Raises:
        UserError: a table is missing. UnreadFile: a file of one cannot be read.
    """
    settings, shard, doc_id = run.settings, found.shard, found.doc_id
    columns = [*READ, "raw_content", *(name for name in LINE_COLUMNS if name not in READ)]
    document = _there(run.row("documents", shard, doc_id, columns), "documents", doc_id)
    rules = [*decision_rules(settings), *span_rules(settings)]
    signal_names = [*columns_of([rule for rule in rules if rule.stage not in ("near_duplicates", "paragraphs")])]
    own = [*CUT_COLUMNS, "n_chars_read", "language", "language_score", "script", "top_langs"]
    signals = _there(run.signals(shard, doc_id, [*dict.fromkeys([*own, *signal_names])]), "signals", doc_id)
    decision = _there(
        run.row("decisions", shard, doc_id, ["stage", "rule", "line_ids"]), "decisions", doc_id
    ).to_pylist()[0]
    row = document.to_pylist()[0]
    compared = was_compared(settings, decision["stage"], row["n_chars"])
    held = gather_lines(document.select(LINE_COLUMNS))
    reader = run.reader(shard, "masks", *(["paragraph_masks"] if compared else []))
    masks = read_masks(reader)
    within = compared and settings.paragraphs.within_document == "keep_first"
    cuts = gather_cuts(signals.select(CUT_COLUMNS))
    verdict = judge_lines(held, masks, within, cuts)
    population = np.array([compared])
    selection = select_lines(held, verdict, population, first_copies(held, masks))
    copies, cluster = copies_of(run, doc_id, shard)
    inside, contained = inside_of(run, doc_id, shard)
    template, of_template = template_of(run, doc_id, shard)
    signals = with_others(signals, cluster, contained | of_template)
    judged = with_selection(signals, selection, population, settings)
    spans = spans_of(run, doc_id, shard)
    left = pa.array([None if spans is None else spans.left_alone], pa.int64())
    judged = judged.append_column("chars_left_alone", left)
    fate = _fate(run, shard, doc_id, decision["rule"] is None, signals["language"][0].as_py())
    perplexity = _perplexity(run, row, fate)
    return Life(
        read={name: row[name] for name in READ},
        fate={name: fate[name] for name in LEDGER},
        language=signals["language"][0].as_py(),
        language_score=signals["language_score"][0].as_py(),
        likeliest=likeliest(signals["top_langs"][0].as_py()),
        script=signals["script"][0].as_py(),
        lines=fates_of(row["raw_content"], verdict, cuts, decision["line_ids"] if compared else None),
        meanings=meanings(settings),
        compared=compared,
        rules=(*_asked(judged, rules), *_last_rules(run, row, perplexity, fate)),
        copies=copies,
        inside=inside,
        template=template,
        spans=spans,
        perplexity=perplexity,
    )


def was_compared(settings: Settings, stage: str | None, n_chars: int) -> bool:
    """Whether a document was in question when paragraphs were compared, as `population_of` has it."""
    if not settings.near_duplicates.enabled:
        return n_chars >= settings.ingest.min_chars
    return stage in (None, "paragraphs")


def _there(row: pa.Table | None, table: str, doc_id: str) -> pa.Table:
    if row is None:
        raise RunFailed(f"{doc_id} has no row in {table}: {AMISS}")
    return row


def _asked(judged: pa.Table, rules: list[Rule]) -> Iterator[Asked]:
    for rule in rules:
        measured = judged[rule.column][0].as_py()
        value = measured if rule.comparison in ("in", "not_in", "holds") else judged[rule.value][0].as_py()
        threshold = float(rule.thresholds(judged)[0])
        asked = rule.threshold is None or not np.isnan(threshold)  # not all rules are of all languages
        if asked and rule.by_language:
            rule = replace(rule, bound=threshold, threshold=threshold, by_language=())
        known = asked and (measured is not None or rule.comparison == "holds")
        passed = not rule.broken(judged)[0] if known else None
        yield Asked(rule.stage, rule.name, rule.value or rule.column, value, needs(rule), passed)


def needs(rule: Rule) -> str:
    """What a rule asks for, in words.

    >>> needs(Rule("length", "too_short", "n_chars_read", "below", 300, "n_chars_read", 300.0))
    'at least 300'
    """
    if rule.comparison != "is":
        return rule.asks
    other = "no longer one that holds it" if rule.name == "contained" else "no other that stands for it"
    return f"{other}, from {rule.threshold:g} on"


def _last_rules(run: Opened, row: dict[str, Any], perplexity: Perplexity, fate: dict[str, Any]) -> Iterator[Asked]:
    """Of tier, context gain and bucket, which are asked of what goes on."""
    kept, least = fate["outcome"] == "kept", run.settings.quality.min_tier
    if not kept and fate["stage"] != "quality":
        return
    if least:
        ranked = run.row("tiers", row["shard"], row["doc_id"], ["quality_tier"])
        tier = None if ranked is None else ranked["quality_tier"][0].as_py()
        passed = None if tier is None else tier >= least
        yield Asked("quality", TIER_BELOW, "quality_tier", tier, f"at least {least}", passed)
    least_gain = run.settings.quality.min_context_gain
    if least_gain and run.settings.quality.lm_dir and fate["rule"] != TIER_BELOW:
        gone = fate["rule"] == CONTEXT_GAIN_BELOW
        gain = fate["value"] if gone else _of_corpus(run, fate, "context_gain") if kept else None
        wanted = f"at least {least_gain:g}, if it is written in sentences"
        yield Asked("quality", CONTEXT_GAIN_BELOW, "context_gain", gain, wanted, not gone)
    if fate["rule"] not in (TIER_BELOW, CONTEXT_GAIN_BELOW):
        wanted = ", ".join(run.settings.quality.keep_buckets)
        name = "bucket" if kept else fate["rule"]
        yield Asked("quality", name, "perplexity", perplexity.value, f"a bucket of {wanted}", kept)


def likeliest(top_langs: str) -> dict[str, float]:
    """The likeliest languages and their probabilities, from the column `top_langs`.

    >>> likeliest('{"spa_Latn_score": 0.93, "por_Latn_score": 0.02}')
    {'spa_Latn': 0.93, 'por_Latn': 0.02}
    """
    return {name.removesuffix("_score"): score for name, score in json.loads(top_langs).items()}


def _fate(run: Opened, shard: int, doc_id: str, went_on: bool, language: str) -> dict[str, Any]:
    """Its row of the ledger: in the files of its language where it went on to be scored, else of its shard."""
    table = run.table("ledger")
    for file in table.files:
        of_shard = file.first_shard <= shard <= file.last_shard
        of_language = file.first_shard < 0 and file.name.rpartition("/")[2].startswith(f"{language}-")
        if of_language if went_on else of_shard:
            for batch in read_file(table.place(file), ["doc_id", *LEDGER], file=file):
                at = pc.index(batch["doc_id"], doc_id).as_py()
                if at >= 0:
                    row: dict[str, Any] = batch.slice(at, 1).to_pylist()[0]
                    return row
    raise RunFailed(f"{doc_id} has no row in ledger: {AMISS}")


def _of_corpus(run: Opened, fate: dict[str, Any], column: str) -> Any:
    """A column of a kept document; null where the corpus has none such."""
    name = fate["corpus_file"].partition("/")[2]
    file = next(each for each in run.table("corpus").files if each.name == name)
    return next(run.rows("corpus", {file: [fate["corpus_row"]]}, [column]))[column]


def _perplexity(run: Opened, row: dict[str, Any], fate: dict[str, Any]) -> Perplexity:
    language, value, note = fate["language"], None, ""
    if fate["outcome"] == "kept":
        value = _of_corpus(run, fate, "perplexity")
    elif fate["stage"] == "quality" and fate["rule"] not in (TIER_BELOW, CONTEXT_GAIN_BELOW):
        value = fate["value"]
    elif run.has("perplexities"):
        scored = run.row("perplexities", row["shard"], row["doc_id"], ["perplexity"])
        value = None if scored is None else scored["perplexity"][0].as_py()
    if f"quality.lm_dir/{language}" not in run.manifest.models:
        return Perplexity(value, None, None, f"the run had no model of {language}")
    if value is None:
        note = (
            "not in the tables"
            if fate["rule"] in (TIER_BELOW, CONTEXT_GAIN_BELOW)
            else "dropped before it was scored"
        )
    edges, unknown = _edges(run, language)
    head, tail = edges or (None, None)
    return Perplexity(value, head, tail, note or unknown)


def _edges(run: Opened, language: str) -> tuple[tuple[float, float] | None, str]:
    """The cutoffs of a language, from the run's own file where it is still as the run read it; or why not."""
    quality, digest = run.settings.quality, run.manifest.models.get("quality.cutoffs")
    if digest is None:
        return None, "the run had no cutoffs"
    path = Path(quality.cutoffs) if quality.cutoffs else Path(quality.lm_dir) / "cutoffs.json"
    if not path.is_file() or file_sha256(path) != digest:
        return None, f"its cutoffs are not known: {path} is not here, or another file by now"
    return Cutoffs.load(path).edges(language, quality.head_percentile, quality.tail_percentile), ""
