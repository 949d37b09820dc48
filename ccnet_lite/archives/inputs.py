"""Which archives a run reads: from files, globs, paths lists, URLs, or a crawl's name, to numbered shards.

Does not handle: folders (a glob says which of their files are meant), `~` and variables (the shell does).
"""

import glob
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream, refuse_credentials
from ccnet_lite.archives.objects import SCHEMES, expand_glob, has_glob, pieces_of, scheme_of, unsupported
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

MAX_LIST_BYTES = 256 * 1024 * 1024
"""A paths list, decompressed, that is larger is none: a whole crawl's has 10 MB."""
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
    uris = [uri for given in inputs for uri in _expand(given, settings)]
    if crawl is not None:
        uris += _crawl(crawl, shards, kind, settings)
    elif shards is not None:
        raise UserError(f"--shards {shards}: chooses from a crawl, so name one with --crawl")
    if not uris:
        raise UserError(
            "no input: give --input with archives, a glob, a list or a URL, or --crawl with a crawl's name"
        )
    if limit is not None and limit < 1:
        raise UserError(f"--limit {limit}: at least one archive has to be read")
    unique = list(dict.fromkeys(uris))
    segments = _segments(unique)
    ordered = sorted(unique, key=lambda uri: (segments[uri], uri))[:limit]
    return [Shard(index, uri, segments[uri], _size(uri)) for index, uri in enumerate(ordered)]


def _expand(given: str, settings: SourceSettings) -> list[str]:
    """The archives that one --input means."""
    text = given.strip()
    if _is_remote(text):
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
        uri for file in found for uri in (_listed(str(file), settings) if _is_list(file) else [_absolute(file)])
    ]


def _is_remote(text: str) -> bool:
    """Whether this is a URL that can be read, not a path.

    Raises:
        UserError: a URL that cannot.
    """
    scheme = scheme_of(text)
    if scheme in ("", "file"):
        return False
    if scheme not in ("http", "https", *SCHEMES):
        raise unsupported(text)
    refuse_credentials(text)
    return True


def _expand_remote(uri: str, settings: SourceSettings) -> list[str]:
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
        for archive in (_listed(one, settings) if _LIST_NAME.search(urlsplit(one).path) else [one])
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


def _listed(uri: str, settings: SourceSettings) -> list[str]:
    """The archives of a list."""
    lines = [line.strip() for line in _list_text(uri, settings).splitlines()]
    entries = [line for line in lines if line and not line.startswith("#")]
    if not entries:
        raise UserError(f"{for_display(uri)} is an empty list: it should name one archive a line")
    return [_listed_uri(entry, uri, settings) for entry in entries]


def _list_text(uri: str, settings: SourceSettings) -> str:
    try:
        data = b"".join(_pieces(uri, settings))
        if data.startswith(b"\x1f\x8b"):
            data = _gunzip(data)
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{for_display(uri)} is no list of paths: it is not text") from None
    except zlib.error as error:
        raise UserError(f"{for_display(uri)} cannot be decompressed: {error}") from None
    except SourceError as error:
        raise UserError(f"the list {error}") from None
    except OSError as error:
        raise UserError(f"{uri} cannot be read: {error.strerror}") from None


def _gunzip(data: bytes) -> bytes:
    parts: list[bytes] = []
    left = MAX_LIST_BYTES
    while data:
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        parts.append(inflater.decompress(data, left))
        left -= len(parts[-1])
        if not inflater.eof:
            raise zlib.error("it ends early" if left else f"it holds more than {MAX_LIST_BYTES} bytes")
        data = inflater.unused_data
    return b"".join(parts)


def _pieces(uri: str, settings: SourceSettings) -> Iterator[bytes]:
    if uri.startswith(("http://", "https://")):
        bound = min(settings.max_download_bytes, MAX_LIST_BYTES)
        with HttpStream(uri, settings.model_copy(update={"max_download_bytes": bound})) as stream:
            while piece := stream.read(1024 * 1024):
                yield piece
    elif _is_remote(uri):
        yield from pieces_of(uri, settings, MAX_LIST_BYTES)
    else:
        with Path(uri).open("rb") as file:
            yield file.read(MAX_LIST_BYTES)


def _listed_uri(entry: str, list_uri: str, settings: SourceSettings) -> str:
    """Where an entry of a list lies: as it says, beside the list, or under the base URL."""
    if _is_remote(entry):
        if scheme_of(entry) in SCHEMES and urlsplit(entry).query:
            # It could lead to another host, with this machine's credentials.
            raise UserError(f"{for_display(list_uri)}: {for_display(entry)}: an entry takes no options")
        return entry
    if not _is_remote(list_uri):
        beside = Path(list_uri).parent / entry
        if beside.is_file():
            return _absolute(beside)
    uri = _under_base(entry, settings)
    if not _is_remote(uri) and not Path(uri).is_file():
        raise UserError(f"{list_uri}: its entry {entry} lies neither beside it nor under source.base_url")
    return uri


def _under_base(path: str, settings: SourceSettings) -> str:
    base = settings.base_url
    if _is_remote(base):
        return f"{base.rstrip('/')}/{path.lstrip('/')}"
    return _absolute(Path(base.removeprefix("file://")) / path.lstrip("/"))


def _crawl(crawl: str, shards: str | None, kind: str, settings: SourceSettings) -> list[str]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", crawl):
        raise UserError(f"--crawl {crawl}: give a crawl's name, as CC-MAIN-2024-22")
    uri = _under_base(f"crawl-data/{crawl}/{kind}.paths.gz", settings)
    if not _is_remote(uri) and not Path(uri).is_file():
        raise UserError(f"--crawl {crawl}: {uri} does not exist: see source.base_url")
    listed = _listed(uri, settings)
    return listed if shards is None else [listed[number] for number in _numbers(shards, len(listed))]


def _numbers(shards: str, count: int) -> list[int]:
    """`0-2,5` as [0, 1, 2, 5].

    Raises:
        UserError: what is no such list, runs backwards, or goes beyond the crawl's archives.
    """
    text = shards.replace(" ", "")
    if not _RANGES.fullmatch(text):
        raise UserError(f"--shards {shards}: give numbers and ranges, as in 0-9,12")
    numbers: set[int] = set()
    for part in text.split(","):
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
