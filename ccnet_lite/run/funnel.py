"""The funnel: how many records of each language came in, where they left, how many stayed.

It is made of ledger counts: one row a (language, outcome, stage, rule). Sums made from one table meet by
themselves, so `check` holds them against counts of other tables: what each stage was handed, what the corpus
holds.

Not handled: reading the ledger; how it is shown (report/).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccnet_lite.errors import RunFailed
from ccnet_lite.models.languages import UNDETERMINED as UNDETERMINED

STAGES = (
    *("ingest", "length", "lines", "urls", "opt_out", "language", "heuristics", "near_duplicates", "paragraphs"),
    "quality",
)
"""In the order in which a record meets them."""
ON_DEMAND = ("urls", "opt_out")
"""Stages whose rules want a list: shown where they took something."""
KEPT = "kept"
BELOW_THRESHOLD = "language_below_threshold"
NO_LANGUAGE = "(none)"
"""Stands for the language of records that have none, because no document was made of them."""
NAMELESS = (UNDETERMINED, NO_LANGUAGE)
"""Not languages: they come behind all that are, in this order."""


@dataclass(frozen=True)
class FunnelRow:
    """Ledger rows of one kind, counted."""

    language: str | None
    outcome: str
    """kept, dropped, bad or skipped."""
    stage: str | None
    """The stage that decided; None for kept."""
    rule: str | None
    count: int
    n_chars: int
    """Code points of their text, kept or read; 0 where there was none."""


@dataclass(frozen=True)
class Fate:
    """One way a record ended, over some set of languages: a column of the funnel, or a rule within one."""

    stage: str
    """One of the stages, or "kept"."""
    outcome: str
    rule: str
    """Empty when several rules are summed, and for kept."""
    count: int
    n_chars: int


@dataclass(frozen=True)
class LanguageFunnel:
    """What became of one language's records."""

    language: str
    records: int
    """All of them: skipped, bad, dropped and kept."""
    fates: Mapping[tuple[str, str], Fate]
    """By (stage, outcome), only those that occurred; ("kept", "kept") among them."""
    reasons: tuple[Fate, ...] = ()
    """Each (stage, outcome, rule) that took records out: in the order of the stages, then most records first."""

    def count(self, stage: str, outcome: str) -> int:
        """Records with this fate."""
        fate = self.fates.get((stage, outcome))
        return 0 if fate is None else fate.count

    @property
    def kept(self) -> int:
        """Documents in the corpus."""
        return self.count(KEPT, KEPT)

    @property
    def documents(self) -> int:
        """Records that carried a document, whether it could be read or not: all but the skipped."""
        return self.records - self.count("ingest", "skipped")

    @property
    def kept_chars(self) -> int:
        """Code points of the kept documents."""
        fate = self.fates.get((KEPT, KEPT))
        return 0 if fate is None else fate.n_chars

    def entering(self, stage: str, stages: Sequence[str] = STAGES) -> int:
        """Records that reached a stage (or "kept"): those that no earlier stage took out."""
        earlier = set(stages[: stages.index(stage)] if stage != KEPT else stages)
        return self.records - sum(fate.count for (place, _), fate in self.fates.items() if place in earlier)


@dataclass(frozen=True)
class Funnel:
    """Every input record's fate, by language: most records first, ties by name, those without one last."""

    languages: tuple[LanguageFunnel, ...]
    total: LanguageFunnel
    stages: tuple[str, ...] = STAGES

    @property
    def reasons(self) -> tuple[Fate, ...]:
        """Each (stage, outcome, rule) that took records out, over all languages."""
        return self.total.reasons

    @property
    def shown(self) -> tuple[str, ...]:
        """The stages, without those on demand that took nothing."""
        return tuple(s for s in self.stages if s not in ON_DEMAND or self.total.count(s, "dropped"))

    def top(self, languages: int) -> tuple[LanguageFunnel, ...]:
        """The largest languages, the others summed as one, records without a language.

        All of them where that saves nothing.
        """
        named = tuple(part for part in self.languages if part.language not in NAMELESS)
        if len(named) <= languages + 1:
            return self.languages
        rest = named[languages:]
        nameless = self.languages[len(named) :]
        return (*named[:languages], _summed(f"{len(rest)} others", rest, self.stages), *nameless)


def build_funnel(rows: Iterable[FunnelRow], stages: Sequence[str] = STAGES) -> Funnel:
    """Sum ledger counts into a funnel.

    Rows of one kind may come in several pieces. Languages: None and "" become `NO_LANGUAGE`.

    Raises:
        RunFailed: a row with a stage or an outcome that the funnel does not know, or a negative count.
    """
    by_language: dict[str, dict[tuple[str, str], Fate]] = {}
    reasons: dict[str, dict[tuple[str, str], Fate]] = {}
    for row in rows:
        stage = KEPT if row.outcome == KEPT else row.stage or ""
        _check_row(row, stage, stages)
        language = row.language or NO_LANGUAGE
        fate = Fate(stage, row.outcome, "", row.count, row.n_chars)
        _add(by_language.setdefault(language, {}), (stage, row.outcome), fate)
        if stage != KEPT:
            named = Fate(stage, row.outcome, row.rule or "", row.count, row.n_chars)
            _add(reasons.setdefault(language, {}), _key(named), named)
    languages = [
        LanguageFunnel(
            language,
            sum(fate.count for fate in fates.values()),
            fates,
            _in_order(reasons.get(language, {}).values(), stages),
        )
        for language, fates in by_language.items()
    ]
    last = {name: place for place, name in enumerate(NAMELESS, 1)}
    languages.sort(key=lambda part: (last.get(part.language, 0), -part.records, part.language))
    return Funnel(tuple(languages), _summed("all", languages, stages), tuple(stages))


def without_language(rows: Sequence[FunnelRow], low: Iterable[FunnelRow] | None) -> list[FunnelRow]:
    """The rows with documents below the language threshold charged to `und`, not to the language they are likest.

    low: those of them that were dropped, by any rule, as `decide` counted them; None where it did not: then
    those that the threshold's own rule dropped.

    >>> rows = [FunnelRow("fr", "dropped", "length", "too_short", 5, 90)]
    >>> moved = without_language(rows, [FunnelRow("fr", "dropped", "length", "too_short", 2, 30)])
    >>> [(row.language, row.count, row.n_chars) for row in moved]
    [('fr', 3, 60), ('und', 2, 30)]
    """
    if low is None:
        low = [row for row in rows if row.rule == BELOW_THRESHOLD]
    sums = {(row.language, row.outcome, row.stage, row.rule): (row.count, row.n_chars) for row in rows}
    for row in low:
        for language, sign in ((row.language, -1), (UNDETERMINED, 1)):
            key = (language, row.outcome, row.stage, row.rule)
            count, n_chars = sums.get(key, (0, 0))
            sums[key] = (count + sign * row.count, n_chars + sign * row.n_chars)
    return [FunnelRow(*key, count, n_chars) for key, (count, n_chars) in sums.items() if count]


def check(funnel: Funnel, entering: Mapping[tuple[str, str], int]) -> None:
    """Hold the funnel against what other tables counted.

    Args:
        funnel: Made from the ledger.
        entering: How many records reached a stage, by (stage or "kept", language), "" standing for all
            languages together: `{("ingest", ""): 41_200, ("length", ""): 40_000, ("kept", "en"): 9_120}`.

    Raises:
        RunFailed: naming the stage, the language and the difference, for the first that does not meet.
    """
    known = {language.language: language for language in funnel.languages}
    known[""] = funnel.total
    order = {stage: i for i, stage in enumerate((*funnel.stages, KEPT))}
    unknown = sorted({stage for stage, _ in entering} - set(order))
    if unknown:
        raise RunFailed(f"funnel: counts are given for stage {unknown[0]}; it has {', '.join(order)}")
    for stage, language in sorted(entering, key=lambda key: (order[key[0]], key[1])):
        expected = entering[stage, language]
        found = known[language].entering(stage, funnel.stages) if language in known else 0
        if found != expected:
            what = "documents in the corpus" if stage == KEPT else f"records reached stage {stage}"
            whose = f"language {language}" if language else "all languages"
            raise RunFailed(
                f"the funnel does not add up: {whose}: {expected:,} {what}, {found:,} by the ledger "
                f"(difference {found - expected:+,})"
            )


def _check_row(row: FunnelRow, stage: str, stages: Sequence[str]) -> None:
    problem = ""
    if row.outcome not in (KEPT, "dropped", "bad", "skipped"):
        problem = "an outcome that is none of kept, dropped, bad, skipped"
    elif stage != KEPT and stage not in stages:
        problem = f"a stage that is none of {', '.join(stages)}"
    elif row.outcome == KEPT and row.stage:
        problem = "a stage although it is kept"
    elif row.outcome in ("bad", "skipped") and stage != "ingest":
        problem = "an outcome that only ingest gives"
    elif row.count < 0 or row.n_chars < 0:
        problem = "a negative count"
    if problem:
        raise RunFailed(f"ledger: {row.count} rows have {problem}: {row}")


def _add(fates: dict[tuple[str, str], Fate], key: tuple[str, str], fate: Fate) -> None:
    before = fates.get(key)
    if before is not None:
        fate = Fate(fate.stage, fate.outcome, fate.rule, before.count + fate.count, before.n_chars + fate.n_chars)
    fates[key] = fate


def _summed(name: str, parts: Iterable[LanguageFunnel], stages: Sequence[str]) -> LanguageFunnel:
    fates: dict[tuple[str, str], Fate] = {}
    reasons: dict[tuple[str, str], Fate] = {}
    records = 0
    for part in parts:
        records += part.records
        for key, fate in part.fates.items():
            _add(fates, key, fate)
        for fate in part.reasons:
            _add(reasons, _key(fate), fate)
    return LanguageFunnel(name, records, fates, _in_order(reasons.values(), stages))


def _key(reason: Fate) -> tuple[str, str]:
    return reason.stage, f"{reason.outcome}\t{reason.rule}"


def _in_order(reasons: Iterable[Fate], stages: Sequence[str]) -> tuple[Fate, ...]:
    place = {stage: i for i, stage in enumerate(stages)}
    return tuple(sorted(reasons, key=lambda r: (place[r.stage], -r.count, r.outcome, r.rule)))
