"""Perplexity: KenLM's own program and the golden rows as oracles; folders of models, whole and broken."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sentencepiece

from ccnet_lite.errors import UserError
from ccnet_lite.models.build import find_program
from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.text.lm_form import lm_form
from tests.models.conftest import prose
from tests.models.golden import mined_texts


def test_golden_pieces_perplexities_and_buckets(shared_data: Path) -> None:
    folder = shared_data / "ccnet_golden"
    models = available_models(folder / "models")
    assert list(models) == ["en", "fr", "th"]
    cutoffs = Cutoffs.load(folder / "cutoff.csv")
    rows = [(row, text) for row, text in mined_texts(shared_data) if row["outcome"] == "kept"]
    counts: Counter[str] = Counter()
    for language in sorted({row["language"] for row, _ in rows}):
        mine = [(row, text) for row, text in rows if row["language"] == language]
        expected = [(row["pieces"], row["perplexity"], row["bucket"]) for row, _ in mine]
        if language in models:
            model = PerplexityModel.load(models[language], "ccnet")
            perplexities, pieces = model.score([text for _, text in mine])
            buckets = cutoffs.bucket(language, perplexities, 30, 60)
            assert list(zip(pieces.tolist(), perplexities.tolist(), buckets, strict=True)) == expected
            counts.update(buckets)
        else:
            assert set(expected) == {(None, None, "all")}
    assert counts == {"head": 143, "tail": 5, "all": 8}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_scores_are_those_of_kenlms_own_program(lm_dir: Path, language: str) -> None:
    files = available_models(lm_dir)[language]
    texts = [prose(language, 3, seed) for seed in (11, 12, 13)] + ["Unseen wörds", "12 34"]
    perplexities, counts = PerplexityModel.load(files, "script_safe").score(texts)

    cut = sentencepiece.SentencePieceProcessor(model_file=str(files.sp_model))
    lines = [cut.encode(lm_form(text, "script_safe"), out_type=str) for text in texts]
    said = subprocess.run(
        [find_program("query"), "-v", "sentence", files.lm],
        input="\n".join(" ".join(line) for line in lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    totals = [float(line.split()[1]) for line in said.splitlines() if line.startswith("Total:")]
    assert counts.tolist() == [len(line) for line in lines]
    expected = [10 ** (-total / (len(line) + 1)) for total, line in zip(totals, lines, strict=True)]
    np.testing.assert_allclose(perplexities, expected, atol=0.051, rtol=1e-4)


def test_a_text_with_nothing_to_score_has_no_perplexity(lm_dir: Path) -> None:
    model = PerplexityModel.load(available_models(lm_dir)["en"], "script_safe")
    perplexities, pieces = model.score(["", " \n ", "\u200b\ufeff", "the sea"])
    assert np.isnan(perplexities).tolist() == [True, True, True, False]
    assert pieces.tolist()[:3] == [0, 0, 0]
    assert model.score([])[0].tolist() == []


def test_a_probability_below_all_numbers_is_a_perplexity_all_the_same(lm_dir: Path, tmp_path: Path) -> None:
    words = "".join(f"{log10}\t{word}\t0\n" for word, log10 in (("<unk>", -900), ("<s>", -1), ("</s>", -1)))
    (tmp_path / "en.arpa.bin").write_text(
        f"\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n{words}\n\\2-grams:\n-1\t<s> </s>\n\n\\end\\\n"
    )
    model = PerplexityModel(lm_dir / "en.sp.model", tmp_path / "en.arpa.bin", "script_safe")
    assert model.score(["the sea was calm " * 20])[0].tolist() == [1e300]


def test_batches_of_any_size_score_alike(lm_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = PerplexityModel.load(available_models(lm_dir)["en"], "script_safe")
    texts = [prose("en", 1 + number % 5, number) for number in range(20)]
    whole = model.score(texts)
    monkeypatch.setattr("ccnet_lite.models.perplexity._BATCH_CHARS", 100)
    for batched, once in zip(model.score(texts), whole, strict=True):
        assert batched.tolist() == once.tolist()
    assert model.score(texts[:1])[0].tolist() == whole[0][:1].tolist()


def test_a_model_is_scored_in_the_form_it_records(lm_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(lm_dir, tmp_path)
    recorded = available_models(folder)["ko"]
    assert recorded.form == "script_safe"
    assert PerplexityModel.load(recorded, "ccnet").form == "script_safe"
    (folder / "models.json").unlink()
    bare = available_models(folder)["ko"]
    assert bare.form is None
    assert PerplexityModel.load(bare, "ccnet").form == "ccnet"


def copy_of(lm_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lm_dir, tmp_path / "models"))


@pytest.mark.parametrize("missing", ["en.sp.model", "en.arpa.bin"])
@pytest.mark.parametrize("recorded", [True, False])
def test_half_a_language_is_refused(lm_dir: Path, tmp_path: Path, missing: str, recorded: bool) -> None:
    folder = copy_of(lm_dir, tmp_path)
    (folder / missing).unlink()
    if not recorded:
        (folder / "models.json").unlink()
    with pytest.raises(UserError, match=f"{folder / missing} is missing"):
        available_models(folder)


def test_a_recorded_language_without_files_is_refused(lm_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(lm_dir, tmp_path)
    (folder / "ko.sp.model").unlink()
    (folder / "ko.arpa.bin").unlink()
    with pytest.raises(UserError, match=r"ko\.sp\.model is missing"):
        available_models(folder)


def test_a_file_that_is_not_the_recorded_one_is_refused(lm_dir: Path, tmp_path: Path) -> None:
    folder = copy_of(lm_dir, tmp_path)
    with (folder / "en.arpa.bin").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"!")
    with pytest.raises(UserError, match=r"en\.arpa\.bin: SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}"):
        available_models(folder)


def test_folders_that_hold_no_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no language model"):
        available_models(tmp_path)
    with pytest.raises(UserError, match="is not a folder"):
        available_models(tmp_path / "none")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"languages": {"en": {}}}', '{"languages": {"en": {"form": "nfd"}}}']
)
def test_a_record_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "models.json").write_text(text)
    with pytest.raises(UserError, match=r"models\.json is not a record of language models"):
        available_models(tmp_path)


def test_names_become_codes_and_no_language_stands_twice(lm_dir: Path, tmp_path: Path) -> None:
    for suffix in (".sp.model", ".arpa.bin"):
        shutil.copy(lm_dir / f"en{suffix}", tmp_path / f"eng_Latn{suffix}")
    assert list(available_models(tmp_path)) == ["en"]
    for suffix in (".sp.model", ".arpa.bin"):
        shutil.copy(lm_dir / f"en{suffix}", tmp_path / f"en{suffix}")
    with pytest.raises(UserError, match="holds en twice"):
        available_models(tmp_path)


@pytest.mark.parametrize("content", [b"", b"mmap lm http", b"\x90\xff" * 3000, "cut", "middle"])
def test_a_broken_lm_is_the_users_mistake(lm_dir: Path, tmp_path: Path, content: bytes | str) -> None:
    whole = (lm_dir / "en.arpa.bin").read_bytes()
    cuts = {"cut": whole[: len(whole) // 2], "middle": whole[:90]}
    path = tmp_path / "en.arpa.bin"
    path.write_bytes(cuts[content] if isinstance(content, str) else content)
    with pytest.raises(UserError, match=r"en\.arpa\.bin is not a KenLM model"):
        PerplexityModel(lm_dir / "en.sp.model", path, "script_safe")


@pytest.mark.parametrize("content", [b"", b"some text", "cut"])
def test_a_broken_sentencepiece_model_is_the_users_mistake(
    lm_dir: Path, tmp_path: Path, content: bytes | str
) -> None:
    whole = (lm_dir / "en.sp.model").read_bytes()
    path = tmp_path / "en.sp.model"
    path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    with pytest.raises(UserError, match=r"en\.sp\.model is not a SentencePiece model"):
        PerplexityModel(path, lm_dir / "en.arpa.bin", "script_safe")


def test_model_files_can_be_sent_to_workers(lm_dir: Path) -> None:
    import pickle

    models = available_models(lm_dir)
    assert pickle.loads(pickle.dumps(models)) == models


def test_the_record_holds_no_path_or_date(lm_dir: Path) -> None:
    tree = json.loads((lm_dir / "models.json").read_text())
    assert set(tree["languages"]) == {"en", "ko"}
    assert str(lm_dir.parent) not in json.dumps(tree)
