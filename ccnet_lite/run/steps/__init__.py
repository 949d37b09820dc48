"""The steps of a run, each wiring tables to stages and kernels. Their order is the pipeline's graph."""

from ccnet_lite.run.engine import Step
from ccnet_lite.run.steps.annotate import measure, measure_perplexity
from ccnet_lite.run.steps.clusters import find_clusters
from ccnet_lite.run.steps.decide import decide
from ccnet_lite.run.steps.export import export
from ccnet_lite.run.steps.ingest import ingest
from ccnet_lite.run.steps.lines import mask_lines, mask_paragraphs
from ccnet_lite.run.steps.own_scores import take_scores
from ccnet_lite.run.steps.sampling import sampling
from ccnet_lite.run.steps.spans import find_spans
from ccnet_lite.run.steps.stand_ins import find_contained, find_templates
from ccnet_lite.run.steps.tiers import rank
from ccnet_lite.settings import Settings

JOBS = ("ingest", "annotate", "deduplicate", "export", "sampling")


def steps_of(settings: Settings) -> dict[str, list[Step]]:
    """The steps by the job that runs them, in order.

    Paragraphs are compared as soon as can be: between the representatives when near-duplicates are looked
    for, else before the documents are measured, as CCNet does.
    """
    paragraphs = mask_paragraphs(settings)
    if settings.near_duplicates.enabled:
        measured = [measure(settings)]
        contained = [find_contained(settings)] if settings.near_duplicates.containment else []
        templates = [find_templates(settings)] if settings.near_duplicates.templates else []
        decided = [find_clusters(settings), *contained, *templates, paragraphs, decide(settings)]
    else:
        measured, decided = [paragraphs, measure(settings)], [decide(settings)]
    if settings.quality.scores_file:
        measured.insert(0, take_scores())  # first: what is wrong with them is known before hours of work
    by_perplexity = settings.near_duplicates.enabled and settings.near_duplicates.by_perplexity
    if by_perplexity or settings.quality.ranks_perplexity:
        measured.append(measure_perplexity(settings))
    if settings.quality.tiers:
        decided.append(rank(settings))
    return {
        "ingest": [ingest(), mask_lines()],
        "annotate": measured,
        "deduplicate": [*decided, *([find_spans()] if settings.spans.enabled else [])],
        "export": [export(settings)],
        "sampling": [sampling()],
    }
