"""Spans where they are hard to find or to cut, against an oracle with a tokenizer of its own.

    python benchmarks/quality_spans_hard.py --data DATA [--documents 300] [--json]

DATA/text/lid/lingua_leipzig/sentences/LANG.txt are sentences; documents are some of them each. Into most a run out
of an earlier document is put: of one token less than asked for, as many, one more, twice as many, or all of it; at
the beginning, the end or anywhere; across lines, in capitals, with other signs between its words, twice, beside a
run of a second document, with one word changed, or all that the document is; others repeat themselves alone. Three
shards are looked through as a run does it. `missed` are tokens in a window that an earlier document has, and in no
span; `strange` tokens in spans of which that is not so; `cut`, documents whose text without its spans has other
tokens than those outside of them. The oracle knows words by Unicode's categories, one character after another.
"""

import argparse
import json
import unicodedata
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from quality_spans import looked_through

from ccnet_lite.kernels.spans import cut_text, spans_by_document

LENGTHS = (8, 20, 50)
SHARDS = 3
UNSPACED = (
    "THAI ",
    "LAO ",
    "KHMER ",
    "MYANMAR ",
    "TIBETAN ",
    "HIRAGANA ",
    "KATAKANA",
    "CJK ",
    "HALFWIDTH KATAKANA",
)
KINDS = ("begin", "end", "within", "lines", "capitals", "alone", "twice", "beside", "itself", "signs", "changed")


class Word(NamedTuple):
    """A token of the oracle, and where it stands."""

    text: str
    begin: int
    end: int


def words_of(text: str) -> list[Word]:
    """Runs of letters, marks and numbers, folded; in scripts without spaces each letter and mark by itself."""
    found: list[Word] = []
    open_word = False
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        if category == "Cf":
            continue
        if category[0] not in "LMN":
            open_word = False
            continue
        folded = str(unicodedata.digit(char)) if category == "Nd" else unicodedata.normalize("NFKC", char).lower()
        alone = category[0] != "N" and unicodedata.name(char, "").startswith(UNSPACED)
        if alone or not open_word:
            found.append(Word(folded, at, at + 1))
        else:
            found[-1] = Word(found[-1].text + folded, found[-1].begin, at + 1)
        open_word = not alone
    return found


def documents(file: Path, n_documents: int, rng: Random) -> list[str]:
    """Documents of two lines, of some sentences each."""
    sentences = [unicodedata.normalize("NFC", line) for line in file.read_text(encoding="utf-8").split("\n")]
    sentences = list(dict.fromkeys(line for line in sentences if line.strip()))
    rng.shuffle(sentences)
    size = max(2, min(8, len(sentences) // n_documents))
    some = [sentences[at : at + size] for at in range(0, size * n_documents, size)]
    return [
        "\n".join((" ".join(own[: size // 2]), " ".join(own[size // 2 :]))) for own in some if len(own) == size
    ]


def capitals(text: str) -> str:
    """Each letter in capitals of which the small one is this letter again."""
    return "".join(c.upper() if len(c.upper()) == 1 and c.upper().lower() == c else c for c in text)


def with_run(text: str, kind: str, run: list[str], other: str, least: int, rng: Random) -> str:
    """A document with a run, given as its words with what stands behind each, put in."""
    piece, own = "".join(run), words_of(text)
    at = own[rng.randrange(len(own))].begin
    if kind in ("begin", "beside"):
        return f"{piece} {other if kind == 'beside' else ''} . {text}"
    if kind == "end":
        return f"{text} . {piece}"
    if kind == "alone":
        return piece
    if kind == "itself":
        return f"{text} . {text[: own[min(least, len(own)) - 1].end]}"
    if kind == "changed":
        return f"{text} . {''.join(run[: len(run) // 2])} zq {''.join(run[len(run) // 2 + 1 :])}"
    made = {
        "within": piece,
        "lines": piece.replace(" ", "\n"),
        "capitals": capitals(piece),
        "twice": f"{piece} . {piece}",
        "signs": piece.replace(" ", "  \u2014  "),
    }
    return f"{text[:at]} {made[kind]} . {text[at:]}"


def hard(texts: list[str], least: int, rng: Random) -> list[str]:
    """The texts, nearly all with a run of an earlier one."""
    made = list(texts)
    for number in range(1, len(made)):
        source, second = rng.randrange(number), rng.randrange(number)
        held, beside = words_of(made[source]), words_of(made[second])
        if len(held) < least + 2 or not words_of(made[number]):
            continue
        length = min(rng.choice((least - 1, least, least, least + 1, 2 * least, len(held))), len(held))
        first = rng.choice((0, len(held) - length, rng.randrange(len(held) - length + 1)))
        ends = [*(word.begin for word in held[first + 1 : first + length]), held[first + length - 1].end]
        bounds = zip([held[first].begin, *ends[:-1]], ends, strict=True)
        run = [made[source][begin:end] for begin, end in bounds]
        other = made[second][: beside[least - 1].end] if len(beside) >= least else ""
        made[number] = with_run(made[number], rng.choice(KINDS), run, other, least, rng)
    return [unicodedata.normalize("NFC", text) for text in made]


def told(words: list[list[Word]], least: int) -> list[set[int]]:
    """By document, in the order in which a run has them, the words in windows that an earlier one has."""
    seen: dict[str, int] = {}
    marked: list[set[int]] = [set() for _ in words]
    for number in sorted(range(len(words)), key=lambda each: (each % SHARDS, each)):
        own = [word.text for word in words[number]]
        for place in range(len(own) - least + 1):
            if seen.setdefault("\0".join(own[place : place + least]), number) != number:
                marked[number].update(range(place, place + least))
    return marked


def measured(texts: list[str], least: int) -> dict[str, int]:
    """Of one language and length."""
    words = [words_of(text) for text in texts]
    marked, spans = told(words, least), spans_by_document(looked_through(texts, least, SHARDS)[0])[0]
    row = dict.fromkeys(("documents", "tokens", "missed", "strange", "cut"), 0)
    for number, (text, own) in enumerate(zip(texts, words, strict=True)):
        found = spans.get(str(number), [])
        within = {n for n, word in enumerate(own) if any(a <= word.begin and word.end <= b for a, b in found)}
        touched = {n for n, word in enumerate(own) if any(a < word.end and word.begin < b for a, b in found)}
        left = [word.text for n, word in enumerate(own) if n not in touched]
        row["documents"] += 1
        row["tokens"] += len(marked[number])
        row["missed"] += len(marked[number] - within)
        row["strange"] += len(touched - marked[number])
        row["cut"] += [word.text for word in words_of(cut_text(text, found))] != left
    return row


def table(data: Path, n_documents: int = 300) -> list[dict[str, Any]]:
    """A row for each language and length."""
    rows = []
    for file in sorted((data / "text" / "lid" / "lingua_leipzig" / "sentences").glob("*.txt")):
        for least in LENGTHS:
            rng = Random(f"{file.stem} {least}")
            texts = hard(documents(file, n_documents, rng), least, rng)
            rows.append({"language": file.stem, "tokens asked": least, **measured(texts, least)})
    return rows


def main() -> None:
    """Print what was found of all languages together, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = table(given.data, given.documents)
    if given.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    names = ("documents", "tokens", "missed", "strange", "cut")
    print(f"| least | languages | {' | '.join(names)} |\n|{'---|' * (len(names) + 2)}")
    for least in LENGTHS:
        some = [row for row in rows if row["tokens asked"] == least]
        print(f"| {least} | {len(some)} | {' | '.join(f'{sum(row[name] for row in some):,}' for name in names)} |")


if __name__ == "__main__":
    main()
