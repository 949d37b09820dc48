"""What decontaminate found, for a reviewer at a terminal or in a text file; what a crawl put there is written out.

In a terminal the match is shown by its style, elsewhere in [[brackets]].
"""

from collections.abc import Iterator, Sequence

from ccnet_lite.commands.explained import cut_lines, wrapped
from ccnet_lite.dedup.marks import GAP, MATCH, Piece
from ccnet_lite.errors import visible
from ccnet_lite.finished.review import Hit, Review

BRACKETS = ("[[", "]]")
STYLE = "bold reverse"
NEW_LINE = " ↵ "
"""In place of a line's end, as all of a text is one paragraph here."""


def review_text(review: Review, width: int) -> str:
    """All hits as text. width: columns."""
    parts = [totals(review)]
    for number, hit in enumerate(review.hits, 1):
        lines = [f"{number:,} of {len(review.hits):,}  {heading(hit)}"]
        lines += [f"  {line}" for fact in facts(hit) for line in cut_lines(fact, width - 2)]
        for title, pieces in sides(hit):
            lines.append(f"  {title}")
            bracketed = "".join(
                told(piece).join(BRACKETS) if piece.kind == MATCH else told(piece) for piece in pieces
            )
            lines += [f"    {line}" for line in wrapped(bracketed, width - 4)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def print_review(review: Review, width: int) -> None:
    """The same in a terminal, with the match in a style of its own."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(width=width, highlight=False, markup=False, emoji=False)
    console.print(Text(totals(review)))
    for number, hit in enumerate(review.hits, 1):
        console.print()
        console.print(Text(f"{number:,} of {len(review.hits):,}  {heading(hit)}", style="bold"))
        for fact in facts(hit):
            console.print(Padding(Text(visible(fact), overflow="fold"), (0, 0, 0, 2)))
        for title, pieces in sides(hit):
            console.print(Padding(Text(title, style="dim"), (0, 0, 0, 2)))
            text = Text(overflow="fold")
            for piece in pieces:
                style = {MATCH: STYLE, GAP: "dim"}.get(piece.kind, "")
                text.append(told(piece), style=style)
            console.print(Padding(text, (0, 0, 0, 4)))


def totals(review: Review) -> str:
    """How many hits there are, and how many are shown."""
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(review.totals.items())) or "none"
    rest = sum(review.totals.values()) - len(review.hits)
    return f"hits: {counts}" + (f"; {rest:,} of them are not shown (--review-limit)" if rest else "")


def heading(hit: Hit) -> str:
    """What a hit is called and what became of it."""
    return f"{hit.hit_id}  {VERDICTS[hit.verdict]}"


VERDICTS = {
    "contaminated": "contaminated",
    "common": "kept: its n-grams are common in the corpus",
    "reviewed": "kept: reviewed as innocent",
}


def facts(hit: Hit) -> Sequence[str]:
    """Which document and which item, and how much of them is the same; not yet written out."""
    fields = f", {' and '.join(hit.fields)}" * bool(hit.fields) if hit.item.startswith(("line", "row")) else ""
    return [
        f"document  {hit.doc_id}  {hit.url}",
        f"          {hit.corpus_file}, row {hit.corpus_row:,} (from 0), language {hit.language}",
        f"item      {hit.reference}, {hit.item}{fields}",
        f"match     {matched(hit)}",
    ]


def matched(hit: Hit) -> str:
    """How much is the same, in words."""
    whose, other = ("item", "document") if hit.measure == "item" else ("document", "reference")
    return (
        f"{hit.matched_ngrams:,} of the {whose}'s {hit.ngrams:,} n-grams are in the {other}: {hit.overlap:.2f}, "
        f"weighted {hit.weighted_overlap:.2f}"
    )


def sides(hit: Hit) -> Iterator[tuple[str, Sequence[Piece]]]:
    """The two texts, with their titles."""
    yield "in the document", hit.document
    yield "in the item", hit.item_text


def told(piece: Piece) -> str:
    """A piece of text, written out; of a gap, how long it is."""
    if piece.kind == GAP:
        return f" [... {piece.chars:,} characters ...] "
    return visible(NEW_LINE.join(piece.text.splitlines()) + NEW_LINE * piece.text.endswith("\n"))
