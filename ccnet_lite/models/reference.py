"""Reference prose on disk to documents by language: what language models are trained on.

A folder holds `xx.txt`, `xx.jsonl`, `xx.parquet`, or folders `xx/` of such files, where xx is a language code
(see languages.py); a file given by itself is of the language that its name (or its folder's) begins with.
`.gz` is read through. In a text file a blank line ends a document; one without blank lines (among its first
thousand) holds a document a line. Documents too short to be a page on the web are joined to the next, so that
perplexities over the reference speak of texts of a page's length.

Not handled: cleaning and deduplication; reference prose is taken to be good.
"""

import gzip
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import langcodes
import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.models.languages import language_code

SUFFIXES = (".txt", ".jsonl", ".parquet", ".txt.gz", ".jsonl.gz")
MIN_DOCUMENT_CHARS = 500
_LINES_WITHOUT_BLANK = 1000
_RETIRED = {"eml"}  # a label of lid.176 that the registry of languages has dropped
_TYPES = "xx.txt, xx.jsonl, xx.parquet (.gz, too), or folders xx/ of them"


def find_reference(
    paths: Sequence[Path], languages: Sequence[str] = (), option: str = "--reference"
) -> dict[str, list[Path]]:
    """The reference files of each language, both sorted; languages: only these; option: the paths were given as.

    Raises:
        UserError: for a path that is missing or of no known type, and a language without a file.
    """
    found: dict[str, list[Path]] = {}
    for path in paths:
        for file in _files_of(path, option):
            found.setdefault(_language_of(file, path, option), []).append(file)
    missing = [language for language in languages if language not in found]
    if missing:
        raise UserError(
            f"--languages {missing[0]}: the reference has no {missing[0]}.txt, .jsonl or .parquet; "
            f"it has {', '.join(sorted(found))}"
        )
    return {language: sorted(set(found[language])) for language in sorted(languages or found)}


def read_reference(files: Iterable[Path], text_field: str = "text") -> Iterator[str]:
    """The documents of the files, in order; short ones joined until they have `MIN_DOCUMENT_CHARS`.

    Raises:
        UserError: naming the file and line that can't be read, or that lacks the field.
    """
    held: list[str] = []
    n_chars = 0
    for file in files:
        for text in _texts_of(file, text_field):
            if text.strip():
                held.append(text.strip())
                n_chars += len(text)
            if n_chars >= MIN_DOCUMENT_CHARS:
                yield "\n".join(held)
                held, n_chars = [], 0
    if held:
        yield "\n".join(held)


def _files_of(path: Path, option: str) -> list[Path]:
    if path.is_file():
        if not path.name.endswith(SUFFIXES):
            raise UserError(f"{option} {path}: its type is not known: give {_TYPES}")
        return [path]
    if not path.is_dir():
        raise UserError(f"{option} {path} does not exist: give {_TYPES}")
    files = [
        file
        for pattern in ("*", "*/*")
        for file in sorted(path.glob(pattern))
        if file.is_file() and file.name.endswith(SUFFIXES) and not file.name.startswith(".")
    ]
    if not files:
        raise UserError(f"{option} {path} holds no reference prose: expected {_TYPES}")
    return files


def _language_of(file: Path, given: Path, option: str) -> str:
    """By the folder for given/xx/part.txt, else by the file's name, and by its folder's if that says none."""
    stem = file.name.partition(".")[0]
    names = [file.parent.name] if given.is_dir() and file.parent != given else [stem, file.parent.name]
    for name in names:
        try:
            code = language_code(name)
        except ValueError:
            continue
        # A model's labels may be anything; but a file called wiki.txt is not in the language `wiki`.
        if code in _RETIRED or langcodes.tag_is_valid(code):
            return code
    raise UserError(f"{option} {file}: name it or its folder by a language code, as in en.txt or en/{file.name}")


def _texts_of(file: Path, text_field: str) -> Iterator[str]:
    try:
        if file.name.endswith(".parquet"):
            yield from _parquet_texts(file, text_field)
            return
        opened: Any = gzip.open if file.name.endswith(".gz") else Path.open
        with opened(file, "rb") as raw, io.TextIOWrapper(raw, encoding="utf-8") as lines:
            if ".jsonl" in file.suffixes:
                yield from _json_texts(file, lines, text_field)
            else:
                yield from _plain_texts(lines)
    except (OSError, EOFError, pa.ArrowException) as error:
        raise UserError(f"reference {file} cannot be read: {error}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"reference {file} is not UTF-8 ({error.reason} at byte {error.start})") from None


def _plain_texts(lines: Iterable[str]) -> Iterator[str]:
    """Blocks between blank lines; single lines where the file begins with many and no blank one."""
    block: list[str] = []
    by_line: bool | None = None
    for line in lines:
        if by_line:
            yield line
        elif line.strip():
            block.append(line)
            if by_line is None and len(block) == _LINES_WITHOUT_BLANK:
                by_line = True
                yield from block
                block = []
        else:
            by_line = False
            yield "".join(block)
            block = []
    if by_line is None:
        yield from block
    else:
        yield "".join(block)


def _json_texts(file: Path, lines: Iterable[str], text_field: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)[text_field]
        except (ValueError, TypeError):
            raise UserError(f"reference {file}, line {number}: it is not a JSON object") from None
        except KeyError:
            raise UserError(f"reference {file}, line {number}: it has no {text_field!r}: see --field") from None
        if not isinstance(text, str):
            raise UserError(f"reference {file}, line {number}: {text_field!r} is not text: see --field")
        yield text


def _parquet_texts(file: Path, text_field: str) -> Iterator[str]:
    with pq.ParquetFile(file) as table:
        if text_field not in table.schema_arrow.names:
            columns = ", ".join(table.schema_arrow.names)
            raise UserError(f"reference {file} has no column {text_field!r}, but {columns}: see --field")
        for batch in table.iter_batches(batch_size=1000, columns=[text_field]):
            for text in batch.column(0).to_pylist():
                if isinstance(text, str):
                    yield text
