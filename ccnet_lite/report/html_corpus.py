"""The report's corpus: what lies in it by language and bucket, how to sample it, its perplexities."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ccnet_lite.report.charts import LogScale, axis, dot_row, histogram, stacked_bar
from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import Perplexities, SamplingRow, StatisticsRow
from ccnet_lite.report.markup import (
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
from ccnet_lite.report.style import ALPHAS, BUCKETS

UNITS = ("documents", "lines", "characters", "bytes", "words", "tokens")


def corpus_section(statistics: Sequence[StatisticsRow], names: Mapping[str, str]) -> str:
    """A row a language, most documents first: its buckets and its size in every unit."""
    if not statistics:
        return ""
    by_language: dict[str, list[StatisticsRow]] = {}
    for row in statistics:
        by_language.setdefault(row["language"], []).append(row)
    ordered = sorted(by_language.items(), key=lambda item: (-sum(row["documents"] for row in item[1]), item[0]))
    lines = [_corpus_row(code, rows, names) for code, rows in ordered]
    heads = ["language", "buckets", *UNITS]
    found = [_found_as(code, names) for code, _ in ordered]
    body = legend((bucket, bucket) for bucket in BUCKETS) + table(heads, lines, numeric=range(2, 8), names=found)
    note = "Tokens are SentencePiece pieces, where the language has a model."
    return section("corpus", "What the corpus holds", body, note)


def sampling_section(rows: Sequence[SamplingRow], budget: int, names: Mapping[str, str]) -> str:
    """Each language's share of the corpus and of what is read, on one logarithmic scale."""
    counted = [row for row in rows if row["n"]]
    if not counted:
        return ""
    unit = counted[0]["unit"]
    alphas = sorted({row["alpha"] for row in counted if row["alpha"] < 1.0})
    by_language: dict[str, list[SamplingRow]] = {}
    for row in counted:
        by_language.setdefault(row["language"], []).append(row)
    ordered = sorted(by_language.items(), key=lambda item: (-(item[1][0]["n"] or 0), item[0]))
    scale = LogScale([value for _, own in ordered for row in own for value in (row["p"], row["q"]) if value])
    colours = {alpha: ALPHAS[min(i, len(ALPHAS) - 1)] for i, alpha in enumerate(alphas)}
    keys = legend([("p", "p, share of the corpus"), *((c, f"q at α = {a:g}") for a, c in colours.items())])
    rows_shown = "".join(
        _sampling_dots(code, own, scale, colours, names, number) for number, (code, own) in enumerate(ordered)
    )
    marks = cut_off(f'<div class="rows">{rows_shown}</div>', len(ordered))
    ends = f'<div class="row dotrows"><div></div>{axis(scale)}<div></div></div>'
    uncounted = sorted({row["language"] for row in rows if row["n"] is None})
    note = (
        f"n counts {text(unit)}. q = p<sup>α</sup> / Σp<sup>α</sup>: the lower α, the more of the small "
        f"languages is read. Epochs are for {budget:,} {text(unit)} read in all."
    )
    if uncounted:
        note += f" Not counted, for want of a model: {text(', '.join(uncounted), 400)}."
    numbers = details("As numbers, all languages", _sampling_numbers(ordered, unit, names))
    return section("sampling", "How to sample it", keys + marks + ends + numbers, note)


def perplexity_section(perplexities: Sequence[Perplexities], names: Mapping[str, str]) -> str:
    """A histogram a language, most documents first."""
    ordered = sorted(perplexities, key=lambda each: (-each.count, each.language))
    drawn = [(each, histogram(each, name_of(each.language, names))) for each in ordered]
    drawn = [(each, figure) for each, figure in drawn if figure]
    if not drawn:
        return ""
    figures = "".join(
        f"<div{found_by(_found_as(each.language, names), number)}>{figure}</div>"
        for number, (each, figure) in enumerate(drawn)
    )
    cut = any(data.head_below is not None and data.tail_from is not None for data in perplexities)
    keys = legend((bucket, bucket) for bucket in BUCKETS[:3]) if cut else ""
    note = (
        "Of documents under their language's own model, so the figures of two languages don't compare. The "
        "axis is logarithmic; dashes are the limits of head and tail."
    )
    body = keys + cut_off(f'<div class="hists">{figures}</div>', len(drawn))
    return section("perplexity", "Perplexity", body, note)


def _found_as(code: str, names: Mapping[str, str]) -> str:
    return f"{name_of(code, names)} {code}"


def _corpus_row(code: str, rows: Sequence[StatisticsRow], names: Mapping[str, str]) -> list[Cell]:
    documents = sum(row["documents"] for row in rows)
    sizes = Counter[str]()
    for row in rows:
        sizes[row["bucket"]] += row["documents"]
    marks = [(b, f"{b}: {sizes.get(b, 0):,} documents", float(sizes.get(b, 0))) for b in BUCKETS]
    bar = stacked_bar(marks, documents, "; ".join(title for _, title, size in marks if size), height=12)
    tokens = [row["tokens"] for row in rows if row["documents"]]
    known = [count for count in tokens if count is not None]
    sums = [_amount(sum(row[unit] for row in rows)) for unit in ("lines", "characters", "bytes", "words")]
    told = _amount(sum(known)) if len(known) == len(tokens) else "–"
    return [language(code, names), bar, f"{documents:,}", *sums, told]


def _amount(number: int) -> Cell:
    return compact(number), float(number)


def _sampling_dots(
    code: str,
    own: Sequence[SamplingRow],
    scale: LogScale,
    colours: dict[float, str],
    names: Mapping[str, str],
    number: int,
) -> str:
    p = own[0]["p"] or 0.0
    qs = [(row["alpha"], row["q"] or 0.0) for row in own if row["alpha"] in colours]
    marks = [(colours[alpha], f"q at α = {alpha:g}: {_percent(q)}", q) for alpha, q in sorted(qs, reverse=True)]
    said = "; ".join(title for _, title, _ in marks)
    picture = dot_row([*marks, ("p", f"p: {_percent(p)}", p)], scale, f"{code}: p {_percent(p)}; {said}")
    lowest = min(qs, default=(1.0, p))
    numbers = f"{_percent(p)} → <b>{_percent(lowest[1])}</b>"
    return (
        f"<div{found_by(_found_as(code, names), number)}>"
        f'<div class="row dotrows"><div class="name">{language(code, names)}</div><div>{picture}</div>'
        f'<div class="num">{numbers}</div></div></div>\n'
    )


def _sampling_numbers(
    ordered: Sequence[tuple[str, Sequence[SamplingRow]]], unit: str, names: Mapping[str, str]
) -> str:
    alphas = sorted({row["alpha"] for _, own in ordered for row in own})
    heads = ["language", unit, "p"]
    for alpha in alphas:
        heads += [f"q, α={alpha:g}", f"×, α={alpha:g}", f"epochs, α={alpha:g}"]
    heads += ["UniMax", "epochs, UniMax"]
    rows = []
    for code, own in ordered:
        by_alpha = {row["alpha"]: row for row in own}
        cells: list[Cell] = [language(code, names), f"{own[0]['n']:,}", _share(own[0]["p"])]
        for alpha in alphas:
            row = by_alpha[alpha]
            cells += [_share(row["q"]), _figure(row["factor"]), _figure(row["epochs_at_budget"])]
        rows.append([*cells, _share(own[0]["unimax_probability"]), _figure(own[0]["unimax_epochs"])])
    found = [_found_as(code, names) for code, _ in ordered]
    return table(heads, rows, numeric=range(1, len(heads)), names=found)


def _share(value: float | None) -> Cell:
    """A share as per cent, three figures."""
    return "–" if value is None else (_percent(value), value)


def _percent(value: float) -> str:
    return f"{100 * value:#.3g}".rstrip(".") + " %"


def _figure(value: float | None) -> Cell:
    if value is None:
        return "–"
    return (f"{value:.2f}" if value < 100 else compact(value)), value
