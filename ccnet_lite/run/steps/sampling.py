"""How the corpus' languages are to be sampled."""

from ccnet_lite.run.engine import Run, Step, Written
from ccnet_lite.run.steps.common import settings_of
from ccnet_lite.sampling.plan import FILE_NAME, plan_text, sampling_plan
from ccnet_lite.sampling.statistics import BucketStatistics, sampling_table, statistics_rows
from ccnet_lite.stages.by_shard import Work
from ccnet_lite.store.corpus import form_for
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.writing import write_rows


def sampling() -> Step:
    """p, q, factors, epochs and UniMax by language: a table, and sampling.json for the trainer."""

    def write(run: Run, work: Work) -> Written:
        rows = sampling_table(corpus_statistics(run), run.settings.sampling)
        return Written({"sampling": write_rows(rows, run.folder, "sampling", work.fingerprint)})

    return Step("sampling", ("statistics",), ("sampling",), settings_of("sampling"), write, write_plan)


def write_plan(run: Run) -> None:
    """Write sampling.json beside the tables."""
    text = form_for(run.settings.export.columns, run.settings.spans.enabled).text
    plan = sampling_plan(corpus_statistics(run), run.settings.sampling, text)
    (run.folder / FILE_NAME).write_bytes(plan_text(plan).encode())


def corpus_statistics(run: Run) -> list[BucketStatistics]:
    """The rows of `statistics`."""
    return statistics_rows(read_table(run.tables["statistics"]))
