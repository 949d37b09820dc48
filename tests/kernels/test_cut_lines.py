"""Lines cut, counted by language and reason."""

import numpy as np
import pyarrow as pa

from ccnet_lite.kernels.cut_lines import READ, REASONS, cut_by_language, sum_cuts
from ccnet_lite.kernels.lines import (
    COMMON,
    HOST,
    LIST,
    REPEATED,
    REPEATED_WITHIN,
    RULE,
    STAYS,
    Cuts,
    ShardLines,
    no_cuts,
)


def shard(*documents: tuple[int, ...]) -> ShardLines:
    """Documents of lines with so many characters."""
    counts = [len(each) for each in documents]
    chars = np.array([size for each in documents for size in each], np.int64)
    n = len(documents)
    return ShardLines(
        doc_ids=pa.array([f"{at:032x}" for at in range(n)]),
        positions=np.arange(n, dtype=np.int64),
        hosts=np.zeros(n, np.int64),
        n_chars=np.array([sum(each) for each in documents], np.int64),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        keys=np.arange(len(chars), dtype=np.int64),
        chars=chars,
    )


def rule_cuts(lines: list[list[int]], names: list[list[str]]) -> Cuts:
    lists = np.zeros((len(lines), 2), np.int32)
    return Cuts(lists, pa.array(lines, pa.list_(pa.int32())), pa.array(names, pa.list_(pa.string())))


def test_by_language_and_reason() -> None:
    lines = shard((10, 20, 30), (40, 50), (60,), (70, 80))
    verdict = np.array([HOST, RULE, STAYS, RULE, RULE, COMMON, LIST, REPEATED], np.int8)
    cuts = rule_cuts([[1], [0, 1], [0], [0]], [["odd"], ["odd", "brief"], ["odd"], ["odd"]])
    languages = pa.array(["en", "de", "de", "en"])
    found = cut_by_language(lines, verdict, np.array([True, True, True, False]), cuts, languages)
    assert found == [
        ["de", "common_boilerplate", "", 1, 60],  # a rule would have cut it, too
        ["de", "read", "", 3, 150],
        ["de", "rule", "brief", 1, 50],
        ["de", "rule", "odd", 1, 40],
        ["en", "host_boilerplate", "", 1, 10],
        ["en", "read", "", 3, 60],
        ["en", "rule", "odd", 1, 20],
    ]


def test_every_reason_has_its_name() -> None:
    reasons = [STAYS, HOST, COMMON, LIST, RULE, REPEATED, REPEATED_WITHIN]
    assert list(REASONS) == reasons
    assert [REASONS[STAYS], REASONS[LIST], REASONS[REPEATED_WITHIN]] == [
        READ,
        "list_boilerplate",
        "repeated_within",
    ]


def test_of_nothing() -> None:
    lines = shard()
    nothing = np.zeros(0, np.bool_)
    assert cut_by_language(lines, np.zeros(0, np.int8), nothing, no_cuts(0), pa.array([], pa.string())) == []
    one = shard((5,))
    found = cut_by_language(one, np.zeros(1, np.int8), np.array([True]), no_cuts(1), pa.array(["en"]))
    assert found == [["en", "read", "", 1, 5]]


def test_shards_together() -> None:
    one, other = ["en", "rule", "odd", 1, 20], ["de", "rule", "odd", 2, 5]
    assert sum_cuts([one, other, one]) == [other, ["en", "rule", "odd", 2, 40]]
    assert sum_cuts([]) == []
