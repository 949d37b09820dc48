"""URL lists, personal data and toxic words: how exact, and what they take.

    python -m benchmarks.quality_pages --data DATA

DATA: a folder with text/prose/xx/*.jsonl, prose for speed, and for what is found where there should be little.
The set for precision and recall is made here, of valid numbers and of near misses in sentences of each country.
"""

import argparse
import json
import random
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from ccnet_lite.quality.pii import MASKS, find_pii
from ccnet_lite.quality.url_lists import UrlLists
from ccnet_lite.text.phrases import Phrases

COUNTRIES = {
    "DE": ("de", "Rufen Sie uns an, Tel. {phone}, oder zahlen Sie auf {iban}.", "de.idnr", "Steuer-ID {id}"),
    "FR": ("fr", "Téléphone : {phone}, virement sur {iban} avant lundi.", "fr.nir", "Sécurité sociale : {id}"),
    "ES": ("es", "Teléfono {phone}, o una transferencia a {iban}.", "es.dni", "DNI {id}"),
    "IT": ("it", "Telefono {phone}, bonifico su {iban} entro sabato.", "it.codicefiscale", "il mio {id}"),
    "PL": ("pl", "Telefon {phone}, przelew na {iban} do piątku.", "pl.pesel", "PESEL {id}"),
    "BR": ("pt", "Telefone {phone}, ou transferência para {iban}.", "br.cpf", "CPF {id}"),
    "NL": ("nl", "Tel. {phone}, of maak het over naar {iban}.", "nl.bsn", "BSN {id}"),
    "TR": ("tr", "Telefon {phone}, hesap {iban} olacak.", "tr.tckimlik", "T.C. kimlik {id}"),
    "FI": ("fi", "Puhelin {phone}, tilille {iban} perjantaina.", "fi.hetu", "tunnus {id}"),
    "BG": ("bg", "Телефон {phone}, по сметка {iban} днес.", "bg.egn", "ЕГН {id}"),
    "CN": ("zh", "电话 {phone} 请联系我们。", "cn.ric", "身份证号 {id}"),
    "IN": ("hi", "फ़ोन {phone} पर बात करें।", "in.aadhaar", "आधार {id}"),
    "KR": ("ko", "전화 {phone} 로 연락하세요.", "kr.rrn", "주민등록번호 {id}"),
    "GB": ("en", "Phone {phone}, or pay into {iban} today.", "gb.nhs", "NHS {id}"),
}
IBAN_FORMS = {
    "DE": "18n", "FR": "10n11c2n", "ES": "20n", "IT": "1a10n12c", "PL": "24n", "BR": "23n1a1c", "NL": "4a10n",
    "TR": "5n1n16c", "FI": "14n", "BG": "4a6n8c", "GB": "4a14n",
}  # fmt: skip
ID_FORMS = {
    "DE": "NNNNNNNNNNN", "FR": "1NN0NNNNNNNNNNN", "ES": "NNNNNNNNA", "IT": "AAAAAANNMNNANNNA", "PL": "NNNNNNNNNNN",
    "BR": "NNNNNNNNNNN", "NL": "NNNNNNNNN", "TR": "NNNNNNNNNNN", "FI": "NNNNNN-NNNX", "BG": "NNNNNNNNNN",
    "CN": "110105NNNNNNNNNNNX", "IN": "NNNNNNNNNNNN", "KR": "NNNNNN-NNNNNNN", "GB": "NNNNNNNNNN",
}  # fmt: skip
NEAR = (
    *("on 2024-11-{two} at {two}:{two}:{two}", "ISBN 978-3-16-1484{two}-0", "order {ten}", "10.0.{two}.{two}"),
    *("{three} {three} {three} people", "version 2.{two}.{two}.1", "page {two}–{two}, vol. {three}", "a@b"),
    *("doi 10.1000/{ten}", "+{two} points", "@name{two}", "icon@2x.png", "#{ten}", "{three}.{three}.{three},00 €"),
    *("1.2.{two}.4", "GB{two} code, DE {ten}"),
)
N = 200


def _filled(form: str, rng: random.Random) -> str:
    letters, digits = "ABCDEFGHJKLMNPQRSTVWXYZ", "0123456789"
    groups = {"N": digits, "A": letters, "X": digits + letters, "M": "ABCDEHLMPRST"}
    return "".join(rng.choice(groups[sign]) if sign in groups else sign for sign in form)


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
    return whole if rng.random() < 0.3 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def make_id(country: str, rng: random.Random) -> str:
    """A number that python-stdnum takes, by trying."""
    from stdnum import get_cc_module

    valid = get_cc_module(*COUNTRIES[country][2].split(".")).is_valid
    while True:
        number = _filled(ID_FORMS[country], rng)
        try:
            if valid(number):
                return number
        except LookupError:  # of some places in China
            continue


def make_card(rng: random.Random) -> str:
    """A card number of one of three issuers with its check digit."""
    body = rng.choice(["4", "52", "6011"])
    body += "".join(rng.choices("0123456789", k=15 - len(body)))
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body))
    whole = f"{body}{-total % 10}"
    return rng.choice([" ", "-"]).join(whole[at : at + 4] for at in range(0, 16, 4))


def make_phone(country: str, rng: random.Random) -> str:
    """A valid number of a country in a form that people write."""
    import phonenumbers as pn

    while True:
        kind = rng.choice([pn.PhoneNumberType.FIXED_LINE, pn.PhoneNumberType.MOBILE])
        example = pn.example_number_for_type(country, kind)
        national = str(example.national_number)
        tried = national[:-4] + "".join(rng.choices("0123456789", k=4))
        number = pn.PhoneNumber(country_code=example.country_code, national_number=int(tried))
        if pn.is_valid_number(number):
            forms = (pn.PhoneNumberFormat.INTERNATIONAL, pn.PhoneNumberFormat.E164, pn.PhoneNumberFormat.NATIONAL)
            return str(pn.format_number(number, rng.choice(forms)))


def made_set(country: str, rng: random.Random) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sentences of a country with what is in them; half of them hold near misses only."""
    _, sentence, _, named = COUNTRIES[country]
    made: list[tuple[str, list[tuple[str, str]]]] = []
    for number in range(N):
        phone, email = make_phone(country, rng), f"{rng.choice(['ann', 'b.lee', 'x+y'])}@mail{number}.example.org"
        card, own = make_card(rng), make_id(country, rng)
        address = f"{rng.randrange(60, 99)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
        iban = make_iban(country, rng) if country in IBAN_FORMS else ""
        text = sentence.format(phone=phone, iban=iban) + f" {email}; {card}. IP {address}, {named.format(id=own)}."
        expected = [("phone", phone), ("email", email), ("card", card), ("ip", address), ("id", own)]
        made.append((text, [*expected, *([("iban", iban)] if iban else [])]))
        fill = {
            "two": rng.randrange(10, 60),
            "three": rng.randrange(100, 999),
            "ten": rng.randrange(10**9, 10**10),
        }
        made.append(("; ".join(rng.sample(NEAR, 6)).format(**fill), []))
    return made


def pii_table() -> list[dict[str, Any]]:
    """Precision and recall of each kind in each country: a mark counts if its place is exactly right."""
    rows: list[dict[str, Any]] = []
    for country, (language, *_) in COUNTRIES.items():
        made = made_set(country, random.Random(country))
        domain = f"a.{country.lower()}"
        found = find_pii([text for text, _ in made], list(MASKS), language, [domain] * len(made))
        counts = {kind: [0, 0, 0] for kind in MASKS}  # right, found, there
        for (text, expected), marks in zip(made, found, strict=True):
            got = [(mark.kind, text[mark.start : mark.end]) for mark in marks]
            for kind, _ in expected:
                counts[kind][2] += 1
            for each in got:
                counts[each[0]][1] += 1
                counts[each[0]][0] += each in expected
        row: dict[str, Any] = {"item": "pii", "country": country}
        for kind, (right, all_found, there) in counts.items():
            if there:
                row[kind] = f"{right / max(1, all_found):.3f} / {right / there:.3f}"
        rows.append(row)
    return rows


def speed_table(data: Path, hosts: int = 4_000_000) -> list[dict[str, Any]]:
    """Processor time of each, on real prose; of URL lists with as many hosts as UT1's largest."""
    documents: list[str] = []
    for path in sorted((data / "text" / "prose").rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            documents += [json.loads(line)["text"][:5000] for line in islice(lines, 300)]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "adult"
        held.mkdir()
        (held / "domains").write_text(
            "".join(f"site{number:x}.example{number % 900}.org\n" for number in range(hosts))
        )
        UrlLists(held.parent).find(["https://a.example/"])
        began = time.process_time()
        lists = UrlLists(held.parent)
        rows.append({"item": f"load {lists.entries:,} hosts", "seconds": round(time.process_time() - began, 2)})
        urls = [f"https://www.site{n * 7:x}.example{n * 7 % 900}.org/a/b?c={n}" for n in range(100_000)]
        began = time.process_time()
        hits = sum(map(bool, lists.find(urls)))
        took = time.process_time() - began
        rows.append({"item": "URLs looked up", "a second": round(len(urls) / took), "found": hits})
    phrases = Phrases([f"word{number}" for number in range(1000)])
    for name, call in (
        ("pii", lambda: find_pii(documents, list(MASKS), "en")),
        ("toxic words", lambda: phrases.count(documents)),
    ):
        call()
        began = time.process_time()
        done = call()
        took = time.process_time() - began
        row = {"item": name, "documents": len(documents), "us a document": round(1e6 * took / len(documents), 1)}
        if name == "pii":
            row["marks"] = sum(len(marks) for marks in done)
        rows.append(row)
    return rows


def table(data: Path) -> list[dict[str, Any]]:
    """Both tables."""
    return [*pii_table(), *speed_table(data)]


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for row in table(parser.parse_args().data):
        print("  ".join(f"{name}: {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
