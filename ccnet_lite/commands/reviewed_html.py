"""What decontaminate found as one page: in the report's style, nothing fetched, all text escaped.

Its only script, which the page names by its hash, moves by keys and gathers the ids of what is innocent, for
--keep. Without scripts it shows the same.
"""

import base64
import hashlib
from collections.abc import Sequence

from ccnet_lite.commands import reviewed
from ccnet_lite.commands.explained_html import crawled, lines_shown, shown
from ccnet_lite.dedup.marks import GAP, MATCH, Piece
from ccnet_lite.finished.review import Hit, Review
from ccnet_lite.report.html import FORBID
from ccnet_lite.report.style import script, style_sheet

STYLE = """
article {
  margin: 26px 0; padding: 14px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
  scroll-margin-top: 12px;
}
article:focus { outline: 2px solid var(--ink); }
article h2 { font-size: 15px; }
article p { margin: 2px 0; overflow-wrap: anywhere; }
mark {
  background: color-mix(in srgb, var(--length) 45%, transparent); color: inherit; border-radius: 3px;
}
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; margin: 10px 0 0; }
/* A line of a page has its own direction, whatever stands before and behind it. */
.sides p { white-space: pre-wrap; unicode-bidi: plaintext; text-align: start; }
.sides h3 { margin: 0 0 4px; }
article.innocent { border-inline-start: 5px solid var(--kept); }
article.innocent mark { background: var(--faint); }
label.verdict { font-size: 14px; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; font-size: 12.5px; }
textarea {
  width: 100%; height: 120px; font: 13px ui-monospace, monospace; background: var(--card); color: inherit;
}
@media (max-width: 900px) { .sides { grid-template-columns: minmax(0, 1fr); } }
"""
KEYS = (
    '<div id="choice" hidden><p class="note"><kbd>j</kbd> next, <kbd>k</kbd> the one before, <kbd>i</kbd> '
    "innocent or not. The list below is for <code>--keep</code>: put it into a file.</p>"
    '<label for="list">Innocent: <span id="count" role="status">0</span></label>'
    '<textarea id="list" readonly spellcheck="false"></textarea></div>'
)
"""Shown by the script, without which it would do nothing."""


def review_page(review: Review) -> str:
    """The page; equal reviews give an equal page."""
    code = script("review.js")
    forbid = f"{FORBID}; script-src 'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
    hits = "".join(_hit(hit, number, len(review.hits)) for number, hit in enumerate(review.hits, 1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{forbid}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Decontamination – ccnet_lite</title>\n<style>\n{style_sheet()}{STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>Decontamination</h1><p class="sub">{shown(reviewed.totals(review))}</p>{KEYS}</header>\n'
        f"<main>\n{hits}</main>\n<script>{code}</script>\n</body>\n</html>\n"
    )


def _hit(hit: Hit, number: int, total: int) -> str:
    told = "".join(f"<p>{crawled(fact)}</p>" for fact in reviewed.facts(hit))
    sides = "".join(
        f'<div><h3>{title}</h3><p dir="auto">{_pieces(pieces)}</p></div>' for title, pieces in reviewed.sides(hit)
    )
    verdict = shown(reviewed.VERDICTS[hit.verdict])
    checked = " checked" if hit.verdict == "reviewed" else ""
    return (
        f'<article tabindex="0" id="hit-{shown(hit.hit_id)}" data-id="{shown(hit.hit_id)}" '
        f'data-about="{shown(hit.doc_id)} {shown(hit.item)}">'
        f"<h2>{number:,} of {total:,} · <code>{shown(hit.hit_id)}</code> · {verdict}</h2>"
        f'<label class="verdict" hidden><input type="checkbox"{checked}> innocent</label>{told}'
        f'<div class="sides">{sides}</div></article>\n'
    )


def _pieces(pieces: Sequence[Piece]) -> str:
    out = []
    for piece in pieces:
        if piece.kind == GAP:
            out.append(f'<bdi class="soft"> [… {piece.chars:,} characters …] </bdi>')
            continue
        lines = lines_shown(piece.text)
        out.append(f"<mark>{lines}</mark>" if piece.kind == MATCH else lines)
    return "".join(out)
