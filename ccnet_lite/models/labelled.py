"""Texts whose language is known, to fit and to judge language identification by.

A folder (searched to any depth) or a file. A `.txt` file is named by its language's code, as `swh.txt` or
`srp_Cyrl.txt`, or lies in a folder that is, and holds a sentence a line; or each of its lines begins with a
label, as fastText is trained on them (`__label__swh_Latn Habari ya asubuhi`). A `.csv`, `.tsv`, `.jsonl` or
`.parquet` file has a text and a language in each row: in one of the columns `TEXTS` and one of `LANGUAGES`. That
is CommonLID's form (`text` and `tag`, ISO 639-3, in a `.tsv.gz`); all but Parquet may be compressed so.
Sentences of a language and file are put together, in their order, to documents of so many characters as a web
page may have; a sentence each with `chars` of 1. Text files of a folder that say no language are left out, and
named.

Not handled: whether the labels are right; names of languages (`English`) in place of codes.
"""

import csv
import gzip
import json
import logging
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.models.languages import language_code

KINDS = (".txt", ".csv", ".tsv", ".jsonl", ".parquet")
TEXTS = ("text", "sentence")
LANGUAGES = ("tag", "language", "lang", "label", "labels", "iso639_3", "language_code", "lang_code", "locale")
DOCUMENT_CHARS = 600
"""Sentences are put together until they have as many."""
DOCUMENTS = 400
"""Of a language and file that are taken, at most: one language alone is not to decide."""
_CODE = re.compile(r"[A-Za-z]{2,3}([_-][A-Z][a-z]{3})?(?![A-Za-z])")
_FASTTEXT = "__label__"
_DAMAGE = (UnicodeDecodeError, json.JSONDecodeError, csv.Error, pa.ArrowInvalid, EOFError, gzip.BadGzipFile)
_log = logging.getLogger(__name__)
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
    if not place.exists():
        raise UserError(f"{place} does not exist: give a folder of {', '.join(KINDS)} files, or one of these")
    files = sorted(each for each in place.rglob("*") if _kind(each) in KINDS) if place.is_dir() else [place]
    if not files or any(_kind(file) not in KINDS for file in files):
        raise UserError(f"{place}: give a folder of {', '.join(KINDS)} files, or one of these")
    unnamed = [file for file in files if _kind(file) == ".txt" and _says_nothing(file, place)]
    if len(unnamed) == len(files):
        raise UserError(
            f"{unnamed[0]} is not named by a language's code, as swh.txt, nor is its folder: rename it, "
            f"or begin each line with its label, as {_FASTTEXT}swh_Latn"
        )
    if unnamed:
        names = ", ".join(file.name for file in unnamed[:5]) + (" and others" if len(unnamed) > 5 else "")
        _log.warning("%d files are not named by a language's code and left out: %s", len(unnamed), names)
    found = []
    for file in files:
        rows = [] if file in unnamed else sorted(_sentences(file, place), key=lambda each: each.language)
        for code, sentences in groupby(rows, lambda each: each.language):
            found += list(_documents([each.text for each in sentences], code, str(file), chars))[:most]
    if not found:
        raise UserError(f"{place} holds no {chars} characters of a language: give more text, or fewer --chars")
    return found


def as_known(documents: Sequence[Labelled], known: Sequence[str]) -> list[Labelled]:
    """The documents under the model's codes: of its language alone, where the model has that and no more.

    >>> [each.language for each in as_known([Labelled("", "pt-BR"), Labelled("", "sr-Latn")], ["pt", "sr-Latn"])]
    ['pt', 'sr-Latn']

    Raises:
        UserError: the model has none of their languages.
    """
    codes = {each.language for each in documents}
    named = {code: code.partition("-")[0] for code in codes if code not in known}
    if not any(named.get(code, code) in known for code in codes):
        some, has = (", ".join(sorted(each)[:10]) for each in (codes, set(known)))
        raise UserError(f"none of the labels ({some}) is a language of the model, which has {has} ...: give codes")
    return [
        each._replace(language=named[each.language]) if named.get(each.language) in known else each
        for each in documents
    ]


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
    # Spreadsheets put a byte order mark before the first column's name.
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _named(file: Path, place: Path) -> str:
    """The label in a file's name, or in that of its folder within the place; empty where neither is one."""
    found = _CODE.match(file.name) or (_CODE.fullmatch(file.parent.name) if file.parent != place else None)
    return found[0] if found else ""


def _says_nothing(file: Path, place: Path) -> bool:
    if _named(file, place):
        return False
    try:
        with _opened(file) as lines:
            return not next(lines, "").startswith(_FASTTEXT)
    except _DAMAGE as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> UserError:
    return UserError(f"{file} cannot be read ({error}): mend it, or leave it out")


def _sentences(file: Path, place: Path) -> Iterator[Labelled]:
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
                yield from _lines(lines, _named(file, place), file)
            elif kind == ".jsonl":
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield _row(json.loads(line), file, number)
            else:
                yield from (_row(row, file, number) for number, row in enumerate(_table(lines, kind), 2))
    except _DAMAGE as error:
        raise _unreadable(file, error) from None


def _lines(lines: IO[str], name: str, file: Path) -> Iterator[Labelled]:
    for number, line in enumerate(lines, 1):
        label, _, text = line.strip().partition(" ")
        if label.startswith(_FASTTEXT):
            yield _row({"label": label, "text": text}, file, number)
        elif line.strip():
            yield _row({"label": name, "text": line}, file, number)


def _table(lines: IO[str], kind: str) -> list[dict[str, Any]]:
    if kind == ".csv":
        return list(csv.DictReader(lines))
    rows = list(csv.DictReader(lines, delimiter="\t"))
    if any("\t" in str(value) for row in rows for value in row.values()):
        # A quotation mark that begins a text has taken lines in: here these are as any other sign.
        lines.seek(0)
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return rows


def _row(row: Any, file: Path, number: int) -> Labelled:
    names = list(row) if isinstance(row, dict) else []
    text = next((row[name] for name in TEXTS if name in names), None)
    label = next((row[name] for name in LANGUAGES if name in names), None)
    try:
        if not isinstance(text, str) or not isinstance(label, str):
            there = f", not {', '.join(str(name)[:40] for name in names[:8])}" if names else ""
            raise ValueError(
                f"a text in {' or '.join(TEXTS)} and a language in {' or '.join(LANGUAGES)} are needed{there}"
            )
        return Labelled(text.strip(), language_code(label))
    except ValueError as error:
        raise UserError(f"{file}, line {number}: {error}") from None
