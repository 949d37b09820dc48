"""report/index.html: what a run read, what it dropped and why, what it kept and how to sample it.

One file with everything in it, nothing fetched, no script but its own for search and sort, which the page names
by its hash: it forbids itself everything else. It shows text from the open web, all of it escaped; URLs of pages
are text, not links. Without scripts it shows the same.

Not handled: writing the file; numbers, which come counted (data.py).
"""

import base64
import hashlib
import json
from collections.abc import Iterable

from ccnet_lite.report.charts import stacked_bar
from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.html_corpus import corpus_section, perplexity_section, sampling_section
from ccnet_lite.report.html_funnel import reasons_section, stages_section
from ccnet_lite.report.html_languages import language_section
from ccnet_lite.report.html_lines import lines_section
from ccnet_lite.report.html_rules import hosts_section, outliers_section, thresholds_section
from ccnet_lite.report.markup import Cell, crawled, details, language, section, table, text
from ccnet_lite.report.style import script, style_sheet
from ccnet_lite.run.figures import Figures

MAX_BAD_RECORDS = 100
MAX_CLUSTERS = 25
FORBID = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""A page's own policy: it fetches nothing and runs nothing, whatever stands in it."""
FIND = (
    '<div class="find" hidden><label for="find">Find a language</label> <input id="find" type="search" '
    'autocomplete="off" placeholder="Swahili or sw, then Enter"> <span id="found" role="status"></span></div>'
)
"""Shown by the script, without which it would do nothing."""
SUMMED = ("read_bytes", "written_bytes", "shuffled_bytes", "spilled_bytes")


def render_report(data: ReportData) -> str:
    """The page as a string; equal data give an equal page.

    Example:
        `Path("run/report/index.html").write_text(render_report(data), encoding="utf-8")`
    """
    parts = [
        ("stages", "Stages", stages_section(data.funnel)),
        ("funnel", "Languages", language_section(data)),
        ("reasons", "Reasons", reasons_section(data)),
        ("outliers", "Outliers", outliers_section(data)),
        ("thresholds", "Thresholds", thresholds_section(data)),
        ("lines", "Lines", lines_section(data)),
        ("hosts", "Hosts", hosts_section(data)),
        ("corpus", "Corpus", corpus_section(data.statistics, data.names)),
        ("sampling", "Sampling", sampling_section(data.sampling, data.budget, data.names)),
        ("perplexity", "Perplexity", perplexity_section(data.perplexities, data.names)),
        ("clusters", "Near-duplicates", _clusters(data)),
        ("bad", "Bad records", _bad_records(data)),
        ("time", "Time", _time(data)),
        ("settings", "Settings", _settings(data)),
    ]
    parts = [part for part in parts if part[2]]
    links = "".join(f'<a href="#{anchor}">{text(name)}</a>' for anchor, name, _ in parts)
    code = script()
    forbid = f"{FORBID}; script-src 'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{forbid}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(data.run)} – ccnet_lite</title>\n<style>\n{style_sheet()}\n</style>\n</head>\n<body>\n"
        f'{_header(data)}<nav aria-label="Parts">{links}</nav>{FIND}{_cards(data)}</header>\n<main>\n'
        f"{''.join(body for *_, body in parts)}</main>\n<script>{code}</script>\n</body>\n</html>\n"
    )


def _header(data: ReportData) -> str:
    read = f"{data.shards:,} archive{'s' * (data.shards != 1)}"
    if data.input_bytes is not None:
        read += f", {compact(data.input_bytes)} bytes"
    return (
        f"<header><h1>{text(data.run)}</h1>"
        f'<p class="sub">ccnet_lite {text(data.version)} · {text(read)} · settings '
        f"<code>{text(data.settings_digest)}</code></p>"
    )


def _cards(data: ReportData) -> str:
    total = data.funnel.total
    bad = total.count("ingest", "bad")
    kept_languages = sum(1 for part in data.funnel.languages if part.kept)
    cards = [
        ("", f"{total.records:,}", "records read"),
        ("", f"{total.documents:,}", "of them documents"),
        ("main", f"{total.kept:,}", f"kept, {percent(total.kept, total.documents)} %"),
        ("", compact(total.kept_chars), "characters kept"),
        ("", f"{kept_languages:,}", "languages kept"),
        ("", f"{bad:,}", f"bad records, {percent(bad, total.records)} %"),
    ]
    shown = "".join(
        f'<div class="card {css}"><b>{text(number)}</b><span>{text(label)}</span></div>'
        for css, number, label in cards
    )
    return f'<div class="cards">{shown}</div>'


def _clusters(data: ReportData) -> str:
    if not data.clusters:
        return ""
    rows = [
        [
            f"{cluster.size:,}",
            language(cluster.language, data.names),
            f'<div class="wide">{crawled(cluster.excerpt)}<br><code>{crawled(cluster.url, 120)}</code></div>',
            "–" if cluster.lowest_similarity is None else f"{cluster.lowest_similarity:.2f}",
            f'<code class="nowrap">{text(cluster.cluster_id[:12])}</code>',
        ]
        for cluster in data.clusters[:MAX_CLUSTERS]
    ]
    total = data.clusters_total if data.clusters_total is not None else len(data.clusters)
    note = (
        f"{total:,} clusters; the largest {len(rows)}. One document of each stays; similarity is the lowest "
        "of its members to that one."
    )
    heads = ["documents", "language", "the one that stays", "similarity", "cluster"]
    return section("clusters", "Near-duplicates", table(heads, rows, numeric=(0, 3)), note)


def _bad_records(data: ReportData) -> str:
    total = data.bad_records_total if data.bad_records_total is not None else len(data.bad_records)
    if not total:
        return section("bad", "Bad records", "<p>Every record could be read.</p>")
    rows = [
        [
            f'<div class="wide"><code>{crawled(record.file)}</code></div>',
            f"{record.offset:,}",
            f'<code class="nowrap">{text(record.error)}</code>',
            f'<div class="wide">{crawled(record.message)}</div>',
        ]
        for record in data.bad_records[:MAX_BAD_RECORDS]
    ]
    shown = f"; the first {len(rows):,}" if len(rows) < total else ""
    note = f"{total:,} records or stretches of archives that could not be read{shown}."
    heads = ["archive", "byte offset", "error", "what was found"]
    return section("bad", "Bad records", table(heads, rows, numeric=(1,)), note)


def _time(data: ReportData) -> str:
    if not data.figures:
        return ""
    longest = max(figures.seconds for figures in data.figures.values())
    rows = []
    for step, figures in data.figures.items():
        label = f"{figures.seconds:,.1f} seconds"
        bar = stacked_bar([("kept", label, figures.seconds)], longest, label, height=10)
        rows.append([text(step), bar, *_figures(figures)])
    rows.append(["<b>all steps</b>", "", *_figures(_summed(data.figures.values()))])
    heads = [
        *("step", "size", "seconds", "CPU seconds", "task seconds", "rows written", "bytes read", "bytes written"),
        *("shuffled", "spilled", "peak memory"),
    ]
    note = (
        "What each step took when its tables were made. CPU is that of all processes, task seconds are those of "
        "Spark's tasks, on all cores; memory is that of all processes, each at its greatest until then."
    )
    return section("time", "Time", table(heads, rows, numeric=range(2, len(heads))), note)


def _figures(figures: Figures) -> list[Cell]:
    times = (figures.seconds, figures.cpu_seconds, figures.task_seconds)
    amounts = (figures.rows, *(getattr(figures, name) for name in SUMMED), figures.peak_memory_bytes)
    cells: list[Cell] = ["–" if value is None else f"{value:,.1f}" for value in times]
    return [*cells, *("–" if value is None else compact(value) for value in amounts)]


def _summed(steps: Iterable[Figures]) -> Figures:
    """All steps together: their sums, and the greatest memory."""
    every = list(steps)
    cpu = [each.cpu_seconds for each in every if each.cpu_seconds is not None]
    peaks = [each.peak_memory_bytes for each in every if each.peak_memory_bytes is not None]
    return Figures(
        seconds=sum(each.seconds for each in every),
        cpu_seconds=sum(cpu) if len(cpu) == len(every) else None,
        task_seconds=sum(each.task_seconds for each in every),
        rows=sum(each.rows for each in every),
        **{name: sum(getattr(each, name) for each in every) for name in SUMMED},
        peak_memory_bytes=max(peaks, default=None),
    )


def _settings(data: ReportData) -> str:
    body = ""
    for name, values in data.settings.items():
        rows = [
            [
                f"<code>{text(f'{name}.{key}')}</code>",
                f"<code>{text(json.dumps(value, default=str), 400)}</code>",
            ]
            for key, value in values.items()
        ]
        body += details(name, table(["setting", "value"], rows))
    if data.models:
        rows = [
            [f"<code>{text(name)}</code>", f"<code>{text(digest)}</code>"] for name, digest in data.models.items()
        ]
        body += details("models", table(["file", "SHA-256"], rows))
    return section("settings", "Settings", body, "All settings of the run, and the models that it used.")
