"""plan.json: which documents to draw how often, of one run or of several together.

    format, version       "ccnet_lite.mix", 1; 2 with tier weights
    unit                  what n, units and the budget count: tokens, documents, bytes, characters, words or lines
    budget, spent         units asked for, and those that the caps allow: spent < budget where a cap left some over
    method                {"name": "alpha" or "unimax", ...}: what the shares were made by, for people
    cluster_weights       whether an epoch reads a document as often as its column cluster_weight says, or once
    tier_weights          by tier, as text: how often an epoch reads its documents, 1 where none is named; left
                          out where it names none
    parts                 a list, sorted by run, language, bucket: see `MixPart`
    warnings              a list of sentences

The fields of a part are numbers and names alone, so a trainer in any language can take the file as it is. Floats
are written so that they read back as the same ones: equal plans give equal files.

Only the training side counts: documents whose column `split` is "train".
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ccnet_lite.errors import UserError
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place

MIX_FORMAT = "ccnet_lite.mix"
MIX_VERSION, WITH_TIERS = 1, 2
"""Readers that know no tiers have to refuse a plan that goes by them."""


@dataclass(frozen=True)
class MixPart:
    """One bucket of one language of one run, and how often it is read."""

    run: str
    """The run's folder: a path or a URI, as it was given."""
    language: str
    """The code of the ledger and the statistics, as sw."""
    bucket: str
    documents: int
    """Rows of the training side in the corpus."""
    copies: int
    """Documents that one epoch reads: `documents`, or the sum of their weights."""
    n: int
    """Units of one epoch, over those copies."""
    share: float
    """q: its share of the units read. All parts' shares sum to 1."""
    draw: float
    """The probability that the next document comes from this part: ~ share / (n / copies). They sum to 1.

    Within the part, documents are alike, or drawn by their weights."""
    units: float
    """share * spent: units read of it when the budget is spent."""
    tokens: float | None
    """SentencePiece pieces among these, by what a unit of this part holds; null where they were not counted."""
    epochs: float
    """units / n: times that the part is read."""

    @property
    def repeats(self) -> float:
        """Times that a document is read again: epochs - 1, not below 0."""
        return max(self.epochs - 1.0, 0.0)


@dataclass(frozen=True)
class SamplingMix:
    """What plan.json says: the probabilities, made by `ccnet-lite sampling RUN ... --to plan.json`.

    Example:
        `mix = read_mix("plan.json")`; `{(p.run, p.language, p.bucket): p.draw for p in mix.parts}`.
    """

    unit: str
    budget: int
    spent: float
    method: dict[str, Any]
    cluster_weights: bool
    parts: tuple[MixPart, ...]
    warnings: tuple[str, ...] = field(default=())
    tier_weights: tuple[tuple[int, int], ...] = ()
    """Tiers, and how often an epoch reads a document of each."""

    @property
    def runs(self) -> tuple[str, ...]:
        """The folders of its runs, sorted."""
        return tuple(sorted({part.run for part in self.parts}))

    @property
    def weights(self) -> Weights:
        """How often an epoch reads a document."""
        return Weights(self.cluster_weights, self.tier_weights)

    def shares(self) -> dict[str, float]:
        """Shares q by language, over all runs and buckets, sorted by language."""
        found: dict[str, float] = {}
        for part in sorted(self.parts, key=lambda part: part.language):
            found[part.language] = found.get(part.language, 0.0) + part.share
        return found

    def to_json(self) -> str:
        """The text of plan.json: sorted keys, a line break at the end."""
        content: dict[str, Any] = {"format": MIX_FORMAT, "version": MIX_VERSION} | asdict(self)
        del content["tier_weights"]
        if self.tier_weights:
            by_tier = {str(tier): times for tier, times in self.tier_weights}
            content |= {"version": WITH_TIERS, "tier_weights": by_tier}
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def mix_of_json(text: str, name: str = "plan.json") -> SamplingMix:
    """The plan that a text of `to_json` holds; name: the file's, for messages.

    Raises:
        UserError: it is no such text, or one that this version does not read.
    """
    again = "make it anew with ccnet-lite sampling RUN --to plan.json"
    try:
        stored = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{name} is not JSON ({error}): {again}") from None
    found = f"{stored.get('format')} {stored.get('version')}" if isinstance(stored, dict) else "no object"
    if found not in (f"{MIX_FORMAT} {MIX_VERSION}", f"{MIX_FORMAT} {WITH_TIERS}"):
        raise UserError(f"{name} holds {found}, not {MIX_FORMAT} {MIX_VERSION} or {WITH_TIERS}: {again}")
    try:
        parts = tuple(
            MixPart(**{each.name: part[each.name] for each in fields(MixPart)}) for part in stored["parts"]
        )
        mix = SamplingMix(
            unit=str(stored["unit"]),
            budget=int(stored["budget"]),
            spent=float(stored["spent"]),
            method=dict(stored["method"]),
            cluster_weights=bool(stored["cluster_weights"]),
            parts=parts,
            warnings=tuple(stored["warnings"]),
            tier_weights=tuple(sorted((int(t), int(n)) for t, n in stored.get("tier_weights", {}).items())),
        )
        if abs(sum(part.draw for part in parts) - 1.0) > 1e-6 or any(part.draw < 0.0 for part in parts):
            raise ValueError("the draw probabilities of its parts do not sum to 1")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{name} is damaged ({type(error).__name__}: {error}): {again}") from None
    return mix


def read_mix(path: str | Path | Place) -> SamplingMix:
    """The plan in a file, a path or a URI.

    Raises:
        UserError: there is no such file, or it holds no plan.
    """
    place = Place.of(path)
    try:
        text = place.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise UserError(
            f"{place} does not exist: make it with ccnet-lite sampling RUN --to {place.name}"
        ) from None
    except UnicodeDecodeError as error:
        raise UserError(f"{place} is not JSON ({error}): make it anew with ccnet-lite sampling RUN") from None
    return mix_of_json(text, str(place))
