"""The funnel as text for a terminal."""

from collections.abc import Sequence

from ccnet_lite.report.columns import align, compact
from ccnet_lite.run.funnel import UNDETERMINED, Funnel
from ccnet_lite.run.outliers import Outlier

SHOWN_AS = {UNDETERMINED: "undetermined"}


def render_funnel(funnel: Funnel, top: int = 20, width: int = 120) -> str:
    """The funnel as text: a row a language, a column a fate, the sum at the end; at most `width` columns.

    Numbers are written out, or in thousands and millions where they would not fit.
    """
    fates = [("ingest", "skipped"), ("ingest", "bad")]
    fates += [(stage, "dropped") for stage in funnel.shown if stage != "ingest"]
    if funnel.total.count("ingest", "dropped"):
        fates.insert(2, ("ingest", "dropped"))
    head = ["language", "records", *(_heading(*fate) for fate in fates), "kept", "kept %"]
    rows = [*funnel.top(top), funnel.total]
    for number in (lambda n: f"{n:,}", compact):
        body = [
            [
                SHOWN_AS.get(row.language, row.language),
                number(row.records),
                *(number(row.count(*fate)) if row.count(*fate) else "·" for fate in fates),
                number(row.kept),
                percent(row.kept, row.documents),
            ]
            for row in rows
        ]
        lines = align([head, *body], left=1)
        if max(map(len, lines)) <= width:
            break
    rule = "─" * max(map(len, lines))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]]) + "\n"


def render_reasons(funnel: Funnel, top: int = 12, width: int = 120) -> str:
    """The rules that took most records out, as text: stage, rule, records, characters."""
    largest = sorted(funnel.reasons, key=lambda fate: -fate.count)[:top]
    body = [[fate.stage, fate.outcome, fate.rule, f"{fate.count:,}", compact(fate.n_chars)] for fate in largest]
    lines = align([["stage", "outcome", "rule", "records", "characters"], *body], left=3)
    return "\n".join(line[:width].rstrip() for line in lines) + "\n"


def render_outliers(found: Sequence[Outlier], top: int = 8) -> str:
    """Rules that take unusually much of a language, as text; empty where there are none."""
    lines = [
        f"{each.rule} takes {percent(each.dropped, each.documents)} % of {each.language} "
        f"({each.dropped:,} of {each.documents:,}), of most languages {100 * each.median:.1f} %"
        for each in found[:top]
    ]
    rest = [f"and {len(found) - top} more, in the report"] if len(found) > top else []
    return "\n".join(["unusual:", *(f"  {line}" for line in [*lines, *rest])]) + "\n" if lines else ""


def percent(part: int, whole: int) -> str:
    """A share for people: "12.3", "–" of nothing; never "100.0" or "0.0" of what is not all or nothing."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if part and share < 0.05:
        return "<0.1"
    if part < whole and share >= 99.95:
        return ">99.9"
    return f"{share:.1f}"


def _heading(stage: str, outcome: str) -> str:
    if stage == "ingest":
        return "unread" if outcome == "dropped" else outcome
    return {"near_duplicates": "near-dup", "heuristics": "heuristic"}.get(stage, stage)
