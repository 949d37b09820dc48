"""The JSON files that a run keeps of itself: written whole or not at all, their damage named when read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ccnet_lite.errors import UserError
from ccnet_lite.store.places import Place

Model = TypeVar("Model", bound="Stored")


class Stored(BaseModel):
    """What a JSON file of a run holds; a key that is unknown is damage."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def write_json(place: Place, value: Any) -> None:
    """Write a value or a `Stored` so that the file is either the old one or the whole new one."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    place.write_bytes(f"{text}\n".encode())


def read_json(place: Place) -> Any:
    """What a file of `write_json` holds; to be called in `intact`."""
    return json.loads(place.read_bytes().decode("utf-8"))


def read_stored(place: Place, kind: type[Model], advice: str) -> Model | None:
    """What a file holds, or None where there is none.

    Raises:
        UserError: it is damaged.
    """
    try:
        content = place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    with intact(place, advice):
        return kind.model_validate_json(content)


@contextmanager
def intact(place: Place, advice: str) -> Iterator[None]:
    """Around the reading of such a file and of what is in it: anything unlike what was written is one line.

    Raises:
        UserError: names the file, what is wrong, and `advice`. A file that is not there stays an OSError.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = f"{type(error).__name__}: {_first_line(error)}"
        raise UserError(f"{place.shown} is damaged ({what}): {advice}") from None


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return (str(error).splitlines() or [""])[0]
