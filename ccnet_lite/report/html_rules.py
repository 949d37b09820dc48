"""The report's rules with documents on both sides of their thresholds, and the hosts that documents are from."""

from collections.abc import Mapping, Sequence

from ccnet_lite.report.data import ReportData
from ccnet_lite.report.funnel_text import percent
from ccnet_lite.report.markup import Cell, crawled, language, section, table, text
from ccnet_lite.run.glimpses import Example, Glimpse, Host
from ccnet_lite.run.outliers import DEVIATIONS, LEAST_SHARE, outliers
from ccnet_lite.run.rules_told import RuleTold


def outliers_section(data: ReportData) -> str:
    """Rules that take unusually much of one language."""
    rows: list[list[Cell]] = [
        [
            language(each.language, data.names),
            f"<code>{text(each.rule)}</code>",
            f"{each.dropped:,}",
            percent(each.dropped, each.documents),
            f"{100 * each.median:.1f}",
        ]
        for each in outliers(data.funnel)
    ]
    if not rows:
        return ""
    note = (
        f"Rules that take {LEAST_SHARE:.0%} of a language or more, and more than the median of all languages by "
        f"{DEVIATIONS:g} median deviations: the rule may be wrong for the language. "
        "<code>ccnet-lite fit-rules</code> gives bounds by language."
    )
    heads = ["language", "rule", "records", "% of the language", "% of most"]
    return section(
        "outliers", "Rules that take unusually much of a language", table(heads, rows, numeric=(2, 3, 4)), note
    )


def thresholds_section(data: ReportData) -> str:
    """Each rule with a threshold, and the documents whose values are nearest to it."""
    if data.glimpse is None or not data.glimpse.at_thresholds:
        return ""
    counts = {fate.rule: fate.count for fate in data.funnel.reasons}
    body = ""
    for rule in data.rules:
        sides = data.glimpse.at_thresholds.get(rule.name)
        if sides is not None:
            body += _rule(rule, counts.get(rule.name, 0), sides.fell, sides.passed, data.names)
    note = (
        "Where each rule draws its line, and the documents whose values lie nearest to it on both sides, "
        f"{_looked_into(data.glimpse, data.shards)}. What passes one rule may still leave by a later one. "
        "By its id, <code>ccnet-lite explain</code> tells all of a document."
    )
    return section("thresholds", "Near the thresholds", body, note)


def _rule(
    rule: RuleTold, count: int, fell: Sequence[Example], passed: Sequence[Example], names: Mapping[str, str]
) -> str:
    body = f"<p>{text(rule.words)} Asked: {text(rule.asks)} (<code>{text(rule.setting)}</code>).</p>"
    for title, examples in (("Just fell", fell), ("Just passed", passed)):
        if examples:
            body += f"<h3>{title}</h3>{example_rows(examples, names, by_rule=title == 'Just passed')}"
    dropped = f"{count:,} dropped" if count else "none dropped"
    return (
        f'<details class="rule" id="rule-{text(rule.name)}"><summary><code>{text(rule.name)}</code> '
        f'<span>{text(rule.asks)}</span> <span class="soft">{dropped}</span></summary><div>{body}</div></details>'
    )


def example_rows(examples: Sequence[Example], names: Mapping[str, str] | None, by_rule: bool) -> str:
    """Documents as a table: what was measured, title and URL.

    names: of languages, to say what each is likest; None: not said. by_rule: say what dropped each.
    """
    heads = [*(["dropped by"] * by_rule), "measured", *(["language"] * (names is not None)), "document"]
    rows: list[list[Cell]] = []
    for each in examples:
        cells: list[Cell] = []
        if by_rule:
            cells.append(f"<code>{text(each.rule)}</code>" if each.rule else "not dropped")
        cells.append(_measured(each))
        if names is not None:
            cells.append(language(each.language, names))
        title = crawled(each.title) if each.title else "(no title)"
        cells.append(
            f'<div class="wide">{title}<br><span class="soft">{crawled(each.url, 120)}</span><br>'
            f"<code>{text(each.doc_id)}</code></div>"
        )
        rows.append(cells)
    return table(heads, rows)


def _measured(example: Example) -> str:
    if example.value is None:
        return "–"
    held = "" if example.threshold is None else f' <span class="soft">against {example.threshold:g}</span>'
    return f'<span class="nowrap">{example.value:,.4g}{held}</span>'


def hosts_section(data: ReportData) -> str:
    """Hosts with most documents, of those kept and of those dropped."""
    seen = data.glimpse
    if seen is None or not (seen.kept_hosts or seen.dropped_hosts):
        return ""
    body = "".join(
        f"<div><h3>{title}</h3>{_hosts(hosts)}</div>"
        for title, hosts in (("Most kept", seen.kept_hosts), ("Most dropped", seen.dropped_hosts))
        if hosts
    )
    note = f"The hosts that most documents are from, {_looked_into(seen, data.shards)}."
    if data.funnel.total.count("quality", "dropped"):
        note += " Documents that left by their bucket count as kept here."
    return section("hosts", "Hosts", f'<div class="beside">{body}</div>', note)


def _hosts(hosts: Sequence[Host]) -> str:
    rows = [
        [
            f'<div class="host">{crawled(host.host, 80)}</div>',
            f"{host.kept:,}",
            f"{host.dropped:,}",
            f"<code>{text(host.rule)}</code> {host.by_rule:,}" if host.rule else "–",
        ]
        for host in hosts
    ]
    return table(["host", "kept", "dropped", "mostly by"], rows, numeric=(1, 2))


def _looked_into(seen: Glimpse, archives: int) -> str:
    if seen.archives >= archives:
        return f"among all {seen.documents:,} documents"
    return f"among {seen.documents:,} documents of {seen.archives:,} of {archives:,} archives"
