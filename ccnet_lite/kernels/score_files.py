"""Files of scores that a user brings, read some rows at a time: Parquet, JSON lines, CSV.

A row has a key, which says whose it is, and numbers, of which some may be missing. Nobody looks at other columns.

Not handled: several rows of one key (kernels/own_scores.py), nested columns, CSV without a line of names.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError, visible
from ccnet_lite.store.places import Place

SUFFIXES = (".parquet", ".jsonl", ".jsonl.gz", ".csv", ".csv.gz")
SETTING = "quality.scores_file"
ROWS = 50_000
"""That are read at once."""
SHOWN = 80
"""Characters of a value that a message holds."""


@dataclass(frozen=True)
class ScoreFile:
    """A file of scores, and what tells its content from another without reading it."""

    name: str
    """Below the folder that was given."""
    place: Place
    bytes: int
    look: str


class Scores(NamedTuple):
    """Some rows of a file. keys: [rows]; values: [columns, rows], not a number where there is none."""

    first: int
    """The number of the first row among the file's, from 0."""
    lines: npt.NDArray[np.int64] | None
    """[rows] the line of each, from 1; None of Parquet."""
    keys: list[str]
    values: npt.NDArray[np.float64]

    def where(self, row: int) -> str:
        """A row for a person: `line 12` (from 1), of Parquet `row 12` (from 0)."""
        return f"row {self.first + row}" if self.lines is None else f"line {self.lines[row]}"


def read_scores(file: ScoreFile, key: str, columns: Sequence[str]) -> Iterator[Scores]:
    """All rows of a file.

    Raises:
        UserError: it cannot be read, or lacks a column; a row has no key, or a score that is no finite number: the
            file, the row and what to do.
    """
    named = f"{SETTING}: {file.place.shown}"
    try:
        with file.place.open() as source:
            if file.name.endswith(".parquet"):
                yield from _parquet(pq.ParquetFile(source), named, key, columns)
                return
            lines = gzip.GzipFile(fileobj=source) if file.name.endswith(".gz") else source
            with io.TextIOWrapper(io.BufferedReader(lines), "utf-8", newline="") as text:
                if file.name.endswith((".csv", ".csv.gz")):
                    yield from _gathered(_csv(text, named, key, columns), named, key, columns)
                else:
                    yield from _gathered(_json(text, named, columns), named, key, columns)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        said = visible((str(error).splitlines() or [""])[0][:300])
        raise UserError(f"{named} cannot be read ({said}): write it anew") from None


def check_columns(file: ScoreFile, key: str, columns: Sequence[str]) -> None:
    """A Parquet file has the columns, by its footer; of other files reading tells.

    Raises:
        UserError: it cannot be read, or lacks one.
    """
    if file.name.endswith(".parquet"):
        for _ in read_scores(file, key, columns):
            break


def _parquet(parquet: pq.ParquetFile, named: str, key: str, columns: Sequence[str]) -> Iterator[Scores]:
    schema, first = parquet.schema_arrow, 0
    _check_names(schema.names, named, key, columns)
    for name in columns:
        kind = schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            raise UserError(f"{named}: the column {name} is {kind}, not numbers: write it as double")
    kind = schema.field(key).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise UserError(f"{named}: the column {key} is {kind}, not strings: write it as string")
    for batch in parquet.iter_batches(batch_size=ROWS, columns=[key, *columns]):
        values = [_numbers(batch[name]) for name in columns]
        keys = batch[key].to_pylist()
        for row in np.flatnonzero(~np.asarray(batch[key].is_valid())).tolist():
            raise _no_key(named, f"row {first + row}", key)
        for name, found in zip(columns, values, strict=True):
            bad = np.asarray(batch[name].is_valid()) & ~np.isfinite(found)
            for row in np.flatnonzero(bad).tolist():
                raise _no_number(named, f"row {first + row}", name, str(found[row]))
        yield _checked(Scores(first, None, keys, np.array(values).reshape(len(columns), len(keys))), named, key)
        first += batch.num_rows


def _numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    cast = pc.cast(column, pa.float64(), safe=False)
    return np.asarray(cast.fill_null(float("nan")), np.float64)


def _json(text: io.TextIOWrapper, named: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise UserError(f"{named}, line {number} is no JSON ({visible(str(error))}): mend it") from None
        if not isinstance(row, dict):
            raise UserError(f"{named}, line {number} is not a JSON object: mend it")
        for name in columns:
            if isinstance(row.get(name), str | bool | list | dict):
                raise _no_number(named, f"line {number}", name, repr(row[name]))
        yield number, row


def _csv(
    text: io.TextIOWrapper, named: str, key: str, columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(text, strict=True)
    names = next(reader, [])
    names = [names[0].removeprefix("\ufeff"), *names[1:]] if names else []
    _check_names(names, named, key, columns)
    places = {name: names.index(name) for name in (key, *columns)}
    last = reader.line_num
    for row in reader:
        number, last = last + 1, reader.line_num
        if not row:
            continue
        if len(row) != len(names):
            raise UserError(f"{named}, line {number} has {len(row)} columns, not {len(names)}: mend it")
        yield number, {name: row[place] or None for name, place in places.items()}


def _gathered(
    rows: Iterator[tuple[int, dict[str, Any]]], named: str, key: str, columns: Sequence[str]
) -> Iterator[Scores]:
    """Rows as `Scores`, ROWS at a time."""
    first = 0
    lines: list[int] = []
    keys: list[str] = []
    values: list[list[float]] = []
    missing = set(columns)

    def gathered() -> Scores:
        found = np.array(values, np.float64).reshape(len(keys), len(columns)).T
        return _checked(Scores(first, np.array(lines, np.int64), keys, found), named, key)

    for line, row in rows:
        if not isinstance(row.get(key), str):
            raise _no_key(named, f"line {line}", key)
        missing -= row.keys()
        lines.append(line)
        keys.append(row[key])
        values.append([_number(row.get(name), named, line, name) for name in columns])
        if len(lines) == ROWS:
            yield gathered()
            first, lines, keys, values = first + ROWS, [], [], []
    if first + len(lines) and missing:
        raise UserError(f"{named}: no line has {sorted(missing)[0]}: see quality.scores_columns")
    yield gathered()


def _number(value: Any, named: str, line: int, name: str) -> float:
    if value is None:
        return float("nan")
    try:
        found = float("nan") if isinstance(value, str) and "_" in value else float(value)
    except (ValueError, OverflowError):
        found = float("nan")
    if not np.isfinite(found):
        raise _no_number(named, f"line {line}", name, repr(value))
    return found


def _check_names(there: list[str], named: str, key: str, columns: Sequence[str]) -> None:
    for name, setting in ((key, "quality.scores_key"), *((name, "quality.scores_columns") for name in columns)):
        if name not in there:
            known = visible(", ".join(there))[:300] or "none"
            raise UserError(f"{named} has no column {name} (it has {known}): see {setting}")
        if there.count(name) > 1:
            raise UserError(f"{named} has several columns {name}: leave one")


def _checked(scores: Scores, named: str, key: str) -> Scores:
    for row, found in enumerate(scores.keys):
        if not found:
            raise _no_key(named, scores.where(row), key)
    return scores


def _no_key(named: str, where: str, key: str) -> UserError:
    return UserError(f"{named}, {where} has no {key}: give each score its document, or leave the row out")


def _no_number(named: str, where: str, column: str, value: str) -> UserError:
    shown = visible(value[:SHOWN])
    return UserError(f"{named}, {where}: {column} is {shown}, not a finite number: mend it, or leave it empty")
