"""The report's funnel: stage by stage, language by language, rule by rule."""

from collections.abc import Iterable

from ccnet_lite.report.charts import stacked_bar
from ccnet_lite.report.columns import compact
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.markup import details, legend, section, table, text
from ccnet_lite.report.style import fate_class
from ccnet_lite.run.funnel import KEPT, NO_LANGUAGE, Funnel, LanguageFunnel

TOP_LANGUAGES = 40
LABELS = {
    ("ingest", "skipped"): "no document in it",
    ("ingest", "bad"): "bad record",
    ("length", "dropped"): "too short",
    ("lines", "dropped"): "only boilerplate",
    ("language", "dropped"): "language",
    ("heuristics", "dropped"): "heuristics",
    ("near_duplicates", "dropped"): "near-duplicate",
    ("paragraphs", "dropped"): "paragraphs",
    ("quality", "dropped"): "quality",
    (KEPT, KEPT): "kept",
}


def stages_section(funnel: Funnel) -> str:
    """What each stage took out of what it was handed."""
    total = funnel.total
    rows = []
    for stage, outcome in _fates(funnel):
        lost = total.count(stage, outcome)
        entering = total.entering(stage, funnel.stages)
        if (stage, outcome) == ("ingest", "bad"):
            entering -= total.count("ingest", "skipped")
        if stage == KEPT:
            parts = [(fate_class(KEPT, KEPT), f"{entering:,} kept", float(entering))]
            numbers = f"<b>{entering:,}</b> kept, {percent(entering, total.documents)} %"
        else:
            parts = [
                ("faint", f"{entering - lost:,} go on", float(entering - lost)),
                (fate_class(stage, outcome), f"{lost:,} leave", float(lost)),
            ]
            numbers = f"<b>−{lost:,}</b> of {entering:,}, {percent(lost, entering)} %"
        bar = stacked_bar(parts, total.records, f"{label(stage, outcome)}: {lost} of {entering}", height=18)
        rows.append(_row(text(label(stage, outcome)), bar, numbers, "stages"))
    note = (
        f"{total.records:,} records were read. Each is counted once: where it left, or as kept. "
        "Shares are of what reached the stage; of kept, of all documents."
    )
    return section("stages", "Where the records went", "".join(rows), note)


def language_section(funnel: Funnel) -> str:
    """A bar of fates for each language, of equal length so that shares compare."""
    fates = [fate for fate in _fates(funnel) if fate != ("ingest", "skipped")]
    fates = [(KEPT, KEPT), *(fate for fate in fates if fate[0] != KEPT)]
    keys = legend((fate_class(*fate), label(*fate)) for fate in fates)
    shown = [part for part in funnel.top(TOP_LANGUAGES) if part.language != NO_LANGUAGE]
    rows = []
    for part in shown:
        numbers = f"<b>{part.kept:,}</b> of {part.documents:,}, {percent(part.kept, part.documents)} %"
        rows.append(_row(text(part.language), _fate_bar(part, fates), numbers))
    whole = details("As numbers, all languages", _numbers(funnel.languages, _fates(funnel)))
    note = "What became of each language's documents. The largest languages come first."
    return section("funnel", "By language", keys + "".join(rows) + whole, note)


def reasons_section(funnel: Funnel) -> str:
    """Every rule that took records out."""
    if not funnel.reasons:
        return ""
    largest = max(fate.count for fate in funnel.reasons)
    rows = []
    for fate in funnel.reasons:
        css = fate_class(fate.stage, fate.outcome)
        named = text(label(fate.stage, fate.outcome))
        bar = stacked_bar([(css, f"{fate.count:,}", fate.count)], largest, f"{fate.count} records", height=10)
        rows.append(
            [
                f'<span class="nowrap"><i class="key {css}"></i> {named}</span>',
                f"<code>{text(fate.rule)}</code>",
                bar,
                f"{fate.count:,}",
                percent(fate.count, funnel.total.records),
                compact(fate.n_chars) if fate.n_chars else "–",
            ]
        )
    heads = ["stage", "rule", "", "records", "% of all", "characters"]
    note = "In the order in which a document meets them. The ledger holds one row for each record."
    return section("reasons", "Why records left", table(heads, rows, numeric=(3, 4, 5)), note)


def label(stage: str, outcome: str) -> str:
    """A fate in words."""
    return LABELS.get((stage, outcome), stage.replace("_", " "))


def _fates(funnel: Funnel) -> list[tuple[str, str]]:
    """Every way to end, in the order of the stages; of ingest, only those that occurred."""
    fates = [("ingest", outcome) for outcome in ("skipped", "bad", "dropped")]
    fates = [fate for fate in fates if funnel.total.count(*fate)]
    fates += [(stage, "dropped") for stage in funnel.stages if stage != "ingest"]
    return [*fates, (KEPT, KEPT)]


def _fate_bar(part: LanguageFunnel, fates: Iterable[tuple[str, str]]) -> str:
    marks = [
        (
            fate_class(*fate),
            f"{label(*fate)}: {part.count(*fate):,} ({percent(part.count(*fate), part.documents)} %)",
            float(part.count(*fate)),
        )
        for fate in fates
    ]
    said = "; ".join(title for _, title, size in marks if size)
    return stacked_bar(marks, part.documents, f"{part.language}: {said}")


def _numbers(languages: Iterable[LanguageFunnel], fates: list[tuple[str, str]]) -> str:
    heads = ["language", "records", *(label(*fate) for fate in fates), "kept %"]
    rows = [
        [
            text(part.language),
            f"{part.records:,}",
            *(f"{part.count(*fate):,}" for fate in fates),
            percent(part.kept, part.documents),
        ]
        for part in languages
    ]
    return table(heads, rows, numeric=range(1, len(heads)))


def _row(name: str, picture: str, numbers: str, css: str = "") -> str:
    return (
        f'<div class="row {css}"><div class="name">{name}</div><div>{picture}</div>'
        f'<div class="num">{numbers}</div></div>\n'
    )
