"""HTML pages to their main text.

Our own line classifier, resiliparse or trafilatura; how exact each is stands in docs/extraction.md. Hostile pages
can take the latter two hours or more memory than there is: call them through page_worker.py.
Does not handle: pages that build their text by script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import numpy as np
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import DOMContext, HTMLTree, traverse_dom

from ccnet_lite.archives.charsets import decode_text
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.opt_outs import HEAD_BYTES, may_opt_out, of_page
from ccnet_lite.errors import UserError

Extractor = Literal["lines", "resiliparse", "trafilatura"]
Kept = Literal["tables", "lists", "code"]
KEEP_ALL: tuple[Kept, ...] = ("tables", "lists", "code")

MAX_DEPTH = 1000
"""Elements within elements; browsers stop at 512. Extraction takes time in the square of the depth."""
MAX_TITLE = 1000
"""Characters of a title; behind them comes the page, where a title does not end."""
SMALL_PAGE = 32 * 1024
"""Bytes of a page up to which its tags are counted first: that takes a tenth of the look at their nesting."""
_HTML_TYPES = {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"}
_UNTOLD_TYPES = {
    "",
    "application/octet-stream",
    "application/unknown",
    "unknown/unknown",
    "*/*",
    "application/x-unknown",
}


@dataclass(frozen=True)
class HtmlText:
    """A page's text: lines stripped at both ends and none blank, joined by line feeds."""

    title: str
    text: str
    charset: str
    opt_outs: str = ""
    """What its meta tags say (opt_outs.of_page), separated by spaces."""


def require_extractor(extractor: Extractor) -> None:
    """Look whether what an extractor needs is installed: without it each page would be a bad record.

    Raises:
        UserError: it is not.
    """
    if extractor == "trafilatura" and find_spec("trafilatura") is None:
        raise UserError(
            "ingest.extractor = trafilatura needs the package trafilatura, which is not installed: "
            "pip install 'ccnet_lite[trafilatura]', or take resiliparse"
        )


def is_html_type(media_type: str) -> bool | None:
    """Whether a Content-Type is HTML's; None where it does not tell, and the content has to.

    >>> is_html_type("text/html; charset=utf-8"), is_html_type("image/png"), is_html_type("")
    (True, False, None)
    """
    name = media_type.partition(";")[0].strip().lower()
    return None if name in _UNTOLD_TYPES else name in _HTML_TYPES


def to_text(
    html: bytes, declared_charset: str | None, extractor: Extractor, keep: Sequence[Kept] = KEEP_ALL
) -> HtmlText:
    """The title and main text of a page; `keep` is of `lines` alone, which leaves out what is not named there.

    resiliparse runs without alternative texts, comments and list bullets, trafilatura in its fast mode
    without comments: so each gives the most exact text it can.

    Raises:
        ExtractionError: `html_too_deep` beyond MAX_DEPTH elements within one another; `bad_html` where
            the parser gives up.
    """
    try:
        if extractor == "lines":
            title, text, charset, said = _by_lines(html, declared_charset or "", keep)
        else:
            page, charset = decode_text(html, declared_charset or "")
            # Tags are counted in bytes of ASCII.
            tree = _parsed(
                page, page.encode("utf-8", "replace") if charset.startswith(("utf-16", "utf-32")) else html
            )
            title, text = tree.title or "", main_text(tree, page, extractor)
            head = page[:HEAD_BYTES].encode("utf-8", "replace")
            said = of_page(tree) if may_opt_out(head) else []
        title = " ".join(title.split())[:MAX_TITLE]
    except ExtractionError:
        raise
    except Exception as error:  # whatever a parser of others makes of hostile input
        raise ExtractionError("bad_html", f"{type(error).__name__}: {str(error)[:200]}") from None
    # Code is set in; what other extractors leave at the beginning of a line says nothing.
    lines = [line.rstrip() if extractor == "lines" else line.strip() for line in text.split("\n")]
    return HtmlText(
        _storable(title), _storable("\n".join([line for line in lines if line])), charset, " ".join(said)
    )


def _by_lines(html: bytes, declared: str, keep: Sequence[Kept]) -> tuple[str, str, str, list[str]]:
    """Title, text, character set and what is said of the page's use."""
    from ccnet_lite.archives import page_bytes

    page, charset = page_bytes.utf8_of(html, declared)
    said = of_page(_parsed(page.decode(), page)) if may_opt_out(page) else []
    return *main_lines(page, keep), charset, said


def main_lines(page: bytes, keep: Sequence[Kept]) -> tuple[str, str]:
    """Title and main text of a page in UTF-8, by the line classifier."""
    from ccnet_lite.archives import page_lines  # numba takes a third of a second to import

    return page_lines.main_lines(page, keep)


def main_text(tree: HTMLTree, page: str, extractor: Extractor) -> str:
    """What resiliparse or trafilatura makes of a page, which is given parsed and as it is."""
    if extractor == "trafilatura":
        from trafilatura import extract  # takes half a second to import

        return extract(page, fast=True, include_comments=False) or ""
    return str(extract_plain_text(tree, main_content=True, alt_texts=False, comments=False, list_bullets=False))


def _storable(text: str) -> str:
    """Without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _has_few_tags(html: bytes) -> bool:
    """Whether a small page has too few tags to be nested too deep, which spares it most of that look."""
    return len(html) < SMALL_PAGE and html.count(b"<") <= MAX_DEPTH


def nesting_bound(html: bytes) -> int:
    """How deep elements may lie within one another: the most tags opened less tags closed.

    Void elements and omitted end tags count as open; stray end tags can hide depth.
    """
    data = np.frombuffer(html, np.uint8)
    starts = np.flatnonzero(data[:-1] == ord("<")) + 1
    after = data[starts]
    letters = (after | 32) - ord("a") < 26
    steps = letters.astype(np.int32) - (after == ord("/"))
    level = np.cumsum(steps)
    return int((level - np.minimum.accumulate(np.minimum(level, 0))).max(initial=0))


def _parsed(page: str, html: bytes) -> HTMLTree:
    tree = HTMLTree.parse(page)
    if not _has_few_tags(html) and nesting_bound(html) > MAX_DEPTH:
        _check_depth(tree)
    return tree


def _check_depth(tree: HTMLTree) -> None:
    deepest = 0

    def enter(context: DOMContext) -> None:
        nonlocal deepest
        deepest = max(deepest, context.depth)
        if deepest > MAX_DEPTH:
            raise ExtractionError("html_too_deep", f"more than {MAX_DEPTH} elements within one another")

    if tree.document is not None:
        traverse_dom(tree.document, enter)
