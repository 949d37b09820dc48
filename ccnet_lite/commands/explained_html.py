"""A document's life as one page: in the report's style, nothing fetched, nothing run, all text escaped."""

from collections.abc import Iterator, Sequence
from html import escape

from ccnet_lite.commands import explained
from ccnet_lite.errors import visible
from ccnet_lite.finished.differences import Difference
from ccnet_lite.finished.explain import Life
from ccnet_lite.report.html import FORBID
from ccnet_lite.report.markup import section, table
from ccnet_lite.report.style import fate_class, style_sheet

MOST_LINES = 5000
"""Lines of a document that the page shows."""
SPAN_COLUMNS = 300
"""Of a span that the page shows."""
STYLE = """
del, ins { text-decoration: none; border-radius: 3px; padding: 0 2px; }
del { background: color-mix(in srgb, var(--bad) 28%, transparent); }
ins { background: color-mix(in srgb, var(--kept) 28%, transparent); }
.cut { color: var(--soft); text-decoration: line-through; text-decoration-color: var(--line); }
td bdi, section > p { overflow-wrap: anywhere; }
/* A line of a page has its own direction, whatever stands before and behind it. */
.text { display: block; unicode-bidi: plaintext; text-align: start; font-weight: 400; }
.halves td { width: 50%; white-space: pre-wrap; }
@media (max-width: 900px) {
  .facts tr { display: flex; justify-content: space-between; gap: 14px; }
  .facts td::before { display: none; }
  .facts td:first-child { flex: none; font-weight: 400; color: var(--soft); }
  .halves td { width: auto; text-align: start; }
  .halves td::before { float: none; display: block; margin: 8px 0 2px; }
}
"""


def life_page(lives: Sequence[Life]) -> str:
    """The page; equal lives give an equal page."""
    title = crawled(lives[0].read["url"])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBID}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(lives[0].read['url'])} – ccnet_lite</title>\n<style>\n{style_sheet()}{STYLE}</style>\n"
        f"</head>\n<body>\n<header><h1>{title}</h1></header>\n<main>\n"
        f"{''.join(_life(life) for life in lives)}</main>\n</body>\n</html>\n"
    )


def shown(value: object) -> str:
    """A value as HTML text: what would act or hide is written out, markup is escaped."""
    return escape(visible(str(value)), quote=True)


def lines_shown(text: str) -> str:
    """As `shown`, with the text's own lines, which the page is to keep (white-space: pre-wrap)."""
    return "\n".join(shown(line) for line in text.split("\n"))


def crawled(value: str) -> str:
    """As `shown`, in its own direction."""
    return f'<bdi dir="auto">{shown(value)}</bdi>'


def _life(life: Life) -> str:
    doc_id = life.read["doc_id"]
    css = fate_class(str(life.fate["stage"]), life.fate["outcome"])
    key, fate = f'<i class="key {css}"></i>', shown(explained.fate(life))
    told = f'<p class="sub">{key} {fate} · <code>{shown(doc_id)}</code></p>'
    parts = [
        ("read", "Read", _facts(life)),
        ("lines", "Lines", _lines(life)),
        ("rules", "Rules", _rules(life)),
        ("near", "Near-duplicates", _copies(life)),
    ]
    if life.spans is not None:
        lines = "".join(f"<p>{crawled(line)}</p>" for line in explained.spans_told(life, SPAN_COLUMNS))
        parts.append(("spans", "Spans that other documents have, too", lines))
    return told + "".join(section(f"{name}-{doc_id}", title, body) for name, title, body in parts)


def _facts(life: Life) -> str:
    rows = [[shown(name), crawled(str(value))] for name, value in life.read.items() if value not in ("", None)]
    rows += [
        ["language", shown(explained.language(life))],
        ["perplexity", shown(explained.perplexity(life))],
        ["where it is", shown(explained.where(life))],
    ]
    return f'<div class="facts">{table(["what", "value"], rows)}</div>'


def _lines(life: Life) -> str:
    rows = [
        [
            f"{line.number + 1:,}",
            shown(line.why or "kept"),
            f'<div class="wide">{_text(shown(line.text), "" if line.kept else " cut")}</div>',
        ]
        for line in life.lines[:MOST_LINES]
    ]
    said = [f"{why}: {life.meanings[why]}" for why in explained.used(life.lines) if why in life.meanings]
    note = "" if life.compared else "It was dropped before its paragraphs were compared. "
    if len(life.lines) > MOST_LINES:
        note += f"The first {MOST_LINES:,} of {len(life.lines):,} lines. "
    note = shown(note + "; ".join(said))
    return f'<p class="note">{note}</p>' + table(["line", "fate", "text"], rows, numeric=(0,))


def _rules(life: Life) -> str:
    rows = [
        [
            shown(explained.VERDICTS[each.passed]),
            shown(each.stage),
            f"<code>{shown(each.rule)}</code>",
            f"<code>{shown(each.column)}</code>",
            shown(explained.shown_value(each)),
            shown(explained.remark(each)),
        ]
        for each in life.rules
    ]
    return table(["verdict", "stage", "rule", "measured", "value", "asks for"], rows, numeric=(4,))


def _copies(life: Life) -> str:
    said = "".join(f"<p>{crawled(line)}</p>" for line in explained.near_duplicates(life))
    copies = life.copies
    if copies is None or copies.other is None or copies.difference is None:
        return said
    heads = ["this document", copies.other.doc_id]
    rows = list(_halves(copies.difference))
    note = (
        "<p>The texts differ so much, or are so long, that the rest is not shown.</p>"
        if copies.difference.cut
        else ""
    )
    return f'{said}<div class="halves">{table(heads, rows)}</div>{note}'


def _halves(found: Difference) -> Iterator[list[str]]:
    left = right = ""
    for each in found.stretches:
        one, two = lines_shown(each.left), lines_shown(each.right)
        if each.alike:
            left, right = left + one, right + two
        else:
            left += f"<del>{one}</del>" if one else ""
            right += f"<ins>{two}</ins>" if two else ""
    yield [_text(left), _text(right)]


def _text(html: str, css: str = "") -> str:
    """Text of a page, as HTML, flush where its script begins."""
    return f'<bdi dir="auto" class="text{css}">{html}</bdi>'
