"""A sampling plan as text for a terminal: languages, their buckets, warnings."""

from collections.abc import Mapping, Sequence
from typing import Any

from ccnet_lite.report.columns import align, compact

SHOWN_LANGUAGES = 100


def render(plan: Mapping[str, Any]) -> str:
    """A plan, as its JSON has it, largest share first."""
    parts: list[dict[str, Any]] = plan["parts"]
    by_language: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        by_language.setdefault(part["language"], []).append(part)
    ordered = sorted(by_language.items(), key=lambda item: (-sum(p["share"] for p in item[1]), item[0]))
    method = ", ".join(f"{name} {_said(value)}" for name, value in plan["method"].items() if name != "name")
    runs = len({part["run"] for part in parts})
    head = (
        f"{plan['method']['name']}{f' ({method})' if method else ''}: {compact(plan['spent'])} of "
        f"{compact(plan['budget'])} {plan['unit']}, {len(by_language):,} languages, "
        f"{runs:,} run{'' if runs == 1 else 's'}"
        + (", documents by their cluster weights" if plan["cluster_weights"] else "")
        + (", documents by their tiers" if plan.get("tier_weights") else "")
    )
    total = sum(part["n"] for part in parts)
    lines = [["language", "documents", plan["unit"], "p %", "q %", "q/p", "read", "tokens", "epochs", "repeats"]]
    for language, own in ordered[:SHOWN_LANGUAGES]:
        n, q = sum(p["n"] for p in own), sum(p["share"] for p in own)
        lines.append(_cells(language, own, [_percent(n / total), _percent(q), f"{q * total / n:.2f}"]))
    blocks = [head, "\n".join(align(lines))]
    several = [each for each in ordered[:SHOWN_LANGUAGES] if len(each[1]) > 1]
    if several:
        heads = ["language", "bucket", *(["run"] if runs > 1 else [])]
        left = len(heads)
        rows = [[*heads, "documents", plan["unit"], "q %", "draw %", "read", "tokens", "epochs", "repeats"]]
        for language, own in several:
            for part in own:
                named = [part["bucket"], *([part["run"]] if runs > 1 else [])]
                cells = _cells(language, [part], [_percent(part["share"]), _percent(part["draw"])])
                rows.append([language, *named, *cells[1:]])
        blocks.append("\n".join(align(rows, left)))
    hidden = len(ordered) - SHOWN_LANGUAGES
    if hidden > 0:
        blocks.append(f"and {hidden:,} more languages (--json has all)")
    blocks += [f"warning: {each}" for each in plan["warnings"]]
    return "\n\n".join(blocks)


def _cells(name: str, parts: Sequence[Mapping[str, Any]], shares: list[str]) -> list[str]:
    """A row of a table: what these parts hold together, their shares, and what is read of them."""
    n, units = sum(p["n"] for p in parts), sum(p["units"] for p in parts)
    tokens = [p["tokens"] for p in parts]
    told = "·" if None in tokens else compact(sum(tokens))
    epochs = units / n
    documents = sum(p["documents"] for p in parts)
    read = [compact(units), told, f"{epochs:.2f}", f"{max(epochs - 1.0, 0.0):.2f}"]
    return [name, f"{documents:,}", compact(n), *shares, *read]


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"


def _said(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name or 'all'}={number:g}" for name, number in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else f"{value:g}"
