"""Paragraphs that a document says twice: held against the docstring, line by line."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.kernels.copies import COPIED_SHARE, COPY_CHARS, SAID_BEFORE, said_before, with_copies


def told(documents: list[list[tuple[int, int]]], open_: list[bool] | None = None) -> list[bool]:
    """documents: of each its lines as (key, characters)."""
    lines = [line for document in documents for line in document]
    offsets = np.cumsum([0, *map(len, documents)])
    keys, chars = (np.array([line[at] for line in lines], kind) for at, kind in ((0, np.int64), (1, np.int32)))
    stays = np.ones(len(lines), np.bool_) if open_ is None else np.array(open_, np.bool_)
    return said_before(keys, chars, offsets, stays).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("document", "copies"),
    [
        ([(1, 300), (2, 200), (1, 300), (2, 200)], [2, 3]),
        ([(1, 300), (1, 300), (1, 300)], [1, 2]),
        ([(1, 100), (1, 100)], [1]),
        ([(1, 99), (1, 99)], []),  # a line of verse
        ([(1, 100), (2, 200), (1, 100)], [2]),  # a quarter
        ([(1, 100), (2, 201), (1, 100)], []),  # a quotation
        ([(1, 100), (2, 100), (3, 400)], []),
        ([], []),
    ],
)
def test_by_hand(document: list[tuple[int, int]], copies: list[int]) -> None:
    assert np.flatnonzero(told([document])).tolist() == copies
    # The documents before and behind it make no difference, though they have its lines.
    around = [[(1, 500)], document, [(2, 500), (9, 9)]]
    assert [at - 1 for at in np.flatnonzero(told(around))] == copies


def test_lines_that_are_cut_are_no_first_copies() -> None:
    document = [(1, 300), (1, 300), (1, 300)]
    assert told([document], [False, True, True]) == [False, False, True]
    assert told([document], [False, False, True]) == [False, False, False]
    # Nor does their length count: of what stays the copy is a quarter.
    assert told([[(1, 100), (2, 200), (3, 900), (1, 100)]], [True, True, False, True])[3]


@pytest.mark.parametrize("seed", range(60))
def test_random_documents(seed: int) -> None:
    rng = Random(seed)
    documents = [
        [(rng.randrange(5), rng.choice((20, 99, 100, 150, 400))) for _ in range(rng.randrange(9))]
        for _ in range(rng.randrange(1, 6))
    ]
    documents = [[(key, 60 * key + chars) for key, chars in document] for document in documents]
    open_ = [[rng.random() < 0.8 for _ in document] for document in documents]
    expected: list[bool] = []
    for document, stays in zip(documents, open_, strict=True):
        seen: set[int] = set()
        copies = []
        for (key, chars), stay in zip(document, stays, strict=True):
            long = stay and chars >= COPY_CHARS
            copies.append(long and key in seen)
            seen |= {key} if long else set()
        all_chars = sum(chars for (_, chars), stay in zip(document, stays, strict=True) if stay)
        copied = sum(chars for (_, chars), copy in zip(document, copies, strict=True) if copy)
        expected += [copy and copied >= COPIED_SHARE * all_chars for copy in copies]
    assert told(documents, [each for stays in open_ for each in stays]) == expected


def test_they_are_told_among_the_lines_that_rules_cut() -> None:
    ids = pa.array([[0, 4], [], [1]], pa.list_(pa.int32()))
    names = pa.array([["a", "b"], [], ["a"]], pa.list_(pa.string()))
    cut = {"list_lines_before": pa.array([1, 0, 0]), "rule_lines": ids, "rule_line_names": names}
    offsets = np.array([0, 6, 8, 10])
    copies = np.zeros(10, np.bool_)
    assert with_copies(cut, copies, offsets) is cut
    copies[[2, 5, 7]] = True
    found = with_copies(cut, copies, offsets)
    assert found["rule_lines"].to_pylist() == [[0, 2, 4, 5], [1], [1]]
    assert found["rule_line_names"].to_pylist() == [["a", SAID_BEFORE, "b", SAID_BEFORE], [SAID_BEFORE], ["a"]]
    assert found["rule_lines"].type == ids.type and found["list_lines_before"] is cut["list_lines_before"]
