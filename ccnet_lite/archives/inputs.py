"""Which archives a run reads: from files, globs, paths lists, URLs, or a crawl's name, to numbered shards.

Does not handle: folders (a glob says which of their files are meant), `~` and variables (the shell does).
"""

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.kinds import refuse_other_kinds
from ccnet_lite.archives.lists import Found, is_remote, listed, under_base
from ccnet_lite.archives.objects import SCHEMES, expand_glob, has_glob, scheme_of
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

_LIST_NAME = re.compile(r"(\.|^)paths(\.gz)?$")
_ARCHIVE_NAME = re.compile(r"\.(warc|wet|wat|arc)(\.gz)?$", re.IGNORECASE)
_IN_CRAWL = re.compile(r"(?:^|/)(crawl-data/CC-MAIN-.+)$")
_RANGES = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


@dataclass(frozen=True)
class Shard:
    """One input archive."""

    index: int
    """Its number in the run: shards sorted by segment."""
    uri: str
    """An absolute path, or a URL: http(s), s3, gs, hdfs, abfss."""
    segment: str
    """What `cc_segment` holds: the path within the crawl, or a name that tells it from the other inputs."""
    size: int | None
    """Bytes, where that is known without asking a host."""
    typed: bool = True
    """Whether the user named its host himself, or source.base_url does: other hosts have to be public ones."""


def resolve_inputs(
    inputs: Sequence[str],
    settings: SourceSettings,
    crawl: str | None = None,
    shards: str | None = None,
    kind: Literal["wet", "warc"] = "wet",
    limit: int | None = None,
) -> list[Shard]:
    """The archives that are meant, each once, sorted by segment and numbered.

    `inputs`: archives, globs, lists (`wet.paths.gz`: one path a line, found beside the list or under
    `settings.base_url`), URLs. `crawl`: a crawl's name, whose own list is fetched; `shards`, as in
    `0-9,12`, chooses from it by position; `kind`, which list. `limit`: no more than the first so many.

    Raises:
        UserError: a path that does not exist, a glob or list that gives nothing, an odd choice.
    """
    if crawl is not None and inputs:
        raise UserError(f"--input and --crawl {crawl} both say what to read: give one of them")
    if shards is not None and crawl is None:
        raise UserError(f"--shards {shards}: chooses from a crawl, so name one with --crawl")
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: at least one archive has to be read")
    found = [one for given in inputs for one in _expand(given, settings)]
    if crawl is not None:
        found = _crawl(crawl, shards, kind, settings)
    if not found:
        raise UserError(
            "no input: give --input with archives, a glob, a list or a URL, or --crawl with a crawl's name"
        )
    typed: dict[str, bool] = {}
    for one in found:
        typed[one.uri] = typed.get(one.uri, False) or one.typed
    segments = _segments(list(typed))
    ordered = sorted(typed, key=lambda uri: (segments[uri], uri))[:limit]
    refuse_other_kinds(ordered)
    return [Shard(index, uri, segments[uri], _size(uri), typed[uri]) for index, uri in enumerate(ordered)]


def _expand(given: str, settings: SourceSettings) -> list[Found]:
    """The archives that one --input means."""
    text = given.strip()
    if is_remote(text):
        return _expand_remote(text, settings)
    path = Path(text.removeprefix("file://"))
    if not text:
        raise UserError("--input is empty: give an archive, a glob, a list or a URL")
    if path.is_dir():
        raise UserError(f"--input {given} is a folder: give its archives, as in '{path / '*.warc.wet.gz'}'")
    if path.exists():
        found = [path]
    elif glob.has_magic(str(path)):
        names = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 Path.glob takes no absolute ones
        found = [Path(name) for name in names if not Path(name).is_dir()]
        if not found:
            raise UserError(f"--input {given}: no file matches this glob")
    else:
        raise UserError(f"--input {given} does not exist: give an archive, a glob, a list or a URL")
    return [
        one
        for file in found
        for one in (listed(str(file), settings) if _is_list(file) else [Found(_absolute(file), True)])
    ]


def _expand_remote(uri: str, settings: SourceSettings) -> list[Found]:
    """The archives that a URL means: itself, those of a list, or on a store those of a glob."""
    found = [uri]
    if scheme_of(uri) in SCHEMES and has_glob(uri):
        try:
            found = expand_glob(uri, settings)
        except SourceError as error:
            raise UserError(f"--input {error}") from None
        if not found:
            raise UserError(f"--input {for_display(uri)}: no file matches this glob")
    return [
        archive
        for one in found
        for archive in (listed(one, settings) if _LIST_NAME.search(urlsplit(one).path) else [Found(one, True)])
    ]


def _absolute(path: Path) -> str:
    absolute = str(path.resolve())
    try:
        absolute.encode()
    except UnicodeEncodeError:  # tables name it
        raise UserError(f"--input {absolute}: the name is not UTF-8: rename it, or give a link to it") from None
    return absolute


def _is_list(path: Path) -> bool:
    """Whether a file is a list of archives: by its name or, for text files, by its first line."""
    if _LIST_NAME.search(path.name):
        return True
    if path.suffix not in (".txt", ".lst", ".list"):
        return False
    with path.open("rb") as file:
        first = file.readline(4096).strip()
    return b" " not in first and _ARCHIVE_NAME.search(first.decode("utf-8", "replace")) is not None


def _crawl(crawl: str, shards: str | None, kind: str, settings: SourceSettings) -> list[Found]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", crawl):
        raise UserError(f"--crawl {crawl}: give a crawl's name, as CC-MAIN-2024-22")
    if shards is not None and not _RANGES.fullmatch(shards.replace(" ", "")):
        raise UserError(f"--shards {shards}: give numbers and ranges, as in 0-9,12")
    uri = under_base(f"crawl-data/{crawl}/{kind}.paths.gz", settings)
    if not is_remote(uri) and not Path(uri).is_file():
        raise UserError(f"--crawl {crawl}: {uri} does not exist: see source.base_url")
    found = listed(uri, settings)
    return found if shards is None else [found[number] for number in _numbers(shards, len(found))]


def _numbers(shards: str, count: int) -> list[int]:
    """`0-2,5` as [0, 1, 2, 5].

    Raises:
        UserError: it runs backwards, or goes beyond the crawl's archives.
    """
    numbers: set[int] = set()
    for part in shards.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if low > high:
            raise UserError(f"--shards {shards}: {part} runs backwards")
        if high >= count:
            raise UserError(f"--shards {shards}: the crawl has {count} archives, 0-{count - 1}")
        numbers.update(range(low, high + 1))
    return sorted(numbers)


def _size(uri: str) -> int | None:
    return None if scheme_of(uri) else Path(uri).stat().st_size


def _segments(uris: Sequence[str]) -> dict[str, str]:
    """A name for each: its path in the crawl, or as much of its path's end as tells it from the others."""
    names = {uri: _split(uri) for uri in uris}
    found = {}
    for uri, parts in names.items():
        in_crawl = _IN_CRAWL.search("/".join(parts))
        found[uri] = in_crawl[1] if in_crawl else parts[-1]
    length = 1
    while True:
        groups: dict[str, list[str]] = {}
        for uri, segment in found.items():
            groups.setdefault(segment, []).append(uri)
        clashing = [uri for group in groups.values() if len(group) > 1 for uri in group]
        if not clashing:
            return found
        length += 1
        for uri in clashing:
            found[uri] = "/".join(names[uri][-length:])
            if length > len(names[uri]):  # nothing but the query tells them apart, which may hold secrets
                found[uri] += "?" + blake2b(uri.encode(), digest_size=8).hexdigest()


def _split(uri: str) -> list[str]:
    """The parts of a path or URL, without scheme and query."""
    if scheme_of(uri):
        parts = urlsplit(uri)
        return [part for part in (parts.netloc, *parts.path.split("/")) if part]
    return [part for part in uri.split("/") if part]
