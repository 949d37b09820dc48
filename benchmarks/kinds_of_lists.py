"""Clean documents of unusual kinds, made of words and numbers: lists, tables, prices, dictionaries, quizzes.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from kinds_material import Draw
from kinds_of_names import CODES
from kinds_of_text import Maker

UNITS = ["g", "ml", "kg", "l", "cm", "EL", "TL"]


def recipe(d: Draw, n: int) -> str:
    parts = "\n".join(f"{d.number(1, 500)} {d.rng.choice(UNITS)} {word}" for word in d.words(10 * n))
    return f"{d.title()}\n{parts}\n" + "\n".join(f"{at}. {d.sentence()}" for at in range(1, 5 * n))


def ingredients(d: Draw, n: int) -> str:
    stock = d.words(18)
    return "\n".join(", ".join(d.rng.sample(stock, 8)) for _ in range(10 * n))


def ingredients_amounts(d: Draw, n: int) -> str:
    stock = d.words(18)
    return "\n\n".join(
        f"{d.title()}\n" + "\n".join(f"{d.number(10, 500)} g {part}" for part in d.rng.sample(stock, 8))
        for _ in range(6 * n)
    )


def shopping_list(d: Draw, n: int) -> str:
    return "\n".join(f"- {word}" for word in d.words(60 * n))


def menu(d: Draw, n: int) -> str:
    stock = d.words(20)
    return "\n".join(
        f"{at}. {d.title()} {d.number(4, 30)},{d.number(10)} €\n({', '.join(d.rng.sample(stock, 4))})"
        for at in range(1, 15 * n)
    )


def price_list(d: Draw, n: int) -> str:
    goods, sorts = d.words(8 * n), d.words(6)
    return "\n".join(f"{good} {sort} {d.number()}.{d.number(10)}" for good in goods for sort in sorts)


def price_dots(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(3)} {'.' * d.number(10, 30)} {d.number()},00" for _ in range(25 * n))


def contents(d: Draw, n: int) -> str:
    return "\n".join(
        f"{at // 5 + 1}.{at % 5 + 1} {d.phrase(5)} {'. ' * d.number(6, 14)}{at * 3 + 7}" for at in range(20 * n)
    )


def colours(d: Draw, n: int) -> str:
    tones, hues = d.words(9), d.words(10 * n)
    return "\n".join(f"{tone} {hue}" for tone in tones for hue in hues)


def specification(d: Draw, n: int) -> str:
    keys = d.words(12)
    return "\n\n".join(
        f"{d.title()} X{d.number(100, 900)}\n"
        + "\n".join(f"{key}: {d.number()} {d.rng.choice(UNITS)}" for key in keys)
        for _ in range(3 * n)
    )


def glossary(d: Draw, n: int) -> str:
    return "\n".join(f"{word} – {d.phrase(8)}" for word in sorted(d.words(20 * n)))


def dictionary(d: Draw, n: int) -> str:
    return "\n".join(f"{word} n. {', '.join(d.words(3))}" for word in sorted(d.words(40 * n)))


def thesaurus(d: Draw, n: int) -> str:
    stock = d.words(min(60 * n, 150))
    return "\n".join(f"{word}: {', '.join(d.rng.sample(stock, 5))}" for word in sorted(stock)[: 40 * n])


def bilingual(d: Draw, n: int) -> str:
    other = [
        "the house is old",
        "we went to the river",
        "nobody knows why",
        "she has three children",
        "it rained all night",
        "bread and water",
    ]
    return "\n".join(
        f"{d.phrase(6)}\n{d.rng.choice(other)} ({d.number()}), {d.rng.choice(other)}" for _ in range(15 * n)
    )


def vocabulary(d: Draw, n: int) -> str:
    return "\n".join(f"{one} = {other}" for one, other in zip(d.words(50 * n), d.words(50 * n), strict=True))


def word_list(d: Draw, n: int) -> str:
    return "\n".join(sorted(d.words(120 * n)))


def word_list_commas(d: Draw, n: int) -> str:
    return ", ".join(d.words(120 * n))


def spelling_lists(d: Draw, n: int) -> str:
    return "\n\n".join(
        f"{week}\n" + "\n".join(f"{at}. {word}" for at, word in enumerate(d.words(10), 1))
        for week in range(1, 12 * n)
    )


def lesson(d: Draw, n: int) -> str:
    persons, ends = d.words(6), [word[-2:] for word in d.words(6)]
    return "\n\n".join(
        f"{verb}\n" + "\n".join(f"{person} {verb}{end}" for person, end in zip(persons, ends, strict=True))
        for verb in d.words(12 * n)
    )


def phrasebook(d: Draw, n: int) -> str:
    return "\n".join(f"{d.phrase(4)} = {d.phrase(4)}" for _ in range(25 * n))


def alphabet(d: Draw, n: int) -> str:
    return "\n".join(
        f"{word[0].upper()} {word[0]} – {word}, {', '.join(d.words(2))}" for word in sorted(d.words(30 * n))
    )


def book_index(d: Draw, n: int) -> str:
    heads, sides = sorted(d.words(20 * n)), d.words(6)
    return "\n".join(
        f"{head} {side}, {d.number()}, {d.number(100, 300)}" for head in heads for side in d.rng.sample(sides, 4)
    )


def crossword(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {d.phrase(4)} ({d.number(3, 9)})" for at in range(1, 25 * n))


def quiz(d: Draw, n: int) -> str:
    return "\n\n".join(
        f"{at}. {d.phrase(7)}?\n"
        + "\n".join(f"{letter}) {word}" for letter, word in zip("abcd", d.words(4), strict=True))
        for at in range(1, 9 * n)
    )


def quiz_yes_no(d: Draw, n: int) -> str:
    yes, no = d.words(2)
    return "\n".join(f"{at}. {d.phrase(7)}\n☐ {yes} ☐ {no}" for at in range(1, 15 * n))


def worksheet(d: Draw, n: int) -> str:
    return "\n".join(f"{at}. {d.phrase(4)} ______________ {d.phrase(2)}." for at in range(1, 15 * n))


def sums(d: Draw, n: int) -> str:
    return "\n".join(
        f"{d.phrase(5)}\n" + "\n".join(f"{a} × {b} = {a * b}" for b in range(1, 6)) for a in range(2, 5 + 3 * n)
    )


def knitting(d: Draw, n: int) -> str:
    return "\n".join(
        f"{at}. {d.word()}: *K{d.number(1, 9)}, P{d.number(1, 9)}, yo, k2tog; rep from * to end. ({d.number()} sts) {d.phrase(5)}"
        for at in range(1, 18 * n)
    )


def table_tabs(d: Draw, n: int) -> str:
    states = d.words(8)
    return "\n".join(
        f"{word}\t{d.rng.choice(states[:4])}\t{d.number()}\t{d.rng.choice(states[4:])}" for word in d.words(40 * n)
    )


def table_bars(d: Draw, n: int) -> str:
    states = d.words(4)
    rows = (f"| {word} | {d.rng.choice(states)} | {d.number()} | {d.phrase(3)} |" for word in d.words(25 * n))
    return "| a | b | c | d |\n|---|---|---|---|\n" + "\n".join(rows)


def table_numbers(d: Draw, n: int) -> str:
    return "\n".join(f"{word} {' '.join(str(d.number(10, 9999)) for _ in range(4))}" for word in d.words(30 * n))


def csv(d: Draw, n: int) -> str:
    sides, states = d.words(4), d.words(2)
    return "\n".join(
        f"{word}, {d.rng.choice(sides)}, {d.number()}, {d.rng.choice(states)}" for word in d.words(15) * 3 * n
    )


def exchange_rates(d: Draw, n: int) -> str:
    return "\n".join(
        f"{d.phrase(2)} {code} {d.number(1, 900)}.{d.number(1000, 9999)} {d.number(1, 900)}.{d.number(1000, 9999)}"
        for _ in range(5 * n)
        for code in CODES
    )


def programme(d: Draw, n: int) -> str:
    return "\n".join(f"{6 + at // 3:02}:{at % 3 * 20:02} {d.title()}" for at in range(30 * n))


def chronology(d: Draw, n: int) -> str:
    return "\n".join(f"{1900 + at} – {d.phrase(8)}" for at in range(18 * n))


def changelog(d: Draw, n: int) -> str:
    return "\n\n".join(
        f"{at}.{d.number(0, 9)}.0 (2019-{d.number(10, 12)}-{d.number(10, 28)})\n"
        + "\n".join(f"* {d.phrase(6)} (#{d.number(100, 999)})" for _ in range(5))
        for at in range(1, 5 * n)
    )


def acronyms(d: Draw, n: int) -> str:
    return "\n".join(
        f"{''.join(word[0] for word in phrase.split()).upper()}: {phrase}"
        for phrase in (d.phrase(4) for _ in range(25 * n))
    )


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
