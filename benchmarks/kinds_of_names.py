"""Clean documents of unusual kinds, made of names: rolls, results of games, timetables, hours, books.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from itertools import permutations

from kinds_material import Draw
from kinds_of_text import Maker

CODES = ["GBR", "FRA", "GER", "NED", "KEN", "ETH", "USA", "JPN"]


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
        f"{at} {name} {d.rng.choice(CODES)} 1:{d.number(10, 59)}.{d.number(10)}"
        for at, name in enumerate(d.names(50 * n), 1)
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
    return "\n".join(
        f"{at // 4 + 1:02}.{at % 12 + 1:02}.2019 {15 + at % 4}:30 {a} – {b}" for at, (a, b) in enumerate(games)
    )


def league_tables(d: Draw, n: int) -> str:
    def row(at: int, team: str) -> str:
        return f"{at}. {team} {' '.join(str(d.number(0, 30)) for _ in range(5))}"

    return "\n\n".join(
        d.title() + "\n" + "\n".join(row(at, team) for at, team in enumerate(d.places(), 1)) for _ in range(4 * n)
    )


def timetable(d: Draw, n: int) -> str:
    return "\n".join(
        f"{stop} " + " ".join(f"{hour}:{at * 5 + line}" for hour in range(5, 17))
        for line in range(10, 10 + n)
        for at, stop in enumerate(d.places())
    )


def timetable_lines(d: Draw, n: int) -> str:
    return "\n".join(
        f"{stop} {hour}.{at * 4 + 10}" for hour in range(5, 5 + 5 * n) for at, stop in enumerate(d.places())
    )


def routes(d: Draw, n: int) -> str:
    return "\n".join(f"{at}: " + ", ".join(d.places(5)) for at in range(1, 25 * n))


def opening_hours(d: Draw, n: int) -> str:
    days, shops = [day.capitalize() for day in d.words(7)], d.words(6 * n)
    return "\n".join(
        f"{shop.capitalize()}\n" + "\n".join(f"{day}: {d.number(7, 10)}:00–{d.number(15, 20)}:30" for day in days)
        for shop in shops
    )


def opening_hours_lines(d: Draw, n: int) -> str:
    days = [day.capitalize() for day in d.words(7)]
    return "\n".join(
        f"{word}: " + ", ".join(f"{day} 9-{d.number(12, 18)}" for day in days) for word in d.words(10 * n)
    )


def school_timetable(d: Draw, n: int) -> str:
    days, subjects = d.words(5), d.words(11)
    return "\n".join(f"{day}: " + ", ".join(d.rng.sample(subjects, 6)) for _ in range(2 * n) for day in days)


def chess(d: Draw, n: int) -> str:
    def move() -> str:
        return d.rng.choice(["", "N", "B", "R", "Q", "K"]) + d.rng.choice("abcdefgh") + str(d.number(1, 8))

    return "\n\n".join(
        f"{d.name()} – {d.name()}, {d.places()[0]} {d.number(1900, 2020)}\n"
        + " ".join(f"{at}.{move()} {move()}" for at in range(1, 25))
        + f" 1-0\n{d.text(3)}"
        for _ in range(2 * n)
    )


def bibliography(d: Draw, n: int) -> str:
    return "\n".join(
        f"{d.name()} ({d.number(1950, 2020)}). {d.phrase(7)}. {d.places()[0]}: {d.title()}, pp. {d.number()}–{d.number(100, 200)}."
        for _ in range(15 * n)
    )


def weather(d: Draw, n: int) -> str:
    skies = [d.phrase(2) for _ in range(5)]
    return "\n".join(
        f"{place} {d.number(0, 20)}°/{d.number(20, 35)}° {d.rng.choice(skies)}, {d.number(0, 90)} %"
        for _ in range(5 * n)
        for place in d.places()
    )


def calendar(d: Draw, n: int) -> str:
    return "\n".join(
        f"{d.number(1, 28)}.{d.number(1, 12)}. {d.title()}, {d.places()[0]}, {d.number(14, 20)}:00"
        for _ in range(20 * n)
    )


def elections(d: Draw, n: int) -> str:
    parties = [word.upper()[:4] for word in d.words(5)]
    return "\n\n".join(
        f"{place}\n"
        + "\n".join(
            f"{d.name()} ({party}) {d.number(100, 9000)} {d.number()}.{d.number(0, 9)}%" for party in parties
        )
        for _ in range(n)
        for place in d.places()
    )


def stage_schedule(d: Draw, n: int) -> str:
    return "\n".join(" – ".join(d.places(4)) + f" {hour}:00" for hour in range(5, 5 + 6 * n) for _ in range(3))


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
