"""The pages of docs/, and the blocks of commands, SQL and Python in them."""

import glob
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parent.parent.parent
DOCS = REPOSITORY / "docs"
_BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {"sh", "bash", "sql", "python", "pycon", "toml", "text", ""}
"""sh: commands that are run; bash: commands whose arguments are checked; toml: files that are read; text: none."""


class Block(NamedTuple):
    """A block of a page, and the line that it begins at."""

    kind: str
    text: str
    line: int


def pages() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(found[1], found[2], text.count("\n", 0, found.start()) + 1)


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command of a block, where lines end in a backslash joined."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def expanded(words: list[str]) -> list[str]:
    """As a shell does it with names that hold a star."""
    found: list[str] = []
    for word in words:
        found += sorted(glob.glob(word)) or [word]  # noqa: PTH207 relative, as they are written
    return found


def statements(text: str) -> Iterator[str]:
    yield from (each.strip() for each in text.split(";\n") if each.strip())
