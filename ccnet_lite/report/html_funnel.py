"""The report's funnel: stage by stage, and rule by rule with what each asks."""

from collections.abc import Iterable, Sequence

from ccnet_lite.report.charts import stacked_bar
from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.markup import Cell, section, table, text
from ccnet_lite.report.style import fate_class
from ccnet_lite.run.funnel import KEPT, Fate, Funnel, LanguageFunnel
from ccnet_lite.run.rules_told import RuleTold

LABELS = {
    ("ingest", "skipped"): "no document in it",
    ("ingest", "bad"): "bad record",
    ("length", "dropped"): "too short",
    ("lines", "dropped"): "only boilerplate",
    ("urls", "dropped"): "URL",
    ("opt_out", "dropped"): "opted out",
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
    note = (
        f"{total.records:,} records were read. Each is counted once: where it left, or as kept. "
        "Shares are of what reached the stage; of kept, of all documents."
    )
    return section("stages", "Where the records went", stage_rows(total, funnel, fates_of(funnel)), note)


def stage_rows(part: LanguageFunnel, funnel: Funnel, fates: Iterable[tuple[str, str]]) -> str:
    """A bar a fate: what reached the stage, and what of it left there."""
    rows = []
    for stage, outcome in fates:
        lost = part.count(stage, outcome)
        entering = part.entering(stage, funnel.stages)
        if (stage, outcome) == ("ingest", "bad"):
            entering -= part.count("ingest", "skipped")
        if stage == KEPT:
            parts = [(fate_class(KEPT, KEPT), f"{entering:,} kept", float(entering))]
            numbers = f"<b>{entering:,}</b> kept, {percent(entering, part.documents)} %"
        else:
            parts = [
                ("faint", f"{entering - lost:,} go on", float(entering - lost)),
                (fate_class(stage, outcome), f"{lost:,} leave", float(lost)),
            ]
            numbers = f"<b>−{lost:,}</b> of {entering:,}, {percent(lost, entering)} %"
        bar = stacked_bar(parts, part.records, f"{label(stage, outcome)}: {lost} of {entering}", height=18)
        rows.append(row(text(label(stage, outcome)), bar, numbers, "stages"))
    return "".join(rows)


def reasons_section(data: ReportData) -> str:
    """Every rule that took records out."""
    funnel = data.funnel
    if not funnel.reasons:
        return ""
    note = "In the order in which a document meets them. The ledger holds one row for each record."
    body = reasons_table(funnel.reasons, data, funnel.total.records, "all")
    return section("reasons", "Why records left", body, note)


def reasons_table(reasons: Sequence[Fate], data: ReportData, whole: int, of: str) -> str:
    """A row a rule, with what it asks. whole: the records that shares are of, which `of` names."""
    told = {rule.name: rule for rule in data.rules}
    at_thresholds = data.glimpse.at_thresholds if data.glimpse else {}
    largest = max((fate.count for fate in reasons), default=0)
    rows: list[list[Cell]] = []
    for fate in reasons:
        css = fate_class(fate.stage, fate.outcome)
        named = text(label(fate.stage, fate.outcome))
        bar = stacked_bar([(css, f"{fate.count:,}", fate.count)], largest, f"{fate.count} records", height=10)
        rows.append(
            [
                f'<span class="nowrap"><i class="key {css}"></i> {named}</span>',
                _named(fate.rule, told.get(fate.rule), fate.rule in at_thresholds),
                _asked(told.get(fate.rule)),
                bar,
                f"{fate.count:,}",
                percent(fate.count, whole),
                compact(fate.n_chars) if fate.n_chars else "–",
            ]
        )
    heads = ["stage", "rule", "what passes it", "size", "records", f"% of {of}", "characters"]
    return table(heads, rows, numeric=(4, 5, 6))


def _named(name: str, rule: RuleTold | None, linked: bool) -> str:
    """A rule's name and what it measures. linked: whether documents at its threshold are shown."""
    named = f"<code>{text(name)}</code>"
    if linked:
        named = f'<a href="#rule-{text(name)}">{named}</a>'
    words = "" if rule is None else f'<div class="said">{text(rule.words)}</div>'
    return named + words


def _asked(rule: RuleTold | None) -> str:
    """What a rule asks and which setting says it."""
    if rule is None:
        return "–"
    return f'{text(rule.asks)} <span class="soft">{text(rule.setting)}</span>'


def label(stage: str, outcome: str) -> str:
    """A fate in words."""
    return LABELS.get((stage, outcome), stage.replace("_", " "))


def fates_of(funnel: Funnel) -> list[tuple[str, str]]:
    """Every way to end, in the order of the stages; of ingest, only those that occurred."""
    fates = [("ingest", outcome) for outcome in ("skipped", "bad", "dropped")]
    fates = [fate for fate in fates if funnel.total.count(*fate)]
    fates += [(stage, "dropped") for stage in funnel.shown if stage != "ingest"]
    return [*fates, (KEPT, KEPT)]


def row(name: str, picture: str, numbers: str, css: str = "") -> str:
    """A name, a picture and numbers beside each other, all of them HTML."""
    return (
        f'<div class="row {css}"><div class="name">{name}</div><div>{picture}</div>'
        f'<div class="num">{numbers}</div></div>\n'
    )
