"""Scores of the user's own to the documents that they are of."""

from typing import Any

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.own_scores import TABLE
from ccnet_lite.run.engine import Run, Step, Written, say
from ccnet_lite.run.own_scores import DIGEST, find_score_files
from ccnet_lite.run.steps.common import chosen_settings
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.stages.masks import RANGE_ROWS
from ccnet_lite.stages.own_scores import join_scores

ROW_BYTES = 16
"""A row of scores takes in its file, at the least."""


def take_scores() -> Step:
    """Join the scores of quality.scores_file to the documents."""

    def depends_on(run: Run) -> dict[str, Any]:
        chosen = chosen_settings(run, "quality.scores_columns", "quality.scores_key")
        return chosen | {DIGEST: run.models.digests.get(DIGEST)}

    def write(run: Run, work: Work) -> Written:
        quality, documents = run.settings.quality, run.tables["documents"]
        files = run.models.own_scores
        rows = documents.rows + sum(file.bytes for file in files) // ROW_BYTES
        written, counted = join_scores(
            *(run.spark, run.numbers, {"documents": documents}, files),
            *(quality.scores_key, quality.scores_columns, work),
            parts=max(run.partitions, -(-rows // RANGE_ROWS)),
            writers=min(len(run.numbers), run.partitions),
        )
        if find_score_files(quality) != files:
            raise UserError(f"{quality.scores_file} was changed while it was read: run again")
        without = documents.rows - counted.documents
        say(
            f"quality.scores_file: {counted.met:,} of {counted.scores:,} scores are of documents here; "
            f"{without:,} of {documents.rows:,} documents have none"
        )
        tally = {"scores": counted.scores, "scores_met": counted.met, "scores_unmet": counted.scores - counted.met}
        return Written({TABLE: written}, tally | {"documents": documents.rows, "documents_without": without})

    return Step("own_scores", ("documents",), (TABLE,), depends_on, write)
