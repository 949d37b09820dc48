"""The reader as a PyTorch dataset, of documents or of rows of tokens, for torchdata's StatefulDataLoader.

    dataset = PretrainingDataset(PretrainingReader("run", seed=1), rank=rank, world_size=world_size)
    loader = StatefulDataLoader(dataset, batch_size=32, num_workers=4)

Each worker of each rank is a rank of the reader. What is exact: on as many ranks and workers, the loader's
`state_dict()` and `load_state_dict()` go on with the very next batch. For another number, join the states of the
loaders of all ranks, `merge_states([...])`, and give the result to `dataset.load_state_dict` before a loader is
made: no example is lost or given twice. That of rank 0 alone will do where all ranks have taken as many batches.

Not handled: batches. A training loader is endless, so stop by steps.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from ccnet_lite.pretraining.extra import WITHOUT_TORCH
from ccnet_lite.pretraining.packing import PackedReader, Tokenize, TokenRow
from ccnet_lite.pretraining.reader import PretrainingReader

try:
    import torch
    from torch.utils.data import IterableDataset, get_worker_info
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(WITHOUT_TORCH, name=error.name) from None


class PretrainingDataset(IterableDataset[Any]):  # type: ignore[misc]
    """Documents, as `Document(language, text, doc_id)`; with `tokenize`, rows of tokens, as `TokenRow`.

    Args:
        reader: Of what; its own rank does not count here.
        rank, world_size: Of the process; None asks torch.distributed, and is 0 of 1 where that is not used.
        tokenize, length, mode, pad_id: As in PackedReader.
    """

    def __init__(
        self,
        reader: PretrainingReader,
        rank: int | None = None,
        world_size: int | None = None,
        tokenize: Tokenize | None = None,
        length: int = 512,
        mode: Literal["packed", "padded"] = "packed",
        pad_id: int = 0,
    ):
        spread = torch.distributed.is_available() and torch.distributed.is_initialized()
        self._reader = reader
        self._rank = rank if rank is not None else torch.distributed.get_rank() if spread else 0
        self._world_size = (
            world_size if world_size is not None else torch.distributed.get_world_size() if spread else 1
        )
        self._tokenize, self._length, self._mode, self._pad_id = tokenize, length, mode, pad_id
        self._state: Mapping[str, Any] | None = None
        self._last = self._made(0, 1)

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        self._last = self._made(number, workers)
        if self._state is not None:
            self._last.load_state_dict(self._state)
            self._state = None
        return self._last

    def state_dict(self) -> dict[str, Any]:
        """Where the last iterator is that was made in this process: all there is to save without workers."""
        return dict(self._state) if self._state is not None else self._last.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Begin the next iteration there: a state of a reader, or of all ranks and workers (`merge_states`).

        Raises:
            UserError: as the reader's.
        """
        self._last.load_state_dict(state)
        self._state = state

    def _made(self, number: int, workers: int) -> PretrainingReader | PackedReader:
        reader = self._reader.part(self._rank * workers + number, self._world_size * workers)
        if self._tokenize is None:
            return reader
        return PackedReader(reader, self._tokenize, self._length, self._mode, self._pad_id)


def collate_rows(rows: list[TokenRow]) -> dict[str, Any]:
    """A batch: tensors (rows, length) of input_ids, segments, position_ids and attention_mask, and `documents`.

    attention_mask is 1 where there is a token: models that shall not attend over the bounds of documents make
    theirs of `segments`.
    """
    segments = np.stack([row.segments for row in rows])
    return {
        "input_ids": torch.from_numpy(np.stack([row.input_ids for row in rows])),
        "segments": torch.from_numpy(segments),
        "position_ids": torch.from_numpy(np.stack([row.positions for row in rows])),
        "attention_mask": torch.from_numpy((segments > 0).astype(np.int64)),
        "documents": [row.documents for row in rows],
    }
