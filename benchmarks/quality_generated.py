"""Generated text: how well each score tells texts that people wrote from texts that programs wrote.

    python benchmarks/quality_generated.py PATH ... [--only LANGUAGE ...] [--folds N] [--words] [--json]

PATH: a jsonl file, or a folder of them; a row has `text`, `language`, `generator` ("human" where a person wrote
it), and, where known, `domain` (the kind of text) and `prompt` (what it answers: texts of one prompt are never on
both sides of the line between what is learnt and what is judged). Or a folder LANGUAGE/GENERATOR/NAME.txt, whose
prompts are the names. There is no such text in the project, and none is fetched.

Prompts are dealt to N folds by their hashes; each fold is judged by models of the other folds, and the AUCs are
averaged: how often a person's text scores higher than a program's of the same domain. What would tell the two
apart without being read is taken away: words that a text begins with because its prompt did, lines, the first and
last six words; and each program's text is judged against one of a person, of the same prompt if there is one, both
cut to the length of the shorter.

perplexity   by a language model of the other folds' texts of people
known        quality_score by a classifier (train-quality) of the other folds, all generators and domains
max, mean    of the percentiles of both, as quality.combine has it
generator    by a classifier that saw nothing of this generator, in any domain
domain       by a classifier that saw nothing of this domain, by people or programs
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from quality_essays import UNSPACED, inner
from quality_score import Text, language_model, ranks, read

from ccnet_lite.errors import UserError
from ccnet_lite.models.quality_scores import QualityClassifier
from ccnet_lite.models.train_quality import QualityOptions, Sample, train_quality
from ccnet_lite.quality.ranks import auc, combined
from ccnet_lite.report.columns import align

PEOPLE = "human"
SHORTEST, LONGEST = 250, 2000
"""Characters of what is judged."""
PIECE = 600
"""Characters, about, of what is learnt from."""
FREQUENT, SHOWN = 1000, 25
"""Words that --words looks at, and prints."""
LEAST = 10
"""Pairs of a fold that are judged."""


class Document(NamedTuple):
    """A text with what is known of it."""

    text: str
    language: str
    generator: str
    domain: str
    prompt: str

    @property
    def good(self) -> bool:
        """Whether a person wrote it."""
        return self.generator == PEOPLE

    def fold(self, n_folds: int) -> int:
        """Where it is judged, by the prompt alone."""
        return int.from_bytes(blake2b(self.prompt.encode(), digest_size=8, key=b"fold").digest()) % n_folds


def documents(paths: Sequence[Path]) -> Iterator[Document]:
    """All of the files and folders."""
    for path in paths:
        for file in sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]:
            for row in read(file):
                generator = row.get("generator") or PEOPLE
                prompt = str(row.get("prompt") or row["text"])
                yield Document(row["text"], row["language"], generator, row.get("domain") or "", prompt)
        for file in sorted(path.glob("*/*/*.txt")):
            text = file.read_text(encoding="utf-8", errors="replace")
            yield Document(text, file.parts[-3], file.parts[-2], "", file.stem)


def plain(texts: Sequence[Document]) -> list[Document]:
    """Without what a prompt gave away, lines, beginnings and ends; those that then are long enough."""
    distinct: dict[str, Document] = {}
    for each in texts:
        distinct.setdefault(each.text, each)  # under two prompts it would be learnt and judged
    of_prompt: dict[str, list[Document]] = {}
    for each in distinct.values():
        of_prompt.setdefault(each.prompt, []).append(each)
    found = []
    for group in of_prompt.values():
        for each in group:
            said = " ".join(each.text.split())
            echoed = max(
                (_shared(said, " ".join(other.text.split())) for other in group if other.good != each.good),
                default=0,
            )
            said = inner(said[echoed:], each.language)
            if len(said) >= SHORTEST:
                found.append(each._replace(text=said))
    return found


def _shared(one: str, other: str) -> int:
    """Characters that both begin with."""
    n = min(len(one), len(other))
    return next((at for at in range(n) if one[at] != other[at]), n)


def pairs(texts: Sequence[Document], generator: str, domain: str) -> list[tuple[str, str]]:
    """Texts of people and of a generator, of equal length, of one prompt where there are both."""
    people = {each.prompt: each for each in texts if each.good and each.domain == domain}
    programs = [each for each in texts if each.generator == generator and each.domain == domain]
    rest = iter([each for each in texts if each.good and each.domain == domain])
    found, met = [], set()
    for each in sorted(programs, key=lambda each: (each.prompt not in people, _order(each))):
        person = people.get(each.prompt) or next((p for p in rest if p.text not in met), None)
        if person is None or person.text in met:
            continue
        met.add(person.text)
        length = min(LONGEST, len(each.text), len(person.text))
        found.append((person.text[:length], each.text[:length]))
    return found


def _order(each: Document) -> bytes:
    return blake2b(each.text.encode("utf-8", "replace")).digest()


def pieces(text: str, language: str) -> Iterator[str]:
    """A text in parts of some PIECE characters, each of whole words."""
    held: list[str] = []
    for word in list(text) if language in UNSPACED else [f"{word} " for word in text.split()]:
        held.append(word)
        if sum(map(len, held)) >= PIECE:
            yield "".join(held)
            held = []
    if sum(map(len, held)) >= SHORTEST:
        yield "".join(held)


def classifier(texts: Sequence[Document], folder: Path, language: str) -> QualityClassifier | None:
    """Of texts by people against those by programs; None where they are too few."""
    sides: list[list[Sample]] = [[], []]
    for each in texts:
        sides[not each.good] += [Sample(piece, each.prompt) for piece in pieces(each.text, language)]
    try:
        train_quality({language: sides[0]}, {language: sides[1]}, folder, QualityOptions(held_out=0.01))
    except UserError:
        return None
    return QualityClassifier(folder / f"{language}.quality.bin")


class _Read(Text):
    """A text that is learnt from, whatever its hash."""

    learnt = True  # type: ignore[assignment]


def fold_rows(texts: Sequence[Document], language: str, fold: int, n_folds: int) -> Iterator[dict[str, Any]]:
    """A row a generator and domain, judged in this fold."""
    judged = [each for each in texts if each.fold(n_folds) == fold]
    learnt = [each for each in texts if each.fold(n_folds) != fold]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        prose = [_Read("prose", True, each.text) for each in learnt if each.good]
        model = language_model(prose, place / "lm", language)
        known = classifier(learnt, place / "known", language)
        without: dict[tuple[str, str], QualityClassifier | None] = {}
        for what in ("generator", "domain"):
            for value in sorted({getattr(each, what) for each in learnt} - {PEOPLE}):
                others = [each for each in learnt if getattr(each, what) != value]
                without[what, value] = classifier(others, place / f"{what}-{len(without)}", language)
        for domain, generator in sorted({(each.domain, each.generator) for each in judged if not each.good}):
            sides = pairs(judged, generator, domain)
            if len(sides) < LEAST:
                continue
            said = [good for good, _ in sides] + [bad for _, bad in sides]
            columns = {"perplexity": -np.nan_to_num(model.score(said)[0], nan=1e9)}
            if known is not None:
                columns["known"] = np.nan_to_num(known.score(said), nan=0.5)
                both = np.array([ranks(each) for each in columns.values()])
                columns |= {"max": combined(both, "max"), "mean": combined(both, "mean_rank")}
            for what, value in (("generator", generator), ("domain", domain)):
                unseen = without.get((what, value))
                if unseen is not None:
                    columns[what] = np.nan_to_num(unseen.score(said), nan=0.5)
            found = {name: auc(each[: len(sides)], each[len(sides) :]) for name, each in columns.items()}
            yield {"language": language, "of": domain, "by": generator, "pairs": len(sides)} | found


def table(paths: Sequence[Path], only: Sequence[str] = (), n_folds: int = 3) -> list[dict[str, Any]]:
    """A row a language, domain and generator: the mean of the folds' AUCs, and how many pairs were judged."""
    by_language: dict[str, list[Document]] = {}
    for each in documents(paths):
        if not only or each.language in only:
            by_language.setdefault(each.language, []).append(each)
    rows: list[dict[str, Any]] = []
    for language, found in sorted(by_language.items()):
        texts = plain(found)
        of_row: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for fold in range(n_folds):
            for row in fold_rows(texts, language, fold, n_folds):
                of_row.setdefault((row["of"], row["by"]), []).append(row)
        for (domain, generator), folds in sorted(of_row.items()):
            means = {
                name: round(float(np.mean([each[name] for each in folds])), 3)
                for name in HEADS[4:]
                if all(name in each for each in folds)
            }
            n_pairs = sum(each["pairs"] for each in folds)
            rows.append({"language": language, "of": domain, "by": generator, "pairs": n_pairs} | means)
    return rows


def telling_words(paths: Sequence[Path], only: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Of each language the frequent words that most speak for people, and for programs, alone."""
    import fasttext

    for language in sorted({each.language for each in documents(paths)}):
        if only and language not in only:
            continue
        texts = plain([each for each in documents(paths) if each.language == language])
        with tempfile.TemporaryDirectory() as name:
            made = classifier(texts, Path(name), language)
            if made is None:
                continue
            known = fasttext.load_model(str(Path(name) / f"{language}.quality.bin")).get_words()[1:FREQUENT]
            order = np.argsort(made.score(known))
            yield language, "programs", [known[at] for at in order[:SHOWN]]
            yield language, "people", [known[at] for at in order[: -SHOWN - 1 : -1]]


HEADS = ("language", "of", "by", "pairs", "perplexity", "known", "max", "mean", "generator", "domain")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+")
    parser.add_argument("--only", metavar="LANGUAGE", nargs="+", default=[])
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--words", action="store_true", help="what the classifiers go by, in place of the table")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.words:
        for language, side, words in telling_words(arguments.paths, arguments.only):
            print(f"{language} {side}: {' '.join(words)}")
        return
    rows = table(arguments.paths, arguments.only, arguments.folds)
    if arguments.json:
        print(json.dumps(rows))
        return
    body = [[str(row.get(head, "")) for head in HEADS] for row in rows]
    print("\n".join(align([list(HEADS), *body], left=3)))


if __name__ == "__main__":
    main()
