"""A run with lists of URLs, a table of robots.txt, toxic words and masks: who goes, why, and the text again."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished.minify import minify
from ccnet_lite.finished.rebuild import rebuild
from ccnet_lite.quality.robots_table import RobotsTable
from ccnet_lite.run.languages import robots_notes
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import AI_AGENTS, load_settings
from ccnet_lite.stages.robots import write_robots
from tests.crawl import Page, body, write_crawl, write_responses


def column(folder: Path, table: str, *names: str) -> list[tuple[object, ...]]:
    rows = ds.dataset(folder / table, format="parquet", exclude_invalid_files=True).to_table(columns=[*names])
    return sorted(zip(*(each.to_pylist() for each in rows.columns), strict=True), key=str)


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    ends = {3: " Write to ann@mail.example.org or look at 83.12.44.190 for more.", 4: " A beastly word."}
    pages = [
        Page("https://a.example/fr/0", body("en", 0)),
        Page("https://sub.bad.example/1", body("en", 1)),
        Page("https://shut.example/in/2", body("en", 2)),
        Page("https://shut.example/open/3", body("en", 3) + ends[3]),
        Page("https://b.example/4", body("en", 4) + ends[4]),
        Page("https://xxx.example/5", body("en", 5)),
        Page("https://opened.example/6", body("en", 6)),
        Page("https://reserved.example/mine/7", body("en", 7)),
        Page("https://licensed.example/8", body("en", 8)),
    ]
    write_crawl(folder / "crawl", [pages])
    for path, text in (
        ("lists/adult/domains", "bad.example\n"),
        ("lists/games/domains", "b.example\n"),
        ("toxic/en", "beastly word\nugly\n"),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    shut = b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\nAllow: /open/\n"
    old, new = "2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z"
    write_responses(
        folder / "one.warc.gz",
        [
            ("https://shut.example/robots.txt", new, "200 OK", shut, {}),
            ("https://opened.example/robots.txt", old, "200 OK", shut, {}),
            ("https://b.example/robots.txt", old, "200 OK", b"User-agent: *\nDisallow: /\n", {}),
            ("https://a.example/elsewhere/robots.txt", new, "200 OK", shut, {}),
        ],
    )
    write_responses(
        folder / "two.warc.gz",
        [
            ("http://opened.example/robots.txt", new, "404 Not Found", b"", {}),
            ("https://shut.example/robots.txt", old, "200 OK", b"User-agent: *\nAllow: /\n", {}),
            ("https://shut.example/robots.txt", new, "503 Busy", b"", {}),
        ],
    )
    well_known = "/.well-known/tdmrep.json"
    reserves = b'[{"location": "/mine/", "tdm-reservation": 1}]'
    namespace = 'xmlns="https://rslstandard.org/rsl"'
    paid = f'<rsl {namespace}><content url="/"><license><payment type="crawl"/></license></content></rsl>'.encode()
    write_responses(
        folder / "three.warc.gz",
        [
            (f"https://reserved.example{well_known}", new, "200 OK", reserves, {}),
            ("https://reserved.example/robots.txt", new, "200 OK", b"License: https://c.example/l.xml\n", {}),
            ("https://licensed.example/license.xml", new, "200 OK", paid, {}),
            ("https://licensed.example/terms", old, "200 OK", paid, {"Content-Type": "application/rsl+xml"}),
            ("https://opened.example/rsl.xml", old, "200 OK", paid, {}),
            ("https://opened.example/rsl.xml", new, "200 OK", b"<html>", {}),
            ("https://shut.example/sitemap.xml", new, "200 OK", paid, {}),
            (f"https://b.example/x{well_known}", new, "200 OK", reserves.replace(b"mine/", b""), {}),
        ],
    )
    shards = resolve_inputs([f"{folder}/*.warc.gz"], load_settings(None).source)
    source = load_settings(None).source
    assert write_robots(spark, shards, source, AI_AGENTS, False, folder / "robots.parquet") == 3
    assert write_robots(spark, shards, source, AI_AGENTS, True, folder / "all.parquet") == 4
    linking = (*AI_AGENTS, "License")
    assert write_robots(spark, shards, source, linking, False, folder / "linking.parquet") == 3
    settings = load_settings(None, overrides(folder))
    run_pipeline(settings, crawl(folder), str(folder / "out"), JOBS[0], JOBS[-1])
    return folder


def overrides(folder: Path) -> list[str]:
    return [
        *(f"urls.lists={folder}/lists", "urls.drop=adult", "urls.words=adult", f"toxicity.lists={folder}/toxic"),
        *(f"opt_out.robots={folder}/robots.parquet", "opt_out.respect=robots,tdm,rsl"),
        *("pii.mode=mask", "pii.kinds=email,ip"),
    ]


def crawl(folder: Path) -> list:  # type: ignore[type-arg]
    return list(resolve_inputs([f"{folder}/crawl/*.gz"], load_settings(None).source))


def test_who_goes_and_why(folder: Path) -> None:
    ledger = dict(column(folder / "out", "ledger", "url", "rule"))
    assert {url: rule for url, rule in ledger.items() if url and rule} == {
        "https://sub.bad.example/1": "url_category_adult",
        "https://shut.example/in/2": "opted_out_robots",
        "https://xxx.example/5": "url_words_above",
        "https://reserved.example/mine/7": "opted_out_tdm",
        "https://licensed.example/8": "opted_out_rsl",
    }
    assert len(ledger) == 10  # and the record of warcinfo


def test_signals(folder: Path) -> None:
    names = ("position", "url_language", "url_categories", "url_word_weight", "opted_out", "toxic_words")
    rows = {row[0]: row[1:] for row in column(folder / "out", "signals", *names)}
    assert rows[0] == ("fra", None, 0.0, None, 0)
    assert rows[1] == (None, "adult", 0.0, None, 0)
    assert rows[2] == (None, None, 0.0, "robots:CCBot robots:GPTBot", 0)
    assert rows[3][3] is None
    assert rows[4] == (None, "games", 0.0, None, 1)
    assert rows[5][2] == 1.0 and rows[6][3] is None
    assert rows[7][3] == "tdm" and rows[8][3] == "rsl"


def test_masks_stand_in_the_corpus_and_are_made_again(folder: Path) -> None:
    rows = column(folder / "out", "corpus", "url", "text", "pii", "length")
    assert len(rows) == 4 and all(len(str(text)) == length for _, text, _, length in rows)
    ((text, pii),) = [(str(text), str(pii)) for url, text, pii, _ in rows if str(url).endswith("/3")]
    assert "Write to email@example.com or look at 192.0.2.1 for" in text and "ann@" not in text
    marks = json.loads(pii)
    assert [(kind, text[start:end], before) for kind, start, end, before in marks] == [
        ("email", "email@example.com", 20),
        ("ip", "192.0.2.1", 12),
    ]
    assert {pii for url, _, pii, _ in rows if not str(url).endswith("/3")} == {"[]"}
    spark = load_settings(None).spark
    minify(str(folder / "out"), str(folder / "mini"), spark)
    rebuild(str(folder / "mini"), crawl(folder), str(folder / "again"), spark)
    assert column(folder / "again", "corpus", "url", "text", "pii", "length") == rows


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("urls.drop=none", "urls.drop: .* has adult, games, and no none"),
        ("urls.lists=", "urls.drop names adult, and urls.lists no lists"),
        ("urls.words=nowhere.txt", "urls.words: .*nowhere.txt does not exist"),
        ("opt_out.robots=nowhere", "opt_out.robots: .*nowhere.*give what ccnet-lite robots wrote"),
        ("toxicity.lists=nowhere", "toxicity.lists: .*nowhere holds no list"),
        ("urls.lists=s3://b/lists", "lies in an object store"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_starts(folder: Path, override: str, message: str) -> None:
    settings = load_settings(None, [*overrides(folder), override])
    with pytest.raises(UserError, match=message):
        run_pipeline(settings, crawl(folder), str(folder / "none"), JOBS[0], JOBS[-1])


def test_the_table_of_robots(folder: Path) -> None:
    table = pa.parquet.read_table(folder / "robots.parquet").to_pylist()
    policy = [[["CCBot", "GPTBot"], ["-/", "+/open/"]]]
    assert [(row["host"], json.loads(row["policy"])) for row in table] == [
        ("licensed.example", [[["rsl"], ["-/"]]]),
        ("reserved.example", [[["tdm"], ["-/mine/"]]]),
        ("shut.example", policy),
    ]
    linking = RobotsTable(folder / "linking.parquet")
    urls = ["https://reserved.example/mine/7", "https://reserved.example/", "https://licensed.example/8"]
    assert linking.agents_shut_out(urls) == [["License", "tdm"], ["License"], ["rsl"]]
    assert not list(folder.glob(".*.part"))
    lists = {"opt_out.robots": str(folder / "robots.parquet")}
    assert robots_notes(load_settings(None, overrides(folder)), lists) == []
    (note,) = robots_notes(load_settings(None, [*overrides(folder), "opt_out.agents=GPTBot,PerplexityBot"]), lists)
    assert "was made without PerplexityBot, whose rules do not count" in note.text
