"""Bounds by language for the rules of policies, fitted to reference prose or to a finished run.

Of a run, documents count whose language is sure by language.threshold; what became of them does not matter.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.opened import batches, open_run
from ccnet_lite.kernels.policy_signals import rule_columns, wanted_signals, wants_heuristics
from ccnet_lite.kernels.rules import Rule, policy_rule
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.common_words import WordLists
from ccnet_lite.quality.fitted_bounds import Method, fitted_bound
from ccnet_lite.quality.heuristics import RULE_MEASURES, measure
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.settings import HEURISTICS, RULE_SIGNALS, PolicyRule, Settings

LEAST_DOCUMENTS = 200
"""Documents of a language from which its bounds are fitted."""
MOST_DOCUMENTS = 20_000
"""Of a language that are looked at, the first ones."""
BATCH = 1000
MOST_CHARS = 100_000
"""Of a reference document that are measured."""


@dataclass(frozen=True)
class Fit:
    """A rule's bound in a language. bound: None where there were too few documents; the shares are of these."""

    rule: PolicyRule
    language: str
    documents: int
    bound: float | None
    dropped_before: float
    """By the rule's own bound."""
    dropped: float
    """By the bound that holds."""

    @property
    def asks_nothing(self) -> bool:
        """Whether no document can break the bound that was fitted: measures are 0 or more, shares at most 1."""
        if self.bound is None:
            return False
        if self.rule.comparison == "below":
            return self.bound <= 0
        return self.rule.column.endswith("_share") and self.bound >= 1


def rules_to_fit(settings: Settings) -> list[PolicyRule]:
    """The rules of the policies, or of the heuristics where no policy is chosen.

    Raises:
        UserError: the policies have rules over lines alone, whose bounds are not fitted.
    """
    quality = settings.quality
    chosen = [rule for policy in quality.policies for rule in policy.rules]
    if quality.policies and not chosen:
        names = ", ".join(policy.name for policy in quality.policies)
        raise UserError(
            f"{names}: its rules are over lines, and bounds are fitted to documents: name another policy"
        )
    return chosen or [
        PolicyRule(
            name=f"{each.column}_above",
            column=each.column,
            comparison="above",
            bound=getattr(quality, each.setting),
            source="heuristics",
        )
        for each in HEURISTICS
    ]


def signals_of(texts: Sequence[str], language: str, lists: WordLists) -> pa.Table:
    """The columns that texts of a language have of themselves, those of `signals` that a rule may look at."""
    codes = [language] * len(texts)
    more = RuleSignals([each.column for each in RULE_SIGNALS], lists.stop_words(codes))
    count, ratios = lists.counter(codes)
    columns = measure(texts, True, count, more) | more.columns()
    columns["common_word_ratio"] = pa.array(ratios, pa.float64(), from_pandas=True)
    lengths = pa.array([len(text) for text in texts], pa.int64())
    n_lines = pa.array([text.count("\n") + 1 for text in texts], pa.int64())
    columns |= {"n_chars": lengths, "n_chars_read": lengths, "n_lines": n_lines, "n_lines_read": n_lines}
    columns["language"] = pa.array(codes, pa.string())
    return pa.table(columns)


def of_reference(paths: Sequence[Path], lists: WordLists) -> Iterator[tuple[str, pa.Table]]:
    """(language, signals of its documents) of reference prose, laid out as train-lm takes it.

    Raises:
        UserError: it is not there, or cannot be read.
    """
    for language, files in find_reference(paths).items():
        tables: list[pa.Table] = []
        held: list[str] = []
        for text in islice(read_reference(files), MOST_DOCUMENTS):
            held.append(text[:MOST_CHARS])
            if len(held) == BATCH:
                tables.append(signals_of(held, language, lists))
                held = []
        if held:
            tables.append(signals_of(held, language, lists))
        if tables:
            yield language, pa.concat_tables(tables)


def of_run(run: Folder, rules: Sequence[PolicyRule]) -> Iterator[tuple[str, pa.Table]]:
    """(language, signals of its documents) of a finished run, languages in their order.

    Raises:
        UserError: no finished run, or one that did not measure what the rules look at.
    """
    opened = open_run(run)
    settings = opened.settings
    on_demand = {each.column for each in RULE_SIGNALS} - set(wanted_signals(settings))
    on_demand |= set() if wants_heuristics(settings) else set(RULE_MEASURES)
    for rule in rules:
        if rule.column in on_demand:
            raise UserError(
                f"{opened.place.shown} measured no {rule.column}, which {rule.name} looks at: run it again with "
                "--set quality.measure=all"
            )
    names = ["language", "language_confidence", "script", *dict.fromkeys(rule.column for rule in rules)]
    held: dict[str, list[pa.RecordBatch]] = {}
    sizes: dict[str, int] = {}
    for batch in batches(opened.table("signals"), list(dict.fromkeys(names))):
        sure = batch.filter(pc.greater_equal(batch["language_confidence"], settings.language.threshold))
        for language in sure["language"].unique().to_pylist():
            room = MOST_DOCUMENTS - sizes.get(language, 0)
            if room > 0:
                own = sure.filter(pc.equal(sure["language"], language))[:room]
                held.setdefault(language, []).append(own)
                sizes[language] = sizes.get(language, 0) + own.num_rows
    for language in sorted(held):
        yield language, pa.Table.from_batches(held[language])


def fit_rules(
    rules: Sequence[PolicyRule],
    documents: Iterator[tuple[str, pa.Table]],
    method: Method,
    share: float,
    deviations: float,
    least: int = LEAST_DOCUMENTS,
) -> list[Fit]:
    """Each rule in each language: its bound, and what that costs the documents that it was fitted to.

    documents: (language, signals); least: documents of a language that are asked by a rule, at the least.

    Raises:
        UserError: a rule looks at what documents alone do not tell.
    """
    found: list[Fit] = []
    for language, signals in documents:
        for rule in rules:
            if rule.column not in signals.column_names:
                known = ", ".join(name for name in rule_columns() if name in signals.column_names)
                raise UserError(
                    f"{rule.name} looks at {rule.column}, which texts alone do not tell: fit it to a --run, or "
                    f"take rules over {known}"
                )
            own = policy_rule(rule, {})
            asked = ~np.isnan(own.thresholds(signals))
            values = signals[rule.column].cast(pa.float64()).filter(pa.array(asked)).drop_null()
            if not len(values):
                continue
            bound = None
            if len(values) >= least:
                bound = fitted_bound(np.asarray(values), rule, method, share, deviations)
            before = _dropped(own, signals)
            after = before if bound is None else _dropped(policy_rule(rule, {language: bound}), signals)
            found.append(Fit(rule, language, len(values), bound, before, after))
    return found


def _dropped(rule: Rule, signals: pa.Table) -> float:
    broken: npt.NDArray[np.bool_] = rule.broken(signals)
    return float(broken.mean()) if len(broken) else 0.0


def thresholds_toml(fits: Sequence[Fit], about: Mapping[str, str | float]) -> str:
    """The file that quality.thresholds takes. about: how the bounds were fitted."""
    lines = [
        "# For quality.thresholds: bounds by language, in place of a rule's own.",
        "[about]",
    ]
    lines += [f"{key} = {json.dumps(value)}" for key, value in about.items()]
    for rule in dict.fromkeys(fit.rule for fit in fits):
        own = [fit for fit in fits if fit.rule == rule]
        lines += ["", f"[{rule.name}]", f"# Its own: {rule.comparison} {rule.bound:g}."]
        few, same = ([fit.language for fit in own if fit.bound == bound] for bound in (None, rule.bound))
        for languages, why in ((few, "too few documents"), (same, "costs no more than that")):
            if languages:
                lines.append(f"# Its own in {', '.join(languages)}: {why}.")
        for fit in own:
            if fit.bound not in (None, rule.bound):
                lines.append(f"{json.dumps(fit.language)} = {fit.bound!r}  # of {fit.documents} documents")
    return "\n".join(lines) + "\n"
