"""Decontamination on a made corpus: which copies of test items are found, and which phrases convict.

    python benchmarks/quality_decontamination.py --data DATA [--documents 2000] [--json]

The prose of DATA/text/prose is cut into documents of some 600 characters; of each language the odd ones are the
corpus (at most --documents) and the even ones give items of 40 words (60 characters where words have no spaces
between them). Items are put into documents as they are, with a word in 25 changed, in part (60 %), in three
documents with a word in 25 changed, and behind a phrase of half or twice their length. Phrases are lines of the
Declaration of Human Rights in the language (DATA/text/lid/udhr2), in English of licences, rights and the Bible,
too: they are items themselves, and stand in 5 to 300 documents each. A document is rightly found where it holds an
item that is no phrase.
"""

import argparse
import json
import math
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from ccnet_lite.dedup.overlap import Finder, Match, build_index, item_weights, own_ngrams, text_hashes
from ccnet_lite.dedup.rarity import ONE, weights
from ccnet_lite.kernels.decontaminate import Overlap

UNSPACED = ("ja", "th", "zh")
_FILES = [
    "arb",
    "deu",
    "eng",
    "spa",
    "pes_1",
    "fra",
    "hin",
    "ind",
    "jpn",
    "kor",
    "rus",
    "tha",
    "tur",
    "vie",
    "cmn_hans",
]
_CODES = ["ar", "de", "en", "es", "fa", "fr", "hi", "id", "ja", "ko", "ru", "th", "tr", "vi", "zh"]
DECLARATIONS = dict(zip(_CODES, _FILES, strict=True))
"""Files of the Declaration of Human Rights, by language."""
PHRASES = (
    "All rights reserved. No part of this publication may be reproduced, stored in a retrieval system, or "
    "transmitted, in any form or by any means, without the prior written permission of the publisher.",
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
    "documentation files, to deal in the Software without restriction, including without limitation the rights to "
    "use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software.",
    "For God so loved the world, that he gave his only begotten Son, that whosoever believeth in him should not "
    "perish, but have everlasting life.",
    "Our Father which art in heaven, Hallowed be thy name. Thy kingdom come. Thy will be done in earth, as it is "
    "in heaven. Give us this day our daily bread.",
    "This website uses cookies to improve your experience. By continuing to browse the site you are agreeing to "
    "our use of cookies as described in our privacy policy.",
)
PHRASE_DOCUMENTS = (5, 30, 100, 300)
THRESHOLDS = (0.0, 0.2, 0.3, 0.4, 0.5)
COPIES = (
    "as it is",
    "1 word in 25",
    "60 % of it",
    "1 in 25, three times",
    "behind half a phrase",
    "behind two phrases",
)


class Made(NamedTuple):
    """A corpus and items; languages: of documents. planted: (document, item) by kind of copy.

    phrases: by item its language and how many documents, of any language, hold it.
    """

    documents: list[str]
    languages: list[str]
    items: list[str]
    planted: dict[tuple[int, int], str]
    phrases: dict[int, tuple[str, int]]


def make(data: Path, n_documents: int) -> Made:
    """A corpus with copies in it; the same on every call."""
    made = Made([], [], [], {}, {})
    for language in DECLARATIONS:
        add_language(made, data, language, n_documents)
    rng = Random("phrases")
    for language in DECLARATIONS:
        for number, line in enumerate(phrases(data, language)):
            held = PHRASE_DOCUMENTS[number % len(PHRASE_DOCUMENTS)]
            made.items.append(line)
            made.phrases[len(made.items) - 1] = language, held
            for place in rng.sample(range(len(made.documents)), min(held, len(made.documents) // 2)):
                made.documents[place] += f"\n{line}\n"
    return made


def add_language(made: Made, data: Path, language: str, n_documents: int) -> None:
    """Documents of a language, items, and the copies of these."""
    rng = Random(f"decontamination {language}")
    files = sorted((data / "text" / "prose" / language).glob("*.jsonl"))
    texts = [json.loads(row)["text"] for file in files for row in file.read_text(encoding="utf-8").splitlines()]
    cut = [text[at : at + 600] for text in texts for at in range(0, len(text) - 149, 600)][: 2 * n_documents]
    first, joiner = len(made.documents), "" if language in UNSPACED else " "
    made.documents.extend(cut[1::2])
    made.languages.extend([language] * len(cut[1::2]))
    here = range(first, len(made.documents))
    words = [words_of(text, joiner) for text in cut[::2]]
    pool = [word for some in words[:50] for word in some]
    length = 40 if joiner else 60
    lines = phrases(data, language)

    def changed(some: list[str]) -> list[str]:
        out = list(some)
        for at in range(rng.randrange(25), len(out), 25):
            out[at] = rng.choice(pool)
        return out

    sources = [some for some in words if len(some) >= length][: max(len(COPIES), len(here) // 10)]
    for number, some in enumerate(sources):
        kind = COPIES[number % len(COPIES)]
        item = some[:length]
        if "phrase" in kind:
            size = length // 2 if "half" in kind else 2 * length
            item = [*(words_of(" ".join(lines), joiner) * 9)[:size], *item]
        made.items.append(joiner.join(item))
        for place in rng.sample(here, 3 if "three" in kind else 1):
            copy = changed(item) if "25" in kind else item[: int(0.6 * length)] if "60" in kind else item
            made.documents[place] += f"\n{joiner.join(copy)}\n"
            made.planted[place, len(made.items) - 1] = kind


def words_of(text: str, joiner: str) -> list[str]:
    """Words, or characters where words have no spaces between them."""
    return text.split() if joiner else [each for each in text if not each.isspace()]


def phrases(data: Path, language: str) -> list[str]:
    """Lines that many documents are to hold."""
    file = data / "text" / "lid" / "udhr2" / f"{DECLARATIONS[language]}.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    least = 40 if language in UNSPACED else 80
    return [*(PHRASES if language == "en" else ()), *[line for line in lines if len(line) >= least][2:14]]


def idf(seen: Any, n_documents: int) -> Any:
    """What was tried: the logarithm of the documents by those that have it, as a part of the greatest."""
    return np.rint(ONE * (1 - np.log(np.maximum(seen, 1)) / math.log(n_documents + 1))).astype(np.int32)


def find(made: Made, weigh: Any) -> list[Match]:
    """What the corpus is found to hold, with weighted shares."""
    overlap = Overlap()
    tokens, offsets = text_hashes(made.items)
    spans = list(pairwise(offsets.tolist()))
    hashes = [own_ngrams(tokens[begin:end], overlap.ngram, overlap.min_tokens) for begin, end in spans]
    lengths = [min(end - begin, overlap.ngram) for begin, end in spans]
    index = build_index(hashes, [0] * len(hashes), lengths, overlap.ngram, overlap.min_tokens)
    seen = np.zeros(len(index.hashes), np.int64)

    def count(places: Any) -> None:
        seen[places] += 1

    Finder(index, overlap.min_overlap, tell=count).find(made.documents)
    of_ngrams = weigh(seen, len(made.documents))
    of_items = item_weights(index.offsets, index.items, of_ngrams, len(index.sizes))
    return Finder(index, overlap.min_overlap, of_ngrams, of_items).find(made.documents)


def table(data: Path, documents: int = 2000) -> list[dict[str, Any]]:
    """A row for each language, way to weigh and threshold: precision, recall, what was found by kind."""
    made = make(data, documents)
    rows = []
    for name, weigh in (("rarity", weights), ("idf", idf)):
        found = find(made, weigh)
        for threshold in THRESHOLDS:
            hits = [match for match in found if match.weighted >= threshold]
            for language in DECLARATIONS:
                rows.append({"weights": name, "min_weighted": threshold, **of_language(made, hits, language)})
    return rows


def of_language(made: Made, hits: list[Match], language: str) -> dict[str, Any]:
    """What hits in a language's documents are worth."""
    dirty = {document for document, _ in made.planted if made.languages[document] == language}
    here = [match for match in hits if made.languages[match.text] == language]
    said = {match.text for match in here}
    pairs, items = (
        {(match.text, match.item) for match in here},
        {match.item for match in hits if match.measure == "item"},
    )
    planted = [(pair, kind) for pair, kind in made.planted.items() if made.languages[pair[0]] == language]
    copies = {kind: [pair for pair, of in planted if of == kind] for kind in COPIES}
    return {
        "language": language,
        "documents": made.languages.count(language),
        "dirty": len(dirty),
        "said": len(said),
        "right": len(said & dirty),
        "copies": {kind: [len(pairs & set(those)), len(those)] for kind, those in copies.items()},
        "phrases": {
            str(held): [
                sum(of == (language, held) and item in items for item, of in made.phrases.items()),
                sum(of == (language, held) for of in made.phrases.values()),
            ]
            for held in PHRASE_DOCUMENTS
        },
    }


def main() -> None:
    """Print the tables, or with --json a row a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = table(options.data, options.documents)
    if options.json:
        print("\n".join(json.dumps(row) for row in rows))
        return
    heads = [*COPIES, *(f"phrases in {held}" for held in PHRASE_DOCUMENTS)]
    print(f"| weights | --min-weighted | precision | recall | {' | '.join(heads)} |")
    print("|" + "---|" * (len(heads) + 4))
    for name, threshold in dict.fromkeys((row["weights"], row["min_weighted"]) for row in rows):
        some = [row for row in rows if (row["weights"], row["min_weighted"]) == (name, threshold)]
        right, said, dirty = (sum(row[key] for row in some) for key in ("right", "said", "dirty"))
        cells = []
        for column, kinds in (("copies", COPIES), ("phrases", [str(held) for held in PHRASE_DOCUMENTS])):
            for kind in kinds:
                hit, of = (sum(row[column][kind][at] for row in some) for at in (0, 1))
                cells.append(f"{hit / max(1, of):.1%} of {of}")
        print(f"| {name} | {threshold} | {right / said:.1%} | {right / dirty:.1%} | {' | '.join(cells)} |")
    chosen = [row for row in rows if (row["weights"], row["min_weighted"]) == ("rarity", Overlap().min_weighted)]
    print("\n| language | documents | contaminated | precision | recall |\n|---|---|---|---|---|")
    for row in chosen:
        shares = f"{row['right'] / max(1, row['said']):.1%} | {row['right'] / row['dirty']:.1%}"
        print(f"| {row['language']} | {row['documents']} | {row['dirty']} | {shares} |")


if __name__ == "__main__":
    main()
