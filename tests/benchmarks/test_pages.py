"""What the benchmark of pages counts, on the real pages whose articles are known."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def test_shares_are_of_the_same_pages(shared_data: Path) -> None:
    pages = shared_data / "warc_pages" / "article_extraction_benchmark"
    command = [sys.executable, "benchmarks/pages.py", f"{pages}.warc.gz", "--truth", f"{pages}.truth.jsonl"]
    command += ["--pages", "182", "--repeat", "1", "--extractor", "resiliparse", "--json"]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["resiliparse"]
    assert figures["pages"] == 2 * 181
    assert figures["kilobytes"] == pytest.approx(173.8, abs=0.1)
    assert figures["f1"] == pytest.approx(0.930, abs=0.01)
    assert 0 < figures["library_ms"] < figures["page_ms"] < figures["ingest_ms"]
    assert figures["share"] == pytest.approx(figures["library_ms"] / figures["ingest_ms"])
