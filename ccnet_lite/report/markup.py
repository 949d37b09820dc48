"""Small pieces of HTML. Every string that comes from outside passes through `text`.

Not handled: a template language. The page is a few functions that join strings.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ccnet_lite.report.columns import printable
from ccnet_lite.run.funnel import NO_LANGUAGE, UNDETERMINED

SHOWN_ROWS = 30
"""Of a list of languages, as long as it is not asked for all."""
UNNAMED = {UNDETERMINED: "undetermined", NO_LANGUAGE: "no document"}
Cell = str | tuple[str, float]
"""HTML, and what the column is sorted by where that is not the text itself."""


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


def name_of(code: str, names: Mapping[str, str]) -> str:
    """A language in words, not escaped: its name where that is known, else its code."""
    return UNNAMED.get(code) or names.get(code, code)


def language(code: str, names: Mapping[str, str]) -> str:
    """A language as HTML: name and code.

    >>> language("sw", {"sw": "Swahili"}), language("xyz", {})
    ('Swahili <code>sw</code>', '<code>xyz</code>')
    """
    name = name_of(code, names)
    return f"<code>{text(code)}</code>" if name == code else f"{text(name)} <code>{text(code)}</code>"


def section(anchor: str, title: str, body: str, note: str = "") -> str:
    """A part of the page; `note` and `body` are HTML, `title` is text."""
    lead = f'<p class="note">{note}</p>' if note else ""
    return f'<section id="{text(anchor)}"><h2>{text(title)}</h2>{lead}{body}</section>\n'


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], numeric: Iterable[int] = (), names: Sequence[str] = ()
) -> str:
    """A table whose cells are HTML; columns in `numeric` are flush right. On a phone each row is a list.

    names: what each row is found by; with them it can be sorted, too, and shows only the first rows at once.
    """
    right = set(numeric)
    head = "".join(
        f'<th scope="col"{_class("n" if i in right else "")}>{text(each)}</th>' for i, each in enumerate(heads)
    )
    body = []
    for number, row in enumerate(rows):
        cells = []
        for i, cell in enumerate(row):
            html, value = cell if isinstance(cell, tuple) else (cell, None)
            by = "" if value is None else f' data-v="{value:.15g}"'
            cells.append(f'<td{_class("n" if i in right else "")} data-label="{text(heads[i])}"{by}>{html}</td>')
        body.append(f"<tr{found_by(names[number], number) if names else ''}>{''.join(cells)}</tr>")
    lines = "\n".join(body)
    made = (
        f'<div class="scroll"><table{_class("sorted" if names else "")}><thead><tr>{head}</tr></thead>'
        f"<tbody{_class('rows' if names else '')}>\n{lines}\n</tbody></table></div>"
    )
    return cut_off(made, len(body)) if names else made


def found_by(name: str, number: int, css: str = "") -> str:
    """Attributes of row `number` of a list that is searched and cut off: name is what it is found by."""
    classes = [css] * bool(css) + ["beyond"] * (number >= SHOWN_ROWS)
    return f' data-name="{text(name)}"{_class(" ".join(classes))}'


def cut_off(body: str, n_rows: int) -> str:
    """A list that shows its first rows, and all of them when asked to."""
    if n_rows <= SHOWN_ROWS:
        return f'<div class="list">{body}</div>'
    return (
        f'<div class="list"><label class="whole"><input type="checkbox"> Show all {n_rows:,}, not only '
        f"{SHOWN_ROWS}</label>{body}</div>"
    )


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def details(summary: str, body: str) -> str:
    """Something to unfold; `summary` is text, `body` HTML."""
    return f"<details><summary>{text(summary)}</summary><div>{body}</div></details>"


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """Colour keys: (CSS class of the colour, label)."""
    keys = "".join(f'<li><i class="key {css}"></i>{text(label)}</li>' for css, label in entries)
    return f'<ul class="legend">{keys}</ul>'
