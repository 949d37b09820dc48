"""Documents in the layouts that trainers read, a writer a format: text, JSON, token ids; no Spark in here.

    fairseq     LANGUAGE/{train,valid}.txt, a sentence a line, a blank line between documents; dict.txt
    xlm         {train,valid,test}.LANGUAGE, a sentence a line, pieces of XLM's vocabulary; vocab
    megatron    {train,valid}/LANGUAGE_PART_text_{document,sentence}.{bin,idx}
    mds         LANGUAGE/{train,valid}/PART.NN.mds; index.json in each folder
    jsonl       {train,valid}/LANGUAGE/PART.jsonl, an object a document

PART is of the corpus file that a file is made from. Lines are made of one space between words: nothing in a text
ends a line. Validation documents go to `valid`; for xlm, half of them by a hash of their cluster to `test`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, Any, Literal, NamedTuple

import numpy as np

from ccnet_lite.pretraining.mds import ShardWriter
from ccnet_lite.pretraining.megatron import IndexedWriter
from ccnet_lite.pretraining.sentences import split_sentences
from ccnet_lite.pretraining.vocabulary import Vocabulary

Format = Literal["fairseq", "xlm", "megatron", "mds", "jsonl"]
FORMATS = ("fairseq", "xlm", "megatron", "mds", "jsonl")
SPLITS = {"fairseq": ("train", "valid"), "xlm": ("train", "valid", "test")}
JOINED = tuple(SPLITS)
"""Formats with one file a language and split, also an empty one: parts are written first, and joined then."""
BATCH = 64
"""Documents that are tokenized together."""


class Row(NamedTuple):
    """A document to export."""

    doc_id: str
    text: str
    url: str
    cluster: str
    validation: bool


Open = Callable[[str], IO[bytes]]
"""Opens a file for writing by its name below the export's folder; closing it makes it appear."""


@dataclass(frozen=True)
class Shape:
    """What an export is like, besides its format.

    unit: what a line, or one of Megatron's sequences, is. vocabulary: None writes text.
    """

    format: Format
    unit: Literal["sentence", "document"]
    vocabulary: Vocabulary | None


@dataclass
class Count:
    """What was written of one language and split. tokens: 0 where there is no vocabulary."""

    documents: int = 0
    sequences: int = 0
    tokens: int = 0


def split_of(row: Row, format: str) -> str:
    """train, valid or, for xlm alone, test: by cluster, so that none is on two sides."""
    if not row.validation:
        return "train"
    if format != "xlm":
        return "valid"
    digest = blake2b(f"test\t{row.cluster or row.doc_id}".encode(), digest_size=1).digest()
    return "test" if digest[0] & 1 else "valid"


def export_rows(rows: Iterable[Row], language: str, part: str, shape: Shape, open_file: Open) -> dict[str, Count]:
    """Write documents of one language; gives what was written by split. part: names the files.

    A document of which nothing is left (no sentence, no token) is counted as a document and leaves nothing.
    """
    made: dict[str, Any] = {}
    counts: dict[str, Count] = {}
    with ExitStack() as closing:

        def writer(split: str) -> Any:
            if split not in made:
                made[split] = _WRITERS[shape.format](language, part, split, shape, open_file, closing)
                counts[split] = Count()
            return made[split]

        for batch in _batches(rows):
            by_split: dict[str, list[Row]] = {}
            for row in batch:
                by_split.setdefault(split_of(row, shape.format), []).append(row)
            for split, some in by_split.items():
                write = writer(split)
                count = counts[split]
                for sequences, tokens in write(some):
                    count.documents += 1
                    count.sequences += sequences
                    count.tokens += tokens
        for write in made.values():
            write.finish()
    return counts


def units_of(row: Row, language: str, unit: str) -> list[str]:
    """The sentences of a document, or all of it as one line; each with single spaces."""
    given = split_sentences(row.text, language) if unit == "sentence" else [row.text]
    return [line for each in given if (line := " ".join(each.split()))]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Lines:
    """fairseq and xlm: a unit a line; a blank line ends a document of several."""

    def __init__(self, language: str, part: str, split: str, shape: Shape, open_file: Open, closing: ExitStack):
        self._file = closing.enter_context(open_file(text_part(shape.format, language, split, part)))
        self._language, self._shape = language, shape
        # XLM has no documents, and says "Empty sentence" of a blank line.
        self._between = b"\n" if shape.format == "fairseq" and shape.unit == "sentence" else b""

    def __call__(self, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
        vocabulary = self._shape.vocabulary
        for row in rows:
            lines = units_of(row, self._language, self._shape.unit)
            tokens = 0
            if vocabulary is not None and lines:
                pieces = vocabulary.pieces(lines)
                tokens = sum(map(len, pieces))
                lines = [" ".join(each) for each in pieces if each]
            if lines:
                self._file.write("".join(f"{line}\n" for line in lines).encode() + self._between)
            yield len(lines), tokens

    def finish(self) -> None:
        """Nothing is left to do."""


def text_part(format: str, language: str, split: str, part: str) -> str:
    """Where a part of a joined file lies until it is joined."""
    return f"_work/parts/{joined_name(format, language, split)}/{part}"


def joined_name(format: str, language: str, split: str) -> str:
    """The name of a language's file.

    >>> joined_name("xlm", "sw", "valid"), joined_name("fairseq", "sw", "valid")
    ('valid.sw', 'sw/valid.txt')
    """
    return f"{split}.{language}" if format == "xlm" else f"{language}/{split}.txt"


class _Jsonl:
    """jsonl: an object a document."""

    def __init__(self, language: str, part: str, split: str, shape: Shape, open_file: Open, closing: ExitStack):
        self._file = closing.enter_context(open_file(f"{split}/{language}/{part}.jsonl"))
        self._language, self._vocabulary = language, shape.vocabulary

    def __call__(self, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
        ids = self._vocabulary.encode([row.text for row in rows]) if self._vocabulary else [None] * len(rows)
        for row, tokens in zip(rows, ids, strict=True):
            value: dict[str, Any] = {
                "id": row.doc_id,
                "language": self._language,
                "url": row.url,
                "text": row.text,
            }
            if tokens is not None:
                value["input_ids"] = tokens
            self._file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
            yield 1, len(tokens or ())

    def finish(self) -> None:
        """Nothing is left to do."""


class _Mds:
    """mds: a sample a document."""

    def __init__(self, language: str, part: str, split: str, shape: Shape, open_file: Open, closing: ExitStack):
        columns = {"id": "str", "language": "str", "text": "str", "url": "str"}
        if shape.vocabulary is not None:
            columns["input_ids"] = "ndarray:int32"
        self._writer = ShardWriter(columns, f"{language}/{split}", part, open_file)
        self._language, self._vocabulary = language, shape.vocabulary

    def __call__(self, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
        ids = self._vocabulary.encode([row.text for row in rows]) if self._vocabulary else [None] * len(rows)
        for row, tokens in zip(rows, ids, strict=True):
            value: dict[str, Any] = {
                "id": row.doc_id,
                "language": self._language,
                "text": row.text,
                "url": row.url,
            }
            if tokens is not None:
                value["input_ids"] = np.asarray(tokens, np.int32)
            if tokens == []:  # MDS has no arrays of nothing
                yield 0, 0
                continue
            self._writer.write(value)
            yield 1, len(tokens or ())

    def finish(self) -> None:
        """Write the last shard."""
        self._writer.finish()


class _Megatron:
    """megatron: ids, a sequence a document, with the end token behind it, or a sequence a sentence."""

    def __init__(self, language: str, part: str, split: str, shape: Shape, open_file: Open, closing: ExitStack):
        assert shape.vocabulary is not None, "megatron takes token ids"
        name = f"{split}/{language}_{part}_text_{shape.unit}"
        data = closing.enter_context(open_file(f"{name}.bin"))
        index = closing.enter_context(open_file(f"{name}.idx"))
        self._vocabulary, self._language, self._unit = shape.vocabulary, language, shape.unit
        self._writer = IndexedWriter(data, index, len(shape.vocabulary))

    def __call__(self, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
        for row in rows:
            given = [row.text] if self._unit == "document" else units_of(row, self._language, "sentence")
            sequences = [ids for ids in self._vocabulary.encode(given) if ids]
            if self._unit == "document":
                sequences = [[*ids, self._vocabulary.end_id] for ids in sequences]
            if sequences:
                self._writer.add_document(sequences)
            yield len(sequences), sum(map(len, sequences))

    def finish(self) -> None:
        """Write the index."""
        self._writer.finish()


_WRITERS: dict[str, Any] = {
    "fairseq": _Lines,
    "xlm": _Lines,
    "megatron": _Megatron,
    "mds": _Mds,
    "jsonl": _Jsonl,
}
