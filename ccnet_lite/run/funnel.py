"""The funnel: how many records of each language came in, where they left, how many stayed.

It is made of ledger counts: one row a (language, outcome, stage, rule). Sums made from one table meet by
themselves, so `check` holds them against counts of other tables: what each stage was handed, what the corpus
holds.

Not handled: reading the ledger; how it is shown (report/).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccnet_lite.errors import RunFailed

STAGES = ("ingest", "length", "lines", "language", "heuristics", "near_duplicates", "paragraphs", "quality")
"""In the order in which a record meets them."""
KEPT = "kept"
NO_LANGUAGE = "(none)"
"""Stands for the language of records that have none, because no document was made of them."""


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
    reasons: tuple[Fate, ...]
    """Each (stage, outcome, rule) that took records out, over all languages: in the order of the stages,
    then most records first."""
    stages: tuple[str, ...] = STAGES

    def top(self, languages: int) -> tuple[LanguageFunnel, ...]:
        """The largest languages, the others summed as one, records without a language.

        All of them where that saves nothing.
        """
        named = tuple(part for part in self.languages if part.language != NO_LANGUAGE)
        if len(named) <= languages + 1:
            return self.languages
        rest = named[languages:]
        nameless = self.languages[len(named) :]
        return (*named[:languages], _summed(f"{len(rest)} others", rest), *nameless)


def build_funnel(rows: Iterable[FunnelRow], stages: Sequence[str] = STAGES) -> Funnel:
    """Sum ledger counts into a funnel.

    Rows of one kind may come in several pieces. Languages: None and "" become `NO_LANGUAGE`.

    Raises:
        RunFailed: a row with a stage or an outcome that the funnel does not know, or a negative count.
    """
    by_language: dict[str, dict[tuple[str, str], Fate]] = {}
    reasons: dict[tuple[str, str], Fate] = {}
    for row in rows:
        stage = KEPT if row.outcome == KEPT else row.stage or ""
        _check_row(row, stage, stages)
        fate = Fate(stage, row.outcome, "", row.count, row.n_chars)
        _add(by_language.setdefault(row.language or NO_LANGUAGE, {}), (stage, row.outcome), fate)
        if stage != KEPT:
            rule = row.rule or ""
            named = Fate(stage, row.outcome, rule, row.count, row.n_chars)
            _add(reasons, (stage, f"{row.outcome}\t{rule}"), named)
    languages = [
        LanguageFunnel(language, sum(fate.count for fate in fates.values()), fates)
        for language, fates in by_language.items()
    ]
    languages.sort(key=lambda part: (part.language == NO_LANGUAGE, -part.records, part.language))
    place = {stage: i for i, stage in enumerate(stages)}
    ordered = sorted(reasons.values(), key=lambda r: (place[r.stage], -r.count, r.outcome, r.rule))
    return Funnel(tuple(languages), _summed("all", languages), tuple(ordered), tuple(stages))


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


def _summed(name: str, parts: Iterable[LanguageFunnel]) -> LanguageFunnel:
    fates: dict[tuple[str, str], Fate] = {}
    records = 0
    for part in parts:
        records += part.records
        for key, fate in part.fates.items():
            _add(fates, key, fate)
    return LanguageFunnel(name, records, fates)
