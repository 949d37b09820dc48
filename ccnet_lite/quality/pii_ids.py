"""Identity and tax numbers of persons at a stretch of digits; the text is in its plain form (pii_places.py).

python-stdnum says how most are checked, pii_checks.py the rest. What has only one check digit is right by chance
in one number of ten, so such numbers count behind a word that names them; a few whose form says as much, alone.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from ccnet_lite.quality.pii_checks import CHECKS

BEFORE = 40
"""Characters before a number in which a word may name it."""
_BEHIND_WORD = re.compile(r"(?:[^\w\n]|[^\s\d!-@\[-`{-~]{1,12}[ .:'’]){0,6}?((?=[A-Za-z]{0,8}\d)[A-Za-z0-9])")
_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[ ./()+-]{0,2}[A-Za-z0-9]){6,20}(?![A-Za-z0-9])")
_SIGNS = re.compile(r"[^A-Za-z0-9]")
_WORDS = {
    "br.cpf": r"cpf",
    "pl.pesel": r"pesel\w{0,3}",
    "es.dni es.nie ar.dni pe.cui": r"dni|d\.n\.i\.|documento nacional(?: de identidad)?",
    "es.dni es.nie pt.nif": r"nif|n\.i\.f\.|contribuinte",
    "es.nie": r"nie|n\.i\.e\.",
    "it.codicefiscale": r"codice fiscale|c\.f\.|cod\. fisc\.",
    "nl.bsn": r"bsn|burgerservicenummer|sofinummer",
    "fr.nir": r"sécurité sociale|sécu|nir|insee",
    "de.idnr": r"steuer-?id(?:entifikationsnummer)?|identifikationsnummer|id-?nr|steuerliche id",
    "at.vnr": r"sv-?nr|svnr|sozialversicherungsnummer|versicherungsnummer",
    "ch.ssn": r"ahv(?:-?nr|-?nummer)?|avs|navs",
    "be.nn": r"rijksregister(?:nummer)?|insz|niss|registre national|numéro national",
    "tr.tckimlik": r"t\.?c\.? ?(?:kimlik|no)|tckn|kimlik no",
    "se.personnummer no.fodselsnummer": r"personnummer|pers\.? ?nr",
    "no.fodselsnummer": r"fødselsnummer|fødselsnr|f\.nr",
    "fi.hetu": r"henkilötunnus|hetu|sotu",
    "dk.cpr": r"cpr(?:-?nr|-?nummer)?",
    "is_.kennitala": r"kennitala|kt",
    "ro.cnp": r"cnp|cod numeric personal",
    "bg.egn bg.pnf": r"егн|лнч",
    "cz.rc sk.rc": r"rodné č[íi]slo|r\. ?č|rodným číslem",
    "ee.ik": r"isikukood",
    "lt.asmens": r"asmens kod\w{1,3}|a\. ?k",
    "lv.pvn": r"personas kod\w{1,2}|p\. ?k",
    "hr.oib": r"oib",
    "si.emso": r"emšo|jmbg|јмбг|ембг|matični broj",
    "gr.amka": r"αμκα|α\.μ\.κ\.α",
    "hu.taj": r"taj(?:[- ]szám\w{0,2})?",
    "hu.ado": r"adóazonosító(?: jel\w{0,2})?",
    "ru.inn": r"инн",
    "ru.snils": r"снилс",
    "ua.rntrc": r"рнокпп|іпн|ідентифікаційний (?:код|номер)|идентификационный (?:код|номер)",
    "kz.iin": r"иин|жсн",
    "kr.rrn": r"주민(?:등록)?번호|외국인등록번호",
    "jp.in_": r"マイナンバー|個人番号",
    "cn.ric tw.id hk.id": r"身[份分][证證]\w{0,4}|公民身份号码",
    "hk.id": r"hkid",
    "sg.nric my.nric": r"nric|fin",
    "my.nric": r"mykad|i/?c no|kad pengenalan|no\. ?kp",
    "id.nik": r"nik|ktp",
    "th.pin": r"บัตรประชาชน|ประจำตัวประชาชน",
    "in_.aadhaar": r"aadhaar|aadhar|आधार|আধার|ஆதார்|ఆధార్|ಆಧಾರ್|ആധാർ|આધાર|ਆਧਾਰ",
    "in_.pan": r"pan",
    "pk.cnic": r"cnic|شناختی کارڈ",
    "ir.melli": r"کد ?ملی|کدملی|شماره ملی",
    "eg.id": r"الرقم القومي|رقم قومي|رقم البطاقة",
    "sa.id ae.id": r"رقم الهوية|الهوية الوطنية|رقم الإقامة|iqama|emirates id",
    "il.idnr": r"תעודת זהות|ת\.ז|ת״ז|ת\"ז",
    "za.idnr": r"(?:sa|rsa|south african|identity|id) (?:id|number|no)|identity number",
    "us.ssn us.itin": r"ssn|s\.s\.n\.|social security|itin",
    "ca.sin": r"sin|s\.i\.n\.|social insurance|nas",
    "au.tfn": r"tfn|tax file",
    "nz.ird": r"ird",
    "ie.pps": r"ppsn?|pps",
    "gb.nhs": r"nhs",
    "gb.nino": r"national insurance|nino|ni (?:no|number)",
    "mx.curp": r"curp",
    "mx.rfc": r"rfc",
    "ar.cuit": r"cui[lt]|c\.u\.i\.[lt]\.",
    "cl.rut": r"rut|run|r\.u\.t\.",
    "ec.ci do.cedula": r"cédula|cedula|c\.i\.",
    "pe.cui": r"cui",
}
"""Words that stand before such a number, by what checks it: modules of python-stdnum, names in pii_checks.py."""
_JOINED = re.compile(r"[\u0530-\u109f\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af]")
"""Scripts whose words stand beside others without a space."""
_SPACED = re.compile(r"[a-zα-я]")
_ALONE = "|".join(words for words in _WORDS.values() if _SPACED.search(words))
_WITHIN = "|".join(words for words in _WORDS.values() if _JOINED.search(words))
_WORD = re.compile(rf"(?<![^\W\d_])(?:{_ALONE})(?![^\W\d_])")
_JOINED_WORD = re.compile(_WITHIN)
"""All of them: whole words, and those that others are joined to."""


_WHICH = re.compile("|".join(f"(?P<n{place}>{words})" for place, words in enumerate(_WORDS.values())))
_MODULES = {f"n{place}": modules.split() for place, modules in enumerate(_WORDS)}


@lru_cache(maxsize=1024)
def _named_by(word: str) -> list[str]:
    """What checks the numbers that a word names."""
    found = _WHICH.fullmatch(word)
    return _MODULES[found.lastgroup or ""] if found else []


_FORMS = {
    "it.codicefiscale": r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![A-Z0-9])",
    "mx.curp": r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?![A-Z0-9])",
    "cn.ric": r"[1-9]\d{16}[\dX](?!\d)",
    "fi.hetu": r"\d{6}[-+A]\d{3}[0-9A-Y](?!\w)",
    "kr.rrn": r"\d{6}-[1-8]\d{6}(?![\d-])",
    "ch.ssn": r"756\.\d{4}\.\d{4}\.\d{2}(?![\d.])",
    "br.cpf": r"\d{3}\.\d{3}\.\d{3}-\d{2}(?![\d-])",
    "be.nn": r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}(?![\d.])",
    "fr.nir": r"[12] \d{2} [01]\d \d{2} \d{3} \d{3} \d{2}(?! ?\d)",
    "ar.cuit": r"2[0347]-\d{8}-\d(?![\d-])",
    "cl.rut": r"[1-4]?\d\.\d{3}\.\d{3}-[\dkK](?![\w-])",
}
"""Forms that are enough together with the check, without a word."""
_FORM = re.compile(
    rf"(?<![A-Za-z0-9])(?<![\d][.-])(?:{'|'.join(f'(?P<f{n}>{form})' for n, form in enumerate(_FORMS.values()))})"
)
_OF_FORM = {f"f{place}": module for place, module in enumerate(_FORMS)}


def lower(text: str) -> str:
    """Lower case of the same length (of İ alone it is longer)."""
    return text.replace("İ", "i").lower()


def ids(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the identity numbers in text[begin:stop], or whose word begins in BEFORE before it."""
    for match in _FORM.finditer(text, begin, stop):
        if _checked(_OF_FORM[match.lastgroup or ""], match[0]):
            yield match.span()
    lowered = lower(text[max(0, begin - BEFORE) : stop])
    named = [*_WORD.finditer(lowered), *(() if lowered.isascii() else _JOINED_WORD.finditer(lowered))]
    for word in named:
        number = _BEHIND_WORD.match(text, max(0, begin - BEFORE) + word.end(), stop)
        found = _ID.match(text, number.start(1), stop) if number else None
        if found:
            yield from _named(text, found.span(), _named_by(word[0]))


def _named(text: str, span: tuple[int, int], modules: list[str]) -> Iterator[tuple[int, int]]:
    """The number that begins a span, if it is one: what follows it may have been taken with it."""
    begin, last = span
    closed = last + 1 if text[last : last + 1] == ")" and "(" in text[begin:last] else last
    for end in (closed, *(at for at in range(last - 1, begin + 6, -1) if text[at] in " ./-(")):
        if any(_checked(each, text[begin:end]) for each in modules):
            yield begin, end
            return


def _checked(module: str, text: str) -> bool:
    """Whether a text is such a number; what its checker stumbles over is none (cn.ric does, over some places)."""
    try:
        return bool(_checks(module)(text))
    except (LookupError, ValueError, TypeError):
        return False


@cache
def _checks(module: str) -> Callable[[str], Any]:
    """The check of a number; of one that an older python-stdnum doesn't know, one that none passes."""
    if module in CHECKS:
        own = CHECKS[module]
        return lambda text: own(_SIGNS.sub("", text).upper())
    from stdnum import get_cc_module

    found: Any = get_cc_module(*module.split("."))
    return found.is_valid if found is not None else lambda text: False
