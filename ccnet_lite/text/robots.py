"""robots.txt by RFC 9309: groups of rules by user agent, and whether a path is disallowed.

Groups of one agent are one; the longest rule that fits decides, of two as long the one that allows; `*` stands
for anything, a final `$` for the end. Paths are compared in one form of percent-encoding. Of a file the first
MAX_BYTES count, and mistakes in writing are forgiven, as Google's parser does both. Linear in the file; a rule
takes at most its length times the path's. Not handled: crawl delays, sitemaps, Unicode in other forms.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ccnet_lite.text.usage import SIGNALS, forbids_training

LICENSE = "license"
"""The name of lines that link a licence by RSL, which is for anybody wherever it stands."""
MAX_BYTES = 500 * 1024
MAX_RULES = 2_000
"""Of a group that are kept, the shortest first: what has more disallows single pages."""
MAX_RULE_CHARS = 500
ANYBODY = "*"
_AGENT_KEYS = ("user-agent", "useragent", "user agent")
_DISALLOW_KEYS = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
"""`disallow` and how it is misspelt, by Google's parser."""
_NAME = re.compile(r"[a-z0-9_.!-]+|\*(?=\s|$)")
_TWO_WORDS = re.compile(r"([A-Za-z-]+)[ \t]+(\S+)$")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})|[*$]|[^\x00-\x7f]+")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


class Group(NamedTuple):
    """Agents as they were asked for, and their rules: `-/private` disallows, `+/private/open` allows."""

    agents: tuple[str, ...]
    rules: tuple[str, ...]


def restrictions(content: bytes, agents: Iterable[str], wildcard: bool = False) -> list[Group]:
    r"""What a robots.txt disallows to some agents, those with the same rules together.

    An agent may be one of usage.SIGNALS: it stands for lines of that name which forbid training. They count in
    groups for anybody (`*`) or for one of the agents, and before all groups. LICENSE: lines that link one.
    wildcard: whether the rules for anybody count for an agent that is not named.

    >>> restrictions(b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /", ["GPTBot"])
    [Group(agents=('GPTBot',), rules=('-/',))]
    """
    asked = list(agents)
    by_agent = _groups(decoded(content[:MAX_BYTES]), {agent.lower() for agent in asked} | {ANYBODY})
    found: dict[tuple[str, ...], list[str]] = {}
    for agent in asked:
        rules = by_agent.get(agent.lower())
        if rules is None and wildcard and agent.lower() not in (*SIGNALS, LICENSE):
            rules = by_agent.get(ANYBODY)
        if rules and any(rule.startswith("-") for rule in rules):
            kept = sorted(dict.fromkeys(rules), key=lambda rule: (len(rule), rule))[:MAX_RULES]
            found.setdefault(tuple(kept), []).append(agent)
    return [Group(tuple(named), rules) for rules, named in found.items()]


def decoded(content: bytes) -> str:
    """A file's text: UTF-8, or UTF-16 where the file begins with its mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def _groups(text: str, heard: AbstractSet[str]) -> dict[str, list[str]]:
    """The rules of each agent, by its name in lower case, and of SIGNALS, from groups of agents that are heard."""
    by_agent: dict[str, list[str]] = {}
    current: list[str] = []
    naming = False
    for key, value in _fields(text):
        if key in _AGENT_KEYS:
            current = [*current, *_names(value)] if naming and len(current) < 1000 else _names(value)
            for agent in current:
                by_agent.setdefault(agent, [])
            naming = True
        elif key == "allow" or key in _DISALLOW_KEYS:
            naming = False
            if value and len(value) <= MAX_RULE_CHARS and value[0] in "/*":
                for agent in dict.fromkeys(current):
                    by_agent[agent].append(("+" if key == "allow" else "-") + normal_path(value, pattern=True))
        elif key in SIGNALS and (not current or not heard.isdisjoint(current)):
            path, _, said = value.partition(" ") if value[:1] == "/" else ("/", "", value)
            forbidden = forbids_training(said)
            if forbidden is not None and len(path) <= MAX_RULE_CHARS:
                by_agent.setdefault(key, []).append(("-" if forbidden else "+") + normal_path(path, pattern=True))
        elif key == LICENSE and value.lower().startswith(("http://", "https://", "/")):
            by_agent.setdefault(key, []).append("-/")
    return by_agent


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Keys in lower case and values of lines; between the two words of a line the colon may be missing."""
    for line in text.replace("\r", "\n").split("\n"):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()
        elif words := _TWO_WORDS.match(key.strip()):
            yield words[1].lower(), words[2]


def _names(value: str) -> list[str]:
    """What names the agents of a line: `GPTBot/1.0` and `GPTBot Crawler` are gptbot; some write commas.

    >>> _names("GPTBot/1.0, Kangaroo Bot"), _names("* ")
    (['gptbot', 'kangaroo'], ['*'])
    """
    found = (_NAME.match(name.strip()) for name in value.lower().split(","))
    return [name[0] for name in found if name]


def normal_path(path: str, pattern: bool = False) -> str:
    """A path, or the pattern of a rule, in the one form of percent-encoding in which both are compared.

    Letters beyond ASCII are encoded, those that need not be are not; `*` and `$` are where they mean themselves.

    >>> normal_path("/%7euser/\u00fc$"), normal_path("/%c3%bc/*$", pattern=True), normal_path("/a%2fb")
    ('/~user/%C3%BC%24', '/%C3%BC/*$', '/a%2Fb')
    """
    if path.isascii() and "%" not in path and "$" not in path and "*" not in path:
        return path
    end = "$" if pattern and path.endswith("$") else ""

    def encoded(found: re.Match[str]) -> str:
        if found[1]:
            sign = chr(int(found[1], 16))
            return sign if sign in _UNRESERVED else found[0].upper()
        if found[0] == "*" and pattern:
            return "*"
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    return _ENCODED.sub(encoded, path.removesuffix(end) if end else path) + end


def disallowed(rules: Iterable[str], path: str) -> bool:
    """Whether rules of a group disallow a path (with its query), which is in its normal form.

    >>> [disallowed(["-/", "+/open"], path) for path in ("/a", "/open/x")], disallowed(["-/*.pdf$"], "/a.pdf?x")
    ([True, False], False)
    """
    path = path or "/"
    best, forbids = -1, False
    for rule in rules:
        length = len(rule) - 1
        if length >= best and fits(rule[1:], path):
            forbids = rule[0] == "-" and (length > best or forbids)
            best = length
    return forbids


def fits(pattern: str, path: str) -> bool:
    """Whether a rule's path is the beginning of a path.

    >>> fits("/a*c$", "/abc"), fits("/a*c$", "/abcd"), fits("/a", "/abc"), fits("/b", "/abc")
    (True, False, True, False)
    """
    closed = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not parts:
        return len(path) == len(first) or not closed
    at = len(first)
    for part in parts[:-1] if closed else parts:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not closed or (path.endswith(parts[-1]) and len(path) - len(parts[-1]) >= at)
