"""A document's life as text for a terminal of 80 columns or more; whatever a crawl put there is written out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ccnet_lite.errors import visible
from ccnet_lite.finished.differences import Difference, Stretch
from ccnet_lite.finished.explain import Asked, Life
from ccnet_lite.finished.line_fates import Line
from ccnet_lite.report.columns import align, display_width

CONTEXT = 12
"""Words that are shown of what both texts have, before and behind a difference."""
VERDICTS = {True: "passed", False: "BROKEN", None: "-"}


def life_text(life: Life, width: int, n_lines: int) -> str:
    """All that is known of a document, by heading. width: columns. n_lines: lines of it that are shown; 0: all."""
    parts = [
        [*cut_lines(life.read["url"], width), f"{life.read['doc_id']}  {fate(life)}"],
        ["Read", *_indented(_read(life), width)],
        [_lines_heading(life), *_lines(life, width, n_lines)],
        ["Language", *_indented([language(life)], width)],
        ["Rules, in the order in which they are asked", *rules_table(life.rules, width)],
        ["Near-duplicates", *_indented(near_duplicates(life), width), *_difference(life, width)],
        *([["Spans that other documents have, too", *spans_told(life, width)]] if life.spans else []),
        ["Perplexity", *_indented([perplexity(life)], width)],
        ["Where it is", *_indented([where(life)], width)],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def fate(life: Life) -> str:
    """How it ended, in a few words."""
    if life.fate["outcome"] == "kept":
        return f"kept, bucket {life.fate['bucket']}"
    return f"dropped: {visible(life.fate['reason'] or life.fate['rule'])}"


def _read(life: Life) -> list[str]:
    read = life.read
    member = f", {read['member_offset']:,} bytes into its gzip member" if read["member_offset"] else ""
    said = f", declared {visible(read['declared_language'])}" if read["declared_language"] else ""
    return [
        f"archive  {visible(read['cc_segment'])} at byte {read['record_offset']:,}{member}, "
        f"{read['record_length']:,} bytes: document {read['position']:,} of shard {read['shard']:,}",
        f"record   {visible(read['record_id']) or 'without an id'}, {visible(read['record_type'])}, "
        f"{visible(read['date_download'])}",
        f"text     {read['n_chars']:,} characters, {read['nlines']:,} lines, {visible(read['charset'])}{said}",
        f"title    {visible(read['title'])[:300] or '(none)'}",
    ]


def _lines_heading(life: Life) -> str:
    kept = sum(line.kept for line in life.lines)
    heading = f"Lines: {kept:,} of {len(life.lines):,} stay"
    return heading if life.compared else f"{heading}; it was dropped before its paragraphs were compared"


def _lines(life: Life, width: int, n_lines: int) -> Iterator[str]:
    shown = life.lines[: n_lines or None]
    label = max((len(line.why or "") for line in shown), default=4) + 2
    for line in shown:
        head = f"  {line.number + 1:>4}  {line.why or 'kept':{label}}"
        yield head + one_line(line.text, width - len(head))
    if len(shown) < len(life.lines):
        yield f"  ... {len(life.lines) - len(shown):,} more lines (--lines 0 shows all)"
    for why in used(life.lines):
        if why in life.meanings:
            yield f"  {why}: {life.meanings[why]}"


def used(lines: Iterable[Line]) -> list[str]:
    """The reasons that lines have, each once."""
    return list(dict.fromkeys(line.why for line in lines if line.why))


def language(life: Life) -> str:
    """The language, its score and what else it may be."""
    said = f"{visible(life.language)}, score {life.language_score:.2f}, script {visible(life.script)}"
    others = [f"{visible(name)} {score:.2f}" for name, score in list(life.likeliest.items())[1:]]
    return f"{said}; next {', '.join(others)}" if others else said


def rules_table(rules: Sequence[Asked], width: int) -> list[str]:
    """A line for each rule."""
    rows = [[VERDICTS[each.passed], each.stage, each.rule, shown_value(each), remark(each)] for each in rules]
    lines = [f"  {line}" for line in align(rows, left=5)]
    if all(display_width(line) <= width for line in lines):
        return lines
    return [f"  {line}" for line in align([[row[0], row[2], *row[3:]] for row in rows], left=4)]


def shown_value(asked: Asked) -> str:
    """What was measured, for people."""
    value = asked.value
    if value is None:
        return "-"
    if isinstance(value, str):
        return visible(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}"


def remark(asked: Asked) -> str:
    """What the rule asks for, or why it was not asked."""
    if asked.rule == "near_duplicate" and asked.passed is not False:
        return "in no cluster" if asked.passed is None else "it stands for its cluster"
    if asked.rule == "contained" and asked.passed:
        return "in no longer one"
    if asked.rule == "template" and asked.passed:
        return "of no other's template"
    if asked.passed is None and asked.column == "repeated_share" and asked.value is not None:
        return f"{asked.needs}; not asked: others rely on it"
    if asked.passed is None:
        return f"{asked.needs}; not asked"
    return asked.needs


def near_duplicates(life: Life) -> list[str]:
    """The cluster, what the document is inside of, and whose template it has, in a few lines."""
    return [*_cluster(life), *_inside(life), *_template(life)]


def _template(life: Life) -> list[str]:
    template = life.template
    if template is None:
        return []
    if template.stays is not None:
        stays = template.stays
        told = f"of one template with {stays.doc_id}, which has {stays.similarity:.3f} of its words and stays"
        return [told, visible(stays.url)]
    said = [f"{template.copies:,} of its template {'are' if template.copies > 1 else 'is'} dropped for it"]
    said += [f"{each.similarity:.3f}  {each.doc_id}  {visible(each.url)}" for each in template.gone]
    more = template.copies - len(template.gone)
    return [*said, *([f"... {more:,} more"] if more else [])]


def _inside(life: Life) -> list[str]:
    inside = life.inside
    if inside is None:
        return []
    if inside.longer is not None:
        longer = inside.longer
        return [
            f"inside {longer.doc_id}, which has {longer.containment:.3f} of its shingles and stays",
            visible(longer.url),
        ]
    said = [
        f"holds {inside.holds:,} shorter, which are dropped"
        if inside.holds > 1
        else "holds a shorter one, which is dropped"
    ]
    said += [f"{each.containment:.3f}  {each.doc_id}  {visible(each.url)}" for each in inside.shorter]
    more = inside.holds - len(inside.shorter)
    return [*said, *([f"... {more:,} more"] if more else [])]


def spans_told(life: Life, width: int) -> Iterator[str]:
    """The spans that others have, too, with both sides; nothing where there are none."""
    spans = life.spans
    if spans is None:
        return
    if spans.first:
        yield from _indented([f"{spans.first:,} that later documents copy: this one has them first"], width)
    if spans.n_copies:
        yield from _indented([f"{spans.n_copies:,} of earlier documents, {spans.chars:,} characters"], width)
    for each in spans.copies:
        there = f"in {each.original} from {each.original_begin:,}"
        said = f"{each.tokens:,} tokens from character {each.begin:,}; {there}"
        yield from _indented([said, visible(each.url)], width)
        for side, text in (("here ", each.text), ("there", each.original_text)):
            yield f"    {side}  " + one_line(text, width - 12)
    if len(spans.copies) < spans.n_copies:
        yield f"  ... {spans.n_copies - len(spans.copies):,} more"


def _cluster(life: Life) -> list[str]:
    copies = life.copies
    if copies is None:
        return ["in no cluster: no other document was found to be like it, or it was not looked for"]
    role = "its representative" if copies.representative else f"like its representative at {copies.similarity:.3f}"
    said = [f"one of {copies.size:,} in cluster {copies.cluster_id}, {role}"]
    for member in copies.members:
        mark = "stays  " if member.representative else f"{member.similarity:.3f}  "
        said.append(f"{mark} {member.doc_id}  {visible(member.url)}")
    if len(copies.members) < copies.size:
        said.append(f"... {copies.size - len(copies.members):,} more, here or in earlier crawls of the index")
    if copies.other is None:
        said.append("its representative is not of this run: its text is not here")
    elif copies.equal_values is not None:
        said.append(
            f"signatures: {copies.equal_values:,} of {copies.values:,} values are equal to {copies.other.doc_id}'s"
        )
    return said


def perplexity(life: Life) -> str:
    """The perplexity against its cutoffs."""
    found = life.perplexity
    said = [] if found.value is None else [f"{found.value:,.1f}"]
    if found.head is not None and found.tail is not None:
        said.append(f"head below {found.head:,.1f}, tail from {found.tail:,.1f} on")
    return "; ".join([*said, *([found.note] if found.note else [])]) or "not known"


def where(life: Life) -> str:
    """Where a kept document lies, or what dropped another."""
    told: dict[str, Any] = life.fate
    if told["outcome"] == "kept":
        return f"{visible(told['corpus_file'])}, row {told['corpus_row']:,} (from 0)"
    return f"in no corpus file: dropped by {visible(told['stage'])}, rule {visible(told['rule'])}"


# ---- two texts side by side ------------------------------------------------------------------------------


def _difference(life: Life, width: int) -> Iterator[str]:
    copies, template, half = life.copies, life.template, (width - 5) // 2
    if copies is not None and copies.other is not None and copies.difference is not None:
        yield from _beside(copies.other.doc_id, copies.difference, half)
    if template is not None:
        yield from _beside(template.other.doc_id, template.difference, half)


def _beside(other: str, found: Difference, half: int) -> Iterator[str]:
    yield ""
    yield f"  {'this document':{half}} {other}"
    yield f"  {'-' * half} {'-' * half}"
    yield from side_by_side(found, half)


def side_by_side(found: Difference, half: int) -> Iterator[str]:
    """Two texts in columns of `half` each: [-what one has-], {+what the other has+}; long likeness is cut."""
    if all(each.alike for each in found.stretches):
        yield "  no difference" + (" in what was compared" if found.cut else "")
    for left, right in blocks(found.stretches):
        if right is None:
            yield f"  {left}"
            continue
        one, other = wrapped(left, half), wrapped(right, half)
        for number in range(max(len(one), len(other))):
            first = one[number] if number < len(one) else ""
            second = other[number] if number < len(other) else ""
            yield f"  {first}{' ' * (half - display_width(first))} {second}".rstrip()
    if found.cut:
        yield "  ... the texts differ so much, or are so long, that the rest is not shown"


def blocks(stretches: Sequence[Stretch]) -> Iterator[tuple[str, str | None]]:
    """Text for the two columns, with marks; (a note, None) where both have the same for long."""
    left = right = ""
    for number, each in enumerate(stretches):
        if not each.alike:
            left += f"[-{visible(each.left.rstrip())}-] " if each.left else ""
            right += f"{{+{visible(each.right.rstrip())}+}} " if each.right else ""
            continue
        told = visible(each.left).split(" ")[:-1]
        if len(told) <= 2 * CONTEXT:
            left, right = left + visible(each.left), right + visible(each.left)
            continue
        if number:
            yield left + " ".join(told[:CONTEXT]), right + " ".join(told[:CONTEXT])
        last = number == len(stretches) - 1
        rest = len(told) - CONTEXT * (bool(number) + (not last))
        yield f"... {rest:,} words alike ...", None
        left = right = "" if last else " ".join(told[-CONTEXT:]) + " "
    if left or right:
        yield left, right


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` columns, cut at spaces, or within a word that is longer."""
    lines, line, used_columns = [], "", 0
    for word in text.split(" "):
        for piece in [word] if display_width(word) <= width else list(word):
            gap = " " if line and piece is word else ""
            columns = display_width(piece) + len(gap)
            if used_columns + columns > width:
                lines.append(line)
                line, used_columns, gap, columns = "", 0, "", columns - len(gap)
            line, used_columns = line + gap + piece, used_columns + columns
    return [each.rstrip() for each in ([*lines, line] if line else lines)]


def _indented(texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        for number, line in enumerate(wrapped(text, width - 4)):
            yield ("    " if number else "  ") + line


def cut_lines(text: str, width: int) -> list[str]:
    """A text, written out, in lines of at most `width` columns, wherever they end."""
    lines, line, columns = [], "", 0
    for character in visible(text):
        size = display_width(character)
        if columns + size > width:
            lines.append(line)
            line, columns = "", 0
        line, columns = line + character, columns + size
    return [*lines, line]


def one_line(text: str, width: int) -> str:
    """As much of a text, written out, as fits into one line."""
    lines = cut_lines(text[: 4 * width], width - 1)
    return lines[0] + ("…" if len(lines) > 1 or len(text) > 4 * width else "")
