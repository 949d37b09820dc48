"""Reads a finished run for pretraining: documents of all languages, mixed by q, shuffled, for ever.

    reader = PretrainingReader("run", alpha=0.3, seed=1, buckets=("head", "middle"))
    for language, text, doc_id in islice(reader, 1000): ...

Each step draws a language, takes the next document of its stream (streams.py), puts it into a buffer and
hands out a random one from there. Every draw is a hash of the seed, the rank and the step, so the order is
the same on every machine, and the state to resume from is small: numbers, no text.

q is a share of *units* (`unit` of sampling.json). Documents are drawn so that the units come out by q: a
language whose documents are twice as long is drawn half as often when the unit is bytes or tokens.

The buffer's size bounds the memory: it, and 64 documents a language. Give each worker of a data loader its
own rank (rank * workers + worker of world_size * workers).

Not handled: tokenising and packing; a state taken up by another number of ranks.
"""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Any, Literal

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.streams import Document, LanguageStream, RowGroup, Run, row_groups, uniform
from ccnet_lite.sampling.plan import SamplingPlan, read_plan
from ccnet_lite.sampling.probabilities import exponent_sampling, unimax
from ccnet_lite.sampling.statistics import BUCKETS, language_counts
from ccnet_lite.store.places import Place

Alpha = float | Literal["unimax"]
_STATE_VERSION = 1


class PretrainingReader:
    """An endless iterator over `Document(language, text, doc_id)`.

    Args:
        run: The output folder of a finished run (holds sampling.json and corpus/), a path or a URI.
        alpha: The exponent of q, or "unimax".
        seed: Of the order and of the draws.
        buckets: Which buckets to read; None reads all. q is that of the text in these buckets.
        languages: Which languages to read; None reads all. q is that of these languages.
        rank, world_size: This reader's part: in one epoch of a language, no document goes to two ranks.
        buffer_size: Documents in the shuffle buffer.

    Raises:
        UserError: the run, a language or a bucket is not there, or the files don't hold what sampling.json
            counted.
    """

    def __init__(
        self,
        run: Run,
        alpha: Alpha = 0.3,
        seed: int = 0,
        buckets: Sequence[str] | None = None,
        languages: Sequence[str] | None = None,
        rank: int = 0,
        world_size: int = 1,
        buffer_size: int = 10_000,
    ):
        if not (world_size > 0 and 0 <= rank < world_size and buffer_size > 0):
            raise ValueError(f"rank {rank} of {world_size}, buffer of {buffer_size}: out of range")
        plan = read_plan(run)
        self.q = language_shares(plan, alpha, buckets, languages, run)
        """Each language's share of the units read, sorted by language."""
        groups = {language: _checked_groups(run, plan, language, buckets) for language in self.q}
        self._streams = {
            language: LanguageStream(run, language, groups[language], seed, rank, world_size, plan.text_column)
            for language in self.q
        }
        self._languages = list(self.q)
        self._bounds = list(accumulate(document_shares(plan, self.q, buckets).values()))
        self._draw_key = (seed, "draw", rank)
        self._buffer_size = buffer_size
        self._buffer: list[tuple[int, int, Document]] = []
        self._step = 0
        self._identity = {
            "alpha": alpha if isinstance(alpha, str) else float(alpha),
            "seed": seed,
            "buckets": None if buckets is None else sorted(buckets),
            "languages": self._languages,
            "rank": rank,
            "world_size": world_size,
            "buffer_size": buffer_size,
            "corpus": _digest(groups),
        }

    def __iter__(self) -> "PretrainingReader":
        return self

    def __next__(self) -> Document:
        while True:
            which, where = uniform(*self._draw_key, self._step)
            # The last bound may be a hair under 1.
            index = min(bisect_right(self._bounds, which), len(self._bounds) - 1)
            stream = self._streams[self._languages[index]]
            document = next(stream)
            entry = (stream.epoch, stream.position - 1, document)
            self._step += 1
            if len(self._buffer) < self._buffer_size:
                self._buffer.append(entry)
                continue
            slot = int(where * self._buffer_size)
            self._buffer[slot], entry = entry, self._buffer[slot]
            return entry[2]

    @property
    def epochs(self) -> dict[str, float]:
        """Passes over each language's text so far, those in the buffer included."""
        return {language: stream.epochs for language, stream in self._streams.items()}

    def state_dict(self) -> dict[str, Any]:
        """Where the reader is, as plain JSON values: give it to `load_state_dict` of an equal reader."""
        return {
            "version": _STATE_VERSION,
            "reader": self._identity,
            "step": self._step,
            "streams": {language: [s.epoch, s.position] for language, s in self._streams.items()},
            "buffer": [[document.language, epoch, position] for epoch, position, document in self._buffer],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken: what comes next is what would have come next there.

        The buffered documents are read again from the corpus.

        Raises:
            UserError: the state is of a reader with other arguments or of another corpus, naming the first.
        """
        if state.get("version") != _STATE_VERSION:
            raise UserError(f"reader state has version {state.get('version')}, this reader {_STATE_VERSION}")
        for name, here in self._identity.items():
            there = state["reader"].get(name)
            if there != here:
                raise UserError(f"reader state was saved with {name} = {there}, this reader has {here}")
        self._step = state["step"]
        for language, (epoch, position) in state["streams"].items():
            self._streams[language].seek(epoch, position)
        self._buffer = self._refill([tuple(entry) for entry in state["buffer"]])

    def _refill(self, places: list[tuple[str, int, int]]) -> list[tuple[int, int, Document]]:
        """The buffer's documents, each epoch of each language read once."""
        wanted: dict[tuple[str, int], list[int]] = {}
        for language, epoch, position in sorted(places):
            wanted.setdefault((language, epoch), []).append(position)
        found: dict[tuple[str, int, int], Document] = {}
        for (language, epoch), positions in wanted.items():
            documents = self._streams[language].fetch(epoch, positions)
            for position, document in zip(positions, documents, strict=True):
                found[language, epoch, position] = document
        return [(epoch, position, found[language, epoch, position]) for language, epoch, position in places]


def language_shares(
    plan: SamplingPlan,
    alpha: Alpha,
    buckets: Sequence[str] | None,
    languages: Sequence[str] | None,
    run: Run,
) -> dict[str, float]:
    """The shares q over the given buckets and languages; a language without text there is left out.

    Raises:
        UserError: nothing to read, an unknown bucket or language, or a language that was not counted.
    """
    unknown = sorted(set(buckets or ()) - set(BUCKETS))
    if unknown:
        raise UserError(f"bucket {unknown[0]} does not exist: the buckets are {', '.join(BUCKETS)}")
    counts = language_counts(plan.statistics, plan.unit, buckets)
    if languages is not None:
        missing = sorted(set(languages) - set(counts))
        if missing:
            raise UserError(f"{run} holds no {missing[0]}: it holds {', '.join(counts) or 'nothing'}")
        counts = {language: n for language, n in counts.items() if language in languages}
    uncounted = [language for language, n in counts.items() if n is None]
    if uncounted:
        raise UserError(
            f"{run}: {plan.unit} of {', '.join(uncounted)} were not counted (no model): name the languages "
            "to read, or run the sampling step with another sampling.unit"
        )
    names = [language for language, n in counts.items() if n]
    n = [counts[language] or 0 for language in names]
    if not names:
        raise UserError(f"{run} holds no text in the buckets and languages asked for")
    if alpha == "unimax":
        q, _ = unimax(n, plan.budget, plan.unimax_max_epochs)
    else:
        q = exponent_sampling(n, float(alpha))
    return dict(zip(names, q.tolist(), strict=True))


def document_shares(plan: SamplingPlan, q: dict[str, float], buckets: Sequence[str] | None) -> dict[str, float]:
    """How often to draw a document of each language so that units come out by q: ~ q / (units a document)."""
    units = language_counts(plan.statistics, plan.unit, buckets)
    documents = language_counts(plan.statistics, "documents", buckets)
    weights = np.array([share * (documents[name] or 0) / (units[name] or 1) for name, share in q.items()])
    return dict(zip(q, (weights / weights.sum()).tolist(), strict=True))


def _checked_groups(
    run: Run, plan: SamplingPlan, language: str, buckets: Sequence[str] | None
) -> tuple[RowGroup, ...]:
    groups = row_groups(run, language, BUCKETS if buckets is None else buckets)
    found = sum(group.rows for group in groups)
    counted = language_counts(plan.statistics, "documents", buckets)[language]
    if found != counted:
        raise UserError(
            f"{Place.of(run) / 'corpus'} holds {found} documents of {language}, sampling.json counted {counted}: "
            "call ccnet-lite run again"
        )
    return groups


def _digest(groups: dict[str, tuple[RowGroup, ...]]) -> str:
    """Names and rows of every row group: another corpus, another digest."""
    lines = [f"{g.file}\t{g.index}\t{g.rows}\n" for language in sorted(groups) for g in groups[language]]
    return blake2b("".join(lines).encode(), digest_size=16).hexdigest()
