"""Every block of commands, SQL and Python on the pages is run as it is written, page by page."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.docs.conftest import run_command
from tests.docs.pages import DOCS, blocks, commands, pages, statements

RUN = ("sh", "sql", "python")
RECIPES = [page for page in pages() if any(block.kind in RUN for block in blocks(page)) and page.name != "api.md"]
"""The examples of api.md are those of docstrings, which test_doctests.py runs."""
MAY_BE_EMPTY = ("9. What could not be read, and where?",)
"""Questions to which a sound crawl has no rows."""


@pytest.mark.slow
@pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.stem)
def test_a_page_s_blocks_run(page: Path, in_world: Path) -> None:
    sql = duckdb.connect()
    names: dict[str, Any] = {}
    text = page.read_text(encoding="utf-8").split("\n")
    for block in blocks(page):
        where = f"{page.name}, line {block.line}"
        if block.kind == "sh":
            for words in commands(block.text):
                run_command(words)
        elif block.kind == "python":
            try:
                exec(compile(block.text, where, "exec"), names)
            except ModuleNotFoundError as error:  # set-up leaves PyTorch out where there is no CPU build
                if error.name != "torch":
                    raise
                pytest.skip("needs the extra pretraining")
        elif block.kind == "sql":
            heading = next((line for line in reversed(text[: block.line]) if line.startswith("## ")), "")
            for statement in statements(block.text):
                rows = sql.sql(statement)
                if statement.startswith("SELECT"):
                    assert rows.fetchall() or heading.removeprefix("## ") in MAY_BE_EMPTY, where


@pytest.mark.slow
def test_the_ledger_page_answers_as_the_tables_do(in_world: Path) -> None:
    """Its first four questions and the sixth, held against the same counted in Python."""
    found = [statements(block.text) for block in blocks(DOCS / "how-to" / "ledger.md") if block.kind == "sql"]
    sql = duckdb.connect()
    views, *questions = [list(each) for each in found]
    for view in views:
        sql.sql(view)
    ledger = [
        row for path in Path("out/ledger").glob("*/*.parquet") for row in pq.ParquetFile(path).read().to_pylist()
    ]
    assert len(ledger) >= 10
    outcomes = {row["outcome"] for row in ledger}
    assert {name: n for name, n, _ in sql.sql(questions[0][0]).fetchall()} == {
        name: sum(row["outcome"] == name for row in ledger) for name in outcomes
    }
    rules = {row["rule"] for row in ledger if row["outcome"] != "kept"}
    assert {rule: n for _, rule, n, _ in sql.sql(questions[1][0]).fetchall()} == {
        rule: sum(row["rule"] == rule for row in ledger) for rule in rules
    }
    assert {"near_duplicate", "too_short", "language_below_threshold"} <= rules
    english = sql.sql(questions[2][0]).fetchall()
    assert sum(n for _, n, _ in english) == sum(row["language"] == "en" for row in ledger)
    assert sum(share for *_, share in english) == pytest.approx(100, abs=0.5)
    kept = {language: share for language, _, share in sql.sql(questions[3][0]).fetchall()}
    assert kept["de"] == 1.0 and 0 < kept["en"] < 1
    ((gone, stays, similarity),) = sql.sql(questions[5][0]).fetchall()
    assert {gone, stays} == {"https://example.org/page", "https://copy.example/"} and 0.8 <= similarity < 1
    assert len(questions) >= 10


@pytest.mark.slow
def test_what_the_recipes_leave(in_world: Path) -> None:
    """After the pages' commands: a corpus of one language, one rebuilt, one without a test set."""
    for page in ("one-language", "minify", "decontaminate"):
        for block in blocks(DOCS / "how-to" / f"{page}.md"):
            if block.kind == "sh":
                for words in commands(block.text):
                    if not Path(words[words.index("--output") + 1] if "--output" in words else ".").exists():
                        run_command(words)
    assert [path.name for path in Path("english/corpus").glob("subset=*")] == ["subset=eng_Latn"]
    texts = {
        name: sorted(
            pq.ParquetFile(path).read(["text"])["text"].to_pylist() for path in Path(name).rglob("part-*.parquet")
        )
        for name in ("out/corpus", "again/corpus")
    }
    assert texts["out/corpus"] == texts["again/corpus"]
    found = [
        row
        for path in Path("decontaminated/contaminated").rglob("*.parquet")
        for row in pq.ParquetFile(path).read().to_pylist()
    ]
    assert [row["url"] for row in found] == ["https://example.org/other"]
