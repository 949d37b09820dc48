"""Checks of identity numbers that python-stdnum has none of: each says whether some letters and digits are one.

Where a check is one digit, chance gives one number of ten, so these are asked only behind a word that names them.
Sources: what the issuing offices publish, as Wikipedia's articles on each number retell it.
"""

import re
from collections.abc import Callable, Sequence

_NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_HK = re.compile(r"([A-Z]{1,2})(\d{6})([0-9A])")
_TW = re.compile(r"[A-Z][1289]\d{8}")
_NRIC = re.compile(r"([STFGM])(\d{7})([A-Z])")
_LETTERS_TW = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _date(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _ir(number: str) -> bool:
    rest = _weighted(number[:9], range(10, 1, -1)) % 11
    return int(number[9]) == (rest if rest < 2 else 11 - rest)


def _kz(number: str) -> bool:
    first = _weighted(number, range(1, 12)) % 11
    if first == 10:
        first = _weighted(number, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return _date(number[2:4], number[4:6]) and number[6] in "0123456" and int(number[11]) == first


def _snils(number: str) -> bool:
    return int(number[9:]) == _weighted(number[:9], range(9, 0, -1)) % 101 % 100


def _eg(number: str) -> bool:
    return number[0] in "23" and _date(number[3:5], number[5:7])


def _taj(number: str) -> bool:
    return int(number[8]) == _weighted(number[:8], (3, 7) * 4) % 10


def _adoazonosito(number: str) -> bool:
    return number[0] == "8" and int(number[9]) == _weighted(number[:9], range(1, 10)) % 11


def luhn(digits: str) -> bool:
    """Whether the last digit is the check of the others.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and len(set(digits)) > 1


def _hk(number: str) -> bool:
    found = _HK.fullmatch(number)
    if not found:
        return False
    values = [36] * (2 - len(found[1])) + [int(sign, 36) for sign in number]
    return sum(value * (9 - place) for place, value in enumerate(values)) % 11 == 0


def _tw(number: str) -> bool:
    if not _TW.fullmatch(number):
        return False
    letter = _LETTERS_TW.index(number[0]) + 10
    return (letter // 10 + letter % 10 * 9 + _weighted(number[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def _sg(number: str) -> bool:
    found = _NRIC.fullmatch(number)
    if not found:
        return False
    rest = (_weighted(found[2], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(found[1], 0)) % 11
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "KLJNPQRTUWX"}.get(found[1], "XWUTRQPNMLK")
    return found[3] == (letters[10 - rest] if found[1] == "M" else letters[rest])


def _digits(size: int, check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda number: len(number) == size and number.isdigit() and len(set(number)) > 1 and check(number)


CHECKS: dict[str, Callable[[str], bool]] = {
    "ir.melli": _digits(10, _ir),
    "kz.iin": _digits(12, _kz),
    "ru.snils": _digits(11, _snils),
    "eg.id": _digits(14, _eg),
    "sa.id": _digits(10, lambda number: number[0] in "12" and luhn(number)),
    "ae.id": _digits(15, lambda number: number.startswith("784") and luhn(number)),
    "hu.taj": _digits(9, _taj),
    "hu.ado": _digits(10, _adoazonosito),
    "gb.nino": lambda number: bool(_NINO.fullmatch(number)),
    "hk.id": _hk,
    "tw.id": _tw,
    "sg.nric": _sg,
}
"""By name, of a number in capitals without spaces and signs."""
