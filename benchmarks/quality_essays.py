"""Fluent junk without a language model: how well each score tells prose from word chains learnt on prose.

    python benchmarks/quality_essays.py --data DATA [--only LANGUAGE ...] [--json]

DATA/text/prose as it lies, in blocks of 250 characters or more. Of each language's blocks, by the hash of the
document (of the block where there are fewer than 60), a third is learnt from: by a language model, and by a
classifier (train-quality) against chains made of that third. Of the second third Markov chains are made, of order
2 and 3: each word is one that somewhere follows the two or three before it; of characters in scripts without
spaces, order 4 and 6. The last third is judged against them, text by text of equal length. Nothing of what is
judged was learnt. Of all texts, made or not, lines are joined and the first and last few words cut, so that where
a text begins and ends tells nothing.

AUC: the probability that real text scores higher. `read`: perplexity by a model that has read what the chains were
made of, as a model of a crawl's language has. `max`, `mean`: perplexity and classifier, as quality.combine does.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from quality_score import Text, blocks, classifier, language_model, ranks, read

from ccnet_lite.quality.ranks import auc, combined
from ccnet_lite.report.columns import align

UNSPACED = ("ja", "th", "zh")
ORDERS = (2, 3)
LEAST = 100
"""Blocks of each third."""
MOST = 1500
"""Blocks that are judged, and made, of each kind."""
LEAST_DOCUMENTS = 60
CUT = 6
"""Words of a text's beginning and end that are not looked at."""


def draw(text: str) -> int:
    """0, 1 or 2, by the text alone."""
    return blake2b(text.encode(), digest_size=4, key=b"essays").digest()[0] % 3


def thirds(data: Path, language: str) -> list[list[str]]:
    """Blocks of a language's prose: learnt from, made into chains, judged."""
    found: list[list[str]] = [[], [], []]
    rows = [
        row["text"] for file in sorted((data / "text" / "prose" / language).glob("*.jsonl")) for row in read(file)
    ]
    for text in dict.fromkeys(rows):
        for block in blocks(text):
            found[draw(text if len(rows) >= LEAST_DOCUMENTS else block)].append(block)
    return found


def words(text: str, language: str) -> list[str]:
    """What a chain is made of: words with the space behind them; characters where there are no spaces."""
    if language in UNSPACED:
        return list(text)
    return [f"{word} " for word in text.replace("\n", " \n ").split(" ") if word]


def chains(source: Sequence[str], lengths: Sequence[int], order: int, language: str, seed: int) -> Iterator[str]:
    """Texts of these lengths in characters, each word drawn from those that follow the `order` ones before it."""
    order *= 1 + (language in UNSPACED)
    follows: dict[tuple[str, ...], list[str]] = {}
    begins = []
    for text in source:
        of_text = words(text, language)
        begins.append(tuple(of_text[:order]))
        for at in range(len(of_text) - order):
            follows.setdefault(tuple(of_text[at : at + order]), []).append(of_text[at + order])
    drawn = random.Random(seed)
    for length in lengths:
        made: list[str] = []
        while sum(map(len, made)) < length:
            state = drawn.choice(begins)
            made += state
            while state in follows and sum(map(len, made)) < length:
                made.append(drawn.choice(follows[state]))
                state = tuple(made[-order:])
        yield "".join(made).replace(" \n ", "\n").strip()


def inner(text: str, language: str) -> str:
    """A text without its lines, its beginning and its end."""
    return "".join(words(" ".join(text.split()), language)[CUT:-CUT]).strip()


def table(data: Path, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A row a language and order: how many are judged, and the AUC of each score."""
    rows = []
    for folder in sorted((data / "text" / "prose").iterdir()):
        language = folder.name
        learnt, made_of, judged = thirds(data, language)
        if min(len(learnt), len(made_of), len(judged)) < LEAST or (only and language not in only):
            continue
        judged = sorted(judged, key=lambda text: blake2b(text.encode()).digest())[:MOST]
        lengths = [len(text) for text in judged]
        bad = [
            each for n in ORDERS for each in chains(learnt, [len(text) for text in learnt][::2], n, language, n)
        ]
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            good = _sides(learnt, "prose", language)
            model = language_model(good, place / "lm", language)
            reader = language_model([*good, *_sides(made_of, "prose", language)], place / "read", language)
            known = classifier([*good, *_sides(bad, "chain", language)], place / "classifier", language)
            for order in ORDERS:
                junk = list(chains(made_of, lengths, order, language, 10 + order))
                said = [inner(text, language) for text in (*judged, *junk)]
                columns = {
                    "perplexity": -np.nan_to_num(model.score(said)[0], nan=1e9),
                    "read": -np.nan_to_num(reader.score(said)[0], nan=1e9),
                }
                if known is not None:
                    columns["classifier"] = np.nan_to_num(known.score(said), nan=0.5)
                    pair = np.array([ranks(columns[name]) for name in ("perplexity", "classifier")])
                    columns |= {"max": combined(pair, "max"), "mean": combined(pair, "mean_rank")}
                n_good = len(judged)
                found = {name: round(auc(each[:n_good], each[n_good:]), 3) for name, each in columns.items()}
                rows.append({"language": language, "order": order, "good": n_good, "bad": len(junk)} | found)
    return rows


def _sides(texts: Sequence[str], kind: str, language: str) -> list[Text]:
    return [_Learnt(kind, kind == "prose", inner(text, language)) for text in texts]


class _Learnt(Text):
    """A text that is learnt from, whatever its hash."""

    learnt = True  # type: ignore[assignment]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", metavar="LANGUAGE", nargs="+", default=[])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = table(arguments.data, arguments.only)
    if arguments.json:
        print(json.dumps(rows))
        return
    heads = ("language", "order", "good", "bad", "perplexity", "read", "classifier", "max", "mean")
    body = [[str(row.get(head, "")) for head in heads] for row in rows]
    print("\n".join(align([list(heads), *body], left=1)))


if __name__ == "__main__":
    main()
