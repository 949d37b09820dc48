"""Archives and lists on object stores and HDFS: s3, gs, hdfs, abfss, by pyarrow's filesystems.

Credentials, regions and endpoints come from the environment of each machine, as for all such tools.
Does not handle: http(s) (http.py), local paths.
"""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.urls import for_display
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

SCHEMES = ("s3", "gs", "gcs", "hdfs", "viewfs", "abfs", "abfss")
FAILURES = (OSError, pa.ArrowException, ValueError)
"""What pyarrow raises where a store does not answer as asked."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")
_MAGIC = re.compile(r"[*\[]")


def scheme_of(text: str) -> str:
    """The scheme of a URL in lower case, empty for a path.

    >>> scheme_of("S3://bucket/key"), scheme_of("/a/path")
    ('s3', '')
    """
    found = _SCHEME.match(text)
    return found[1].lower() if found else ""


def unsupported(uri: str) -> UserError:
    """The mistake of a URL that nothing here can read."""
    return UserError(
        f"{for_display(uri)}: {scheme_of(uri)}:// is not supported: give a path, or an http, https, s3, gs, "
        "hdfs or abfss URL"
    )


def filesystem_of(uri: str, settings: SourceSettings) -> tuple[pyarrow.fs.FileSystem, str]:
    """The filesystem of a URI, and the path there.

    Raises:
        UserError: a scheme that nothing here can read.
        SourceError: a store that cannot be reached.
    """
    scheme = scheme_of(uri)
    if scheme not in SCHEMES:
        raise unsupported(uri)
    parts = urlsplit(uri)
    try:
        if scheme == "s3" and not parts.query:
            endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
            files = _s3(parts.netloc, endpoint, region, settings.timeout_seconds, settings.retries)
            return files, f"{parts.netloc}{parts.path}".rstrip("/")
        found: tuple[pyarrow.fs.FileSystem, str] = pyarrow.fs.FileSystem.from_uri(uri)
        return found
    except FAILURES as error:
        raise SourceError(f"{for_display(uri)} cannot be reached: {reason_of(error)}") from None


@lru_cache(maxsize=64)
def _s3(bucket: str, endpoint: str, region: str, timeout: float, retries: int) -> pyarrow.fs.S3FileSystem:
    where = {"region": region or (None if endpoint else pyarrow.fs.resolve_s3_region(bucket))}
    if endpoint:
        split = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
        where |= {"endpoint_override": f"{split.netloc}{split.path}".rstrip("/"), "scheme": split.scheme}
    return pyarrow.fs.S3FileSystem(
        **where,
        connect_timeout=timeout,
        request_timeout=timeout,
        retry_strategy=pyarrow.fs.AwsStandardS3RetryStrategy(max_attempts=retries + 1),
    )


def has_glob(uri: str) -> bool:
    """Whether a URI's path holds `*` or `[`; a `?` begins a query."""
    return _MAGIC.search(urlsplit(uri).path) is not None


def expand_glob(uri: str, settings: SourceSettings) -> list[str]:
    """The files that a glob on a store means, sorted; `**` stands for any number of folders.

    Raises:
        SourceError: a store that cannot be reached or does not let itself be listed.
    """
    files, path = filesystem_of(uri, settings)
    parts = path.split("/")
    fixed = next(at for at, part in enumerate(parts) if _MAGIC.search(part))
    pattern = parts[fixed:]
    selector = pyarrow.fs.FileSelector(
        "/".join(parts[:fixed]) or "/", allow_not_found=True, recursive=len(pattern) > 1
    )
    try:
        infos = files.get_file_info(selector)
    except FAILURES as error:
        raise SourceError(f"{for_display(uri)} cannot be listed: {reason_of(error)}") from None
    bare, mark, query = uri.partition("?")
    base = bare[: len(bare) - len("/".join(pattern))]
    found = []
    for info in infos:
        inner = info.path.strip("/").split("/")[len([part for part in parts[:fixed] if part]) :]
        if info.type == pyarrow.fs.FileType.File and _matches(inner, pattern):
            found.append(base + "/".join(inner) + mark + query)
    return sorted(found)


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """Whether a path's parts are those of a pattern; as the shell's, `*` does not cross a slash."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[at:], pattern[1:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def open_object(uri: str, settings: SourceSettings) -> pa.NativeFile:
    """A file on a store as a stream, not decompressed, each read a request.

    Raises:
        UserError, SourceError: as `filesystem_of`; and SourceError where it cannot be opened.
    """
    files, path = filesystem_of(uri, settings)
    try:
        return files.open_input_stream(path, compression=None)
    except FAILURES as error:
        raise SourceError(f"{for_display(uri)} cannot be opened: {reason_of(error)}") from None


def object_look(uri: str, settings: SourceSettings) -> tuple[int, str]:
    """A file's size and what tells its content from another: the ETag, or else the time of its change.

    Raises:
        UserError, SourceError: as `open_object`.
    """
    files, path = filesystem_of(uri, settings)
    try:
        if scheme_of(uri) == "s3":  # opening it is one HEAD request, which says both
            with files.open_input_file(path) as file:
                metadata = file.metadata()
                tag = metadata.get("ETag") or metadata.get(b"ETag") or b""
                if tag:
                    return file.size(), tag.decode() if isinstance(tag, bytes) else tag
        info = files.get_file_info(path)
    except FAILURES as error:
        raise SourceError(f"{for_display(uri)} cannot be found: {reason_of(error)}") from None
    if info.type != pyarrow.fs.FileType.File:
        raise SourceError(f"{for_display(uri)} does not exist")
    return info.size, str(info.mtime_ns)


def pieces_of(uri: str, settings: SourceSettings, limit: int) -> Iterator[bytes]:
    """The first `limit` bytes of a file on a store.

    Raises:
        UserError, SourceError: as `open_object`.
    """
    with open_object(uri, settings) as stream:
        try:
            yield stream.read(limit)
        except FAILURES as error:
            raise SourceError(f"{for_display(uri)} cannot be read: {reason_of(error)}") from None


def reason_of(error: Exception) -> str:
    """An error's reason in one line."""
    lines = str(error).splitlines() or [type(error).__name__]
    return getattr(error, "strerror", None) or lines[0][:300]
