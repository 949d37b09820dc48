"""Texts whose language is known, to fit and to judge language identification by.

A folder (searched to any depth) or a file. A `.txt` file is named by its language's code, as `swh.txt` or
`srp_Cyrl.txt`, and holds a sentence a line. A `.csv`, `.tsv`, `.jsonl` or `.parquet` file has a text and a
language in each row: in the columns `text` and one of `tag`, `language`, `lang`, `label` and `iso639_3`. That is
CommonLID's form (`text` and `tag`, ISO 639-3, in a `.tsv.gz`); all but Parquet may be compressed so. Sentences of
a language and file are put together, in their order, to documents of so many characters as a web page may have; a
sentence each with `chars` of 1.

Not handled: whether the labels are right.
"""

import csv
import gzip
import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.models.languages import language_code

KINDS = (".txt", ".csv", ".tsv", ".jsonl", ".parquet")
TEXTS, LANGUAGES = ("text", "sentence"), ("tag", "language", "lang", "label", "iso639_3")
DOCUMENT_CHARS = 600
"""Sentences are put together until they have as many."""
DOCUMENTS = 400
"""Of a language and file that are taken, at most: one language alone is not to decide."""
_DAMAGE = (UnicodeDecodeError, json.JSONDecodeError, csv.Error, pa.ArrowInvalid, EOFError, gzip.BadGzipFile)
csv.field_size_limit(1 << 24)


class Labelled(NamedTuple):
    """A text, the code of its language, and the file that it is from."""

    text: str
    language: str
    source: str = ""


def read_labelled(place: Path, chars: int = DOCUMENT_CHARS, most: int = DOCUMENTS) -> list[Labelled]:
    """The documents of a folder or file, in the order of file names. chars: of a document, at the least.

    Raises:
        UserError: nothing is there, or a file that does not hold what its name says: its name, line, what to do.
    """
    files = sorted(each for each in place.rglob("*") if _kind(each) in KINDS) if place.is_dir() else [place]
    if not place.exists() or not files or any(_kind(file) not in KINDS for file in files):
        raise UserError(f"{place}: give a folder of {', '.join(KINDS)} files, or one of these")
    found = []
    for file in files:
        for code, sentences in groupby(
            sorted(_sentences(file), key=lambda each: each.language), lambda e: e.language
        ):
            found += list(_documents([each.text for each in sentences], code, str(file), chars))[:most]
    if not found:
        raise UserError(f"{place} holds no {chars} characters of a language: give more text, or fewer --chars")
    return found


def _documents(sentences: list[str], code: str, source: str, chars: int) -> Iterator[Labelled]:
    held: list[str] = []
    size = 0
    for sentence in sentences:
        held.append(sentence)
        size += len(sentence) + 1
        if size >= chars:
            yield Labelled("\n".join(held), code, source)
            held, size = [], 0


def _kind(file: Path) -> str:
    return file.with_suffix("").suffix if file.suffix == ".gz" else file.suffix


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", newline="")
    return file.open(encoding="utf-8", newline="")


def _sentences(file: Path) -> Iterator[Labelled]:
    kind = _kind(file)
    try:
        if kind == ".parquet":
            with pq.ParquetFile(file) as table:
                names = [name for name in table.schema_arrow.names if name in (*TEXTS, *LANGUAGES)]
                batches = table.iter_batches(columns=names)
                for number, row in enumerate((row for batch in batches for row in batch.to_pylist()), 1):
                    yield _row(row, file, number)
            return
        with _opened(file) as lines:
            if kind == ".txt":
                name = re.match(r"[A-Za-z]{2,3}([_-][A-Z][a-z]{3})?(?![A-Za-z])", file.name)
                if name is None:
                    raise UserError(f"{file} is not named by a language's code, as swh.txt: rename it")
                code = language_code(name[0])
                yield from (Labelled(line.strip(), code) for line in lines if line.strip())
            elif kind == ".jsonl":
                yield from (_row(json.loads(line), file, number) for number, line in enumerate(lines, 1))
            else:
                rows = csv.DictReader(lines, delimiter="\t" if kind == ".tsv" else ",")
                yield from (_row(row, file, number) for number, row in enumerate(rows, 2))
    except _DAMAGE as error:
        raise UserError(f"{file} cannot be read ({error}): mend it, or leave it out") from None


def _row(row: dict[str, object], file: Path, number: int) -> Labelled:
    text = next((row[name] for name in TEXTS if name in row), None)
    label = next((row[name] for name in LANGUAGES if name in row), None)
    try:
        if not isinstance(text, str) or not isinstance(label, str):
            raise ValueError(
                f"a text in {' or '.join(TEXTS)} and a language in {' or '.join(LANGUAGES)} are needed"
            )
        return Labelled(text.strip(), language_code(label))
    except ValueError as error:
        raise UserError(f"{file}, line {number}: {error}") from None
