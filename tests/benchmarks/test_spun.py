"""Spun pages of our own: each trick is caught at 5 % of the words, and the clean page is not."""

import sys
from pathlib import Path
from random import Random

import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import HEURISTICS

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from spun_pages import PAGE_TRICKS, WORD_TRICKS, accents_alone, in_words, scrambled, scrambled_sentences

PAGES = {
    "en": "The people of Brittany open each house to guests after the harvest. Some of them stay until spring. ",
    "ru": "После сбора урожая жители Самары открывают гостям свои дома. Некоторые остаются до самой весны. ",
    "el": "Οι κάτοικοι της Πάτρας ανοίγουν τα σπίτια τους στους ξένους. Μερικοί μένουν ως την άνοιξη του χρόνου. ",
    "hy": "Երկրի բնակիչները Սևանում բերքահավաքից հետո տները բացում են հյուրերի առաջ։ Ոմանք մնում են այնտեղ։ ",
}
LANGUAGE = {"latin_in_cyrillic": "ru", "latin_in_greek": "el", "latin_in_armenian": "hy"}


def caught(page: str) -> set[str]:
    found = measure([page])
    return {each.column for each in HEURISTICS if found[each.column][0].as_py() > each.default} - {
        *("duplicate_line_share", "top_ngram_share")  # the page repeats itself, to be long
    }


@pytest.mark.parametrize("trick", WORD_TRICKS)
@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_words_in_disguise(trick: str, share: float) -> None:
    page = PAGES[LANGUAGE.get(trick.rpartition(" ")[2], "en")] * 10
    spun = WORD_TRICKS[trick](page, share, Random(trick))
    assert spun != page
    assert caught(page) == set()
    assert caught(spun) & {"homoglyph_share", "disguised_share", "mark_share"}


@pytest.mark.parametrize("language", ["en", "ru", "el", "hy"])
def test_words_in_random_order(language: str) -> None:
    page = PAGES[language] * 20
    assert caught(scrambled(page, 1.0, Random(2))) == {"case_disorder", "word_disorder"}


LISTS = ["keyword lists", "keyword lists, no commas", "keyword lists, a line each", "hashtags", "phrases permuted"]


@pytest.mark.parametrize("trick", LISTS)
def test_keyword_lists(trick: str) -> None:
    words = "harvest guests houses people spring Brittany stay open after until each some them winter season"
    assert "keyword_share" in caught(PAGE_TRICKS[trick](words, 1.0, Random(4)))


def test_sentences_keep_their_words() -> None:
    page = "One two three four. Five six seven eight.\nNine ten."
    done = scrambled_sentences(page, 1.0, Random(1))
    assert sorted(done.split()[:4]) == ["One", "four.", "three", "two"]
    assert sorted(done.split("\n")[1].split()) == ["Nine", "ten."]


@pytest.mark.parametrize("language", PAGES)
def test_three_million_accents(language: str) -> None:
    assert "mark_share" in caught(accents_alone(PAGES[language] * 10, 1.0, Random(0)))


def test_a_share_of_the_words_is_changed_or_none() -> None:
    page = "one two three four five six seven eight nine ten"
    assert in_words(page, 0.25, Random(0), lambda word: True, str.upper).count("E") >= 1
    changed = in_words(page, 0.25, Random(0), lambda word: True, lambda word: "X")
    assert changed.split().count("X") == 3
    assert in_words(page, 0.25, Random(0), lambda word: word == "one", str.upper) == page
