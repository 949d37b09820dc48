"""Text in columns for a terminal: widths by what a terminal shows, not by code points; numbers for people.

Not handled: colours, wrapping, right-to-left layout (a terminal's own business).
"""

import unicodedata
from collections.abc import Sequence

_INVISIBLE = {"Mn", "Me", "Cf"}
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def display_width(text: str) -> int:
    """Columns that a terminal gives the text: two for wide characters, none for combining ones.

    >>> display_width("日本"), display_width("é")
    (4, 1)
    """
    width = 0
    for character in text:
        if unicodedata.category(character) not in _INVISIBLE:
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def printable(text: str, limit: int = 200) -> str:
    r"""Text from a crawl, made safe to show on one line.

    What could move the cursor or turn the reading direction becomes U+FFFD, white space is one space, and
    what is beyond `limit` characters is cut.

    >>> printable("a\n b\x1b[2J")
    'a b�[2J'
    """
    shown = "".join(
        "\N{REPLACEMENT CHARACTER}"
        if (unicodedata.category(c) in _UNPRINTABLE and not c.isspace()) or c in _BIDI
        else c
        for c in text[: 4 * limit]
    )
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def align(rows: Sequence[Sequence[str]], left: int = 1, gap: str = "  ") -> list[str]:
    """Rows of cells as lines: the first `left` columns flush left, the others flush right."""
    safe = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*safe, strict=True)]
    lines = []
    for row in safe:
        cells = []
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - display_width(cell))
            cells.append(cell + padding if column < left else padding + cell)
        lines.append(gap.join(cells).rstrip())
    return lines


def compact(number: float) -> str:
    """A number in at most five characters, for people.

    >>> compact(999), compact(12_345), compact(999_999), compact(2_400_000_000)
    ('999', '12.3k', '1.0M', '2.4G')
    """
    if number < 1000:
        return f"{number:.0f}"
    for unit in "kMGTP":
        number /= 1000
        if number < 99.95:
            return f"{number:.1f}{unit}"
        if number < 999.5:
            return f"{number:.0f}{unit}"
    return f"{number:.0e}P"
