"""The floor must compute what the pipeline computes, or it is no floor: its forms against CCNet's own."""

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FLOOR = Path(__file__).parents[2] / "benchmarks" / "floor.py"


@pytest.fixture(scope="module")
def floor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("floor", FLOOR)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def golden(shared_data: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(shared_data / "ccnet_golden" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_normal_forms_and_hashes_are_ccnets(floor: ModuleType, shared_data: Path) -> None:
    lines = golden(shared_data, "2_lines")
    assert len(lines) > 1000
    for line in lines:
        form = floor.dedup_form(line["line"].strip())
        assert form == line["for_dedup"]
        assert str(int.from_bytes(floor.line_hashes(form)[0], "little")) == line["key"]
        assert floor.lm_form(line["line"]) == line["for_lm"]


def test_texts_are_ccnets_documents(floor: ModuleType, shared_data: Path) -> None:
    wet = sorted(map(str, (shared_data / "ccnet_golden" / "wet").glob("*.wet.gz")))
    lengths = [len(floor.to_text(payload)) for payload in floor.read(wet)]
    kept = [length for length in lengths if length >= 300]
    assert kept == [document["n_chars"] for document in golden(shared_data, "1_documents")]


def test_it_measures_every_call(shared_data: Path) -> None:
    folder = shared_data / "ccnet_golden"
    command = [sys.executable, str(FLOOR), str(folder / "wet" / "shard-00000*"), "--json"]
    command += [
        "--min-chars",
        "1000",
        "--lm-dir",
        str(folder / "models"),
        "--model",
        str(shared_data / "lid" / "lid.176.ftz"),
    ]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    calls = ["read", "language_2000", "dedup_form", "sha1", "lm_form", "sentencepiece", "kenlm"]
    assert all(figures[call] > 0 for call in calls)
    assert figures["sum"] == pytest.approx(sum(figures[call] for call in calls))
    documents = [d for d in golden(shared_data, "1_documents") if d["cc_segment"].startswith("shard-00000")]
    assert figures["documents"] == sum(d["n_chars"] >= 1000 for d in documents) < figures["records"]
    assert 0 < figures["documents_scored"] < figures["documents"]
