"""Buckets of a finished run's documents, as they are and as other percentiles, cutoffs or buckets would have them.

Perplexities of documents that stayed are in the corpus, those of documents that a bucket dropped in the ledger.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import UserError
from ccnet_lite.finished.opened import Opened, batches
from ccnet_lite.kernels.ledger import document_hashes
from ccnet_lite.kernels.score import CONTEXT_GAIN_BELOW, TIER_BELOW
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.run.manifest import small_file
from ccnet_lite.settings import Settings
from ccnet_lite.store.copies import is_remote, local_copy
from ccnet_lite.store.corpus import corpus_file
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import Table

UNSCORED = "unscored"
"""Stands for the bucket of a document whose language has a model, by which it was never scored."""
BUCKET = "bucket_"
"""How the names of rules begin that drop a document for its perplexity."""
NAME_IT = "say by --set quality.cutoffs=FILE which one to take"
NAMES = ("head", "middle", "tail", "all")
TIER = len(NAMES) + 1
"""Stands for a place in NAMES where a document was dropped for its tier, before any bucket was looked at."""
GAIN = TIER + 1
"""And where it was dropped for its context gain."""


@dataclass(frozen=True)
class Scored:
    """Documents that the run scored: [documents] each, by the first 64 bits of their ids, which ascend.

    now, then: places in NAMES, TIER or GAIN. keep_now, keep_then: the buckets that are kept. models: languages
    that have one and cutoffs.
    """

    keys: npt.NDArray[np.uint64]
    now: npt.NDArray[np.int8]
    then: npt.NDArray[np.int8]
    keep_now: tuple[str, ...]
    keep_then: tuple[str, ...]
    models: frozenset[str]

    def fates(self, keys: npt.NDArray[np.uint64], decided: pa.Table, then: bool) -> pa.Array:
        """Fates (finished/moves.py) of documents that were decided about: stage, rule, language of each."""
        keep = self.keep_then if then else self.keep_now
        labels = [f"kept/{name}" if name in keep else f"dropped/quality/{BUCKET}{name}" for name in NAMES]
        labels += [f"kept/{UNSCORED}", *(f"dropped/quality/{rule}" for rule in (TIER_BELOW, CONTEXT_GAIN_BELOW))]
        at = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        known = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), np.bool_)
        modelled = np.asarray(pc.is_in(decided["language"], value_set=pa.array(sorted(self.models), pa.string())))
        codes = np.where(modelled, len(NAMES), NAMES.index("all"))
        codes[known] = (self.then if then else self.now)[at[known]]
        ends = pc.binary_join_element_wise("dropped", decided["stage"], decided["rule"], "/")
        return pc.if_else(ends.is_valid(), ends, pa.array(labels).take(pa.array(codes))).combine_chunks()


def scored_documents(opened: Opened, ledger: Table, before: Settings, after: Settings) -> Scored:
    """The documents that a run scored, with the buckets that other settings would give them.

    Raises:
        UserError: cutoffs that are needed cannot be read, or are not those that the run had.
    """
    keys, now = [np.zeros(0, np.uint64)], [np.zeros(0, np.int8)]
    found: list[tuple[Any, Any, Any]] = []
    seen: set[tuple[str, str]] = set()
    for batch in batches(ledger, ["doc_id", "outcome", "rule", "bucket", "language", "value"]):
        before_buckets = pc.is_in(batch["rule"], pa.array([TIER_BELOW, CONTEXT_GAIN_BELOW]))
        dropped = pc.or_(pc.starts_with(batch["rule"], BUCKET), before_buckets)
        dropped = dropped.fill_null(False)
        kept = pc.equal(batch["outcome"], "kept")
        rows = pa.Table.from_batches([batch.filter(pc.or_(kept, dropped))])
        named = pc.coalesce(rows["bucket"], pc.utf8_slice_codeunits(rows["rule"], len(BUCKET)))
        keys.append(document_hashes(rows["doc_id"]))
        by_rule = pc.if_else(pc.equal(rows["rule"], CONTEXT_GAIN_BELOW).fill_null(False), GAIN, TIER)
        places = pc.coalesce(pc.index_in(named, value_set=pa.array(NAMES)).cast(pa.int64()), by_rule)
        now.append(np.asarray(places).astype(np.int8))
        seen |= set(zip(rows["language"].to_pylist(), named.to_pylist(), strict=True))
        out = rows.filter(pc.starts_with(rows["rule"], BUCKET).fill_null(False))
        found.append((document_hashes(out["doc_id"]), out["language"], out["value"]))
    all_keys, all_now = np.concatenate(keys), np.concatenate(now)
    order = np.argsort(all_keys)
    all_keys, all_now = all_keys[order], all_now[order]
    scoring = ("cutoffs", "head_percentile", "tail_percentile")
    cutoffs = None
    if any(getattr(before.quality, name) != getattr(after.quality, name) for name in scoring):
        cutoffs = cutoffs_of(opened, before, after)
    then = all_now if cutoffs is None else _again(opened, all_keys, found, cutoffs, after)
    then = np.where(all_now >= TIER, all_now, then)
    modelled = {name.partition("/")[2] for name in opened.manifest.models if name.startswith("quality.lm_dir/")}
    if cutoffs is not None:
        modelled &= cutoffs.percentiles.keys()
    elif "quality.cutoffs" not in opened.manifest.models:
        modelled = set()
    else:  # one whose documents are all in the bucket `all` has no cutoffs
        buckets = {language: {b for of, b in seen if of == language and b in NAMES} for language in modelled}
        modelled = {language for language in modelled if buckets[language] != {"all"}}
    keeps = before.quality.keep_buckets, after.quality.keep_buckets
    return Scored(all_keys, all_now, then, *keeps, frozenset(modelled))


def _again(
    opened: Opened,
    keys: npt.NDArray[np.uint64],
    found: list[tuple[Any, Any, Any]],
    cutoffs: Cutoffs,
    after: Settings,
) -> npt.NDArray[np.int8]:
    """[keys]: the bucket of each by cutoffs and percentiles, as its place in NAMES."""
    then = np.full(len(keys), NAMES.index("all"), np.int8)
    percentiles = after.quality.head_percentile, after.quality.tail_percentile
    place = {name: number for number, name in enumerate(NAMES)}

    def enter(hashes: npt.NDArray[np.uint64], language: str, perplexities: Any) -> None:
        values = np.asarray(perplexities.cast(pa.float64()).fill_null(np.nan))
        named = cutoffs.bucket(language, values, *percentiles)
        then[np.searchsorted(keys, hashes)] = [place[name] for name in named]

    for hashes, languages, values in found:
        for language in languages.unique().to_pylist():
            chosen = pc.equal(languages, language)
            enter(hashes[np.asarray(chosen)], language, values.filter(chosen))
    corpus = opened.table("corpus")
    for file in corpus.files:
        language = corpus_file(file.name).language
        for batch in read_file(corpus.place(file), ["doc_id", "perplexity"], 1 << 16, file):
            enter(document_hashes(batch["doc_id"]), language, batch["perplexity"])
    return then


def cutoffs_of(opened: Opened, before: Settings, after: Settings) -> Cutoffs:
    """The cutoffs that settings name; those of the run have to be the ones that it had.

    Raises:
        UserError: they cannot be read, or have changed since.
    """
    had = opened.manifest.models.get("quality.cutoffs")
    own = after.quality.cutoffs == before.quality.cutoffs
    if own and had is None:
        return Cutoffs({})
    given = after.quality.cutoffs or f"{after.quality.lm_dir.rstrip('/')}/cutoffs.json"
    place = Place.of(given, "quality.cutoffs: ")
    path = local_copy(place) if is_remote(given) else Path(given)
    try:
        digest = small_file(Place.of(path)).sha256
    except OSError:
        raise UserError(
            f"quality.cutoffs: {given} cannot be read: say where it is by --set quality.cutoffs=FILE"
        ) from None
    if own and digest != had:
        raise UserError(
            f"quality.cutoffs: {given} is not the file that the run had: give that by --set quality.cutoffs=FILE"
        )
    return Cutoffs.load(path)
