"""What the report of a run says, read from the HTML and counted anew by DuckDB from the tables."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.finished.opened import open_run
from ccnet_lite.report.of_run import report
from ccnet_lite.run.funnel import build_funnel
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.sample import make_sample
from ccnet_lite.settings import load_settings

pytestmark = pytest.mark.slow
THRESHOLD = 0.6
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the sample crawl: languages below the threshold, near-duplicates, spam, bullets."""
    folder = tmp_path_factory.mktemp("report")
    make_sample(folder / "crawl", 500, 3, 1)
    wanted = [f"language.threshold={THRESHOLD}", "language.drop=eo", "ingest.max_bad_fraction=0.5"]
    settings = load_settings(None, wanted)
    shards = resolve_inputs([str(folder / "crawl" / "*.gz")], settings.source)
    run_pipeline(settings, shards, str(folder / "out"), finish=report)
    return folder / "out"


@pytest.fixture(scope="module")
def page(run: Path) -> Any:
    return lxml_html.document_fromstring((run / "report" / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ask(run: Path) -> Query:
    """DuckDB over the tables; `fates` has of each record its language as the report should have it."""
    base = duckdb.connect()
    for name in ("ledger", "decisions", "documents", "signals", "corpus"):
        files = f"read_parquet('{run}/{name}/**/*.parquet', hive_partitioning=false)"
        base.sql(f"CREATE VIEW {name} AS SELECT * FROM {files}")
    base.sql(
        f"""CREATE VIEW fates AS SELECT l.*, CASE WHEN d.language_confidence < {THRESHOLD} THEN 'und'
        ELSE l.language END AS charged FROM ledger l LEFT JOIN decisions d USING (doc_id)"""
    )
    return lambda query: base.sql(query).fetchall()


def words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def number(shown: str) -> int:
    return int(shown.replace(",", ""))


def rows_of(table: Any) -> list[list[str]]:
    return [[words(cell) for cell in row.iterfind("td")] for row in table.find("tbody").iterfind("tr")]


def test_documents_and_those_kept_of_each_language(page: Any, ask: Query) -> None:
    found = {}
    for part in page.find_class("lang"):
        kept, documents = re.match(r"([0-9,]+) of ([0-9,]+),", words(part.find_class("num")[0])).groups()  # type: ignore[union-attr]
        found[part.get("id").removeprefix("lang-")] = (number(documents), number(kept))
    counted = ask(
        """SELECT charged, count(*), count(*) FILTER (outcome = 'kept') FROM fates
        WHERE doc_id IS NOT NULL GROUP BY 1"""
    )
    assert found == {language: (documents, kept) for language, documents, kept in counted}
    assert len(found) > 15
    assert found["und"][0] > 0 and found["und"][1] == 0


def test_the_reasons_of_each_language(page: Any, ask: Query) -> None:
    found = set()
    for part in page.find_class("lang"):
        for table in part.iter("table"):
            if "what passes it" in words(table.find("thead")):
                for row in rows_of(table):
                    found.add((part.get("id").removeprefix("lang-"), row[1].split()[0], number(row[4])))
    counted = ask(
        "SELECT charged, rule, count(*) FROM fates WHERE doc_id IS NOT NULL AND rule IS NOT NULL GROUP BY ALL"
    )
    assert found == set(counted)
    assert len({rule for _, rule, _ in found}) > 6


def test_the_sentence_says_the_largest_reasons(page: Any, ask: Query) -> None:
    (english,) = (part for part in page.find_class("lang") if part.get("id") == "lang-en")
    said = words(english.find(".//p"))
    ((documents, kept),) = ask(
        "SELECT count(*), count(*) FILTER (outcome = 'kept') FROM fates WHERE charged = 'en'"
    )
    assert said.startswith(f"Of {documents:,} documents, {kept:,} (")
    assert f"were kept and {documents - kept:,} left: " in said
    ((rule, count),) = ask(
        """SELECT rule, count(*) FROM fates WHERE charged = 'en' AND rule IS NOT NULL GROUP BY 1
        ORDER BY 2 DESC LIMIT 1"""
    )
    first = re.search(r"left: ([0-9,]+) \([^)]*\) for [^(]*\( (\w+) \)", said)
    assert first is not None and (number(first[1]), first[2]) == (count, rule)


def test_what_undetermined_documents_are_likest(page: Any, ask: Query) -> None:
    (part,) = (part for part in page.find_class("lang") if part.get("id") == "lang-und")
    table = list(part.iter("table"))[-1]
    found = {row[0].split()[-1]: number(row[1]) for row in rows_of(table)}
    counted = ask("SELECT language, count(*) FROM fates WHERE charged = 'und' GROUP BY 1")
    assert found == dict(counted)


def test_each_languages_row_among_the_numbers(page: Any, ask: Query) -> None:
    section = page.get_element_by_id("funnel")
    table = [each for each in section.iter("table") if "sorted" in each.get("class", "")][-1]
    heads = [words(cell) for cell in table.iter("th")]
    found = {
        row[0].split()[-1]: {
            name: number(cell) for name, cell in zip(heads[1:-1], row[1:-1], strict=True) if number(cell)
        }
        for row in rows_of(table)
    }
    shown = {"length": "too short", "lines": "only boilerplate", "near_duplicates": "near-duplicate"}
    counted: dict[str, dict[str, int]] = {}
    for language, outcome, stage, count in ask(
        "SELECT coalesce(charged, '(none)'), outcome, stage, count(*) FROM fates GROUP BY ALL"
    ):
        name = {"kept": "kept", "bad": "bad record", "skipped": "no document in it"}.get(outcome)
        mine = counted.setdefault(language, {"records": 0})
        mine["records"] += count
        mine[name or shown.get(stage, stage)] = count
    assert found == counted


def test_hosts(page: Any, ask: Query) -> None:
    tables = list(page.get_element_by_id("hosts").iter("table"))
    for table, side in zip(tables, ("kept", "dropped"), strict=True):
        counted = ask(
            f"""SELECT source_domain, count(*) FILTER (outcome = 'kept') kept,
            count(*) FILTER (outcome = 'dropped') dropped
            FROM documents JOIN ledger USING (doc_id) WHERE source_domain != '' GROUP BY 1
            ORDER BY {side} DESC, source_domain LIMIT 20"""
        )
        assert [(row[0], number(row[1]), number(row[2])) for row in rows_of(table)] == counted


def nearest(ask: Query, where: str, column: str, threshold: float) -> list[float]:
    rows = ask(
        f"""SELECT {column} FROM signals JOIN decisions USING (doc_id) WHERE {where}
        ORDER BY abs({column} - {threshold}) LIMIT 3"""
    )
    return [value for (value,) in rows]


@pytest.mark.parametrize(
    ("rule", "column", "threshold", "earlier"),
    [
        ("too_short", "n_chars_read", 300, ""),
        ("language_below_threshold", "signals.language_confidence", THRESHOLD, "length lines"),
        ("top_ngram_share_above", "top_ngram_share", 0.2, "length lines language duplicate_line_share_above"),
    ],
)
def test_the_nearest_documents_at_a_threshold(
    page: Any, ask: Query, rule: str, column: str, threshold: float, earlier: str
) -> None:
    part = page.get_element_by_id(f"rule-{rule}")
    sides = {words(head): table for head, table in zip(part.iter("h3"), part.iter("table"), strict=True)}
    fell = nearest(ask, f"rule = '{rule}'", column, threshold)
    gone = ", ".join(f"'{name}'" for name in earlier.split()) or "'none'"  # stages, and rules of its own stage
    side = "<=" if rule.endswith("above") else ">="
    reached = f"coalesce(stage, '') NOT IN ({gone}) AND coalesce(rule, '') NOT IN ({gone})"
    passed = nearest(ask, f"{reached} AND {column} {side} {threshold}", column, threshold)
    for title, values in (("Just fell", fell), ("Just passed", passed)):
        place = 0 if title == "Just fell" else 1
        shown = [float(row[place].split()[0].replace(",", "")) for row in rows_of(sides[title])]
        assert shown == pytest.approx(values, rel=1e-3) and len(shown) >= 2


def test_the_corpus_by_language_and_the_cards(page: Any, ask: Query) -> None:
    table = next(page.get_element_by_id("corpus").iter("table"))
    counted = ask("SELECT language_code, count(*) FROM corpus GROUP BY 1")
    assert {row[0].split()[-1]: number(row[2]) for row in rows_of(table)} == dict(counted)
    cards = {words(card.find("span")).split(",")[0]: words(card.find("b")) for card in page.find_class("card")}
    ((records, documents, kept),) = ask(
        "SELECT count(*), count(*) FILTER (outcome != 'skipped'), count(*) FILTER (outcome = 'kept') FROM ledger"
    )
    assert [number(cards[name]) for name in ("records read", "of them documents", "kept")] == [
        *(records, documents, kept),
    ]


def test_a_finished_run_tells_the_same_of_its_languages(run: Path, ask: Query) -> None:
    funnel = build_funnel(open_run(str(run)).funnel)
    found = {part.language: part.records for part in funnel.languages}
    assert found == dict(ask("SELECT coalesce(charged, '(none)'), count(*) FROM fates GROUP BY 1"))


def test_lines_cut_are_those_of_the_decisions(page: Any, ask: Query) -> None:
    seen = {}
    for details in page.get_element_by_id("lines").iter("details"):
        reason = details.find("summary/code").text
        rows = [[words(cell) for cell in row.iterfind("td")] for row in details.find(".//tbody").iterfind("tr")]
        seen[reason] = {cells[0].split()[-1]: int(cells[1].replace(",", "")) for cells in rows}
    counted = {
        reason: dict(
            ask(f"SELECT language, sum(n_{reason})::INT FROM decisions WHERE n_{reason} > 0 GROUP BY ALL")
        )
        for reason in (
            *("host_boilerplate", "common_boilerplate", "list_boilerplate", "repeated", "repeated_within"),
        )
    }
    said = dict(  # of all documents; told are those of documents that decide looks at
        ask(
            "SELECT language, count(*)::INT FROM (SELECT doc_id, unnest(rule_line_names) AS name FROM signals) "
            "JOIN decisions USING (doc_id) WHERE name = 'said_before' GROUP BY ALL"
        )
    )
    assert len(told := seen.pop("said_before")) > 0 and told.items() <= said.items()
    assert seen == {reason: of for reason, of in counted.items() if of}
    assert {"host_boilerplate", "repeated"} <= seen.keys()
