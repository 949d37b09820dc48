"""Identity and tax numbers of persons at a stretch of digits; the text is in its plain form (pii_places.py).

python-stdnum says how most are checked, pii_checks.py the rest. What has only one check digit is right by chance
in one number of ten, so such numbers count behind a word that names them; a few whose form says as much, alone.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ccnet_lite.quality.pii_checks import CHECKS

BEFORE = 40
"""Characters before a number in which a word may name it."""
_BEHIND_WORD = re.compile(r"(?:[^\w\n]|[^\s\d!-@\[-`{-~’]{1,12}[ .:'’]){0,6}?((?=[A-Za-z]{0,8}\d)[A-Za-z0-9])")
_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[ ./()+-]{0,2}[A-Za-z0-9]){6,20}(?![A-Za-z0-9])")
_SIGNS = re.compile(r"[^A-Za-z0-9]")
_BY_WORDS = """
br.cpf: cpf
pl.pesel: pesel, peselem, peselu
es.dni es.nie ar.dni: dni, documento nacional, documento nacional de identidad
es.dni es.nie pt.nif: nif, contribuinte
es.nie: nie
it.codicefiscale: codice fiscale, cf, cod fisc
nl.bsn: bsn, burgerservicenummer, sofinummer
fr.nir: sécurité sociale, sécu, nir, insee
de.idnr: steuer-id, steuer-idnr, steueridentifikationsnummer, identifikationsnummer, idnr, id-nr, steuerliche id
at.vnr: sv-nr, svnr, sozialversicherungsnummer, versicherungsnummer
ch.ssn: ahv, ahv-nr, ahv-nummer, avs, navs
be.nn: rijksregister, rijksregisternummer, insz, niss, registre national, numéro national
tr.tckimlik: tc kimlik, tc no, tckn, kimlik no
se.personnummer no.fodselsnummer: personnummer, persnr, pers nr
no.fodselsnummer: fødselsnummer, fødselsnr, fnr
fi.hetu: henkilötunnus, hetu, sotu
dk.cpr: cpr, cpr-nr, cpr-nummer
is_.kennitala: kennitala, kt
ro.cnp: cnp, cod numeric personal
bg.egn bg.pnf: егн, лнч
cz.rc sk.rc: rodné číslo, rodne cislo, r č, rč, rodným číslem
ee.ik: isikukood
lt.asmens: asmens kodas, asmens kodo, a k, ak
lv.pvn: personas kods, personas kodu, personas koda, p k, pk
hr.oib: oib
si.emso: emšo, jmbg, јмбг, ембг, matični broj
gr.amka: αμκα
hu.taj: taj, taj szám, taj-szám, taj száma
hu.ado: adóazonosító, adóazonosító jel, adóazonosító jele
ru.inn: инн
ru.snils: снилс
ua.rntrc: рнокпп, іпн, ідентифікаційний код, ідентифікаційний номер, идентификационный код, идентификационный номер
kz.iin: иин, жсн
sg.nric my.nric: nric, fin
my.nric: mykad, ic no, i/c no, kad pengenalan, no kp
id.nik: nik, ktp
in_.aadhaar: aadhaar, aadhar
in_.pan: pan
pk.cnic: cnic
sa.id ae.id: iqama, emirates id
za.idnr: sa id, rsa id, south african id, id number, identity number
us.ssn us.itin: ssn, social security, itin
ca.sin: sin, social insurance, nas
au.tfn: tfn, tax file
nz.ird: ird
ie.pps: pps, ppsn
gb.nhs: nhs
gb.nino: national insurance, nino, ni no, ni number
hk.id: hkid
mx.curp: curp
mx.rfc: rfc
ar.cuit: cuil, cuit
cl.rut: rut, run
ec.ci do.cedula: cédula, cedula, ci
"""
"""What checks a number (modules of python-stdnum, names in pii_checks.py), and words that stand before it."""
_MODULES = {
    word.strip(): modules.split()
    for modules, _, words in (line.partition(": ") for line in _BY_WORDS.strip().split("\n"))
    for word in words.split(",")
}
_WORDS_OF_NAME = 4
"""Words of the longest name."""
_WORD = re.compile(r"[^\s\d!-,:-@\[-`{-~]+")
"""A word, with its hyphens, dots and slashes."""
_JOINED_WORD = re.compile(
    r"(?P<kr>주민(?:등록)?번호|외국인등록번호)|(?P<jp>マイナンバー|個人番号)|(?P<cn>身[份分][证證]|公民身份号码)|"
    r"(?P<th>บัตรประชาชน|ประจำตัวประชาชน)|(?P<aadhaar>आधार|আধার|ஆதார்|ఆధార్|ಆಧಾರ್|ആധാർ|આધાર|ਆਧਾਰ)|(?P<pk>شناختی کارڈ)|"
    r"(?P<ir>کد ?ملی|شماره ملی)|(?P<eg>الرقم القومي|رقم قومي|رقم البطاقة)|"
    r"(?P<gulf>رقم الهوية|الهوية الوطنية|رقم الإقامة)|(?P<il>תעודת זהות|ת[.״\"]ז)"
)
"""Words of scripts in which others are joined to them."""
_OF_JOINED = {
    "kr": ["kr.rrn"],
    "jp": ["jp.in_"],
    "cn": ["cn.ric", "tw.id", "hk.id"],
    "th": ["th.pin"],
    "aadhaar": ["in_.aadhaar"],
    "pk": ["pk.cnic"],
    "ir": ["ir.melli"],
    "eg": ["eg.id"],
    "gulf": ["sa.id", "ae.id"],
    "il": ["il.idnr"],
}
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
    first = max(0, begin - BEFORE)
    for end, modules in _names(lower(text[first:stop])):
        number = _BEHIND_WORD.match(text, first + end, stop)
        found = _ID.match(text, number.start(1), stop) if number else None
        if found:
            yield from _named(text, found.span(), modules)


def _names(lowered: str) -> Iterator[tuple[int, list[str]]]:
    """The names of numbers in a text: where each ends, and what checks such numbers."""
    last: list[str] = []
    for word in _WORD.finditer(lowered):
        last = [*last[1 - _WORDS_OF_NAME :], word[0].strip(".-/").replace(".", "")]
        for size in range(len(last), 0, -1):
            modules = _MODULES.get(" ".join(last[-size:]))
            if modules:
                yield word.end(), modules
                break
    if not lowered.isascii():
        for word in _JOINED_WORD.finditer(lowered):
            yield word.end(), _OF_JOINED[word.lastgroup or ""]


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
        return lambda text: own(_compact(text))
    from stdnum import get_cc_module

    found: Any = get_cc_module(*module.split("."))
    return found.is_valid if found is not None else lambda text: False


def _compact(text: str) -> str:
    letters = _SIGNS.sub("", text)
    return letters.upper()
