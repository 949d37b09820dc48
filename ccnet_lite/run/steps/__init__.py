"""The steps of a run, each wiring tables to stages and kernels. Their order is the pipeline's graph."""

from ccnet_lite.run.engine import Step
from ccnet_lite.run.steps import annotate, deduplicate, export, ingest, near_duplicates, perplexity, sampling
from ccnet_lite.settings import Settings

JOBS = ("ingest", "annotate", "deduplicate", "export", "sampling")


def steps_of(settings: Settings) -> dict[str, list[Step]]:
    """The steps by the job that runs them, in order.

    Paragraphs are compared as soon as can be: between the representatives when near-duplicates are looked
    for, else before the documents are measured, as CCNet does.
    """
    paragraphs = [
        deduplicate.count_paragraphs(settings),
        deduplicate.mask_paragraphs(),
        deduplicate.select_lines(settings),
    ]
    measure, judge = annotate.measure(settings), deduplicate.judge(settings)
    if settings.near_duplicates.enabled:
        measured = [measure]
        if settings.near_duplicates.by_perplexity:
            measured.append(perplexity.measure_perplexity())
        decided = [near_duplicates.find_clusters(settings), deduplicate.survive(), *paragraphs, judge]
    else:
        measured, decided = [*paragraphs, measure], [judge]
    return {
        "ingest": [ingest.ingest(), ingest.count_lines(), ingest.mask_lines()],
        "annotate": measured,
        "deduplicate": decided,
        "export": [export.export(), export.ledger()],
        "sampling": [sampling.statistics(), sampling.sampling()],
    }
