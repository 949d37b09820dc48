"""examples/pretrain.py trains each of the six models from its real class, and fails where it did not learn."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

for needed in ("torch", "transformers", "tokenizers", "sentencex", "sacremoses"):
    pytest.importorskip(needed, reason="needs the extra pretraining")

from ccnet_lite.pretraining.vocabulary import FILE_NAME, FORMAT  # noqa: E402
from ccnet_lite.pretraining.vocabulary_training import train  # noqa: E402

REPOSITORY = Path(__file__).parent.parent.parent
CLASSES = {
    "xlm-r": "XLMRobertaForMaskedLM",
    "xlm": "XLMWithLMHeadModel",
    "mbert": "BertForPreTraining",
    "bert": "BertForPreTraining",
    "albert": "AlbertForPreTraining",
    "distilbert": "DistilBertForMaskedLM",
}
WORDS = {
    "en": [
        "the",
        "old",
        "bridge",
        "near",
        "a",
        "harbour",
        "was",
        "painted",
        "green",
        "by",
        "people",
        "of",
        "this",
        "village",
    ],
    "sw": [
        "daraja",
        "la",
        "zamani",
        "karibu",
        "na",
        "bandari",
        "lilipakwa",
        "rangi",
        "ya",
        "kijani",
        "watu",
        "wa",
        "kijiji",
    ],
}


def text(language: str, number: int) -> str:
    drawn = random.Random(f"{language} {number}")
    return " ".join(" ".join(drawn.choices(WORDS[language], k=8)).capitalize() + "." for _ in range(12))


@pytest.fixture
def run(corpus: Callable[..., Path]) -> Path:
    """A corpus of which a fifth is held out."""
    folder = corpus({(language, "all"): [text(language, n) for n in range(60)] for language in WORDS})
    for path in folder.glob("corpus/*/*/*.parquet"):
        table = pq.read_table(path)
        split = ["validation" if n % 5 == 0 else "train" for n in range(table.num_rows)]
        pq.write_table(table.append_column("split", pa.array(split)), path, row_group_size=4)
    path = folder / "sampling.json"
    plan = json.loads(path.read_text())
    for language in plan["languages"].values():
        for bucket in language["buckets"].values():
            bucket["documents"] = 48
    path.write_text(json.dumps(plan))
    return folder


def pretrain(
    run: Path, tmp_path: Path, model: str, *more: str, size: int = 120
) -> "subprocess.CompletedProcess[str]":
    vocabulary = tmp_path / f"vocabulary-{model}"
    if not vocabulary.exists():
        train(model, lambda: [text(language, n) for language in WORDS for n in range(200)], vocabulary, size)
        stored = {"format": FORMAT, "for": model, "byte_fallback": False}
        (vocabulary / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")
    words = ["--model", model, "--run", str(run), "--vocab", str(vocabulary), "--threads", "1", "--json"]
    words += ["--length", "32", "--batch", "8", "--hidden", "32", "--device", "cpu"]
    return subprocess.run(
        [sys.executable, "examples/pretrain.py", *words, *more],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("model", list(CLASSES))
def test_a_few_steps_of_each_model(run: Path, tmp_path: Path, model: str) -> None:
    found = told(pretrain(run, tmp_path, model, "--steps", "4", "--margin", "0"))
    assert found["class"] == CLASSES[model]
    assert [point["step"] for point in found["history"]] == [0, 1, 2, 3, 4]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["xlm-r", "albert"])
def test_held_out_loss_falls_by_the_margin(run: Path, tmp_path: Path, model: str) -> None:
    found = told(pretrain(run, tmp_path, model, "--steps", "120", "--margin", "0.5", "--rate", "0.005"))
    assert found["fell"] >= 0.5


@pytest.mark.slow
def test_xlm_takes_translations_and_what_does_not_learn_fails(run: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("The bridge was old.\tDaraja la zamani.\nThe village was green.\tKijiji ya kijani.\n")
    words = ["--steps", "4", "--parallel", str(pairs), "--parallel-languages"]
    assert told(pretrain(run, tmp_path, "xlm", *words, "en-sw", "--margin", "0"))["history"]
    done = pretrain(run, tmp_path, "xlm", *words, "en-sw", "--margin", "9")
    assert done.returncode == 1 and "less than --margin 9" in done.stderr
    done = pretrain(run, tmp_path, "xlm", *words, "en-fr")
    assert done.returncode == 2 and done.stderr.startswith("error: --parallel-languages: fr is no language")


@pytest.mark.slow
def test_a_teacher_that_was_written_teaches(run: Path, tmp_path: Path) -> None:
    vocabulary = ["--vocab", str(tmp_path / "vocabulary-distilbert")]
    told(pretrain(run, tmp_path, "distilbert", "--steps", "1", "--margin", "-9"))  # makes the vocabulary
    told(
        pretrain(run, tmp_path, "bert", "--steps", "4", "--margin", "0", "--to", str(tmp_path / "t"), *vocabulary)
    )
    found = told(
        pretrain(run, tmp_path, "distilbert", "--steps", "4", "--margin", "0", "--teacher", str(tmp_path / "t"))
    )
    assert found["class"] == "DistilBertForMaskedLM"
