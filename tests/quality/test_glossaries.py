"""Thesauri, told from keyword lists by heads in the order of the alphabet."""

from random import Random

import pytest

from ccnet_lite.quality.glossaries import LEAST_LINES, MOST_LINES, is_glossary
from ccnet_lite.quality.heuristics import measure

WORDS = [
    "amble",
    "brisk",
    "calm",
    "dainty",
    "eager",
    "faint",
    "gentle",
    "hasty",
    "idle",
    "jolly",
    "keen",
    "lively",
    "merry",
    "nimble",
    "odd",
    "plain",
    "quick",
    "rapid",
    "silent",
    "tender",
    "urgent",
    "vivid",
    "weary",
    "young",
    "zesty",
    "swift",
    "slow",
    "grand",
    "light",
    "heavy",
]


def thesaurus(sign: str = ": ", n: int = 26) -> list[str]:
    rng = Random(1)
    return [f"{word}{sign}{', '.join(rng.sample(WORDS, 6))}" for word in sorted(WORDS)[:n]]


@pytest.mark.parametrize("sign", [": ", " — ", " – ", "："])
def test_a_thesaurus_is_no_list_of_keywords(sign: str) -> None:
    lines = thesaurus(sign)
    assert is_glossary("\n".join(lines))
    assert measure(["\n".join(lines)])["keyword_share"].to_pylist() == [0.0]


@pytest.mark.parametrize(
    "lines",
    [
        [line.replace(":", ",") for line in thesaurus()],  # no heads
        thesaurus()[::-1],
        [f"cheap hotels in the town of {line}" for line in thesaurus()],  # no heads of few words
        [f"shop: {line.replace(':', '')}" for line in thesaurus()],  # always the same
        thesaurus()[: LEAST_LINES - 1],
        [*thesaurus(), *(f"{word} {word}, and nothing else" for word in WORDS[:4])],  # more than a tenth without
    ],
)
def test_what_is_none(lines: list[str]) -> None:
    assert not is_glossary("\n".join(lines))


def test_keywords_without_heads_are_dropped_as_before() -> None:
    lines = [line.replace(":", ",") for line in thesaurus()]
    assert measure(["\n".join(lines)])["keyword_share"][0].as_py() > 0.25


def test_as_many_lines_as_are_looked_at() -> None:
    lines = [f"{n:06}a: b" for n in range(MOST_LINES)]
    assert is_glossary("\n".join([*lines, *["no head"] * MOST_LINES]))
    assert not is_glossary("\n".join(["no head"] * MOST_LINES + lines))
