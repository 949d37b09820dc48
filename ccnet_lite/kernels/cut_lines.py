"""Lines of a shard that do not stay, counted by language and by what cuts them."""

from typing import Any

import numpy as np
import pyarrow as pa

from ccnet_lite.kernels.lines import (
    COMMON,
    HOST,
    LIST,
    REPEATED,
    REPEATED_WITHIN,
    RULE,
    STAYS,
    Bools,
    Cuts,
    Int8,
    ShardLines,
)

READ = "read"
"""In the place of a reason: all lines that were asked."""
REASONS = {
    STAYS: READ,
    HOST: "host_boilerplate",
    COMMON: "common_boilerplate",
    LIST: "list_boilerplate",
    RULE: "rule",
    REPEATED: "repeated",
    REPEATED_WITHIN: "repeated_within",
}
"""As the columns n_... of `decisions` have it."""


def cut_by_language(
    lines: ShardLines, verdict: Int8, population: Bools, cuts: Cuts, languages: pa.Array
) -> list[list[Any]]:
    """[language, reason, rule, lines, characters] of the documents of the population, sorted.

    rule: of the policy, for the reason `rule`; else "". languages: of each document.
    """
    inside = population[lines.documents]
    rules = cuts.rule_names.flatten().dictionary_encode()
    rule = np.full(len(verdict), -1)
    if len(cuts.lists):
        rule[cuts.lines(lines)] = rules.indices.to_numpy()
    rule[verdict != RULE] = -1
    names = pa.array(["", *rules.dictionary.to_pylist()], pa.string())
    found = []
    for chosen, why in ((inside, np.full(len(verdict), STAYS)), (inside & (verdict != STAYS), verdict)):
        at = np.flatnonzero(chosen)
        columns = {
            "language": languages.take(pa.array(lines.documents[at])),
            "why": pa.array(why[at].astype(np.int8)),
            "rule": names.take(pa.array(rule[at] + 1 if why is verdict else np.zeros(len(at), np.int64))),
            "chars": pa.array(lines.chars[at]),
        }
        counted = (
            pa.table(columns)
            .group_by(["language", "why", "rule"])
            .aggregate([("chars", "count"), ("chars", "sum")])
        )
        found += counted.select(["language", "why", "rule", "chars_count", "chars_sum"]).to_pylist()
    return sorted([each["language"], REASONS[each["why"]], *list(each.values())[2:]] for each in found)


def sum_cuts(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of several shards as those of one."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    for language, reason, rule, n_lines, n_chars in rows:
        held = sums.setdefault((language, reason, rule), [0, 0])
        held[0], held[1] = held[0] + n_lines, held[1] + n_chars
    return [[*key, *counts] for key, counts in sorted(sums.items())]
