"""Labelled texts read, lists and thresholds fitted, and what a threshold takes."""

import gzip
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import find_model
from ccnet_lite.models.fit_identifier import (
    Identified,
    confusions,
    fit_common_words,
    halves,
    identify,
    judged,
    reliability,
    thresholds_for,
    write_thresholds,
)
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.labelled import Labelled, as_known, read_labelled
from ccnet_lite.quality.common_words import MOST_WORDS, WordLists
from ccnet_lite.settings import load_settings

DOCUMENTS = [Labelled("", code) for code in ("en", "en", "de", "xx", "xx")]
FOUND = Identified(["en", "de", "de", "de", "en"], np.zeros(5), np.array([0.9, 0.8, 0.7, 0.6, 0.3]))


def test_sentences_of_a_language_become_documents(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "swh.txt").write_text("abc\n\n  defg \nhij\nkl\n", encoding="utf-8")
    (tmp_path / "srp_Latn.txt").write_text("one two\nthree\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text('id,text,language\n1,"a, b",deu\n2,c,fra\n3,dddd,deu\n', encoding="utf-8")
    (tmp_path / "rows.jsonl").write_text('{"sentence": "eeeeee", "lang": "eng_Latn"}\n', encoding="utf-8")
    found = read_labelled(tmp_path, chars=6)
    assert [Path(each.source).name for each in found[::2]] == ["more.csv", "srp_Latn.txt", "swh.txt"]
    assert [Labelled(each.text, each.language) for each in found] == [
        *(Labelled("a, b\ndddd", "de"), Labelled("eeeeee", "en"), Labelled("one two", "sr-Latn")),
        *(Labelled("three", "sr-Latn"), Labelled("abc\ndefg", "sw"), Labelled("hij\nkl", "sw")),
    ]
    with gzip.open(tmp_path / "commonlid.tsv.gz", "wt", encoding="utf-8") as file:
        file.write('id\ttext\ttag\n1\tKaixo, mundua\teus\n2\t"Dzień dobry"\tpol\n3\tAgur\teus\n')
    lines = read_labelled(tmp_path / "commonlid.tsv.gz", chars=1)
    assert [each[:2] for each in lines] == [("Kaixo, mundua", "eu"), ("Agur", "eu"), ("Dzień dobry", "pl")]
    table = pa.table({"tag": ["yor", "cmn"], "more": [1, 2], "text": ["Báwo ni", "你好"]})
    pq.write_table(table, tmp_path / "commonlid.parquet")
    rows = read_labelled(tmp_path / "commonlid.parquet", chars=1)
    assert [each[:2] for each in rows] == [("Báwo ni", "yo"), ("你好", "zh")]
    (first,) = read_labelled(tmp_path / "sub" / "swh.txt", 6, most=1)
    assert first.text == "abc\ndefg"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("english.txt", b"a", "is not named by a language's code"),
        ("french.txt.gz", b"Bonjour", "cannot be read"),
        ("train.txt", b"__label__en one two three\n__label__! a\n", "line 2: label '__label__!'"),
        ("en.txt", b"\xff\xfe", "cannot be read"),
        ("a.csv", b"text,tongue\na,en\n", "line 2: a text in text or sentence and a language"),
        ("a.csv", b"text,tongue\na,en\n", "are needed, not text, tongue"),
        ("a.jsonl", b"1\n", "line 1: a text"),
        ("a.jsonl", b"null\n", "line 1: a text"),
        ("a.jsonl", b'{"text": "a", "lang": "en"}\n{"text": 7, "lang": "en"}\n', "line 2: a text"),
        ("a.jsonl", b'{"text": "a", "lang": "!"}\n', "line 1: label '!'"),
        ("a.jsonl", b"{", "cannot be read"),
        ("a.tsv.gz", b"text", "cannot be read"),
        ("a.tsv.gz", gzip.compress(b"text\ttag\na\ten\n")[:-9], "cannot be read"),
        ("a.parquet", b"text", "cannot be read"),
        ("notes.md", b"a", "give a folder of .txt"),
        ("en.txt", b"a", "holds no 6 characters"),
    ],
)
def test_a_file_that_will_not_do_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        read_labelled(tmp_path, chars=6)
    assert said in str(error.value) and str(tmp_path) in str(error.value)


def test_labelled_texts_in_the_shapes_people_have(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "swh").mkdir()
    (tmp_path / "swh" / "sentences.txt").write_text("moja mbili\n", encoding="utf-8")
    (tmp_path / "README.txt").write_text("read me first\n", encoding="utf-8")
    (tmp_path / "train.txt").write_text("__label__eng_Latn one two\n\n__label__de eins zwei\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("\ufefflabels,text\nfra,un deux\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "en to", "lang": "da"}\n\n', encoding="utf-8")
    # Quotation marks that are the text's own, and those of a spreadsheet.
    (tmp_path / "c.tsv").write_text('text\ttag\n"Ich ging\tdeu\nund kam"\tdeu\n', encoding="utf-8")
    (tmp_path / "d.tsv").write_text('text\ttag\n"""Ich"" ging,\nund kam"\tdeu\n', encoding="utf-8")
    found = read_labelled(tmp_path, chars=1)
    assert [(each.text, each.language) for each in found] == [
        *(("un deux", "fr"), ("en to", "da"), ('"Ich ging', "de"), ('und kam"', "de")),
        *(('"Ich" ging,\nund kam', "de"), ("moja mbili", "sw"), ("eins zwei", "de"), ("one two", "en")),
    ]
    assert "1 files are not named by a language's code and left out: README.txt" in caplog.text
    with pytest.raises(UserError, match=r"nowhere does not exist"):
        read_labelled(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"not named by a language's code"):
        read_labelled(tmp_path / "swh")  # the folder given says nothing: it may be called txt


def test_labels_are_taken_for_those_that_the_model_has() -> None:
    documents = [Labelled("", code) for code in ("pt-BR", "zh-Hant", "sr-Latn", "yue")]
    known = as_known(documents, ["pt", "zh", "sr", "sr-Latn"])
    assert [each.language for each in known] == ["pt", "zh", "sr-Latn", "yue"]
    with pytest.raises(UserError, match=r"none of the labels \(english, german\) is a language of the model"):
        as_known([Labelled("", "german"), Labelled("", "english")], ["de", "en"])


def test_what_a_threshold_takes() -> None:
    taken = judged(DOCUMENTS, FOUND, ["en", "de"], 0.65)
    assert (taken.right, taken.wrong, taken.unknown) == pytest.approx((2 / 3, 1 / 3, 0.0))
    assert (taken.n_known, taken.n_unknown) == (3, 2)
    taken = judged(DOCUMENTS, FOUND, ["en", "de"], 0.6)
    assert taken.unknown == 0.5
    und = Identified(["en", "de", "de", "und", "zxx"], *2 * [np.ones(5)])
    assert judged(DOCUMENTS, und, ["en", "de"], 0.5).unknown == 0.0  # what is no language is not taken
    # A text in no language is not one that the model knows, though it has a label for it.
    noise = judged([Labelled("", "zxx"), *DOCUMENTS[1:]], FOUND, ["en", "de", "zxx"], 0.5)
    assert (noise.n_known, noise.n_unknown, noise.unknown) == (2, 3, pytest.approx(2 / 3))
    partly = judged(DOCUMENTS, FOUND, ["en", "de"], {"en": 0.95}, 0.75)
    assert (partly.right, partly.wrong) == pytest.approx((0.0, 1 / 3))
    each = judged(DOCUMENTS, FOUND, ["en", "de"], {"en": 0.3, "de": 0.75})
    assert (each.right, each.wrong, each.unknown) == pytest.approx((1 / 3, 1 / 3, 0.5))


def test_the_least_threshold_that_is_precise_enough() -> None:
    documents = 10 * DOCUMENTS
    codes = 10 * [["en", "de"], ["de", "en"], ["de", "und"], ["de", "en"], ["en", "de"]]
    confidences = np.array(10 * [[0.9, 0.1], [0.8, 0.2], [0.7, 0.0], [0.6, 0.4], [0.3, 0.0]])
    fitted = thresholds_for(documents, codes, confidences, 0.6, 0.05)
    # Of what is said to be en, first or second, 0.9 and 0.2 are: at 0.41 all that is left.
    assert fitted == {"en": (0.41, 0.5), "de": (1.0, 0.0)}
    assert thresholds_for(documents, codes, confidences, 0.5, 0.05)["en"] == (0.05, 1.0)
    assert thresholds_for(documents, codes, confidences, 0.5)["en"] == (0.31, 0.5)
    assert thresholds_for(documents, codes, confidences, 0.5, 0.5)["en"] == (0.5, 0.5)
    # Of nine documents one that is told wrongly would decide: none for de. What is no language never has one.
    assert list(thresholds_for(documents[:45], codes[:45], confidences[:45], 0.6)) == ["en"]
    none = [each._replace(language="zxx") if each.language == "en" else each for each in documents]
    said = [["zxx" if code == "en" else code for code in row] for row in codes]
    assert list(thresholds_for(none, said, confidences, 0.6)) == ["de"]


def test_what_is_judged_by_has_languages_that_the_fit_has_not() -> None:
    documents = [Labelled(str(n), code) for n, code in enumerate(["en", "xx", "en", "yy", "en", "xx", "zz"])]
    half, other = halves(documents, ["en"])
    assert [each.text for each in half] == ["0", "1", "4", "5", "6"] and [each.text for each in other] == [
        "2",
        "3",
    ]


def test_languages_that_are_taken_for_others(tmp_path: Path) -> None:
    documents = [Labelled("", "bs")] * 20 + [Labelled("", "hr")] * 40 + [Labelled("", "xx")] * 20
    codes = ["hr"] * 15 + ["bs"] * 4 + ["sr"] + ["bs"] * 4 + ["hr"] * 36 + ["hr"] * 20
    found = Identified(codes, np.zeros(80), np.zeros(80))
    pairs = confusions(documents, found, ["bs", "hr"])
    assert pairs == [("bs", "hr", 0.75, 0.1), ("hr", "bs", 0.1, 0.75)]  # bs for sr: a twentieth, and no more
    assert (
        confusions(documents[:9] + documents[20:], Identified(codes[:9] + codes[20:], *2 * [np.zeros(69)]), ["bs"])
        == []
    )
    file = tmp_path / "thresholds.toml"
    file.write_text(write_thresholds({"sr-Latn": (0.31, 0.9), "hr": (1.0, 0.0)}, 0.95, pairs))
    settings = load_settings(None, [f"language.thresholds={file}"])
    assert settings.language.thresholds == {"hr": 1.0, "sr-Latn": 0.31}
    read = tomllib.loads(file.read_text())
    assert read["precision"] == 0.95
    assert read["confused"][0] == {"language": "bs", "taken_for": "hr", "share": 0.75, "share_back": 0.1}


def test_how_often_a_tenth_is_right() -> None:
    curve = reliability(DOCUMENTS, FOUND, ["en", "de"])
    assert [row for row in curve if row[1]] == [(0.7, 1, 1.0), (0.8, 1, 0.0), (0.9, 1, 1.0)]


def test_the_kind_of_text_that_has_the_fewest_common_words_says_what_is_asked_for() -> None:
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    plain = [Labelled("the cat and the dog of the house are in the garden with all of them", "en", "a")] * 12
    rare = [
        " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}{'xyzwvuts'[word]}" for word in range(8))
        for n in range(60)
    ]
    dense = [Labelled(f"{plain[0].text} {words}", "en", "b") for words in rare]
    both, one = fit_common_words(plain + dense, identifier)["en"], fit_common_words(plain, identifier)["en"]
    assert both.words[:2] == ("the", "of") and one.words[:2] == ("the", "of")
    # All words of the one kind are common: half of 1. Of the other 15 of 23: seven tenths of that.
    assert one.least == 0.5 and both.least == pytest.approx(0.7 * 15 / 23, abs=0.05)


def test_lists_tell_a_language_from_its_neighbour() -> None:
    english = [
        "the cat and the dog of the house are in the garden with all of them",
        "he said that it was of no use",
    ]
    known = [Labelled(f"{english[n % 2]} number{n} word{n * 7}", "en") for n in range(40)]
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    lists = fit_common_words([*known, Labelled("only one", "de")], identifier)
    assert set(lists) == {"en"} and "the" in lists["en"].words and len(lists["en"].words) <= MOST_WORDS
    assert lists == fit_common_words([*reversed(known), Labelled("only one", "de")], identifier)
    strange = [Labelled("di pikin dem get right fit go skool wey free", "pcm")]
    found = identify([*known[:3], *strange], identifier, WordLists(lists))
    assert (found.confidences[:3] == found.scores[:3]).all()
    if found.codes[3] == "en":
        assert found.confidences[3] < found.scores[3]
