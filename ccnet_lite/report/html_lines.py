"""The report's lines that were cut: by what, and in which languages."""

from collections import defaultdict
from collections.abc import Sequence

from ccnet_lite.kernels.cut_lines import READ, REASONS
from ccnet_lite.kernels.lines import RULE
from ccnet_lite.report.columns import compact
from ccnet_lite.report.data import CutLines, ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.markup import Cell, language, name_of, section, table, text

WORDS = {
    "host_boilerplate": "Lines that many documents of one host have.",
    "common_boilerplate": "Lines that many documents have.",
    "list_boilerplate": "Lists around a text: menus, related articles, tags, footers at its two ends.",
    "said_before": "Paragraphs that the document says a second time.",
    "repeated": "Lines that another document has, which keeps them.",
    "repeated_within": "Lines that the document has before.",
}


def lines_section(data: ReportData) -> str:
    """What lines were cut of the documents in question, by reason and rule, each by language."""
    read = {row.language: row for row in data.cuts if row.reason == READ}
    cut: dict[tuple[str, str], list[CutLines]] = defaultdict(list)
    for row in data.cuts:
        if row.reason != READ:
            cut[row.reason, row.rule].append(row)
    if not cut:
        return ""
    all_lines, all_chars = (sum(getattr(row, name) for row in read.values()) for name in ("lines", "characters"))
    order = list(REASONS.values())
    named = list(data.line_rules)
    body = ""
    for reason, rule in sorted(
        cut, key=lambda key: (order.index(key[0]), named.index(key[1]) if key[1] in named else len(named), key[1])
    ):
        rows = cut[reason, rule]
        n_lines, n_chars = sum(row.lines for row in rows), sum(row.characters for row in rows)
        words = data.line_rules.get(rule, "") if reason == REASONS[RULE] else WORDS[reason]
        shares = f"{percent(n_lines, all_lines)} % of lines, {percent(n_chars, all_chars)} % of characters"
        body += (
            f'<details class="rule"><summary><code>{text(rule or reason)}</code> '
            f"<span>{n_lines:,} line{'s' * (n_lines != 1)}, {text(compact(n_chars))} characters</span> "
            f'<span class="soft">{shares}</span></summary><div><p>{text(words, 400)}</p>'
            f"{_by_language(data, rows, read)}</div></details>"
        )
    note = (
        "Of the documents in question when lines are compared, by their likeliest language. A line counts where "
        "it was cut first: boilerplate, lists, rules of policies over lines, then what is repeated. "
        f"{all_lines:,} lines were asked, with {text(compact(all_chars))} characters."
    )
    return section("lines", "Lines cut", body, note)


def _by_language(data: ReportData, rows: Sequence[CutLines], read: dict[str, CutLines]) -> str:
    cells: list[list[Cell]] = []
    ordered = sorted(rows, key=lambda row: (-row.characters, row.language))
    for row in ordered:
        asked = read[row.language]
        share = row.characters / asked.characters if asked.characters else 0.0
        cells.append(
            [
                language(row.language, data.names),
                (f"{row.lines:,}", row.lines),
                (percent(row.lines, asked.lines), row.lines / max(asked.lines, 1)),
                (text(compact(row.characters)), row.characters),
                (percent(row.characters, asked.characters), share),
            ]
        )
    heads = ["language", "lines", "% of its lines", "characters", "% of its characters"]
    names = [f"{name_of(row.language, data.names)} {row.language}" for row in ordered]
    return table(heads, cells, numeric=range(1, 5), names=names)
