"""Documents and masks to signals and signatures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ccnet_lite.kernels import annotate, lines
from ccnet_lite.run.engine import Files, Run, Step
from ccnet_lite.run.steps.common import sections, verdict_on
from ccnet_lite.settings import Settings
from ccnet_lite.stages.by_shard import ShardReader, run_by_shard


def measure(settings: Settings) -> Step:
    """Measure every document on the lines that stay."""
    near = settings.near_duplicates.enabled
    mask_tables = ("masks",) if near else ("masks", "paragraph_masks")

    def made_from(run: Run) -> dict[str, Any]:
        model = {"model": run.models.digests["language.model"]}
        chosen = sections("language.max_chars", "language.newline", "quality.heuristics")(run)
        chosen |= sections("near_duplicates.enabled", "paragraphs.within_document")(run)
        if near:
            names = ("bands", "rows", "seed", "ngram", "verify")
            chosen |= sections(*(f"near_duplicates.{name}" for name in names))(run)
        return chosen | model

    def write(run: Run, work: Path) -> Files:
        settings, model = run.settings, run.models.language
        first_within = not near and settings.paragraphs.within_document == "keep_first"

        def kernel(reader: ShardReader) -> Iterator[tuple[str, pa.RecordBatch]]:
            held = lines.gather_lines(reader.read("lines", lines.LINE_COLUMNS))
            verdict = verdict_on(reader, held, mask_tables, first_within)
            documents = reader.read("documents", annotate.DOCUMENT_COLUMNS)
            return annotate.annotate_shard(documents, held, verdict, settings, model)

        tables = {name: run.tables[name] for name in inputs}
        return run_by_shard(run.spark, run.numbers, kernel, tables, ("signals", "signatures"), work)

    inputs = ("documents", "lines", *mask_tables)
    return Step("annotate", inputs, ("signals", "signatures"), made_from, write)
