"""Spun pages of our own: each trick is caught at 5 % of the words, and the clean page is not."""

import sys
from pathlib import Path
from random import Random

import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import HEURISTICS

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from spun_pages import (
    PAGE_TRICKS,
    UNSPACED_TRICKS,
    WORD_TRICKS,
    accents_alone,
    in_words,
    letters_of,
    scrambled,
    scrambled_letters,
    scrambled_letters_of_phrases,
    scrambled_pieces,
    scrambled_sentences,
)

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
    assert "word_disorder" in caught(scrambled(page, 1.0, Random(2)))


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


CHINESE = "河水在夏天很浅，孩子可以走过去。Mill 老磨坊在河边，\n那里有一个故事。"


def test_letters_in_random_order_leave_signs_and_other_scripts_in_place() -> None:
    def shape(text: str) -> list[str]:
        return [part for part, ours in letters_of(text) if not ours]

    for trick in (scrambled_letters, scrambled_letters_of_phrases, scrambled_pieces):
        mixed = trick(CHINESE, 1.0, Random(5))
        assert mixed != CHINESE
        assert sorted(mixed) == sorted(CHINESE)
        assert shape(mixed) == shape(CHINESE)
    phrases = scrambled_letters_of_phrases(CHINESE, 1.0, Random(5))
    assert sorted(phrases.split("，")[0]) == sorted("河水在夏天很浅")


def test_pieces_are_of_letters_that_belong_together() -> None:
    together = {("河", "水"), ("夏", "天"), ("孩", "子")}
    for seed in range(5):
        mixed = scrambled_pieces(CHINESE, 1.0, Random(seed), lambda one, other: (one, other) in together)
        assert all(one + other in mixed for one, other in together)


def test_a_letter_has_its_marks() -> None:
    assert [part for part, ours in letters_of("น้ำ ក្រក") if ours] == ["น้ำ", "ក្រ", "ក"]


@pytest.mark.parametrize("trick", UNSPACED_TRICKS)
def test_tricks_in_scripts_without_spaces(trick: str) -> None:
    page = "แม่น้ำสายนี้ไหลมาจากภูเขาทางเหนือของเมือง แล้วไหลไปทางตะวันออกจนถึงทะเล เด็กในหมู่บ้านเดินข้ามแม่น้ำได้ " * 6
    spun = UNSPACED_TRICKS[trick](page, 0.05, Random(trick))
    assert caught(page) == set()
    assert caught(spun) == {"disguised_share" if trick == "invisible characters" else "word_disorder"}
