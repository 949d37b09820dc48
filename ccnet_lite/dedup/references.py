"""Items of a reference file: what ccnet-lite decontaminate looks for.

.jsonl and .jsonl.gz, an item a line; .parquet, an item a row; .txt, an item a line. The text of an item is
that of the fields asked for, one after another, of those that it has; a field within another is named with dots
(choices.text). Files are UTF-8.

Not handled: a file without any of the fields is an error, an item without them is empty.
"""

import gzip
import json
from collections.abc import Collection, Iterator, Sequence
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
            there = [(name, value) for name in names if (value := _value(item, name)) is not None]
            found = found or bool(there)
            text = "\n".join(_text(value, f"{path}, line {number}", name) for name, value in there)
            yield f"line {number}", text
    if number and not found:
        raise UserError(f"--against {path}: no line has a field {' or '.join(names)}: give --field")


def _rows(path: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    parquet = pq.ParquetFile(path)
    given = [name for name in names if _first(name, parquet.schema_arrow.names) is not None]
    if not given:
        held = ", ".join(parquet.schema_arrow.names)
        raise UserError(f"--against {path} has no column {' or '.join(names)}: give --field, of {held}")
    columns = list(dict.fromkeys(str(_first(name, parquet.schema_arrow.names)) for name in given))
    row = 0
    for batch in parquet.iter_batches(batch_size=1000, columns=columns):
        for item in batch.select(columns).to_pylist():
            there = [(name, value) for name in given if (value := _value(item, name)) is not None]
            yield f"row {row}", "\n".join(_text(value, f"{path}, row {row}", name) for name, value in there)
            row += 1


def _first(name: str, names: Collection[str]) -> str | None:
    """The field of an item in which a name lies: itself, or its part before the first dot."""
    return next((each for each in (name, name.partition(".")[0]) if each in names), None)


def _value(item: Any, name: str) -> Any:
    """What an item has under a name; with dots, within what it has; of a list, of each of its parts."""
    if isinstance(item, list):
        found = [value for part in item if (value := _value(part, name)) is not None]
        return found or None
    if not isinstance(item, dict):
        return None
    if name in item:
        return item[name]
    first, dot, rest = name.partition(".")
    return _value(item.get(first), rest) if dot else None


def _text(value: Any, where: str, name: str) -> str:
    """A field's text; the strings of a list (a question's choices) or of fields within it a line each."""
    if isinstance(value, str):
        return value
    parts = list(_strings(value)) if isinstance(value, list | dict) else None
    if parts is None or (value and not parts):
        raise UserError(f"--against {where}: {name} is neither text nor a list of texts")
    return "\n".join(parts)


def _strings(value: Any) -> Iterator[str]:
    """The strings within a value, in its order; numbers and the like are passed over."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
