"""What became of each line of a document in a finished run, and what the reasons mean."""

from dataclasses import dataclass

from ccnet_lite.kernels.copies import COPY_CHARS, SAID_BEFORE
from ccnet_lite.kernels.line_cuts import line_rules
from ccnet_lite.kernels.lines import COMMON, HOST, LIST, REPEATED, REPEATED_WITHIN, RULE, STAYS, Cuts, Int8
from ccnet_lite.settings import LINE_MEASURES, LineRule, Settings

WHY = {
    HOST: "host boilerplate",
    COMMON: "common line",
    LIST: "list boilerplate",
    REPEATED: "repeated paragraph",
    REPEATED_WITHIN: "repeated within the document",
}


@dataclass(frozen=True)
class Line:
    """A line as read: whether it stays, and why not."""

    number: int
    text: str
    kept: bool
    why: str | None


def fates_of(text: str, verdict: Int8, cuts: Cuts, line_ids: list[int] | None) -> tuple[Line, ...]:
    """The lines of a text. line_ids: those that the run kept; None: it was dropped before that was asked."""
    staying = None if line_ids is None else set(line_ids)
    rules = dict(zip(cuts.rule_lines[0].as_py(), cuts.rule_names[0].as_py(), strict=True))
    found = []
    for number, (line, why) in enumerate(zip(text.split("\n"), verdict.tolist(), strict=True)):
        kept = why == STAYS if staying is None else number in staying
        said = rules[number] if why == RULE else WHY.get(why, "not said by any mask")
        found.append(Line(number, line, kept, None if kept else said))
    return tuple(found)


def meanings(settings: Settings) -> dict[str, str]:
    """What the reasons of lines mean under some settings: the names of rules over lines, too."""
    lines, firsts = settings.lines, settings.paragraphs.policy == "keep_first"
    repeated = "another document before it keeps the line" if firsts else "two or more documents hold the line"
    of_rules = {rule.name: _wanted(rule) for rule in line_rules(settings)}
    return of_rules | {
        WHY[HOST]: f"{lines.host_documents} or more documents of its host hold the line",
        WHY[COMMON]: f"{lines.common_hosts} or more hosts have the line",
        WHY[LIST]: "a menu, related articles, tags or a footer at an end of the text",
        SAID_BEFORE: f"a paragraph of {COPY_CHARS} characters or more, which an earlier line says, too",
        WHY[REPEATED]: repeated,
        WHY[REPEATED_WITHIN]: "an earlier line of the document is equal",
    }


def _wanted(rule: LineRule) -> str:
    """What a rule asks of a line, in words.

    >>> _wanted(LineRule(name="a", measure="words", comparison="below", bound=3, source="mine"))
    'words at least 3: What lies between white space; in scripts without spaces, each letter. mine'
    """
    side = "at least" if rule.comparison == "below" else "at most"
    return f"{rule.measure} {side} {rule.bound:g}: {LINE_MEASURES[rule.measure]} {rule.source}"
