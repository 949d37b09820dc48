"""The JSON files that a run keeps of itself: written whole or not at all, their damage named when read."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ccnet_lite.errors import UserError


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that the file is either the old one or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_json(path: Path) -> Any:
    """What a file of `write_json` holds; to be called in `intact`."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def intact(path: Path, advice: str) -> Iterator[None]:
    """Around the reading of such a file and of what is in it: anything unlike what was written is one line.

    Raises:
        UserError: names the file, what is wrong, and `advice`. A file that is not there stays an OSError.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # The first line: a ValidationError of settings has many.
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{path} is damaged ({what}): {advice}") from None
