"""tdmrep.json: the examples of the protocol, and files that are none."""

import json

import pytest

from ccnet_lite.text.robots import normal_path
from ccnet_lite.text.tdmrep import reservations, reserved


def shut(rules: object, path: str) -> bool:
    return reserved(reservations(json.dumps(rules).encode()), normal_path(path))


def test_the_first_that_fits_decides() -> None:
    site = [
        {"location": "/directory-a/", "tdm-reservation": 1},
        {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": "https://a.example/policy.json"},
        {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
        {"location": "/directory-b/", "tdm-reservation": 1},
    ]
    paths = ("/directory-a/1", "/directory-b/html/1", "/directory-b/images/1.jpg", "/directory-b/2", "/c", "")
    assert [shut(site, path) for path in paths] == [True, True, False, True, False, False]
    assert shut(site[::-1], "/directory-b/images/1.jpg")
    assert shut([{"location": "/", "tdm-reservation": 1}, {"location": "/open/", "tdm-reservation": 0}], "/open/a")


def test_patterns() -> None:
    site = [{"location": place, "tdm-reservation": 1} for place in ("/this/path/exactly$", "/ü*.pdf")]
    paths = ("/this/path/exactly", "/this/path/exactly/1", "/%c3%bc/a.pdf?x", "/u/a.pdf", "/This/path/exactly")
    assert [shut(site, path) for path in paths] == [True, False, True, False, False]
    assert shut([{"location": "/foo-%24", "tdm-reservation": 1}], "/foo-$")


@pytest.mark.parametrize("value", [1, "1", " 1 "])
def test_a_value_as_people_write_it(value: object) -> None:
    assert shut({"location": "/", "tdm-reservation": value}, "/a")


@pytest.mark.parametrize("value", [2, -1, "yes", None, 1.5, [1], True])
def test_another_value_is_as_none(value: object) -> None:
    site = [{"location": "/a", "tdm-reservation": value}, {"location": "/", "tdm-reservation": 1}]
    assert shut(site, "/a")
    assert reservations(json.dumps(site[:1]).encode()) == ()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"<html></html>", b"[]", b"{}", b"1", b'["/"]', b"[" * 100_000, b"null", b'"\xff"'),
        *(b'[{"tdm-reservation": 1}]', b'[{"location": 7, "tdm-reservation": 1}]'),
        *(b'[{"location": "", "tdm-reservation": 1}]', b'[{"location": "a", "tdm-reservation": 1}]'),
        b'[{"location": "/", "tdm-reservation": 0}]',
        b'[{"location": "/' + b"a" * 1000 + b'", "tdm-reservation": 1}]',
    ],
)
def test_what_reserves_nothing(content: bytes) -> None:
    assert reservations(content) == ()


def test_a_byte_order_mark() -> None:
    assert reservations(b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": 1}]') == ("-/",)
