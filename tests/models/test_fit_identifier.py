"""Labelled texts read, lists and thresholds fitted, and what a threshold takes."""

from pathlib import Path

import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import find_model
from ccnet_lite.models.fit_identifier import (
    Identified,
    fit_common_words,
    identify,
    judged,
    reliability,
    thresholds_for,
)
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.labelled import Labelled, read_labelled
from ccnet_lite.quality.common_words import MOST_WORDS, WordLists

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
    (first,) = read_labelled(tmp_path / "sub" / "swh.txt", 6, most=1)
    assert first.text == "abc\ndefg"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("english.txt", b"a", "is not named by a language's code"),
        ("en.txt", b"\xff\xfe", "cannot be read"),
        ("a.csv", b"text,tongue\na,en\n", "line 2: a text in text or sentence and a language"),
        ("a.jsonl", b'{"text": "a", "lang": "en"}\n{"text": 7, "lang": "en"}\n', "line 2: a text"),
        ("a.jsonl", b'{"text": "a", "lang": "!"}\n', "line 1: label '!'"),
        ("a.jsonl", b"{", "cannot be read"),
        ("notes.md", b"a", "give a folder of .txt"),
        ("en.txt", b"a", "holds no 6 characters"),
    ],
)
def test_a_file_that_will_not_do_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        read_labelled(tmp_path, chars=6)
    assert said in str(error.value) and str(tmp_path) in str(error.value)


def test_what_a_threshold_takes() -> None:
    taken = judged(DOCUMENTS, FOUND, ["en", "de"], 0.65)
    assert (taken.right, taken.wrong, taken.unknown) == pytest.approx((2 / 3, 1 / 3, 0.0))
    assert (taken.n_known, taken.n_unknown) == (3, 2)
    taken = judged(DOCUMENTS, FOUND, ["en", "de"], 0.6)
    assert taken.unknown == 0.5
    each = judged(DOCUMENTS, FOUND, ["en", "de"], {"en": 0.3, "de": 0.75})
    assert (each.right, each.wrong, each.unknown) == pytest.approx((1 / 3, 1 / 3, 0.5))


def test_the_least_threshold_that_is_precise_enough() -> None:
    fitted = thresholds_for(DOCUMENTS, FOUND, 0.6)
    # Of en one is en: at 0.31 and above. Of de one of three is de, of the two surest one: never.
    assert fitted == {"en": (0.31, 0.5), "de": (1.0, 0.0)}
    assert thresholds_for(DOCUMENTS, FOUND, 0.5)["en"] == (0.05, 0.5)


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
