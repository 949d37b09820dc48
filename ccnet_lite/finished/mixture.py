"""A sampling plan of finished runs: their statistics, or their corpora's cluster weights, made into one plan.

Where documents count by their cluster weights or tiers, these are summed over the corpus' training side.
Documents, lines and characters are summed exactly; bytes, words and tokens are those of the statistics, raised as
characters are.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder, finished_corpus
from ccnet_lite.sampling.mixing import Held, Wish, mix
from ccnet_lite.sampling.mixture import SamplingMix
from ccnet_lite.sampling.plan import SamplingPlan, read_plan
from ccnet_lite.sampling.statistics import BucketStatistics
from ccnet_lite.sampling.weights import TIER, Weights
from ccnet_lite.store.corpus import TRAIN, corpus_file
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, Table

READERS = 4
"""Files that are read at once."""
Sums = tuple[int, int, int]
"""Documents, lines and characters, each document as often as its weight says."""


def plan_of(
    runs: Sequence[Folder],
    unit: str | None = None,
    budget: int | None = None,
    method: str = "alpha",
    max_epochs: float | None = None,
    **wishes: Any,
) -> SamplingMix:
    """The plan for these runs together. What is None is as the first run's settings have it.

    wishes: the other fields of `sampling.mixing.Wish`, as alpha, min_share, bucket_weights.

    Example:
        `plan_of(["out"], unit="tokens", budget=6 * 10**9, alpha=0.3, max_epochs=4).to_json()`

    Raises:
        UserError: a run that is not finished, or given twice; what `sampling.mixing.mix` refuses.
    """
    first = read_plan(runs[0])
    if budget is None and unit not in (None, first.unit):
        raise UserError(f"{Place.of(runs[0]).shown}: its budget counts {first.unit}: give a budget in {unit}")
    if method == "unimax" and max_epochs is None:
        max_epochs = first.unimax_max_epochs
    wish = Wish(unit or first.unit, budget or first.budget, method, max_epochs=max_epochs, **wishes)
    held: list[Held] = []
    seen: set[str] = set()
    for run in runs:
        place = Place.of(run)
        if place.uri.rstrip("/") in seen:
            raise UserError(f"{place.shown} is given twice")
        seen.add(place.uri.rstrip("/"))
        held += held_by(run, read_plan(run), wish.weights)
    return mix(held, wish)


def held_by(run: Folder, plan: SamplingPlan, weights: Weights) -> list[Held]:
    """What a run holds to train on, by language and bucket.

    Raises:
        UserError: it has no tiers, and the weights are of tiers.
    """
    if not weights.columns:
        return [Held(str(run), row, row) for row in plan.statistics]
    manifest, corpus = finished_corpus(run)
    if weights.tiers:
        n_tiers = manifest.settings["quality"].get("tiers", 0)
        if not n_tiers or TIER not in arrow_schema(corpus.schema).names:
            raise UserError(
                f"{corpus.run.shown} has no tiers: run it with quality.tiers and with export.columns = fineweb2, "
                "or leave out the tier weights"
            )
        beyond = [tier for tier, _ in weights.tiers if tier >= n_tiers]
        if beyond:
            raise UserError(
                f"{corpus.run.shown} has tiers 0 to {n_tiers - 1}, but no {beyond[0]}: give one of these"
            )
    sums = weighted_sums(corpus, weights)
    return [
        Held(str(run), row, _weighted(row, sums.get((row.language, row.bucket), (0, 0, 0))))
        for row in plan.statistics
    ]


def weighted_sums(corpus: Table, weights: Weights) -> dict[tuple[str, str], Sums]:
    """By language and bucket, sums over the training side of a corpus by weight."""
    found: dict[tuple[str, str], Sums] = {}

    def read(file: DataFile) -> tuple[DataFile, Sums]:
        columns = [*weights.columns, "nlines", "length", "split"]
        sums = (0, 0, 0)
        for batch in read_file(corpus.place(file), columns, file=file):
            weight = weights.times(batch) * (np.asarray(batch["split"]) == TRAIN)
            here = (weight, weight * np.asarray(batch["nlines"]), weight * np.asarray(batch["length"]))
            sums = (sums[0] + int(here[0].sum()), sums[1] + int(here[1].sum()), sums[2] + int(here[2].sum()))
        return file, sums

    with ThreadPoolExecutor(READERS) as pool:
        for file, sums in pool.map(read, corpus.files):
            said = corpus_file(file.name)
            key = said.language, said.bucket
            before = found.get(key, (0, 0, 0))
            found[key] = (before[0] + sums[0], before[1] + sums[1], before[2] + sums[2])
    return found


def _weighted(row: BucketStatistics, sums: Sums) -> BucketStatistics:
    documents, lines, characters = sums
    raised = characters / row.characters if row.characters else 0.0
    return replace(
        row,
        documents=documents,
        lines=lines,
        characters=characters,
        bytes=round(row.bytes * raised),
        words=round(row.words * raised),
        tokens=None if row.tokens is None else round(row.tokens * raised),
    )
