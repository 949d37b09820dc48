"""Documents and masks to signals; perplexities, where the choice of a representative depends on them."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from ccnet_lite.kernels import annotate
from ccnet_lite.kernels.line_cuts import Languages, find_cuts, line_rules
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    Cuts,
    Int8,
    ShardLines,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
)
from ccnet_lite.kernels.own_scores import signals_of
from ccnet_lite.kernels.page_signals import load_lists
from ccnet_lite.kernels.policy import eligible
from ccnet_lite.kernels.policy_signals import wanted_signals, wants_heuristics
from ccnet_lite.kernels.rules import columns_of, document_rules
from ccnet_lite.models.perplexity import PerplexityModels
from ccnet_lite.models.quality_scores import QualityScores
from ccnet_lite.quality.common_words import word_lists
from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.lists import LISTS
from ccnet_lite.run.steps.common import chosen_settings, policy_of, rule_inputs
from ccnet_lite.settings import LineRule, Settings
from ccnet_lite.stages.by_shard import Tally, Work, files_by_table, run_by_shard
from ccnet_lite.store.copies import language_model_here, models_here, quality_here
from ccnet_lite.store.reading import ShardReader

SIGNATURE_SETTINGS = ("bands", "rows", "seed", "ngram")


def _judged(
    reader: ShardReader, first_within: bool, look: bool, rules: list[LineRule], languages_of: Languages
) -> tuple[ShardLines, Int8, Cuts | None]:
    """A shard's lines, the verdict on them, and what is cut of texts, where it depends on that."""
    held = gather_lines(reader.whole("documents", LINE_COLUMNS))
    masks, cuts = read_masks(reader), None
    if rules or (look and first_within):  # of equal lines those that are cut are none, so cuts come first
        texts = reader.read("documents", ["raw_content"])
        cuts = find_cuts(texts, held, judge_lines(held, masks, False), look, rules, languages_of)
    return held, judge_lines(held, masks, first_within, cuts), cuts


def measure(settings: Settings) -> Step:
    """Measure every document on the lines that stay."""
    near = settings.near_duplicates.enabled
    inputs = ("documents", "masks", *(() if near else ("paragraph_masks",)))

    def depends_on(run: Run) -> dict[str, Any]:
        names = ["language.max_chars", "language.newline", "language.capitals", "near_duplicates.enabled"]
        names += ["language.macrolanguages", "language.min_script_share", "language.thresholds"]
        if run.settings.language.thresholds:
            names.append("language.threshold")  # of languages that have none
        if near:
            names += [f"near_duplicates.{name}" for name in SIGNATURE_SETTINGS]
        chosen = chosen_settings(run, *names)
        chosen["lists"], chosen["copies"] = run.settings.lines.wants_lists, run.settings.lines.wants_copies
        rules = line_rules(run.settings)
        chosen["line_rules"] = [rule.model_dump(mode="json", exclude={"source"}) for rule in rules]
        chosen["measured"] = [wants_heuristics(run.settings), *wanted_signals(run.settings)]
        if near:
            chosen["shingles"] = run.settings.near_duplicates.verify == "exact"
            chosen["anchors"] = run.settings.near_duplicates.containment > 0
        else:
            chosen |= chosen_settings(run, "paragraphs.within_document")
        chosen["mixed"] = run.settings.language.mixed != "off"
        models = {"language.model", "language.description", "language.common_words", *LISTS}
        models |= {name for name in run.models.digests if name.startswith("quality.score_dir/")}
        return chosen | {name: digest for name, digest in run.models.digests.items() if name in models}

    def write(run: Run, work: Work) -> Written:
        settings, model = run.settings, run.models.language
        given, digests = run.models.lists, run.models.digests
        sha256 = run.models.digests["language.model"]
        common_words, described = run.models.common_words, run.models.description
        quality = run.models.quality
        first_within = not near and settings.paragraphs.within_document == "keep_first"

        def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
            here = language_model_here(model, settings.language.model, sha256)
            look, rules = settings.lines.wants_lists, line_rules(settings)
            languages_of = annotate.likeliest_of(settings, here, described)
            held, verdict, cuts = _judged(reader, first_within, look, rules, languages_of)
            documents = reader.read("documents", annotate.DOCUMENT_COLUMNS)
            tally["documents"] = len(held.positions)
            common, lists = word_lists(common_words), load_lists(given, digests)
            return annotate.annotate_shard(
                *(documents, held, verdict, settings, here, common, lists, described),
                quality=QualityScores(quality, quality_here),
                cuts=cuts,
                look=look and cuts is None,
            )

        tables = {name: run.tables[name] for name in inputs}
        done, _ = run_by_shard(run.spark_context, run.numbers, kernel, tables, ("signals",), work)
        return Written(files_by_table(done.values(), ("signals",)))

    return Step("annotate", inputs, ("signals",), depends_on, write)


def measure_perplexity(settings: Settings) -> Step:
    """Score the masked text of every document that no rule drops so far, each shard with all models."""
    near = settings.near_duplicates.enabled
    inputs = ("documents", "masks", *rule_inputs(settings), *(() if near else ("paragraph_masks",)))

    def depends_on(run: Run) -> dict[str, Any]:
        models = {name: digest for name, digest in run.models.digests.items() if "lm_dir" in name}
        names = ["quality.normalization", *(() if near else ("paragraphs.within_document",))]
        return policy_of(run) | chosen_settings(run, *names) | {"models": models}

    def write(run: Run, work: Work) -> Written:
        settings, files = run.settings, run.models.perplexity
        first_within = not near and settings.paragraphs.within_document == "keep_first"

        def kernel(reader: ShardReader, tally: Tally) -> Iterator[tuple[str, pa.RecordBatch]]:
            held = gather_lines(reader.whole("documents", LINE_COLUMNS))
            cuts = gather_cuts(reader.whole("signals", CUT_COLUMNS))
            verdict = judge_lines(held, read_masks(reader), first_within, cuts)
            names = dict.fromkeys(["doc_id", "language", *columns_of(document_rules(settings))])
            signals = signals_of(reader, settings.quality, list(names))
            chosen = signals.filter(pa.array(eligible(signals, settings)))
            language_of = dict(zip(chosen["doc_id"].to_pylist(), chosen["language"].to_pylist(), strict=True))
            # Mapped, so that all of them are in memory once a machine at the most.
            models = PerplexityModels(files, settings.quality.normalization, len(files), models_here)
            documents = reader.read("documents", annotate.DOCUMENT_COLUMNS)
            tally["scored"] = len(language_of)
            for rows in annotate.score_shard(documents, held, verdict, language_of, models):
                yield "perplexities", rows

        tables = {name: run.tables[name] for name in inputs}
        done, _ = run_by_shard(run.spark_context, run.numbers, kernel, tables, ("perplexities",), work)
        return Written(files_by_table(done.values(), ("perplexities",)))

    return Step("perplexities", inputs, ("perplexities",), depends_on, write)
