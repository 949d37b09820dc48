"""Policies as data: TOML files of rules over columns of `signals`, and bounds by language for them.

Settings hold what the files hold, not their names, so that a run is made from their content, tells it in its
manifest, and answers what-if and explain without them.

Not handled: whether a column is there (kernels/rules.py), what a rule does to a document (likewise).
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from ccnet_lite.settings.section import Section
from ccnet_lite.settings.toml_files import read_toml

Finite = Annotated[float, Field(allow_inf_nan=False)]
RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Script = Annotated[str, Field(pattern=r"^([A-Z][a-z]{3}|unspaced)$")]
UNSPACED = "unspaced"
"""Among scripts: all that put no spaces between words."""


class PolicyRule(Section):
    """A document is dropped whose column lies below or above the bound."""

    name: RuleName
    """As the ledger has it."""
    column: RuleName
    """Of `signals`."""
    comparison: Literal["below", "above"]
    """On which side of the bound a document is dropped; at the bound it stays."""
    bound: Finite
    source: str
    """The paper or code that the rule is from, with what it says there."""
    languages: tuple[str, ...] = ()
    """If not empty, only documents in these languages are asked."""
    scripts: tuple[Script, ...] = ()
    """If not empty, only documents in these scripts (ISO 15924, or unspaced) are asked."""
    without_scripts: tuple[Script, ...] = ()
    """Documents in these scripts are not asked."""
    strictest: Finite | None = None
    """How strict a bound that is fitted to a language may become; not given: as the bound."""
    loosest: Finite | None = None
    """How loose it may become; not given: as loose as it has to be."""


class Policy(Section):
    """Rules, and the name of the file that they are from."""

    name: str
    rules: tuple[PolicyRule, ...]


def policy_files() -> Traversable:
    """The folder of our own policies: inside an installed package, beside it in a checkout."""
    packaged = resources.files("ccnet_lite") / "conf" / "quality"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent.parent / "conf" / "quality"


def built_in_policies() -> list[str]:
    """Names of our own policies."""
    return sorted(
        file.name.removesuffix(".toml") for file in policy_files().iterdir() if file.name[-5:] == ".toml"
    )


def read_policy(given: str) -> Policy:
    """A policy by its name, if it is ours, or by the path of a TOML file.

    Raises:
        ValueError: there is none, or it is damaged: the file, the rule, the key and what to do.
    """
    names = built_in_policies()
    if given in names:
        file: Traversable = policy_files() / f"{given}.toml"
    elif given.endswith(".toml"):
        file = Path(given)
    else:
        raise ValueError(f"{given} is no policy: give {', '.join(names)}, or the path of a .toml file")
    tree = read_toml(file, given, "give one with a table [[rule]] for each rule")
    rules = tree.pop("rule", None)
    if tree or not isinstance(rules, list) or not rules:
        more = f", not {next(iter(tree))}" if tree else ""
        raise ValueError(f"{given}: a policy is tables [[rule]] and nothing else{more}")
    for number, rule in enumerate(rules, 1):
        try:
            PolicyRule.model_validate(rule)
        except ValidationError as error:
            name = rule.get("name", "without a name") if isinstance(rule, dict) else "is no table"
            raise ValueError(f"{given}: rule {number} ({name}): {_said(error)}") from None
    return Policy(name=given, rules=tuple(PolicyRule.model_validate(rule) for rule in rules))


def read_bounds(given: str) -> dict[str, dict[str, float]]:
    """Bounds by rule and language, of a file that `ccnet-lite fit-rules` wrote.

    Raises:
        ValueError: there is no such file, or it is damaged: the file, the rule, the language and what to do.
    """
    tree = read_toml(Path(given), given, "give what ccnet-lite fit-rules wrote, or nothing")
    tree.pop("about", None)
    for rule, bounds in tree.items():
        if not isinstance(bounds, dict):
            raise ValueError(f"{given}: {rule} is no table: give each rule a table of languages and bounds")
        for language, bound in bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, int | float) or bound - bound != 0:
                raise ValueError(f"{given}: {rule}.{language} = {bound!r}: give a number")
    return {rule: {code: float(bound) for code, bound in sorted(tree[rule].items())} for rule in sorted(tree)}


def check_bounds(policies: tuple[Policy, ...], bounds: dict[str, dict[str, float]], others: list[str]) -> None:
    """Rules have names of their own, and bounds are those of rules. others: names of rules of no policy.

    Raises:
        ValueError: which are not, and what to do.
    """
    names: dict[str, str] = {}
    for policy in policies:
        for rule in policy.rules:
            if rule.name in names or rule.name in others:
                where = names.get(rule.name, "the settings")
                raise ValueError(
                    f"quality.policies: {policy.name} and {where} both have a rule {rule.name}: rename one, or "
                    "leave one of them out"
                )
            names[rule.name] = policy.name
    for name in bounds:
        if name not in names and name not in others:
            raise ValueError(
                f"quality.thresholds has bounds for {name}, which is no rule of quality.policies or of the "
                "heuristics: choose its policy, too, or take it out of the file"
            )


def _said(error: ValidationError) -> str:
    """What the first error is, with its key."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"it has no {key}: give one"
    if first["type"] == "extra_forbidden":
        return f"unknown key {key}; known: {', '.join(PolicyRule.model_fields)}"
    return f"{key} = {first['input']!r}: {first['msg']}"


def _policy(given: Any) -> Any:
    return read_policy(given) if isinstance(given, str) else given


def _bounds(given: Any) -> Any:
    return (read_bounds(given) if given else {}) if isinstance(given, str) else given


GivenPolicy = Annotated[Policy, BeforeValidator(_policy)]
Bounds = Annotated[dict[str, dict[str, Finite]], BeforeValidator(_bounds)]
