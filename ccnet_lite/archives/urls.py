"""Parts of URLs out of hostile data: never raises, whatever the URL."""

import re

_DOMAIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")
_AUTHORITY = re.compile(r"[^/?#]*")
_SCHEME_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-"
_QUERY = re.compile(r"\?[^#]*")


def source_domain(url: str) -> str:
    """The network location, as urllib.parse gives it; empty where there is none.

    >>> source_domain("https://example.com:8080/a?b")
    'example.com:8080'
    """
    found = _DOMAIN.match(url)
    return found[1] if found else ""


def without_credentials(url: str) -> str:
    """A URL without the user's name and password.

    >>> without_credentials("ftp://me:secret@example.com/a@b")
    'ftp://example.com/a@b'
    """
    if "@" not in url:
        return url
    before, *others = url.split("://")
    kept = [before]
    for part in others:
        scheme = before[len(before.rstrip(_SCHEME_SIGNS)) :]
        authority = _AUTHORITY.match(part)
        before = part
        if authority and any(sign.isalpha() for sign in scheme):
            part = part[authority[0].rfind("@") + 1 :]
        kept.append(part)
    return "://".join(kept)


def for_display(url: str) -> str:
    """A URL for messages: no credentials, and no query, where signed URLs carry theirs."""
    return _QUERY.sub("?...", without_credentials(url))
