"""The fertility of vocabularies by language, as an SVG file that stands by itself."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, isfinite

from ccnet_lite.pretraining.vocabulary_measure import Fit

ROW, LEFT, WIDE, TOP = 18, 90, 600, 52
COLOURS = ("#1f6fb4", "#d1622b")
"""Of the first vocabulary and of the one beside it: told apart by those who see no red or green, too."""


def fertility_chart(fits: Mapping[str, Sequence[Fit]], shares: Mapping[str, float]) -> str:
    """A row a language, by its share of the sample; in it a dot a vocabulary, at its pieces a word."""
    first = next(iter(fits))
    names = [fit.language for fit in sorted(fits[first], key=lambda fit: -shares.get(fit.language, 0.0))]
    values = [fit.pieces_per_word for some in fits.values() for fit in some if isfinite(fit.pieces_per_word)]
    most = max(ceil(max(values, default=1.0)), 2)
    step = max(ceil(most / 8), 1)
    bottom = TOP + ROW * len(names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + 30}" height="{bottom + 30}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Pieces a word, by language</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="16">Pieces a word on held-out text, by language</text>',
    ]
    for number, (name, colour) in enumerate(zip(fits, COLOURS, strict=False)):
        left = LEFT + 170 * number
        parts.append(f'<circle cx="{left + 5}" cy="32" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{left + 15}" y="36">{escape(name)}</text>')
    for tick in range(0, most + 1, step):
        x = _place(tick, most)
        parts.append(f'<line x1="{x}" x2="{x}" y1="{TOP - 4}" y2="{bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick}</text>')
    for row, language in enumerate(names):
        y = TOP + ROW * row + ROW // 2
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(language)}</text>')
        for (name, some), colour in zip(fits.items(), COLOURS, strict=False):
            value = next((fit.pieces_per_word for fit in some if fit.language == language), float("nan"))
            if isfinite(value):
                said = escape(f"{language}, {name}: {value:.2f} pieces a word")
                parts.append(
                    f'<circle cx="{_place(value, most)}" cy="{y}" r="5" fill="{colour}" fill-opacity="0.85">'
                    f"<title>{said}</title></circle>"
                )
    return "\n".join([*parts, "</svg>", ""])


def _place(value: float, most: int) -> str:
    return f"{LEFT + WIDE * value / most:.1f}"
