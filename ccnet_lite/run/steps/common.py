"""What the steps share: which settings a step depends on, and who works on pieces of it."""

from collections.abc import Callable, Iterable
from typing import Any

from ccnet_lite.kernels.own_scores import TABLE as OWN_SCORES
from ccnet_lite.kernels.rules import Rule, columns_of, decision_rules, document_rules
from ccnet_lite.run.engine import Run
from ccnet_lite.run.master import is_local
from ccnet_lite.settings import Settings
from ccnet_lite.stages.asking import Ask


def ask_of(run: Run) -> Ask:
    """What works on pieces of a step that need this machine's files."""
    context = run.spark_context
    return Ask(context if is_local(str(context.master)) else None)


def settings_of(*names: str) -> Callable[[Run], dict[str, Any]]:
    """A step depends on these settings, given as section or section.key."""

    def depends_on(run: Run) -> dict[str, Any]:
        return chosen_settings(run, *names)

    return depends_on


def standing_inputs(settings: Settings) -> tuple[str, ...]:
    """The tables that say which documents others stand for; none where that is not looked for."""
    near = settings.near_duplicates
    return (
        *(("clusters",) if near.enabled else ()),
        *(("contained",) if near.enabled and near.containment else ()),
        *(("templates",) if near.enabled and near.templates else ()),
    )


def rule_inputs(settings: Settings) -> tuple[str, ...]:
    """The tables that rules over a document alone look at."""
    return signal_inputs(settings, columns_of(document_rules(settings)))


def signal_inputs(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """The tables that hold these signals, of which the user's own scores may be some."""
    return ("signals", *((OWN_SCORES,) if not set(settings.quality.scores_columns).isdisjoint(names) else ()))


def chosen_settings(run: Run, *names: str) -> dict[str, Any]:
    """Settings by name, given as section or section.key."""
    chosen: dict[str, Any] = {}
    for name in names:
        section, _, key = name.partition(".")
        values = getattr(run.settings, section).model_dump(mode="json")
        chosen[name] = values[key] if key else values
    return chosen


def policy_of(run: Run) -> dict[str, Any]:
    """What says which documents are eligible: the rules themselves, so that another setting changes nothing."""
    return {f"rule {rule.name}": _said(rule) for rule in document_rules(run.settings)}


def decision_of(run: Run) -> dict[str, Any]:
    """As `policy_of`, with the rules over clusters and paragraphs."""
    return {f"rule {rule.name}": [*_said(rule), rule.threshold] for rule in decision_rules(run.settings)}


def _said(rule: Rule) -> list[Any]:
    bound = rule.bound if not isinstance(rule.bound, tuple) else [*rule.bound]
    more = [[*each] for each in (rule.by_language, rule.languages, rule.scripts, rule.without_scripts)]
    return [rule.column, rule.comparison, bound, *more]
