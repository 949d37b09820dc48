"""Language identification of pages that are not as its model's texts were: in capitals, in two languages.

    python benchmarks/quality_languages.py --labelled SENTENCES [--json]

SENTENCES: as for `ccnet-lite evaluate-lid` (DATA/text/lid without LABELS.tsv). Two tables:

    case    documents in scripts with case, in languages of the model, kept under their own: as they are, in
            capitals, with each word capitalised, with three words of ten in capitals; with language.capitals
            as_is, and lower
    turns   pages of 24 sentences in two languages of different scripts, half of them or a third in the second one:
            one behind the other, in turn, in random order; told as mixed without a look at scripts, and with it
    one script  the same of seventeen languages in Latin script; without a look at lines, and with it
    alone   pages of four documents in one language: how many are told as mixed, which none is

Words and sentences are drawn by a seed.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from ccnet_lite.models.fit_identifier import identify, judged
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.labelled import Labelled, read_labelled
from ccnet_lite.models.segments import is_mixed, segment_languages, several_scripts
from ccnet_lite.quality.common_words import WordLists, word_lists
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.run.models import Models, find_models
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.text.scripts import dominant_script

SENTENCES, LEAST_CHARS = 24, 40
LATIN = ("cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "pl", "pt", "ro", "sv", "tr", "vi")
LANGUAGES = (
    "ar",
    "bg",
    "bn",
    "de",
    "el",
    "en",
    "fa",
    "he",
    "hi",
    "hy",
    "ja",
    "ka",
    "ko",
    "ru",
    "ta",
    "th",
    "uk",
    "zh",
)
CASED = 0.4
"""Of a document's characters have case, at least."""


def in_cases(random: Random) -> dict[str, Callable[[str], str]]:
    """What becomes of a text, by name."""

    def some(text: str) -> str:
        return " ".join(word.upper() if random.random() < 0.3 else word for word in text.split(" "))

    return {"as it is": str, "capitals": str.upper, "Each Word": str.title, "three words of ten": some}


def case_table(documents: Sequence[Labelled], settings: Settings, models: Models) -> list[dict[str, Any]]:
    """A row for each form of the documents."""
    asked = settings.language
    identifiers = {
        how: LanguageIdentifier(
            models.language, asked.newline, asked.max_chars, models.description, capitals=how
        )
        for how in ("as_is", "lower")
    }  # fmt: skip
    lists, known = word_lists(models.common_words), set(identifiers["lower"].codes)
    cased = [
        each for each in documents
        if each.language in known and sum(c.upper() != c.lower() for c in each.text) > CASED * len(each.text)
    ]  # fmt: skip
    rows = []
    for name, change in in_cases(Random(1)).items():
        changed = [each._replace(text=change(each.text)) for each in cased]
        row: dict[str, Any] = {"text": name, "documents": len(changed)}
        for how, identifier in identifiers.items():
            found = identify(changed, identifier, lists, asked)
            row[how] = judged(changed, found, identifier.codes, asked.threshold).right
        rows.append(row)
    return rows


def pages(sentences: dict[str, list[str]], share: float, order: str, one_script: bool) -> list[str]:
    """A page for each two languages in different scripts, or in one, `share` of it in the second one."""
    random = Random(f"{share} {order}")
    scripts = {code: dominant_script(" ".join(own[:50]))[0] for code, own in sentences.items()}
    made = []
    for first in sentences:
        for second in (code for code in sentences if (scripts[code] == scripts[first]) == one_script):
            if second == first:
                continue
            n_second = round(SENTENCES * share)
            lines = random.sample(sentences[first], SENTENCES - n_second)
            more = random.sample(sentences[second], n_second)
            if order == "in turn":
                for number, line in enumerate(more):
                    lines.insert(round((number + 1) / share) - 1, line)
            else:
                lines += more
            if order == "random":
                random.shuffle(lines)
            made.append("\n".join(lines))
    return made


def turns_table(
    sentences: dict[str, list[str]], identifier: LanguageIdentifier, lists: WordLists, one_script: bool = False
) -> list[dict[str, Any]]:
    """A row for each share and order."""
    rows = []
    for share in (1 / 2, 1 / 3):
        for order in ("one behind the other", "in turn", "random"):
            texts = pages(sentences, share, order, one_script)
            row: dict[str, Any] = {"share": round(share, 2), "order": order, "pages": len(texts)}
            rows.append(row | told_of(texts, identifier, lists))
    return rows


def told_of(texts: list[str], identifier: LanguageIdentifier, lists: WordLists) -> dict[str, float]:
    """The share of pages told as mixed, without a look at scripts and lines, and with it."""
    best, scores = identifier.best(texts, 5)
    ways = {"without": (None, None), "with": (several_scripts(measure(texts, False)), lists)}
    row = {}
    for name, (mingled, common) in ways.items():
        found = segment_languages(texts, best, scores, identifier, mingled, common)
        row[name] = sum(is_mixed(each, len(text)) for each, text in zip(found, texts, strict=True)) / len(texts)
    return row


def alone_table(
    documents: Sequence[Labelled], identifier: LanguageIdentifier, lists: WordLists
) -> list[dict[str, Any]]:
    """One row: pages of four documents of one file, all in one language."""
    by_file: dict[tuple[str, str], list[str]] = {}
    for each in documents:
        by_file.setdefault((each.language, each.source), []).append(each.text)
    texts = ["\n".join(own[at : at + 4]) for own in by_file.values() for at in range(0, len(own) - 3, 4)]
    return [
        {"languages": len({code for code, _ in by_file}), "pages": len(texts)} | told_of(texts, identifier, lists)
    ]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    settings = load_settings(None, [])
    models, asked = find_models(settings), settings.language
    identifier = LanguageIdentifier(models.language, asked.newline, asked.max_chars, models.description)
    sentences: dict[str, list[str]] = {}
    for each in read_labelled(arguments.labelled, LEAST_CHARS):
        sentences.setdefault(each.language, []).append(each.text.replace("\n", " "))
    documents, lists = read_labelled(arguments.labelled), word_lists(models.common_words)
    scripts, latin = ({code: sentences[code] for code in names} for names in (LANGUAGES, LATIN))
    tables = {
        "case": case_table(documents, settings, models),
        "turns": turns_table(scripts, identifier, lists),
        "one script": turns_table(latin, identifier, lists, one_script=True),
        "alone": alone_table(documents, identifier, lists),
    }
    if arguments.json:
        print(json.dumps(tables))
        return
    for rows in tables.values():
        print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
        for row in rows:
            cells = [
                f"{cell:.1%}" if isinstance(cell, float) and name != "share" else str(cell)
                for name, cell in row.items()
            ]
            print("| " + " | ".join(cells) + " |")
        print()


if __name__ == "__main__":
    main()
