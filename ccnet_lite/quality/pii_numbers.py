"""Numbers that belong to a person, at a stretch of digits: phone, IBAN, payment card, identity numbers.

phonenumbers says which phone numbers there are, python-stdnum how identity numbers are checked. What has only one
check digit is right by chance in one number of ten, so such numbers count beside a word that names them.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from typing import Any

BEFORE = 40
"""Characters before a number in which a word may name it."""
STEP, OVERLAP = 150, 50
"""Characters of a stretch that are looked at together, and those that the next look sees again."""
_BEHIND_WORD = re.compile(r"(?:[^\w\n]|[^\W\d_]{1,12}[ .:]){0,6}?((?=[A-Za-z]{0,8}\d)[A-Za-z0-9])")
Found = tuple[str, int, int]
_PHONE = re.compile(r"(?<![\w+])(?:\+ ?|00)?\(?\d(?:[  ()./\-‐‑–]{0,3}\d){6,16}(?![\w])")
_PHONE_WORDS = re.compile(
    r"(?:\b(?:tel|tél|tlf|telefon|telefono|teléfono|telefone|telephone|téléphone|phone|fax|mobile?|mobil|móvil|"
    r"celular|cell|cellulare|handy|whatsapp|call|ph|hp|telp|gsm|puhelin|telefoon|simu|тел|телефон|моб|факс|τηλ|"
    r"τηλέφωνο|फ़ोन|फोन|मोबाइल|ফোন|โทร)|電話|电话|手机|携帯|전화|هاتف|جوال|تلفن|טלפון|☎|✆|📞)"
    r"[^\w\n]{0,6}(?:(?:no|nr|number|numéro|número|nummer|номер)\b[^\w\n]{0,4})?\Z",
    re.I,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_BY_IBAN = """
AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DK:18 DO:28
EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26
IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30
NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 SV:28 TN:24 TR:26
UA:29 VA:22 VG:24 XK:20
"""
_IBAN_CHARS = dict(entry.split(":") for entry in _BY_IBAN.split())
_CARD = re.compile(
    r"(?<![\w.,:-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?!\w|[.,-]\d)"
)
_CARD_WORDS = re.compile(
    r"card|visa|master|amex|maestro|karte|carte|tarjeta|cartão|carta|kaart|kort|kartı|karta|карт|卡|カード|카드|بطاقة|कार्ड",
    re.I,
)
_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[ ./-]?[A-Za-z0-9]){7,20}(?![A-Za-z0-9])")
_ID_WORDS = {
    "br.cpf": r"\bcpf\b",
    "pl.pesel": r"\bpesel\b",
    "es.dni": r"\b(?:dni|nif)\b",
    "es.nie": r"\bnie\b",
    "it.codicefiscale": r"codice fiscale|\bc\.f\.",
    "nl.bsn": r"\bbsn\b|burgerservicenummer",
    "fr.nir": r"sécurité sociale|\bnir\b",
    "de.idnr": r"steuer-?id|identifikationsnummer|\bidnr\b",
    "tr.tckimlik": r"t\.?c\.? ?kimlik|\btckn\b",
    "in.aadhaar": r"aadhaar|आधार",
    "cn.ric": r"身份证|身份證",
    "se.personnummer": r"personnummer",
    "fi.hetu": r"henkilötunnus|\bhetu\b",
    "dk.cpr": r"\bcpr\b",
    "no.fodselsnummer": r"fødselsnummer",
    "ro.cnp": r"\bcnp\b",
    "bg.egn": r"\bегн\b",
    "cz.rc": r"rodné číslo",
    "ee.ik": r"isikukood",
    "lt.asmens": r"asmens kod",
    "lv.pk": r"personas kod",
    "kr.rrn": r"주민등록번호",
    "gb.nhs": r"\bnhs\b",
    "za.idnr": r"\b(?:sa|south african) id\b",
    "il.idnr": r"תעודת זהות|ת\.ז",
}
"""Modules of python-stdnum by the words that stand before such a number."""
_NAMES = re.compile(
    "|".join(f"(?P<{module.replace('.', '__')}>{words})" for module, words in _ID_WORDS.items()), re.I
)
"""The same in one, each a group that is named after its module."""
_CODICE_FISCALE = re.compile(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]")
_RIC = re.compile(r"(?<!\d)[1-9]\d{16}[\dX]")
_HETU = re.compile(r"\d{6}[-+A]\d{3}[0-9A-Y]")
"""Forms that are enough together with the check, without a word."""
_BY_LANGUAGE = """
de:DE fr:FR it:IT es:ES pt:BR nl:NL pl:PL cs:CZ sk:SK hu:HU ro:RO bg:BG el:GR tr:TR ru:RU uk:UA sv:SE da:DK
no:NO fi:FI et:EE lv:LV lt:LT sl:SI hr:HR sr:RS ja:JP ko:KR zh:CN vi:VN th:TH id:ID hi:IN bn:BD fa:IR he:IL
en:US sw:KE ka:GE hy:AM az:AZ kk:KZ uz:UZ is:IS ms:MY tl:PH ur:PK ta:IN te:IN mr:IN gu:IN kn:IN ml:IN pa:IN
"""
_REGIONS = dict(entry.split(":") for entry in _BY_LANGUAGE.split())


def find_numbers(
    text: str, start: int, end: int, kinds: Collection[str], language: str, domain: str
) -> list[Found]:
    """(kind, start, end) of the numbers at a stretch of digits of a text; what was found first wins."""
    found: list[Found] = []
    for first in range(start, end, STEP):
        begin, stop = max(0, first - 8), min(end, first + STEP + OVERLAP) + 8
        for kind, spans in (
            ("iban", _ibans(text, begin, stop)),
            ("card", _cards(text, begin, stop)),
            ("id", _ids(text, begin, stop)),
            ("phone", _phones(text, begin, stop, language, domain)),
        ):
            if kind in kinds:
                for span in spans:
                    if all(span[1] <= other or span[0] >= last for _, other, last in found):
                        found.append((kind, *span))
    return found


def _ibans(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text, begin, stop):
        wanted = int(_IBAN_CHARS.get(match[0][:2], "0"))
        signs = [at for at, sign in enumerate(match[0]) if sign != " "]
        if wanted and len(signs) >= wanted:
            number = match[0][: signs[wanted - 1] + 1]
            closed = len(signs) == wanted or match[0][len(number)] == " "
            compact = number.replace(" ", "")
            if closed and int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1:
                yield match.start(), match.start() + len(number)


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


def luhn(digits: str) -> bool:
    """Whether the last digit is the check of the others.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and len(set(digits)) > 1


def _ids(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    for module, matches in (
        ("it.codicefiscale", _CODICE_FISCALE.finditer(text, begin, stop)),
        ("cn.ric", _RIC.finditer(text, begin, stop)),
        ("fi.hetu", _HETU.finditer(text, begin, stop)),
    ):
        for match in matches:
            if _checked(module, match[0]):
                yield match.span()
    for word in _NAMES.finditer(text, max(0, begin - BEFORE), stop):
        number = _BEHIND_WORD.match(text, word.end(), stop)
        found = _ID.match(text, number.start(1), stop) if number else None
        if found:
            yield from _named(text, found.span(), word.lastgroup or "")


def _named(text: str, span: tuple[int, int], module: str) -> Iterator[tuple[int, int]]:
    """The number that begins a span, if it is one: what follows it may have been taken with it."""
    begin, last = span
    for end in (last, *(at for at in range(last - 1, begin + 7, -1) if text[at] in " ./-")):
        if any(_checked(each, text[begin:end]) for each in _modules(module)):
            yield begin, end
            return


def _modules(group: str) -> list[str]:
    """The modules whose numbers a group's words may name: in Norwegian and Swedish it is one word."""
    module = group.replace("__", ".", 1)
    return [module, "no.fodselsnummer"] if module == "se.personnummer" else [module]


def _checked(module: str, text: str) -> bool:
    """Whether a text is such a number; what its checker stumbles over is none (cn.ric does, over some places)."""
    try:
        return bool(_checks(module)(text))
    except (LookupError, ValueError, TypeError):
        return False


@cache
def _checks(module: str) -> Any:
    from stdnum import get_cc_module

    found: Any = get_cc_module(*module.split("."))
    return found.is_valid


def _phones(text: str, begin: int, stop: int, language: str, domain: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text, begin, stop):
        first = match.start()
        if match[0].startswith("+"):
            regions: tuple[str, ...] = ("",)
        elif _PHONE_WORDS.search(text[max(0, first - BEFORE) : first]):
            regions = _regions(language, domain)
        else:
            continue
        if any(_is_phone(match[0], region) for region in regions):
            yield match.span()


@lru_cache(maxsize=4096)
def _regions(language: str, domain: str) -> tuple[str, ...]:
    from phonenumbers import SUPPORTED_REGIONS

    of_domain = domain.rpartition(".")[2].partition(":")[0].upper().replace("UK", "GB")
    of_language = _REGIONS.get(language.partition("-")[0], "")
    return tuple(each for each in dict.fromkeys((of_domain, of_language)) if each in SUPPORTED_REGIONS)


def _is_phone(text: str, region: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return bool(is_valid_number(parse(text, region or None)))
    except NumberParseException:
        return False


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
