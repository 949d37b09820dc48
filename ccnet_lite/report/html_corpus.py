"""The report's corpus: what lies in it by language and bucket, how to sample it, its perplexities."""

from collections.abc import Sequence

from ccnet_lite.report.charts import LogScale, axis, dot_row, histogram, stacked_bar
from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import Perplexities, SamplingRow, StatisticsRow
from ccnet_lite.report.markup import details, legend, section, table, text
from ccnet_lite.report.style import ALPHAS, BUCKETS

TOP_LANGUAGES = 40
UNITS = ("documents", "lines", "characters", "bytes", "words", "tokens")


def corpus_section(statistics: Sequence[StatisticsRow]) -> str:
    """A row a language, most documents first: its buckets and its size in every unit."""
    if not statistics:
        return ""
    by_language: dict[str, list[StatisticsRow]] = {}
    for row in statistics:
        by_language.setdefault(row["language"], []).append(row)
    ordered = sorted(by_language.items(), key=lambda item: (-sum(row["documents"] for row in item[1]), item[0]))
    lines = [_corpus_row(language, rows) for language, rows in ordered]
    heads = ["language", "buckets", *UNITS]
    body = legend((bucket, bucket) for bucket in BUCKETS)
    body += table(heads, lines[:TOP_LANGUAGES], numeric=range(2, 8))
    if len(lines) > TOP_LANGUAGES:
        more = table(heads, lines[TOP_LANGUAGES:], numeric=range(2, 8))
        body += details(f"{len(lines) - TOP_LANGUAGES} more languages", more)
    note = "Tokens are SentencePiece pieces, where the language has a model."
    return section("corpus", "What the corpus holds", body, note)


def sampling_section(rows: Sequence[SamplingRow], budget: int) -> str:
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
    shown = ordered[:TOP_LANGUAGES]
    scale = LogScale([value for _, own in shown for row in own for value in (row["p"], row["q"]) if value])
    colours = {alpha: ALPHAS[min(i, len(ALPHAS) - 1)] for i, alpha in enumerate(alphas)}
    keys = legend([("p", "p, share of the corpus"), *((c, f"q at α = {a:g}") for a, c in colours.items())])
    marks = "".join(_sampling_dots(language, own, scale, colours) for language, own in shown)
    ends = f'<div class="row dotrows"><div></div>{axis(scale)}<div></div></div>'
    uncounted = sorted({row["language"] for row in rows if row["n"] is None})
    note = (
        f"n counts {text(unit)}. q = p<sup>α</sup> / Σp<sup>α</sup>: the lower α, the more of the small "
        f"languages is read. Epochs are for {budget:,} {text(unit)} read in all."
    )
    if uncounted:
        note += f" Not counted, for want of a model: {text(', '.join(uncounted), 400)}."
    numbers = details("As numbers, all languages", _sampling_numbers(ordered, unit))
    return section("sampling", "How to sample it", keys + marks + ends + numbers, note)


def perplexity_section(perplexities: Sequence[Perplexities]) -> str:
    """A histogram a language."""
    figures = "".join(histogram(data) for data in perplexities)
    if not figures:
        return ""
    cut = any(data.head_below is not None and data.tail_from is not None for data in perplexities)
    keys = legend((bucket, bucket) for bucket in BUCKETS[:3]) if cut else ""
    note = (
        "Of documents under their language's own model, so the figures of two languages don't compare. The "
        "axis is logarithmic; dashes are the limits of head and tail."
    )
    return section("perplexity", "Perplexity", f'{keys}<div class="hists">{figures}</div>', note)


def _corpus_row(language: str, rows: Sequence[StatisticsRow]) -> list[str]:
    documents = sum(row["documents"] for row in rows)
    sizes = {row["bucket"]: row["documents"] for row in rows}
    marks = [(b, f"{b}: {sizes.get(b, 0):,} documents", float(sizes.get(b, 0))) for b in BUCKETS]
    bar = stacked_bar(marks, documents, "; ".join(title for _, title, size in marks if size), height=12)
    tokens = [row["tokens"] for row in rows if row["documents"]]
    known = [count for count in tokens if count is not None]
    return [
        text(language),
        bar,
        f"{documents:,}",
        compact(sum(row["lines"] for row in rows)),
        compact(sum(row["characters"] for row in rows)),
        compact(sum(row["bytes"] for row in rows)),
        compact(sum(row["words"] for row in rows)),
        compact(sum(known)) if len(known) == len(tokens) else "–",
    ]


def _sampling_dots(language: str, own: Sequence[SamplingRow], scale: LogScale, colours: dict[float, str]) -> str:
    p = own[0]["p"] or 0.0
    qs = [(row["alpha"], row["q"] or 0.0) for row in own if row["alpha"] in colours]
    marks = [(colours[alpha], f"q at α = {alpha:g}: {_share(q)}", q) for alpha, q in sorted(qs, reverse=True)]
    said = "; ".join(title for _, title, _ in marks)
    picture = dot_row([*marks, ("p", f"p: {_share(p)}", p)], scale, f"{language}: p {_share(p)}; {said}")
    lowest = min(qs, default=(1.0, p))
    numbers = f"{_share(p)} → <b>{_share(lowest[1])}</b>"
    return (
        f'<div class="row dotrows"><div class="name">{text(language)}</div><div>{picture}</div>'
        f'<div class="num">{numbers}</div></div>\n'
    )


def _sampling_numbers(ordered: Sequence[tuple[str, Sequence[SamplingRow]]], unit: str) -> str:
    alphas = sorted({row["alpha"] for _, own in ordered for row in own})
    heads = ["language", unit, "p"]
    for alpha in alphas:
        heads += [f"q, α={alpha:g}", "×", "epochs"]
    heads += ["UniMax", "epochs"]
    rows = []
    for language, own in ordered:
        by_alpha = {row["alpha"]: row for row in own}
        cells = [text(language), f"{own[0]['n']:,}", _share(own[0]["p"])]
        for alpha in alphas:
            row = by_alpha[alpha]
            cells += [_share(row["q"]), _figure(row["factor"]), _figure(row["epochs_at_budget"])]
        rows.append([*cells, _share(own[0]["unimax_probability"]), _figure(own[0]["unimax_epochs"])])
    return table(heads, rows, numeric=range(1, len(heads)))


def _share(value: float | None) -> str:
    """A share as per cent, three figures."""
    return "–" if value is None else f"{100 * value:#.3g}".rstrip(".") + " %"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 100 else compact(value)
