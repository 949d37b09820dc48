"""Lines as arrays: gathered, judged, selected. Literal rows, and plain Python as the oracle; no JVM."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.kernels.lines import (
    COMMON,
    HOST,
    LIST,
    REPEATED,
    REPEATED_WITHIN,
    RULE,
    STAYS,
    Cuts,
    Masks,
    ShardLines,
    count_by_rule,
    first_copies,
    gather_lines,
    gather_masks,
    judge_lines,
    select_lines,
    select_text,
)

Document = tuple[int, int, list[int], list[int]]
"""position, host, keys, characters"""

# Two documents of host 7, one of host 8. Keys stand for lines; 1 is a menu, 5 repeats inside.
DOCUMENTS: list[Document] = [
    (0, 7, [1, 2, 5, 5], [4, 10, 6, 6]),
    (1, 7, [1, 3], [4, 26]),
    (4, 8, [1, 2], [4, 7]),
]


def table_of(documents: list[Document]) -> pa.Table:
    return pa.table(
        {
            "doc_id": pa.array([f"d{position}" for position, *_ in documents], pa.string()),
            "position": pa.array([position for position, *_ in documents], pa.int32()),
            "host_key": pa.array([host for _, host, *_ in documents], pa.int64()),
            "n_chars": pa.array([sum(chars) for *_, chars in documents], pa.int64()),
            "line_keys": pa.array([keys for _, _, keys, _ in documents], pa.list_(pa.int64())),
            "line_chars": pa.array([chars for *_, chars in documents], pa.list_(pa.int32())),
        }
    )


def lines_of(documents: list[Document]) -> ShardLines:
    return gather_lines(table_of(documents))


def masks_of(
    host: list[tuple[int, int]] = [],  # noqa: B006
    common: list[int] = [],  # noqa: B006
    repeated: list[tuple[int, int, bool]] = [],  # noqa: B006
) -> Masks:
    """host: (host, key); common: keys; repeated: (key, position that keeps it, on several hosts)."""
    boilerplate = pa.table(
        {
            "host_key": pa.array([*(h for h, _ in host), *(None for _ in common)], pa.int64()),
            "key": pa.array([*(key for _, key in host), *common], pa.int64()),
            "reason": [*("host_boilerplate" for _ in host), *("common_boilerplate" for _ in common)],
        }
    )
    paragraphs = pa.table(
        {
            "key": pa.array([key for key, _, _ in repeated], pa.int64()),
            "keep_position": pa.array([keep for _, keep, _ in repeated], pa.int32()),
            "several_hosts": pa.array([several for *_, several in repeated], pa.bool_()),
        }
    )
    return gather_masks(boilerplate, paragraphs)


def test_gathering_flattens_documents() -> None:
    lines = lines_of(DOCUMENTS)
    assert lines.keys.tolist() == [1, 2, 5, 5, 1, 3, 1, 2]
    assert lines.chars.tolist() == [4, 10, 6, 6, 4, 26, 4, 7]
    assert lines.documents.tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert lines.indices.tolist() == [0, 1, 2, 3, 0, 1, 0, 1]
    assert lines.positions.tolist() == [0, 1, 4]
    assert lines.hosts.tolist() == [7, 7, 8]
    assert lines.n_chars.tolist() == [26, 30, 11]


def test_a_slice_of_a_table_has_its_own_lines() -> None:
    lines = gather_lines(table_of(DOCUMENTS).slice(1))
    assert lines.keys.tolist() == [1, 3, 1, 2]
    assert lines.documents.tolist() == [0, 0, 1, 1]
    assert lines.offsets.tolist() == [0, 2, 4]


def test_nothing_gathered_is_no_line_and_no_verdict() -> None:
    lines = lines_of([])
    assert (len(lines.keys), lines.offsets.tolist()) == (0, [0])
    assert judge_lines(lines, masks_of([(7, 1)], [2], [(3, 0, True)]), True).tolist() == []
    chosen = select_lines(lines, np.zeros(0, np.int8), np.zeros(0, bool), np.zeros(0, bool))
    assert chosen.line_ids.tolist() == chosen.chars.tolist() == []


def test_masks_with_a_host_and_without_are_told_apart() -> None:
    masks = masks_of([(7, 1), (0, 9)], [2], [(3, 4, True), (5, -1, False)])
    assert (masks.host_keys.tolist(), masks.hosts.tolist()) == ([1, 9], [7, 0])
    assert masks.common_keys.tolist() == [2]
    assert (masks.repeated_keys.tolist(), masks.keep.tolist()) == ([3, 5], [4, -1])
    assert masks.several_hosts.tolist() == [True, False]


def test_a_host_mask_hits_its_host_alone() -> None:
    verdict = judge_lines(lines_of(DOCUMENTS), masks_of([(7, 1)]), first_within=False)
    assert verdict.tolist() == [HOST, STAYS, STAYS, STAYS, HOST, STAYS, STAYS, STAYS]


def test_a_mask_without_host_hits_everywhere_but_in_the_document_that_keeps_the_line() -> None:
    verdict = judge_lines(lines_of(DOCUMENTS), masks_of([], [1], [(2, 4, False)]), first_within=False)
    assert verdict.tolist() == [COMMON, REPEATED, STAYS, STAYS, COMMON, STAYS, COMMON, STAYS]


def test_of_several_masks_the_host_s_counts_then_the_common_one() -> None:
    lines = lines_of([(0, 7, [1, 2, 3], [9, 9, 9])])
    masks = masks_of([(7, 1)], [1, 2], [(1, -1, True), (2, -1, True), (3, -1, True)])
    assert judge_lines(lines, masks, True).tolist() == [HOST, COMMON, REPEATED]
    # The document that keeps a line loses it to the other masks.
    assert judge_lines(lines, masks_of([], [1], [(1, 0, True)]), True).tolist() == [COMMON, STAYS, STAYS]


def test_of_equal_lines_within_a_document_the_first_stays() -> None:
    verdict = judge_lines(lines_of(DOCUMENTS), masks_of(), first_within=True)
    assert verdict.tolist() == [STAYS, STAYS, STAYS, REPEATED_WITHIN, STAYS, STAYS, STAYS, STAYS]
    masked = judge_lines(lines_of(DOCUMENTS), masks_of([], [5]), first_within=True)
    assert masked.tolist() == [STAYS, STAYS, COMMON, COMMON, STAYS, STAYS, STAYS, STAYS]


def test_the_document_that_keeps_a_line_for_other_hosts() -> None:
    lines = lines_of(DOCUMENTS)
    assert first_copies(lines, masks_of([], [], [(1, 4, False), (2, 4, True)])).tolist() == [False] * 7 + [True]
    assert first_copies(lines, masks_of([], [], [(2, 4, False), (1, 4, True)])).tolist() == [
        *([False] * 6),
        True,
        False,
    ]
    assert first_copies(lines, masks_of()).tolist() == [False] * 8


keys = st.sampled_from([0, 1, 2, 3, -1, -(2**63), 2**63 - 1, 2**62 + 5])
# Keys and hosts are hashes, mixed into one number: two extremes of both could meet there.
hosts = st.sampled_from([0, 1, 2, 2**40 + 1, -(2**62) + 3])
documents = st.lists(
    st.tuples(st.integers(0, 3), hosts, st.lists(st.tuples(keys, st.integers(0, 50)), max_size=6)), max_size=6
)


def placed(drawn: list[tuple[int, int, list[tuple[int, int]]]]) -> list[Document]:
    """Documents at positions that rise, with gaps."""
    found: list[Document] = []
    position = -1
    for gap, host, lines in drawn:
        position += gap + 1
        found.append((position, host, [key for key, _ in lines], [chars for _, chars in lines]))
    return found


def judged(
    documents: list[Document],
    host: set[tuple[int, int]],
    common: set[int],
    repeated: dict[int, tuple[int, bool]],
    first_within: bool,
    lists: list[tuple[int, int]],
    of_rules: list[list[int]],
) -> list[list[int]]:
    """The docstring of judge_lines, line by line."""
    verdicts = []
    for (position, its_host, its_keys, _), (before, after), of_rule in zip(
        documents, lists, of_rules, strict=True
    ):
        seen: set[int] = set()
        verdict = []
        for number, key in enumerate(its_keys):
            if (its_host, key) in host:
                verdict.append(HOST)
            elif key in common:
                verdict.append(COMMON)
            elif number < before or number >= len(its_keys) - after:
                verdict.append(LIST)
            elif number in of_rule:
                verdict.append(RULE)
            elif key in repeated and repeated[key][0] != position:
                verdict.append(REPEATED)
            elif first_within and key in seen:
                verdict.append(REPEATED_WITHIN)
            else:
                seen.add(key)
                verdict.append(STAYS)
        verdicts.append(verdict)
    return verdicts


@given(
    documents.map(placed),
    st.sets(st.tuples(hosts, keys), max_size=4),
    st.sets(keys, max_size=3),
    st.dictionaries(keys, st.tuples(st.integers(-1, 6), st.booleans()), max_size=4),
    st.booleans(),
    st.data(),
)
def test_judging_and_selecting_are_what_their_docstrings_say(
    documents: list[Document],
    host: set[tuple[int, int]],
    common: set[int],
    repeated: dict[int, tuple[int, bool]],
    first_within: bool,
    data: Any,
) -> None:
    lines = lines_of(documents)
    masks = masks_of(sorted(host), sorted(common), [(key, *value) for key, value in repeated.items()])
    some = st.tuples(st.integers(0, 2), st.integers(0, 2))
    lists = data.draw(st.lists(some, min_size=len(documents), max_size=len(documents)))
    of_rules = [sorted(data.draw(st.sets(st.integers(0, 5)))) for _ in documents]
    of_rules = [[n for n in cut if n < len(each[2])] for cut, each in zip(of_rules, documents, strict=True)]
    expected = judged(documents, host, common, repeated, first_within, lists, of_rules)
    names = [[f"rule {n % 2}" for n in cut] for cut in of_rules]
    columns = pa.array(of_rules, pa.list_(pa.int32())), pa.array(names, pa.list_(pa.string()))
    cuts = Cuts(np.array(lists, np.int32).reshape(-1, 2), *columns)
    verdict = judge_lines(lines, masks, first_within, cuts)
    assert verdict.tolist() == [reason for reasons in expected for reason in reasons]

    population = data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents)))
    first = first_copies(lines, masks)
    found = select_lines(lines, verdict, np.array(population, bool), first)
    ids = []
    for number, (document, reasons, inside) in enumerate(zip(documents, expected, population, strict=True)):
        position, _, its_keys, chars = document
        rows = list(enumerate(zip(its_keys, chars, reasons, strict=True))) if inside else []
        staying = [i for i, (_, _, reason) in rows if reason == STAYS]
        ids += staying
        text = "\n".join("x" * chars[i] for i in staying)
        kept_for_others = [c for _, (k, c, r) in rows if r == STAYS and repeated.get(k) == (position, True)]
        assert (
            found.n_lines[number],
            found.chars[number],
            found.chars_repeated[number],
            found.chars_first[number],
            found.chars_list[number],
            found.chars_rule[number],
            found.n_host[number],
            found.n_common[number],
            found.n_list[number],
            found.n_rule[number],
            found.n_repeated[number],
            found.n_repeated_within[number],
        ) == (
            len(staying),
            len(text),
            sum(c for _, (_, c, reason) in rows if reason == REPEATED),
            sum(kept_for_others),
            sum(c for _, (_, c, reason) in rows if reason == LIST),
            sum(c for _, (_, c, reason) in rows if reason == RULE),
            *(
                sum(r == why for _, (_, _, r) in rows)
                for why in (HOST, COMMON, LIST, RULE, REPEATED, REPEATED_WITHIN)
            ),
        )
    assert found.line_ids.tolist() == ids
    by_rule = Counter(
        f"rule {number % 2}"
        for reasons, inside in zip(expected, population, strict=True)
        for number, reason in enumerate(reasons)
        if inside and reason == RULE
    )
    assert count_by_rule(lines, verdict, np.array(population, bool), cuts) == by_rule
    assert found.line_ids.dtype == np.int32


def test_selecting_text() -> None:
    assert select_text("a\nb\n\nc", [0, 2, 3], 4) == "a\n\nc"
    assert select_text("a\nb", [0, 1], 2) == "a\nb"
    assert select_text("a\nb", [], 2) == ""
