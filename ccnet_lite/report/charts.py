"""Charts as inline SVG. Lengths along x are per cent, so a chart is as wide as its place on any screen.

Colours are CSS classes (style.py): a chart follows the page from light to dark. Each mark has a title, which
browsers show when it is pointed at. Labels that must stay readable are HTML beside the chart, not SVG text.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from numpy.typing import ArrayLike

from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import Perplexities
from ccnet_lite.report.markup import text


def stacked_bar(parts: Sequence[tuple[str, str, float]], whole: float, label: str, height: int = 16) -> str:
    """One bar of several parts.

    Args:
        parts: (CSS class, title, size) from left to right; sizes of 0 are left out.
        whole: What the full width stands for, in the unit of the sizes.
        label: What the bar says, for those who can't see it.
        height: In pixels.
    """
    marks = []
    start = 0.0
    for css, title, size in parts:
        if size > 0 and whole > 0:
            width = 100 * size / whole
            marks.append(
                f'<rect class="{css}" x="{_pc(start)}" width="{_pc(width)}" height="100%">'
                f"<title>{text(title)}</title></rect>"
            )
            start += width
    return (
        f'<svg class="bar" role="img" aria-label="{text(label, 400)}" width="100%" height="{height}">'
        f"{''.join(marks)}</svg>"
    )


class LogScale:
    """Places positive values between 0 and 100 per cent by their logarithm, with some room at the ends."""

    def __init__(self, values: Sequence[float]):
        positive = [value for value in values if value > 0] or [0.1, 1.0]
        self._low, self._high = log10(min(positive)) - 0.05, log10(max(positive)) + 0.05

    def place(self, value: float) -> float:
        """Per cent from the left; what is below the scale stands at its left end."""
        if value <= 0:
            return 0.0
        return min(max(100 * (log10(value) - self._low) / (self._high - self._low), 0.0), 100.0)

    def ticks(self) -> list[float]:
        """Round values within the scale: decades, and 2 and 5 between them where decades are few."""
        decades = range(floor(self._low), ceil(self._high) + 1)
        steps = (1, 2, 5) if self._high - self._low < 3 else (1,)
        values = [step * 10.0**decade for decade in decades for step in steps]
        return [value for value in values if self._low <= log10(value) <= self._high]


def dot_row(marks: Sequence[tuple[str, str, float]], scale: LogScale, label: str) -> str:
    """A row of dots on a shared logarithmic scale, joined by a line.

    `marks` are (CSS class, title, value); the last are drawn on top. Values of 0 are left out.
    """
    shown = [(css, title, scale.place(value)) for css, title, value in marks if value > 0]
    grid = "".join(
        f'<line class="grid" x1="{_pc(scale.place(tick))}" x2="{_pc(scale.place(tick))}" y1="0" y2="100%"/>'
        for tick in scale.ticks()
    )
    joined = ""
    if shown:
        left, right = min(x for *_, x in shown), max(x for *_, x in shown)
        joined = f'<line class="join" x1="{_pc(left)}" x2="{_pc(right)}" y1="50%" y2="50%"/>'
    dots = "".join(
        f'<circle class="{css}" cx="{_pc(x)}" cy="50%" r="5"><title>{text(title)}</title></circle>'
        for css, title, x in shown
    )
    return (
        f'<svg class="dots" role="img" aria-label="{text(label, 400)}" width="100%" height="22">'
        f"{grid}{joined}{dots}</svg>"
    )


def axis(scale: LogScale) -> str:
    """The labels under (or over) rows of dots: shares as per cent."""
    labels = "".join(
        f'<span style="left:{_pc(scale.place(tick))}">{text(f"{100 * tick:.6g}%")}</span>'
        for tick in scale.ticks()
    )
    return f'<div class="axis">{labels}</div>'


def histogram(data: Perplexities, name: str = "", bins: int = 36) -> str:
    """The spread of one language's perplexities on a logarithmic axis, coloured by bucket, the cutoffs labelled.

    name: the language's, where that is known. The axis runs from the 0.5th to the 99.5th percentile; what lies
    beyond is counted in the end bins.
    """
    values = _finite(data.values)
    if not values.size:
        return ""
    low, median, high = np.percentile(values, [0.5, 50, 99.5])
    left, right = np.log10(low) - 1e-6, np.log10(high) + 1e-6
    logs = np.clip(np.log10(values), left, right)
    counts, edges = np.histogram(logs, bins=bins, range=(left, right))
    tallest = int(counts.max())
    marks = []
    for i, count in enumerate(counts.tolist()):
        middle = 10.0 ** ((edges[i] + edges[i + 1]) / 2)
        tall = 100 * count / tallest
        title = f"{_figure(10.0 ** edges[i])} to {_figure(10.0 ** edges[i + 1])}: {count:,} documents"
        marks.append(
            f'<rect class="{bucket_class(middle, data)}" x="{_pc(100 * i / bins)}" width="{_pc(100 / bins)}" '
            f'y="{_pc(100 - tall)}" height="{_pc(tall)}"><title>{text(title)}</title></rect>'
        )
    labels = ""
    for cutoff, says in ((data.head_below, "head below"), (data.tail_from, "tail from")):
        if cutoff is None:
            continue
        at = 100 * (log10(cutoff) - left) / (right - left) if cutoff > 0 else 0.0
        if low < cutoff < high:
            marks.append(f'<line class="cut" x1="{_pc(at)}" x2="{_pc(at)}" y1="0" y2="100%"/>')
        # Each on a line of its own, so that two that are near each other do not meet; kept within the chart.
        side = "right:" + _pc(min(max(100 - at, 0.0), 100.0)) if at > 50 else "left:" + _pc(max(at, 0.0))
        labels += f'<div class="cutoff"><span style="{side}">{says} {_figure(cutoff)}</span></div>'
    label = f"Perplexity of {data.language}: median {_figure(median)}, {data.count} documents"
    # Kept clear of the labels at both ends.
    place = _pc(min(max(100 * (log10(median) - left) / (right - left), 30.0), 70.0))
    return (
        f'<figure class="hist"><figcaption><b>{text(name or data.language)}</b> {compact(data.count)} documents'
        f'</figcaption>{labels}<svg role="img" aria-label="{text(label)}" width="100%" height="76">'
        f"{''.join(marks)}</svg>"
        f'<div class="axis"><span class="first">{_figure(low)}</span><span style="left:{place}">median '
        f'{_figure(median)}</span><span class="last">{_figure(high)}</span></div></figure>'
    )


def bucket_class(perplexity: float, data: Perplexities) -> str:
    """The bucket a perplexity falls into, as the CSS class of its colour."""
    if data.head_below is None or data.tail_from is None:
        return "all"
    if perplexity < data.head_below:
        return "head"
    return "middle" if perplexity < data.tail_from else "tail"


def _figure(value: float) -> str:
    """A perplexity: with a decimal where it is small."""
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def _finite(values: ArrayLike) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    array = np.asarray(values, dtype=np.float64).ravel()
    return array[np.isfinite(array) & (array > 0)]


def _pc(value: float) -> str:
    """A length in per cent, short and the same on every machine."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"
