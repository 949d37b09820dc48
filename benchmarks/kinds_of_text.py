"""Clean documents of unusual kinds, made of sentences: verse, speech, posts, prose in other dress.

Each maker takes what a document draws from (kinds_material.Draw) and its size: 1, or 3 for a long one.
"""

from collections.abc import Callable

import regex
from kinds_material import Draw, Short, shared

Maker = Callable[[Draw, int], str]
CHORDS, NICKS, EMOJI = (shared(name).split() for name in ("chords", "nicks", "emoji"))
TO_LATIN = {
    script: dict(zip(shared(f"{script}_letters"), shared(f"{script}_latin").split(), strict=True))
    for script in ("Cyrl", "Grek", "Arab")
}


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
    return "\n\n".join(
        f"{at} {first},\n{at} {first},\n{d.phrase(5)},\n{at - 1} {rest}." for at in range(8 * n, 0, -1)
    )


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
    return "\n".join(
        f"[{10 + at // 60}:{at % 60:02}] <{d.rng.choice(people)}> {d.phrase(6)}" for at in range(30 * n)
    )


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

    return "\n".join(
        f"{stars()}\n{d.first()}, {d.number(1, 28)}.{d.number(1, 12)}.2019\n{d.text(2)}" for _ in range(8 * n)
    )


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
    table = TO_LATIN.get(d.of.script)
    if table is None:
        raise Short
    text = "".join(table.get(char, char) for char in d.text(12 * n).lower())
    if regex.search(r"[\p{L}\p{M}--\p{Latin}]", text, flags=regex.V1):  # a letter that the table lacks
        raise Short
    return text


MAKERS: dict[str, Maker] = {
    name.replace("_", " "): made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
