"""The rules of a run in words: what each asks, of what, and the setting that says how much."""

from typing import NamedTuple

from ccnet_lite.kernels.rules import decision_rules
from ccnet_lite.settings import HEURISTICS, Settings

WORDS = {
    "too_short": ("ingest.min_chars", "Characters of the text as it was read."),
    "no_line_left": ("lines", "Lines that are left without boilerplate."),
    "too_short_without_boilerplate": (
        "paragraphs.min_document_chars",
        "Characters that are left without boilerplate lines.",
    ),
    "language_not_kept": ("language.keep", "The likeliest language has to be one of those listed."),
    "language_dropped": ("language.drop", "The likeliest language must be none of those listed."),
    "language_below_threshold": ("language.threshold", "How sure the model is of the likeliest language."),
    "near_duplicate": (
        "near_duplicates.similarity",
        "Similarity to a document that stays in its place; from the threshold on it is a near-duplicate.",
    ),
    "no_line_left_after_dedup": ("paragraphs", "Lines that are left without those that lie elsewhere, too."),
    "too_short_after_dedup": (
        "paragraphs.min_document_chars",
        "Characters that are left without lines that lie elsewhere, too.",
    ),
    "mostly_repeated": (
        "paragraphs.max_repeated_share",
        "Share of the characters that lie in lines found elsewhere, too.",
    ),
} | {f"{each.column}_above": (f"quality.{each.setting}", each.comment) for each in HEURISTICS}


class RuleTold(NamedTuple):
    """A rule of a run."""

    stage: str
    name: str
    setting: str
    """The setting that says its bound, or the section whose settings do."""
    words: str
    """What is measured."""
    asks: str
    """What of it passes: "at least 300"."""
    threshold: float | None


def rules_told(settings: Settings) -> list[RuleTold]:
    """All rules that a document meets, in their order."""
    rules = [
        RuleTold(rule.stage, rule.name, *WORDS[rule.name], rule.asks, rule.threshold)
        for rule in decision_rules(settings)
    ]
    kept = settings.quality.keep_buckets
    words = "The bucket that the perplexity falls into, by the language's own cutoffs."
    for bucket in ("head", "middle", "tail", "all"):
        if bucket not in kept:
            asks = f"one of {', '.join(kept)}" if kept else "no bucket"
            rules.append(RuleTold("quality", f"bucket_{bucket}", "quality.keep_buckets", words, asks, None))
    return rules
