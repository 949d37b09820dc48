"""Pages as HTML, and the many ways in which servers send it: character sets, codings, redirects, pictures.

The markup is that of ordinary sites (navigation, banner, article, sidebar, comments, scripts) in three
layouts; what a browser does not show is in it as well, so that an extractor has something to leave out.
"""

import zlib
from dataclasses import dataclass
from html import escape

from ccnet_lite.sample.archive import Headers, brotli_stored, chunked, gzip_member
from ccnet_lite.sample.crawl import Page

# A character set other than UTF-8 for the first pages of these languages, and where it is declared.
LEGACY = {
    "ru": (("windows-1251", "meta"), ("koi8-r", "header")),
    "ja": (("shift_jis", "meta"), ("euc-jp", "header")),
    "zh": (("gb18030", "meta"),),
    "ko": (("euc-kr", "header"),),
    "fr": (("iso-8859-1", "header"),),
    "pl": (("iso-8859-2", "meta"),),
    "el": (("iso-8859-7", "meta"),),
    "tr": (("iso-8859-9", "header"),),
    "ar": (("windows-1256", "meta"),),
    "he": (("windows-1255", "header"),),
}
CODINGS = ("identity", "gzip", "gzip, chunked", "br", "deflate", "chunked")
STYLE = "body{font:16px/1.5 serif;margin:0 auto;max-width:70em}nav li{display:inline}.ad{float:right}"
SCRIPT = "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());"
GIF = bytes.fromhex(  # one transparent pixel
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@dataclass(frozen=True)
class Delivery:
    """How a page is sent."""

    charset: str
    declared: str  # "header", "meta" or "nowhere"
    coding: str  # one of CODINGS


def delivery(page: Page, nth_of_language: int, number: int) -> Delivery:
    """Old character sets for the first pages of some languages, then UTF-8; codings in turn."""
    legacy = LEGACY.get(page.host.language.code, ())
    coding = CODINGS[number % len(CODINGS)]
    if nth_of_language < len(legacy):
        charset, declared = legacy[nth_of_language]
        return Delivery(charset, declared, coding)
    return Delivery("utf-8", ("header", "meta", "nowhere")[number // len(CODINGS) % 3], coding)


def page_html(page: Page, how: Delivery, layout: int) -> bytes:
    """The page as a document in its character set (letters that it lacks as references)."""
    host = page.host
    right = ' dir="rtl"' if host.language.script in ("Arab", "Hebr") else ""
    meta = f'<meta charset="{how.charset}">\n' if how.declared == "meta" else ""
    text = (
        f'<!DOCTYPE html>\n<html lang="{host.language.code}"{right}>\n<head>\n{meta}'
        f"<title>{escape(page.title)} | {escape(host.name)}</title>\n"
        f'<meta name="viewport" content="width=device-width">\n<link rel="canonical" href="{page.url}">\n'
        f"<style>{STYLE}</style>\n<script>{SCRIPT}</script>\n</head>\n<body>\n"
        f"{_top(page)}\n{_article(page, layout)}\n{_sidebar(page)}\n{_bottom(page)}\n</body>\n</html>\n"
    )
    return text.encode(how.charset, errors="xmlcharrefreplace")


def sent(html: bytes, how: Delivery) -> tuple[Headers, bytes]:
    """HTTP headers and the body as it goes over the wire."""
    content_type = "text/html" + (f"; charset={how.charset}" if how.declared == "header" else "")
    headers = [("Server", "nginx"), ("Content-Type", content_type)]
    body = html
    if "gzip" in how.coding:
        headers.append(("Content-Encoding", "gzip"))
        body = gzip_member(body)
    elif how.coding == "br":
        headers.append(("Content-Encoding", "br"))
        body = brotli_stored(body)
    elif how.coding == "deflate":
        headers.append(("Content-Encoding", "deflate"))
        body = _zlib_stream(body)
    if "chunked" in how.coding:
        headers.append(("Transfer-Encoding", "chunked"))
        return headers, chunked(body)
    return [*headers, ("Content-Length", str(len(body)))], body


def _zlib_stream(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 15, 8, zlib.Z_HUFFMAN_ONLY)
    return packer.compress(data) + packer.flush()


def _links(lines: tuple[str, ...]) -> str:
    return "".join(f'<li><a href="/{number}/">{escape(line)}</a></li>' for number, line in enumerate(lines, 1))


def _top(page: Page) -> str:
    host = page.host
    return (
        f'<div id="cookie-banner" class="consent" role="dialog"><p>{escape(host.cookie)}</p>'
        f"<button>OK</button></div>\n"
        f'<header><a class="logo" href="/"><img src="/logo.png" alt="{escape(host.name)}"></a>'
        f'<p class="motto">{escape(host.motto)}</p></header>\n<nav><ul>{_links(host.menu)}</ul></nav>'
    )


def _article(page: Page, layout: int) -> str:
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in page.body)
    heading = f"<h1>{escape(page.title)}</h1>"
    if layout % 3 == 0:
        text = f'<div class="entry-content">\n{paragraphs}\n</div>'
        return f'<main><article class="post">{heading}\n{text}</article></main>'
    if layout % 3 == 1:
        text = f'<div class="article-body">\n{paragraphs}\n</div>'
        return f'<div id="content" class="content">{heading}\n{text}</div>'
    return f'<main id="main"><section>{heading}\n{paragraphs}\n</section></main>'


def _sidebar(page: Page) -> str:
    return f'<aside class="sidebar related"><ul>{_links(page.host.teasers)}</ul></aside>'


def _bottom(page: Page) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in page.host.closing)
    return f'<footer class="footer">{lines}</footer>\n<script async src="/js/main.js"></script>'
