"""Numbers that belong to a person, at a stretch of digits of a text in its plain form (pii_places.py).

Here IBANs by their checksum and payment cards by issuer and check digit; beside them pii_ids.py and pii_phones.py.
"""

import re
from collections.abc import Collection, Iterator

from ccnet_lite.quality.pii_checks import luhn
from ccnet_lite.quality.pii_ids import BEFORE, ids
from ccnet_lite.quality.pii_phones import phones

STEP, OVERLAP = 150, 50
"""Characters of a stretch that are looked at together, and those that the next look sees again."""
BESIDE = 8
"""Characters before a stretch, where a number may begin."""
IBAN_CHARS = 42
"""Of the longest, with its spaces: it may go on behind a stretch, in letters."""
Found = tuple[str, int, int]
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2}|[a-z]{2})\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_BY_IBAN = """
AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DJ:27 DK:18
DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HN:28 HR:21 HU:28 IE:22 IL:23
IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20 MR:27
MT:31 MU:30 NI:28 NL:18 NO:15 OM:23 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 RU:33 SA:24 SC:31 SD:18 SE:24 SI:19
SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20 YE:30
"""
_IBAN_CHARS = dict(entry.split(":") for entry in _BY_IBAN.split())
_CARD = re.compile(
    r"(?<![\w.,-])(?<![\d:]:)"
    r"(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?!\w|[.,-]\d)"
)
_CARD_WORDS = re.compile(
    r"card|visa|master|amex|maestro|karte|carte|tarjeta|cartão|carta|kaart|kort|kartı|karta|карт|卡|カード|카드|بطاقة|कार्ड|"
    r"κάρτα|כרטיס|บัตร|কার্ড|کارت|kartu|thẻ|கார்டு|కార్డ్|kadi",
    re.I,
)


def find_numbers(
    text: str, start: int, end: int, kinds: Collection[str], language: str, domain: str
) -> list[Found]:
    """(kind, start, end) of the numbers at a stretch of digits of a text; what was found first wins."""
    found: list[Found] = []
    for first in range(start, end, STEP):
        begin, until = max(0, first - BESIDE), min(end, first + STEP + OVERLAP)
        stop = until + BESIDE
        for kind, spans in (
            ("iban", _ibans(text, begin, until + IBAN_CHARS)),
            ("card", _cards(text, begin, stop)),
            ("id", ids(text, begin, stop) if "id" in kinds else ()),
            ("phone", phones(text, begin, stop, language, domain) if "phone" in kinds else ()),
        ):
            if kind in kinds:
                for span in spans:
                    if all(span[1] <= other or span[0] >= last for _, other, last in found):
                        found.append((kind, *span))
    return found


def _ibans(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text, begin, stop):
        wanted = int(_IBAN_CHARS.get(match[0][:2].upper(), "0"))
        signs = [at for at, sign in enumerate(match[0]) if sign not in " -"]
        if wanted and len(signs) >= wanted:
            number = match[0][: signs[wanted - 1] + 1]
            compact = number.replace(" ", "").replace("-", "")
            closed = len(signs) == wanted or match[0][len(number)] in " -"
            if closed and (compact.isupper() or compact.islower()) and _rest(compact) == 1:
                yield match.start(), match.start() + len(number)


def _rest(iban: str) -> int:
    """ISO 7064: of the number that an IBAN's letters and digits are, modulo 97."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97


def _cards(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text, begin, stop):
        digits = _digits(match[0])
        named = digits != match[0] or _CARD_WORDS.search(text, max(0, match.start() - BEFORE), match.start())
        if named and _issued(digits) and luhn(digits):
            yield match.span()


def _issued(digits: str) -> bool:
    """Whether a card's number begins as an issuer's do, and has as many digits."""
    two, four, size = int(digits[:2]), int(digits[:4]), len(digits)
    return (
        (digits[0] == "4" and size in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or ((four == 6011 or two in (64, 65) or 3528 <= four <= 3589 or two in (60, 81)) and size == 16)
        or (two in (36, 38) and size == 14)
        or (two == 62 and size >= 16)
    )


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
