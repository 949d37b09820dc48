"""The report's style sheet, and which colour stands for what."""

from importlib import resources

FATES = (
    "kept",
    "skipped",
    "bad",
    "length",
    "lines",
    "urls",
    "opt_out",
    "language",
    "heuristics",
    "near_duplicates",
    "paragraphs",
    "quality",
    "other",
    "faint",
)
BUCKETS = ("head", "middle", "tail", "all")
ALPHAS = ("a0", "a1", "a2", "a3")
"""Exponents, from the smallest: what lies beyond the fourth shares its colour."""


def style_sheet() -> str:
    """The CSS, with one class a colour: the fill of an SVG mark, the background of a key."""
    css = resources.files("ccnet_lite.report").joinpath("style.css").read_text(encoding="utf-8")
    colours = "\n".join(
        f".{name} {{ fill: var(--{name}); background: var(--{name}); }}" for name in (*FATES, *BUCKETS, *ALPHAS)
    )
    return css + colours


def script(name: str = "report.js") -> str:
    """A page's only script: the report's, for search and sort, or another's."""
    return resources.files("ccnet_lite.report").joinpath(name).read_text(encoding="utf-8")


def fate_class(stage: str, outcome: str) -> str:
    """The colour of a way to end: the stage's, or that of skipped, bad and kept."""
    name = outcome if outcome in ("skipped", "bad", "kept") else stage
    return name if name in FATES else "other"
