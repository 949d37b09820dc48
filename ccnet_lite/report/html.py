"""report/index.html: what a run read, what it dropped and why, what it kept and how to sample it.

One file with everything in it: no scripts, nothing fetched (the page forbids both to itself). It shows text
from the open web, all of it escaped; URLs of pages are text, not links.

Not handled: writing the file; numbers, which come counted (data.py).
"""

import json

from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.html_corpus import corpus_section, perplexity_section, sampling_section
from ccnet_lite.report.html_funnel import language_section, reasons_section, stages_section
from ccnet_lite.report.markup import crawled, details, section, table, text
from ccnet_lite.report.style import style_sheet

MAX_BAD_RECORDS = 100
MAX_CLUSTERS = 25
FORBID = "default-src 'none'; style-src 'unsafe-inline'"
"""The page's own policy: it fetches nothing and runs nothing, whatever stands in it."""


def render_report(data: ReportData) -> str:
    """The page as a string; equal data give an equal page.

    Example:
        `Path("run/report/index.html").write_text(render_report(data), encoding="utf-8")`
    """
    parts = [
        ("stages", "Stages", stages_section(data.funnel)),
        ("funnel", "Languages", language_section(data.funnel)),
        ("reasons", "Reasons", reasons_section(data.funnel)),
        ("corpus", "Corpus", corpus_section(data.statistics)),
        ("sampling", "Sampling", sampling_section(data.sampling, data.budget)),
        ("perplexity", "Perplexity", perplexity_section(data.perplexities)),
        ("clusters", "Near-duplicates", _clusters(data)),
        ("bad", "Bad records", _bad_records(data)),
        ("time", "Time", _time(data)),
        ("settings", "Settings", _settings(data)),
    ]
    parts = [part for part in parts if part[2]]
    links = "".join(f'<a href="#{anchor}">{text(name)}</a>' for anchor, name, _ in parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBID}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(data.run)} – ccnet_lite</title>\n<style>\n{style_sheet()}\n</style>\n</head>\n<body>\n"
        f"{_header(data)}<nav>{links}</nav>{_cards(data)}</header>\n<main>\n"
        f"{''.join(body for *_, body in parts)}</main>\n</body>\n</html>\n"
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
            text(cluster.language),
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
    seconds = {"seconds": "seconds", "cpu_seconds": "CPU seconds", "task_seconds": "task seconds"}
    sizes = {
        "rows": "rows written",
        "read_bytes": "bytes read",
        "written_bytes": "bytes written",
        "shuffled_bytes": "shuffled",
        "spilled_bytes": "spilled",
        "peak_memory_bytes": "peak memory",
    }
    rows = []
    for step, figures in data.figures.items():
        times = [getattr(figures, name) for name in seconds]
        amounts = [getattr(figures, name) for name in sizes]
        cells = ["–" if value is None else f"{value:,.1f}" for value in times]
        rows.append([text(step), *cells, *("–" if value is None else compact(value) for value in amounts)])
    heads = ["step", *seconds.values(), *sizes.values()]
    note = (
        "What each step took when its tables were made. CPU is that of all processes, task seconds are those of "
        "Spark's tasks, on all cores; memory is that of all processes, each at its greatest until then."
    )
    return section("time", "Time", table(heads, rows, numeric=tuple(range(1, len(heads)))), note)


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
