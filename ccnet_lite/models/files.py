"""Model files: found by name, path or URL, downloaded once, and verified by SHA-256.

A known name is looked for in the model homes and downloaded into the first of them if it is in none. A path
is taken as it stands. A URL is downloaded into the first home; what it gives is whatever stands there that
day, so its SHA-256 has to be known, or its absence admitted by name. Every download goes to a temporary file, is
checked, and takes its name only when it is whole; two processes that download the same do no harm.

Not handled here: what is inside a model (see identify.py and perplexity.py), and object stores other than
by their http(s) address.
"""

import hashlib
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ccnet_lite.archives.content import content_of
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

FASTTEXT_BASE = "https://dl.fbaipublicfiles.com/fasttext/supervised-models"
TRIES = 4
BACKOFF_SECONDS = 1.0
TIMEOUT_SECONDS = 60.0
MOST_BYTES = 16 << 30
"""Of a download: a wrong address must not fill the disk."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class KnownModel:
    """A published model: where it lies and what it must hash to."""

    url: str
    sha256: str


KNOWN_MODELS = {
    "lid.176.ftz": KnownModel(
        f"{FASTTEXT_BASE}/lid.176.ftz", "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
    ),
    "lid.176.bin": KnownModel(
        f"{FASTTEXT_BASE}/lid.176.bin", "7e69ec5451bc261cc7844e49e4792a85d7f09c06789ec800fc4a44aec362764e"
    ),
}


def find_model(name: str, sha256: str = "", cache: Path | None = None, allow_unverified: bool = False) -> Path:
    """The file of a model, verified; downloaded if need be.

    Args:
        name: A name of `KNOWN_MODELS`, an http(s) URL, or the path of a file.
        sha256: What the file must hash to; empty takes a known name's own and checks nothing else.
        cache: Where downloads go and known names are looked for first; by default the model homes.
        allow_unverified: Take what a URL gives without a SHA-256, too.

    Raises:
        UserError: when there is no such file, it can't be downloaded, or its SHA-256 is another or, of a URL,
            not given.
    """
    known = KNOWN_MODELS.get(name)
    if known is not None:
        return _find_named(name, known.url, sha256 or known.sha256, cache)
    if "://" in name:
        url = urlsplit(name)
        if url.scheme not in ("http", "https") or not url.netloc:
            raise UserError(f"model {shown_url(name)}: give a known name, a path, or an http(s) URL")
        if not (sha256 or allow_unverified):
            raise UserError(
                f"model {shown_url(name)} has no checksum: give its SHA-256 as its author states it "
                "(language.sha256), or take whatever is there by language.allow_unverified=true"
            )
        # The name alone would let two models of one name pass for each other.
        where = hashlib.sha256(name.encode()).hexdigest()[:12]
        base = re.sub(r"[^A-Za-z0-9._-]", "_", Path(url.path).name) or "model"
        return _find_named(f"{where}-{base}", name, sha256, cache)
    path = Path(name)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        known_names = ", ".join(KNOWN_MODELS)
        raise UserError(f"model {name} {what}: give a file, an http(s) URL, or one of {known_names}")
    verify(path, sha256)
    return path


def model_homes() -> list[Path]:
    """Folders that models are looked for in; the first that can be written takes the downloads."""
    own = os.environ.get("CCNET_LITE_HOME")
    user = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    homes = [Path(own)] if own else []
    return [*homes, Path(sys.prefix) / "share" / "ccnet_lite", Path(user) / "ccnet_lite"]


def verify(path: Path, sha256: str) -> None:
    """Refuse a file whose SHA-256 is not the one expected; an empty one is not checked.

    Raises:
        UserError: with both sums.
    """
    if sha256:
        actual = file_sha256(path)
        if actual != sha256:
            raise UserError(
                f"file {path}: SHA-256 is {actual}, expected {sha256}: "
                "delete it to have it fetched or made again, or correct the expected sum"
            )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 lower-case hexadecimal digits; an unchanged file is read once."""
    found = path.stat()
    return _sha256_of(path.absolute(), found.st_size, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=1024)
def _sha256_of(path: Path, _size: int, _mtime_ns: int, _inode: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_named(file_name: str, url: str, sha256: str, cache: Path | None) -> Path:
    homes = [cache] if cache is not None else model_homes()
    for home in homes:
        path = home / file_name
        if path.is_file():
            verify(path, sha256)
            return path
    for home in homes:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(home, os.W_OK):
            return download(url, home / file_name, sha256)
    raise UserError(f"no folder to download {file_name} to: set CCNET_LITE_HOME to one that can be written")


def download(url: str, path: Path, sha256: str = "") -> Path:
    """Download a URL to a path, which exists only once the whole is there and verified.

    A dropped connection, a short body, 429 and 5xx are tried again, `TRIES` times in all; what came stays.

    Raises:
        UserError: naming the URL, without what may be secret in it, and why.
    """
    settings = SourceSettings(
        retries=TRIES - 1,
        backoff_seconds=BACKOFF_SECONDS,
        timeout_seconds=TIMEOUT_SECONDS,
        max_download_bytes=2 * MOST_BYTES,  # ours is asked first
    )
    digest = hashlib.sha256()
    # Not NamedTemporaryFile's own deletion: the file must outlive the block under its new name.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            try:
                too_large = not _received(url, settings, file, digest)
            except (SourceError, UserError) as error:
                raise UserError(f"cannot download {error}: get it yourself and save it as {path}") from None
        if too_large:
            raise UserError(
                f"{shown_url(url)} holds more than {MOST_BYTES:,} bytes: get it yourself and save it as {path}"
            )
        if sha256 and digest.hexdigest() != sha256:
            raise UserError(
                f"{shown_url(url)}: SHA-256 of what came is {digest.hexdigest()}, expected {sha256}: "
                "correct the URL or the expected sum"
            )
        Path(temporary).chmod(0o644)  # mkstemp's files are their owner's alone
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def _received(url: str, settings: SourceSettings, file: BinaryIO, digest: Any) -> bool:
    """Write what the URL gives, and hash it; False as soon as it is too large."""
    with HttpStream(url, settings) as stream:
        content = content_of(stream, settings.max_download_bytes)
        while chunk := content.read(_CHUNK):
            if max(stream.size or 0, file.tell() + len(chunk)) > MOST_BYTES:
                return False
            file.write(chunk)
            digest.update(chunk)
    return True


def shown_url(url: str) -> str:
    """A URL as it may be shown: without user, password, query and fragment.

    >>> shown_url("https://me:secret@host:8080/a.bin?token=1")
    'https://host:8080/a.bin'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
