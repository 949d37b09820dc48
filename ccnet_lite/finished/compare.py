"""Two finished runs side by side: from manifests and small tables and, where they read the same archives, ledgers.

Not handled: how it is shown (commands/compare.py).
"""

from collections.abc import Mapping
from typing import Any

from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.moves import join_ledgers
from ccnet_lite.finished.opened import Opened, differing, flat, open_run
from ccnet_lite.run.funnel import KEPT, STAGES, Funnel, build_funnel
from ccnet_lite.sampling.statistics import language_counts, statistics_rows
from ccnet_lite.store.reading import read_table

Side = dict[str, Any]


def compare(first: Folder, second: Folder, examples: int = 3) -> dict[str, Any]:
    """What differs between two finished runs, as plain JSON values; of every pair the first is `a`.

    archives: how many each read, and how many are common (equal SHA-256). funnel: records and characters by stage
    and rule. languages: what each read and kept, and its sampling probability at `alpha`. settings, models: those
    that differ. steps: seconds and CPU seconds. documents: None where no archive is common; else how many have the
    same fate in both, and what moved from which fate to which, with up to `examples` documents each.

    Raises:
        UserError: one of the folders holds no finished run, or one of another version.
    """
    a, b = open_run(first), open_run(second)
    funnels = [build_funnel(run.funnel) for run in (a, b)]
    alpha = common_alpha(a, b)
    archives = archives_of(a, b)
    rules = paired([rules_of(funnel) for funnel in funnels], ("stage", "outcome", "rule"))
    return {
        "runs": [about(run, funnel) for run, funnel in zip((a, b), funnels, strict=True)],
        "archives": archives,
        "funnel": sorted(rules, key=_stage),
        "alpha": alpha,
        "languages": languages_of(a, b, funnels, alpha),
        "settings": _differences(flat(a.manifest.settings), flat(b.manifest.settings), "setting"),
        "models": _differences(a.manifest.models, b.manifest.models, "model"),
        "steps": paired([steps_of(run) for run in (a, b)], ("step",)),
        "documents": documents_of(a, b, examples) if archives["common"] else None,
    }


def about(run: Opened, funnel: Funnel) -> Side:
    """A run in a few numbers."""
    return {
        "run": run.place.shown,
        "version": run.manifest.version,
        "records": funnel.total.records,
        "documents": funnel.total.documents,
        "kept": funnel.total.kept,
        "characters": funnel.total.kept_chars,
    }


def archives_of(a: Opened, b: Opened) -> dict[str, Any]:
    """How many archives each read; `same` where they are the same ones."""
    first, second = a.manifest.archives, b.manifest.archives
    common = len(first.items() & second.items())
    return {"a": len(first), "b": len(second), "common": common, "same": first == second}


def rules_of(funnel: Funnel) -> dict[tuple[str, ...], Side]:
    """Records, characters and the share of all documents, by (stage, outcome, rule)."""
    kept = (KEPT, KEPT, ""), (funnel.total.kept, funnel.total.kept_chars)
    fates = [((fate.stage, fate.outcome, fate.rule), (fate.count, fate.n_chars)) for fate in funnel.reasons]
    return {
        key: {
            "records": records,
            "characters": characters,
            "share": None if key[1] == "skipped" else _share(records, funnel.total.documents),
        }
        for key, (records, characters) in [*fates, kept]
    }


def common_alpha(a: Opened, b: Opened) -> float | None:
    """The first exponent of the first run that the second has, too."""
    first, second = (run.manifest.settings["sampling"]["alphas"] for run in (a, b))
    return next((float(alpha) for alpha in first if alpha in second), None)


def languages_of(a: Opened, b: Opened, funnels: list[Funnel], alpha: float | None) -> list[dict[str, Any]]:
    """Languages that one of them read, most kept first."""
    rows = paired([_languages(run, of, alpha) for run, of in zip((a, b), funnels, strict=True)], ("language",))
    return sorted(
        rows, key=lambda row: (-max((row[side] or {}).get("documents", 0) for side in "ab"), row["language"])
    )


def _languages(run: Opened, funnel: Funnel, alpha: float | None) -> dict[tuple[str, ...], Side]:
    kept = statistics_rows(read_table(run.table("statistics")))
    documents, characters = (language_counts(kept, unit) for unit in ("documents", "characters"))
    sampling = read_table(run.table("sampling"), ["language", "alpha", "q"]).to_pylist()
    q = {row["language"]: row["q"] for row in sampling if row["alpha"] == alpha}
    total_read, total = funnel.total.documents, sum(n or 0 for n in documents.values())
    return {
        (part.language,): {
            "read": part.documents,
            "read_share": _share(part.documents, total_read),
            "documents": documents.get(part.language) or 0,
            "characters": characters.get(part.language) or 0,
            "share": _share(documents.get(part.language) or 0, total),
            "q": q.get(part.language),
        }
        for part in funnel.languages
        if part.documents
    }


def steps_of(run: Opened) -> dict[tuple[str, ...], Side]:
    """Seconds and CPU seconds of each step, in the order of the tables."""
    return {
        (name,): {"seconds": figures.seconds, "cpu_seconds": figures.cpu_seconds}
        for name, figures in run.manifest.figures.items()
    }


def documents_of(a: Opened, b: Opened, examples: int) -> dict[str, Any]:
    """What became of the documents of both, by the ledgers."""
    ledgers = a.table("ledger"), b.table("ledger")
    moves = join_ledgers(*ledgers, examples)
    return {"same_fate": moves.stayed, "changed_text": moves.changed_text, "moves": moves.told(ledgers)}


def paired(sides: list[dict[tuple[str, ...], Side]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of two runs by their key: its parts by `names`, a and b (None where a run has no such row)."""
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    return [dict(zip(names, key, strict=True)) | {"a": sides[0].get(key), "b": sides[1].get(key)} for key in keys]


def _stage(row: dict[str, Any]) -> int:
    return (*STAGES, KEPT).index(row["stage"])


def _differences(first: Mapping[str, Any], second: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    return [{what: name, "a": a, "b": b} for name, a, b in differing(dict(first), dict(second))]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
