"""Personal data: what is found, what is near to it and is not, masks that can be made again."""

import random
from importlib.util import find_spec

import pytest

from benchmarks.pii_set import COUNTRIES, made_set
from ccnet_lite.quality import pii_ids
from ccnet_lite.quality.pii import MASKS, Mark, find_pii, mask, masked_again, to_column
from ccnet_lite.quality.pii_checks import CHECKS

KINDS = [
    kind for kind in MASKS if (find_spec("phonenumbers") and find_spec("stdnum")) or kind not in ("phone", "id")
]
LIBRARIES = pytest.mark.skipif(len(KINDS) < len(MASKS), reason="phonenumbers and python-stdnum are not installed")


def found(text: str, language: str = "", domain: str = "") -> list[tuple[str, str]]:
    (marks,) = find_pii([text], KINDS, language, [domain])
    return [(mark.kind, text[mark.start : mark.end]) for mark in marks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail ann.lee+x@mail.example.co.uk.", [("email", "ann.lee+x@mail.example.co.uk")]),
        ("邮箱abc@x.com请", [("email", "abc@x.com")]),
        ("logo@2x.png and @name, a@b", []),
        ("at 83.12.44.190:80 and 192.168.1.1, 127.0.0.1", [("ip", "83.12.44.190")]),
        ("version 1.2.3.4, section 1.2.3.4.5, 300.1.1.1", []),
        ("on 2001:4860:4860::8888, at 12:30:45, fe80::1", [("ip", "2001:4860:4860::8888")]),
        ("DE89 3704 0044 0532 0130 00", [("iban", "DE89 3704 0044 0532 0130 00")]),
        ("DE88 3704 0044 0532 0130 00", []),
        ("GB29NWBK60161331926819 paid", [("iban", "GB29NWBK60161331926819")]),
        ("4111 1111 1111 1111", [("card", "4111 1111 1111 1111")]),
        ("4111 1111 1111 1112", []),
        ("order 4111111111111111", []),
        ("my card 4111111111111111", [("card", "4111111111111111")]),
        ("from 2024-11-26 to 2025-01-02, 1 000 000 000 000, 3.14159265358979", []),
        ("J.Müller@beispiel.de", [("email", "J.Müller@beispiel.de")]),
        ("info@büro.de, почта@пример.рф", [("email", "info@büro.de"), ("email", "почта@пример.рф")]),
        ("关注@abc.com, 邮箱：用户@例子.中国", [("email", "用户@例子.中国")]),
        ("ann [at] mail [dot] com", [("email", "ann [at] mail [dot] com")]),
        ("b.lee(at)mail.org.", [("email", "b.lee(at)mail.org")]),
        ("ana (arroba) correo (punto) es", [("email", "ana (arroba) correo (punto) es")]),
        ("ann AT mail DOT com", [("email", "ann AT mail DOT com")]),
        ("LOOK AT THE DOT COM, meet us [at] home, f(at) x.y", []),
        (
            "e-mail: ann @ example.com; ann @gmail.com",
            [("email", "ann @ example.com"), ("email", "ann @gmail.com")],
        ),
        ("sold @ example.com, thanks @example.com", []),
        ("x = a@b.dot(c); git@github.com:user/repo.git", []),
        ("+4930901820@sip.example.org", [("email", "4930901820@sip.example.org")]),
        (
            "the IP 5.39.81.12, http://2.16.4.9/, 4.8.1.9:8080",
            [("ip", t) for t in ("5.39.81.12", "2.16.4.9", "4.8.1.9")],
        ),
        ("Chrome/58.0.30.81, SQL Server 9.0.40.35", []),
        ("IP ８.８.８.８", [("ip", "８.８.８.８")]),
        ("DE89-3704-0044-0532-0130-00", [("iban", "DE89-3704-0044-0532-0130-00")]),
        (
            "de89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
            [("iban", "de89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000")],
        ),
        ("De89 3704 0044 0532 0130 00", []),
        ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", [("iban", "MT84 MALT 0110 0001 2345 MTLC AST0 01S")]),
        ("Card:4111\u20111111\u20111111\u20111111", [("card", "4111\u20111111\u20111111\u20111111")]),
        ("٤١١١ ١١١١ ١١١١ ١١١١", [("card", "٤١١١ ١١١١ ١١١١ ١١١١")]),
    ],
)
def test_by_checks_of_our_own(text: str, expected: list[tuple[str, str]]) -> None:
    assert [mark for mark in found(text) if mark[0] not in ("phone", "id")] == expected


@LIBRARIES
@pytest.mark.parametrize(
    ("text", "language", "domain", "expected"),
    [
        ("Ring +49 30 901820 now", "en", "", [("phone", "+49 30 901820")]),
        ("Tel.: 030 901820", "de", "", [("phone", "030 901820")]),
        ("Tel.: 020 7946 0018", "en", "a.co.uk", [("phone", "020 7946 0018")]),
        ("about 30 901820 people", "de", "", []),
        ("ISBN 978-3-16-148410-0", "en", "", []),
        ("CPF: 529.982.247-25.", "pt", "", [("id", "529.982.247-25")]),
        ("CPF: 529.982.247-26.", "pt", "", []),
        ("the number 52998224725", "pt", "", []),
        ("PESEL 44051401359", "pl", "", [("id", "44051401359")]),
        ("codice RSSMRA85T10A562S", "it", "", [("id", "RSSMRA85T10A562S")]),
        ("personas kods: 161175-19997", "lv", "", [("id", "161175-19997")]),
        ("fødselsnummer 151086 95088", "no", "", [("id", "151086 95088")]),
        ("CPF do titular, 529.982.247-25 ou 529.982.247-26", "pt", "", [("id", "529.982.247-25")]),
        (
            "by form alone 529.982.247-25, 756.9217.0769.85",
            "en",
            "",
            [("id", "529.982.247-25"), ("id", "756.9217.0769.85")],
        ),
        ("کد ملی: ۰۴۹۹۳۷۰۸۹۹", "fa", "", [("id", "۰۴۹۹۳۷۰۸۹۹")]),
        ("کد ملی: ۰۴۹۹۳۷۰۸۹۸", "fa", "", []),
        ("СНИЛС 112-233-445 95", "ru", "", [("id", "112-233-445 95")]),
        ("身分證字號：A123456789", "zh", "", [("id", "A123456789")]),
        ("HKID A123456(3)", "en", "", [("id", "A123456(3)")]),
        ("SSN: 536-90-4399, 000-90-4399", "en", "", [("id", "536-90-4399")]),
        ("CNIC: 32659-3027444-9", "ur", "", [("id", "32659-3027444-9")]),
        ("our company 123456789, pension 046454286", "en", "", []),
        ("هاتف: ٠١٠٠١٢٣٤٥٦٧", "ar", "", [("phone", "٠١٠٠١٢٣٤٥٦٧")]),
        ("ＴＥＬ：０３－１２３４－５６７８", "ja", "", [("phone", "０３－１２３４－５６７８")]),
        ("手机号码 13812345678, 数量 13812345678", "zh", "", [("phone", "13812345678")]),
        ("โทรศัพท์ 02-123-4567", "th", "", [("phone", "02-123-4567")]),
        ("по телефону 8 (495) 123-45-67", "ru", "", [("phone", "8 (495) 123-45-67")]),
        ("Tel. 030 901820, 030 901821 oder 030 901822", "de", "", [("phone", f"030 90182{n}") for n in "012"]),
        (
            "Office (212) 736-5000, 212-736-5001; 12 736 5001",
            "en",
            "",
            [("phone", "(212) 736-5000"), ("phone", "212-736-5001")],
        ),
        (
            "Call 0800 195 6669 (18+), +49 (0)30 901820",
            "en",
            "",
            [("phone", "0800 195 6669"), ("phone", "+49 (0)30 901820")],
        ),
        ("Saal (089) 12345, Tel. (089) 12345", "de", "", [("phone", "(089) 12345")]),
        ("Tlf. 34 41 99 28, 34 41 99 29", "da", "", [("phone", "34 41 99 28"), ("phone", "34 41 99 29")]),
        ("telefon GSM 900/1800", "sv", "", []),
        ("documento nacional de identidad 12345678Z", "es", "", [("id", "12345678Z")]),
        ("Büro (030) 901820", "de", "", [("phone", "(030) 901820")]),
        ("pages 01 02 03 04 05, part 100-200-3000, GSM 900/1800", "fr", "", []),
        ("Tlf. 34.41.99.28, IP 34.41.99.28", "da", "", [("phone", "34.41.99.28"), ("ip", "34.41.99.28")]),
        ("television 2025550123, below 2127365000", "en", "", []),
    ],
)
def test_by_the_libraries(text: str, language: str, domain: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, language, domain) == expected


@LIBRARIES
def test_every_check_of_identity_numbers_is_there() -> None:
    named = [*pii_ids._MODULES.values(), *pii_ids._OF_JOINED.values(), list(pii_ids._FORMS)]
    for module in (each for modules in named for each in modules):
        assert pii_ids._checked(module, "1") is False
        assert module in CHECKS or pii_ids._checks(module).__name__ == "is_valid", module
    assert pii_ids._checked("lv.nothing", "161175-19997") is False


@LIBRARIES
@pytest.mark.parametrize("line", COUNTRIES.strip().split("\n"), ids=lambda line: line[:2])
def test_made_sentences_of_each_country(line: str) -> None:
    country, language = line.split("|")[:2]
    for text, expected in made_set(line, 4):
        assert sorted(found(text, language, f"a.{country.lower()}")) == sorted(expected), text


@LIBRARIES
def test_many_numbers_behind_one_another() -> None:
    text = ", ".join(f"+49 30 9018{number}" for number in range(20, 60))
    assert len(found(text)) == 40


def test_more_places_than_any_text_has() -> None:
    for text in ("@" * 10_000, "1234567\n" * 5_000, "::1::1 " * 5_000, "a@b.example " * 3_000):
        (marks,) = find_pii([text], ["email", "ip", "iban", "card"])
        assert len(marks) == text.count("a@b.example")


def test_texts_of_a_batch_do_not_touch() -> None:
    texts = ["a@b.example", "", "no", "83.12.44.190", "83.12.44.", "190"]
    assert [len(marks) for marks in find_pii(texts, ["email", "ip"])] == [1, 0, 0, 1, 0, 0]


def test_a_mask_is_made_again_from_the_text_as_read() -> None:
    rng = random.Random(1)
    pieces = [
        "ann@mail.example.org",
        "83.12.44.190",
        "2001:4860:4860::8888",
        "word",
        "…",
        "4111 1111 1111 1111",
        "\n",
    ]
    changed = 0
    for _ in range(200):
        text = " ".join(rng.choices(pieces, k=8))
        (marks,) = find_pii([text], ["email", "ip", "card"])
        masked, told = mask(text, marks)
        assert masked_again(text, to_column(told)) == masked
        assert masked_again(text, to_column(marks)) == text
        for kind, start, end, _ in told:
            assert masked[start:end] in (MASKS[kind], "2001:db8::1")
        assert find_pii([masked], ["ip", "card"]) == [[]], text
        changed += masked != text
    assert changed > 150
    assert mask("x", []) == ("x", []) and Mark("email", 0, 1).kind == "email"
