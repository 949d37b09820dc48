"""Items of a reference file: what ccnet-lite decontaminate looks for.

.jsonl and .jsonl.gz, an item a line; .parquet, an item a row; .txt, an item a line. The text of an item is
that of the fields asked for, one after another, of those that it has. Files are UTF-8.

Not handled: nested fields; a file without any of the fields is an error, an item without them is empty.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError

SUFFIXES = (".jsonl", ".jsonl.gz", ".txt", ".parquet")


def read_items(path: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and text of every item, in the file's order: `line 12` (from 1), or of Parquet `row 12` (from 0).

    Raises:
        UserError: not a file of a known kind, damaged, or none of the fields is in it.
    """
    if not path.is_file():
        raise UserError(f"--against {path} is neither a file nor a finished run's folder")
    if not path.name.endswith(SUFFIXES):
        raise UserError(f"--against {path} is of no known kind: give {', '.join(SUFFIXES)} or a run's folder")
    return _read(path, names)


def _read(path: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    try:
        if path.name.endswith(".txt"):
            with path.open(encoding="utf-8") as file:
                yield from ((f"line {number}", line) for number, line in enumerate(file, 1))
        elif path.name.endswith(".parquet"):
            yield from _rows(path, names)
        else:
            yield from _lines(path, names)
    except (OSError, EOFError, UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise UserError(f"--against {path} cannot be read: {error}") from None


def _lines(path: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    found, number = False, 0
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except ValueError as error:
                raise UserError(f"--against {path}, line {number} is no JSON: {error}") from None
            if not isinstance(item, dict):
                raise UserError(f"--against {path}, line {number} is not a JSON object")
            there = [name for name in names if item.get(name) is not None]
            found = found or bool(there)
            text = "\n".join(_text(item[name], f"{path}, line {number}", name) for name in there)
            yield f"line {number}", text
    if number and not found:
        raise UserError(f"--against {path}: no line has a field {' or '.join(names)}: give --field")


def _rows(path: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    parquet = pq.ParquetFile(path)
    columns = [name for name in names if name in parquet.schema_arrow.names]
    if not columns:
        there = ", ".join(parquet.schema_arrow.names)
        raise UserError(f"--against {path} has no column {' or '.join(names)}: give --field, of {there}")
    row = 0
    for batch in parquet.iter_batches(batch_size=1000, columns=columns):
        for values in zip(*(batch[name].to_pylist() for name in columns), strict=True):
            given = zip(columns, values, strict=True)
            where = f"{path}, row {row}"
            text = "\n".join(_text(value, where, name) for name, value in given if value is not None)
            yield f"row {row}", text
            row += 1


def _text(value: Any, where: str, name: str) -> str:
    """A field's text; the strings of a list (a question's choices) a line each."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    raise UserError(f"--against {where}: {name} is neither text nor a list of texts")
