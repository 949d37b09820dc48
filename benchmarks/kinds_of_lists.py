"""Clean documents of unusual kinds, made of words, names and numbers: lists, tables, rolls, dictionaries, schedules.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from itertools import permutations

from kinds_material import Draw
from kinds_of_text import Maker

UNITS = "g ml kg l cm EL TL".split()
CODES = "GBR FRA GER NED KEN ETH USA JPN".split()


def roll(d: Draw, n: int) -> str:
    return "\n".join(d.names(60 * n))


def roll_sorted(d: Draw, n: int) -> str:
    return "\n".join(sorted(d.names(60 * n)))


def roll_by_last(d: Draw, n: int) -> str:
    return "\n".join(sorted(d.names(60 * n), key=lambda name: name.split()[::-1]))


def roll_last_first(d: Draw, n: int) -> str:
    turned = [", ".join((name.split()[-1], " ".join(name.split()[:-1]))) for name in d.names(60 * n)]
    return "\n".join(sorted(turned))


def roll_semicolons(d: Draw, n: int) -> str:
    return "; ".join(", ".join(name.split()[::-1]) for name in sorted(d.names(60 * n)))


def roll_commas(d: Draw, n: int) -> str:
    return ", ".join(d.names(60 * n))


def roll_numbered(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {name}" for at, name in enumerate(d.names(60 * n), 1))


def roll_phones(d: Draw, n: int) -> str:
    return "\n".join(f"{name} {d.number(100, 999)} {d.number(1000, 9999)}" for name in d.names(60 * n))


def roll_by_class(d: Draw, n: int) -> str:
    names = d.names(60 * n)
    return "\n".join(f"{at // 12 + 1}a: {', '.join(names[at : at + 12])}" for at in range(0, len(names), 12))


def ranking(d: Draw, n: int) -> str:
    return "\n".join(
        f"{at} {name} {d.rng.choice(CODES)} 1:{d.number(10, 59)}.{d.number(10)}" for at, name in enumerate(d.names(50 * n), 1)
    )


def memorial(d: Draw, n: int) -> str:
    return "\n".join(f"{name} {d.number(1880, 1900)}–{d.number(1914, 1918)}" for name in sorted(d.names(50 * n)))


def credits(d: Draw, n: int) -> str:
    return "\n".join(f"{d.title()}: {d.name()}, {d.name()}" for _ in range(25 * n))


def first_names(d: Draw, n: int) -> str:
    return "\n".join(f"{d.first()} – {d.phrase(3)}" for _ in range(40 * n))


def directory(d: Draw, n: int) -> str:
    return "\n\n".join(
        f"{d.name()}\n{d.word().capitalize()} {d.number()}\n{d.number(10000, 99999)} {d.places()[0]}\n+44 {d.number(100, 999)} {d.number(1000, 9999)}"
        for _ in range(15 * n)
    )


def genealogy(d: Draw, n: int) -> str:
    return "\n".join(
        f"{at // 4 + 1}.{at % 4 + 1} {d.name()}, * {d.number(1, 28)}.{d.number(1, 12)}.{d.number(1700, 1900)} {d.places()[0]}, † {d.number(1750, 1950)}, ⚭ {d.name()}"
        for at in range(25 * n)
    )


def _games(d: Draw, n: int) -> list[tuple[str, str]]:
    games = list(permutations(d.places(), 2))
    d.rng.shuffle(games)
    return games[: 28 * n]


def results(d: Draw, n: int) -> str:
    return "\n".join(f"{a} - {b} {d.number(0, 4)}:{d.number(0, 4)}" for a, b in _games(d, n))


def results_inside(d: Draw, n: int) -> str:
    return "\n".join(f"{a} {d.number(0, 4)}-{d.number(0, 4)} {b}" for a, b in _games(d, n))


def fixtures(d: Draw, n: int) -> str:
    return "\n".join(f"{a} v {b}" for a, b in _games(d, n))


def fixtures_dates(d: Draw, n: int) -> str:
    games = _games(d, n)
    return "\n".join(f"{at // 4 + 1:02}.{at % 12 + 1:02}.2019 {15 + at % 4}:30 {a} – {b}" for at, (a, b) in enumerate(games))


def league_tables(d: Draw, n: int) -> str:
    def row(at: int, team: str) -> str:
        return f"{at}. {team} {' '.join(str(d.number(0, 30)) for _ in range(5))}"

    return "\n\n".join(d.title() + "\n" + "\n".join(row(at, team) for at, team in enumerate(d.places(), 1)) for _ in range(4 * n))


def timetable(d: Draw, n: int) -> str:
    return "\n".join(
        f"{stop} " + " ".join(f"{hour}:{at * 5 + line}" for hour in range(5, 17))
        for line in range(10, 10 + n)
        for at, stop in enumerate(d.places())
    )


def timetable_lines(d: Draw, n: int) -> str:
    return "\n".join(f"{stop} {hour}.{at * 4 + 10}" for hour in range(5, 5 + 5 * n) for at, stop in enumerate(d.places()))


def routes(d: Draw, n: int) -> str:
    return "\n".join(f"{at}: " + ", ".join(d.places(5)) for at in range(1, 25 * n))


def opening_hours(d: Draw, n: int) -> str:
    days, shops = [day.capitalize() for day in d.words(7)], d.words(6 * n)
    return "\n".join(
        f"{shop.capitalize()}\n" + "\n".join(f"{day}: {d.number(7, 10)}:00–{d.number(15, 20)}:30" for day in days) for shop in shops
    )


def opening_hours_lines(d: Draw, n: int) -> str:
    days = [day.capitalize() for day in d.words(7)]
    return "\n".join(f"{word}: " + ", ".join(f"{day} 9-{d.number(12, 18)}" for day in days) for word in d.words(10 * n))


def school_timetable(d: Draw, n: int) -> str:
    days, subjects = d.words(5), d.words(11)
    return "\n".join(f"{day}: " + ", ".join(d.rng.sample(subjects, 6)) for _ in range(2 * n) for day in days)


def recipe(d: Draw, n: int) -> str:
    parts = "\n".join(f"{d.number(1, 500)} {d.rng.choice(UNITS)} {word}" for word in d.words(10 * n))
    return f"{d.title()}\n{parts}\n" + "\n".join(f"{at}. {d.sentence()}" for at in range(1, 5 * n))


def ingredients(d: Draw, n: int) -> str:
    stock = d.words(18)
    return "\n".join(", ".join(d.rng.sample(stock, 8)) for _ in range(10 * n))


def ingredients_amounts(d: Draw, n: int) -> str:
    stock = d.words(18)
    return "\n\n".join(
        f"{d.title()}\n" + "\n".join(f"{d.number(10, 500)} g {part}" for part in d.rng.sample(stock, 8)) for _ in range(6 * n)
    )


def shopping_list(d: Draw, n: int) -> str:
    return "\n".join(f"- {word}" for word in d.words(60 * n))


def menu(d: Draw, n: int) -> str:
    stock = d.words(20)
    return "\n".join(
        f"{at}. {d.title()} {d.number(4, 30)},{d.number(10)} €\n({', '.join(d.rng.sample(stock, 4))})" for at in range(1, 15 * n)
    )


def price_list(d: Draw, n: int) -> str:
    goods, sorts = d.words(8 * n), d.words(6)
    return "\n".join(f"{good} {sort} {d.number()}.{d.number(10)}" for good in goods for sort in sorts)


def price_dots(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(3)} {'.' * d.number(10, 30)} {d.number()},00" for _ in range(25 * n))


def contents(d: Draw, n: int) -> str:
    return "\n".join(f"{at // 5 + 1}.{at % 5 + 1} {d.phrase(5)} {'. ' * d.number(6, 14)}{at * 3 + 7}" for at in range(20 * n))


def colours(d: Draw, n: int) -> str:
    tones, hues = d.words(9), d.words(10 * n)
    return "\n".join(f"{tone} {hue}" for tone in tones for hue in hues)


def specification(d: Draw, n: int) -> str:
    keys = d.words(12)
    return "\n\n".join(
        f"{d.title()} X{d.number(100, 900)}\n" + "\n".join(f"{key}: {d.number()} {d.rng.choice(UNITS)}" for key in keys) for _ in range(3 * n)
    )


def glossary(d: Draw, n: int) -> str:
    return "\n".join(f"{word} – {d.phrase(8)}" for word in sorted(d.words(20 * n)))


def dictionary(d: Draw, n: int) -> str:
    return "\n".join(f"{word} n. {', '.join(d.words(3))}" for word in sorted(d.words(40 * n)))


def thesaurus(d: Draw, n: int) -> str:
    stock = d.words(min(60 * n, 150))
    return "\n".join(f"{word}: {', '.join(d.rng.sample(stock, 5))}" for word in sorted(stock)[: 40 * n])


def bilingual(d: Draw, n: int) -> str:
    other = "the house is old|we went to the river|nobody knows why|she has three children|it rained all night|bread and water".split("|")
    return "\n".join(f"{d.phrase(6)}\n{d.rng.choice(other)} ({d.number()}), {d.rng.choice(other)}" for _ in range(15 * n))


def vocabulary(d: Draw, n: int) -> str:
    return "\n".join(f"{one} = {other}" for one, other in zip(d.words(50 * n), d.words(50 * n), strict=True))


def word_list(d: Draw, n: int) -> str:
    return "\n".join(sorted(d.words(120 * n)))


def word_list_commas(d: Draw, n: int) -> str:
    return ", ".join(d.words(120 * n))


def spelling_lists(d: Draw, n: int) -> str:
    return "\n\n".join(f"{week}\n" + "\n".join(f"{at}. {word}" for at, word in enumerate(d.words(10), 1)) for week in range(1, 12 * n))


def lesson(d: Draw, n: int) -> str:
    persons, ends = d.words(6), [word[-2:] for word in d.words(6)]
    return "\n\n".join(
        f"{verb}\n" + "\n".join(f"{person} {verb}{end}" for person, end in zip(persons, ends, strict=True))
        for verb in d.words(12 * n)
    )


def phrasebook(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(4)} = {d.phrase(4)}" for _ in range(25 * n))


def alphabet(d: Draw, n: int) -> str:
    return "\n".join(f"{word[0].upper()} {word[0]} – {word}, {', '.join(d.words(2))}" for word in sorted(d.words(30 * n)))


def book_index(d: Draw, n: int) -> str:
    heads, sides = sorted(d.words(20 * n)), d.words(6)
    return "\n".join(f"{head} {side}, {d.number()}, {d.number(100, 300)}" for head in heads for side in d.rng.sample(sides, 4))


def crossword(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {d.phrase(4)} ({d.number(3, 9)})" for at in range(1, 25 * n))


def quiz(d: Draw, n: int) -> str:
    return "\n\n".join(f"{at}. {d.phrase(7)}?\n" + "\n".join(f"{letter}) {word}" for letter, word in zip("abcd", d.words(4), strict=True)) for at in range(1, 9 * n))


def quiz_yes_no(d: Draw, n: int) -> str:
    yes, no = d.words(2)
    return "\n".join(f"{at}. {d.phrase(7)}\n☐ {yes} ☐ {no}" for at in range(1, 15 * n))


def worksheet(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {d.phrase(4)} ______________ {d.phrase(2)}." for at in range(1, 15 * n))


def sums(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(5)}\n" + "\n".join(f"{a} × {b} = {a * b}" for b in range(1, 6)) for a in range(2, 5 + 3 * n))


def chess(d: Draw, n: int) -> str:
    def move() -> str:
        return d.rng.choice(["", "N", "B", "R", "Q", "K"]) + d.rng.choice("abcdefgh") + str(d.number(1, 8))

    return "\n\n".join(
        f"{d.name()} – {d.name()}, {d.places()[0]} {d.number(1900, 2020)}\n"
        + " ".join(f"{at}.{move()} {move()}" for at in range(1, 25)) + f" 1-0\n{d.text(3)}" for _ in range(2 * n)
    )


def knitting(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {d.word()}: *K{d.number(1, 9)}, P{d.number(1, 9)}, yo, k2tog; rep from * to end. ({d.number()} sts) {d.phrase(5)}" for at in range(1, 18 * n))


def bibliography(d: Draw, n: int) -> str:
    return "\n".join(f"{d.name()} ({d.number(1950, 2020)}). {d.phrase(7)}. {d.places()[0]}: {d.title()}, pp. {d.number()}–{d.number(100, 200)}." for _ in range(15 * n))


def table_tabs(d: Draw, n: int) -> str:
    states = d.words(8)
    return "\n".join(f"{word}\t{d.rng.choice(states[:4])}\t{d.number()}\t{d.rng.choice(states[4:])}" for word in d.words(40 * n))


def table_bars(d: Draw, n: int) -> str:
    states = d.words(4)
    rows = (f"| {word} | {d.rng.choice(states)} | {d.number()} | {d.phrase(3)} |" for word in d.words(25 * n))
    return "| a | b | c | d |\n|---|---|---|---|\n" + "\n".join(rows)


def table_numbers(d: Draw, n: int) -> str:
    return "\n".join(f"{word} {' '.join(str(d.number(10, 9999)) for _ in range(4))}" for word in d.words(30 * n))


def csv(d: Draw, n: int) -> str:
    sides, states = d.words(4), d.words(2)
    return "\n".join(f"{word}, {d.rng.choice(sides)}, {d.number()}, {d.rng.choice(states)}" for word in d.words(15) * 3 * n)


def weather(d: Draw, n: int) -> str:
    skies = [d.phrase(2) for _ in range(5)]
    return "\n".join(f"{place} {d.number(0, 20)}°/{d.number(20, 35)}° {d.rng.choice(skies)}, {d.number(0, 90)} %" for _ in range(5 * n) for place in d.places())


def exchange_rates(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(2)} {code} {d.number(1, 900)}.{d.number(1000, 9999)} {d.number(1, 900)}.{d.number(1000, 9999)}" for _ in range(5 * n) for code in CODES)


def programme(d: Draw, n: int) -> str:
    return "\n".join(f"{6 + at // 3:02}:{at % 3 * 20:02} {d.title()}" for at in range(30 * n))


def calendar(d: Draw, n: int) -> str:
    return "\n".join(f"{d.number(1, 28)}.{d.number(1, 12)}. {d.title()}, {d.places()[0]}, {d.number(14, 20)}:00" for _ in range(20 * n))


def chronology(d: Draw, n: int) -> str:
    return "\n".join(f"{1900 + at} – {d.phrase(8)}" for at in range(18 * n))


def changelog(d: Draw, n: int) -> str:
    return "\n\n".join(f"{at}.{d.number(0, 9)}.0 (2019-{d.number(10, 12)}-{d.number(10, 28)})\n" + "\n".join(f"* {d.phrase(6)} (#{d.number(100, 999)})" for _ in range(5)) for at in range(1, 5 * n))


def elections(d: Draw, n: int) -> str:
    parties = [word.upper()[:4] for word in d.words(5)]
    return "\n\n".join(f"{place}\n" + "\n".join(f"{d.name()} ({party}) {d.number(100, 9000)} {d.number()}.{d.number(0, 9)}%" for party in parties) for _ in range(n) for place in d.places())


def acronyms(d: Draw, n: int) -> str:
    return "\n".join(f"{''.join(word[0] for word in phrase.split()).upper()}: {phrase}" for phrase in (d.phrase(4) for _ in range(25 * n)))


def stage_schedule(d: Draw, n: int) -> str:
    return "\n".join(" – ".join(d.places(4)) + f" {hour}:00" for hour in range(5, 5 + 6 * n) for _ in range(3))


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
