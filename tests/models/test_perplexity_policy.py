"""The representative by perplexity, which is measured before clustering."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.models.conftest import prose
from tests.running import job

REPOSITORY = Path(__file__).parent.parent.parent
ODD = "\nXylophon quorum zephyr jukebox waltz vex nymph glyph"
POLICY = ("--set", "near_duplicates.representative=lowest_perplexity", "--set", "lines.enabled=false")


def test_the_likeliest_text_stays(
    spark: SparkSession, lm_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = body("en", 1, 20)
    pages = [
        Page("https://a.example/odd", plain + ODD),
        Page("https://b.example/plain", plain + "\n" + prose("en", 1)),
        Page("https://c.example/other", body("en", 5, 20)),
        Page("https://d.example/german", body("de", 5, 20)),
    ]
    write_crawl(tmp_path / "crawl", [pages[:2], pages[2:]])
    arguments = ["--config", REPOSITORY / "conf" / "local.toml", "--input", f"{tmp_path}/crawl/*.gz"]
    arguments += ["--output", tmp_path / "out", "--set", f"quality.lm_dir={lm_dir}", *POLICY]
    assert job("run_pipeline.py", *arguments, "--plan") == 0
    assert "perplexities make: not there yet" in capsys.readouterr().out
    assert job("run_pipeline.py", *arguments) == 0
    tables = {}
    for name in ("perplexities", "clusters", "documents"):
        table = load_table(Place.of(tmp_path / "out"), name)
        assert table is not None
        tables[name] = read_table(table).to_pylist()
    url = {row["doc_id"]: row["url"] for row in tables["documents"]}
    text = {row["url"]: row["raw_content"] for row in tables["documents"]}
    measured = {url[row["doc_id"]]: row["perplexity"] for row in tables["perplexities"]}
    model = PerplexityModel.load(available_models(lm_dir)["en"], "script_safe")
    english = [page.url for page in pages[:3]]
    values, _ = model.score([text[page] for page in english])
    assert [measured[page] for page in english] == list(values)
    assert measured["https://d.example/german"] is None
    assert measured["https://b.example/plain"] < measured["https://a.example/odd"]
    assert [url[row["doc_id"]] for row in tables["clusters"] if row["representative"]] == [
        "https://b.example/plain"
    ]


def test_without_models_the_policy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--config", REPOSITORY / "conf" / "local.toml", "--input", tmp_path, "--output", tmp_path]
    assert job("run_pipeline.py", *arguments, *POLICY) == 2
    assert "near_duplicates.representative needs perplexity: set quality.lm_dir" in capsys.readouterr().err
