"""The dataset in StatefulDataLoader: taken up on as many workers, and on others."""

import copy
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra pretraining")
torchdata = pytest.importorskip("torchdata.stateful_dataloader", reason="needs the extra pretraining")

import torch  # noqa: E402

from ccnet_lite.errors import UserError  # noqa: E402
from ccnet_lite.pretraining.reader import PretrainingReader  # noqa: E402
from ccnet_lite.pretraining.states import merge_states  # noqa: E402
from ccnet_lite.pretraining.torch_dataset import PretrainingDataset, collate_rows  # noqa: E402
from tests.pretraining.test_packing import tokenize  # noqa: E402
from tests.pretraining.test_reader import TEXTS  # noqa: E402

Write = Callable[..., Path]


def loader(dataset: PretrainingDataset, workers: int, **options: Any) -> Any:
    return torchdata.StatefulDataLoader(dataset, batch_size=4, num_workers=workers, **options)


def batches(of: Any, count: int) -> list[list[str]]:
    return [list(batch.doc_id) for batch in islice(of, count)]


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
def test_a_loader_goes_on_with_the_next_batch(corpus: Write, workers: int) -> None:
    reader = PretrainingReader(corpus(TEXTS), seed=8)
    first = loader(PretrainingDataset(reader), workers)
    going = iter(first)
    for _ in range(7):
        next(going)
    state = copy.deepcopy(first.state_dict())
    expected = [list(next(going).doc_id) for _ in range(9)]
    second = loader(PretrainingDataset(reader), workers)
    second.load_state_dict(state)
    assert batches(second, 9) == expected


def test_ranks_and_workers_share_without_overlap_and_others_take_up(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), seed=8)
    seen: Counter[str] = Counter()
    states, alone = [], []
    for rank in range(2):
        of = loader(PretrainingDataset(reader, rank, 2), 3)
        going = iter(of)
        # Seven batches: the first worker gave three, the others two.
        read = [doc_id for _ in range(7) for doc_id in next(going).doc_id]
        seen.update(read)
        states.append(copy.deepcopy(of.state_dict()))
        alone.append(merge_states(states[-1:]))
    assert merge_states(states) == alone[0] == alone[1]
    assert merge_states(states)["taken"] == [12, 8, 8] * 2
    everything = Counter(document.doc_id for document in reader.part(0, 1).read(6 * 4096))
    for workers in (0, 2):
        dataset = PretrainingDataset(reader)
        dataset.load_state_dict(merge_states(states))
        rest = 6 * 4096 - seen.total()  # the block of six workers
        read = [doc_id for batch in batches(loader(dataset, workers), rest // 4) for doc_id in batch]
        assert Counter(seen + Counter(read)) == Counter(
            d.doc_id for d in PretrainingReader.read(reader.part(0, 1), 6 * 4096)
        )


def test_rows_of_tokens_in_batches(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"{n} {n % 23}" for n in range(1, 65)]})
    reader = PretrainingReader(run)
    dataset = PretrainingDataset(reader, tokenize=tokenize, length=16)
    first = loader(dataset, 2, collate_fn=collate_rows)
    going = iter(first)
    batch = next(going)
    assert batch["input_ids"].shape == batch["segments"].shape == (4, 16)
    assert batch["attention_mask"].dtype == torch.int64 and bool((batch["attention_mask"] == 1).all())
    assert [len(documents) for documents in batch["documents"]] == batch["segments"].max(dim=1).values.tolist()
    state = copy.deepcopy(first.state_dict())
    expected = [next(going)["input_ids"].tolist() for _ in range(5)]
    second = loader(PretrainingDataset(reader, tokenize=tokenize, length=16), 2, collate_fn=collate_rows)
    second.load_state_dict(state)
    assert [batch["input_ids"].tolist() for batch in islice(second, 5)] == expected
    # Two workers drew 64 documents each to make four rows; the rest of theirs is read again.
    dataset.load_state_dict(merge_states([state]))
    assert len(merge_states([state])["skip"]) <= 2
    assert next(iter(dataset)).input_ids.shape == (16,)


def test_a_plain_loop_saves_and_loads_the_dataset_itself(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), seed=8)
    dataset = PretrainingDataset(reader, rank=1, world_size=2)
    going = iter(dataset)
    list(islice(going, 30))
    state = dataset.state_dict()
    expected = list(islice(going, 50))
    other = PretrainingDataset(reader, rank=1, world_size=2)
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert list(islice(other, 50)) == expected


def test_states_that_are_older_than_their_batch_are_refused(corpus: Write) -> None:
    of = loader(PretrainingDataset(PretrainingReader(corpus(TEXTS))), 1, snapshot_every_n_steps=3)
    going = iter(of)
    next(going)
    with pytest.raises(UserError, match="give it snapshot_every_n_steps=1"):
        merge_states([of.state_dict()])
