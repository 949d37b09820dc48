"""What quality.policies ask for: which signals are to be measured for them, and whether there are such."""

import pyarrow as pa

from ccnet_lite.errors import UserError
from ccnet_lite.quality.heuristics import RULE_MEASURES
from ccnet_lite.settings import PERPLEXITY, RULE_SIGNALS, Settings
from ccnet_lite.store.schema import arrow_schema

NO_MEASURES = ("shard", "position", "record_offset")
"""Numbers of `signals` that say where a document lies."""

NAMED = ("documents", "signals", "clusters", "contained", "decisions", "own_scores")
"""Tables whose columns a score of the user's own can't be called like."""


def rule_columns() -> list[str]:
    """Columns of `signals` that a policy's rules may look at: those that are numbers and measured."""
    found = []
    for field in arrow_schema("signals"):
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            found.append(field.name)
    return [name for name in found if name not in NO_MEASURES]


def check_policies(settings: Settings) -> None:
    """Every rule of a policy looks at a column that there is.

    Raises:
        UserError: one does not: the policy, the rule, its column and which there are; or a score of the user's own
            has the name of something else.
    """
    for name in settings.quality.scores_columns:
        if name == PERPLEXITY or any(name in arrow_schema(table).names for table in NAMED):
            raise UserError(f"quality.scores_columns: {name} is a column of the run's own: give it another name")
    known = [*rule_columns(), *settings.quality.scores_columns]
    for policy in settings.quality.policies:
        for rule in policy.rules:
            if rule.column not in known:
                raise UserError(
                    f"quality.policies: {policy.name}: {rule.name}: column = {rule.column!r} is nothing that is "
                    f"measured of a document: give one of {', '.join(known)}"
                )


def check_scores(settings: Settings) -> None:
    """Every score that tiers go by is perplexity or a column that there is.

    Raises:
        UserError: one is not: which, and which there are.
    """
    known = [PERPLEXITY, *rule_columns(), *settings.quality.scores_columns]
    for name in settings.quality.scores:
        if name.removeprefix("-") not in known:
            raise UserError(
                f"quality.scores: {name} is nothing that is measured of a document: give some of "
                f"{', '.join(known)}"
            )


def _asked(settings: Settings) -> set[str]:
    scores = settings.quality.scores if settings.quality.tiers else ()
    rules = {rule.column for policy in settings.quality.policies for rule in policy.rules}
    return rules | {name.removeprefix("-") for name in scores}


def wanted_signals(settings: Settings) -> list[str]:
    """Names of the signals of settings.RULE_SIGNALS that are to be measured."""
    names = [each.column for each in RULE_SIGNALS]
    return names if settings.quality.measure == "all" else sorted(_asked(settings).intersection(names))


def wants_heuristics(settings: Settings) -> bool:
    """Whether the heuristics are to be measured: a policy may look at them where none of their own rules does."""
    quality = settings.quality
    return quality.heuristics or quality.measure == "all" or not _asked(settings).isdisjoint(RULE_MEASURES)
