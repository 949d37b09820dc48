"""Rows of tokens: every token once, bounds kept, taken up to the token."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.pretraining.packing import PackedReader, TokenRow
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.pretraining.states import merge_states
from tests.pretraining.test_reader import with_columns

Write = Callable[..., Path]
LENGTHS = [0, 1, 3, 7, 8, 9, 20, 41]


def tokenize(texts: list[str]) -> list[list[int]]:
    """Document n gives n * 100, n * 100 + 1, ... as many as its text says."""
    found = []
    for text in texts:
        number, length = map(int, text.split())
        found.append([number * 100 + i for i in range(length)])
    return found


@pytest.fixture
def run(corpus: Write) -> Path:
    return corpus({("en", "all"): [f"{n} {LENGTHS[n % 8]}" for n in range(1, 65)]})


def tokens_of(rows: list[TokenRow]) -> list[int]:
    return [token for row in rows for token in row.input_ids[row.segments > 0].tolist()]


def in_order(run: Path, count: int, seed: int = 2) -> list[int]:
    """The tokens of the first documents."""
    documents = PretrainingReader(run, seed=seed).read(count)
    return [token for tokens in tokenize([document.text for document in documents]) for token in tokens]


def test_packed_rows_are_full_and_hold_the_tokens_in_order(run: Path) -> None:
    rows = list(islice(PackedReader(PretrainingReader(run, seed=2), tokenize, length=16), 100))
    assert tokens_of(rows) == in_order(run, 400)[:1600]
    for row in rows:
        assert [len(each) for each in row[:3]] == [16] * 3
        assert row.segments.min() == 1 and row.segments.max() == len(row.documents)
        for segment, doc_id in enumerate(row.documents, 1):
            piece = row.input_ids[row.segments == segment]
            assert {f"en-all-{token // 100 - 1}" for token in piece.tolist()} == {doc_id}
            assert row.positions[row.segments == segment].tolist() == list(range(len(piece)))


def test_padded_rows_hold_one_document_or_a_piece_of_it(run: Path) -> None:
    rows = list(islice(PackedReader(PretrainingReader(run, seed=2), tokenize, 16, "padded", pad_id=-1), 100))
    assert tokens_of(rows) == in_order(run, 400)[: len(tokens_of(rows))]
    assert {len(row.documents) for row in rows} == {1}
    assert Counter(int((row.segments == 1).sum()) for row in rows).keys() == {1, 3, 7, 8, 9, 4, 16}
    assert all((row.input_ids[row.segments == 0] == -1).all() for row in rows)


@pytest.mark.parametrize("mode", ["packed", "padded"])
@pytest.mark.parametrize("before", [0, 1, 30, 77, 400])
def test_a_state_goes_on_with_the_very_next_token(run: Path, mode: str, before: int) -> None:
    def packed() -> PackedReader:
        return PackedReader(PretrainingReader(run, seed=2, rank=1, world_size=2), tokenize, 16, mode)  # type: ignore[arg-type]

    first = packed()
    list(islice(first, before))
    state = json.loads(json.dumps(first.state_dict()))
    assert len(json.dumps(state)) < 1500
    second = packed()
    list(islice(second, 5))
    second.load_state_dict(state)
    for one, other in zip(islice(first, 200), islice(second, 200), strict=True):
        assert [each.tolist() for each in one[:3]] == [each.tolist() for each in other[:3]]
        assert one.documents == other.documents


def test_no_token_is_lost_or_given_twice_on_other_numbers_of_ranks(run: Path) -> None:
    base = PretrainingReader(run, seed=2)
    seen: Counter[int] = Counter()
    state = None
    for world_size, rows in ((3, 41), (8, 13), (1, 60), (2, 7)):
        packed = [PackedReader(base.part(rank, world_size), tokenize, 16) for rank in range(world_size)]
        for each in packed:
            if state is not None:
                each.load_state_dict(state)
            seen.update(tokens_of(list(islice(each, rows))))
        state = merge_states([json.loads(json.dumps(each.state_dict())) for each in packed])
    assert state is not None and state["skip"]
    last = PackedReader(base, tokenize, 1)
    last.load_state_dict(state)
    # What they drew was of the first block, of three times 4,096 draws.
    whole = Counter(in_order(run, 3 * 4096))
    seen.update(tokens_of(list(islice(last, whole.total() - seen.total()))))
    assert seen == whole


def test_the_last_row_of_the_held_out_side_is_padded(run: Path) -> None:
    with_columns(run, "all", split=["validation" if i >= 56 else "train" for i in range(64)])
    plan = json.loads((run / "sampling.json").read_text())
    plan["languages"]["en"]["buckets"]["all"]["documents"] = 56
    (run / "sampling.json").write_text(json.dumps(plan))
    rows = list(PackedReader(PretrainingReader(run, split="validation"), tokenize, 16))
    assert len(rows) == 6 and sum(LENGTHS) == 89
    assert [int((row.segments > 0).sum()) for row in rows] == [16] * 5 + [9]
    assert tokens_of(rows) == [token for n in range(57, 65) for token in tokenize([f"{n} {LENGTHS[n % 8]}"])[0]]
    assert rows[-1].input_ids.dtype == np.int64


def test_rows_of_another_length_go_on_and_rows_of_nothing_are_refused(run: Path) -> None:
    base = PretrainingReader(run, seed=2)
    first = PackedReader(base, tokenize, 16)
    list(islice(first, 5))
    other = PackedReader(base.part(0, 1), tokenize, 7, "padded")
    other.load_state_dict(first.state_dict())
    going_on = tokens_of(list(islice(other, 30)))
    assert going_on == in_order(run, 100)[80 : 80 + len(going_on)]
    with pytest.raises(ValueError, match="rows of 0 tokens"):
        PackedReader(base, tokenize, 0)
