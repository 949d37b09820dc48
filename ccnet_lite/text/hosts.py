"""Hosts and URLs in the form in which they are compared, and in which people read them."""

from urllib.parse import unquote

MAX_HOST_CHARS = 255
"""A longer one is none, and Python's codec takes time with the square of it."""


def ascii_host(host: str) -> str:
    """A host in lower case as DNS has it: punycode for letters beyond ASCII.

    >>> ascii_host("Bücher.example"), ascii_host("пример.рф")
    ('xn--bcher-kva.example', 'xn--e1afmkfd.xn--p1ai')
    """
    if host.isascii() or len(host) > MAX_HOST_CHARS:
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()


def readable(url: str) -> str:
    """A URL with its letters: percent signs and punycode undone, as far as they are.

    >>> readable("https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C/100%")
    'https://пример.рф/путь/100%'
    """
    if "%" in url:
        url = unquote(url)
    if "xn--" in url:
        url = "/".join(".".join(map(_label, part.split("."))) for part in url.split("/"))
    return url


def _label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
