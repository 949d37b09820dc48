"""Personal data: what is found, what is near to it and is not, masks that can be made again."""

import random
from importlib.util import find_spec

import pytest

from ccnet_lite.quality.pii import MASKS, Mark, find_pii, mask, masked_again, to_column

BOTH = find_spec("phonenumbers") and find_spec("stdnum")
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
        ("about 030 901820 people", "de", "", []),
        ("ISBN 978-3-16-148410-0", "en", "", []),
        ("CPF: 529.982.247-25.", "pt", "", [("id", "529.982.247-25")]),
        ("CPF: 529.982.247-26.", "pt", "", []),
        ("the number 52998224725", "pt", "", []),
        ("PESEL 44051401359", "pl", "", [("id", "44051401359")]),
        ("codice RSSMRA85T10A562S", "it", "", [("id", "RSSMRA85T10A562S")]),
    ],
)
def test_by_the_libraries(text: str, language: str, domain: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, language, domain) == expected


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
