"""Clean documents of unusual kinds, made of sentences: science, code, laws, papers of offices and firms.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from kinds_material import Draw, shared
from kinds_of_text import Maker

IPA = shared("ipa").split()


def with_ipa(d: Draw, n: int) -> str:
    return "\n".join(f"{d.word()} [{d.rng.choice(IPA)}] {d.phrase(6)}" for _ in range(20 * n))


def gloss(d: Draw, n: int) -> str:
    tags = ["1SG", "3PL", "PST", "FUT", "ACC", "GEN", "LOC", "NEG", "CL7", "IMP", "PL"]
    out = []
    for at in range(1, 10 * n):
        words = d.phrase(5).split()
        out.append(f"({at}) {' '.join(words)}\n" + " ".join(f"{d.rng.choice(tags)}-{word[:4]}" for word in words))
        out.append(f"‘{d.phrase(6)}’")
    return "\n".join(out)


def with_links(d: Draw, n: int) -> str:
    return "\n".join(
        f"{d.phrase(7)}: https://www.example.org/{d.number(2001, 2020)}/{d.number(1, 12):02}/{d.number()}-page.html"
        if d.rng.random() < 0.5
        else f"{d.phrase(7)}, info{d.number()}@example.com"
        for _ in range(15 * n)
    )


def subtitles(d: Draw, n: int) -> str:
    out = []
    for at in range(1, 20 * n):
        when = f"00:{at // 10:02}:{at * 6 % 60:02},{d.number(100, 900)}"
        out.append(f"{at}\n{when} --> {when[:-3]}950\n{d.phrase(6)}")
    return "\n\n".join(out)


def code(d: Draw, n: int) -> str:
    out = []
    for name in d.words(4 * n):
        out.append(
            f"{d.text(2)}\n\ndef {name}(x, y=0):\n    # {d.phrase(5)}\n    if x > {d.number()}:\n        return x + y"
        )
        out.append(f"    for i in range({d.number()}):\n        y += i * x\n    return y")
    return "\n\n".join(out)


def configuration(d: Draw, n: int) -> str:
    return "\n".join(
        f"# {d.phrase(8)}\n{word} = {d.rng.choice(['true', 'false', '10', 'auto'])}" for word in d.words(20 * n)
    )


def mathematics(d: Draw, n: int) -> str:
    forms = "f(x) = x^2 + {}x - {}|a_{} ≤ b_{{n+1}}|∫_0^∞ e^(-{}x) dx = 1/{}|√({}² + {}²)|lim x→0 sin({}x)/x = {}|∀ε>0 ∃δ>{}: |x|<δ·{}"
    some = forms.split("|")[:5]
    return "\n".join(
        f"{d.phrase(7)}: {d.rng.choice(some).format(d.number(), d.number())}. {d.sentence()}" for _ in range(8 * n)
    )


def chemistry(d: Draw, n: int) -> str:
    forms = "2 H2 + O2 → 2 H2O|NaCl + AgNO3 → AgCl + NaNO3|CaCO3 → CaO + CO2|Fe2O3 + 3 CO → 2 Fe + 3 CO2|C6H12O6 → 2 C2H5OH + 2 CO2|H₂SO₄ + 2 NaOH → Na₂SO₄ + 2 H₂O|CuSO₄·5H₂O"
    return "\n".join(f"{d.text(2)} {d.rng.choice(forms.split('|'))}" for _ in range(7 * n))


def abstract(d: Draw, n: int) -> str:
    return " ".join(
        f"{d.sentence()} ({d.phrase(2)} {d.number()}.{d.number()} ± {d.number(0, 9)}.{d.number()}; p < 0.0{d.number(1, 5)}; n = {d.number()})."
        for _ in range(10 * n)
    )


def footnotes(d: Draw, n: int) -> str:
    body = " ".join(f"{d.sentence()}[{at}]" for at in range(1, 10 * n))
    return (
        body
        + "\n\n"
        + "\n".join(f"{at}. {d.phrase(6)}, {d.number(1900, 2020)}, p. {d.number()}." for at in range(1, 10 * n))
    )


def statute(d: Draw, n: int) -> str:
    return "\n".join(
        f"§ {at} {d.title()}\n(1) {d.sentence()}\n(2) {d.sentence()}\na) {d.phrase(6)};\nb) {d.phrase(6)}."
        for at in range(1, 5 * n)
    )


def minutes(d: Draw, n: int) -> str:
    there = ", ".join(d.names(6))
    return f"{there}\n" + "\n".join(
        f"{at}. {d.title()}\n{d.name()}: {d.text(2)}\n{d.phrase(4)}: 7 – 0 – 1" for at in range(1, 6 * n)
    )


def job_advert(d: Draw, n: int) -> str:
    tasks = "\n".join(f"- {d.phrase(7)}" for _ in range(6 * n))
    asked = "\n".join(f"• {d.phrase(7)}" for _ in range(6 * n))
    return f"{d.title()} (m/f/d)\n{d.text(3)}\n{tasks}\n{d.title()}\n{asked}\n{d.text(2)}\njobs@example.com, +49 30 {d.number(100, 999)} {d.number(100, 999)}"


def obituaries(d: Draw, n: int) -> str:
    return "\n\n".join(
        f"{d.name()} ({d.number(1920, 1950)}–{d.number(2001, 2020)})\n{d.text(3)} {d.name()}, {d.name()}, {d.name()}."
        for _ in range(3 * n)
    )


def bulleted(d: Draw, n: int) -> str:
    return f"{d.title()}\n" + "\n".join(f"• {d.phrase(8)}" for _ in range(8 + 12 * n))


def proverbs(d: Draw, n: int) -> str:
    return "\n".join(f"{at}) {d.phrase(6)}, {d.phrase(5)}" for at in range(1, 20 * n))


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
