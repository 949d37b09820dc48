"""Lists in UT1's layout: hosts with those below them, beginnings of URLs; files as people leave them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.quality.robots_table import SCHEMA, RobotsTable, to_policy
from ccnet_lite.quality.url_lists import UrlLists, url_prefixes
from ccnet_lite.quality.word_lists import url_words
from ccnet_lite.text.hosts import readable
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


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("0.0.0.0 hosts.example # of a hosts file", "https://a.hosts.example/"),
        ("127.0.0.1\thosts.example", "https://hosts.example/"),
        ("||blocked.example^$third-party", "https://blocked.example/x"),
        ("*.star.example", "https://a.star.example/"),
        (".dot.example", "https://dot.example/"),
        ("https://scheme.example:8080/", "https://scheme.example:9090/"),
        ("пример.рф", "https://xn--e1afmkfd.xn--p1ai/путь"),
        ("xn--e1afmkfd.xn--p1ai", "https://Пример.РФ:8080/"),
        ("\ufeffmarked.example", "https://marked.example./"),
        ("[2001:db8::1]", "http://[2001:db8::1]:8080/x"),
    ],
)
def test_lines_as_people_keep_them(tmp_path: Path, line: str, url: str) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "domains").write_text(f"first.example\n{line}\nlast.example\n", encoding="utf-8")
    found = UrlLists(tmp_path).find([url, "https://first.example/", "https://last.example", "https://no.example/"])
    assert found == [["some"]] * 3 + [[]]


def test_lines_that_are_no_entries(tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "domains").write_text("! title\n[Adblock]\n@@||a.example^\n \t\n0.0.0.0\na.example\n")
    assert UrlLists(tmp_path).entries == 2  # an address alone is a host


def weight_of(*urls: str) -> list[float]:
    return [round(each, 1) for each in url_words("adult").count([readable(url) for url in urls])[2].tolist()]


def test_words_of_urls_in_any_writing() -> None:
    assert weight_of("https://a.ru/%D0%BF%D0%BE%D1%80%D0%BD%D0%BE/1", "https://xn--m1abbbg.xn--p1ai/") == [
        1.0,
        1.0,
    ]
    assert weight_of("https://a.xxx/1", "https://xxx.a.org/", "https://a.org/free-xxx-1") == [1.0, 1.0, 1.0]


def test_words_that_news_use_weigh_little() -> None:
    urls = [
        "https://a.org/wiki/Super_Bowl_XXX",
        "https://a.ph/news/afp-milf-peace-talks",
        "https://a.org/revenge-porn-law",
    ]
    assert (
        max(weight_of(*urls, "https://a.org/sex-education-for-adult-learners", "https://a.org/food_porn")) <= 0.4
    )
    assert weight_of("https://a.org/porn/1", "https://a.org/revenge-porn-and-porn") == [1.0, 1.0]
