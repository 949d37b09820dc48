"""Training examples of the six models, made of a reader's documents: what is predicted, and from what.

    masked_pieces      a stretch of a document                       XLM-R, mBERT, DistilBERT; XLM with `languages`
    next_sentences     two segments: half follow one another, half   BERT, mBERT
                       are of two documents of one language
    sentence_order     two segments that follow one another,         ALBERT
                       half of them swapped

Which tokens are masked is drawn anew for each batch (collating.py); XLM's translation pairs are in translation.py.
Full rows over the bounds of documents, as RoBERTa and XLM-R have them, are `packing.py`'s.

What is exact: equal seeds give equal examples, and a state of `Examples` goes on with the very next one, on as
many ranks. It holds the text of the documents in hand: one a language where a second document is needed, else one.
For another number of ranks, join `state["reader"]` of all ranks (`merge_states`) and give it to the reader:
documents in hand are then left out in this epoch.

Not handled: tokens of a document's last segment where it is shorter than two sentences, which pairs leave out.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from ccnet_lite.pretraining.cursor import Document
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.pretraining.sentences import split_sentences
from ccnet_lite.pretraining.vocabulary import KINDS, Vocabulary


class Example(NamedTuple):
    """What a model is given, special tokens included.

    token_types: 0 and 1, the first and the second segment. languages: by token, XLM's ids; else empty.
    positions: where they do not simply count up; else empty. label: 0 where the second segment follows the first,
    1 where it does not, or comes before it; None without such a task.
    """

    input_ids: list[int]
    token_types: list[int]
    languages: Sequence[int] = ()
    positions: Sequence[int] = ()
    label: int | None = None


Make = Callable[[Document, Document | None, np.random.Generator], list[Example]]
"""From a document, another of its language (None: not asked for) and random numbers of its own."""


class Examples:
    """An iterator over the examples of a reader's documents; ends where the reader does.

    Args:
        reader: Whose documents; it is this one's from now on.
        make: `masked_pieces(...)`, `next_sentences(...)` or `sentence_order(...)`.
        seed: Of what is drawn; a document's draw counts besides, so that epochs differ.
        another: Whether `make` needs a second document: the next of the same language, for which the first waits.
    """

    def __init__(self, reader: PretrainingReader, make: Make, seed: int = 0, another: bool = False):
        self.reader = reader
        self._make, self._seed, self._another = make, seed, another
        self._waiting: dict[str, tuple[int, Document]] = {}
        self._now: tuple[int, Document, Document | None] | None = None
        self._given = 0
        self._made: deque[Example] = deque()

    def __iter__(self) -> "Examples":
        return self

    def __next__(self) -> Example:
        while not self._made:
            self._advance()
        self._given += 1
        return self._made.popleft()

    def state_dict(self) -> dict[str, Any]:
        """Where it is, as plain JSON values: the reader's state, and the documents in hand."""
        return {
            "reader": self.reader.state_dict(),
            "waiting": {name: [draw, *document] for name, (draw, document) in self._waiting.items()},
            "now": [self._now[0], [*self._now[1]], [*self._now[2]] if self._now[2] else None]
            if self._now
            else None,
            "given": self._given,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken.

        Raises:
            UserError: as the reader's.
        """
        self.reader.load_state_dict(state["reader"])
        self._waiting = {name: (draw, Document(*rest)) for name, (draw, *rest) in state["waiting"].items()}
        self._now, self._given = None, 0
        self._made.clear()
        if state["now"]:
            draw, document, other = state["now"]
            self._begin(draw, Document(*document), Document(*other) if other else None)
            for _ in range(state["given"]):
                next(self)

    def _advance(self) -> None:
        draws, documents = self.reader.read_drawn(1)
        if not documents:
            raise StopIteration
        draw, document = draws[0], documents[0]
        if not self._another:
            self._begin(draw, document, None)
            return
        before = self._waiting.get(document.language)
        self._waiting[document.language] = (draw, document)
        # The same document again, in a language's next epoch, is no other one.
        if before is not None and before[1].doc_id != document.doc_id:
            self._begin(before[0], before[1], document)

    def _begin(self, draw: int, document: Document, other: Document | None) -> None:
        self._now, self._given = (draw, document, other), 0
        self._made = deque(self._make(document, other, np.random.default_rng((self._seed, draw))))


def specials(vocabulary: Vocabulary) -> tuple[int, int]:
    """The ids of the tokens that begin and that end a segment."""
    first = "[CLS]" if "[CLS]" in KINDS[vocabulary.kind].specials else "<s>"
    return vocabulary.tokens.index(first), vocabulary.end_id


def masked_pieces(vocabulary: Vocabulary, length: int, languages: Mapping[str, int] | None = None) -> Make:
    """Documents cut into stretches of up to `length` tokens, special tokens included; the last may be shorter.

    languages: XLM's ids; each example then says that of its document.
    """
    first, end = specials(vocabulary)

    def make(document: Document, other: Document | None, rng: np.random.Generator) -> list[Example]:
        ids = vocabulary.encode([document.text])[0]
        made = []
        for start in range(0, len(ids), length - 2):
            tokens = [first, *ids[start : start + length - 2], end]
            named = [languages[document.language]] * len(tokens) if languages else ()
            made.append(Example(tokens, [0] * len(tokens), named))
        return made

    return make


def next_sentences(vocabulary: Vocabulary, length: int) -> Make:
    """BERT's pairs: sentences up to `length` tokens, cut in two at random; half go on with another document's.

    Sentences whose place the other document took come again in the next pair. `Examples` needs `another=True`.
    """
    return _pairs(vocabulary, length, _followed_by_another)


def sentence_order(vocabulary: Vocabulary, length: int) -> Make:
    """ALBERT's pairs: sentences up to `length` tokens, cut in two at random; half of the pairs are swapped."""
    return _pairs(vocabulary, length, None)


Tokens = list[list[int]]
"""Sentences, each as ids."""


def _pairs(
    vocabulary: Vocabulary, length: int, replaced: Callable[[Tokens, int, np.random.Generator], list[int]] | None
) -> Make:
    first, end = specials(vocabulary)
    room = length - 3

    def make(document: Document, other: Document | None, rng: np.random.Generator) -> list[Example]:
        sentences = _sentences(vocabulary, document, room // 2)
        others = _sentences(vocabulary, other, room // 2) if other else []
        made: list[Example] = []
        start = 0
        while (stop := _filled(sentences, start, room)) - start >= 2:
            cut = start + int(rng.integers(1, stop - start))
            one, two = list(chain(*sentences[start:cut])), list(chain(*sentences[cut:stop]))
            label = int(rng.random() < 0.5)
            start = stop
            if label and replaced is None:
                one, two = two, one
            elif label and replaced is not None and others:
                two, start = replaced(others, room - len(one), rng), cut
            elif replaced is not None:
                label = 0
            tokens = [first, *one, end, *two, end]
            made.append(Example(tokens, [0] * (len(one) + 2) + [1] * (len(two) + 1), label=label))
        return made

    return make


def _followed_by_another(others: Tokens, room: int, rng: np.random.Generator) -> list[int]:
    begin = int(rng.integers(len(others)))
    stop = max(_filled(others, begin, room), begin + 1)
    return list(chain(*others[begin:stop]))[:room]


def _filled(sentences: Sequence[list[int]], start: int, room: int) -> int:
    """Where the sentences from `start` on that fit the room end."""
    size, stop = 0, start
    while stop < len(sentences) and size + len(sentences[stop]) <= room:
        size += len(sentences[stop])
        stop += 1
    return stop


def _sentences(vocabulary: Vocabulary, document: Document, most: int) -> Tokens:
    """A document's sentences as ids, longer ones in pieces of up to `most`, so that two always fit."""
    found = vocabulary.encode(split_sentences(document.text, document.language))
    return [ids[at : at + most] for ids in found for at in range(0, len(ids), most)]
