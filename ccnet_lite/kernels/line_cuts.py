"""Lines that a document's own text says are cut: lists around it, and lines that rules of policies do not want.

Rules over lines are asked of every line, whatever masks say of it, in their order; the first that a line breaks
cuts it. The language and the script that a rule is asked in are those of the text that masks and lists leave; what
the document is measured on afterwards, its language too, is what the rules leave.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.kernels.annotate import masked_texts
from ccnet_lite.kernels.lines import STAYS, Cuts, Int8, Int32, Int64, ShardLines, in_lists
from ccnet_lite.kernels.rules import scripts_of
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.line_measures import LineMeasures
from ccnet_lite.quality.list_lines import list_lines
from ccnet_lite.settings import LineRule, Settings
from ccnet_lite.text.phrases import Phrases

Bools = npt.NDArray[np.bool_]
Languages = Callable[[list[str]], list[str]]


def line_rules(settings: Settings) -> list[LineRule]:
    """The rules over lines of all policies, in the order in which they are asked."""
    return [rule for policy in settings.quality.policies for rule in policy.line_rules]


def find_cuts(
    documents: Iterable[pa.RecordBatch],
    lines: ShardLines,
    verdict: Int8,
    look: bool,
    rules: Sequence[LineRule],
    languages_of: Languages,
) -> Cuts:
    """What of a shard's documents is cut as a list, and by a rule.

    documents: with raw_content, in the order of `lines`; verdict: [lines], from `judge_lines` without cuts; look:
    whether for lists; languages_of: the likeliest language of each text.
    """
    stays = verdict == STAYS
    lists, first = np.zeros((len(lines.positions), 2), np.int32), 0
    named: list[Int64] = []
    for batch in documents:
        texts = batch["raw_content"].to_pylist()
        offsets = lines.offsets[first : first + batch.num_rows + 1]
        here = stays[offsets[0] : offsets[-1]]
        if look:
            lists[first : first + batch.num_rows] = list_lines(texts, ~here)
            here &= ~in_lists(offsets, lists[first : first + batch.num_rows])
        if rules:
            left, _ = masked_texts(batch, lines, stays, first)
            spoken = [text if text.strip() else whole for text, whole in zip(left, texts, strict=True)]
            named.append(broken_lines(texts, spoken, rules, languages_of))
        first += batch.num_rows
    return _cuts(lists, lines, np.concatenate([np.zeros(0, np.int64), *named]), [rule.name for rule in rules])


def _cuts(lists: Int32, lines: ShardLines, broken: Int64, names: list[str]) -> Cuts:
    """broken: [lines], the number of a rule's name, -1 for none; or empty: no rule was asked."""
    at = np.flatnonzero(broken >= 0)
    offsets = np.searchsorted(at, lines.offsets).astype(np.int32)
    ids = pa.array(lines.indices[at].astype(np.int32))
    by = pa.array(names, pa.string()).take(pa.array(broken[at]))
    return Cuts(lists, *(pa.ListArray.from_arrays(pa.array(offsets), values) for values in (ids, by)))


def broken_lines(
    texts: Sequence[str], spoken: Sequence[str], rules: Sequence[LineRule], languages_of: Languages
) -> Int64:
    """[lines of all texts]: the number of the first rule that each breaks, -1 for none.

    spoken: of each text what says its language and script.
    """
    measures = LineMeasures(texts)
    counts = [text.count("\n") + 1 for text in texts]
    asked: dict[str, list[str]] = {"script": [], "language": []}
    if any(rule.scripts or rule.without_scripts for rule in rules):
        asked["script"] = measure(spoken, False)["script"].to_pylist()
    if any(rule.languages for rule in rules):
        asked["language"] = languages_of(list(spoken))
    broken = np.full(len(measures), -1, np.int64)
    for number, rule in reversed(list(enumerate(rules))):
        if rule.measure == "phrases":
            values = measures.phrases(Phrases(f"*{phrase}*" for phrase in rule.phrases))
        else:
            values = measures.measure(rule.measure)
        found: Bools = values < rule.bound if rule.comparison == "below" else values > rule.bound
        for kind, given, wanted in (
            ("language", rule.languages, True),
            ("script", scripts_of(rule.scripts), True),
            ("script", scripts_of(rule.without_scripts), False),
        ):
            if given:
                asks = np.array([(each in given) == wanted for each in asked[kind]], np.bool_)
                found &= np.repeat(asks, counts)
        broken[found] = number
    return broken
