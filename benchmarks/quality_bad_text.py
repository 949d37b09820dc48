"""Rules of papers: how much bad text each policy drops by language, by its own bounds and by fitted ones.

    python benchmarks/quality_bad_text.py --data DATA [--least 50] [--json]

The other side of quality_rules.py, with the same bounds: fitted to every other document of DATA/text/prose, the
rest of which are made bad (bad_documents.py); and boilerplate and spam of DATA/text/noisy. `heuristics` are the
rules that a run asks by default, without those on languages.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from bad_documents import MADE, made, real
from quality_rules import ANY, dropped, fitted_to, policies_of_rules

from ccnet_lite.finished.fit_rules import rules_to_fit, signals_of
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.common_words import word_lists
from ccnet_lite.run.models import read_common_words
from ccnet_lite.settings import PolicyRule, Settings

HEURISTICS = "heuristics"
KINDS = ("boilerplate", "spam", *MADE)


def table(data: Path, least: int = 50) -> list[dict[str, Any]]:
    """A row a policy, kind of bad text and language: documents, and how many its own and the fitted bounds drop.

    The policy ANY: all policies together, without the heuristics.
    """
    lists = word_lists(read_common_words(Settings()))
    policies = policies_of_rules()
    together = [rule for each in policies.values() for rule in each]
    policies = {HEURISTICS: rules_to_fit(Settings())} | policies | {ANY: together}
    rules = [*policies[HEURISTICS], *together]
    fitted: dict[tuple[str, str], float] = {}
    rows: list[dict[str, Any]] = []
    for language, files in find_reference([data / "text" / "prose"]).items():
        texts = list(read_reference(files))
        fitted |= fitted_to(rules, language, signals_of(texts[::2], language, lists), least)
        for kind, bad in made(texts[1::2]):
            rows += _judged(policies, fitted, kind, language, signals_of(bad, language, lists))
    for language, kind, bad in real(data):
        rows += _judged(policies, fitted, kind, language, signals_of(bad, language, lists))
    return rows


def _judged(
    policies: dict[str, list[PolicyRule]],
    fitted: dict[tuple[str, str], float],
    kind: str,
    language: str,
    signals: pa.Table,
) -> list[dict[str, Any]]:
    own = {key: bound for key, bound in fitted.items() if key[1] == language}
    return [
        {
            "policy": policy,
            "kind": kind,
            "language": language,
            "documents": signals.num_rows,
            "own_bound": int(np.any(dropped(signals, rules, {}), axis=0).sum()),
            "fitted": int(np.any(dropped(signals, rules, own), axis=0).sum()),
        }
        for policy, rules in policies.items()
    ]


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--least", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.least)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    policies = list(dict.fromkeys(row["policy"] for row in rows))
    print(f"| bad text | documents | {' | '.join(policies)} |\n|---|---:|{'---|' * len(policies)}")
    for kind in KINDS:
        _print(kind, policies, [row for row in rows if row["kind"] == kind])
    print(f"\n| made bad, language | documents | {' | '.join(policies)} |\n|---|---:|{'---|' * len(policies)}")
    for language in dict.fromkeys(row["language"] for row in rows if row["kind"] in MADE):
        _print(language, policies, [row for row in rows if row["kind"] in MADE and row["language"] == language])
    print(f"\n| boilerplate, language | documents | {' | '.join(policies)} |\n|---|---:|{'---|' * len(policies)}")
    for language in dict.fromkeys(row["language"] for row in rows if row["kind"] == "boilerplate"):
        some = [row for row in rows if row["kind"] == "boilerplate" and row["language"] == language]
        _print(language, policies, some)


def _print(name: str, policies: list[str], rows: list[dict[str, Any]]) -> None:
    cells = []
    for policy in policies:
        own, fitted, of = (
            sum(row[key] for row in rows if row["policy"] == policy)
            for key in ("own_bound", "fitted", "documents")
        )
        cells.append(f"{100 * own / of:.1f} → {100 * fitted / of:.1f}")
    print(f"| {name} | {of:,} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
