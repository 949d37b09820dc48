"""Spans by winnowed runs and hashed windows are those that comparing every window with every other finds."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.dedup.spans import (
    COUNTS,
    compare_windows,
    count_runs,
    join_windows,
    runs_of_texts,
    shared_runs,
    taken_runs,
    windows_around,
    windows_of_texts,
)
from ccnet_lite.text.located import locate

Found = tuple[str, int, int, int, str | None, int | None]


def spans(shards: list[list[str]], least: int, ranges: int = 1) -> pa.Table:
    """Rows of `spans`; document n of shard s is called s/n. ranges: in how many windows are compared."""
    counts = []
    for shard, texts in enumerate(shards):
        values, _, rows = runs_of_texts(texts, least)
        counts.append(count_runs(shard, values, rows))
    shared = shared_runs(pa.Table.from_batches(counts, COUNTS))
    windows = []
    for shard, texts in enumerate(shards):
        keys = shared.filter(pa.compute.equal(shared["shard"], shard))["key"].to_numpy()
        ids = [f"{shard}/{number}" for number in range(len(texts))]
        if len(keys):
            windows += windows_of_texts(texts, ids, range(len(texts)), shard, keys, least)
    if not windows:
        return pa.table({"doc_id": pa.array([], pa.string())})
    table = pa.Table.from_batches(windows)
    part = table["route"].to_numpy() % ranges
    pieces = [compare_windows(table.filter(pa.array(part == number))) for number in range(ranges)]
    return join_windows(pa.concat_tables(pieces), least)


def found(table: pa.Table) -> list[Found]:
    names = ("doc_id", "begin", "end", "tokens", "original", "original_begin")
    return [tuple(row[name] for name in names) for row in table.to_pylist()]  # type: ignore[misc]


def naive(shards: list[list[str]], least: int) -> dict[str, set[int]]:
    """By document, the tokens that lie in a window that a document before it has; each against each."""
    documents = [(f"{s}/{n}", locate(text)) for s, texts in enumerate(shards) for n, text in enumerate(texts)]
    words = {name: tokens.data.split() for name, tokens in documents}
    names = [name for name, _ in documents]
    marked: dict[str, set[int]] = {}
    for number, name in enumerate(names):
        own = words[name]
        for place in range(len(own) - least + 1):
            window = own[place : place + least]
            if any(
                words[other][at : at + least] == window
                for other in names[:number]
                for at in range(len(words[other]) - least + 1)
            ):
                marked.setdefault(name, set()).update(range(place, place + least))
    return marked


def covered(shards: list[list[str]], table: pa.Table) -> dict[str, set[int]]:
    """The same of rows of `spans`; checks that each says so many tokens, and those of its original."""
    marked: dict[str, set[int]] = {}
    for row in table.to_pylist():
        if row["original"] is None:
            continue
        (text, other) = (
            shards[int(name.split("/")[0])][int(name.split("/")[1])] for name in (row["doc_id"], row["original"])
        )
        here = locate(text[row["begin"] : row["end"]])
        assert len(here) == row["tokens"]
        assert here.data == locate(other[row["original_begin"] : row["original_end"]]).data
        before = len(locate(text[: row["begin"]]))
        marked.setdefault(row["doc_id"], set()).update(range(before, before + row["tokens"]))
    return marked


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40).map(" ".join)
LETTERS = st.text(alphabet="東京都", max_size=40)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.lists(st.one_of(WORDS, LETTERS), max_size=4), max_size=3),
    st.integers(2, 9),
    st.integers(1, 4),
)
def test_as_each_against_each(shards: list[list[str]], least: int, ranges: int) -> None:
    table = spans(shards, least, ranges)
    assert covered(shards, table) == naive(shards, least)


def test_literal_spans() -> None:
    first = "Zero one two three four five six seven eight nine."
    second = "Here: ONE, two - three four five; and more"
    third = "five six seven eight was said, one two three four five"
    rows = found(spans([[first], [second, third]], 4))
    assert rows == [
        ("0/0", 5, 44, 8, None, None),  # one .. eight, which others copy in two pieces
        ("1/0", 6, 32, 5, "0/0", 5),
        ("1/1", 0, 20, 4, "0/0", 24),
        ("1/1", 31, 54, 5, "0/0", 5),
    ]


def test_the_first_is_told_by_shard_then_position_and_repeats_within_a_document_are_none() -> None:
    run = "alpha beta gamma delta epsilon"
    rows = found(spans([[f"x {run} {run}"], ["other", run]], 5))
    assert rows == [("0/0", 2, 32, 5, None, None), ("1/1", 0, 30, 5, "0/0", 2)]
    assert found(spans([[f"{run} {run}"], ["nothing else"]], 5)) == []


def test_one_token_less_is_not_found() -> None:
    assert found(spans([["a b c d e f g h"], ["x b c d e f g y"]], 7)) == []
    assert len(found(spans([["a b c d e f g h"], ["x b c d e f g y"]], 6))) == 2


def test_a_span_of_two_originals_is_two_rows() -> None:
    rows = found(spans([["a b c d e"], ["v w x y z"], ["a b c d e v w x y z"]], 5))
    assert [row for row in rows if row[4]] == [("2/0", 0, 9, 5, "0/0", 0), ("2/0", 10, 19, 5, "1/0", 0)]


def test_taken_runs_depend_on_their_window_alone() -> None:
    random = np.random.default_rng(3)
    least = 12
    shared = random.integers(0, 2**63, least, dtype=np.uint64)
    taken = []
    for before in (0, 5, 40):
        hashes = np.concatenate((random.integers(0, 2**63, before, dtype=np.uint64), shared))
        hashes = np.concatenate((hashes, random.integers(0, 2**63, 30, dtype=np.uint64)))
        values, places, rows = taken_runs(hashes, np.array([0, len(hashes)]), least)
        assert (np.diff(places) > 0).all() and not rows.any()
        taken.append(set(values.tolist()))
    assert taken[0] & taken[1] & taken[2]


def test_a_text_of_one_word_stays_linear() -> None:
    hashes = np.zeros(1000, np.uint64)
    values, places, _ = taken_runs(hashes, np.array([0, 1000]), 50)
    assert len(places) == 1000 - 50 + 1 and len(set(values.tolist())) == 1


@pytest.mark.parametrize(
    ("places", "n_tokens", "expected"),
    [([0], 4, [0]), ([3], 20, [1, 2, 3]), ([3, 4], 20, [1, 2, 3, 4]), ([0, 16], 18, [0, 14])],
)
def test_windows_around(places: list[int], n_tokens: int, expected: list[int]) -> None:
    assert windows_around(np.array(places), n_tokens, 4).tolist() == expected


def test_counts_are_of_documents() -> None:
    counted = count_runs(3, np.array([5, 5, 7, 9, 9], np.uint64), np.array([0, 0, 1, 1, 2]))
    assert counted.to_pylist() == [
        {"route": 5, "shard": 3, "documents": 1},
        {"route": 7, "shard": 3, "documents": 1},
        {"route": 9, "shard": 3, "documents": 2},
    ]
    other = count_runs(4, np.array([7], np.uint64), np.array([0]))
    shared = shared_runs(pa.Table.from_batches([counted, other]))
    assert shared.to_pylist() == [{"shard": 3, "key": 7}, {"shard": 3, "key": 9}, {"shard": 4, "key": 7}]
