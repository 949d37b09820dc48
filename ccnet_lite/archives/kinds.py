"""Archives that give no document, told from their names and first bytes before a run: WAT and ARC.

A WAT has the metadata of pages and no text; an ARC is of before WARC. Records of both are read and skipped.
Not handled: what a remote file without a telling name is.
"""

import logging
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ccnet_lite.archives.objects import scheme_of
from ccnet_lite.errors import UserError

SHOWN = 3
_WAT = re.compile(r"\.wat(\.gz)?$", re.IGNORECASE)
_ARC = re.compile(r"\.arc(\.gz)?$", re.IGNORECASE)
_KNOWN = re.compile(r"\.(warc|wet)(\.gz)?$", re.IGNORECASE)
_HEAD = 4096
_log = logging.getLogger(__name__)


def refuse_other_kinds(uris: Sequence[str]) -> None:
    """Say which of the archives give no document; refuse them where there are no others.

    Raises:
        UserError: none of them is WARC or WET.
    """
    found = [(uri, kind) for uri in uris if (kind := _other_kind(uri))]
    if not found:
        return
    kinds = " or ".join(sorted({kind for _, kind in found}))
    names = ", ".join(uri.rpartition("/")[2] for uri, _ in found[:SHOWN])
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    said = f"{len(found):,} of {len(uris):,} archives are {kinds}, which gives no document: {names}{more}"
    if len(found) == len(uris):
        raise UserError(f"--input: {said}; give WARC or WET archives, as '*.warc.wet.gz'")
    _log.warning("%s; leave them out, as by '*.warc.wet.gz'", said)


def _other_kind(uri: str) -> str:
    """WAT or ARC, empty for any other."""
    path = urlsplit(uri).path if scheme_of(uri) else uri
    if _WAT.search(path):
        return "WAT"
    if _ARC.search(path):
        return "ARC"
    if scheme_of(uri) or _KNOWN.search(path):
        return ""
    return "ARC" if _begins(Path(uri)).startswith(b"filedesc://") else ""


def _begins(path: Path) -> bytes:
    """A file's first bytes, unzipped where they are gzip; none where they cannot be read, which is told later."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return zlib.decompressobj(31).decompress(head, _HEAD) if head.startswith(b"\x1f\x8b") else head
    except (OSError, zlib.error):
        return b""
