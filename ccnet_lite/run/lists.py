"""The lists that settings name (URLs, words, robots.txt, toxic words), found before anything starts."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import file_sha256
from ccnet_lite.quality.pii import require_packages
from ccnet_lite.quality.robots_table import RobotsTable
from ccnet_lite.quality.url_lists import FILES, categories
from ccnet_lite.quality.word_lists import toxic_lists, url_words
from ccnet_lite.settings import Settings
from ccnet_lite.store.copies import is_remote

LISTS = ("urls.lists", "urls.words", "opt_out.robots", "toxicity.lists")
OWN = {"adult": "adult 2"}
"""What `urls.words` may name instead of a file, and what says which form of it that is."""


def find_lists(settings: Settings) -> dict[str, str]:
    """Where the lists lie, by the name of their setting; absolute, as executors stand in other folders.

    Raises:
        UserError: one of them is not there, not what it should be, or lies in an object store; a category to be
            dropped that no list has; a package that pii.kinds need is missing.
    """
    if settings.pii.mode != "off":
        require_packages(settings.pii.kinds)
    given = {name: getattr(getattr(settings, name.partition(".")[0]), name.partition(".")[2]) for name in LISTS}
    for name, value in given.items():
        if is_remote(value):
            raise UserError(f"{name}: {value} lies in an object store: give a path that all machines see")
    found = {name: value if value in OWN else str(Path(value).resolve()) for name, value in given.items() if value}
    if "urls.lists" in found:
        names = categories(Path(found["urls.lists"]))
        missing = [name for name in settings.urls.drop if name not in names]
        if missing:
            raise UserError(f"urls.drop: {given['urls.lists']} has {', '.join(names)[:500]}, and no {missing[0]}")
    elif settings.urls.drop:
        raise UserError(f"urls.drop names {settings.urls.drop[0]}, and urls.lists no lists: give their folder")
    if "urls.words" in found:
        url_words(found["urls.words"])
    if "opt_out.robots" in found:
        RobotsTable(Path(found["opt_out.robots"]))
    if "toxicity.lists" in found:
        toxic_lists(Path(found["toxicity.lists"]))
    return found


def list_digests(lists: Mapping[str, str]) -> dict[str, str]:
    """Digests of their content, by the name of the setting; of our own list its name."""
    return {name: OWN.get(path) or _digest(name, Path(path)) for name, path in lists.items()}


def _digest(name: str, path: Path) -> str:
    if path.is_file():
        return file_sha256(path)
    if name == "urls.lists":
        files = [path / category / file for category in categories(path) for file in FILES]
    else:
        files = list(toxic_lists(path).values())
    said = [f"{file.relative_to(path)} {file_sha256(file)}" for file in files if file.is_file()]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
