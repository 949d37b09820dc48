"""Words in random order, told by a language model: what share of the pages context_gain drops, and of clean ones.

    python benchmarks/quality_order_models.py --data DATA [--models FOLDER] [--only LANGUAGE ...] [--documents 150]

Of each language of DATA/text/prose a model reads half, by the hash of the document (train-lm; a tenth of that
half is held back for its strength). Judged are the other half, and sentences of the same language in
DATA/text/lid, which are of other domains: pages of 20 to 300 words (in scripts without spaces, of 100 to 600
characters) as they are, and with their words in random order in all of the page, in each line or in each
sentence (letters, those of a phrase, words), as in quality_order.py. Documents of unusual kinds are made of what
is judged, as in quality_kinds.py; so are, of other texts, chains in which each word is one that somewhere
follows the word before it. FOLDER keeps the models.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from kinds_material import _STOP, Material
from quality_essays import chains
from quality_kinds import documents as kinds_of
from quality_order import CHARACTERS, WAYS, WITH_CAPITALS, Way, belongs, of_characters, of_length
from quality_spun import broken
from spun_pages import scrambled_letters, scrambled_letters_of_phrases, scrambled_pieces

from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.models.train import TrainOptions, train_languages
from ccnet_lite.quality.in_sentences import in_sentences
from ccnet_lite.settings import QualitySettings
from ccnet_lite.text.scripts import dominant_scripts, is_unspaced

LENGTHS, FEW_CHARACTERS = (20, 40, 60, 100, 150, 300), (100, 200, *CHARACTERS[:2])
CODES = {
    "ar": "ara",
    "de": "deu",
    "en": "eng",
    "es": "spa",
    "fa": "pes",
    "fr": "fra",
    "hi": "hin",
    "id": "ind",
    "ja": "jpn",
    "ko": "kor",
    "ru": "rus",
    "th": "tha",
    "tr": "tur",
    "vi": "vie",
    "zh": "cmn",
}
"""How files of lid name the languages."""
BOUND = QualitySettings().min_context_gain


class Judged(NamedTuple):
    """Texts of a language that its model has not read."""

    kind: str
    language: str
    texts: list[str]


def halves(data: Path, language: str) -> tuple[list[str], list[str]]:
    """Documents of prose that a model reads, and that are judged."""
    found: tuple[list[str], list[str]] = ([], [])
    rows = [
        json.loads(row)["text"]
        for file in sorted((data / "text" / "prose" / language).glob("*.jsonl"))
        for row in file.read_text(encoding="utf-8").splitlines()
    ]
    for text in dict.fromkeys(rows):
        found[blake2b(text.encode(), digest_size=4, key=b"order").digest()[0] % 2].append(text)
    return found


def judged_of(data: Path, language: str) -> Iterator[Judged]:
    """The sets of a language that are judged."""
    yield Judged("prose", language, halves(data, language)[1])
    for file in sorted((data / "text" / "lid").rglob("*.txt")):
        if file.stem in (language, CODES[language]):
            kind = file.relative_to(data / "text" / "lid").parts[0]
            yield Judged(kind, language, file.read_text(encoding="utf-8").splitlines())


def dropped(model: PerplexityModel, texts: list[str]) -> np.ndarray:
    """[texts]: whether context_gain drops each."""
    if not texts:
        return np.zeros(0, np.bool_)
    low = model.measure(texts).context_gains < BOUND
    return low & np.array([bool(is_low and in_sentences(text)) for is_low, text in zip(low, texts, strict=True)])


def rows_of(model: PerplexityModel, judged: Judged, documents: int) -> Iterator[dict[str, Any]]:
    """A row a length and way; rows of kinds; chains."""
    kind, language, texts = judged
    script = dominant_scripts(["".join(texts[:60])])[0][0]
    unspaced = is_unspaced(script)
    ways: dict[str, Way] = {"clean": lambda text, share, rng: text}
    if unspaced:
        join = belongs(texts)
        words: Way = lambda text, share, rng: scrambled_pieces(text, share, rng, join)  # noqa: E731
        ways |= {"letters": scrambled_letters, "phrases": scrambled_letters_of_phrases, "words": words}
    else:
        ways |= WAYS
    group = {"set": kind, "language": language, "capitals": script in WITH_CAPITALS, "unspaced": unspaced}
    for size in FEW_CHARACTERS if unspaced else LENGTHS:
        pages = (of_characters if unspaced else of_length)(texts, size)[:documents]
        for way, change in ways.items():
            rng = Random(f"{kind} {language} {size} {way}")
            made = [change(page, 1.0, rng) for page in pages]
            ours = dropped(model, made)
            hit = broken(made)
            others = hit["word_disorder"] | hit["case_disorder"] if made else ours
            yield {
                "table": "order",
                **group,
                "size": size,
                "way": way,
                "pages": len(made),
                "ours": int(ours.sum()),
                "others": int(others.sum()),
                "either": int((ours | others).sum()),
            }
    lengths = [600] * 50
    chained = list(chains(texts, lengths, 1, language, 7))
    yield {"table": "chains", **group, "pages": len(chained), "ours": int(dropped(model, chained).sum())}
    sentences = [part.strip() for text in texts[:400] for line in text.split("\n") for part in _STOP.split(line)]
    made_kinds = kinds_of(Material(kind, language, [each for each in sentences if len(each) > 10]))
    hit_kinds = dropped(model, [text for _, text in made_kinds])
    for (name, text), out in zip(made_kinds, hit_kinds.tolist(), strict=True):
        yield {"table": "kinds", **group, "kind": name, "dropped": out, "text": text if out else ""}


def table(data: Path, folder: Path, only: list[str], documents: int) -> Iterator[dict[str, Any]]:
    """All rows; the models are trained into the folder."""
    languages = only or sorted(CODES)
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    for language in languages:
        lines = [json.dumps({"text": text}) for text in halves(data, language)[0]]
        (folder / "reference" / f"{language}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_languages([folder / "reference"], folder / "lm", languages, TrainOptions())
    models = available_models(folder / "lm")
    for language in languages:
        model = PerplexityModel.load(models[language], "script_safe")
        strength = models[language].strength
        yield {"table": "models", "language": language, "strength": strength._asdict() if strength else None}
        for judged in judged_of(data, language):
            yield from rows_of(model, judged, documents)


def print_order(rows: list[dict[str, Any]], head: str, sizes: tuple[int, ...], ways: tuple[str, ...]) -> None:
    """A line a size: caught by context_gain, with the other rules, and clean pages dropped."""
    for size in sizes:
        some = [row for row in rows if row["size"] == size]
        by_way = {way: [row for row in some if row["way"] == way] for way in ("clean", *ways)}
        pages = sum(row["pages"] for row in by_way["clean"])
        cells = [head, size, len({row["language"] for row in some}), pages]
        for way in ways:
            shares = [sum(row[key] for row in by_way[way]) / max(pages, 1) for key in ("ours", "others", "either")]
            cells.append(" / ".join(f"{share:.0%}" for share in shares))
        where = Counter({f"{row['language']} {row['set']}": row["ours"] for row in by_way["clean"] if row["ours"]})
        cells += [sum(where.values()), ", ".join(f"{name} {count}" for name, count in where.items())]
        print("|", " | ".join(map(str, cells)), "|")


def show(rows: list[dict[str, Any]]) -> None:
    """Print the tables."""
    strengths = {
        row["language"]: row["strength"]["order"] for row in rows if row["table"] == "models" and row["strength"]
    }
    print("strength:", ", ".join(f"{language} {order:.2f}" for language, order in strengths.items()), "\n")
    order = [row for row in rows if row["table"] == "order"]
    for head, chosen, sizes, ways in (
        ("yes", [row for row in order if row["capitals"]], LENGTHS, tuple(WAYS)),
        ("no", [row for row in order if not row["capitals"] and not row["unspaced"]], LENGTHS, tuple(WAYS)),
        ("unspaced", [row for row in order if row["unspaced"]], FEW_CHARACTERS, ("letters", "phrases", "words")),
    ):
        print(f"| capitals | size | languages | pages | {' | '.join(ways)} | clean | in |\n|{'---|' * 9}")
        print_order(chosen, head, sizes, ways)
        print()
    caught = [row for row in order if row["way"] in ("page", "letters") and row["size"] in (100, 300)]
    for size in (100, 300):
        by: dict[str, list[int]] = {}
        for row in caught:
            if row["size"] == size:
                sums = by.setdefault(row["language"], [0, 0])
                sums[0], sums[1] = sums[0] + row["ours"], sums[1] + row["pages"]
        print(size, ", ".join(f"{language} {hit / max(n, 1):.0%}" for language, (hit, n) in by.items()))
    kinds = [row for row in rows if row["table"] == "kinds"]
    by_kind = Counter(row["kind"] for row in kinds if row["dropped"])
    print(f"\nkinds: {sum(by_kind.values())} of {len(kinds)}:", ", ".join(f"{k} {n}" for k, n in by_kind.items()))
    made = [row for row in rows if row["table"] == "chains"]
    print(f"chains of order 1: {sum(row['ours'] for row in made)} of {sum(row['pages'] for row in made)}")


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--documents", type=int, default=150)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = list(table(options.data, options.models or Path(name), options.only, options.documents))
    if options.json:
        print("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
        return
    show(rows)


if __name__ == "__main__":
    main()
