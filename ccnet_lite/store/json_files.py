"""The JSON files that a run keeps of itself: written whole or not at all, their damage named when read.

A `Stored` carries the digest of its own text, so that a changed byte is told from one that was written. It is
no signature: whoever edits the file and its digest is not found out. Files without one were written before
there were any.
"""

import hashlib
import json
import re
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


SEAL = "sha256_of_rest"
"""The key of a file's own digest: that of the JSON text without it, keys sorted, one a line."""
_SEALED = re.compile(rb'\{\n "%s": "([0-9a-f]{64})",\n' % SEAL.encode())


class DamagedJson(UserError):
    """A JSON file that does not hold what was written there."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what, advice)  # both, so that it can be pickled
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what}: {self.advice}"


def write_json(place: Place, value: Any) -> None:
    """Write a value or a `Stored` so that the file is either the old one or the whole new one."""
    place.write_bytes(json_text(value))


def json_text(value: Any) -> bytes:
    """The bytes of such a file."""
    return sealed(_text(value.model_dump(mode="json"))) if isinstance(value, Stored) else _text(value)


def _text(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def sealed(text: bytes) -> bytes:
    """The text of an object as `write_json` writes it, with its own digest before its other keys."""
    digest = hashlib.sha256(text).hexdigest()
    return b'{\n "%s": "%s",\n' % (SEAL.encode(), digest.encode()) + text.removeprefix(b"{\n")


def unsealed(content: bytes) -> tuple[bytes, bool | None]:
    r"""A file's text without its own digest, and whether that holds (None: it has none).

    >>> unsealed(sealed(b'{\n "rows": 3\n}\n'))
    (b'{\n "rows": 3\n}\n', True)
    """
    if found := _SEALED.match(content):
        text = b"{\n" + content[found.end() :]
        if hashlib.sha256(text).hexdigest().encode() == found[1]:
            return text, True
    if SEAL.encode() not in content:
        return content, None
    value = json.loads(content)
    said = value.pop(SEAL, None)  # somebody may have laid the text out in another way
    text = _text(value)
    return text, hashlib.sha256(text).hexdigest() == said


def read_json(place: Place) -> Any:
    """What a file of `write_json` holds; to be called in `intact`."""
    return json.loads(place.read_bytes().decode("utf-8"))


def read_stored(place: Place, kind: type[Model], advice: str, sealed: bool = True) -> Model | None:
    """What a file holds, or None where there is none.

    sealed: whether its own digest has to hold, where it has one.

    Raises:
        DamagedJson: it is damaged. OSError: it cannot be read.
    """
    try:
        content = place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if place.is_local and place.path.is_dir():
            raise DamagedJson(f"{place.shown} is damaged (it is a folder)", advice) from None
        raise
    with intact(place, advice):
        text, holds = unsealed(content)
        if sealed and holds is False:
            raise ValueError("its own digest does not hold")
        return kind.model_validate_json(text)


def read_whole(place: Place, kind: type[Model]) -> Model | None:
    """What a file holds that can be made again, or None where there is none or it is damaged."""
    try:
        return read_stored(place, kind, "")
    except DamagedJson:
        place.clear()  # a folder would keep its successor from its name
        return None


@contextmanager
def intact(place: Place, advice: str) -> Iterator[None]:
    """Around the reading of such a file and of what is in it: anything unlike what was written is one line.

    Raises:
        DamagedJson: names the file, what is wrong, and `advice`. A file that is not there stays an OSError.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        what = f"{type(error).__name__}: {_first_line(error)}"
        raise DamagedJson(f"{place.shown} is damaged ({what})", advice) from None


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return (str(error).splitlines() or [""])[0]
