"""Documents as tokens in rows of a fixed length, their bounds kept beside.

    packed   rows are full: a document goes on in the next row, and the next one begins where it ends
    padded   a document begins a row; where it is longer, it goes on in the next; the rest is padding

Beside the tokens stand segments (1, 2, ... by document, 0 for padding: what attends to what) and positions (from 0
where a row or a document begins).

A state holds no text and no tokens: the documents that were not given whole are read and tokenised again, and as
much of the first as was given is left out. That is as exact as the reader (reader.py), to the token, on another
number of ranks, too: the draw of a document that was given in part is in the state, and whoever draws it leaves
that much out. Rows are then cut at other places.

Not handled: special tokens. The tokeniser puts them where they belong.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from ccnet_lite.pretraining.draws import Ints
from ccnet_lite.pretraining.reader import PretrainingReader

Tokenize = Callable[[list[str]], Sequence[Sequence[int]]]
"""From texts to the ids of each."""
BATCH = 64
"""Documents that are tokenised at a time."""


class TokenRow(NamedTuple):
    """A row of tokens; arrays of the row's length."""

    input_ids: Ints
    segments: Ints
    positions: Ints
    documents: tuple[str, ...]
    """The doc_id of segment 1, 2, ..."""


class _Pending(NamedTuple):
    draw: int
    doc_id: str
    tokens: Ints
    begin: int
    """Tokens that were given before."""


class PackedReader:
    """An iterator over rows of tokens of a reader's documents; ends where the reader does.

    Args:
        reader: Whose documents; it is this one's from now on.
        tokenize: From a list of texts to the ids of each, as
            `lambda texts: tokenizer(texts, verbose=False)["input_ids"]`.
        length: Tokens of a row.
        mode: "packed" or "padded".
        pad_id: What stands where there is no token.

    Raises:
        ValueError: a length below 1, another mode.
    """

    def __init__(
        self,
        reader: PretrainingReader,
        tokenize: Tokenize,
        length: int = 512,
        mode: Literal["packed", "padded"] = "packed",
        pad_id: int = 0,
    ):
        if length < 1 or mode not in ("packed", "padded"):
            raise ValueError(f"rows of {length} tokens, {mode}: length must be above 0, mode packed or padded")
        self.reader = reader
        self._tokenize, self._length, self._mode, self._pad_id = tokenize, length, mode, pad_id
        self._pending: deque[_Pending] = deque()
        self._skip: dict[str, int] = {}

    def __iter__(self) -> "PackedReader":
        return self

    def __next__(self) -> TokenRow:
        tokens = np.full(self._length, self._pad_id, np.int64)
        segments, positions = np.zeros(self._length, np.int64), np.zeros(self._length, np.int64)
        documents: list[str] = []
        filled = 0
        while filled < self._length and (self._pending or self._fill()):
            first = self._pending.popleft()
            piece = first.tokens[first.begin : first.begin + self._length - filled]
            if not len(piece):  # a document without tokens
                continue
            end = filled + len(piece)
            tokens[filled:end] = piece
            documents.append(first.doc_id)
            segments[filled:end], positions[filled:end] = len(documents), np.arange(len(piece))
            filled = end
            if first.begin + len(piece) < len(first.tokens):
                self._pending.appendleft(first._replace(begin=first.begin + len(piece)))
            if self._mode == "padded":
                break
        if not documents:
            raise StopIteration
        return TokenRow(tokens, segments, positions, tuple(documents))

    def state_dict(self) -> dict[str, Any]:
        """Where it is, as plain JSON values; `merge_states` joins those of all ranks."""
        first = self._pending[0] if self._pending else None
        given = {str(first.draw): first.begin} if first and first.begin else {}
        return {
            **self.reader.state_dict(back=len(self._pending)),
            "skip": self._skip | given,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken.

        Rows of another length or mode go on as well; the tokens are the same if the tokeniser is.

        Raises:
            UserError: as the reader's.
        """
        self.reader.load_state_dict(state)
        self._pending.clear()
        self._skip = {draw: n for draw, n in state.get("skip", {}).items() if int(draw) >= state["step"]}

    def _fill(self) -> bool:
        """Read and tokenise; whether there is more."""
        draws, documents = self.reader.read_drawn(BATCH)
        if documents:
            found = self._tokenize([document.text for document in documents])
            for draw, document, tokens in zip(draws, documents, found, strict=True):
                begin = self._skip.get(str(draw), 0)
                self._pending.append(_Pending(draw, document.doc_id, np.asarray(tokens, np.int64), begin))
        return bool(documents)
