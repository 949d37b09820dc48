"""Digests that records bring along, checked.

Does not handle: algorithms that hashlib lacks; such a digest says nothing, neither right nor wrong.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

_ALGORITHMS = {"sha1", "sha224", "sha256", "sha384", "sha512", "md5"}


def digest_holds(stated: str, content: bytes | memoryview) -> bool | None:
    """Whether `content` has the digest `stated` (`sha1:` and Base32 or hexadecimal); None if none can tell.

    >>> digest_holds("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"")
    True
    """
    name, found, value = stated.strip().partition(":")
    name = name.strip().lower().replace("-", "")
    if not found or name not in _ALGORITHMS:
        return None
    digest = hashlib.new(name, content, usedforsecurity=False).digest()
    wanted = value.strip()
    if len(wanted) == 2 * len(digest):
        return wanted.lower() == digest.hex()
    try:
        padded = wanted.upper() + "=" * (-len(wanted) % 8)
        return base64.b32decode(padded) == digest
    except (binascii.Error, ValueError):
        return False


def block_holds(fields: Mapping[str, str], block: bytes | memoryview, payload: int) -> bool | None:
    """Whether a record's block, or its payload from byte `payload` on, has the digest that its head states.

    The block's digest decides where there is one. A revisit's payload digest is that of another record.
    """
    stated = fields.get("warc-block-digest", "")
    held = digest_holds(stated, block) if stated else None
    if held is not None:
        return held
    stated = fields.get("warc-payload-digest", "")
    if not stated or fields.get("warc-type", "").lower() == "revisit":
        return None
    return digest_holds(stated, block[payload:])
