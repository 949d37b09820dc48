"""Training: equal prose gives equal bytes, folders grow, what can't be trained is said."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.models import build
from ccnet_lite.models.build import build_lm, find_program
from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.models.train import TrainOptions, train_languages
from ccnet_lite.quality.buckets import Cutoffs
from tests.models.conftest import prose

OPTIONS = TrainOptions(held_out=0.2)
FILES = ["cutoffs.json", "en.arpa.bin", "en.sp.model", "ko.arpa.bin", "ko.sp.model", "models.json"]
REPOSITORY = Path(__file__).parent.parent.parent


def write_reference(folder: Path, *languages: str, sentences: int = 100) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages:
        (folder / f"{language}.txt").write_text(prose(language, sentences), encoding="utf-8")
    return folder


def test_a_folder_of_models_works(lm_dir: Path) -> None:
    assert sorted(path.name for path in lm_dir.iterdir()) == FILES
    cutoffs = Cutoffs.load(lm_dir / "cutoffs.json")
    seen, unseen = prose("ko", 5, seed=99), "전혀 다른 이야기가 여기 적혀 있는데 아무도 그것을 배운 적이 없다"
    model = PerplexityModel.load(available_models(lm_dir)["ko"], "ccnet")
    perplexities, _ = model.score([seen, unseen])
    assert perplexities[0] < 30 < perplexities[1]
    assert cutoffs.bucket("ko", perplexities, 30, 99)[1] == "tail"
    assert (
        cutoffs.documents["ko"] == json.loads((lm_dir / "models.json").read_text())["languages"]["ko"]["held_out"]
    )


def test_equal_prose_gives_equal_bytes_on_any_number_of_workers(lm_dir: Path, tmp_path: Path) -> None:
    reference = write_reference(tmp_path / "elsewhere", "ko", "en")
    train_languages([reference / "ko.txt", reference / "en.txt"], tmp_path / "lm", options=OPTIONS, workers=2)
    assert sorted(path.name for path in (tmp_path / "lm").iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "lm" / name).read_bytes() == (lm_dir / name).read_bytes(), name


def test_a_language_is_added_and_what_has_not_changed_is_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    reference, output = write_reference(tmp_path / "reference", "en"), tmp_path / "lm"
    train_languages([reference], output, options=OPTIONS)
    before = {name: (output / name).stat().st_mtime_ns for name in ("en.arpa.bin", "en.sp.model")}
    record, cutoffs = ((output / name).read_text() for name in ("models.json", "cutoffs.json"))
    capfd.readouterr()

    write_reference(reference, "fr")
    train_languages([reference], output, options=OPTIONS)
    said = capfd.readouterr().err
    assert "en: nothing changed, kept" in said
    assert "fr: KenLM" in said
    assert {name: (output / name).stat().st_mtime_ns for name in before} == before
    assert list(available_models(output)) == ["en", "fr"]
    assert (
        json.loads((output / "models.json").read_text())["languages"]["en"]
        == json.loads(record)["languages"]["en"]
    )
    assert (
        json.loads((output / "cutoffs.json").read_text())["languages"]["en"]
        == json.loads(cutoffs)["languages"]["en"]
    )

    train_languages([reference], output, ["en"], replace(OPTIONS, lm_type="trie"))
    assert "en: KenLM" in capfd.readouterr().err
    assert (output / "en.arpa.bin").stat().st_mtime_ns != before["en.arpa.bin"]
    assert list(available_models(output)) == ["en", "fr"]


def test_a_model_that_was_changed_on_disk_is_made_again(tmp_path: Path) -> None:
    reference, output = write_reference(tmp_path / "reference", "en"), tmp_path / "lm"
    train_languages([reference], output, options=OPTIONS)
    whole = (output / "en.sp.model").read_bytes()
    (output / "en.sp.model").write_bytes(b"broken")
    train_languages([reference], output, options=OPTIONS)
    assert (output / "en.sp.model").read_bytes() == whole


def test_held_back_documents_are_not_learnt(tmp_path: Path) -> None:
    """Each document repeats a sentence of its own: easy where it was learnt, strange where it was not."""
    drawn = random.Random(5)
    documents = []
    for _ in range(20):
        words = ["".join(drawn.choices("abcdefghijklmnop", k=5)) for _ in range(12)]
        documents.append("\n".join([" ".join(words)] * 12))
    (tmp_path / "en.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in documents))
    trained = train_languages([tmp_path], tmp_path / "lm", options=OPTIONS)["en"]
    model = PerplexityModel.load(available_models(tmp_path / "lm")["en"], "script_safe")
    perplexities = sorted(model.score(documents)[0])
    assert perplexities[15] < 3 < 10 < perplexities[16]
    assert trained.cutoffs is not None
    assert (trained.record["documents"], trained.record["held_out"], trained.cutoffs["documents"]) == (
        16,
        4,
        4,
    )
    assert trained.cutoffs["percentiles"][0] == perplexities[16]


def test_the_vocabulary_grows_with_the_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random.Random(2)
    words = ["".join(drawn.choices("abcdefghijklmnop", k=6)) for _ in range(2000)]
    (tmp_path / "en.txt").write_text("\n".join(" ".join(drawn.choices(words, k=9)) for _ in range(1200)))
    n_chars = (tmp_path / "en.txt").stat().st_size
    monkeypatch.setattr("ccnet_lite.models.train.MIN_VOCABULARY", 50)
    record = train_languages([tmp_path], tmp_path / "lm", options=OPTIONS)["en"].record
    assert record["pieces"] == record["characters"] // 200 == pytest.approx(n_chars / 200, abs=2)
    record = train_languages([tmp_path], tmp_path / "lm", options=replace(OPTIONS, vocab_size=100))["en"].record
    assert record["pieces"] == 100


def test_of_much_prose_pieces_are_learnt_from_a_drawn_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = write_reference(tmp_path / "reference", "en", sentences=200)
    whole = train_languages([reference], tmp_path / "whole", options=OPTIONS)["en"].record
    monkeypatch.setattr("ccnet_lite.models.train.MAX_PIECES_CHARS", 5_000)
    first, second = (train_languages([reference], tmp_path / name, options=OPTIONS)["en"].record for name in "ab")
    assert first == second
    assert first["sp_sha256"] != whole["sp_sha256"]
    assert first["documents"] == whole["documents"]


def test_no_share_held_back_gives_no_cutoffs(tmp_path: Path) -> None:
    reference = write_reference(tmp_path / "reference", "en")
    trained = train_languages([reference], tmp_path / "lm", options=replace(OPTIONS, held_out=0))
    assert trained["en"].cutoffs is None
    assert Cutoffs.load(tmp_path / "lm" / "cutoffs.json").percentiles == {}


@pytest.mark.parametrize("vocab_size", [3, 40, 65536])
def test_tiny_prose_gets_the_vocabulary_it_can_carry(tmp_path: Path, vocab_size: int) -> None:
    reference = write_reference(tmp_path / "reference", "en", sentences=20)
    options = replace(OPTIONS, vocab_size=vocab_size)
    record = train_languages([reference], tmp_path / "lm", options=options)["en"].record
    assert 20 < record["pieces"] < 100
    model = PerplexityModel.load(available_models(tmp_path / "lm")["en"], "script_safe")
    assert np.isfinite(model.score(["the sea was calm"])[0]).all()


@pytest.mark.parametrize("text", ["", " \n\n", "Too short."])
def test_prose_that_is_too_little_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "en.txt").write_text(text)
    with pytest.raises(UserError, match=r"the reference of en .*en\.txt\) holds .*: too little"):
        train_languages([tmp_path / "en.txt"], tmp_path / "lm")
    assert sorted(path.name for path in (tmp_path / "lm").iterdir()) == []


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_out_of_range_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(UserError, match="--held-out"):
        train_languages([tmp_path], tmp_path / "lm", options=replace(OPTIONS, held_out=share))


def test_a_missing_program_is_named_with_what_builds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"KenLM's program lmplz is neither in .*: `make setup` builds it"):
        train_languages([write_reference(tmp_path / "reference", "en")], tmp_path / "lm")
    assert not (tmp_path / "lm").exists()


def test_programs_are_found_on_the_path_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lmplz"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program("lmplz") == program


def test_a_failing_program_is_quoted_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "broken"
    program.write_text(
        "#!/bin/sh\necho 'util/file.cc threw ErrnoException: no space left' >&2\necho done >&2\nexit 3\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(build, "find_program", lambda name: program)
    with pytest.raises(RunFailed, match=r"broken failed with exit status 3: .*no space left"):
        train_languages([write_reference(tmp_path / "reference", "en")], tmp_path / "lm", options=OPTIONS)
    assert list((tmp_path / "lm").iterdir()) == []


def test_symbols_of_the_model_in_a_text_do_no_harm(tmp_path: Path) -> None:
    texts = [["▁the", "<s>", "<unk>", "▁sea"], ["</s>"], [], ["▁the", "▁sea"]] * 3
    build_lm(texts, "probing", tmp_path / "en.arpa.bin")
    assert [path.name for path in tmp_path.iterdir()] == ["en.arpa.bin"]


def test_the_job(tmp_path: Path) -> None:
    reference = write_reference(tmp_path / "reference", "en", "fr")
    command = [
        sys.executable,
        "jobs/train_lm.py",
        "--reference",
        str(reference),
        "--output",
        str(tmp_path / "lm"),
    ]
    done = subprocess.run([*command, "--languages", "fr"], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert "fr: SentencePiece:" in done.stderr
    assert list(available_models(tmp_path / "lm")) == ["fr"]
    done = subprocess.run([*command, "--languages", "sw"], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: --languages sw: ")
    assert done.stderr.count("\n") == 1


def test_cutoffs_come_from_other_prose_where_it_is_given(tmp_path: Path) -> None:
    reference = write_reference(tmp_path / "reference", "en", "ko")
    strange = ["A wholly different matter, which nobody has ever seen. " * n for n in (10, 20)]
    (tmp_path / "web").mkdir()
    web = tmp_path / "web" / "en.jsonl"
    web.write_text("".join(json.dumps({"text": text}) + "\n" for text in strange))
    given = {"options": OPTIONS, "cutoffs_from": [web]}
    trained = train_languages([reference], tmp_path / "lm", **given)  # type: ignore[arg-type]
    entry, other = trained["en"].cutoffs, trained["ko"].cutoffs
    assert entry is not None and other is not None
    assert (entry["source"], entry["documents"]) == ("other prose", 2)
    assert other["source"] == "held-back reference"
    model = PerplexityModel.load(available_models(tmp_path / "lm")["en"], "script_safe")
    scores = sorted(model.score([text.strip() for text in strange])[0])
    assert entry["percentiles"][0] == scores[0] and scores[0] < entry["percentiles"][-1] <= scores[1]
    before = (tmp_path / "lm" / "en.arpa.bin").stat().st_mtime_ns
    train_languages([reference], tmp_path / "lm", **given)  # type: ignore[arg-type]
    assert (tmp_path / "lm" / "en.arpa.bin").stat().st_mtime_ns == before, "nothing changed"
    web.write_text(json.dumps({"text": "something else again"}) + "\n")
    changed = train_languages([reference], tmp_path / "lm", **given)["en"].cutoffs  # type: ignore[arg-type]
    assert changed is not None and changed["documents"] == 1
