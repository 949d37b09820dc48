"""robots.txt by the examples of RFC 9309, and against protego where it is installed."""

import random

import pytest

from ccnet_lite.text.robots import MAX_BYTES, disallowed, fits, restrictions


@pytest.mark.parametrize(
    ("pattern", "path", "fitting"),
    [
        ("/", "/a", True),
        ("/fish", "/fish.html", True),
        ("/fish", "/Fish", False),
        ("/fish*", "/fishheads/yummy.html", True),
        ("/*.php", "/folder/filename.php?parameters", True),
        ("/*.php$", "/filename.php?parameters", False),
        ("/fish*.php", "/fishheads/catfish.php", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("*", "/", True),
        ("/a*b*a$", "/aba", True),
        ("/ab*ba$", "/aba", False),
        ("/a*$", "/abc", True),
    ],
)
def test_a_rules_path(pattern: str, path: str, fitting: bool) -> None:
    assert fits(pattern, path) is fitting


def test_the_longest_rule_decides_and_of_two_the_one_that_allows() -> None:
    assert disallowed(["-/a", "+/a/b"], "/a/c") and not disallowed(["-/a", "+/a/b"], "/a/b/c")
    assert not disallowed(["-/page", "+/page"], "/page") and not disallowed(["+/page", "-/page"], "/page")
    assert not disallowed([], "/") and disallowed(["-/"], "")


def test_groups() -> None:
    text = b"""\xef\xbb\xbf# comment
user-agent: gptbot/1.0  # a name
User-Agent: CCBot
Disallow: /
Sitemap: /x.xml
User-agent: *
Disallow: /private
User-agent: GPTBot\r\nAllow: /open
"""
    agents = ["GPTBot", "CCBot", "ClaudeBot"]
    assert [(group.agents, group.rules) for group in restrictions(text, agents)] == [
        (("GPTBot",), ("-/", "+/open")),
        (("CCBot",), ("-/",)),
    ]
    (*_, anybody) = restrictions(text, agents, wildcard=True)
    assert anybody == (("ClaudeBot",), ("-/private",))
    assert restrictions(b"User-agent: CCBot\nDisallow:\n", agents) == []
    assert restrictions(b"x" * MAX_BYTES + b"\nUser-agent: CCBot\nDisallow: /\n", agents) == []


def test_against_protego() -> None:
    protego = pytest.importorskip("protego")
    rng = random.Random(3)
    checked = 0
    for _ in range(300):
        lines = []
        for agent in rng.sample(["GPTBot", "CCBot", "OtherBot", "*"], 3):
            lines.append(f"User-agent: {agent}")
            for _ in range(rng.randrange(1, 5)):
                path = "/" + "".join(rng.choices("ab/*$.", k=rng.randrange(1, 6))).rstrip("$")
                lines.append(f"{rng.choice(['Allow', 'Disallow'])}: {path.replace('$', '')}")
        text = "\n".join(lines)
        theirs = protego.Protego.parse(text)
        groups = restrictions(text.encode(), ["GPTBot"], wildcard=True)
        for _ in range(10):
            path = "/" + "".join(rng.choices("ab/.", k=rng.randrange(0, 6)))
            ours = any(disallowed(group.rules, path) for group in groups)
            assert ours is not theirs.can_fetch(f"https://a.example{path}", "GPTBot"), (text, path)
            checked += ours
    assert checked > 100
