"""Long lists of words that come again, on literal text. Lists of search phrases: test_spun_words.py."""

import pytest

from ccnet_lite.quality.heuristics import measure

ONCE = [f"word{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
"""A hundred words of six letters."""
SEVENTY = ONCE[:70]


def keywords(text: str) -> float:
    found = measure([text])["keyword_share"][0].as_py()
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("sign", [", ", " | ", "\n", " - "])
def test_half_of_what_comes_again_counts(sign: str) -> None:
    assert keywords(sign.join(SEVENTY * 2)) == 0.5
    assert keywords(sign.join(ONCE[:100] + SEVENTY)) == pytest.approx(140 / 170 / 2)


def test_what_comes_once_does_not_count() -> None:
    assert keywords(", ".join([*ONCE, *(f"other{word}" for word in ONCE)])) == 0.0


def test_items_have_three_words_at_most() -> None:
    def items(size: int) -> str:
        words = (ONCE * 3)[: 60 * size]
        return ", ".join(" ".join(words[at : at + size]) for at in range(0, len(words), size))

    tail = f". {' '.join(f'tail{word}' for word in ONCE)}."
    assert keywords(items(3) + tail) > 0.2
    assert keywords(" ".join(items(3).split(", ")) + tail) == 0.0
    long = (ONCE * 3)[:240]
    four = ", ".join(" ".join(long[at : at + 4]) for at in range(0, 240, 4))
    assert keywords(four + tail) == 0.0


def test_sixty_items_stand_behind_one_another() -> None:
    rest = f". {' '.join(f'rest{word}' for word in ONCE)}."
    # What ends a sentence is of no list.
    assert keywords(f"{', '.join(ONCE[:30] * 2)}, end{rest}") == pytest.approx(360 / (360 + 3 + 1000) / 2)
    assert keywords(f"{', '.join(ONCE[:30] * 2)}{rest}") == 0.0
    halves = ", ".join(ONCE[:40]) + ". " + ", ".join(ONCE[:40])
    assert keywords(halves + rest) == 0.0  # a sentence ends between them
    parted = ", ".join([*ONCE[:40], " ".join(f"long{word}" for word in ONCE[:5]), *ONCE[:40]])
    assert keywords(parted + rest) == 0.0
    after = ". ".join(["It begins here", ", ".join(SEVENTY * 2)])
    assert keywords(after) > 0.4


def test_words_have_three_letters_on_average() -> None:
    moves = [f"{piece}{file}{rank}" for piece in "NBRQK" for file in "abcdefgh" for rank in "12"]
    assert keywords(", ".join(moves[:80] * 2)) == 0.0


FIRST = [
    *("Ann", "Ben", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jane", "Karl", "Lena"),
    *("Max", "Nora", "Otto", "Paula", "Quinn", "Rosa", "Stan", "Tess"),
]
LAST = [
    f"{one}{two}" for one in ("Bell", "Wood", "Field", "Stone", "Lake", "Hill") for two in ("er", "man", "ford")
]
ROLL = [(FIRST[(7 * at + at // 20) % 20], LAST[(5 * at + at // 18) % 18]) for at in range(150)]
"""A hundred and fifty names of twenty first and eighteen last ones."""


@pytest.mark.parametrize("sign", ["\n", ", ", " | ", " 12 "])
def test_words_that_keep_their_place_are_no_keywords(sign: str) -> None:
    assert keywords(sign.join(f"{first} {last}" for first, last in ROLL)) < 0.25
    assert keywords("\n".join(f"{last}, {first}" for first, last in ROLL)) < 0.25


def test_words_at_any_place_are() -> None:
    turned = [f"{last} {first}" if at % 7 < 3 else f"{first} {last}" for at, (first, last) in enumerate(ROLL)]
    assert keywords(", ".join(turned).lower()) > 0.5


ANY = [f"{FIRST[at % 20]} {FIRST[(7 * at + at // 20) % 20]} {FIRST[(3 * at + 5) % 20]}" for at in range(80)]
"""Names of which any may be the first."""


def test_a_roll_of_names_is_in_capitals() -> None:
    assert keywords("\n".join(ANY)) == 0.0
    assert keywords(", ".join(ANY)) == 0.0
    assert keywords("\n".join(ANY).lower()) > 0.5
    # 240 words: a tenth of them may be small, those of two letters aside.
    small = [name.lower() for name in ANY[:9]] + ANY[9:]
    assert keywords("\n".join(small)) > 0.25
    assert keywords("\n".join([name.lower() for name in ANY[:8]] + ANY[8:])) == 0.0
    assert keywords("\n".join(f"{name.split()[0]} v {name.split()[1]}" for name in ANY)) == 0.0


def test_four_of_five_names_of_a_roll_have_one_size() -> None:
    longer = [f"{name} Extra" for name in ANY[:20]]
    assert keywords("\n".join(longer[:16] + ANY[16:])) == 0.0
    assert keywords("\n".join(longer[:17] + ANY[17:])) > 0.25


def test_without_capitals_a_roll_has_a_line_each_and_no_numbers() -> None:
    some = "محمد أحمد علي حسن خالد عمر يوسف محمود سعيد سالم ناصر فهد سلطان ماجد زيد بكر طه أنس ليث قيس"
    arabic = dict(zip(FIRST, some.split(), strict=True))
    names = [" ".join(arabic[word] for word in name.split()) for name in ANY]
    assert keywords("\n".join(names)) == 0.0
    assert keywords(", ".join(names)) > 0.5
    assert keywords("\n".join(f"{name} 12" for name in names)) > 0.5


def test_columns_of_a_table_keep_their_place() -> None:
    goods, sorts = [word.lower() for word in LAST[:12]], ["fresh", "dried", "smoked", "tinned", "frozen", "salted"]
    assert keywords("\n".join(f"{one} {other}" for one in goods for other in sorts)) == 0.0
    prices = "\n".join(f"{one} {other} 12.40\n{one} 3" for one in goods for other in sorts)
    assert keywords(prices) == 0.0
    assert keywords("\n".join(f"{one} {other}\n{one}" for one in goods for other in sorts)) > 0.0


def test_few_words_between_numbers_or_signs_are_a_table() -> None:
    teams = ["Aldham", "Burton", "Corby", "Dereham", "Ely", "Frinton", "Garston", "Holt"]
    games = [(home, away) for home in teams for away in reversed(teams) if home != away] * 2
    assert keywords("\n".join(f"{home} - {away} 2:1" for home, away in games)) < 0.25
    assert keywords("\n".join(f"{home}, {away}" for home, away in games)) < 0.25
    assert keywords(" ".join(f"{word} 12.40" for word in SEVENTY * 2)) == 0.0


def test_sorted_lists_and_lone_words_are_not_near() -> None:
    items = [f"{last} {word}" for last, word in zip(sorted(LAST * 5), ONCE, strict=False)]
    assert keywords("\n".join(items)) == 0.0
    stops = [LAST[at * step % 17] for step in range(1, 12) for at in range(1, 17)]
    assert keywords(" 12.40 ".join(stops)) == 0.0
