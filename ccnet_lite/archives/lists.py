"""Lists of archives: what their entries mean, and that none leads where a list has no business to lead.

A list is text from elsewhere. Its entries lie beside it or under source.base_url and never outside; a URL
leads to public hosts, or to the host of the list or of source.base_url; a store's only to those that this
machine's own settings name, as its credentials go there. A path on this machine is never one by `file:`.
"""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ccnet_lite.archives.addresses import origin
from ccnet_lite.archives.content import MAGIC, Gunzip, content_of
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream
from ccnet_lite.archives.objects import SCHEMES, pieces_of, scheme_of, unsupported
from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

MAX_LIST_BYTES = 256 * 1024 * 1024
"""A paths list, decompressed, that is larger is none: a whole crawl's has 10 MB."""
MAX_ENTRIES = 2_000_000
"""A list of more is none: a crawl has 100,000 archives."""
MAX_ENTRY_CHARS = 8192
BUCKETS = ("s3", "gs", "gcs")
"""Schemes whose URLs name no host: where their service is, this machine says."""
_STEP = 1024 * 1024
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True)
class Found:
    """An archive that was given or listed."""

    uri: str
    typed: bool
    """Whether its host is one that the user named: a list's entries are not, but on its own or the base's host."""


def is_remote(text: str) -> bool:
    """Whether this is a URL that can be read, not a path.

    Raises:
        UserError: a URL that cannot.
    """
    scheme = scheme_of(text)
    if scheme in ("", "file"):
        return False
    if scheme not in ("http", "https", *SCHEMES):
        raise unsupported(text)
    _refuse_credentials(text)
    return True


def _refuse_credentials(url: str) -> None:
    """Refuse a URL with a user's name in it, which would end up in manifests and messages.

    Raises:
        UserError: without the credentials.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UserError(f"{for_display(url)} is no URL") from None
    user = parts.netloc.rpartition("@")[0]
    # abfss://CONTAINER@ACCOUNT and hdfs://USER@HOST hold no secret.
    if ":" in user or (user and not parts.scheme.lower().startswith(("abfs", "hdfs", "viewfs"))):
        raise UserError(f"{for_display(url)}: put the name and password into ~/.netrc, not into the URL")


def listed(uri: str, settings: SourceSettings) -> list[Found]:
    """The archives of a list.

    Raises:
        UserError: it cannot be read, is no list or is empty, or an entry leads where it must not.
    """
    text, private = _read(uri, settings)
    lines = (match[0].strip() for match in _LINE.finditer(text))
    entries = []
    for line in lines:
        if line and not line.startswith("#"):
            entries.append(line)
            if len(line) > MAX_ENTRY_CHARS:
                raise UserError(f"{for_display(uri)} is no list of paths: it has a line of {len(line)} characters")
            if len(entries) > MAX_ENTRIES:
                raise UserError(f"{for_display(uri)} has more than {MAX_ENTRIES:,} entries: give it in parts")
    if not entries:
        raise UserError(f"{for_display(uri)} is an empty list: it should name one archive a line")
    own = {origin(settings.base_url)} | ({origin(uri)} if private else set())
    return [Found(found, origin(found) in own) for found in (_place(entry, uri, settings) for entry in entries)]


def under_base(path: str, settings: SourceSettings) -> str:
    """Where a path of a crawl lies: a URL, or an absolute path."""
    base = settings.base_url
    if is_remote(base):
        return f"{base.rstrip('/')}/{path.lstrip('/')}"
    return str((Path(base.removeprefix("file://")) / path.lstrip("/")).resolve())


def _read(uri: str, settings: SourceSettings) -> tuple[str, bool]:
    """A list's text, and whether it came by HTTP from a host that is not public."""
    private = False
    try:
        if scheme_of(uri) in ("http", "https"):
            bound = min(settings.max_download_bytes, MAX_LIST_BYTES)
            with HttpStream(uri, settings.model_copy(update={"max_download_bytes": bound})) as stream:
                data = _all(content_of(stream, bound), f"{for_display(uri)} is no list of paths")
                private = stream.private
        elif is_remote(uri):
            data = b"".join(pieces_of(uri, settings, MAX_LIST_BYTES + 1))
        else:
            with Path(uri).open("rb") as file:
                data = _all(file, f"{uri} is no list of paths")
        if len(data) > MAX_LIST_BYTES:
            raise UserError(f"{for_display(uri)} is no list of paths: it has more than {MAX_LIST_BYTES} bytes")
        if data.startswith(MAGIC):
            data = _all(Gunzip(BytesIO(data)), f"{for_display(uri)} cannot be decompressed")
        return data.decode("utf-8"), private
    except UnicodeDecodeError:
        raise UserError(f"{for_display(uri)} is no list of paths: it is not text") from None
    except zlib.error as error:
        raise UserError(f"{for_display(uri)} cannot be decompressed: {error}") from None
    except SourceError as error:
        raise UserError(f"the list {error}") from None
    except OSError as error:
        raise UserError(f"{uri} cannot be read: {error.strerror}") from None


def _all(source: ByteSource, what: str) -> bytes:
    pieces, size = [], 0
    while piece := source.read(_STEP):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_LIST_BYTES:
            raise UserError(f"{what}: it holds more than {MAX_LIST_BYTES} bytes")
    return b"".join(pieces)


def _place(entry: str, list_uri: str, settings: SourceSettings) -> str:
    """Where an entry of a list lies: as it says, beside the list, or under the base URL.

    Raises:
        UserError: nowhere, or where a list must not lead.
    """
    shown = f"{for_display(list_uri)}: its entry {for_display(entry)}"
    if scheme_of(entry):
        if scheme_of(entry) == "file" or not is_remote(entry):
            raise UserError(f"{shown} is on this machine: give its path by --input, where it is meant")
        if scheme_of(entry) in SCHEMES:
            _check_store(entry, list_uri, settings, shown)
        return entry
    if _climbs(entry):
        raise UserError(f"{shown} leads out of its folder: an entry lies beside its list or under source.base_url")
    if not is_remote(list_uri):
        folder = Path(list_uri.removeprefix("file://")).parent
        beside = _inside(folder, entry, shown)
        if beside is not None:
            return beside
    if is_remote(settings.base_url):
        return under_base(entry, settings)
    found = _inside(Path(settings.base_url.removeprefix("file://")), entry, shown)
    if found is None:
        raise UserError(f"{shown} lies neither beside it nor under source.base_url")
    return found


def _climbs(path: str) -> bool:
    """Whether a path goes up, by whatever reading of it: servers and libraries undo percent signs, some twice."""
    for _ in range(3):
        if ".." in path.replace("\\", "/").split("/"):
            return True
        path = unquote(path)
    return False


def _inside(folder: Path, entry: str, shown: str) -> str | None:
    """The file of an entry within a folder, None where there is none; links are followed and must not leave it."""
    try:
        home = folder.resolve()
        path = (home / entry.lstrip("/")).resolve()
        found = path.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a zero in it, links in a circle
        return None
    if not path.is_relative_to(home):
        raise UserError(f"{shown} is a link that leads out of {home}: give {path} by --input, where it is meant")
    return str(path) if found else None


def _check_store(entry: str, list_uri: str, settings: SourceSettings, shown: str) -> None:
    """Refuse what could lead to another host, with this machine's credentials."""
    parts = urlsplit(entry)
    if parts.query:
        raise UserError(f"{shown}: an entry takes no options")
    if settings.allow_private or parts.scheme.lower() in BUCKETS:
        return
    known = [urlsplit(uri) for uri in (list_uri, settings.base_url)]
    if (parts.scheme.lower(), parts.netloc) not in [(each.scheme.lower(), each.netloc) for each in known]:
        raise UserError(
            f"{shown} leads to another store than the list's and that of source.base_url: "
            f"give it by --input, or set source.allow_private=true"
        )
