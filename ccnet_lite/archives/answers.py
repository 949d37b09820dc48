"""What the head of an answer over HTTP says; anything odd in it counts as not said."""

import re
import time
from email.utils import parsedate_to_datetime
from hashlib import blake2b

import requests

MAX_TAG = 200
_NUMBER = re.compile(r"[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,18})-")


def total_size(response: requests.Response) -> int | None:
    """The whole file's bytes, from `Content-Range: bytes 5-9/10` or Content-Length."""
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    if response.status_code == 200:
        # Chunks end where they say; a length beside them means nothing.
        chunked = "Transfer-Encoding" in response.headers
        total = "" if chunked else response.headers.get("Content-Length", "")
    return int(total) if _NUMBER.fullmatch(total) else None


def range_start(response: requests.Response) -> int | None:
    """The first byte of the part that came."""
    found = _RANGE.match(response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def content_tag(response: requests.Response) -> str:
    """The ETag or the date of change; a digest of one that is longer than any good one."""
    tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    return tag if len(tag) <= MAX_TAG else blake2b(tag.encode("utf-8", "replace")).hexdigest()


def content_coding(response: requests.Response) -> str:
    """The content coding in lower case, empty where there is none."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if coding == "identity" else coding.removeprefix("x-")


def asked_pause(retry_after: str | None) -> float | None:
    """The pause that a Retry-After header asks for: a number of seconds, or a date."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
