"""RSL (Really Simple Licensing 1.0 and its drafts): whether licences of a site grant the training of models.

An XML file of `content` elements: a pattern of paths, as robots.txt has them, and licences with the uses that they
permit and prohibit and what they cost. What one prohibits of a path no other permits (3.1.1 there); else the
longest pattern decides. Training is granted by a licence that permits it, or names no use, for nothing or for
attribution. Not handled: who asks and where (permits of type user and geo); what is said of other hosts' pages.
"""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

from ccnet_lite.text.robots import MAX_BYTES, MAX_RULE_CHARS, MAX_RULES, decoded, normal_path

NAMESPACE = "rslstandard.org/rsl"
TYPE = "application/rsl+xml"
RSL = "rsl"
"""Stands for an agent in groups of licences, which are for anybody."""
_TRAINING = frozenset(("all", "ai-all", "ai-train", "train-ai", "train-genai", "ai-training"))
"""Uses that are training or have it as a part, by the names of the standard and of its drafts."""
_FOR_NOTHING = frozenset(("free", "attribution"))
_BETWEEN = re.compile(r"[\s,]+")


def licences(content: bytes, host: str = "") -> list[tuple[str, ...]]:
    r"""Lists of rules, each of which may shut out a path by itself, as `robots.disallowed` has it.

    host: whose pages are asked about; empty: any. No list where the licences grant training, or are none.

    >>> terms = b"<license><permits>search</permits></license>"
    >>> licences(b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/">' + terms + b"</content></rsl>")
    [('-/',)]
    """
    prohibited: list[str] = []
    granted: dict[str, bool] = {}
    for element in _contents(decoded(content[:MAX_BYTES])):
        path = _path(element.get("url", ""), host)
        terms = [each for each in element if _name(each) == "license"]
        if not path or not terms:
            continue
        if any(_uses(each, "prohibits") & _TRAINING for each in terms):
            prohibited.append(f"-{path}")
        free = not element.get("server") and any(_grants(each) for each in terms)
        granted[path] = free and granted.get(path, True)
    found = tuple(("+" if free else "-") + path for path, free in granted.items())
    lists = (tuple(dict.fromkeys(prohibited))[:MAX_RULES], found[:MAX_RULES])
    return [rules for rules in dict.fromkeys(lists) if any(rule.startswith("-") for rule in rules)]


def _contents(text: str) -> list[ElementTree.Element]:
    """Elements `content` of RSL, in a file of its own or in a feed."""
    if NAMESPACE not in text or "<!DOCTYPE" in text:  # whose entities expand
        return []
    try:
        root = ElementTree.fromstring(text.strip())
    except (ElementTree.ParseError, ValueError):
        return []
    return [each for each in root.iter() if _name(each) == "content" and NAMESPACE in str(each.tag)]


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _path(url: str, host: str) -> str:
    """The pattern of a content's paths; empty where it speaks of another host, or of no path."""
    url = url.strip()
    if "://" in url[:10]:
        try:
            split = urlsplit(url)
        except ValueError:
            return ""
        if host not in ("", split.netloc.lower().removesuffix(":443").removesuffix(":80")):
            return ""
        url = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return normal_path(url, pattern=True) if url.startswith(("/", "*")) and len(url) <= MAX_RULE_CHARS else ""


def _uses(licence: ElementTree.Element, name: str) -> set[str]:
    """Uses that a licence permits or prohibits, in small letters."""
    said = (each.text or "" for each in licence if _name(each) == name and each.get("type", "usage") == "usage")
    return {use for text in said for use in _BETWEEN.split(text.lower()) if use}


def _grants(licence: ElementTree.Element) -> bool:
    uses = _uses(licence, "permits")
    costs = {each.get("type", "free").lower() for each in licence if _name(each) == "payment"}
    prohibited = _uses(licence, "prohibits") & _TRAINING
    return not prohibited and (not uses or bool(uses & _TRAINING)) and costs <= _FOR_NOTHING
