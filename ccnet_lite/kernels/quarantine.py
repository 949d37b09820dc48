"""Damaged stretches and bad records of an archive, set aside as WARC that any tool opens.

Out of a gzip member nothing can be read but from its beginning: it is set aside whole, and once, however
many of its records are bad. Of an archive that is one member, that is all of it.
Does not handle: where the file lies, and that none is left of a task that failed (the caller's stream).
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import IO, Any, BinaryIO

import numpy as np
from warcio.warcwriter import WARCWriter

from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.sources import ArchiveIdentity, Shard, UnreadArchive, open_shard
from ccnet_lite.archives.urls import for_display
from ccnet_lite.kernels.ingest import Rows
from ccnet_lite.settings import Settings

BLOCK = 1 << 20
IN_MEMORY = 16 << 20
QUARANTINE = "quarantine"
_PLACE = ("record_offset", "member_offset", "record_length")
NO_DATE = "1970-01-01T00:00:00Z"
"""WARC needs a date. Nobody knows when the bytes were damaged; a clock would make each try another file."""


@dataclass
class _Stretch:
    """Bytes of the archive that hold one bad record, or several of one gzip member."""

    start: int
    end: int
    message: str
    url: str
    rules: list[str] = field(default_factory=list)


def quarantine_name(shard: int) -> str:
    """Where a shard's bad records go in the run's folder: a number, nothing of an archive's own name."""
    return f"{QUARANTINE}/{shard:06d}.warc.gz"


def is_quarantine_name(name: str) -> bool:
    """Whether `quarantine_name` gives it for some shard."""
    number = name.removeprefix(f"{QUARANTINE}/").removesuffix(".warc.gz")
    return number.isdecimal() and name == quarantine_name(int(number))


def with_quarantine(
    rows: Rows,
    shard: Shard,
    settings: Settings,
    open_output: Callable[[str], AbstractContextManager[BinaryIO]],
    identities: Sequence[ArchiveIdentity] = (),
) -> Rows:
    """Pass an archive's rows on; then write the bytes of its bad records, as they lie in the archive.

    `open_output` opens a stream by `quarantine_name`; it is asked only where something is bad. Each stretch
    becomes a `resource` record whose head says where it lay and what was wrong with it. Bad records that
    share a gzip member share a record, which holds the member. The same archive gives the same bytes.
    `identities` holds the archive's own once its rows were read.

    Raises:
        UnreadArchive: the archive could be read for its rows and now cannot, or is another; the output, whose
            `with` block is left by the exception, is not whole.
    """
    places: list[Any] = []
    bad: dict[int, dict[str, Any]] = {}  # by its number in `places`
    count = 0
    for table, batch in rows:
        places.append(np.stack([batch[name].to_numpy() for name in _PLACE]))
        if table == "others":
            found = enumerate(batch.to_pylist(), count)
            bad |= {number: row for number, row in found if row["outcome"] == "bad"}
        count += len(batch)
        yield table, batch
    stretches = _stretches(np.concatenate(places, axis=1), bad) if bad else []
    if stretches:
        name = quarantine_name(shard.index)
        with open_shard(shard, settings.source) as stream, open_output(name) as output:
            if any(identity.changed_since(stream.look) for identity in identities):
                uri = for_display(shard.uri)
                raise UnreadArchive(shard.segment, uri, f"{uri} was changed while it was read: run again")
            _write(stream, stretches, shard.segment, output)


def _stretches(places: Any, bad: dict[int, dict[str, Any]]) -> list[_Stretch]:
    """What is to be set aside, in the archive's order, none of it twice; places: `_PLACE` of each row."""
    offsets, members, lengths = places
    order = np.lexsort((members, offsets))
    ends = np.empty_like(lengths)
    ends[order] = np.cumsum(lengths[order])  # each byte of the archive is some row's
    begins = np.append(offsets[order], lengths.sum())
    stretches: list[_Stretch] = []
    for number, row in sorted(bad.items(), key=lambda one: int(ends[one[0]])):
        # Its share of the member ends there; what has to be read for it goes on to the member's end.
        start, end = row["record_offset"], int(begins[np.searchsorted(begins, ends[number])])
        if not stretches or start >= stretches[-1].end:
            stretches.append(_Stretch(start, end, row["message"] or "", row["url"]))
        last = stretches[-1]
        last.end = max(last.end, end)
        last.rules.append(row["rule"])
        last.message, last.url = last.message or row["message"] or "", last.url or row["url"]
    return [stretch for stretch in stretches if stretch.end > stretch.start]


def _write(stream: ByteSource, stretches: list[_Stretch], segment: str, output: BinaryIO) -> None:
    writer = WARCWriter(output, gzip=True)
    about = {
        "software": "ccnet_lite",
        "format": "WARC File Format 1.0",
        "description": "Damaged stretches and bad records of an archive, as they lie there",
        "archive": _line(segment),
    }
    info = writer.create_warcinfo_record("", about)
    info.rec_headers.replace_header("WARC-Record-ID", _record_id(segment, "warcinfo"))
    info.rec_headers.replace_header("WARC-Date", NO_DATE)
    writer.write_record(info)
    position = 0
    for stretch in stretches:
        for _ in _blocks(stream, stretch.start - position):
            pass
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as bytes_of:
            for block in _blocks(stream, stretch.end - stretch.start):
                bytes_of.write(block)
            position = stretch.start + bytes_of.tell()
            writer.write_record(_resource(writer, segment, stretch, bytes_of))


def _resource(writer: WARCWriter, segment: str, stretch: _Stretch, payload: IO[bytes]) -> object:
    length, offset = payload.tell(), stretch.start
    payload.seek(0)
    head = {
        "WARC-Type": "resource",
        "WARC-Record-ID": _record_id(segment, str(offset)),
        "WARC-Date": NO_DATE,
        "X-Archive": _line(segment),
        "X-Archive-Offset": str(offset),
        "X-Archive-Length": str(length),
        "X-Rule": ", ".join(dict.fromkeys(stretch.rules)),
        "X-Message": _line(stretch.message),
    }
    return writer.create_warc_record(
        _line(stretch.url) or f"urn:ccnet-lite:{_digest(segment).hex()}:{offset}",
        "resource",
        payload=payload,
        length=length,
        warc_content_type="application/octet-stream",
        warc_headers_dict=head,
    )


def _line(text: str) -> str:
    """Text out of hostile data for a header's value: one line, of characters that can be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:2000]).split())


def _record_id(*names: str) -> str:
    return f"<urn:uuid:{uuid.UUID(bytes=_digest(chr(9).join(names)), version=4)}>"


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _blocks(stream: ByteSource, count: int) -> Iterator[bytes]:
    """The next bytes of a stream, fewer where it ends."""
    while count > 0:
        block = stream.read(min(count, BLOCK))
        if not block:
            return
        count -= len(block)
        yield block
