"""The template files: every slot is filled, every filler used, enough sentences in every language."""

import re
import statistics
import unicodedata

import pytest

from ccnet_lite.sample.draw import between, chance, pick, shuffled, stream
from ccnet_lite.sample.prose import (
    SLOT,
    Choices,
    Language,
    article,
    expand,
    language_codes,
    load_language,
    sentence,
)

LANGUAGES = [load_language(code) for code in language_codes()]


def templates(language: Language) -> list[str]:
    return [text for topic in language.topics for text in topic.sentences]


def named_slots(text: str) -> set[str]:
    return {match[3] for match in SLOT.finditer(text) if match[3]}


def ways(language: Language, template: str) -> int:
    """How many different sentences a template makes."""
    count = 1
    for low, high, name in SLOT.findall(template):
        count *= sum(ways(language, text) for text in language.slots[name]) if name else int(high) - int(low) + 1
    return count


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_template_file_is_whole(language: Language) -> None:
    texts = [*templates(language), *(title for topic in language.topics for title in topic.titles)]
    fillers = [filler for slot in language.slots.values() for filler in slot]
    asked = {name for text in [*texts, *fillers] for name in named_slots(text)}
    assert asked == set(language.slots)
    assert not re.search(r"[{}]", "".join(SLOT.sub("", text) for text in [*texts, *fillers]))
    assert len({len(language.slots[name]) for name in language.constant}) == 1
    for text in [*texts, *fillers, *language.menu, *language.cookies, *language.footers]:
        assert text == text.strip()
        assert "  " not in text
        assert unicodedata.is_normalized("NFC", text) or language.code == "hi"  # nuktas have no composed NFC


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_there_is_enough_to_say(language: Language) -> None:
    assert len(templates(language)) >= 40
    assert len(set(templates(language))) == len(templates(language))
    counts = sorted(ways(language, text) for text in templates(language))
    assert counts[0] >= 4
    assert statistics.median(counts) > 150
    assert sum(counts) > 1_000_000


def test_draws_are_these_on_every_machine() -> None:
    rng = stream(7, "draws", "x")
    assert [between(rng, 1, 6) for _ in range(8)] == [5, 3, 4, 4, 1, 1, 6, 5]
    assert shuffled(rng, range(8)) == [7, 1, 2, 6, 5, 4, 3, 0]
    assert "".join(pick(rng, "abc") for _ in range(8)) == "cacccbcc"
    assert [chance(rng, 0.5) for _ in range(4)] == [False, True, False, True]


def test_a_slot_is_filled_with_what_was_not_used_before() -> None:
    language = load_language("en")
    choices = Choices()
    days = [expand(language, "{weekday}", stream(1, n), choices) for n in range(14)]
    assert sorted(days[:7]) == sorted(days[7:])
    assert len(set(days[:7])) == 7


def test_constant_slots_agree_within_an_article() -> None:
    language = load_language("pl")
    said = expand(language, "{town} / {in_town} / {town}", stream(2), Choices(constant=0.2))
    assert said == "Stara Przystań / w Starej Przystani / Stara Przystań"


def test_numbers_stay_in_their_range() -> None:
    language = load_language("en")
    found = {expand(language, "{3-5}", stream(n), Choices()) for n in range(60)}
    assert found == {"3", "4", "5"}


def test_a_sentence_begins_with_a_capital_of_its_language() -> None:
    assert sentence(load_language("tr"), "ilk gün", stream(0), Choices()) == "İlk gün"
    assert sentence(load_language("ru"), "ещё раз", stream(0), Choices()) == "Ещё раз"
    assert sentence(load_language("en"), "in {3-3} days", stream(0), Choices()) == "In 3 days"


def test_an_article_is_as_long_as_asked() -> None:
    language = load_language("de")
    title, lines = article(language, stream(3), 9)
    assert (len(lines), title != "") == (9, True)
    assert sum(map(len, article(load_language("zh"), stream(3), 1)[1])) >= 430
