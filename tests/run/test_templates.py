"""Pages of one template in a run: what stays, what the ledger and explain say; equal however it is run."""

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands.explained import life_text
from ccnet_lite.finished.explain import Life, explain
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.search import find
from tests.crawl import Page, body, write_crawl
from tests.running import digests_of_run, ledger_by_url

HULL, BATH, YORK, COPY, OTHER = (f"https://{name}.example/" for name in ("hull", "bath", "york", "copy", "other"))
ON = "near_duplicates.templates=0.75"


def page(town: str, every: int = 12) -> str:
    """The text of one page, in which every few words another is filled in."""
    words = body("en", 1).split(" ")
    return " ".join(f"{town} {word}" if at % every == 4 else word for at, word in enumerate(words))


SHARDS = [
    [Page(HULL, page("Hull")), Page(OTHER, body("en", 9)), Page("https://menu.example/", "Home | About")],
    [Page(BATH, page("Bath")), Page(YORK, page("Stoke on Trent"))],
    # Two words less: a near-duplicate of Hull's page, which stands for it.
    [Page(COPY, page("Hull").rsplit(" ", 2)[0])],
]


@pytest.fixture(scope="module")
def finished(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    write_crawl(folder / "crawl", SHARDS)
    digests_of_run(f"{folder}/crawl/*.gz", folder / "run", ON)
    return folder


def life_of(finished: Path, url: str) -> Life:
    opened = open_run(str(finished / "run"))
    return explain(opened, find(opened, url)[0])


def test_one_of_a_template_stays(finished: Path) -> None:
    rows = ledger_by_url(finished / "run")
    stays = rows[YORK]["doc_id"]
    assert {url for url, row in rows.items() if row["outcome"] == "kept"} == {YORK, OTHER}
    for url in (HULL, BATH):
        row = rows[url]
        assert (row["stage"], row["rule"], row["threshold"]) == ("near_duplicates", "template", 0.75)
        assert 0.8 < row["value"] < 0.81 and row["duplicate_of"] == stays
        assert row["reason"] == f"of one template with {stays}, {row['value']:.2f} of its words"
    assert (rows[COPY]["rule"], rows[COPY]["duplicate_of"]) == ("near_duplicate", rows[HULL]["doc_id"])


def test_explain_shows_both_sides(finished: Path) -> None:
    life = life_of(finished, HULL)
    assert life.template is not None and life.template.stays is not None
    assert life.template.stays.url == YORK
    (asked,) = (asked for asked in life.rules if asked.rule == "template")
    assert asked.passed is False and asked.needs == "no other that stands for it, from 0.75 on"
    text = life_text(life, 120, 0)
    assert f"of one template with {life.template.stays.doc_id}, which has 0.80" in text
    assert "[-Hull-]" in text and "{+Stoke on Trent+}" in text
    york = life_of(finished, YORK)
    assert york.template is not None and york.template.stays is None and york.template.copies == 2
    assert sorted(each.url for each in york.template.gone) == [BATH, HULL]
    text = life_text(york, 120, 0)
    assert "2 of its template are dropped for it" in text and "[-Stoke on Trent-]" in text
    other = life_of(finished, OTHER)
    assert other.template is None and "of no other's template" in life_text(other, 120, 0)


def test_without_the_setting_nothing_is_looked_for(finished: Path) -> None:
    assert "templates" not in digests_of_run(f"{finished}/crawl/*.gz", finished / "off")
    assert {url for url, row in ledger_by_url(finished / "off").items() if row["outcome"] == "kept"} == {
        *(YORK, OTHER, HULL, BATH)
    }


@pytest.mark.parametrize(
    "more", [[], ["near_duplicates.representative=earliest"], ["near_duplicates.containment=0.95"]]
)
def test_equal_tables_however_it_is_run(finished: Path, more: list[str], tmp_path: Path) -> None:
    inputs = f"{finished}/crawl/*.gz"
    expected = digests_of_run(inputs, tmp_path / "one", ON, *more)
    # What the step itself makes, of tables that it finds: how these are made is other tests' (test_run.py).
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    shutil.rmtree(tmp_path / "other" / "templates")
    where = ("spark.global_steps=cluster", "spark.batch_rows=1")
    assert digests_of_run(inputs, tmp_path / "other", ON, *more, *where) == expected
    if more == ["near_duplicates.representative=earliest"]:
        stays = {url for url, row in ledger_by_url(tmp_path / "one").items() if row["outcome"] == "kept"}
        assert stays == {HULL, OTHER}


def test_a_threshold_that_none_meets(finished: Path, tmp_path: Path) -> None:
    digests_of_run(f"{finished}/crawl/*.gz", tmp_path / "run", "near_duplicates.templates=0.95")
    assert "template" not in {row["rule"] for row in ledger_by_url(tmp_path / "run").values()}
