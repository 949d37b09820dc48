"""robots.txt by the examples of RFC 9309, and against protego where it is installed."""

import random

import pytest

from ccnet_lite.text.robots import MAX_BYTES, disallowed, fits, normal_path, restrictions


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


@pytest.mark.parametrize(
    ("rule", "path", "fitting"),
    [
        ("/~a/", "/%7Ea/x", True),
        ("/%7Ea/", "/~a/x", True),
        ("/\u00fc/", "/%C3%BC/x", True),
        ("/%c3%bc/", "/\u00fc/x", True),
        ("/a/b", "/a%2Fb", False),
        ("/a%2Fb", "/a%2fb", True),
        ("/a$b", "/a$b", True),
        ("/%2A", "/x", False),
        ("/%2A", "/*", True),
        ("/*.\u00fc$", "/x.%c3%bc", True),
    ],
)
def test_paths_in_one_form_of_percent_encoding(rule: str, path: str, fitting: bool) -> None:
    (group,) = restrictions(f"User-agent: GPTBot\nDisallow: {rule}".encode(), ["GPTBot"])
    assert disallowed(group.rules, normal_path(path)) is fitting


@pytest.mark.parametrize(
    "text",
    [
        b"User-agent: GPTBot Crawler\nDisallow: /",
        b"User-agent: CCBot, GPTBot\nDisallow: /",
        b"User-agent: GPTBot*\nDisallow: /",
        b"User-agent GPTBot\nDisallow /",
        b"User agent: GPTBot\nDissallow: /",
        "\ufeffUser-agent: GPTBot\r\nDisallow: /".encode("utf-16-le"),
    ],
)
def test_what_people_write_for_it(text: bytes) -> None:
    assert [group.rules for group in restrictions(text, ["GPTBot"])] == [("-/",)]
    assert restrictions(text, ["GPTBat"]) == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /", [("-/",)]),
        ("User-agent: *\nAllow: /\nContent-Signal: ai-train=yes", []),
        ("User-agent: Googlebot\nContent-Signal: ai-train=no", []),
        ("User-agent: GPTBot\nContent-Usage: /art train-ai=n", [("-/art",)]),
        ("Content-Usage: search=n", []),
        ("Content-Usage: bots=n\nContent-Usage: /open train-ai=y, bots=n", [("-/", "+/open")]),
    ],
)
def test_lines_on_training(text: str, rules: list[tuple[str, ...]]) -> None:
    found = restrictions(text.encode(), ["GPTBot", "Content-Signal", "Content-Usage"], wildcard=True)
    assert [group.rules for group in found] == rules
    assert restrictions(text.encode(), ["GPTBot"], wildcard=True) == []


def test_rules_for_anybody_say_nothing_of_training() -> None:
    found = restrictions(b"User-agent: *\nDisallow: /private", ["GPTBot", "Content-Signal"], wildcard=True)
    assert [group.agents for group in found] == [("GPTBot",)]


def test_many_rules_of_an_agent() -> None:
    text = (
        "User-agent: GPTBot\n" + "".join(f"Disallow: /a{number}\n" for number in range(1000)) + "Allow: /a1/open"
    )
    (group,) = restrictions(text.encode(), ["GPTBot"])
    assert disallowed(group.rules, "/a999") and not disallowed(group.rules, "/a1/open")


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


def test_lines_that_link_a_licence_count_wherever_they_stand() -> None:
    text = b"User-agent: Googlebot\nAllow: /\nLicense: https://a.example/license.xml\n"
    assert restrictions(text, ["CCBot", "License"]) == [(("License",), ("-/",))]
    assert restrictions(text, ["CCBot"]) == []
    assert restrictions(b"License: MIT\nLicense:\n", ["License"]) == []
    anybody = b"User-agent: *\nDisallow: /\n"
    assert restrictions(anybody, ["License", "CCBot"], wildcard=True) == [(("CCBot",), ("-/",))]
