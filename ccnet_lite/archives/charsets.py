"""The character set of a page, and its text.

In this order: byte order mark; UTF-16 by its zeros; valid UTF-8, which text of another set hardly ever is; the
HTTP header; the meta tag; detection. A declared set counts when the page can be decoded with it.
Does not handle: UTF-7, HZ, x-user-defined.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

META_BYTES = 8 * 1024
DETECTION_BYTES = 64 * 1024
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # which begins as the next one does
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# The first tag of a page without a mark, white space before it.
_TAG_LE = re.compile(rb"(?:[\t\n\f\r ]\0){0,99}<\0[!?A-Za-z]\0")
_TAG_BE = re.compile(rb"(?:\0[\t\n\f\r ]){0,99}\0<\0[!?A-Za-z]")
_IN_TYPE = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE)
_IN_META = re.compile(
    rb"<meta\s[^>]{0,1024}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})"
    rb"|<\?xml\s[^>]{0,256}?encoding\s*=\s*[\"']([A-Za-z0-9_:.+-]{1,40})",
    re.IGNORECASE,
)
# Browsers read these names as the larger sets that pages under them really use.
_WIDER = {
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso8859-11": "cp874",
}
_ESCAPE, _ESCAPES = b"\x1b", b"\x1b$"


def declared_charset(media_type: str) -> str:
    """The charset of a Content-Type header, empty if it names none.

    >>> declared_charset('text/html; charset="UTF-8"')
    'UTF-8'
    """
    found = _IN_TYPE.search(media_type)
    return found[1] if found else ""


def decode_text(body: bytes, declared: str) -> tuple[str, str]:
    """A page's text and the name of the character set it was decoded with.

    `declared` is what the HTTP header says. Where no set fits, invalid bytes become U+FFFD and the
    name says so: `utf-8; invalid bytes replaced`.
    """
    begins = told_at_start(body)
    if begins is not None:
        name, mark = begins
        return _decode(body[mark:], name)
    if not escapes(body):
        text = _strict(body, "utf-8")
        if text is not None:
            return text, "utf-8"
    in_meta = _IN_META.search(body[:META_BYTES])
    meta = (in_meta[1] or in_meta[2]).decode("ascii") if in_meta else ""
    names = [name for name in (_known(declared), _known(meta)) if name and not name.startswith("utf-16")]
    for name in names:
        text = _strict(body, name)
        if text is not None:
            return text, name
    if "utf-8" in names:
        text = body.decode("utf-8", "replace")
        if _mostly_right(text):
            return text, f"utf-8{INVALID_BYTES}"
    found = _known(detect_encoding(body, max_len=DETECTION_BYTES) or "") or "utf-8"
    return _decode(body, found)


def told_at_start(body: bytes) -> tuple[str, int] | None:
    """The set that a page's first bytes tell, and how many of them are its mark; None where they tell none."""
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return name, len(mark)
    if _TAG_LE.match(body):
        return "utf-16-le", 0
    return ("utf-16-be", 0) if _TAG_BE.match(body) else None


def escapes(body: bytes) -> bool:
    """Whether a page may switch between character sets, as ISO-2022-JP does, and be valid UTF-8 all the same."""
    return _ESCAPE in body and _ESCAPES in body  # one byte is looked for many times as fast as two


INVALID_BYTES = "; invalid bytes replaced"
"""What follows the character set's name where some bytes were not of it."""


def _known(name: str) -> str:
    """A set's name as Python has it, empty where it has none."""
    mapped = map_encoding_to_html5(name.lower(), False) if name else None
    if not mapped:
        return ""
    mapped = _WIDER.get(mapped, mapped)
    try:
        return codecs.lookup(mapped).name
    except LookupError:
        return ""


def _strict(body: bytes, name: str) -> str | None:
    """The text, where all bytes are of the set; a character cut off at the page's end does not count."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode(body: bytes, name: str) -> tuple[str, str]:
    text = _strict(body, name)
    return (text, name) if text is not None else (body.decode(name, "replace"), f"{name}{INVALID_BYTES}")


def _mostly_right(text: str) -> bool:
    """Whether few of the characters beyond ASCII are replacements."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 10 <= beyond
