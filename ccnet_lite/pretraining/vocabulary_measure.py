"""How well a vocabulary fits each language: fertility, unknown pieces, coverage, on text held out of its training.

pieces_per_word        fertility; a word as in `statistics`: in scripts without spaces, each letter by itself
pieces_per_character   characters other than white space
unknown_share          of the pieces, those that are the unknown token, or a single byte of a character
coverage               of the characters, those that have a piece of their own, or need none
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from ccnet_lite.pretraining.vocabulary import Vocabulary
from ccnet_lite.text.tokens import tokenize

BATCH = 500


@dataclass(frozen=True)
class Fit:
    """How a vocabulary fits one language. Shares and rates are NaN where there was no text."""

    language: str
    documents: int
    characters: int
    words: int
    pieces: int
    pieces_per_word: float
    pieces_per_character: float
    unknown_share: float
    coverage: float


def measure_fit(language: str, texts: Iterable[str], vocabulary: Vocabulary) -> Fit:
    """Measure it on some documents of a language."""
    characters: Counter[str] = Counter()
    documents = words = pieces = unknown = 0
    missing = {vocabulary.unknown_id} | vocabulary.byte_ids
    for batch in _batches(texts):
        documents += len(batch)
        words += len(tokenize(batch))
        for text in batch:
            characters.update(text)
        for ids in vocabulary.encode([line for text in batch for line in text.split("\n")]):
            pieces += len(ids)
            unknown += sum(i in missing for i in ids)
    for character in [each for each in characters if each.isspace()]:
        del characters[character]
    seen = list(characters)
    alone = vocabulary.encode(seen)
    known = set(vocabulary.tokens)
    covered = sum(
        characters[each]
        for each, ids in zip(seen, alone, strict=True)
        # Some have a piece only within a word: WordPiece's with ##, BPE's without </w>.
        if not missing & set(ids) or each in known or f"##{each}" in known
    )
    total = characters.total()
    return Fit(
        language,
        documents,
        total,
        words,
        pieces,
        _ratio(pieces, words),
        _ratio(pieces, total),
        _ratio(unknown, pieces),
        _ratio(covered, total),
    )


def fit_table(fits: Mapping[str, Sequence[Fit]]) -> pa.Table:
    """All measures as one table. fits: by the name of the vocabulary."""
    rows = [{"vocabulary": name, **asdict(fit)} for name, some in fits.items() for fit in some]
    fields = [("vocabulary", pa.string()), ("language", pa.string())]
    fields += [(name, pa.int64()) for name in ("documents", "characters", "words", "pieces")]
    fields += [
        (name, pa.float64()) for name in ("pieces_per_word", "pieces_per_character", "unknown_share", "coverage")
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def fit_text(fits: Mapping[str, Sequence[Fit]], shares: Mapping[str, float]) -> str:
    """The same for people: a line a language, by its share; of a second vocabulary, its fertility."""
    first, *others = fits
    head = f"{'language':10}{'share':>7}{'pieces/word':>13}{'/character':>12}{'unknown':>9}{'coverage':>10}"
    lines = [head + "".join(f"  {f'pieces/word, {name}':>24}" for name in others)]
    beside = {name: {fit.language: fit for fit in fits[name]} for name in others}
    for fit in sorted(fits[first], key=lambda fit: -shares.get(fit.language, 0.0)):
        line = f"{fit.language:10}{shares.get(fit.language, 0.0):7.2%}"
        if not fit.documents:
            lines.append(f"{line}{'no held-out text':>18}")
            continue
        line += f"{fit.pieces_per_word:13.2f}"
        line += f"{fit.pieces_per_character:12.3f}{fit.unknown_share:9.3%}{fit.coverage:10.3%}"
        lines.append(line + "".join(f"  {beside[name][fit.language].pieces_per_word:24.2f}" for name in others))
    return "\n".join(lines)


def _batches(texts: Iterable[str]) -> Iterable[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
