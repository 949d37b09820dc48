"""Language identification: batches against single predictions, the golden rows, files that are no models."""

from pathlib import Path
from typing import Literal

import fasttext
import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import MANY_CAPITALS, SURE, LanguageIdentifier, capital_share, load_identifier
from tests.models.conftest import classifier
from tests.models.golden import mined_texts

MODEL = classifier({"eng_Latn": "the sea boat was calm", "fra_Latn": "la mer était calme bateau petit"})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(MODEL)
    return path


def test_codes_and_scores_are_those_of_single_predictions(model: Path) -> None:
    texts = ["la mer était calme", "the sea was calm", "boat", "the petit bateau la boat", "sea mer"]
    codes, scores = LanguageIdentifier(model).identify(texts)
    oracle = fasttext.load_model(str(model))
    single = [oracle.f.predict(text + "\n", 1, 0.0, "strict")[0] for text in texts]
    assert codes == [{"__label__eng_Latn": "en", "__label__fra_Latn": "fr"}[label] for _, label in single]
    assert codes[:4] == ["fr", "en", "en", "fr"]
    assert max(probability for probability, _ in single) > 1.0
    np.testing.assert_allclose(scores, [min(probability, 1.0) for probability, _ in single], rtol=1e-6)
    assert scores.dtype == np.float64
    assert scores.max() <= 1.0


def test_texts_without_words_have_no_language(model: Path) -> None:
    codes, scores = LanguageIdentifier(model).identify(["", " \n\t ", "the sea", "unknown"])
    assert codes == ["und", "und", "en", "und"]
    assert scores[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert LanguageIdentifier(model).identify([])[0] == []


def test_newline_and_max_chars_decide_what_the_model_sees(model: Path) -> None:
    def score(text: str, newline: Literal["space", "delete"] = "space", max_chars: int = 0) -> float:
        return float(LanguageIdentifier(model, newline, max_chars).identify([text])[1][0])

    text = "the sea\nla mer la"
    assert score(text, "space") == score("the sea la mer la") != score("the seala mer la")
    assert score(text, "delete") == score("the seala mer la")
    assert score(text, "space", 10) == score("the sea la")


def test_the_best_and_all_of_a_text(model: Path) -> None:
    identifier = LanguageIdentifier(model)
    texts = ["la mer était", "the\nsea", " \u3000\n", "unknown"]
    codes, scores = identifier.best(texts, 3)
    assert codes == [["fr", "en", "und"], ["en", "fr", "und"], ["und"] * 3, ["und"] * 3]
    assert [*map(bool, scores[1])] == [True, True, False]
    assert not scores[2:].any()
    found, first = identifier.identify(texts)
    assert found == [row[0] for row in codes]
    assert first.tolist() == scores[:, 0].tolist()
    every = identifier.distribution(texts)
    assert identifier.codes == ["en", "fr"]
    assert every.tolist() == [scores[0, 1::-1].tolist(), scores[1, :2].tolist(), [0, 0], [0, 0]]
    assert identifier.best([], 2)[1].shape == identifier.distribution([]).shape == (0, 2)


def test_the_end_of_a_line_alone_is_no_language() -> None:
    """The compressed model has a word for it, and so a score."""
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    assert identifier.identify(["", " \u3000\n"])[0] == ["und", "und"]
    assert not identifier.distribution(["", " \u3000\n"]).any()
    assert identifier.distribution(["?"]).any()


def test_what_only_fasttext_can_read_is_identified_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    path = find_model("lid.176.ftz")
    texts = ["Bonjour le monde", "", " \n", "Здравствуй,\nмир"]
    ours = LanguageIdentifier(path, "space", 12)
    monkeypatch.setattr("ccnet_lite.models.classifier.read_classifier", lambda path: None)
    theirs = LanguageIdentifier(path, "space", 12)
    assert theirs.identify(texts)[0] == ours.identify(texts)[0] == ["fr", "und", "und", "ru"]
    np.testing.assert_array_equal(theirs.best(texts, 4)[1], ours.best(texts, 4)[1])


@pytest.mark.parametrize("language", ["en", "fr", "ru", "el", "vi"])
def test_pages_in_capitals_are_of_their_language(language: str) -> None:
    text = {
        "en": "The sea was calm in the morning, and a small boat came in with fish for the market of the town.",
        "fr": "La mer était calme le matin, et un petit bateau arriva avec du poisson pour le marché de la ville.",
        "ru": "Утром море было спокойным, и маленькая лодка пришла с рыбой для городского рынка на берегу.",
        "el": "Η θάλασσα ήταν ήρεμη το πρωί, και μια μικρή βάρκα ήρθε με ψάρια για την αγορά της πόλης.",
        "vi": "Buổi sáng biển lặng, và một chiếc thuyền nhỏ chở cá vào bến để bán ở chợ của thị trấn.",
    }[language]
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    codes, scores = identifier.best([text, text.upper(), text.title(), " \n", text.lower()], 3)
    assert [row[0] for row in codes] == [language, language, language, "und", language]
    assert scores[1, 0] > 0.5
    assert np.flatnonzero(scores.sum(axis=1)).tolist() == [0, 1, 2, 4]
    as_they_stand = LanguageIdentifier(find_model("lid.176.ftz"), capitals="as_is")
    if as_they_stand.identify([text.upper()])[1][0] < SURE:
        assert scores[1, 0] == as_they_stand.identify([text.upper().lower()])[1][0]
    assert as_they_stand.identify([text])[1][0] == scores[0, 0]


def test_a_setting_says_whether_a_text_of_many_capitals_is_asked_about_in_small_letters() -> None:
    title = "Dagens Rett Er Fisk Med Poteter Og Salat."
    lower, as_is = (
        LanguageIdentifier(find_model("lid.176.ftz"), capitals=how)
        for how in ("lower", "as_is")  # type: ignore[arg-type]
    )
    assert MANY_CAPITALS < capital_share(title) < 0.3
    assert (lower.identify([title])[0], as_is.identify([title])[0]) == (["no"], ["de"])
    assert lower.identify([title])[1][0] == as_is.identify([title.lower()])[1][0]


def test_few_capitals_are_no_reason_to_ask_again() -> None:
    """Not even where the model is not sure: names and beginnings of sentences tell languages."""
    texts = [f"{'and so on ' * n}Jens Jensen, Bern" for n in (1, 2, 3)]
    identifier, as_is = (
        LanguageIdentifier(find_model("lid.176.ftz"), capitals=how)
        for how in ("lower", "as_is")  # type: ignore[arg-type]
    )
    assert [capital_share(text) < MANY_CAPITALS for text in texts] == [True, True, True]
    np.testing.assert_array_equal(identifier.best(texts, 3)[1], as_is.best(texts, 3)[1])
    assert (as_is.best(texts, 1)[1] < SURE).any()


def test_the_model_is_loaded_once(model: Path) -> None:
    assert load_identifier(model, "space", 0) is load_identifier(model, "space", 0)


def test_loading_says_nothing(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    LanguageIdentifier(model)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("label", ["../../x", "en/..", "a=b", ""])
def test_labels_that_are_no_languages_are_refused(tmp_path: Path, label: str) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(classifier({label: "some words", "fr": "autres mots"}))
    with pytest.raises(UserError, match=r"model\.bin does not identify languages: label '__label__"):
        LanguageIdentifier(path)


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 0.5, 0.9999])
def test_a_truncated_model_is_refused_before_fasttext_sees_it(model: Path, tmp_path: Path, share: float) -> None:
    whole = model.read_bytes()
    path = tmp_path / "cut.bin"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UserError, match=r"cut\.bin.*: give another model"):
        LanguageIdentifier(path)


def test_other_files_are_refused(model: Path, tmp_path: Path) -> None:
    (tmp_path / "text.bin").write_text("just some text, nothing that could be a model")
    with pytest.raises(UserError, match=r"text\.bin is not a fastText model"):
        LanguageIdentifier(tmp_path / "text.bin")
    (tmp_path / "long.bin").write_bytes(model.read_bytes() + b"xx")
    with pytest.raises(UserError, match="holds 2 bytes too many"):
        LanguageIdentifier(tmp_path / "long.bin")
    with pytest.raises(UserError, match="does not exist"):
        LanguageIdentifier(tmp_path / "none.bin")


def test_word_vectors_are_refused(tmp_path: Path) -> None:
    (tmp_path / "vectors.bin").write_bytes(classifier({"en": "some words"}, kind=2))
    with pytest.raises(UserError, match="holds word vectors, not a classifier"):
        LanguageIdentifier(tmp_path / "vectors.bin")


@pytest.mark.parametrize("cut", [0, 1, 400_000])
def test_the_compressed_model_is_followed_to_its_end(tmp_path: Path, cut: int) -> None:
    whole = find_model("lid.176.ftz").read_bytes()
    path = tmp_path / "lid.ftz"
    path.write_bytes(whole[: len(whole) - cut])
    if cut:
        with pytest.raises(UserError, match="cut short"):
            LanguageIdentifier(path)
    else:
        # By itself the model calls nothing English.
        assert LanguageIdentifier(path).identify(["Bonjour le monde", "", " \n"])[0] == ["fr", "und", "und"]


def test_golden_languages_and_scores(shared_data: Path) -> None:
    identifier = LanguageIdentifier(find_model("lid.176.ftz"), "delete", 0, capitals="as_is")
    rows = [(row, text) for row, text in mined_texts(shared_data) if row["language"]]
    codes, scores = identifier.identify([text for _, text in rows])
    actual = list(zip(codes, (round(float(score), 2) for score in scores), strict=True))
    assert actual == [(row["language"], row["language_score"]) for row, _ in rows]
    assert len(rows) == 357


def test_labelled_sentences(shared_data: Path) -> None:
    """Accuracy on real labelled sentences is the one published beside them."""
    folder = shared_data / "text" / "lid"
    lines = [line.split("\t") for line in (folder / "LABELS.tsv").read_text().splitlines()[1:]]
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    for _, code, file, _, label, accuracy, *_ in (line for line in lines if line[4] in ("hi", "th", "el", "ko")):
        sentences = [line for line in (folder / file).read_text(encoding="utf-8").splitlines() if line.strip()]
        codes, _ = identifier.identify(sentences)
        assert np.mean([found == label for found in codes]) == pytest.approx(float(accuracy), abs=0.02), code
