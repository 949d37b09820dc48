"""Lists in UT1's layout: hosts with those below them, beginnings of URLs; files as people leave them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.quality.robots_table import SCHEMA, RobotsTable, to_policy
from ccnet_lite.quality.url_lists import UrlLists, url_prefixes
from ccnet_lite.quality.word_lists import url_words
from ccnet_lite.text.robots import restrictions


@pytest.fixture
def lists(tmp_path: Path) -> UrlLists:
    for name, file, text in (
        ("adult", "domains", "Bad.example\r\n\n# a comment\n10.1.2.3\n"),
        ("adult", "urls", "host.example/~user/pics/\nhost.example/a?b=1\n"),
        ("games", "domains", "play.example\nbad.example"),
    ):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / file).write_bytes(text.encode())
    (tmp_path / "README").write_text("no category")
    return UrlLists(tmp_path)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://bad.example/", ["adult", "games"]),
        ("http://WWW.BAD.example:8080", ["adult", "games"]),
        ("https://a.b.bad.example/x?y", ["adult", "games"]),
        ("https://notbad.example/", []),
        ("https://bad.example.org/", []),
        ("https://me:word@play.example/", ["games"]),
        ("http://10.1.2.3/x", ["adult"]),
        ("https://host.example/~user/pics/one.html", ["adult"]),
        ("https://www.host.example/~user/pics", ["adult"]),
        ("https://host.example/~user/picsandmore", []),
        ("https://host.example/~user", []),
        ("https://host.example/a?b=1&c=2", ["adult"]),
        ("https://host.example/a?b=10", []),
        ("", []),
        ("no url at all", []),
        ("https://", []),
    ],
)
def test_which_categories_hold_a_url(lists: UrlLists, url: str, found: list[str]) -> None:
    assert lists.find(["https://other.example/", url]) == [[], found]


def test_entries_and_what_is_no_folder_of_lists(lists: UrlLists, tmp_path: Path) -> None:
    assert (lists.categories, lists.entries) == (["adult", "games"], 6)
    with pytest.raises(UserError, match="holds no category"):
        UrlLists(tmp_path / "adult")
    with pytest.raises(UserError, match="is no folder"):
        UrlLists(tmp_path / "none")


def test_few_beginnings_are_looked_up_of_a_long_url() -> None:
    assert len(list(url_prefixes("a.example", "/x" * 10_000))) < 40


def test_words(tmp_path: Path) -> None:
    assert url_words("adult").count(["https://xxx.example/", "https://essex.example/"])[2].tolist() == [1.0, 0.0]
    (tmp_path / "w.txt").write_text("# mine\ncasino 0.7\nspam\n*pill*\t0.2\n")
    (tmp_path / "w.toml").write_text('[words]\ncasino = 0.7\n"*pill*" = 0.2\n')
    for name, expected in (("w.txt", 1.9), ("w.toml", 0.9)):
        (weight,) = url_words(str(tmp_path / name)).count(["https://casino.example/spam/pillbox"])[2]
        assert weight == pytest.approx(expected)
    (tmp_path / "bad.txt").write_text("casino heavy\n")
    with pytest.raises(UserError, match="give a word a line"):
        url_words(str(tmp_path / "bad.txt"))
    with pytest.raises(UserError, match="does not exist"):
        url_words(str(tmp_path / "none.txt"))


def test_paths_of_urls_are_asked_in_one_form(tmp_path: Path) -> None:
    policy = to_policy(restrictions("User-agent: GPTBot\nDisallow: /\u00fc/\nDisallow: /~a".encode(), ["GPTBot"]))
    rows = [{"host": "a.example", "date": "", "policy": policy}]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), tmp_path / "r.parquet")
    urls = [
        "https://a.example/%c3%bc/x",
        "https://a.example/\u00fc/x",
        "https://a.example/%7ea",
        "https://a.example/u",
    ]
    assert RobotsTable(tmp_path / "r.parquet").agents_shut_out(urls) == [["GPTBot"]] * 3 + [[]]


def test_what_is_no_table_of_robots(tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_bytes(b"no table")
    with pytest.raises(UserError, match="give what ccnet-lite robots wrote"):
        RobotsTable(tmp_path / "r.parquet")
