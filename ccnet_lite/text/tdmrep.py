"""tdmrep.json of the W3C community group's TDM Reservation Protocol: paths of a host whose mining is reserved.

A list of {"location": pattern, "tdm-reservation": 0 or 1}, the first that fits a path decides. Patterns are those
of robots.txt. Not handled: policies (tdm-policy), which say under which terms it may be mined after all.
"""

import json
from collections.abc import Iterable
from typing import Any

from ccnet_lite.text.robots import MAX_BYTES, MAX_RULE_CHARS, MAX_RULES, fits, normal_path

PATH = "/.well-known/tdmrep.json"
TDM = "tdm"
"""Stands for an agent in groups of such files, which are for anybody."""


def reservations(content: bytes) -> tuple[str, ...]:
    r"""Rules in their order, `-/a` reserves and `+/a` does not; none where it reserves nothing.

    >>> reservations(b'[{"location": "/free/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]')
    ('+/free/', '-/')
    """
    try:
        said: Any = json.loads(content[:MAX_BYTES].decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return ()
    rules = []
    for each in said if isinstance(said, list) else [said]:
        if not isinstance(each, dict):
            continue
        place, value = each.get("location"), str(each.get("tdm-reservation")).strip()
        if not isinstance(place, str) or not place.startswith(("/", "*")) or len(place) > MAX_RULE_CHARS:
            continue
        if value in ("0", "1"):
            rules.append(("-" if value == "1" else "+") + normal_path(place, pattern=True))
    kept = tuple(dict.fromkeys(rules))[:MAX_RULES]
    return kept if any(rule.startswith("-") for rule in kept) else ()


def reserved(rules: Iterable[str], path: str) -> bool:
    """Whether rules reserve a path (with its query), which is in its normal form (`robots.normal_path`).

    >>> [reserved(("+/free/", "-/"), path) for path in ("/free/a", "/a")], reserved(("-/a",), "/b")
    ([False, True], False)
    """
    return next((rule[0] == "-" for rule in rules if fits(rule[1:], path or "/")), False)
