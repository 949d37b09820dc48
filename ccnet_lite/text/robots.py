"""robots.txt by RFC 9309: groups of rules by user agent, and whether a path is disallowed.

Groups of one agent are one; the longest rule that fits decides, of two as long the one that allows; `*` stands for
anything, a final `$` for the end. Of a file the first MAX_BYTES count, as for Google. Linear in the file; a rule
takes at most its length times the path's. Not handled: crawl delays, sitemaps, Unicode written in other forms.
"""

from collections.abc import Iterable
from typing import NamedTuple

MAX_BYTES = 500 * 1024
MAX_RULES = 500
"""Of a group that are kept, the shortest first: what has more disallows single pages."""
MAX_RULE_CHARS = 500
ANYBODY = "*"


class Group(NamedTuple):
    """Agents as they were asked for, and their rules: `-/private` disallows, `+/private/open` allows."""

    agents: tuple[str, ...]
    rules: tuple[str, ...]


def restrictions(content: bytes, agents: Iterable[str], wildcard: bool = False) -> list[Group]:
    r"""What a robots.txt disallows to some agents, those with the same rules together.

    wildcard: whether the rules for anybody (`*`) count for an agent that is not named.

    >>> restrictions(b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /", ["GPTBot"])
    [Group(agents=('GPTBot',), rules=('-/',))]
    """
    by_agent = _groups(content[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))
    found: dict[tuple[str, ...], list[str]] = {}
    for agent in agents:
        rules = by_agent.get(agent.lower())
        if rules is None and wildcard:
            rules = by_agent.get(ANYBODY)
        if rules and any(rule.startswith("-") for rule in rules):
            kept = sorted(dict.fromkeys(rules), key=lambda rule: (len(rule), rule))[:MAX_RULES]
            found.setdefault(tuple(kept), []).append(agent)
    return [Group(tuple(named), rules) for rules, named in found.items()]


def _groups(text: str) -> dict[str, list[str]]:
    """The rules of each agent, by its name in lower case."""
    by_agent: dict[str, list[str]] = {}
    current: list[str] = []
    naming = False
    for line in text.replace("\r", "\n").split("\n"):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key in ("user-agent", "useragent"):
            current = [*current, value.lower()] if naming and len(current) < 1000 else [value.lower()]
            by_agent.setdefault(_token(value), [])
            naming = True
        elif key in ("allow", "disallow"):
            naming = False
            if value and len(value) <= MAX_RULE_CHARS and value[0] in "/*":
                for agent in dict.fromkeys(_token(name) for name in current):
                    by_agent[agent].append(("+" if key == "allow" else "-") + value)
    return by_agent


def _token(agent: str) -> str:
    """The part of a user agent that names it: `GPTBot/1.0` is gptbot."""
    return agent.strip().lower().partition("/")[0].strip() or agent.strip().lower()


def disallowed(rules: Iterable[str], path: str) -> bool:
    """Whether rules of a group disallow a path (with its query), as it stands in a URL.

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
