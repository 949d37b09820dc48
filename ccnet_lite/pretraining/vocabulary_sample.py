"""Which documents a vocabulary is trained on: so much text of each part of a corpus, drawn by a hash of ids.

A part is one bucket of one language of one run. Each document has a key, a number in [0, 1) that follows from the
seed and its id alone. Of a part, the documents with the smallest keys are taken until there is as much text as its
share of the sample; a part with less text than that is taken whole, as often as it takes, and then its smallest
keys once more. So the sample is the same however the work is cut into tasks, and a larger one holds a smaller one.

Shares are of the sample's own unit, characters or lines: that much text comes of each part, to a document.

Not handled: reading the corpus (finished/train_vocab.py, on Spark).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.lines import lines
from ccnet_lite.pretraining.vocabulary import prepared
from ccnet_lite.sampling.plan import SamplingPlan
from ccnet_lite.sampling.probabilities import exponent_sampling
from ccnet_lite.sampling.statistics import language_counts
from ccnet_lite.store.corpus import TRAIN

SCHEMA = pa.schema(
    [
        pa.field("split", pa.string()),
        pa.field("key", pa.float64()),
        pa.field("size", pa.int64()),
        pa.field("text", pa.string()),
    ]
)
"""Of the files that the sample is gathered in, one a corpus file. size: characters, or lines, of the text."""
MARGIN, FEW = 1.5, 50
"""More documents are gathered than are needed on average: 1.5 times as many, and 50."""


class Part(NamedTuple):
    """One bucket of one language of one run."""

    run: str
    language: str
    bucket: str


def key_of(doc_id: str, seed: int) -> float:
    """A document's key, in [0, 1).

    >>> key_of("a", 1) == key_of("a", 1) != key_of("a", 2)
    True
    """
    digest = blake2b(f"{seed}\tvocabulary\t{doc_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) * 2.0**-53


def alpha_shares(plans: Mapping[str, SamplingPlan], alpha: float) -> dict[Part, float]:
    """Each part's share of the sample: q of its language over all runs, by its own share of the language.

    plans: by run. What each counts (`unit`) is what p is a share of.

    Raises:
        UserError: the runs count different units, hold no text, or a language was not counted.
    """
    units = sorted({plan.unit for plan in plans.values()})
    if len(units) > 1:
        raise UserError(f"the runs count {' and '.join(units)} (sampling.unit): run their sampling step alike")
    for run, plan in plans.items():
        unknown = [name for name, n in language_counts(plan.statistics, plan.unit).items() if n is None]
        if unknown:
            raise UserError(
                f"{run}: {plan.unit} of {', '.join(unknown)} were not counted (no model): run the sampling step "
                "with another sampling.unit, or give a --plan"
            )
    n = {
        Part(run, row.language, row.bucket): row.count(plan.unit) or 0
        for run, plan in plans.items()
        for row in plan.statistics
    }
    languages: dict[str, int] = {}
    for part, count in n.items():
        languages[part.language] = languages.get(part.language, 0) + count
    names = sorted(name for name, count in languages.items() if count)
    if not names:
        raise UserError(f"{', '.join(plans)}: there is no text to train a vocabulary on")
    q = dict(zip(names, exponent_sampling([languages[name] for name in names], alpha).tolist(), strict=True))
    return {
        part: q[part.language] * count / languages[part.language] for part, count in sorted(n.items()) if count
    }


def below(size: float, held: int, documents: int) -> float:
    """Keys below which documents are gathered to have `size`, where `documents` of them have `held`.

    >>> below(100, 1000, 1000), below(100, 1000, 40)
    (0.2, 1.0)
    """
    return min(MARGIN * size / max(held, 1) + FEW / max(documents, 1), 1.0)


def gathered(
    rows: pa.RecordBatch, text_column: str, seed: int, bounds: Mapping[str, float], kind: str, unit: str
) -> pa.RecordBatch:
    """Those documents (`SCHEMA`) whose keys are below the bound of their split, their lines as the kind has them.

    rows: doc_id, split and the text of a corpus. unit: characters or lines.
    """
    found: list[tuple[str, float, int, str]] = []
    columns = (rows.column(name).to_pylist() for name in ("doc_id", "split", text_column))
    for doc_id, split, text in zip(*columns, strict=True):
        key = key_of(doc_id, seed)
        if key < bounds[split]:
            # Of what is only measured, the text stays as it is.
            made = [prepared(line, kind) for line in lines(text)] if split == TRAIN else list(lines(text))
            made = [line for line in made if line]
            if made:
                size = len(made) if unit == "lines" else sum(map(len, made))
                found.append((split, key, size, "\n".join(made)))
    return pa.record_batch([[row[i] for row in found] for i in range(4)], schema=SCHEMA)


@dataclass(frozen=True)
class Taken:
    """How a part is taken from what was gathered: whole so often, then keys up to `last` once more.

    size: how much text that is, repeats counted.
    """

    times: int
    last: float
    size: int


def taken(keys: Sequence[float], sizes: Sequence[int], size: int) -> Taken:
    """How to take `size` of documents with these keys and sizes: no less, and the last document whole.

    >>> taken([0.3, 0.1, 0.2], [10, 10, 10], 15)
    Taken(times=0, last=0.2, size=20)
    >>> taken([0.3, 0.1, 0.2], [10, 10, 10], 70)
    Taken(times=2, last=0.1, size=70)
    """
    whole = int(sum(sizes))
    if not whole or size <= 0:
        return Taken(0, -1.0, 0)
    times, rest = divmod(size, whole)
    if not rest:
        return Taken(times, -1.0, size)
    order = np.argsort(np.asarray(keys, np.float64), kind="stable")
    sums = np.cumsum(np.asarray(sizes, np.int64)[order])
    end = int(np.searchsorted(sums, rest))
    return Taken(times, float(np.asarray(keys)[order[end]]), times * whole + int(sums[end]))


def sample_lines(batches: Iterable[pa.RecordBatch], how: Taken) -> Iterator[str]:
    """The lines of a part's share of the sample, a document's repeats one after another."""
    for batch in batches:
        columns = (batch.column(name).to_pylist() for name in ("split", "key", "text"))
        for split, key, text in zip(*columns, strict=True):
            if split == TRAIN:
                for _ in range(how.times + (key <= how.last)):
                    yield from text.split("\n")
