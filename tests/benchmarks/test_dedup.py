"""What the benchmarks of near-duplicates count, on a few literal documents and a small run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.crawl import Page, body, write_crawl
from tests.running import job

REPOSITORY = Path(__file__).parent.parent.parent


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, f"benchmarks/{script}", *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_articles_with_planted_pairs(tmp_path: Path) -> None:
    words = body("en", 1, 40).replace("\n", " ")
    texts = {"t1": words, "t2": f"{words} and three more", "t3": body("en", 9, 40).replace("\n", " ")}
    (tmp_path / "a.train").write_text("".join(f"{name} {text}\n" for name, text in texts.items()))
    (tmp_path / "a.truth").write_text("t1 t2\nt1 t3\n")
    said = run("dedup_articles.py", tmp_path / "a.train", tmp_path / "a.truth").splitlines()
    assert said[0].startswith("t1 t2: exact 0.9") and said[0].endswith("one of them removed")
    assert said[1].endswith("both stay")
    assert said[2].startswith("3 documents, 1 removed, 0 of them unlike")


@pytest.mark.slow
def test_quality_of_a_run(spark: SparkSession, tmp_path: Path) -> None:
    copied, alone = body("en", 1, 20), body("en", 50, 20)
    pages = [
        Page("https://a.example/1", copied),
        Page("https://b.example/1", copied + "\nOne more line"),
        Page("https://c.example/1", alone),
    ]
    write_crawl(tmp_path / "crawl", [pages])
    config = REPOSITORY / "conf" / "local.toml"
    arguments = ["--config", config, "--input", f"{tmp_path}/crawl/*.gz", "--output", tmp_path / "out"]
    assert job("run_pipeline.py", *arguments, "--set", "language.threshold=0") == 0
    truth = [
        {"url": "https://a.example/1", "kind": "original", "of": None, "jaccard5": None},
        {"url": "https://b.example/1", "kind": "near", "of": "https://a.example/1", "jaccard5": 0.97},
        {"url": "https://c.example/1", "kind": "original", "of": None, "jaccard5": None},
    ]
    (tmp_path / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in truth))
    said = run("dedup_quality.py", tmp_path / "out", tmp_path / "truth.jsonl", "--json")
    figures = json.loads(said)
    assert figures["scripts"]["Latn"]["recall"] == 1.0
    assert figures["scripts"]["Latn"]["pairs"] == 1
    assert (figures["removed"], figures["false"], figures["one_left"]) == (1, 0, 1.0)
