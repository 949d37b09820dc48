"""Quality classifiers: equal documents give equal bytes, no host on both sides of the line, what is too little."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.quality_scores import QualityClassifier, QualityScores, available_quality_models
from ccnet_lite.models.train_quality import QualityOptions, Sample, epochs_of, learn, sides_of, train_quality
from ccnet_lite.text.quality_form import quality_lines

GOOD = "the old bridge over the river was built of stone and nobody in the village knows who paid for it"
BAD = "click here buy now cheap free offer best price deal win prize call subscribe login share online"
OPTIONS = QualityOptions(held_out=0.2)


def texts(words: str, count: int, seed: int) -> list[Sample]:
    drawn = random.Random(seed)
    return [Sample(f"{' '.join(drawn.choices(words.split(), k=30))} {n}.", f"host{n % 40}") for n in range(count)]


SIDES = {"en": texts(GOOD, 200, 1)}, {"en": texts(BAD, 300, 2)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quality")
    train_quality(*SIDES, folder, OPTIONS)
    return folder


def test_the_form_of_text() -> None:
    text = "Win £5,000 __label__good\nNOW"
    assert quality_lines([text])[0].decode().split() == [
        *("win", "£", "0", ",", "000", "_", "_", "label", "_", "_", "good", "now")
    ]
    assert quality_lines(["ที่นี่ mit Latein"])[0].decode().split()[-2:] == ["mit", "latein"]
    assert quality_lines(["ก า"])[0].decode().split() == ["ก", "า"] == quality_lines(["กา"])[0].decode().split()
    assert quality_lines([]) == []
    assert quality_lines(["a" * 5000 + "b", ""]) == [b"a" * 5000, b""]


def test_good_scores_high_and_bad_low(folder: Path) -> None:
    classifier = QualityClassifier(folder / "en.quality.bin")
    scores = classifier.score(["the stone bridge over the river", "click here for a cheap offer", "", "ωωω"])
    assert scores[0] > 0.9 and scores[1] < 0.1
    assert np.isnan(scores[2])
    record = json.loads((folder / "quality.json").read_text())["languages"]["en"]
    assert record["auc"] > 0.99 and min(record["held_out"]) >= 10 and min(record["documents"]) >= 100


def test_equal_documents_in_another_order_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    good, bad = ({"en": side["en"][::-1]} for side in SIDES)
    train_quality(good, bad, tmp_path, OPTIONS)
    for name in ("en.quality.bin", "quality.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_what_has_not_changed_is_kept_and_other_languages_stay(folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "en.quality.bin"
    train_quality(*SIDES, tmp_path, OPTIONS)
    seen = model.stat().st_mtime_ns
    train_quality(*({"de": side["en"], **side} for side in SIDES), tmp_path, OPTIONS)
    assert model.stat().st_mtime_ns == seen
    assert list(available_quality_models(tmp_path)) == ["de", "en"]
    train_quality(*SIDES, tmp_path, QualityOptions(held_out=0.2, epochs=11))
    assert model.stat().st_mtime_ns != seen


def test_all_documents_are_learnt_from_up_to_four_times_the_smaller_side() -> None:
    good, bad = texts(GOOD, 100, 3), texts(BAD, 700, 4)
    few = [each for each in good if each.host in {f"host{n}" for n in range(9)}]
    n_few, n_bad = (len(sides_of(few, bad, OPTIONS).training[side]) for side in (0, 1))
    assert 0 < n_few < 30 and n_bad == 4 * n_few
    assert sides_of(bad, few, OPTIONS).training == sides_of(few, bad, OPTIONS).training[::-1]
    n_good, n_bad = map(len, sides_of(good, bad[:200], OPTIONS).training)
    assert 70 < n_good <= 100 and 140 < n_bad <= 200


def test_few_documents_are_read_more_often_unless_told() -> None:
    def epochs(n_good: int, n_bad: int, told: int | None = None) -> int:
        return epochs_of(([b""] * n_good, [b""] * n_bad), QualityOptions(epochs=told))

    assert [epochs(100, 100), epochs(100, 500), epochs(1000, 250), epochs(2500, 2500)] == [50, 30, 15, 6]
    assert epochs(20_000, 10_000) == 3 and epochs(100, 100, 3) == 3


def test_the_smaller_side_is_read_again_and_both_weigh_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(file: Path, *_: object) -> None:
        found.extend(file.read_bytes().splitlines())

    found: list[bytes] = []
    monkeypatch.setattr("ccnet_lite.models.train_quality.train_classifier", read)
    learn(([b"a", b"b"], [b"x", b"y", b"z"]), tmp_path / "model", OPTIONS, "en")
    assert found == [
        *(b"__label__good a", b"__label__bad x", b"__label__good b", b"__label__bad y"),
        *(b"__label__good a", b"__label__bad z"),
    ]


def test_sides_share_no_text_and_no_host() -> None:
    good, bad = SIDES[0]["en"], [*SIDES[1]["en"], *SIDES[0]["en"][:50]]
    sides = sides_of(good, bad, OPTIONS)
    assert len(sides.training[1]) > len(sides.training[0]) > 100
    lines = [set(quality_lines(side)) for side in sides.held_out]
    assert not lines[0] & {*sides.training[0]} and not lines[1] & {*sides.training[1]}
    assert not lines[0] & lines[1] and not {*sides.training[0]} & {*sides.training[1]}
    host_of = {quality_lines([each.text])[0]: each.host for each in [*good, *bad]}
    out = {host_of[line] for side in lines for line in side}
    assert out and not out & {host_of[line] for side in sides.training for line in side}
    assert [len(each) for each in sides_of(good, bad, QualityOptions(most=20)).training] == [20, 20]


def test_too_few_documents_are_said(tmp_path: Path) -> None:
    few = {"en": SIDES[0]["en"], "ko": SIDES[0]["en"][:30]}
    trained = train_quality(few, SIDES[1] | {"ko": SIDES[1]["en"]}, tmp_path, OPTIONS)
    assert [each.record is None for each in trained] == [False, True]
    assert trained[1].skipped.startswith("30 good and 300 bad documents leave ")
    with pytest.raises(UserError, match=r"no language has documents enough to learn from .ko: 30 good"):
        train_quality({"ko": few["ko"]}, {"ko": SIDES[1]["en"]}, tmp_path, OPTIONS)
    with pytest.raises(UserError, match=r"--held-out 1\.0: give a share"):
        train_quality(*SIDES, tmp_path, QualityOptions(held_out=1.0))


def test_scores_go_by_language_and_keep_their_rows(folder: Path) -> None:
    scores = QualityScores(available_quality_models(folder))
    given = ["click here for a cheap offer", "der Fluss", "the stone bridge over the river"]
    found = scores.score(given, ["en", "de", "en"])
    assert found[0] < 0.1 and np.isnan(found[1]) and found[2] > 0.9


def test_a_damaged_folder_is_told_by_its_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no quality\.json"):
        available_quality_models(tmp_path)
    record = (folder / "quality.json").read_text()
    (tmp_path / "quality.json").write_text(record)
    with pytest.raises(UserError, match=r"en\.quality\.bin is missing"):
        available_quality_models(tmp_path)
    (tmp_path / "en.quality.bin").write_bytes((folder / "en.quality.bin").read_bytes() + b"x")
    with pytest.raises(UserError, match=r"en\.quality\.bin"):
        available_quality_models(tmp_path)
    (tmp_path / "quality.json").write_text(record.replace("5000", "4000"))
    with pytest.raises(UserError, match="is not a record of quality classifiers"):
        available_quality_models(tmp_path)
