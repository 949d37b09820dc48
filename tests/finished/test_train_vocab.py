"""A vocabulary of finished runs: drawn by q, of the training side alone, the same however the work is cut."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished import train_vocab
from ccnet_lite.finished.train_vocab import VocabularyOptions, train_vocabulary
from ccnet_lite.pretraining.vocabulary import load_vocabulary
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.sampling.mixture import read_mix
from ccnet_lite.settings import SourceSettings, SparkSettings, load_settings
from tests.crawl import Page, body, write_crawl
from tests.running import job

pytest.importorskip("tokenizers", reason="needs the extra pretraining")
SPARK = SparkSettings()


def run_of(folder: Path, name: str, english: int, german: int, first: int = 0) -> Path:
    """A run of so many documents, a fifth of them held out."""
    pages = [Page(f"https://{name}.example/{n}", body("en", first + n)) for n in range(english)]
    pages += [Page(f"https://{name}.de.example/{n}", body("de", first + n)) for n in range(german)]
    write_crawl(folder / f"crawl-{name}", [pages[::2], pages[1::2]])
    shards = resolve_inputs([f"{folder}/crawl-{name}/*.gz"], SourceSettings())
    settings = load_settings(None, ["export.file_bytes=20000", "export.validation_share=0.2"])
    run_pipeline(settings, shards, str(folder / name), JOBS[0], JOBS[-1])
    return folder / name


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_of(tmp_path_factory.mktemp("vocabulary"), "run", 120, 12)


def texts(run: Path, split: str) -> dict[str, list[str]]:
    table = ds.dataset(run / "corpus", partitioning=None, exclude_invalid_files=True).to_table()
    table = table.filter(pc.equal(table["split"], split))
    found: dict[str, list[str]] = {}
    for language, text in zip(table["language_code"].to_pylist(), table["text"].to_pylist(), strict=True):
        found.setdefault(language, []).append(text)
    return found


def taught(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the trainer is given from now on, a list a training."""
    given: list[list[str]] = []
    real = train_vocab.train

    def watched(kind: str, lines, *rest: object) -> None:  # type: ignore[no-untyped-def]
        given.append(list(lines()))
        real(kind, lines, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(train_vocab, "train", watched)
    return given


@pytest.mark.parametrize("alpha", [0.3, 1.0])
def test_lines_come_by_q_from_the_training_side(
    alpha: float, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = taught(monkeypatch)
    options = VocabularyOptions(size=300, alpha=alpha, sample=60_000)
    done = train_vocabulary([run], tmp_path / "v", SPARK, options)
    train = texts(run, "train")
    n = {language: sum(map(len, some)) for language, some in train.items()}
    weights = {language: count**alpha for language, count in n.items()}
    shares = {language: weight / sum(weights.values()) for language, weight in weights.items()}
    assert done.shares == pytest.approx(shares)
    own = {language: {line for text in some for line in text.split("\n")} for language, some in train.items()}
    drawn = {language: [line for line in given[0] if line in own[language]] for language in own}
    assert sum(map(len, drawn.values())) == len(given[0])
    total = sum(map(len, given[0]))
    longest = max(len(text) for some in train.values() for text in some)
    for language, some in drawn.items():
        assert abs(sum(map(len, some)) - shares[language] * 60_000) <= longest
    assert done.sample == total
    assert not {line for some in texts(run, "validation").values() for t in some for line in t.split("\n")} & set(
        given[0]
    )


def test_a_small_language_is_repeated_evenly(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = taught(monkeypatch)
    train_vocabulary([run], tmp_path / "v", SPARK, VocabularyOptions(size=300, alpha=0.0, sample=70_000))
    german = {line for text in texts(run, "train")["de"] for line in text.split("\n")}
    times = Counter(Counter(line for line in given[0] if line in german).values())
    assert len(times) == 2 and max(times) - min(times) == 1 and min(times) >= 2


def test_equal_text_under_any_partitioning_and_a_seed_that_decides(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = taught(monkeypatch)
    options = VocabularyOptions(size=300, sample=30_000)
    train_vocabulary([run], tmp_path / "a", SPARK, options)
    monkeypatch.setattr("ccnet_lite.stages.items.MAX_TASKS", 1)
    train_vocabulary([run], tmp_path / "b", SPARK, options)
    assert given[0] == given[1]
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    train_vocabulary([run], tmp_path / "c", SPARK, VocabularyOptions(size=300, sample=30_000, seed=1))
    assert Counter(given[2]) != Counter(given[0])
    train_vocabulary([run], tmp_path / "d", SPARK, VocabularyOptions(size=300, sample=15_000))
    assert not Counter(given[3]) - Counter(given[0])  # a smaller sample is part of a larger one


def test_measures_are_of_the_validation_split_and_in_all_three_forms(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "v"
    assert job("train_vocab.py", run, "--to", to, "--size", "300", "--characters", "50000", "--against", "1") == 0
    said = capsys.readouterr().out.splitlines()
    vocabulary = load_vocabulary(to)
    held_out = texts(run, "validation")
    rows = {
        (row["vocabulary"], row["language"]): row for row in pq.read_table(to / "fertility.parquet").to_pylist()
    }
    assert set(rows) == {(name, language) for name in ("alpha 0.3", "alpha 1") for language in ("en", "de")}
    for language, some in held_out.items():
        row = rows["alpha 0.3", language]
        pieces = sum(len(ids) for text in some for ids in vocabulary.encode(text.split("\n")))
        characters = sum(not each.isspace() for text in some for each in text)
        assert (row["documents"], row["pieces"], row["characters"]) == (len(some), pieces, characters)
        assert row["pieces_per_character"] == pytest.approx(pieces / characters)
        assert row["words"] < pieces and 0.99 < row["coverage"] <= 1 and row["unknown_share"] < 0.01
        assert any(line.startswith(language) and f"{row['pieces_per_word']:.2f}" in line for line in said)
    assert rows["alpha 0.3", "de"]["pieces_per_word"] < rows["alpha 1", "de"]["pieces_per_word"]
    chart = (to / "fertility.svg").read_text()
    assert chart.count("<circle") == 2 + 4 and "de, alpha 1: " in chart
    stored = json.loads((to / "vocabulary.json").read_text())
    assert (stored["for"], stored["shares_by"], stored["sample"]["asked"]) == ("xlm-r", "alpha 0.3", 50_000)
    assert "_work" not in {path.name for path in to.iterdir()}


def test_several_runs_and_lines_as_the_unit(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = run_of(tmp_path, "other", 0, 30, first=500)
    given = taught(monkeypatch)
    options = VocabularyOptions(kind="mbert", size=300, alpha=1.0, unit="lines", sample=300)
    done = train_vocabulary([run, other], tmp_path / "v", SPARK, options)
    both = {language: texts(run, "train").get(language, []) for language in ("de", "en")}
    both["de"] = both["de"] + texts(other, "train")["de"]
    n = {language: sum(map(len, some)) for language, some in both.items()}
    assert done.shares == pytest.approx({language: count / sum(n.values()) for language, count in n.items()})
    german = {line for text in both["de"] for line in text.split("\n")}
    found = sum(line in german for line in given[0])
    assert abs(found - 300 * done.shares["de"]) <= 2 * 6
    assert abs(len(given[0]) - 300) <= 3 * 6


def test_a_plan_decides_shares_and_runs(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tmp_path / "plan.json"
    assert job("sampling.py", run, "--to", plan, "--alpha", "0.5") == 0
    mix = read_mix(plan)
    given = taught(monkeypatch)
    done = train_vocabulary([], tmp_path / "v", SPARK, VocabularyOptions(size=300, plan=plan, sample=40_000))
    assert done.shares == pytest.approx(mix.shares()) and list(done.fits) == ["plan"]
    german = {line for text in texts(run, "train")["de"] for line in text.split("\n")}
    found = sum(len(line) for line in given[0] if line in german)
    assert abs(found - mix.shares()["de"] * 40_000) < 1500
    with pytest.raises(UserError, match="is none of the plan's runs"):
        train_vocabulary([tmp_path / "x"], tmp_path / "w", SPARK, VocabularyOptions(size=300, plan=plan))


def test_mistakes_are_named(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, message in (
        (VocabularyOptions(kind="gpt"), "there is no model gpt: there are xlm-r, "),
        (VocabularyOptions(coverage=0.5), "--coverage 0.5"),
        (VocabularyOptions(sample=0), "have to be 1 or more"),
    ):
        with pytest.raises(UserError, match=message):
            train_vocabulary([run], tmp_path / "v", SPARK, options)
    assert not (tmp_path / "v").exists()
    with pytest.raises(UserError, match="or --plan"):
        train_vocabulary([], tmp_path / "v", SPARK, VocabularyOptions())
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "mine").write_text("")
    assert job("train_vocab.py", run, "--to", tmp_path / "v", "--size", "300") == 2
    assert "--to " in capsys.readouterr().err
