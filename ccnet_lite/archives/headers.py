"""Header blocks of WARC and ARC records and of HTTP messages: found, recognised, parsed.

Lenient as archives in the wild need it: line ends of LF, CRLF or CR CR LF, folded lines, UTF-8 or Latin-1,
names in any letter case, `<...>` around a URL. Does not handle: encoded words (RFC 2047), which
stay as they are.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

MAX_HEADER_BYTES = 256 * 1024
"""A header block that has not ended after this many bytes is not one."""
LOOK_AHEAD = 16 * 1024
"""Bytes that suffice to recognise the first line of a record and the line after it."""
MAX_ARC_LINE = 8 * 1024
SEARCH_STEP = 1024
MAX_SEARCH_STEP = 256 * 1024

LISTS = frozenset(("x-robots-tag", "content-usage", "content-signal", "link"))
"""Fields whose values add up where there are several (RFC 9110, 5.3): the next takes nothing back."""

Buffer = bytes | bytearray
Kind = Literal["warc", "arc"]

_VERSION = re.compile(rb"warc/\d{1,2}\.\d{1,3}[ \t]*\r{0,2}\n", re.IGNORECASE)
_VERSION_AND_FIELD = re.compile(
    rb"warc/\d{1,2}\.\d{1,3}[ \t]*\r{0,2}\n[A-Za-z][A-Za-z0-9_-]{0,63}[ \t]*:", re.IGNORECASE
)
_VERSION_AND_WARC_FIELD = re.compile(
    rb"warc/\d{1,2}\.\d{1,3}[ \t]*\r{0,2}\n(?:WARC-[A-Za-z-]{2,30}|Content-(?:Type|Length))[ \t]*:", re.IGNORECASE
)
_FILEDESC = b"filedesc://"
_ARC_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^ \r\n]")
_ARC_LINE_START = re.compile(rb"\n(?=[A-Za-z][A-Za-z0-9+.-]{0,30}:[^ \r\n])")
_BLANK_LINE = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_FOLD = re.compile(r"\n[ \t]+")
_HTTP_MESSAGE = re.compile(rb"HTTP/\d|[A-Z]{3,10} [^\r\n]{1,8192} HTTP/\d")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")


class Headers(Mapping[str, str]):
    """Fields by name in any letter case; of several of one name, the last, or of LISTS all.

    >>> Headers({"warc-type": "conversion"})["WARC-Type"]
    'conversion'
    """

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        """By name in lower case."""

    def __getitem__(self, name: str) -> str:
        return self.fields[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """As of every mapping, without the exception that Mapping's own raises and catches for each lack."""
        return self.fields.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __repr__(self) -> str:
        return f"Headers({self.fields!r})"


def record_kind(data: Buffer, position: int) -> Kind | None:
    """What kind of record's first line stands at `position`, if any."""
    if data.startswith((b"WARC/", b"warc/"), position):
        return "warc" if _VERSION.match(data, position) else None
    return "arc" if _ARC_SCHEME.match(data, position) and _arc_line(data, position) else None


def _arc_line(data: Buffer, position: int) -> bool:
    """Whether the line at `position`, which begins as a URL does, is an ARC record's."""
    end = data.find(b"\n", position, position + MAX_ARC_LINE)
    if end < 0:
        return False
    line = bytes(data[position:end])
    return line.startswith(_FILEDESC) or len(_arc_parts(line.rstrip().decode("latin-1"))) == 5


def _arc_parts(line: str) -> list[str]:
    """URL, IP, date, type and length of an ARC record's line; its words, some other number, where it is none.

    Counted from the right, because URLs may hold spaces. Version 2 has five fields more before the length.
    """
    parts = line.rsplit(" ", 4)
    if len(parts) == 5 and _is_date(parts[2]):
        return parts
    longer = line.rsplit(" ", 9)
    if len(longer) == 10 and _is_date(longer[2]):
        return [*longer[:4], longer[9]]
    return []


def find_record(data: Buffer, first: int, last: int, line_start: bool, arc: bool) -> int:
    """Where the first line of a next record stands, from `first` up to (not including) `last`; -1 if nowhere.

    Stricter than `record_kind`, because here nothing else says that a record begins: a header field
    follows, and one of WARC's own where the line does not begin as one. `line_start`: whether `first`
    is the start of a line. `arc`: look for ARC lines, too.
    """
    # In growing steps: one kind of line that is far off must not be searched for at each of many near ones.
    step = SEARCH_STEP
    while first < last:
        found = _find_within(data, first, min(last, first + step), line_start, arc)
        if found >= 0:
            return found
        first, step = first + step, min(2 * step, MAX_SEARCH_STEP)
        line_start = first < last and data[first - 1] in b"\r\n"
    return -1


def _find_within(data: Buffer, first: int, last: int, line_start: bool, arc: bool) -> int:
    nearest = -1
    for name in (b"WARC/", b"warc/"):
        at = data.find(name, first, last + len(name) - 1)
        while at >= 0:
            begins = line_start if at == first else data[at - 1] in b"\r\n"
            if (_VERSION_AND_FIELD if begins else _VERSION_AND_WARC_FIELD).match(data, at):
                nearest = last = at
                break
            at = data.find(name, at + 1, last + len(name) - 1)
    # Last, because it takes longest: only lines before what was found are looked at.
    found = _find_arc(data, first, last, line_start) if arc else -1
    return found if found >= 0 else nearest


def _find_arc(data: Buffer, first: int, last: int, line_start: bool) -> int:
    if line_start and record_kind(data, first) == "arc":
        return first
    # What the pattern looks at behind a line's start is shorter than this; more is looked at again each time.
    for line in _ARC_LINE_START.finditer(data, first, last + 64):
        if line.end() >= last:
            break
        if _arc_line(data, line.end()):
            return line.end()
    return -1


def end_of_head(data: Buffer, position: int, last: int) -> tuple[int, int] | None:
    """Where the block of lines at `position` ends and where what follows its blank line begins, or None."""
    # In growing steps: where line ends are bare LFs, no CRLF CRLF must be searched for beyond each head.
    step = SEARCH_STEP
    while True:
        found = _end_within(data, position, min(last, position + step))
        if found is not None or position + step >= last:
            return found
        step *= 2


def _end_within(data: Buffer, position: int, last: int) -> tuple[int, int] | None:
    crlf = data.find(b"\r\n\r\n", position, last)
    # The usual case at full speed; another blank line before it needs the pattern.
    others = (b"\n\n", b"\n\r\n", b"\n\r\r\n")
    if crlf >= 0 and all(data.find(other, position, crlf) < 0 for other in others):
        return crlf, crlf + 4
    found = _BLANK_LINE.search(data, position, last)
    return found.span() if found else None


def parse_fields(block: bytes) -> dict[str, str]:
    """`Name: value` lines to fields by name in lower case; a line that is none is passed over."""
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = block.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        *folded, last = _FOLD.split(text)
        text = " ".join([*(part.rstrip(" \t\r") for part in folded), last])
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            key, value = name.strip().lower(), value.strip()
            fields[key] = f"{fields[key]}, {value}" if key in LISTS and key in fields else value
    fields.pop("", None)
    return fields


class Head(NamedTuple):
    """The head of a record."""

    kind: Kind
    fields: dict[str, str]
    content_length: int | None
    """None where it is missing or no number."""


def parse_warc_head(block: bytes) -> Head:
    """The lines of a WARC record's head, the version line first."""
    fields = parse_fields(block.partition(b"\n")[2])
    url = fields.get("warc-target-uri", "")
    if url:
        fields["warc-target-uri"] = _plain_url(url)
    return Head("warc", fields, _length(fields.get("content-length", "")))


def plain_head(block: bytes) -> dict[str, str] | None:
    """The fields of a WARC record's head in the form that most have, as `parse_warc_head` gives them.

    None where a line is no `Name: value` of a known name, lines end otherwise than by CRLF, or another record may
    begin within the head.
    """
    if not block.startswith(_PLAIN_VERSIONS):
        return None
    if block.rfind(b"/1.", 8) >= 0 and block.lower().rfind(b"warc/", 8) >= 0:
        return None
    try:
        lines = [line.partition(": ") for line in block[10:].decode("utf-8").split("\r\n")]
        fields = {_PLAIN_NAMES[name]: value.strip() for name, _, value in lines}
    except (UnicodeDecodeError, KeyError):
        return None
    if block.count(b"\n") != len(lines):
        return None
    url = fields.get("warc-target-uri", "")
    if url:
        fields["warc-target-uri"] = _plain_url(url)
    return fields


_PLAIN_VERSIONS = (b"WARC/1.0\r\n", b"WARC/1.1\r\n")
_PLAIN_NAMES = {
    name: name.lower()
    for name in (
        *("Content-Length", "Content-Type", "WARC-Block-Digest", "WARC-Concurrent-To", "WARC-Date"),
        *("WARC-Identified-Content-Language", "WARC-Identified-Payload-Type", "WARC-IP-Address"),
        *("WARC-Payload-Digest", "WARC-Protocol", "WARC-Record-ID", "WARC-Refers-To", "WARC-Target-URI"),
        *("WARC-Truncated", "WARC-Type", "WARC-Warcinfo-ID"),
    )
}


def _plain_url(url: str) -> str:
    """A URL out of the angle brackets that some tools write, its spaces escaped, as warcio gives it."""
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1]
    return url.replace(" ", "%20")


def parse_arc_head(line: bytes) -> Head:
    """An ARC record's line, as the fields that a WARC record would have.

    `filedesc://` begins the record that describes the file.
    """
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        text = line.decode("latin-1").strip()
    is_filedesc = text.startswith("filedesc:")
    parts = text.rsplit(" ", 4) if is_filedesc else []
    parts = _arc_parts(text) or parts
    parts = parts if len(parts) == 5 else [text, "", "", "", ""]
    url, address, date, media_type, length = parts
    fields = {
        "warc-type": "warcinfo" if is_filedesc else "response",
        "warc-target-uri": _plain_url(url),
        "warc-ip-address": address,
        "warc-date": _iso_date(date),
        "content-type": media_type,
        "content-length": length,
    }
    return Head("arc", fields, _length(length))


def _is_date(text: str) -> bool:
    return text.isascii() and text.isdigit() and 12 <= len(text) <= 18


def _iso_date(text: str) -> str:
    """`20080430204825` as `2008-04-30T20:48:25Z`; anything else as it is."""
    if not _is_date(text):
        return text
    t = text.ljust(14, "0")
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}Z"


def _length(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class HttpHead(NamedTuple):
    """The head of an HTTP response."""

    status: int
    fields: dict[str, str]
    body: int
    """Where the body begins in the block."""


def parse_http_head(block: bytes) -> HttpHead | None:
    """Status, fields and start of the body of an HTTP response; None where `block` is none.

    A head without a blank line at its end is taken whole: the body is empty.
    """
    status = _STATUS.match(block)
    body = http_body(block) if status else 0
    if not status or not body:
        return None
    return HttpHead(int(status[1]), parse_fields(block[:body].partition(b"\n")[2]), body)


def http_body(block: bytes) -> int:
    r"""Where the body of an HTTP request or response begins; 0 where `block` is none.

    >>> http_body(b"GET / HTTP/1.0\r\nHost: a\r\n\r\nbody")
    27
    """
    if not _HTTP_MESSAGE.match(block):
        return 0
    ends = end_of_head(block, 0, MAX_HEADER_BYTES)
    return ends[1] if ends else len(block) if len(block) <= MAX_HEADER_BYTES else 0
