"""The policy as data: rules over columns, asked in their order; the first that a document breaks drops it.

A rule is (column, comparison, bound) over Arrow; a bound may differ by language. The same rules say who takes part
in near-duplicate detection, so a document that would be dropped anyway never stands for a cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.counting import drops_repeating
from ccnet_lite.models.languages import MIXED, NO_LANGUAGE, UNDETERMINED
from ccnet_lite.settings import HEURISTICS, UNSPACED, PolicyRule, Settings
from ccnet_lite.text.script_ranges import UNSPACED_SCRIPTS

Bools = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]
Bound = float | bool | tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Drop a document where `column` is below or above the bound, is it, is in it, is not in it, or
    holds one of its words.

    value: the column that says what was measured; empty where that is no number. threshold:
    what it was held against, for the ledger. by_language: bounds, and so thresholds, in place of these. languages,
    scripts: if not empty, no others are asked; without_scripts: these are not. The last four are for numbers.
    """

    stage: str
    name: str
    column: str
    comparison: Literal["below", "above", "is", "in", "not_in", "holds"]
    bound: Bound
    value: str
    threshold: float | None
    by_language: tuple[tuple[str, float], ...] = ()
    languages: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    without_scripts: tuple[str, ...] = ()

    @property
    def asks(self) -> str:
        """What passes it, in words.

        >>> Rule("length", "too_short", "n_chars_read", "below", 300, "n_chars_read", 300.0).asks
        'at least 300'
        """
        if isinstance(self.bound, tuple):
            if self.comparison == "holds" and len(self.bound) > 3:
                return f"none of {', '.join(self.bound[:3])} and {len(self.bound) - 3} more"
            return f"{'one' if self.comparison == 'not_in' else 'none'} of {', '.join(self.bound)}"
        if self.comparison == "is":
            return f"less than {self.threshold:g}"
        own = sorted(bound for _, bound in self.by_language)
        also = f"; from {own[0]:g} to {own[-1]:g} in {len(own)} languages" if own else ""
        return f"at {'least' if self.comparison == 'below' else 'most'} {self.bound:g}{also}"

    def thresholds(self, documents: pa.Table) -> Float64:
        """[documents]: what each is held against; not a number where there is none, or it is not asked."""
        threshold = np.nan if self.threshold is None else self.threshold
        found = np.full(documents.num_rows, threshold)
        if self.by_language:
            codes, bounds = zip(*self.by_language, strict=True)
            at = pc.index_in(documents["language"], value_set=pa.array(codes, pa.string()))
            own = np.asarray(at.is_valid())
            found[own] = np.array(bounds)[np.asarray(at.drop_null())]
        for name, given, asked in (
            ("language", self.languages, True),
            ("script", self.scripts, True),
            ("script", self.without_scripts, False),
        ):
            if given:
                held = pc.is_in(documents[name], value_set=pa.array(given, pa.string()))
                found[np.asarray(held) != asked] = np.nan
        return found

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        language = ["language"] * bool(self.by_language or self.languages)
        script = ["script"] * bool(self.scripts or self.without_scripts)
        return tuple(name for name in (self.column, self.value, *language, *script) if name)

    def broken(self, documents: pa.Table) -> Bools:
        """[documents]: whether each breaks the rule; what was not measured breaks none."""
        column = documents[self.column]
        bound: Any = self.bound
        if len(self.needs) > 2:
            bound = pa.array(self.thresholds(documents))
        if self.comparison == "below":
            found = pc.less(column, bound)
        elif self.comparison == "above":
            found = pc.greater(column, bound)
        elif self.comparison == "is":
            found = pc.equal(column, self.bound)
        elif self.comparison == "holds":
            assert isinstance(self.bound, tuple)
            found = holds(column, self.bound)
        else:
            assert isinstance(self.bound, tuple)
            found = pc.is_in(column, value_set=pa.array(self.bound, pa.string()))
            if self.comparison == "not_in":
                found = pc.invert(found)
        return np.asarray(found.fill_null(False)).astype(np.bool_)


def holds(column: pa.ChunkedArray, words: Sequence[str]) -> pa.ChunkedArray:
    """Whether strings of words, separated by spaces, hold one of these; few strings, each looked at once."""
    texts = column.unique()
    wanted = set(words)
    held = [text for text in texts.to_pylist() if text is not None and not wanted.isdisjoint(text.split())]
    return pc.is_in(column, value_set=pa.array(held, pa.string()))


def at_least(stage: str, name: str, column: str, bound: float) -> Rule:
    """A rule that drops what is below the bound."""
    return Rule(stage, name, column, "below", bound, column, float(bound))


def at_most(
    stage: str, name: str, column: str, bound: float, by_language: tuple[tuple[str, float], ...] = ()
) -> Rule:
    """A rule that drops what is above the bound."""
    return Rule(stage, name, column, "above", bound, column, float(bound), by_language)


def scripts_of(given: Sequence[str]) -> tuple[str, ...]:
    """Scripts as a policy has them, each by its own code.

    >>> scripts_of(["Thai"]), "Laoo" in scripts_of(["unspaced"])
    (('Thai',), True)
    """
    return tuple(name for each in given for name in (sorted(UNSPACED_SCRIPTS) if each == UNSPACED else (each,)))


def policy_rule(rule: PolicyRule, bounds: dict[str, float]) -> Rule:
    """A policy's rule. bounds: by language, in place of its own."""
    scripts, without = scripts_of(rule.scripts), scripts_of(rule.without_scripts)
    return Rule(
        *("heuristics", rule.name, rule.column, rule.comparison, rule.bound, rule.column, rule.bound),
        *(tuple(bounds.items()), rule.languages, scripts, without),
    )


def document_rules(settings: Settings) -> list[Rule]:
    """Rules over `signals`, in the order in which they are asked."""
    least = settings.paragraphs.min_document_chars
    rules = [at_least("length", "too_short", "n_chars_read", settings.ingest.min_chars)]
    rules.append(at_least("lines", "no_line_left", "n_lines", 1))
    if least:
        rules.append(at_least("lines", "too_short_without_boilerplate", "n_chars", least))
    rules += page_rules(settings)
    listed = settings.language
    if listed.mixed == "drop":
        rules.append(Rule("language", "mixed_languages", "language", "in", (MIXED,), "language_score", None))
    for name, comparison, codes in (
        ("language_not_kept", "not_in", listed.keep),
        ("language_dropped", "in", listed.drop),
    ):
        if codes:
            rules.append(Rule("language", name, "language", comparison, codes, "language_score", None))  # type: ignore[arg-type]
    rules.append(threshold_rule(settings))
    none = UNDETERMINED, NO_LANGUAGE
    rules.append(Rule("language", "not_a_language", "language", "in", none, "language_score", None))
    own = settings.quality.thresholds
    if settings.quality.heuristics:
        for each in HEURISTICS:
            bound, name = getattr(settings.quality, each.setting), f"{each.column}_above"
            rules.append(at_most("heuristics", name, each.column, bound, tuple(own.get(name, {}).items())))
    for policy in settings.quality.policies:
        rules += [policy_rule(rule, own.get(rule.name, {})) for rule in policy.rules]
    if settings.toxicity.lists and settings.toxicity.max_share < 1:
        rules.append(at_most("heuristics", "toxic_share_above", "toxic_share", settings.toxicity.max_share))
    return rules


def threshold_rule(settings: Settings) -> Rule:
    """The rule on how sure a document's language is."""
    language = settings.language
    rule = at_least("language", "language_below_threshold", "language_confidence", language.threshold)
    return replace(rule, by_language=tuple(sorted(language.thresholds.items())))


def page_rules(settings: Settings) -> list[Rule]:
    """Rules over the URL and over what the page's owner says; nothing is measured of them, but whether."""
    urls, opt_out = settings.urls, settings.opt_out
    rules = []
    if urls.lists:
        for name in urls.drop:
            rules.append(Rule("urls", f"url_category_{name}", "url_categories", "holds", (name,), "", None))
    if urls.words:
        rules.append(at_most("urls", "url_words_above", "url_word_weight", urls.max_word_weight))
    for kind in opt_out.respect:
        agents = tuple(f"robots:{agent}" for agent in opt_out.agents)
        bound = agents if kind == "robots" else (kind,)
        if kind != "robots" or opt_out.robots:
            rules.append(Rule("opt_out", f"opted_out_{kind}", "opted_out", "holds", bound, "", None))
    return rules


def decision_rules(settings: Settings) -> list[Rule]:
    """All rules before scoring: `document_rules`, then those over clusters and the lines that stay.

    Columns of these: representative, similarity, contained, containment, template, template_similarity,
    lines_left, chars_left, repeated_share and, null for a document that others rely on, repeated_share_alone.
    """
    rules = document_rules(settings)
    least = settings.paragraphs.min_document_chars
    rules.append(
        Rule(
            *("near_duplicates", "near_duplicate", "representative", "is", False, "similarity"),
            settings.near_duplicates.similarity,
        )
    )
    near = settings.near_duplicates
    if near.enabled and near.containment:
        contained = ("near_duplicates", "contained", "contained", "is", True, "containment")
        rules.append(Rule(*contained, near.containment))  # type: ignore[arg-type]
    if near.enabled and near.templates:
        template = ("near_duplicates", "template", "template", "is", True, "template_similarity")
        rules.append(Rule(*template, near.templates))  # type: ignore[arg-type]
    rules.append(at_least("paragraphs", "no_line_left_after_dedup", "lines_left", 1))
    if least:
        rules.append(at_least("paragraphs", "too_short_after_dedup", "chars_left", least))
    most = settings.paragraphs.max_repeated_share
    if drops_repeating(settings.paragraphs):
        rules.append(
            Rule("paragraphs", "mostly_repeated", "repeated_share_alone", "above", most, "repeated_share", most)
        )
    return rules


def span_rules(settings: Settings) -> list[Rule]:
    """Rules over what is left when spans are cut, asked at export.

    Column: chars_left_alone, null where nothing was cut, or something is left that others lost to the document.
    """
    if not settings.spans.cut:
        return []
    least = max(1, settings.paragraphs.min_document_chars)
    return [at_least("paragraphs", "too_short_after_spans", "chars_left_alone", least)]


def columns_of(rules: Sequence[Rule]) -> list[str]:
    """The columns that rules look at, each once."""
    return list(dict.fromkeys(name for rule in rules for name in rule.needs))


def first_broken(documents: pa.Table, rules: Sequence[Rule]) -> npt.NDArray[np.int64]:
    """[documents]: the number of the first rule that each breaks, -1 where it breaks none."""
    found = np.full(documents.num_rows, -1, np.int64)
    for number in reversed(range(len(rules))):
        found[rules[number].broken(documents)] = number
    return found


def verdict_columns(
    documents: pa.Table, rules: Sequence[Rule], broken: npt.NDArray[np.int64]
) -> dict[str, pa.Array]:
    """stage, rule, value, threshold of the rules that were broken (of `first_broken`); null where none was."""
    at = pa.array(broken, mask=broken < 0)
    value, threshold = np.zeros(documents.num_rows), np.full(documents.num_rows, np.nan)
    known = np.zeros(documents.num_rows, np.bool_)
    for number, rule in enumerate(rules):
        chosen = broken == number
        if not chosen.any():
            continue
        threshold[chosen] = rule.thresholds(documents)[chosen]
        if rule.value:
            column = documents[rule.value].filter(pa.array(chosen)).cast(pa.float64())
            value[chosen] = np.asarray(column.fill_null(0.0))
            known[chosen] = np.asarray(column.is_valid())
    return {
        "stage": pa.array([rule.stage for rule in rules], pa.string()).take(at),
        "rule": pa.array([rule.name for rule in rules], pa.string()).take(at),
        "value": pa.array(value, mask=~known),
        "threshold": pa.array(threshold, mask=np.isnan(threshold)),
    }
