"""Draws what examples/pretrain.py --json said of its runs: held-out loss by step, as an SVG file by itself.

python benchmarks/pretraining_curves.py RUN.json ... --to docs/pretraining.svg
"""

import argparse
import json
from html import escape
from math import ceil, floor
from pathlib import Path
from typing import Any

LEFT, TOP, WIDE, HIGH = 50, 44, 560, 260
COLOURS = ("#1f6fb4", "#d1622b", "#3a8f5c", "#8a4fa3", "#b0892b", "#555555")


def curves(runs: list[dict[str, Any]]) -> str:
    """A line a run, from its first measurement to its last."""
    points = [[(point["step"], point["held_out"]) for point in run["history"]] for run in runs]
    last = max(step for line in points for step, _ in line)
    low = floor(min(loss for line in points for _, loss in line))
    high = ceil(max(loss for line in points for _, loss in line))

    def at(step: float, loss: float) -> tuple[float, float]:
        return LEFT + WIDE * step / last, TOP + HIGH * (high - loss) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + 130}" height="{TOP + HIGH + 40}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Held-out loss by step, of a tiny model of each kind</title>",
        "<desc>Nats a masked token on the validation split, against training steps.</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20">Held-out loss, nats a masked token</text>',
    ]
    for loss in range(low, high + 1):
        x, y = at(0, loss)
        parts.append(f'<line x1="{x:.1f}" x2="{x + WIDE:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{loss}</text>')
    for part in range(6):
        x, y = at(last * part / 5, low)
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{last * part / 5:.0f}</text>')
    for number, (run, line, colour) in enumerate(zip(runs, points, COLOURS, strict=False)):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = TOP + 20 * number
        parts.append(f'<circle cx="{LEFT + WIDE + 22}" cy="{y}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + WIDE + 32}" y="{y + 4}">{escape(run["model"])}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Read, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--to", required=True, type=Path)
    given = parser.parse_args()
    given.to.write_text(
        curves([json.loads(path.read_text().splitlines()[-1]) for path in given.runs]), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
