"""The folder in which the pages' commands are run: archives, prose, models, and two finished runs of them."""

import json
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands.console import main
from tests.crawl import Page, body, write_crawl, write_responses
from tests.docs.pages import REPOSITORY, expanded
from tests.models.conftest import lm_dir, prose

__all__ = ["lm_dir"]
MENU = "Home | Products | About us | Contact the people who make these pages"
IN_NO_LANGUAGE = " ".join("".join(random.Random(n).choices("bdfgkpqvwxz", k=5)) for n in range(120))
ARCHIVES = [
    [
        Page("https://example.org/page", f"{MENU}\n{body('en', 0)}"),
        Page("https://example.org/other", f"{MENU}\n{body('en', 1)}"),
        Page("https://example.org/third", f"{MENU}\n{body('en', 2)}"),
        Page("https://short.example/", "Too short a text"),
        Page("https://none.example/", IN_NO_LANGUAGE),
    ],
    [
        Page("https://copy.example/", body("en", 0) + " And a word more."),
        Page("https://de.example/1", body("de", 3, 16)),
        Page("https://de.example/2", body("de", 4, 16)),
        Page("https://en.example/5", body("en", 5)),
        # As the prose that the models learned, so that some are head; in two sentences it is not told that
        # words are drawn.
        *(
            Page(f"https://prose{seed}.example/", prose("en", 10, seed).replace(".", "", 8))
            for seed in range(2, 12)
        ),
    ],
]
NEXT = [[Page("https://later.example/", body("en", 5)), Page("https://later.example/6", body("en", 6))]]


def run_command(words: list[str]) -> None:
    """Run `ccnet-lite ...` as it is written, in this process."""
    assert words[0] == "ccnet-lite"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", expanded(words))
        main()
    assert (ended.value.code or 0) == 0, words


@pytest.fixture(scope="module")
def world(spark: SparkSession, lm_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives, lists, prose, models and a test set in folders of their names, and the runs out/ and scored/."""
    folder = tmp_path_factory.mktemp("world")
    write_crawl(folder / "archives", ARCHIVES)
    write_crawl(folder / "next", NEXT)
    (folder / "conf").symlink_to(REPOSITORY / "conf")
    shutil.copytree(lm_dir, folder / "models" / "lm")
    (folder / "prose").mkdir()
    (folder / "prose" / "en.txt").write_text(prose("en", 100), encoding="utf-8")
    sides = (
        ("good", [prose("en", 12, seed) for seed in range(500)]),
        ("bad", [body("en", n, 12) for n in range(500)]),
    )
    for side, texts in sides:
        (folder / side).mkdir()
        lines = [json.dumps({"text": text}) for text in texts]
        (folder / side / "en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for path, text in (("ut1/adult/domains", "copy.example\n"), ("toxic/en", "beastly\n")):
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "robotstxt").mkdir()
    said = b"User-agent: GPTBot\nDisallow: /\n"
    found = [("https://example.org/robots.txt", "2024-06-01T00:00:00Z", "200 OK", said, {})]
    write_responses(folder / "robotstxt" / "one.warc.gz", found)
    question = {"question": body("en", 1).split("\n")[1]}
    (folder / "test.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        read = ["ccnet-lite", "run", "--input", "archives/*.warc.wet.gz"]
        run_command([*read, "--output", "out"])
        run_command([*read, "--output", "scored", "--set", "quality.lm_dir=models/lm"])
    return folder


@pytest.fixture
def in_world(world: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, to stand in."""
    monkeypatch.chdir(world)
    yield world
