import re
from itertools import count, product
from random import Random

import numpy as np
import pytest

from ccnet_lite.quality.sentence_case import case_disorder
from ccnet_lite.text.characters import code_points

ENGLISH = "The river at Bray rises early. Nobody whom we know in Dublin wakes before noon there. " * 30
ARMENIAN = "Գետը Երեւանում բարձրանում է գարնանը։ Ոչ ոք մեզնից Գյումրիում չի արթնանում կեսօրից առաջ։ " * 40
LESSER_STOPS = "Տէրը խօսեց եւ ասաց Մովսէսին. այս ամիսը թող լինի սկիզբ։ Գնաց ուրեմն Եգիպտոս հետ Ահարոնը նաեւ։ " * 12
GERMAN = "Der Fluss steigt im Frühling. Niemand sieht im Nebel die Brücke. " * 60

LETTERS = list(product("abcdefghijklmnopqrstuvwxyz", repeat=3))


def disorder(*texts: str) -> list[float]:
    found = np.full(len(texts), np.nan)
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    case_disorder(code_points("".join(texts)), ends, found)
    return found.tolist()  # type: ignore[no-any-return]


def varied(text: str) -> str:
    """The text with three letters behind each word's first one, so that no word comes often."""
    numbers = count()
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0] + "".join(LETTERS[next(numbers)]) + word[0][1:], text)


def shuffled(text: str) -> str:
    words = varied(text).split()
    Random(1).shuffle(words)
    return " ".join(words)


def test_by_hand() -> None:
    # Eight words after a full stop, of which four small; of all 26 words, 17 are; no two capitals together.
    four = ("gamma", "delta", "epsilon", "zeta")
    text = "".join(f"Aaaa bbbb Cccc {word}. {word[::-1]} ffff. " for word in four) + "Gggg hhhh."
    assert disorder(text) == [pytest.approx((4 / 8) / (17 / 26))]
    assert disorder(text.replace("Cccc", "cccc")) == [0.0]  # five capitals, for eight sentences


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, ARMENIAN])
def test_random_order_is_told_from_sentences(text: str) -> None:
    clean, random = disorder(text, shuffled(text))
    assert clean == 0.0
    assert random > 0.6


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH.lower(),  # who writes no capitals is in no disorder
        ENGLISH.upper(),
        "we came home late. kevin a. Boone Accenture Houston Consulting wrote this. " * 3 + "it was late. " * 12,
        "The word. " + "and more. " * 6,  # too few
        "Am 14. dezember. " * 10,  # dates
        "He paid Smith Co. for pp. xii to xx. " * 10,  # abbreviations
        "Wait... for it. " * 10,
        "«Non !» dit Jean. " * 10,
        "ეს არის წინადადება. " * 20,
        "这是一个句子。" * 20,
        "Three proc. w Polsce, Two proc. by May. Then Rain. " * 8,  # the same abbreviation, and nothing else
        "Anna came From Rome. more... Karl went To Bern. more... " * 8,  # the same link
        "Ada Bell, Cy Dorn, Eve Fox. Gus Hall. Ida Jude. Kim Lane. Max Noll. Ola Penn. Quin. by Ray. of Sol. Ty. ",
        LESSER_STOPS,
        LESSER_STOPS.replace("Մովսէսին", "ՄՈՎՍԷՍԻՆ"),
        "",
    ],
)
def test_not_measured_or_in_order(text: str) -> None:
    assert disorder(text) == [0.0]


def test_lesser_stops_are_those_behind_armenian_letters() -> None:
    assert disorder(varied(LESSER_STOPS.replace(".", "։")))[0] > 0.2
    assert disorder(varied(LESSER_STOPS)) == [0.0]
