"""The report's languages: each one's row unfolds into its own funnel, its reasons, and documents that left."""

from collections.abc import Iterable, Sequence

from ccnet_lite.report.charts import stacked_bar
from ccnet_lite.report.data import ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.html_funnel import fates_of, label, reasons_table, stage_rows
from ccnet_lite.report.html_rules import example_rows
from ccnet_lite.report.markup import (
    UNNAMED,
    Cell,
    cut_off,
    details,
    found_by,
    language,
    legend,
    name_of,
    section,
    table,
    text,
)
from ccnet_lite.report.style import fate_class
from ccnet_lite.run.funnel import KEPT, NO_LANGUAGE, UNDETERMINED, Fate, LanguageFunnel
from ccnet_lite.run.glimpses import Example

Fates = Sequence[tuple[str, str]]
SHOWN_REASONS = 3
SHOWN_GUESSES = 30


def language_section(data: ReportData) -> str:
    """A bar of fates for each language, of equal length so that shares compare; it unfolds."""
    funnel = data.funnel
    all_fates = fates_of(funnel)
    fates = [(KEPT, KEPT), *(f for f in all_fates if f not in ((KEPT, KEPT), ("ingest", "skipped")))]
    keys = legend((fate_class(*fate), label(*fate)) for fate in fates)
    parts = [part for part in funnel.languages if part.language != NO_LANGUAGE]
    rows = "".join(_language(number, part, data, fates) for number, part in enumerate(parts))
    body = keys + _sorting() + cut_off(f'<div class="rows langs">{rows}</div>', len(parts))
    body += details("As numbers, all languages", _numbers(funnel.languages, all_fates, data))
    note = (
        "What became of each language's documents. Open one to see what took them out. Documents whose "
        "likeliest language scores below the threshold are undetermined: they count for no language."
    )
    return section("funnel", "By language", body, note)


def _sorting() -> str:
    """Shown by the script, without which it would do nothing."""
    buttons = "".join(
        f'<button type="button" data-by="{i}" aria-pressed="{"true" if i == 0 else "false"}">{name}</button>'
        for i, name in enumerate(("documents", "kept", "share kept", "name"))
    )
    return f'<div class="sorting" role="group" aria-label="Sort languages by" hidden>Sort by {buttons}</div>'


def _language(number: int, part: LanguageFunnel, data: ReportData, fates: Fates) -> str:
    code, names = part.language, data.names
    said = f"{part.kept:,} of {part.documents:,} kept"
    numbers = f"<b>{part.kept:,}</b> of {part.documents:,}, {percent(part.kept, part.documents)} %"
    share = part.kept / part.documents if part.documents else 0.0
    by = f'data-sort="{part.documents}|{part.kept}|{share:.6f}|{text(name_of(code, names))}"'
    bar = _fate_bar(part, fates)
    return (
        f'<details id="lang-{text(code)}" {by}{found_by(f"{name_of(code, names)} {code}", number, "lang")}>'
        f'<summary class="row" title="{text(said)}"><span class="name">{language(code, names)}</span>'
        f'<span>{bar}</span><span class="num">{numbers}</span></summary>'
        f'<div class="inner">{_unfolded(part, data)}</div></details>\n'
    )


def _unfolded(part: LanguageFunnel, data: ReportData) -> str:
    fates = [fate for fate in fates_of(data.funnel) if part.count(*fate) or fate[0] == KEPT]
    body = f"<p>{_in_words(part)}</p>{stage_rows(part, data.funnel, fates)}"
    if part.reasons:
        name = UNNAMED.get(part.language, "the language")
        body += f"<h3>Why they left</h3>{reasons_table(part.reasons, data, part.documents, name)}"
        body += _examples(part, data)
    return body + _guesses(part.language, data)


def _in_words(part: LanguageFunnel) -> str:
    """How many left, and what for, in a sentence."""
    left = part.documents - part.kept
    if not left:
        return f"All of {part.documents:,} documents were kept."
    largest = sorted(part.reasons, key=lambda fate: -fate.count)[:SHOWN_REASONS]
    shares = "; ".join(_share(fate, part) for fate in largest)
    more = len(part.reasons) - len(largest)
    others = f"; and {more} more rule{'s' * (more != 1)}" if more else ""
    return (
        f"Of {part.documents:,} documents, {part.kept:,} ({percent(part.kept, part.documents)} %) were kept and "
        f"{left:,} left: {shares}{others}."
    )


def _share(fate: Fate, part: LanguageFunnel) -> str:
    where = text(label(fate.stage, fate.outcome))
    return f"{fate.count:,} ({percent(fate.count, part.documents)} %) for {where} (<code>{text(fate.rule)}</code>)"


def _examples(part: LanguageFunnel, data: ReportData) -> str:
    found: list[Example] = []
    if data.glimpse is not None:
        for fate in part.reasons:
            found += data.glimpse.left.get((part.language, fate.rule), [])
    if not found:
        return ""
    names = data.names if part.language == UNDETERMINED else None
    return f"<h3>Some of them</h3>{example_rows(found, names, by_rule=True)}"


def _guesses(code: str, data: ReportData) -> str:
    """Of a language, how many documents below the threshold are likest it; of `und`, all of them by language."""
    counts: dict[str, int] = {}
    for row in data.low:
        counts[row.language or ""] = counts.get(row.language or "", 0) + row.count
    if code == UNDETERMINED and counts:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        rows = [[language(guess, data.names), f"{count:,}"] for guess, count in ordered[:SHOWN_GUESSES]]
        return f"<h3>What they are likest</h3>{table(['likeliest language', 'documents'], rows, numeric=(1,))}"
    if code in counts:
        return (
            f'<p class="note">{counts[code]:,} more documents are likest this language, but below the language '
            'threshold: they are among the <a href="#lang-und">undetermined</a>.</p>'
        )
    return ""


def _fate_bar(part: LanguageFunnel, fates: Fates) -> str:
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


def _numbers(languages: Iterable[LanguageFunnel], fates: Fates, data: ReportData) -> str:
    heads = ["language", "records", *(label(*fate) for fate in fates), "kept %"]
    parts = list(languages)
    rows: list[list[Cell]] = [
        [
            language(part.language, data.names),
            f"{part.records:,}",
            *(f"{part.count(*fate):,}" for fate in fates),
            (percent(part.kept, part.documents), part.kept / part.documents if part.documents else -1.0),
        ]
        for part in parts
    ]
    found = [f"{name_of(part.language, data.names)} {part.language}" for part in parts]
    return table(heads, rows, numeric=range(1, len(heads)), names=found)
