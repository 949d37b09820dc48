"""Charts: sizes and places by hand, read back from the SVG."""

import re

import numpy as np
import pytest
from lxml import etree  # type: ignore[import-untyped]

from ccnet_lite.report.charts import LogScale, axis, bucket_class, dot_row, histogram, stacked_bar
from ccnet_lite.report.data import Perplexities


def marks(svg: str, tag: str) -> list[dict[str, str]]:
    """Attributes of the marks of a kind, in order; the SVG must be well-formed."""
    root = etree.fromstring(f"<div>{svg}</div>")
    return [dict(element.attrib) for element in root.iter(tag)]


def test_parts_of_a_bar_lie_side_by_side_in_proportion() -> None:
    svg = stacked_bar([("kept", "30 kept", 30), ("bad", "none", 0), ("length", "short", 20)], 80, "a bar")
    assert marks(svg, "rect") == [
        {"class": "kept", "x": "0%", "width": "37.5%", "height": "100%"},
        {"class": "length", "x": "37.5%", "width": "25%", "height": "100%"},
    ]
    assert marks(svg, "svg")[0]["aria-label"] == "a bar"


def test_a_bar_of_nothing_is_empty() -> None:
    assert marks(stacked_bar([("kept", "", 0)], 0, ""), "rect") == []


def test_a_logarithmic_scale() -> None:
    scale = LogScale([0.001, 0.1])
    # From 10^-3.05 to 10^-0.95: 2.1 decades.
    assert scale.place(0.001) == pytest.approx(100 * 0.05 / 2.1)
    assert scale.place(0.01) == pytest.approx(50.0)
    assert scale.place(1.0) == 100.0
    assert scale.place(0.0) == 0.0
    assert scale.ticks() == pytest.approx([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1])
    assert LogScale([1e-6, 1e-1]).ticks() == pytest.approx([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1])


def test_a_scale_of_nothing_still_has_an_axis() -> None:
    assert LogScale([]).ticks()
    assert LogScale([0.5, 0.5]).place(0.5) == pytest.approx(50.0)


def test_the_axis_names_its_ticks_as_per_cent() -> None:
    assert re.findall(r">([^<]+)</span>", axis(LogScale([0.01, 0.1]))) == ["1%", "2%", "5%", "10%"]


def test_dots_stand_where_their_values_are() -> None:
    scale = LogScale([0.001, 0.1])
    svg = dot_row([("a0", "q", 0.01), ("p", "p", 0.1), ("a1", "nothing", 0.0)], scale, "en")
    assert [mark["class"] for mark in marks(svg, "circle")] == ["a0", "p"]
    assert marks(svg, "circle")[0]["cx"] == "50%"
    joined = [line for line in marks(svg, "line") if line["class"] == "join"]
    assert [(line["x1"], line["x2"]) for line in joined] == [("50%", "97.619%")]


def test_a_histogram_counts_every_value_in_its_buckets_colour() -> None:
    values = np.array([100.0] * 10 + [1000.0] * 20 + [10000.0] * 5)
    data = Perplexities("en", values, head_below=300.0, tail_from=3000.0)
    svg = histogram(data, bins=4)
    titles = re.findall(r"<title>[^:]*: ([0-9,]+) documents", svg)
    assert sum(map(int, titles)) == 35
    bars = marks(svg, "rect")
    assert [bar["class"] for bar in bars] == ["head", "middle", "middle", "tail"]
    assert [bar["height"] for bar in bars] == ["50%", "0%", "100%", "25%"]
    assert len([line for line in marks(svg, "line") if line["class"] == "cut"]) == 2
    assert "median 1000" in svg


def test_cutoffs_are_labelled_where_they_lie() -> None:
    values = np.geomspace(100.0, 10_000.0, 1001)
    figure = histogram(
        Perplexities("en", values, head_below=200.0, tail_from=5000.0, documents=123_456), "English"
    )
    cut = [float(line["x1"].rstrip("%")) for line in marks(figure, "line") if line["class"] == "cut"]
    assert cut == pytest.approx([15.05, 84.95], abs=0.5)
    labels = re.findall(r'<div class="cutoff"><span style="(left|right):([0-9.]+)%">([^<]+)</span>', figure)
    # Each on the side of its line where there is room: from the left, and from the right.
    assert [(side, says) for side, _, says in labels] == [("left", "head below 200"), ("right", "tail from 5000")]
    assert [float(at) for _, at, _ in labels] == pytest.approx([cut[0], 100 - cut[1]], abs=0.01)
    assert "<b>English</b> 123k documents" in figure


def test_cutoffs_beyond_the_axis_are_said_at_its_ends() -> None:
    figure = histogram(Perplexities("en", [100.0, 200.0, 400.0], head_below=1.0, tail_from=9999.0))
    assert 'style="left:0%">head below 1.0' in figure and 'style="right:0%">tail from 9999' in figure
    assert [line for line in marks(figure, "line") if line["class"] == "cut"] == []


def test_outliers_do_not_stretch_a_histogram() -> None:
    values = [float(v) for v in range(100, 1100)] + [1e9]
    svg = histogram(Perplexities("en", values))
    assert sum(int(n.replace(",", "")) for n in re.findall(r": ([0-9,]+) documents", svg)) == 1001
    assert max(float(bar["height"].rstrip("%")) for bar in marks(svg, "rect")) == 100.0
    assert len([bar for bar in marks(svg, "rect") if bar["height"] != "0%"]) == 36


@pytest.mark.parametrize("values", [[], [float("nan"), float("inf")], [0.0, -1.0]])
def test_no_perplexities_no_histogram(values: list[float]) -> None:
    assert histogram(Perplexities("en", values)) == ""


def test_one_value_makes_a_histogram() -> None:
    assert "median 5" in histogram(Perplexities("en", [5.0]))


def test_buckets_compare_as_the_pipeline_does() -> None:
    data = Perplexities("en", [], 300.0, 600.0)
    assert [bucket_class(value, data) for value in (299.9, 300.0, 599.9, 600.0)] == [
        "head",
        "middle",
        "middle",
        "tail",
    ]
    assert bucket_class(1.0, Perplexities("en", [])) == "all"
