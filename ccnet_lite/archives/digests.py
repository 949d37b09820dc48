"""Digests that records bring along, checked.

Does not handle: algorithms that hashlib lacks; such a digest says nothing, neither right nor wrong.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping

from ccnet_lite.archives.bodies import chunks_of, is_chunked
from ccnet_lite.archives.headers import parse_http_head

MAX_CHUNKED = 32 * 1024 * 1024
"""A longer payload is no document, and not worth the time that many small chunks would take."""
_URL_SAFE = str.maketrans("+/", "-_")
_ALGORITHMS = {"sha1", "sha224", "sha256", "sha384", "sha512", "md5"}


def digest_holds(stated: str, content: bytes | memoryview) -> bool | None:
    """Whether `content` has the digest `stated`; None if none can tell.

    `stated`: an algorithm and a value in Base32, Base64 or hexadecimal.

    >>> digest_holds("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"")
    True
    """
    return _holds(stated, [content])


def _holds(stated: str, parts: Iterable[bytes | memoryview]) -> bool | None:
    name, found, value = stated.strip().partition(":")
    name = name.strip().lower().replace("-", "")
    if not found or name not in _ALGORITHMS:
        return None
    hasher = hashlib.new(name, usedforsecurity=False)
    for part in parts:
        hasher.update(part)
    digest, wanted = hasher.digest(), value.strip().rstrip("=")
    if len(wanted) == 2 * len(digest):
        return wanted.lower() == digest.hex()
    if wanted.upper() == base64.b32encode(digest).decode().rstrip("="):
        return True
    return wanted.translate(_URL_SAFE) == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def block_holds(fields: Mapping[str, str], block: bytes | memoryview, payload: int) -> bool | None:
    """Whether a record's block, or its payload from byte `payload` on, has the digest that its head states.

    The block's digest decides where there is one. A revisit's payload digest is that of another record. Of a
    chunked payload some writers digest the chunks, as the standard has it, and others what they hold.
    """
    stated = fields.get("warc-block-digest", "")
    held = digest_holds(stated, block) if stated else None
    if held is not None:
        return held
    stated = fields.get("warc-payload-digest", "")
    if not stated or fields.get("warc-type", "").lower() == "revisit":
        return None
    held = digest_holds(stated, block[payload:])
    if held is False and 0 < payload >= len(block) - MAX_CHUNKED:
        http = parse_http_head(bytes(block[:payload]))
        if http is not None and is_chunked(http.fields):
            return _holds(stated, chunks_of(memoryview(block)[payload:]))
    return held
