"""A page inside a longer one in a run: what stays, what the ledger and explain say; equal however it is run."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.commands.explained import life_text
from ccnet_lite.finished.explain import Life, explain
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from ccnet_lite.stages import checkpoints, stand_ins
from ccnet_lite.store.places import Place
from tests.crawl import Page, body, write_crawl
from tests.running import digests_of_run, ledger_by_url

ARTICLE, COPY, PAGE, MONTH, OTHER = (
    f"https://{name}.example/" for name in ("article", "copy", "page", "month", "other")
)
INSIDE = " ".join(body("en", 1).split("\n"))
LONGER = "\n".join((body("en", 2), INSIDE, body("en", 3)))
SHARDS = [
    [Page(ARTICLE, body("en", 1)), Page(OTHER, body("en", 9)), Page("https://menu.example/", "Home | About")],
    # A word less: a near-duplicate of the article, which stands for it.
    [Page(COPY, body("en", 1).rsplit(" ", 1)[0]), Page(PAGE, LONGER)],
    [Page(MONTH, f"{body('en', 4, 40)}\n{LONGER}")],
]
WRITE = checkpoints._write
ON = "near_duplicates.containment=0.95"


def crawl(folder: Path) -> str:
    write_crawl(folder / "crawl", SHARDS)
    return f"{folder}/crawl/*.gz"


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contained")
    digests_of_run(crawl(folder), folder / "run", ON)
    return folder


def life_of(finished: Path, url: str) -> Life:
    opened = open_run(str(finished / "run"))
    return explain(opened, find(opened, url)[0])


def test_what_is_inside_goes_and_the_longest_stays(finished: Path) -> None:
    rows = ledger_by_url(finished / "run")
    ids = {url: row["doc_id"] for url, row in rows.items()}
    assert {url for url, row in rows.items() if row["outcome"] == "kept"} == {MONTH, OTHER}
    told = {
        url: (rows[url]["stage"], rows[url]["rule"], rows[url]["value"], rows[url]["threshold"])
        for url in (ARTICLE, PAGE)
    }
    assert told == dict.fromkeys((ARTICLE, PAGE), ("near_duplicates", "contained", 1.0, 0.95))
    assert {rows[url]["duplicate_of"] for url in (ARTICLE, PAGE)} == {ids[MONTH]}
    assert rows[ARTICLE]["reason"] == f"inside {ids[MONTH]}, 1.00 of it"
    assert (rows[COPY]["rule"], rows[COPY]["duplicate_of"]) == ("near_duplicate", ids[ARTICLE])
    corpus = {row["url"]: row["text"] for row in pq.read_table(finished / "run" / "corpus").to_pylist()}
    assert corpus == {MONTH: f"{body('en', 4, 40)}\n{LONGER}", OTHER: body("en", 9)}


def test_explain_says_so(finished: Path) -> None:
    life = life_of(finished, PAGE)
    assert life.inside is not None and life.inside.longer is not None
    assert (life.inside.longer.url, life.inside.longer.containment) == (MONTH, 1.0)
    (asked,) = (asked for asked in life.rules if asked.rule == "contained")
    assert (asked.passed, asked.value, asked.needs) == (False, 1.0, "no longer one that holds it, from 0.95 on")
    text = life_text(life, 120, 0)
    assert f"inside {life.inside.longer.doc_id}, which has 1.000 of its shingles and stays" in text
    month = life_of(finished, MONTH)
    assert month.inside is not None and month.inside.longer is None
    assert sorted(each.url for each in month.inside.shorter) == [ARTICLE, PAGE]
    assert "holds 2 shorter, which are dropped" in life_text(month, 120, 0)
    other = life_of(finished, OTHER)
    assert other.inside is None
    (asked,) = (asked for asked in other.rules if asked.rule == "contained")
    assert asked.passed is True and "in no longer one" in life_text(other, 120, 0)


def test_without_the_setting_nothing_is_looked_for(finished: Path, spark: SparkSession) -> None:
    digests = digests_of_run(f"{finished}/crawl/*.gz", finished / "off")
    assert "contained" not in digests
    rows = ledger_by_url(finished / "off")
    assert "contained" not in {row["rule"] for row in rows.values()}
    assert pq.read_table(finished / "off" / "signals", columns=["anchors"])["anchors"].null_count == 7 - 1


def test_equal_tables_in_batches_of_one(finished: Path, tmp_path: Path) -> None:
    expected = digests_of_run(f"{finished}/crawl/*.gz", finished / "run", ON)
    assert digests_of_run(f"{finished}/crawl/*.gz", tmp_path / "again", ON, "spark.batch_rows=1") == expected


def test_one_that_holds_others_is_not_dropped_for_lines_said_before(spark: SparkSession, tmp_path: Path) -> None:
    """Most of the page's lines stand in two articles before it; the third it holds would be lost with it."""
    first, second, third = (body("en", number) for number in (11, 12, 13))
    own = body("en", 14, 8)
    shards = [
        [
            Page("https://a.example/", f"{first}\n{own}"),
            Page("https://b.example/", f"{second}\n{body('en', 15, 8)}"),
        ],
        [Page("https://c.example/", f"{third}"), Page("https://d.example/", "\n".join((first, second, third)))],
    ]
    write_crawl(tmp_path / "crawl", shards)
    digests_of_run(f"{tmp_path}/crawl/*.gz", tmp_path / "run", ON)
    rows = {row["url"]: row for row in pq.read_table(tmp_path / "run" / "ledger").to_pylist() if row["url"]}
    assert rows["https://c.example/"]["rule"] == "contained"
    assert rows["https://d.example/"]["outcome"] == "kept"
    corpus = pq.read_table(tmp_path / "run" / "corpus").to_pylist()
    assert third in {row["url"]: row["text"] for row in corpus}["https://d.example/"]


def test_over_a_cluster_one_that_failed_goes_on_and_gives_equal_tables(
    finished: Path, spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends behind the shingles; the next run takes what stands, and gives what the driver gave."""
    expected = digests_of_run(f"{finished}/crawl/*.gz", finished / "run", ON)
    # How the tables before it are made is other tests' (test_run.py).
    shutil.copytree(finished / "run", tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "contained")
    where = "spark.global_steps=cluster"

    def fail(*_: object) -> None:
        raise RuntimeError("out of luck")

    with monkeypatch.context() as broken:
        broken.setattr(stand_ins, "star_links", fail)
        with pytest.raises(RuntimeError, match="out of luck"):
            digests_of_run(f"{finished}/crawl/*.gz", tmp_path / "run", ON, where)
    (work,) = (tmp_path / "run" / "_work").glob("contained-*")
    standing = {path: path.stat().st_mtime_ns for path in work.glob("rounds/*/checkpoint.json")}
    assert len(standing) >= 5
    with monkeypatch.context() as watched:
        watched.setattr(checkpoints, "_write", lambda frame, place: written(frame, place, standing))
        assert digests_of_run(f"{finished}/crawl/*.gz", tmp_path / "run", ON, where) == expected
    assert not (tmp_path / "run" / "_work").exists()


def written(frame: DataFrame, place: Place, standing: dict[Path, int]) -> checkpoints.Checkpoint:
    assert place.path / "checkpoint.json" not in standing
    return WRITE(frame, place)
