"""The rules of a run in words: what each asks, of what, and the setting that says how much."""

from typing import NamedTuple

from ccnet_lite.kernels.rules import decision_rules, span_rules
from ccnet_lite.kernels.score import CONTEXT_GAIN_BELOW, TIER_BELOW
from ccnet_lite.settings import HEURISTICS, Settings
from ccnet_lite.store.schema import arrow_schema

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
    "not_a_language": (
        "language.description",
        "The label must be that of a language: not what models have for texts in none (zxx, und).",
    ),
    "mixed_languages": ("language.mixed", "Less than a quarter of it must be in a second language."),
    "near_duplicate": (
        "near_duplicates.similarity",
        "Similarity to a document that stays in its place; from the threshold on it is a near-duplicate.",
    ),
    "contained": (
        "near_duplicates.containment",
        "Share of its shingles that a longer document has, which stays in its place.",
    ),
    "template": (
        "near_duplicates.templates",
        "Share of its words that a document which stays in its place has in the same order.",
    ),
    "no_line_left_after_dedup": ("paragraphs", "Lines that are left without those that lie elsewhere, too."),
    "too_short_after_dedup": (
        "paragraphs.min_document_chars",
        "Characters that are left without lines that lie elsewhere, too.",
    ),
    "too_short_after_spans": (
        "spans.min_tokens",
        "Characters that are left without spans that stand in earlier documents, too.",
    ),
    "mostly_repeated": (
        "paragraphs.max_repeated_share",
        "Share of the characters that lie in lines found elsewhere, too.",
    ),
    "url_words_above": ("urls.max_word_weight", "Weights of the words of urls.words in the URL, together."),
    "opted_out_robots": ("opt_out.robots", "User agents that the host's robots.txt disallows the page."),
    **{
        f"opted_out_{name}": ("opt_out.respect", f"Whether the page's headers or meta tags say {name}.")
        for name in ("noai", "noimageai", "usage")
    },
    "opted_out_tdm": ("opt_out.respect", "Whether headers, meta tags or the host's tdmrep.json reserve mining."),
    "opted_out_rsl": ("opt_out.respect", "Whether a licence of the page or the host, by RSL, grants no training."),
    "opted_out_license": ("opt_out.respect", "Whether the page links a licence by RSL."),
    "toxic_share_above": ("toxicity.max_share", "Share of the words that stand in the list of its language."),
} | {f"{each.column}_above": (f"quality.{each.setting}", each.comment) for each in HEURISTICS}


CATEGORY = "url_category_"
"""Begins the names of the rules of categories."""


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


def words_of(rule: str) -> tuple[str, str]:
    """The setting that says a rule's bound, and what is measured."""
    if rule.startswith(CATEGORY):
        return "urls.drop", f"Whether the URL stands in the category {rule.removeprefix(CATEGORY)} of urls.lists."
    return WORDS[rule]


def rules_told(settings: Settings) -> list[RuleTold]:
    """All rules that a document meets, in their order."""
    told = {
        rule.name: ("quality.policies", f"{_measured(rule.column, settings)} {policy.name}: {rule.source}.")
        for policy in settings.quality.policies
        for rule in policy.rules
    }
    rules = [
        RuleTold(rule.stage, rule.name, *(told.get(rule.name) or words_of(rule.name)), rule.asks, rule.threshold)
        for rule in (*decision_rules(settings), *span_rules(settings))
    ]
    least = settings.quality.min_tier
    if least:
        words = "The tier, 0 the worst, in which it lies among all that go on in its language, by quality.scores."
        asks = f"at least {least}"
        rules.append(RuleTold("quality", TIER_BELOW, "quality.min_tier", words, asks, float(least)))
    least_gain = settings.quality.min_context_gain
    if least_gain and settings.quality.lm_dir:
        words = "What a word's context says of it, by the language's model: 0 as in random order, 1 as in prose."
        asks, setting = f"at least {least_gain:g}, if it is written in sentences", "quality.min_context_gain"
        rules.append(RuleTold("quality", CONTEXT_GAIN_BELOW, setting, words, asks, least_gain))
    kept = settings.quality.keep_buckets
    words = "The bucket that the perplexity falls into, by the language's own cutoffs."
    for bucket in ("head", "middle", "tail", "all"):
        if bucket not in kept:
            asks = f"one of {', '.join(kept)}" if kept else "no bucket"
            rules.append(RuleTold("quality", f"bucket_{bucket}", "quality.keep_buckets", words, asks, None))
    return rules


def line_rules_told(settings: Settings) -> dict[str, str]:
    """What each rule over lines cuts, in words, in the order in which they are asked."""
    told = {}
    for policy in settings.quality.policies:
        for rule in policy.line_rules:
            asked = [*(["languages " + ", ".join(rule.languages)] if rule.languages else [])]
            asked += ["scripts " + ", ".join(rule.scripts)] if rule.scripts else []
            asked += ["all scripts but " + ", ".join(rule.without_scripts)] if rule.without_scripts else []
            where = f", asked in {'; '.join(asked)}" if asked else ""
            cuts = f"Lines whose {rule.measure} is {rule.comparison} {rule.bound:g}{where}."
            told[rule.name] = f"{cuts} {policy.name}: {rule.source}."
    return told


def _measured(column: str, settings: Settings) -> str:
    """What a column of `signals`, or of the user's own scores, means."""
    if column in settings.quality.scores_columns:
        return f"The score {column} of quality.scores_file."
    return str(arrow_schema("signals").field(column).metadata[b"comment"].decode())
