"""Personal data in texts: e-mail and public IP addresses, phone, bank account, card and identity numbers.

One compiled pass over all characters finds the few places that can hold any; what is said of a place is decided
there alone, in a window of bounded length, so that a text without costs some microseconds. Precision first: a
number needs its checksum, and what chance would often give one needs a word beside it that says what it is.

Not handled: names, street addresses, dates of birth, numbers written in words; the title of a document.
"""

import json
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.quality.pii_addresses import email, spelt_email, v4, v6
from ccnet_lite.quality.pii_numbers import find_numbers
from ccnet_lite.quality.pii_places import AT, COLONS, DOTTED, SPELT, find_places, plain
from ccnet_lite.text.characters import code_points, folds
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
BEFORE, BEHIND = 100, 260
"""Characters around a place that may belong to what is there, or say what it is."""


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
    count = find_places(codes, ends, folds(), places)
    if count > len(places):  # so many are in no ordinary text
        places = np.zeros((count, 4), np.int64)
        find_places(codes, ends, folds(), places)
    for text, what, start, end in places[:count].tolist():
        size = len(texts[text])
        first = int(ends[text]) - size
        begin = max(0, start - BEFORE)
        window = plain(codes[first + begin : first + min(size, end + BEHIND)])
        domain = domains[text] if domains is not None else ""
        found[text] += [
            Mark(kind, begin + at, begin + until)
            for kind, at, until in _at(window, what, start - begin, end - begin, kinds, language, domain)
        ]
    return [_apart(marks) for marks in found]


def _apart(marks: list[Mark]) -> list[Mark]:
    """Marks in their order, without those that begin within another; an e-mail address wins over what it holds."""
    chosen: list[Mark] = []
    for mark in sorted(set(marks), key=lambda mark: (mark.start, -mark.end)):
        if not chosen or mark.start >= chosen[-1].end:
            chosen.append(mark)
        elif mark.kind == "email" and chosen[-1].kind != "email":
            chosen[-1] = mark
    return chosen


def _at(
    text: str, what: int, start: int, end: int, kinds: Collection[str], language: str, domain: str
) -> list[tuple[str, int, int]]:
    """What a place of a text in its plain form is: (kind, start, end)."""
    if what in (AT, SPELT):
        spans = email(text, start) if what == AT else spelt_email(text, start, end)
        return [("email", *span) for span in spans if "email" in kinds]
    if what == COLONS:
        return [("ip", *span) for span in v6(text, start, end) if "ip" in kinds]
    marks = [("ip", *span) for span in v4(text, start, end)] if "ip" in kinds and what == DOTTED else []
    for number in find_numbers(text, start, end, kinds, language, domain):
        if number[0] == "phone":  # of four pairs of digits behind a word for phones, as in Denmark
            marks = [mark for mark in marks if mark[1:] != number[1:]]
        if all(number[2] <= first or number[1] >= last for _, first, last in marks):
            marks.append(number)
    return marks


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
