"""What an archive's bytes turn out to be: records, and stretches that gave none.

Every byte of the file belongs to exactly one of them, the lengths add up to the file's. Several in one
gzip member share its bytes in proportion to what they are decompressed: one that deflates to less than a
byte may take none, and has length 0. What tells it apart is its place, (offset, member_offset).
"""

from collections.abc import Mapping
from typing import NamedTuple


class Record(NamedTuple):
    """A whole record. An ARC record comes with the fields that a WARC record would have."""

    offset: int
    """Byte of the file where the record begins, or the gzip member that holds it."""
    member_offset: int
    """Byte of the decompressed member where it begins; 0 where it is alone there, or not compressed."""
    length: int
    """Bytes of the file that it takes, compressed, blank lines after it included."""
    type: str
    """WARC-Type in lower case; empty where it is missing."""
    record_id: str
    url: str
    date: str
    content_length: int
    """Bytes of the block, HTTP head included."""
    headers: Mapping[str, str]
    """By name in any letter case; of several of one name, the last."""
    http_status: int | None
    """None where the block is no HTTP response."""
    http_headers: Mapping[str, str] | None
    """Likewise; of those that list what a page says against its use (headers.LISTS), all."""
    content: bytes
    """The payload: what follows the HTTP head, else the block; its first 32 MiB, or twice
    `ingest.max_html_bytes`, where it is longer. Its codings are still on."""


class Damage(NamedTuple):
    """A stretch of the file that gave no record."""

    offset: int
    """Byte of the file where it begins, or the gzip member within which it does."""
    member_offset: int
    """Byte of the decompressed member where it begins, if within one."""
    length: int
    """Bytes of the file that it takes."""
    error: str
    """Its class: one of ERRORS."""
    message: str
    """What was found, for a person."""
    record_id: str
    """Of the record that it was, where its head could be read; likewise the two that follow."""
    url: str
    type: str


ERRORS = {
    "bad_header": "the head of a record does not end, or another record begins within it",
    "content_length_mismatch": "the record does not end where its Content-Length says",
    "corrupt_gzip": "a gzip member that cannot be decompressed from some byte on",
    "crc_mismatch": "a gzip member whose checksum or length differs from what it holds",
    "digest_mismatch": "the content is not what the record's digest says (ingest.verify_digests, or a fault)",
    "empty_file": "a file, or a gzip file, that holds no bytes",
    "garbage": "bytes that are no record, between records",
    "gzip_bomb": "a gzip member that expands without end and without records",
    "not_an_archive": "a file without any record",
    "record_too_large": "more bytes than ingest.max_record_bytes",
    "truncated_gzip": "the file ends within a gzip member",
    "truncated_record": "the file ends before the record does",
    "unproven": "a whole record out of a faulty gzip member, which no digest proves (ingest.admit_unproven)",
}
