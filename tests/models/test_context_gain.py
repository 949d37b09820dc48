"""What the context says of words: KenLM as oracle of each gain, and texts of a small grammar in and out of
order.
"""

import json
import random
from dataclasses import replace
from pathlib import Path

import kenlm
import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models import context_gain
from ccnet_lite.models.arrays import score_forms
from ccnet_lite.models.context_gain import BEGINS, LONE, SAYS, Strength, _mixed, _sums, piece_traits
from ccnet_lite.models.loading import load_pieces
from ccnet_lite.models.perplexity import ModelFiles, PerplexityModel, available_models
from ccnet_lite.models.train import TrainOptions, train_languages
from ccnet_lite.text.lm_form import lm_form, lm_forms

WORDS = """
sailor captain baker teacher doctor farmer painter singer lawyer driver hunter keeper writer nurse judge miller
boat bread letter garden window picture horse table basket ladder kettle blanket bottle hammer ticket lantern
sees sells paints opens wants loves finds carries hides breaks mends buys drops cleans moves keeps
old new red small heavy broken quiet green narrow dusty wooden pretty simple golden empty warm
harbour church market bridge village station castle school forest river island valley palace tavern bakery theatre
"""
WHO, WHAT, DOES, HOW, WHERE = [line.split() for line in WORDS.strip().split("\n")]


def grammar(sentences: int, seed: int) -> str:
    """Sentences whose words come in an order."""
    drawn = random.Random(seed)
    return " ".join(
        f"The {drawn.choice(WHO)} {drawn.choice(DOES)} a {drawn.choice(HOW)} {drawn.choice(WHAT)} "
        f"{drawn.choice(('near', 'behind', 'at'))} the {drawn.choice(WHERE)}."
        for _ in range(sentences)
    )


def mixed(text: str, seed: int = 1) -> str:
    words = text.split()
    random.Random(seed).shuffle(words)
    return " ".join(words)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    folder = tmp_path_factory.mktemp("grammar")
    lines = [json.dumps({"text": grammar(6, seed)}) for seed in range(300)]
    (folder / "en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_languages([folder / "en.jsonl"], folder / "lm", options=TrainOptions())
    return available_models(folder / "lm")["en"]


@pytest.fixture(scope="module")
def model(files: ModelFiles) -> PerplexityModel:
    return PerplexityModel.load(files, "script_safe")


def test_gains_are_kenlms_own_numbers(files: ModelFiles, model: PerplexityModel) -> None:
    lm = kenlm.Model(str(files.lm))
    texts = [grammar(3, 1), mixed(grammar(3, 2)), "qq xyzzy the captain"]
    _, counts, cut = score_forms(model._arrays, *lm_forms(texts, "script_safe"))
    at = 0
    for text, count in zip(texts, counts.tolist(), strict=True):
        pieces = load_pieces(files.sp_model).encode(lm_form(text, "script_safe"), out_type=str)
        alone, after, state = kenlm.State(), kenlm.State(), kenlm.State()
        lm.BeginSentenceWrite(state)
        for piece, gain in zip(pieces, cut.gains[at : at + count].tolist(), strict=True):
            lm.NullContextWrite(alone)
            by_itself = lm.BaseScore(alone, piece, kenlm.State())
            with_context = lm.BaseScore(state, piece, after)
            state, after = after, kenlm.State()
            assert gain == pytest.approx(with_context - by_itself, abs=1e-5)
        at += count


def test_traits_of_pieces() -> None:
    names = ["<unk>", "▁the", "er", "▁", "▁,", "学", "▁学", "の", "12", "ไทย"]
    numbers = np.arange(10, dtype=np.int32)
    assert piece_traits(names, numbers, 11).tolist() == [
        *(0, BEGINS | SAYS, SAYS, BEGINS | LONE, BEGINS),
        *(BEGINS | SAYS, BEGINS | SAYS, BEGINS | SAYS, 0, BEGINS | SAYS, 0),
    ]


def test_words_are_put_into_random_order_whole_and_the_same_way_each_time() -> None:
    traits = np.array([0, BEGINS | SAYS, SAYS, BEGINS | LONE], np.uint8)
    # Words: 1 2 2, 1, 3 1 (a space by itself, and what follows it), 0 belongs to the word before it.
    texts = np.array([1, 2, 2, 1, 3, 1, 1, 0, 1, 2] * 3, np.int32)
    begins = np.array([0, 10, 30])
    found, starts = _mixed(traits, texts, begins, np.array([1, 0]), 1)
    assert starts.tolist() == [0, 20, 30]
    assert sorted(found[:20].tolist()) == sorted(texts[10:].tolist())

    def words(numbers: list[int]) -> list[str]:
        text = "".join(map(str, numbers)).replace("31", "S")
        return sorted(text.replace("1", " 1").replace("S", " 31").split())

    for row, (begin, end) in enumerate([(10, 30), (0, 10)]):
        assert words(found[starts[row] : starts[row + 1]].tolist()) == words(texts[begin:end].tolist())
    again, _ = _mixed(traits, texts, begins, np.array([1]), 1)
    other, _ = _mixed(traits, texts, begins, np.array([1]), 2)
    assert again.tolist() == found[:20].tolist() != other.tolist()


def test_which_pieces_count() -> None:
    # A word of two pieces; a space by itself and what follows it; a sign; behind what is unknown nothing counts.
    traits = np.array([0, BEGINS | SAYS, SAYS, BEGINS | LONE, BEGINS], np.uint8)
    numbers = np.array([1, 1, 2, 3, 2, 4, 1, 0, 1, 1], np.int32)
    gains = np.arange(10, dtype=np.float32)
    words, sums, squares = _sums(traits, numbers, np.array([0, 10, 10]), gains)
    assert words.tolist() == [4.0, 0.0]
    assert sums.tolist() == [1.0 + 4 + 6 + 9, 0.0] and squares.tolist() == [1.0 + 16 + 36 + 81, 0.0]


def test_order_is_told_from_random_order_at_any_length(files: ModelFiles, model: PerplexityModel) -> None:
    assert files.strength is not None and files.strength.order > 0.3 > files.strength.random
    for sentences, most in ((4, 1.0), (10, 0.6), (40, 0.35)):
        clean = [grammar(sentences, 1000 + seed) for seed in range(40)]
        gains = model.measure(clean).context_gains
        low = model.measure([mixed(text) for text in clean]).context_gains
        assert gains.min() > 1.5 and np.median(low) < most and low.max() < gains.min()


def test_a_text_has_its_gain_whatever_stands_beside_it(model: PerplexityModel) -> None:
    texts = [mixed(grammar(8, 5)), grammar(8, 6), "", mixed(grammar(40, 7)), "▁ of its own"]
    together = model.measure(texts)
    alone = [model.measure([text]).context_gains[0] for text in texts]
    np.testing.assert_array_equal(together.context_gains, alone)
    perplexities, pieces = model.score(texts)
    np.testing.assert_array_equal(together.perplexities, perplexities)
    np.testing.assert_array_equal(together.pieces, pieces)
    assert np.isnan(alone[2]) and np.isnan(alone[4]) and together.pieces[4] > 0


def test_too_few_words_have_none(model: PerplexityModel) -> None:
    words = grammar(4, 8).split()
    gains = [model.measure([" ".join(words[:n])]).context_gains[0] for n in (24, 25)]
    assert np.isnan(gains[0]) and gains[1] > 0


def test_models_that_say_too_little_are_not_asked(files: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    text = [mixed(grammar(30, 9))]

    def gain(strength: Strength | None) -> float:
        model = PerplexityModel.load(replace(files, strength=strength), "script_safe")
        return float(model.measure(text).context_gains[0])

    assert gain(Strength(-0.1, 0.15)) > gain(Strength(-0.1, 0.6)) > gain(Strength(-0.1, 1.9)) > 0
    assert np.isnan(gain(Strength(-0.1, 0.149)))
    assert np.isnan(gain(None))  # of so few pairs
    monkeypatch.setattr(context_gain, "LEAST_PAIRS", 100)
    assert gain(None) == gain(Strength(-0.1, 0.25)) > 0


def test_long_texts_are_put_into_random_order_once(
    model: PerplexityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []
    monkeypatch.setattr(context_gain, "CLEAR", 1.5)
    original = context_gain.random_gains
    monkeypatch.setattr(
        context_gain,
        "random_gains",
        lambda *given: rounds.append((given[-1], given[-2].tolist())) or original(*given),
    )
    texts = [mixed(grammar(20, 1)), mixed(grammar(600, 2)), grammar(20, 3)]
    model.measure(texts)
    assert rounds == [(1, [0, 1]), (2, [0]), (3, [0]), (4, [0])]


@pytest.mark.parametrize("strength", [{"random": 1}, {"random": "x", "order": 1}, {"more": 1}, 3])
def test_a_record_of_another_form_is_refused(files: ModelFiles, tmp_path: Path, strength: object) -> None:
    for path in (files.sp_model, files.lm):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    record = json.loads((files.lm.parent / "models.json").read_text())
    record["languages"]["en"]["strength"] = strength
    (tmp_path / "models.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match="is not a record of language models"):
        available_models(tmp_path)
    record["languages"]["en"].pop("strength")
    (tmp_path / "models.json").write_text(json.dumps(record))
    assert available_models(tmp_path)["en"].strength is None


def test_in_real_prose_order_is_told(shared_data: Path) -> None:
    folder = shared_data / "ccnet_golden" / "models"
    model = PerplexityModel(folder / "en.sp.model", folder / "en.arpa.bin", "ccnet")
    with (shared_data / "text" / "noisy" / "en_article_bodies.jsonl").open(encoding="utf-8") as file:
        texts = [json.loads(row)["text"][:2000] for row in file][:60]
    clean = model.measure(texts).context_gains
    low = model.measure([mixed(text) for text in texts]).context_gains
    assert np.nanmedian(low) < 0.3 < np.nanmin(clean) + 0.3 and np.nanmedian(clean) > 1
