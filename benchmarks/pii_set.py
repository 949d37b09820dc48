"""Sentences with personal data of 56 countries, and with what looks like it and is none, made with a seed.

pii_countries.txt has a country a line: its language, words before a phone, an address and an account, and of its
identity number the check, forms and words. Numbers are valid ones: phones of phonenumbers, identity numbers that
python-stdnum or the project's checks take, IBANs and cards by their checksums. They are written as people write
them: local and international forms, groups parted by spaces, hyphens, dots or no-break spaces, the language's own
digits, e-mail addresses spelt out or of international domains. The words are of the hand that wrote those of the
rules, so the set says that forms and checks work, not how often people write them.
"""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

COUNTRIES = Path(__file__).with_name("pii_countries.txt").read_text(encoding="utf-8")
NEAR = (
    *("on 2024-11-{two} at {two}:{two}:{two}", "ISBN 978-3-16-1484{two}-0", "order {ten}", "10.0.{two}.{two}"),
    *("{three} {three} {three} people", "version 2.{two}.{two}.1", "page {two}–{two}, vol. {three}", "a@b"),
    *("doi 10.1000/{ten}", "+{two} points", "@name{two}", "icon@2x.png", "#{ten}", "{three}.{three}.{three},00 €"),
    *("1.2.{two}.4", "GB{two} code, DE {ten}", "48.85837{two}, 2.29448{two}", "Chrome/{two}.0.{two}.{two} Safari"),
    *("ORCID 0000-0002-1825-00{two}", "EAN 400638133393{two}", "ISSN 1234-56{two}", "01 02 03 04 05 06"),
    *("550e8400-e29b-41d4-a716-4466554400{two}", "d41d8cd98f00b204e9800998ecf8427{two}", "1939-1945, 1914-1918"),
    *("tracking 1Z999AA101234567{two}", "IMEI 4901542032375{two}", "{two}-{two}, {two}-{two}, {two}-{two}"),
    *("x = a@b.dot(c)", "$ 1,{three},{three}.{two}", "part no. {three}-{three}-{three}", "2020-2021 2021-2022"),
    *(
        "{two}/{two}/2024 {two}:{two}",
        "{three} × {three} × {three} mm",
        "git@github.com:user/repo.git",
        "ann [at] home",
    ),
    *("Mozilla/5.0 ({two})", "00:1A:2B:3C:4D:{two}", "0.{ten}", "1e-{two} to 1e+{two}", "$.{three} (at) {ten}"),
    *("١٢٣٤٥ و{two} من ٢٠٢٤", "人口1,{three},{three}人", "{three},{three},{three} रुपये", "２０２４年１１月{two}日"),
)
OWN_DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ur": "۰۱۲۳۴۵۶۷۸۹", "hi": "०१२३४५६७८९", "bn": "০১২৩৪৫৬৭৮৯"}
OWN_DIGITS |= {"ja": "０１２３４５６７８９", "th": "๐๑๒๓๔๕๖๗๘๙"}
EMAILS = (
    *("ann@mail{n}.example.org", "b.lee+x@mail{n}.co.uk", "x_y-z@mail{n}.gov.br", "J.Müller@mail{n}.de"),
    *("info@büro{n}.de", "почта@пример{n}.рф", "ann [at] mail{n} [dot] com", "ann(at)mail{n}.org"),
    *("ann AT mail{n} DOT com", "user{n}@例子.中国", "ann{n} @ gmail.com", "ann＠mail{n}.com"),
)
IBAN_FORMS = {
    "DE": "18n", "AT": "16n", "CH": "5n12c", "FR": "10n11c2n", "BE": "12n", "ES": "20n", "PT": "21n",
    "NL": "4a10n", "IT": "1a10n12c", "PL": "24n", "CZ": "20n", "SK": "20n", "HU": "24n", "RO": "4a16c",
    "BG": "4a6n8c", "GR": "7n16c", "HR": "17n", "RS": "18n", "SI": "15n", "SE": "20n", "NO": "11n",
    "DK": "14n", "FI": "14n", "EE": "16n", "LV": "4a13c", "LT": "16n", "TR": "6n16c", "KZ": "3n13c",
    "UA": "6n19c", "GB": "4a14n", "IE": "4a14n", "BR": "23n1a1c", "EG": "25n", "SA": "2n18c", "IL": "19n",
    "PK": "4a16c",
}  # fmt: skip
Expected = list[tuple[str, str]]


def _filled(form: str, rng: random.Random) -> str:
    letters, digits = "ABCDEFGHJKLMNPQRSTVWXYZ", "0123456789"
    groups = {"N": digits, "A": letters, "X": digits + letters, "M": "ABCDEHLMPRST"}
    if form.startswith("A1"):  # a letter, and a digit as it is
        return f"{rng.choice(letters)}1{_filled(form[2:], rng)}"
    return "".join(rng.choice(groups[sign]) if sign in groups else sign for sign in form)


def _in_groups(whole: str, size: int, rng: random.Random) -> str:
    sign = rng.choice([" ", " ", "-", "\u00a0"])
    return sign.join(whole[at : at + size] for at in range(0, len(whole), size))


def make_iban(country: str, rng: random.Random) -> str:
    """An IBAN with its checksum, in groups of four or in one."""
    body, size = "", ""
    for sign in IBAN_FORMS[country]:
        if sign.isdigit():
            size += sign
        else:
            body += "".join(rng.choices("0123456789" if sign in "nc" else "ABCDEFGHKLMN", k=int(size)))
            size = ""
    number = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00"))
    whole = f"{country}{98 - number % 97:02d}{body}"
    return whole if rng.random() < 0.3 else _in_groups(whole, 4, rng)


@cache
def _valid(module: str) -> object:
    from ccnet_lite.quality.pii_checks import CHECKS

    if module in CHECKS:
        return lambda text: CHECKS[module]("".join(sign for sign in text if sign.isalnum()))
    from stdnum import get_cc_module

    return get_cc_module(*module.split(".")).is_valid


def make_id(module: str, forms: str, rng: random.Random) -> str:
    """A number that its check takes, by trying."""
    valid = _valid(module)
    while True:
        number = _filled(rng.choice(forms.split(",")), rng)
        try:
            if valid(number):  # type: ignore[operator]
                return number
        except LookupError:  # of some places in China
            continue


def make_card(rng: random.Random) -> str:
    """A card number of one of three issuers with its check digit."""
    body = rng.choice(["4", "52", "6011"])
    body += "".join(rng.choices("0123456789", k=15 - len(body)))
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body))
    return _in_groups(f"{body}{-total % 10}", 4, rng)


def make_phone(country: str, rng: random.Random) -> tuple[str, bool]:
    """A valid number of a country in a form that people write, and whether it has the country's code."""
    import phonenumbers as pn

    while True:
        kind = rng.choice([pn.PhoneNumberType.FIXED_LINE, pn.PhoneNumberType.MOBILE])
        example = pn.example_number_for_type(country, kind)
        national = str(example.national_number)
        tried = national[:-4] + "".join(rng.choices("0123456789", k=4))
        number = pn.PhoneNumber(country_code=example.country_code, national_number=int(tried))
        if example.italian_leading_zero:
            number.italian_leading_zero = True
        if pn.is_valid_number(number):
            form = rng.choice([pn.PhoneNumberFormat.INTERNATIONAL, *3 * [pn.PhoneNumberFormat.NATIONAL]])
            text = str(pn.format_number(number, form))
            if rng.random() < 0.3:
                text = text.replace(" ", rng.choice([".", "-", "\u00a0", ""]))
            return text, form == pn.PhoneNumberFormat.INTERNATIONAL


def made_set(line: str, size: int) -> Iterator[tuple[str, Expected]]:
    """Sentences of a country with what is in them; half of them hold near misses only."""
    country, language, phone_words, mail, account, module, forms, names = line.split("|")
    rng = random.Random(country)
    for number in range(size):
        phone, _ = make_phone(country, rng)
        if language in OWN_DIGITS and rng.random() < 0.4:
            phone = phone.translate(dict(zip(b"0123456789", OWN_DIGITS[language], strict=True)))
        email = rng.choice(EMAILS).format(n=number)
        low = rng.random() < 0.3
        address = f"{rng.choice((2, 5, 8)) if low else rng.randrange(60, 99)}.{'.'.join(_octets(rng))}"
        card = make_card(rng)
        expected = [("phone", phone), ("email", email), ("ip", address), ("card", card)]
        parts = [f"{rng.choice(phone_words.split(','))} {phone}", f"{mail} {email}", f"IP {address}", card]
        if country in IBAN_FORMS:
            iban = make_iban(country, rng)
            parts.append(f"{account} {iban}")
            expected.append(("iban", iban))
        if module:
            own = make_id(module, forms, rng)
            parts.append(f"{rng.choice(names.split(','))} {own}")
            expected.append(("id", own))
        rng.shuffle(parts)
        yield "; ".join(parts) + ".", expected
        ten, three, two = rng.randrange(10**9, 10**10), rng.randrange(100, 999), rng.randrange(10, 60)
        yield "; ".join(rng.sample(NEAR, 8)).format(two=two, three=three, ten=ten), []


def _octets(rng: random.Random) -> list[str]:
    return [str(rng.randrange(1, 255)) for _ in range(3)]
