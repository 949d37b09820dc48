"""What other thresholds would keep of a finished run: its own rules over its own measurements, and no text.

The verdict on every document is `kernels.decide`'s, with the other settings; clusters and lines that repeat are
those that the run found. A run with these settings would look for them anew among the documents that pass, so
what that may change is counted: `unknown`. Without near-duplicates it changes nothing.

Not handled: how it is shown (commands/what_if.py); which of the documents gained are near-duplicates
(look_alikes.py).
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.look_alikes import with_look_alikes
from ccnet_lite.finished.moves import KEPT, Moves
from ccnet_lite.finished.opened import differing, flat, open_run
from ccnet_lite.finished.scored import UNSCORED, Scored, scored_documents
from ccnet_lite.kernels.counting import drops_repeating
from ccnet_lite.kernels.decide import decide_shard
from ccnet_lite.kernels.ledger import document_hashes
from ccnet_lite.kernels.line_cuts import line_rules
from ccnet_lite.kernels.policy_signals import check_policies, wanted_signals, wants_heuristics
from ccnet_lite.quality.heuristics import RULE_MEASURES
from ccnet_lite.sampling.probabilities import sampling_rows
from ccnet_lite.settings import HEURISTICS, Settings, override_settings
from ccnet_lite.store.reading import ShardReader, read_table

COVERED = (
    *("language.threshold", "language.keep", "language.drop", "quality.heuristics"),
    *("quality.policies", "quality.thresholds"),
    *(f"quality.{each.setting}" for each in HEURISTICS),
    *("quality.cutoffs", "quality.head_percentile", "quality.tail_percentile", "quality.keep_buckets"),
    *("paragraphs.min_document_chars", "paragraphs.max_repeated_share"),
    *("urls.drop", "urls.max_word_weight", "opt_out.agents", "opt_out.respect", "toxicity.max_share"),
    *("sampling.alphas", "sampling.unit", "sampling.budget", "sampling.unimax_max_epochs"),
)
"""Settings whose effect the tables tell."""
DOCUMENT_STAGES = pa.array(["length", "lines", "urls", "opt_out", "language", "heuristics"])
"""Stages that look at a document alone: who passes them takes part in the comparison of documents."""
INPUTS = (
    "documents",
    "signals",
    "own_scores",
    "clusters",
    "contained",
    "templates",
    "masks",
    "paragraph_masks",
    "others",
)
DECIDED = ["doc_id", "stage", "rule", "language", "n_chars", "cluster_id", "cluster_size"]


def what_if(run: Folder, overrides: Sequence[str], examples: int = 3) -> dict[str, Any]:
    """What a finished run would keep with other settings, as plain JSON values.

    settings: those that differ. languages: documents, characters, sampling probabilities, `now` and `then`.
    gained, lost: moves of documents that come and go, by rule, with up to `examples` documents each; moved: from
    bucket to bucket or rule to rule. unknown: counts of documents of which a run might decide otherwise.

    Raises:
        UserError: no finished run; a setting that is not one, or not covered; cutoffs that cannot be read.
    """
    opened = open_run(run)
    before = opened.settings
    after = override_settings(before.model_dump(), overrides, "--set")
    changed = check_covered(before, after)
    tables = {name: opened.table(name) for name in (*INPUTS, "decisions") if name in opened.manifest.tables}
    ledger = opened.table("ledger")
    scored = scored_documents(opened, ledger, before, after)
    tally = _Tally(Moves(examples))
    for shard in sorted(read_table(opened.table("archives"), ["shard"])["shard"].to_pylist()):
        tally.add(shard, *_decided(ShardReader(tables, shard), after), scored)
    told = tally.moves.told([ledger])
    kept = [(row["before"].startswith(KEPT), row["after"].startswith(KEPT)) for row in told]
    by_kind = {
        name: [row for row, found in zip(told, kept, strict=True) if found in pairs]
        for name, pairs in {
            "gained": [(False, True)],
            "lost": [(True, False)],
            "moved": [(True, True), (False, False)],
        }.items()
    }
    near = after.near_duplicates
    alike = with_look_alikes(tables, tally.gained, tally.passing, near) if near.enabled else 0
    return {
        "run": opened.place.shown,
        "settings": [{"setting": name, "now": in_short(a), "then": in_short(b)} for name, a, b in changed],
        "languages": tally.languages(before, after),
        **by_kind,
        "unknown": {
            "near_duplicates": near.enabled,
            "gained_alike": alike,
            **tally.representatives(),
            "unscored": sum(row["documents"] for row in by_kind["gained"] if row["after"] == f"{KEPT}/{UNSCORED}"),
            "unit": unit_of(after),
            "unit_asked": after.sampling.unit,
        },
    }


def check_covered(before: Settings, after: Settings) -> list[tuple[str, Any, Any]]:
    """The settings that differ, as (name, before, after).

    Raises:
        UserError: the tables cannot tell what one of them does.
    """
    changed = differing(*(flat(settings.model_dump(mode="json")) for settings in (before, after)))
    for name, _, _ in changed:
        if name not in COVERED:
            raise UserError(
                f"--set {name}: the tables of a run do not tell what it would do; they do for {', '.join(COVERED)}"
            )
    if after.quality.heuristics and not wants_heuristics(before):
        raise UserError("--set quality.heuristics=true: the run measured none: run it with them")
    check_policies(after)
    if line_rules(before) != line_rules(after):
        raise UserError(
            "--set quality.policies: the tables of a run do not tell what other rules over lines would cut: run "
            "it with these"
        )
    missing = sorted(set(wanted_signals(after)) - set(wanted_signals(before)))
    if wants_heuristics(after) and not wants_heuristics(before):
        missing += RULE_MEASURES
    if missing:
        raise UserError(
            f"--set quality.policies: the run measured no {missing[0]}: run it with that policy, or with "
            "quality.measure=all, which measures for all of them"
        )
    if drops_repeating(after.paragraphs) and not drops_repeating(before.paragraphs):
        raise UserError("--set paragraphs.max_repeated_share: the run did not look for it: run it with that")
    return changed


def in_short(value: Any) -> Any:
    """A setting's value for a person: of policies their names, of bounds by language their rules.

    >>> in_short([{"name": "c4", "rules": []}]), in_short({"c4_few_sentences": {"de": 4}}), in_short(["de"])
    (['c4'], ['c4_few_sentences'], ['de'])
    """
    if isinstance(value, dict):
        return list(value)
    return (
        [each["name"] if isinstance(each, dict) else each for each in value] if isinstance(value, list) else value
    )


def unit_of(settings: Settings) -> str:
    """What n counts here: the unit asked for where the tables tell it of every document, else characters."""
    return settings.sampling.unit if settings.sampling.unit == "documents" else "characters"


def _decided(reader: ShardReader, settings: Settings) -> tuple[pa.Table, pa.Table]:
    """What the run decided of a shard's documents, and what it would; in the same order."""
    now = reader.whole("decisions", DECIDED)
    for name, rows in decide_shard(reader, settings, {}):
        if name == "decisions":
            then = pa.Table.from_batches([rows]).select(DECIDED)
            if then["doc_id"].combine_chunks() != now["doc_id"].combine_chunks():
                raise RunFailed(f"shard {reader.shard}: decisions and signals differ: call ccnet-lite verify")
            return now, then
    raise AssertionError("decide_shard gave no decisions")


class _Tally:
    """What was counted of the shards so far."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves
        self.gained: dict[int, pa.Array] = {}
        """doc_ids by shard: documents that now pass the rules over a document alone, and did not."""
        self.passing: dict[int, pa.Array] = {}
        """By shard, in the order of its documents: whether each passes these rules."""
        self._sums: dict[tuple[str, str], list[int]] = {}
        self._lost: list[pa.Array] = []
        self._relying: list[pa.Array] = []

    def add(self, shard: int, now: pa.Table, then: pa.Table, scored: Scored) -> None:
        """Count a shard's documents."""
        keys = document_hashes(now["doc_id"])
        rows = pa.table(
            {
                "doc_id": now["doc_id"],
                "language": now["language"],
                "before": scored.fates(keys, now, then=False),
                "after": scored.fates(keys, then, then=True),
                "chars_before": now["n_chars"],
                "chars_after": then["n_chars"],
            }
        )
        self.moves.add(rows)
        for side in ("before", "after"):
            kept = rows.filter(pc.starts_with(rows[side], KEPT))
            sums = kept.group_by("language").aggregate([([], "count_all"), (f"chars_{side}", "sum")])
            for row in sums.to_pylist():
                self._sums[row["language"], side] = [
                    had + more
                    for had, more in zip(
                        self._sums.get((row["language"], side), [0, 0]),
                        (row["count_all"], row[f"chars_{side}_sum"]),
                        strict=True,
                    )
                ]
        passed, passes = (pc.invert(pc.is_in(side["stage"], value_set=DOCUMENT_STAGES)) for side in (now, then))
        self.passing[shard] = passes.combine_chunks()
        self.gained[shard] = now["doc_id"].filter(pc.and_not(passes, passed)).combine_chunks()
        stood = pc.and_(pc.equal(now["doc_id"], now["cluster_id"]), pc.greater(now["cluster_size"], 1))
        lost = pc.and_(pc.and_not(stood.fill_null(False), passes), passed)
        self._lost.append(now["doc_id"].filter(lost).combine_chunks())
        others = pc.equal(then["rule"], "near_duplicate").fill_null(False)
        self._relying.append(then["cluster_id"].filter(others).combine_chunks().unique())

    def representatives(self) -> dict[str, int]:
        """Lost documents that stood for a cluster, and of these those of whose cluster another passes."""
        lost = pa.chunked_array([pa.array([], pa.string()), *self._lost])
        relying = pa.chunked_array([pa.array([], pa.string()), *self._relying])
        replaced = pc.sum(pc.is_in(lost, value_set=relying.combine_chunks())).as_py() or 0
        return {"lost_representatives": len(lost), "lost_replaced": replaced}

    def languages(self, before: Settings, after: Settings) -> list[dict[str, Any]]:
        """Documents, characters and sampling by language, most documents first."""
        names = sorted({language for language, _ in self._sums})
        sides = {"now": ("before", before), "then": ("after", after)}
        rows: dict[str, dict[str, Any]] = {name: {"language": name} for name in names}
        for label, (side, settings) in sides.items():
            sums = {name: self._sums.get((name, side), [0, 0]) for name in names}
            place = 0 if unit_of(after) == "documents" else 1
            wanted = settings.sampling
            sampled = sampling_rows(
                {name: counts[place] for name, counts in sums.items()},
                *(unit_of(after), wanted.alphas, wanted.budget, wanted.unimax_max_epochs),
            )
            for name, (documents, characters) in sums.items():
                rows[name][label] = {"documents": documents, "characters": characters, "q": {}}
            for each in sampled:
                own = rows[each.language][label]
                own |= {"share": each.p, "unimax": each.unimax_probability}
                own["q"][repr(each.alpha)] = each.q
        return sorted(rows.values(), key=lambda row: (-max(row[s]["documents"] for s in sides), row["language"]))
