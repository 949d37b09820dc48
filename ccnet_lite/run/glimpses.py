"""What a few archives of a run show: hosts, documents near the thresholds, and some of each language that left.

The archives are chosen by a hash of their names, the same ones each time, and are few whatever the run's size:
their rows are read on the driver. A run with few archives is seen whole. Of documents that are alike in what is
asked, those with the smallest ids are shown, which are hashes: a sample.

Not handled: documents that leave by their bucket, which is known only where the corpus is written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.own_scores import TABLE as OWN_SCORES
from ccnet_lite.kernels.own_scores import signals_of
from ccnet_lite.kernels.rules import (
    Rule,
    columns_of,
    decision_rules,
    document_rules,
    first_broken,
    threshold_rule,
)
from ccnet_lite.models.languages import UNDETERMINED
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import ShardReader, read_table

if TYPE_CHECKING:  # who shows what was seen needs no Spark
    from ccnet_lite.run.engine import Run

MOST_ARCHIVES = 16
MOST_DOCUMENTS = 1_000_000
"""Of the archives looked into, the first aside."""
TOP_HOSTS = 20
SHOWN_AT_A_THRESHOLD = 3
SHOWN_OF_A_RULE = 2
SHOWN_CHARS = 300
TABLES = ("documents", "signals", "decisions")
DECIDED = ["doc_id", "rule", "value", "threshold", "language", "language_confidence", "n_chars", "n_lines"]
LEFT = {"lines_left": "n_lines", "chars_left": "n_chars"}
"""Columns of `decisions` that hold, of documents that go on, what a rule over paragraphs looks at."""


class Example(NamedTuple):
    """A document: its likeliest language, what a rule measured of it, and the rule that dropped it, if any."""

    doc_id: str
    url: str
    title: str
    language: str
    value: float | None
    threshold: float | None
    rule: str | None


class Host(NamedTuple):
    """Documents of a host, and the rule that took most of those dropped."""

    host: str
    kept: int
    dropped: int
    rule: str
    by_rule: int


class AtThreshold(NamedTuple):
    """Documents whose values are nearest to a rule's threshold, the nearest first."""

    fell: list[Example]
    passed: list[Example]


@dataclass(frozen=True)
class Glimpse:
    """What the archives looked into show."""

    archives: int
    documents: int
    kept_hosts: Sequence[Host]
    """Those with most documents that go on, most first."""
    dropped_hosts: Sequence[Host]
    at_thresholds: dict[str, AtThreshold]
    """By rule."""
    left: dict[tuple[str, str], list[Example]]
    """By language (`und` below the language threshold) and rule."""


def glimpse(run: "Run") -> Glimpse | None:
    """Look into a few of the run's archives; None where it has no rows to look at."""
    tables = {name: run.tables[name] for name in (*TABLES, OWN_SCORES) if name in run.tables}
    numbers = chosen_archives(read_table(run.tables["archives"], ["shard", "cc_segment", "documents"]))
    if not tables.keys() >= set(TABLES) or not numbers:
        return None
    return glimpse_of((ShardReader(tables, number) for number in numbers), run.settings)


def glimpse_of(shards: Iterable[ShardReader], settings: Settings) -> Glimpse:
    """Look into some shards, one after another; at least one."""
    seen = _Seen(settings)
    for reader in shards:
        seen.look(reader)
    return seen.told()


def chosen_archives(archives: pa.Table) -> list[int]:
    """The numbers of the archives to look into. archives: shard, cc_segment, documents."""
    rows = [row for row in archives.to_pylist() if row["documents"]]
    rows.sort(key=lambda row: hashlib.sha256(row["cc_segment"].encode()).digest())
    chosen: list[int] = []
    documents = 0
    for row in rows[:MOST_ARCHIVES]:
        documents += row["documents"]
        if chosen and documents > MOST_DOCUMENTS:
            break
        chosen.append(row["shard"])
    return sorted(chosen)


class _Seen:
    """What was seen so far, no more than what is shown of it, and a count a host and rule of each archive."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._rules = decision_rules(settings)
        self._documents = 0
        self._hosts: list[pa.Table] = []
        self._fell: dict[str, list[tuple[float, Example]]] = {}
        self._passed: dict[str, list[tuple[float, Example]]] = {}
        self._left: dict[tuple[str, str], list[Example]] = {}

    def look(self, reader: ShardReader) -> None:
        """Add a shard."""
        named = reader.whole("documents", ["doc_id", "url", "title", "source_domain"])
        decided = reader.whole("decisions", DECIDED)
        rows = decided.append_column("url", named["url"]).append_column("title", named["title"])
        self._documents += rows.num_rows
        hosts = pa.table({"host": named["source_domain"], "rule": decided["rule"]})
        self._hosts.append(hosts.group_by(["host", "rule"]).aggregate([([], "count_all")]))
        self._look_at_thresholds(reader, rows)
        self._look_at_languages(rows)

    def _look_at_thresholds(self, reader: ShardReader, rows: pa.Table) -> None:
        alone = document_rules(self._settings)
        signals = signals_of(reader, self._settings.quality, columns_of(alone))
        broken = first_broken(signals, alone)
        none = np.asarray(pc.is_null(rows["rule"]))
        for number, rule in enumerate(self._rules):
            if rule.threshold is None:
                continue
            fell = np.asarray(pc.equal(rows["rule"], rule.name).fill_null(False))
            threshold = np.asarray(rows["threshold"].fill_null(np.nan))
            self._add(self._fell, rule, rows, fell, rows["value"], threshold)
            if number < len(alone):
                passed = (broken < 0) | (broken > number)
                self._add(self._passed, rule, rows, passed, signals[rule.value], rule.thresholds(signals))
            elif rule.value in LEFT:
                all_alike = np.full(rows.num_rows, rule.threshold)
                self._add(self._passed, rule, rows, none, rows[LEFT[rule.value]], all_alike)

    def _add(
        self,
        found: dict[str, list[tuple[float, Example]]],
        rule: Rule,
        rows: pa.Table,
        chosen: npt.NDArray[np.bool_],
        values: pa.ChunkedArray,
        threshold: npt.NDArray[np.float64],
    ) -> None:
        value = np.asarray(values.cast(pa.float64()).fill_null(np.nan))
        far = np.where(chosen, np.abs(value - threshold), np.nan)
        known = np.flatnonzero(~np.isnan(far))
        if not len(known):
            return
        most = min(SHOWN_AT_A_THRESHOLD, len(known))
        reach = np.partition(far[known], most - 1)[most - 1]
        near = known[far[known] <= reach]
        some = pa.table({"doc_id": rows["doc_id"].take(pa.array(near)), "far": far[near], "at": near})
        some = some.sort_by([("far", "ascending"), ("doc_id", "ascending")])[:SHOWN_AT_A_THRESHOLD]
        held = found.setdefault(rule.name, [])
        for at, distance in zip(some["at"].to_pylist(), some["far"].to_pylist(), strict=True):
            held.append((distance, _example(rows, at, float(value[at]), float(threshold[at]))))
        held.sort(key=lambda each: (each[0], each[1].doc_id))
        del held[SHOWN_AT_A_THRESHOLD:]

    def _look_at_languages(self, rows: pa.Table) -> None:
        low = pa.array(threshold_rule(self._settings).broken(rows))
        language = pc.if_else(low, UNDETERMINED, rows["language"])
        gone = pa.table({"language": language, "rule": rows["rule"], "doc_id": rows["doc_id"]})
        gone = gone.filter(pc.is_valid(gone["rule"]))
        first = gone.group_by(["language", "rule"]).aggregate([("doc_id", "min")])
        at = pc.index_in(first["doc_id_min"], value_set=rows["doc_id"])
        for code, rule, place in zip(
            first["language"].to_pylist(), first["rule"].to_pylist(), at.to_pylist(), strict=True
        ):
            value, threshold = rows["value"][place].as_py(), rows["threshold"][place].as_py()
            held = self._left.setdefault((code, rule), [])
            held.append(_example(rows, place, value, threshold))
            held.sort(key=lambda each: each.doc_id)
            del held[SHOWN_OF_A_RULE:]

    def told(self) -> Glimpse:
        """All of it."""
        kept, dropped = top_hosts(pa.concat_tables(self._hosts))
        at = {
            rule.name: AtThreshold(*([each for _, each in side.get(rule.name, [])] for side in self._sides()))
            for rule in self._rules
        }
        at = {name: sides for name, sides in at.items() if sides.fell or sides.passed}
        return Glimpse(len(self._hosts), self._documents, kept, dropped, at, self._left)

    def _sides(self) -> Iterator[dict[str, list[tuple[float, Example]]]]:
        yield self._fell
        yield self._passed


def top_hosts(counted: pa.Table) -> tuple[list[Host], list[Host]]:
    """Hosts with most documents that go on, and with most that are dropped. counted: host, rule, count_all."""
    named = counted.filter(pc.not_equal(counted["host"], ""))
    goes_on = pc.is_null(named["rule"])
    sides = {
        "kept": pc.if_else(goes_on, named["count_all"], 0),
        "dropped": pc.if_else(goes_on, 0, named["count_all"]),
    }
    sums = pa.table({"host": named["host"], **sides}).group_by("host").aggregate([(name, "sum") for name in sides])
    return tuple(_top(named, sums, f"{name}_sum") for name in sides)  # type: ignore[return-value]


def _top(counted: pa.Table, sums: pa.Table, by: str) -> list[Host]:
    ordered = sums.filter(pc.greater(sums[by], 0)).sort_by([(by, "descending"), ("host", "ascending")])
    rows: list[dict[str, Any]] = ordered[:TOP_HOSTS].to_pylist()
    mine = counted.filter(
        pc.is_in(counted["host"], value_set=pa.array([row["host"] for row in rows], pa.string()))
    )
    rules: dict[str, dict[str, int]] = {}
    for row in mine.filter(pc.is_valid(mine["rule"])).to_pylist():
        of_host = rules.setdefault(row["host"], {})
        of_host[row["rule"]] = of_host.get(row["rule"], 0) + row["count_all"]
    found = []
    for row in rows:
        rule, count = max(rules.get(row["host"], {}).items(), key=lambda each: (each[1], each[0]), default=("", 0))
        found.append(Host(row["host"], row["kept_sum"], row["dropped_sum"], rule, count))
    return found


def _example(rows: pa.Table, at: int, value: float | None, threshold: float | None) -> Example:
    doc_id, url, title, language, rule = (
        rows[name][at].as_py() for name in ("doc_id", "url", "title", "language", "rule")
    )
    return Example(doc_id, url, title[:SHOWN_CHARS], language, value, threshold, rule)
