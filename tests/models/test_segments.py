"""Texts in several languages: asked where there is doubt, told where the second has its part."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ccnet_lite.models import segments
from ccnet_lite.models.choice import Chosen
from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.segments import (
    END_CHARS,
    PART_CHARS,
    by_script,
    is_mixed,
    parts_of,
    segment_languages,
    several_scripts,
    shares_json,
    with_mixed,
)
from ccnet_lite.models.turns import by_turns
from ccnet_lite.quality.common_words import WordLists, word_lists
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.run.models import read_common_words
from ccnet_lite.settings import load_settings

ENGLISH = "The sea was calm in the morning, and a small boat came in with fish for the market of the town. "
GERMAN = "Das Meer war am Morgen ruhig, und ein kleines Boot kam mit Fischen für den Markt der Stadt herein. "
RUSSIAN = "Утром море было спокойным, и маленькая лодка пришла с рыбой для городского рынка на берегу. "


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier(find_model("lid.176.ftz"), "space", 2000)


def told(identifier: LanguageIdentifier, *texts: str) -> list[dict[str, float] | None]:
    best, scores = identifier.best(texts, 5)
    return segment_languages(texts, best, scores, identifier)


def test_a_text_in_two_languages(identifier: LanguageIdentifier) -> None:
    half = 10 * ENGLISH + "\n" + 10 * GERMAN
    begins_alone = 30 * ENGLISH + "\n" + 20 * GERMAN
    lines = "\n".join([(ENGLISH if n // 4 % 2 else RUSSIAN).strip() for n in range(40)])
    found = told(identifier, half, begins_alone, lines, 20 * ENGLISH, 3 * ENGLISH, "", "x")
    for shares, second in zip(found[:3], ("de", "de", "ru"), strict=True):
        assert shares is not None and set(shares) == {"en", second}
        assert is_mixed(shares, 2000) and sum(shares.values()) > 0.7
    assert list(found[1] or {}) == ["en", "de"] and 0.5 < (found[1] or {})["en"] < 0.7
    assert found[3:5] == [None, None] and not any(found[5:])


TAMIL = "காலையில் கடல் அமைதியாக இருந்தது, ஒரு சிறிய படகு நகரச் சந்தைக்கு மீன்களுடன் வந்தது என்று அவர் கூறினார். "
CODE = "def f(x, y):\n    if x > 3:\n        y = y + x\n    for i in y:\n        x += f(i, 2)\n    return x"
CHORDS = "Am    Em    G\nC     G     Am    Em"


def test_languages_of_several_scripts_may_take_turns(identifier: LanguageIdentifier) -> None:
    """Line by line, so that no part of 300 characters is of one of them alone."""
    turns = [
        "\n".join(12 * [ENGLISH.strip(), other.strip()])
        for other in (RUSSIAN, TAMIL, 2 * "海很平静，小船来了，" + "。")
    ]
    furniture = [f"{12 * RUSSIAN}\n{ENGLISH}", "\n".join(12 * [RUSSIAN, "1999"]), *turns[:1]]
    alone = ["\n".join(9 * [RUSSIAN, each]) for each in (CODE, CHORDS, 2 * CHORDS)]
    texts = [*turns[:2], *furniture[:2], *alone]
    measures = measure(texts, False)
    mingled = several_scripts(measures)
    assert mingled.tolist() == [True, True, False, False, *mingled[4:].tolist()] and mingled[4]
    best, scores = identifier.best(texts, 5)
    lists = word_lists(read_common_words(load_settings(None, [])))
    found = segment_languages(texts, best, scores, identifier, mingled, lists)
    assert [set(each or {}) for each in found[:2]] == [{"en", "ru"}, {"en", "ta"}]
    assert [is_mixed(each, len(text)) for each, text in zip(found, texts, strict=True)] == [
        *2 * [True],
        *5 * [False],
    ]
    blind = segment_languages(texts, best, scores, identifier)
    assert not is_mixed(blind[0], len(texts[0]))
    # Without their common words, code and chords would be of some language.
    unlisted = segment_languages(texts, best, scores, identifier, mingled)
    assert unlisted[:4] == found[:4]


FRENCH = "La mer était calme le matin, et un petit bateau est entré avec du poisson pour le marché de la ville. "
CZECH = "Ráno bylo moře klidné a malá loďka připlula s rybami pro městský trh, jak řekl jeho starý přítel. "


def test_languages_of_one_script_may_take_turns(identifier: LanguageIdentifier) -> None:
    """Line by line likewise; each line says where it was put, so that both sides are whole."""
    twos = ((ENGLISH, GERMAN), (FRENCH, ENGLISH), (GERMAN, CZECH))
    turns = ["\n".join(12 * [first.strip(), second.strip()]) for first, second in twos]
    third = "\n".join(9 * [ENGLISH.strip(), ENGLISH.strip(), CZECH.strip()])
    few = "\n".join(4 * [*5 * [FRENCH.strip()], GERMAN.strip()])
    short = "\n".join(4 * [FRENCH.strip(), GERMAN.strip()])
    texts = [*turns, third, few, short]
    best, scores = identifier.best(texts, 5)
    lists = word_lists(read_common_words(load_settings(None, [])))
    found = segment_languages(texts, best, scores, identifier, common=lists)
    assert [set(each or {}) for each in found[:4]] == [{"en", "de"}, {"fr", "en"}, {"de", "cs"}, {"en", "cs"}]
    told = [is_mixed(each, len(text)) for each, text in zip(found, texts, strict=True)]
    assert told == [*4 * [True], False, False]
    assert 0.45 < (found[0] or {})["de"] < 0.55 and 0.25 < (found[3] or {})["cs"] < 0.4
    blind = segment_languages(texts, best, scores, identifier)
    assert not any(is_mixed(each, 2000) for each in blind[:3])


def test_a_menu_said_again_and_again_makes_no_mixed_text(identifier: LanguageIdentifier) -> None:
    lines = [f"{n}. {GERMAN.strip()}" for n in range(12)]
    page = "\n".join(f"{line}\n{ENGLISH.strip()}" for line in lines)
    distinct = "\n".join(f"{line}\n{n}. {ENGLISH.strip()}" for n, line in enumerate(lines))
    best, scores = identifier.best([page, distinct], 5)
    lists = word_lists(read_common_words(load_settings(None, [])))
    found = segment_languages([page, distinct], best, scores, identifier, common=lists)
    assert [is_mixed(each, 2000) for each in found] == [False, True]


class Said:
    """An identifier that says of each text what stands before its colon: `en 0.9 da 0.1: ...`."""

    def best(self, texts: Sequence[str], k: int) -> tuple[list[list[str]], Any]:
        said = [text.partition(":")[0].split() for text in texts]
        scores = np.zeros((len(texts), k))
        for row, each in enumerate(said):
            scores[row, : len(each) // 2] = [float(score) for score in each[1::2]]
        return [(each[::2] + k * ["und"])[:k] for each in said], scores


def parted(*lines: str) -> list[str]:
    (sides,) = by_turns(["\n".join(lines)], Said())  # type: ignore[arg-type]
    return [side.replace("\n", "|") for side in sides]


def test_each_line_goes_to_the_likelier_of_the_two() -> None:
    english, danish = "en 0.9 da 0.1: some words", "da 0.9 en 0.1: nogle ord"
    assert parted(english, danish, english, danish, english) == [
        f"{english}|{english}|{english}",
        f"{danish}|{danish}",
    ]
    unsure, other, short = "fr 0.4 da 0.2 en 0.1: x x", "fr 0.9: quelques mots", "da 1: x"
    three = [english, short, unsure, other, danish, short, english, danish]
    sides = [f"{english}|{short}|{english}", f"{unsure}|{other}|{danish}|{short}|{danish}"]
    assert sorted(parted(*three)) == sorted(sides)


def test_what_has_no_second_language_is_not_parted() -> None:
    english, danish = "en 0.9 da 0.1: some words", "da 0.9 en 0.1: nogle ord"
    unsure, nothing = "da 0.49 en 0.4: nogle ord", "zxx 0.9: 0000000000000"
    assert parted(*5 * [english], danish) and not parted(*6 * [english], danish)  # a share of 0.16, of 0.14
    assert not parted(*4 * [english], *4 * [unsure]) and not parted(*4 * [english], *4 * [nothing])
    assert not parted(english) and not parted("") and by_turns([], Said()) == []  # type: ignore[arg-type]
    assert not parted(*4 * ["yue 0.9 zh 0.1: ......."], *4 * ["zh 0.9 yue 0.1: ......."])


@pytest.mark.parametrize(
    ("second", "of_both", "mixed"),
    [("da 0.8", "da 0.01", True), ("da 0.79", "da 0.01", False), ("da 0.8", "da 0.009", False)],
)
def test_how_sure_the_sides_and_the_whole_must_be(second: str, of_both: str, mixed: bool) -> None:
    """A part says what its first line does; two lines are one, so English ones hide the others as they stand."""
    text = "\n".join(4 * [f"en 0.85 {of_both}: {'xxx ' * 40}", f"{second}: {'yyy ' * 40}"])
    best, scores = Said().best([text], 5)
    (shares,) = segment_languages([text], best, scores, Said(), common=WordLists({}))  # type: ignore[arg-type]
    assert is_mixed(shares, len(text)) is mixed and (shares or {})["en"] > 0.4
    (blind,) = segment_languages([text], best, scores, Said())  # type: ignore[arg-type]
    assert blind == {"en": 1.0}


def test_lines_looked_at_first_are_spread_over_the_text() -> None:
    """Also where every second line, or every third, is in the other language."""
    english, danish = "en 0.9 da 0.1: some words", "da 0.9 en 0.1: nogle ord"
    for period in range(2, 6):
        lines = [danish if n % period == 0 else english for n in range(500)]
        assert len(parted(*lines)) == 2, period


def test_lines_go_by_the_script_of_most_of_their_letters() -> None:
    text = "  \n東京タワー\n1\nそして。\nTokyo 東\n\n東京 T\n서울"
    assert by_script(text) == ["  ", "東京タワー\n1\nそして。\n東京 T\n서울", "Tokyo 東\n"]
    assert by_script("") == [""] and by_script("12") == ["12"]
    texts = ["海は静かだった。小さな船が来た。", "Tokyo 東京 is very big", "서울 Seoul", "Hello there", "12"]
    measures = measure(texts, False)
    assert several_scripts(measures).tolist() == [False, False, True, False, False]


def test_a_quotation_makes_no_mixed_text(identifier: LanguageIdentifier) -> None:
    (shares,) = told(identifier, 24 * ENGLISH + "\n" + 5 * GERMAN)
    assert shares is not None and 0.1 < shares["de"] < 0.25 and not is_mixed(shares, 2500)


@pytest.mark.parametrize(
    ("shares", "n_chars", "mixed"),
    [
        ({"en": 0.75, "de": 0.25}, 2000, True),
        ({"en": 0.75, "de": 0.249}, 4000, False),
        ({"en": 0.75, "de": 0.25}, 1999, False),  # less than 500 characters
        ({"en": 0.5, "de": 0.5}, 1000, True),
        ({"en": 0.5, "de": 0.3, "fr": 0.2}, 9000, True),
        ({"en": 1.0}, 9000, False),
        ({}, 9000, False),
        (None, 9000, False),
    ],
)
def test_what_a_second_language_needs(shares: dict[str, float] | None, n_chars: int, mixed: bool) -> None:
    assert is_mixed(shares, n_chars) is mixed


def test_parts_are_the_text() -> None:
    lines = [ENGLISH * 9, "a", "", "b" * 299, "c" * 1000, "ж" * 299, "end"]
    text = "\n".join(lines)
    parts = parts_of(text)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
    assert all(len(part) >= PART_CHARS for part in parts[:-1]) and max(map(len, parts)) < 3 * PART_CHARS + 9
    assert parts_of("") == parts_of("\n\n") == [] and parts_of("short") == ["short"]
    assert len(parts_of("a" * 300 + "\n" + "b" * 149)) == 1 and len(parts_of("a" * 300 + "\n" + "b" * 150)) == 2


def test_relatives_of_the_language_of_most_parts_are_not_counted() -> None:
    """Where the model sees something of Norwegian in what it calls Danish, that is not a second language."""
    names = [["no", "da"], ["no", "da"], ["da", "no"], ["de", "en"], ["und", "und"], ["en", "no"]]
    scores = [[0.9, 0.1], [0.8, 0.1], [0.9, 0.02], [0.9, 0.0], [0.0, 0.0], [0.49, 0.0]]
    assert segments._shares(names, scores, [100] * 6) == {"no": 0.333, "de": 0.167}
    assert segments._shares([["en", "no"], *names], [[0.49, 0.0], *scores], [900] + [100] * 6)["no"] == 0.133
    scores[2][1] = 0.019
    assert segments._shares(names, scores, [100] * 6) == {"no": 0.333, "da": 0.167, "de": 0.167}


def test_a_mixed_text_is_mul() -> None:
    chosen = Chosen(["en", "en"], np.array([0.6, 0.9]), np.array([1.5, 1.5]), np.array([0.6, 0.9]))
    mixed: list[dict[str, float] | None] = [{"en": 0.6, "de": 0.3}, None]
    found = with_mixed(chosen, mixed, ["x" * 3000] * 2)
    assert found.languages == ["mul", "en"] and found.confidences.tolist() == [0.9, 0.9] == found.scores.tolist()
    assert np.isnan(found.ratios[0]) and found.ratios[1] == 1.5
    assert json.loads(shares_json(mixed[0]) or "") == {"eng_Latn": 0.6, "deu_Latn": 0.3}


def test_the_end_is_looked_at_only_of_long_texts(identifier: LanguageIdentifier) -> None:
    assert told(identifier, (ENGLISH * 25)[: 2 * END_CHARS - 100] + GERMAN) == [None]
    assert told(identifier, ENGLISH * 25 + GERMAN * 25) != [None]
