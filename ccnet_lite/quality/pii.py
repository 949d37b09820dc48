"""Personal data in texts: e-mail and public IP addresses, phone, bank account, card and identity numbers.

One compiled pass over all characters finds the few places that can hold any; what is said of a place is decided
there alone, in a window of bounded length, so that a text without costs some microseconds. Precision first: a
number needs its checksum, and what chance would often give one needs a word beside it that says what it is.

Not handled: names, street addresses, dates of birth, numbers written in words; the title of a document.
"""

import ipaddress
import json
import re
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.errors import UserError
from ccnet_lite.quality.pii_numbers import find_numbers
from ccnet_lite.text.characters import code_points, folds
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one

MASKS = {
    "email": "email@example.com",
    "ip": "192.0.2.1",
    "phone": "+1 202-555-0100",
    "iban": "XX00 0000 0000 0000 0000 00",
    "card": "0000 0000 0000 0000",
    "id": "000000000",
}
"""What stands for each kind: examples that are nobody's (RFC 2606, RFC 5737, fictional or void numbers)."""
V6_MASK = "2001:db8::1"
NEEDS = {"phone": "phonenumbers", "id": "stdnum"}
"""Packages that a kind needs, by its name: phonenumbers, python-stdnum."""
_AT, _DIGITS, _DOTTED, _COLONS = range(4)
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}$")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24})(?![A-Za-z0-9])")
_V4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")
_VERSION = re.compile(
    r"(?:\b(?:v|ver|version|versión|versão|versione|release|build|firmware|section|§)|верси[яи]|版本)"
    r"[ .:]{0,3}\Z",
    re.I,
)
_FILES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "php"}
UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]


class Mark(NamedTuple):
    """A piece of personal data: its kind and its place [start, end) in code points."""

    kind: str
    start: int
    end: int


def require_packages(kinds: Collection[str]) -> None:
    """Look whether what kinds need is installed.

    Raises:
        UserError: it is not.
    """
    for kind in kinds:
        name = NEEDS.get(kind)
        if name and find_spec(name) is None:
            raise UserError(
                f"pii.kinds: {kind} needs the package {name}, which is not installed: "
                f"pip install 'ccnet_lite[pii]', or leave {kind} out"
            )


def find_pii(
    texts: Sequence[str], kinds: Collection[str], language: str = "", domains: Sequence[str] | None = None
) -> list[list[Mark]]:
    """Of each text its personal data, in order, no two of which overlap.

    kinds: of MASKS. language: the texts' code, and domains: hosts that they come from, which tell the country of
    phone numbers written without one.

    >>> find_pii(["Write to ann@mail.example.org or 8.8.8.8, not 10.0.0.1."], ["email", "ip"])
    [[Mark(kind='email', start=9, end=29), Mark(kind='ip', start=33, end=40)]]
    """
    refuse_one(texts)
    found: list[list[Mark]] = [[] for _ in texts]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    codes = code_points("".join(texts))
    places = np.zeros((len(codes) // 50 + 16, 4), np.int64)
    count = _places(codes, ends, folds(), places)
    if count > len(places):  # so many are in no ordinary text
        places = np.zeros((count, 4), np.int64)
        _places(codes, ends, folds(), places)
    for text, what, start, end in places[:count].tolist():
        domain = domains[text] if domains is not None else ""
        found[text] += _at(texts[text], what, start, end, kinds, language, domain)
    return [_apart(marks) for marks in found]


def _apart(marks: list[Mark]) -> list[Mark]:
    """Marks in their order, without those that begin within another."""
    chosen: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not chosen or mark.start >= chosen[-1].end:
            chosen.append(mark)
    return chosen


def _at(
    text: str, what: int, start: int, end: int, kinds: Collection[str], language: str, domain: str
) -> list[Mark]:
    """What a place of a text is."""
    if what == _AT:
        return _email(text, start) if "email" in kinds else []
    if what == _COLONS:
        return _v6(text, start, end) if "ip" in kinds else []
    marks = _v4(text, start, end) if "ip" in kinds and what == _DOTTED else []
    for number in find_numbers(text, start, end, kinds, language, domain):
        if all(number[2] <= first or number[1] >= last for _, first, last in marks):
            marks.append(number)
    return [Mark(*mark) for mark in marks]


def _email(text: str, at: int) -> list[Mark]:
    local = _LOCAL.search(text[max(0, at - 64) : at])
    domain = _DOMAIN.match(text[at + 1 : at + 256])
    if local is None or domain is None or domain[1].lower() in _FILES or domain[0].startswith("-"):
        return []
    return [Mark("email", at - len(local[0]), at + 1 + domain.end())]


def _v4(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    window = text[max(0, start - 1) : end + 2]
    begin = max(0, start - 1)
    return [
        ("ip", begin + found.start(), begin + found.end())
        for found in _V4.finditer(window)
        if is_public(found[0])
        and not looks_a_version(found[0], text[max(0, begin + found.start() - 16) : begin + found.start()])
    ]


def _v6(text: str, start: int, end: int) -> list[Mark]:
    end = min(end, start + 45)
    while end > start and text[end - 1] in ":." and text[end - 2 : end] != "::":
        end -= 1
    alone = not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())
    return [Mark("ip", start, end)] if alone and is_public(text[start:end]) else []


def is_public(address: str) -> bool:
    """Whether it is an IP address, of a range that is public: no private, local, example or multicast one.

    >>> [is_public(text) for text in ("8.8.8.8", "192.168.0.1", "192.0.2.7", "2001:4860:4860::8888", "1.2.3.400")]
    [True, False, False, True, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_global and not found.is_multicast


def looks_a_version(address: str, before: str) -> bool:
    """Whether an address may as well be a version of software or a section: small numbers, or said before it.

    >>> looks_a_version("2.4.57.1", ""), looks_a_version("66.4.57.1", "Version "), looks_a_version("8.8.8.8", "")
    (True, True, False)
    """
    parts = address.split(".")
    small = int(parts[0]) < 10 and int(parts[1]) < 100 and (int(parts[1]) < 10 or max(map(int, parts)) < 100)
    return (small and len(set(parts)) > 1) or bool(_VERSION.search(before))


def mask(text: str, marks: Sequence[Mark]) -> tuple[str, list[tuple[str, int, int, int]]]:
    """The text with an example in the place of each mark, and (kind, start, end, length before) in it.

    >>> mask("ann@mail.org!", [Mark("email", 0, 12)])
    ('email@example.com!', [('email', 0, 17, 12)])
    """
    parts: list[str] = []
    told: list[tuple[str, int, int, int]] = []
    at, size = 0, 0
    for mark in marks:
        stands = V6_MASK if mark.kind == "ip" and ":" in text[mark.start : mark.end] else MASKS[mark.kind]
        parts += [text[at : mark.start], stands]
        size += mark.start - at
        told.append((mark.kind, size, size + len(stands), mark.end - mark.start))
        size, at = size + len(stands), mark.end
    return "".join([*parts, text[at:]]), told


def masked_again(text: str, pii: str | None) -> str:
    """A text as it was exported, from the text as read and the column `pii`: what was only marked stays.

    >>> masked_again("ann@mail.org!", '[["email",0,17,12]]'), masked_again("ann@mail.org!", '[["email",0,12]]')
    ('email@example.com!', 'ann@mail.org!')
    """
    parts: list[str] = []
    at, size = 0, 0
    for kind, start, end, *before in json.loads(pii) if pii else []:
        if before:
            until = at + start - size
            parts += [text[at:until], V6_MASK if kind == "ip" and end - start == len(V6_MASK) else MASKS[kind]]
            at, size = until + before[0], end
    return "".join([*parts, text[at:]])


def to_column(marks: Sequence[Sequence[str | int]]) -> str:
    """Marks, or what `mask` told of them, as the column `pii` holds them."""
    return json.dumps(marks, separators=(",", ":"))


@compiled
def _places(codes: UInt32, ends: Int64, fold: UInt32, out: Int64) -> int:
    """Fill in (text, what, start, end) of places to look at; gives their number, be it more than fit.

    A stretch of digits: those with at most six other characters of its line between them, seven or more in all,
    or three dots between digits. Colons: a run of hexadecimal digits, colons and dots with two colons.
    """
    count, begin = 0, 0
    for text in range(len(ends)):
        at, end = begin, ends[text]
        while at < end:
            code = fold[codes[at]]
            if code == 64:
                if count < len(out):
                    out[count] = text, _AT, at - begin, at - begin + 1
                count += 1
            elif 48 <= code <= 57:
                start, last, n_digits, n_dots = at, at, 0, 0
                while at < end and at - last <= 7 and codes[at] != 10:
                    code = fold[codes[at]]
                    if 48 <= code <= 57:
                        n_digits += 1
                        n_dots += at - last == 2 and codes[at - 1] == 46
                        last = at
                    elif code == 64:
                        break
                    at += 1
                if n_digits >= 7 or n_dots >= 3:
                    if count < len(out):
                        out[count] = text, _DOTTED if n_dots >= 3 else _DIGITS, start - begin, last + 1 - begin
                    count += 1
                at = last
            at += 1
        at, run, n_colons = begin, begin, 0
        while at <= end:
            code = fold[codes[at]] if at < end else np.uint32(0)
            if 48 <= code <= 58 or 97 <= code <= 102 or (code == 46 and n_colons > 1):
                n_colons += code == 58
            else:
                if n_colons > 1 and at - run >= 6:
                    if count < len(out):
                        out[count] = text, _COLONS, run - begin, at - begin
                    count += 1
                run, n_colons = at + 1, 0
            at += 1
        begin = end
    return count
