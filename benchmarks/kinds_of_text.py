"""Clean documents of unusual kinds, made of sentences: verse, speech, posts, prose in other dress, science, code.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from collections.abc import Callable

import regex
from kinds_material import Draw, Short

Maker = Callable[[Draw, int], str]
CHORDS = "C G Am F Dm Em G7 D A E Bm Hm D7 Fmaj7 C/G F#m".split()
NICKS = "kitty99 d0rm0use M1lo anna_k xXw0lfXx n1ght0wl R0b0t ju1cy l33t_h4x0r bob sunfl0wer mar1a Gh0st777".split()
EMOJI = "😀 😂 ❤️ 👍🏽 🎉 🙏 🌍 ☀️ 👨‍👩‍👧 🇰🇪 🔥 ✨ 😭 🤣 💯 🏆".split()
IPA = "ˈkæt ʃɪp ˈwɔːtə θɪŋk ʒəˈnɛl ɲoˈki xuˈti ˈlɛŋɡwɪdʒ ŋaˈlo tʃaˈpa ɓaˈli ǃxoo kʼa ɾeˈd͡ʒo t̪uˈka ʔaˈmi ħaˈrab ʕajn".split()
CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіўїєґјљњћђџѓќѕәғқңөұүһ",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya i w yi ye g j lj nj c dj dz gj kj dz a gh q ng o u u h".split(),
        strict=True,
    )
)
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψωάέήίόύώςϊϋΐΰ", "a v g d e z i 8 i k l m n 3 o p r s t u f x ps w a e i i o u w s i u i u".split(), strict=True))
ARABIC = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويةأإآىئؤءپچژگکی", "a b t th j 7 5 d dh r z s sh 9 d 6 z 3 gh f 2 k l m n h w y a 2a 2i 2a a 2 2 2 p ch zh g k y".split(), strict=True))


def _lines(d: Draw, n: int, low: int = 4, high: int = 7) -> list[str]:
    found = [d.phrase(d.number(low, high)) for _ in range(n)]
    return [line[0].upper() + line[1:] for line in found]


def _stanzas(d: Draw, n: int, lines: int = 4) -> list[str]:
    return ["\n".join(_lines(d, lines)) for _ in range(n)]


def poem(d: Draw, n: int) -> str:
    return "\n\n".join(_stanzas(d, 5 * n))


def song(d: Draw, n: int, verses: int = 3) -> str:
    chorus = _stanzas(d, 1)[0]
    return "\n\n".join(f"{verse}\n\n{chorus}" for verse in _stanzas(d, verses + (n > 1)))


def song_bridge(d: Draw, n: int) -> str:
    chorus = "\n".join(_lines(d, 2)) + f"\n{d.phrase(3)}\n{d.phrase(3)}"
    verse, other, bridge = _stanzas(d, 3)
    return "\n\n".join([verse, chorus, other, chorus, bridge, chorus, chorus][: 6 + (n > 1)])


def song_chords(d: Draw, n: int) -> str:
    def chords() -> str:
        line = "   ".join(f"{chord:<4}" for chord in turn[: d.number(3, 4)])
        return line.rstrip()

    turn = d.rng.sample(CHORDS, 4)
    return "\n\n".join("\n".join(f"{chords()}\n{line}" for line in _lines(d, 4)) for _ in range(4 * n))


def song_chords_inside(d: Draw, n: int) -> str:
    def line() -> str:
        words = d.phrase(6).split()
        return " ".join(f"[{d.rng.choice(CHORDS)}]{word}" if d.rng.random() < 0.4 else word for word in words)

    return "\n".join(line() for _ in range(20 * n))


def nursery_rhyme(d: Draw, n: int) -> str:
    close = d.phrase(4)
    said: list[str] = []
    out = []
    for _ in range(5 + n):
        said.insert(0, d.phrase(4))
        out.append("\n".join([*_lines(d, 1), *said, close]))
    return "\n\n".join(out)


def counting_rhyme(d: Draw, n: int) -> str:
    first, rest = d.phrase(4), d.phrase(4)
    return "\n\n".join(f"{at} {first},\n{at} {first},\n{d.phrase(5)},\n{at - 1} {rest}." for at in range(8 * n, 0, -1))


def tongue_twisters(d: Draw, n: int) -> str:
    out = []
    for start in d.words(30 * n):
        some = [word for word in d.of.words if word[0] == start[0]]
        if len(some) > 4:
            a, b, c, e = d.rng.sample(some, 4)
            out.append(f"{a} {b} {c} {e}, {c} {e} {a} {b}.")
    return "\n".join(dict.fromkeys(out))


def litany(d: Draw, n: int) -> str:
    response = d.phrase(4)
    return "\n".join(f"{d.title()}, {response}." for _ in range(20 * n))


def psalm(d: Draw, n: int) -> str:
    response = d.phrase(5)
    return "\n".join(f"{at} {d.phrase(7)}: {response}." for at in range(1, 20 * n))


def prayer_repeated(d: Draw, n: int) -> str:
    prayer = d.text(2)
    return "\n".join(f"{d.text(2)}\n{prayer}" for _ in range(4 * n))


def scripture(d: Draw, n: int) -> str:
    return "\n".join(f"{chapter}:{at} {d.sentence()}" for chapter in range(1, 1 + n) for at in range(1, 20))


def scripture_inline(d: Draw, n: int) -> str:
    return " ".join(f"{at} {d.sentence()}" for at in range(1, 15 * n))


def play(d: Draw, n: int) -> str:
    cast = [d.first().upper() for _ in range(4)]
    return "\n".join(f"{d.rng.choice(cast)}. {d.text(d.number(1, 2))}" for _ in range(18 * n))


def play_own_lines(d: Draw, n: int) -> str:
    cast = [d.first().upper() for _ in range(3)]
    return "\n\n".join(f"{d.rng.choice(cast)}\n{d.phrase(8)}" for _ in range(20 * n))


def interview(d: Draw, n: int) -> str:
    return "\n".join(f"Q: {d.phrase(7)}?\nA: {d.text(2)}" for _ in range(8 * n))


def dialogue(d: Draw, n: int) -> str:
    return "\n".join(f"— {d.sentence()}" for _ in range(20 * n))


def chat(d: Draw, n: int) -> str:
    people = d.rng.sample(NICKS, 5)
    return "\n".join(f"[{10 + at // 60}:{at % 60:02}] <{d.rng.choice(people)}> {d.phrase(6)}" for at in range(30 * n))


def chat_bare(d: Draw, n: int) -> str:
    people = d.rng.sample(NICKS, 4)
    return "\n".join(f"{d.rng.choice(people)}: {d.phrase(5).lower()}" for _ in range(40 * n))


def forum(d: Draw, n: int) -> str:
    people = d.rng.sample(NICKS, 4)
    joined = {nick: f"{d.word()}: {d.number(2001, 2019)}\n{d.number(20, 2000)}" for nick in people}
    posts = []
    for at in range(6 * n):
        nick, other = d.rng.sample(people, 2)
        posts.append(f"{nick}\n{joined[nick]}\n#{at + 1}\n@{other} {d.text(2)}")
    return "\n".join(posts)


def faq(d: Draw, n: int) -> str:
    return "\n\n".join(f"{at}. {d.phrase(7)}?\n{d.text(2)}" for at in range(1, 8 * n))


def posts_hashtags(d: Draw, n: int) -> str:
    return "\n".join(f"{d.sentence()} {' '.join('#' + word for word in d.words(3))}" for _ in range(12 * n))


def posts_emoji(d: Draw, n: int) -> str:
    def some() -> str:
        return "".join(d.rng.choices(EMOJI, k=d.number(1, 4)))

    return "\n".join(f"{some()} {d.sentence()} {some()}" for _ in range(15 * n))


def posts_kaomoji(d: Draw, n: int) -> str:
    faces = ["(^_^)", ":-)", "xD", "¯\\_(ツ)_/¯", "<3", ":'(", "(╯°□°)╯", "o_O"]
    return "\n".join(f"{d.phrase(7)} {d.rng.choice(faces)}" for _ in range(20 * n))


def reviews(d: Draw, n: int) -> str:
    def stars() -> str:
        k = d.number(1, 5)
        return "★" * k + "☆" * (5 - k)

    return "\n".join(f"{stars()}\n{d.first()}, {d.number(1, 28)}.{d.number(1, 12)}.2019\n{d.text(2)}" for _ in range(8 * n))


def all_capitals(d: Draw, n: int) -> str:
    return d.text(12 * n).upper()


def lower_case(d: Draw, n: int) -> str:
    return d.text(12 * n).lower()


def title_case(d: Draw, n: int) -> str:
    return "\n".join(" ".join(word[:1].upper() + word[1:] for word in d.phrase(9).split()) for _ in range(15 * n))


def no_punctuation(d: Draw, n: int) -> str:
    return ("" if d.of.unspaced else " ").join(d.phrase(9) for _ in range(20 * n))


def sentences(d: Draw, n: int) -> str:
    return "\n".join(d.sentence() for _ in range(15 * n))


def wrapped(d: Draw, n: int, width: int = 42) -> str:
    text, out = d.text(15 * n), []
    while len(text) > width:
        at = text.rfind(" ", 1, width) if " " in text[1:width] else width
        out.append(text[:at])
        text = text[at:].lstrip()
    return "\n".join([*out, text])


def quoted_mail(d: Draw, n: int) -> str:
    quoted = "\n".join(f"> {line}" for line in wrapped(d, n, 60).split("\n"))
    return f"{d.text(2)}\n\n{quoted}\n\n{d.text(3)}"


def spaced_headings(d: Draw, n: int) -> str:
    return "\n\n".join(f"{' '.join(d.word().upper())}\n\n{d.text(4)}" for _ in range(3 * n))


def transliterated(d: Draw, n: int) -> str:
    table = {"Cyrl": CYRILLIC, "Grek": GREEK, "Arab": ARABIC}.get(d.of.script)
    if table is None:
        raise Short
    text = "".join(table.get(char, char) for char in d.text(12 * n).lower())
    if regex.search(r"[\p{L}\p{M}--\p{Latin}]", text, flags=regex.V1):  # a letter that the table lacks
        raise Short
    return text


def with_ipa(d: Draw, n: int) -> str:
    return "\n".join(f"{d.word()} [{d.rng.choice(IPA)}] {d.phrase(6)}" for _ in range(20 * n))


def gloss(d: Draw, n: int) -> str:
    tags = "1SG 3PL PST FUT ACC GEN LOC NEG CL7 IMP PL".split()
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
        out.append(f"{d.text(2)}\n\ndef {name}(x, y=0):\n    # {d.phrase(5)}\n    if x > {d.number()}:\n        return x + y")
        out.append(f"    for i in range({d.number()}):\n        y += i * x\n    return y")
    return "\n\n".join(out)


def configuration(d: Draw, n: int) -> str:
    return "\n".join(f"# {d.phrase(8)}\n{word} = {d.rng.choice(['true', 'false', '10', 'auto'])}" for word in d.words(20 * n))


def mathematics(d: Draw, n: int) -> str:
    forms = "f(x) = x^2 + {}x - {}|a_{} ≤ b_{{n+1}}|∫_0^∞ e^(-{}x) dx = 1/{}|√({}² + {}²)|lim x→0 sin({}x)/x = {}|∀ε>0 ∃δ>{}: |x|<δ·{}"
    some = forms.split("|")[:5]
    return "\n".join(f"{d.phrase(7)}: {d.rng.choice(some).format(d.number(), d.number())}. {d.sentence()}" for _ in range(8 * n))


def chemistry(d: Draw, n: int) -> str:
    forms = "2 H2 + O2 → 2 H2O|NaCl + AgNO3 → AgCl + NaNO3|CaCO3 → CaO + CO2|Fe2O3 + 3 CO → 2 Fe + 3 CO2|C6H12O6 → 2 C2H5OH + 2 CO2|H₂SO₄ + 2 NaOH → Na₂SO₄ + 2 H₂O|CuSO₄·5H₂O"
    return "\n".join(f"{d.text(2)} {d.rng.choice(forms.split('|'))}" for _ in range(7 * n))


def abstract(d: Draw, n: int) -> str:
    return " ".join(f"{d.sentence()} ({d.phrase(2)} {d.number()}.{d.number()} ± {d.number(0, 9)}.{d.number()}; p < 0.0{d.number(1, 5)}; n = {d.number()})." for _ in range(10 * n))


def footnotes(d: Draw, n: int) -> str:
    body = " ".join(f"{d.sentence()}[{at}]" for at in range(1, 10 * n))
    return body + "\n\n" + "\n".join(f"{at}. {d.phrase(6)}, {d.number(1900, 2020)}, p. {d.number()}." for at in range(1, 10 * n))


def statute(d: Draw, n: int) -> str:
    return "\n".join(
        f"§ {at} {d.title()}\n(1) {d.sentence()}\n(2) {d.sentence()}\na) {d.phrase(6)};\nb) {d.phrase(6)}." for at in range(1, 5 * n)
    )


def minutes(d: Draw, n: int) -> str:
    there = ", ".join(d.names(6))
    return f"{there}\n" + "\n".join(f"{at}. {d.title()}\n{d.name()}: {d.text(2)}\n{d.phrase(4)}: 7 – 0 – 1" for at in range(1, 6 * n))


def job_advert(d: Draw, n: int) -> str:
    tasks = "\n".join(f"- {d.phrase(7)}" for _ in range(6 * n))
    asked = "\n".join(f"• {d.phrase(7)}" for _ in range(6 * n))
    return f"{d.title()} (m/f/d)\n{d.text(3)}\n{tasks}\n{d.title()}\n{asked}\n{d.text(2)}\njobs@example.com, +49 30 {d.number(100, 999)} {d.number(100, 999)}"


def obituaries(d: Draw, n: int) -> str:
    return "\n\n".join(f"{d.name()} ({d.number(1920, 1950)}–{d.number(2001, 2020)})\n{d.text(3)} {d.name()}, {d.name()}, {d.name()}." for _ in range(3 * n))


def bulleted(d: Draw, n: int) -> str:
    return f"{d.title()}\n" + "\n".join(f"• {d.phrase(8)}" for _ in range(8 + 12 * n))


def proverbs(d: Draw, n: int) -> str:
    return "\n".join(f"{at}) {d.phrase(6)}, {d.phrase(5)}" for at in range(1, 20 * n))


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
