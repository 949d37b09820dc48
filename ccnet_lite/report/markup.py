"""Small pieces of HTML. Every string that comes from outside passes through `text`.

Not handled: a template language. The page is a few functions that join strings.
"""

from collections.abc import Iterable, Sequence
from html import escape

from ccnet_lite.report.columns import printable


def text(value: object, limit: int = 200) -> str:
    """A value as HTML text, for content and for attributes in double quotes.

    Markup is escaped, control and direction characters are replaced, long text is cut.

    >>> text('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return escape(printable(str(value), limit), quote=True)


def crawled(value: str, limit: int = 160) -> str:
    """Text from a crawl: as `text`, in its own direction, so that Arabic does not turn the line around it."""
    return f'<bdi dir="auto">{text(value, limit)}</bdi>'


def section(anchor: str, title: str, body: str, note: str = "") -> str:
    """A part of the page; `note` and `body` are HTML, `title` is text."""
    lead = f'<p class="note">{note}</p>' if note else ""
    return f'<section id="{text(anchor)}"><h2>{text(title)}</h2>{lead}{body}</section>\n'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()) -> str:
    """A table whose cells are HTML; columns in `numeric` are flush right. It scrolls sideways when narrow."""
    right = set(numeric)

    def line(cells: Sequence[str], tag: str) -> str:
        parts = (
            f'<{tag} class="n">{cell}</{tag}>' if i in right else f"<{tag}>{cell}</{tag}>"
            for i, cell in enumerate(cells)
        )
        return f"<tr>{''.join(parts)}</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    return (
        f'<div class="scroll"><table><thead>{line([text(h) for h in heads], "th")}</thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def details(summary: str, body: str) -> str:
    """Something to unfold; `summary` is text, `body` HTML."""
    return f"<details><summary>{text(summary)}</summary>{body}</details>"


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """Colour keys: (CSS class of the colour, label)."""
    keys = "".join(f'<li><i class="key {css}"></i>{text(label)}</li>' for css, label in entries)
    return f'<ul class="legend">{keys}</ul>'
