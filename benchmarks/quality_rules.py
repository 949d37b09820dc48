"""Rules of papers: how many clean documents each costs by language, by its own bound and by a fitted one.

    python benchmarks/quality_rules.py --data DATA [--least 50] [--json]

DATA/text/prose/LANG/*.jsonl are documents of clean prose, taken as train-lm takes them: short ones are joined to
500 characters. Bounds are fitted to every other document (fit-rules: percentile, 1 %), and both judged by the
rest. Languages with fewer than --least documents to fit to keep the rules' own bounds. Also the CPU that the
signals add to the heuristics.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.finished.fit_rules import fit_rules, of_reference
from ccnet_lite.kernels.rules import policy_rule
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.common_words import WordLists, word_lists
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.run.models import read_common_words
from ccnet_lite.settings import RULE_SIGNALS, PolicyRule, Settings, built_in_policies, read_policy

SHARE = 0.01
ANY = "any of them"


def policies_of_rules() -> dict[str, list[PolicyRule]]:
    """The rules over documents of each policy of ours that has some."""
    found = {name: list(read_policy(name).rules) for name in built_in_policies()}
    return {name: rules for name, rules in found.items() if rules}


def halves(signals: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Documents that bounds are fitted to, and those that are judged: every other one."""
    even = np.arange(signals.num_rows) % 2 == 0
    return signals.filter(pa.array(even)), signals.filter(pa.array(~even))


def fitted_to(
    rules: list[PolicyRule], language: str, signals: pa.Table, least: int
) -> dict[tuple[str, str], float]:
    """Bounds by rule and language, where there are enough documents to fit them to."""
    fits = fit_rules(rules, iter([(language, signals)]), "percentile", SHARE, 0.0, least)
    return {(fit.rule.name, language): fit.bound for fit in fits if fit.bound is not None}


def dropped(signals: pa.Table, rules: list[PolicyRule], fitted: dict[tuple[str, str], float]) -> np.ndarray:
    """[rules, documents]: whether a document breaks each. fitted: bounds by rule and language."""
    made = [
        policy_rule(rule, {code: bound for (name, code), bound in fitted.items() if name == rule.name})
        for rule in rules
    ]
    return np.array([rule.broken(signals) for rule in made])


def table(data: Path, least: int = 50) -> list[dict[str, Any]]:
    """A row a policy, rule and language: documents judged, and how many its own and the fitted bound drop."""
    rows: list[dict[str, Any]] = []
    lists = word_lists(read_common_words(Settings()))
    policies = policies_of_rules()
    rules = [rule for each in policies.values() for rule in each]
    for language, signals in of_reference([data / "text" / "prose"], lists):
        half, other = halves(signals)
        fitted = fitted_to(rules, language, half, least)
        for policy, own in policies.items():
            before, after = dropped(other, own, {}), dropped(other, own, fitted)
            costs = [(rule.name, b, a) for rule, b, a in zip(own, before, after, strict=True)]
            costs.append((ANY, before.any(axis=0), after.any(axis=0)))
            for name, b, a in costs:
                rows.append(
                    {
                        "policy": policy,
                        "rule": name,
                        "language": language,
                        "documents": other.num_rows,
                        "own_bound": int(b.sum()),
                        "fitted": int(a.sum()),
                        "bound": fitted.get((name, language)),
                    }
                )
    return rows


def cpu(data: Path, repeat: int = 3) -> dict[str, float]:
    """Milliseconds of CPU a document, by what is measured."""
    lists = word_lists(read_common_words(Settings()))
    texts: list[str] = []
    codes: list[str] = []
    for language, files in find_reference([data / "text" / "prose"]).items():
        for text in read_reference(files):
            texts.append(text)
            codes.append(language)
    names = [each.column for each in RULE_SIGNALS]
    wanted = {
        "heuristics alone": [],
        "and n-grams": [name for name in names if "gram_share" in name],
        "and lines, words": [name for name in names if "gram_share" not in name],
        "and all signals": names,
    }
    return {
        name: min(_seconds(lambda some=some: _measure(texts, codes, some, lists)) for _ in range(repeat + 1))
        / len(texts)
        * 1000
        for name, some in wanted.items()
    }


def _measure(texts: list[str], codes: list[str], wanted: list[str], lists: WordLists) -> None:
    more = RuleSignals(wanted, lists.stop_words(codes)) if wanted else None
    measure(texts, True, None, more)
    if more is not None:
        more.columns()


def _seconds(work: Callable[[], None]) -> float:
    begin = process_time()
    work()
    return process_time() - begin


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--least", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.least)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    languages = list(dict.fromkeys(row["language"] for row in rows))
    sizes = {row["language"]: row["documents"] for row in rows}
    print(f"| rule | {' | '.join(f'{code} ({sizes[code]})' for code in languages)} | all |")
    print("|---|" + "---|" * (len(languages) + 1))
    for policy, rule in dict.fromkeys((row["policy"], row["rule"]) for row in rows):
        own = [row for row in rows if (row["policy"], row["rule"]) == (policy, rule)]
        if not any(row["own_bound"] or row["fitted"] for row in own):
            continue
        cells = [_cell(row["own_bound"], row["fitted"], row["documents"]) for row in own]
        sums = [sum(row[key] for row in own) for key in ("own_bound", "fitted", "documents")]
        named = f"**{policy}**" if rule == ANY else rule
        print(f"| {named} | {' | '.join([*cells, _cell(*sums)])} |")
    print("\n| measured | ms a document |\n|---|---|")
    for name, took in cpu(options.data).items():
        print(f"| {name} | {took:.3f} |")


def _cell(own: int, fitted: int, documents: int) -> str:
    if not own and not fitted:
        return "0"
    return f"{100 * own / documents:.1f} → {100 * fitted / documents:.1f}"


if __name__ == "__main__":
    main()
