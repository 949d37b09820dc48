"""Policies as data: TOML files of rules over columns of `signals` and over lines, and bounds by language.

Settings hold what the files hold, not their names, so that a run is made from their content, tells it in its
manifest, and answers what-if and explain without them.

Not handled: whether a column is there, what a rule does to a document (kernels/rules.py) or a line
(kernels/line_cuts.py).
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from ccnet_lite.settings.rule_signals import LineMeasure
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


class LineRule(Section):
    """A line is cut whose measure lies below or above the bound."""

    name: RuleName
    """As explain and the manifest have it."""
    measure: LineMeasure
    """Of settings.LINE_MEASURES."""
    comparison: Literal["below", "above"]
    """On which side of the bound a line is cut; at the bound it stays."""
    bound: Finite
    source: str
    """The paper or code that the rule is from, with what it says there."""
    phrases: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """What the measure `phrases` counts, in any case and within words, too."""
    languages: tuple[str, ...] = ()
    """If not empty, only lines of documents whose likeliest language is one of these are asked."""
    scripts: tuple[Script, ...] = ()
    """If not empty, only lines of documents in these scripts are asked."""
    without_scripts: tuple[Script, ...] = ()
    """Lines of documents in these scripts are not asked."""

    @model_validator(mode="after")
    def _phrases_fit(self) -> "LineRule":
        if (self.measure == "phrases") != bool(self.phrases):
            raise ValueError("phrases are given with the measure phrases, and with no other")
        if not all(phrase.strip() for phrase in self.phrases):
            raise ValueError("a phrase of white space alone is found nowhere")
        return self


Kind = TypeVar("Kind", PolicyRule, LineRule)


class Policy(Section):
    """Rules over documents and over lines, and the name of the file that they are from."""

    name: str
    rules: tuple[PolicyRule, ...] = ()
    line_rules: tuple[LineRule, ...] = ()


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
    rules, line_rules = tree.pop("rule", []), tree.pop("line_rule", [])
    tables = isinstance(rules, list) and isinstance(line_rules, list)
    if tree or not tables or not (rules or line_rules):
        more = f", not {next(iter(tree))}" if tree else ""
        raise ValueError(
            f"{given}: a policy is tables [[rule]] and [[line_rule]] (asked of lines) and nothing else{more}"
        )
    return Policy(
        name=given,
        rules=tuple(_rule(PolicyRule, rule, f"{given}: rule {n}") for n, rule in enumerate(rules, 1)),
        line_rules=tuple(_rule(LineRule, rule, f"{given}: line_rule {n}") for n, rule in enumerate(line_rules, 1)),
    )


def _rule(kind: type[Kind], given: Any, where: str) -> Kind:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        name = given.get("name", "without a name") if isinstance(given, dict) else "is no table"
        raise ValueError(f"{where} ({name}): {_said(error, kind)}") from None


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
    of_lines = {rule.name for policy in policies for rule in policy.line_rules}
    for policy in policies:
        for name in [rule.name for rule in policy.rules] + [rule.name for rule in policy.line_rules]:
            if name in names or name in others:
                where = names.get(name, "the settings")
                raise ValueError(
                    f"quality.policies: {policy.name} and {where} both have a rule {name}: rename one, or "
                    "leave one of them out"
                )
            names[name] = policy.name
    for name in bounds:
        if name in of_lines:
            raise ValueError(
                f"quality.thresholds has bounds for {name}, which is asked of lines: give its policy a rule with "
                "languages and a bound for them, and take it out of the file"
            )
        if name not in names and name not in others:
            raise ValueError(
                f"quality.thresholds has bounds for {name}, which is no rule of quality.policies or of the "
                "heuristics: choose its policy, too, or take it out of the file"
            )


def _said(error: ValidationError, kind: type[Section]) -> str:
    """What the first error is, with its key."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"it has no {key}: give one"
    if first["type"] == "extra_forbidden":
        return f"unknown key {key}; known: {', '.join(kind.model_fields)}"
    if not key:
        return first["msg"].removeprefix("Value error, ")
    return f"{key} = {first['input']!r}: {first['msg']}"


def _policy(given: Any) -> Any:
    return read_policy(given) if isinstance(given, str) else given


def _bounds(given: Any) -> Any:
    return (read_bounds(given) if given else {}) if isinstance(given, str) else given


GivenPolicy = Annotated[Policy, BeforeValidator(_policy)]
Bounds = Annotated[dict[str, dict[str, Finite]], BeforeValidator(_bounds)]
