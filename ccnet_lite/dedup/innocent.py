"""Hits and documents that a reviewer found innocent: what `ccnet-lite decontaminate --keep` is given.

A line an id, of a hit (16 hexadecimal digits) or of a document (32); what stands behind it in the line is the
reviewer's own, as are empty lines and those that begin with #.
"""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from ccnet_lite.errors import UserError, visible

_ID = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")


class Innocent(NamedTuple):
    """A reviewer's list: where it lies, its SHA-256, its ids."""

    path: str
    sha256: str
    ids: frozenset[str]


def read_innocent(path: Path) -> Innocent:
    """The list in a file.

    Raises:
        UserError: it cannot be read, is no text, or a line begins with no id.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise UserError(f"--keep {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"--keep {path} is no UTF-8 text: give a list of ids, one a line") from None
    ids = set()
    for number, line in enumerate(lines, 1):
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        if not _ID.fullmatch(words[0]):
            raise UserError(
                f"--keep {path}, line {number}: {visible(words[0][:80])} is no id: give a hit_id or a doc_id of "
                "contaminated/, one a line"
            )
        ids.add(words[0])
    return Innocent(str(path), hashlib.sha256(content).hexdigest(), frozenset(ids))
