"""Archives made by hand: records, gzip members, pages; what the tests of this folder are built from."""

import base64
import gzip
import hashlib
from io import BytesIO
from pathlib import Path

from ccnet_lite.archives.errors import FoundFaulty, SourceError
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.records import read_records
from ccnet_lite.archives.sources import Shard
from ccnet_lite.settings import IngestSettings

SHARD = Shard(0, "/nowhere/a.warc.wet.gz", "a.warc.wet.gz", None)


def digest(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content).digest()).decode()


def warc(
    content: bytes = b"Title\nSome text.\n",
    type: str = "conversion",
    url: str = "http://example.com/",
    length: int | None = None,
    fields: dict[str, str] | None = None,
    proven: bool = False,
    id: str = "<urn:uuid:00000000-0000-0000-0000-000000000001>",
) -> bytes:
    """A WARC record with the blank lines that end it. `proven`: with its block's digest."""
    head = {
        "WARC-Type": type,
        "WARC-Target-URI": url,
        "WARC-Date": "2024-05-18T01:02:03Z",
        "WARC-Record-ID": id,
        **({"WARC-Block-Digest": digest(content)} if proven else {}),
        **(fields or {}),
        "Content-Length": str(len(content) if length is None else length),
    }
    lines = ["WARC/1.0", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"


def numbered(count: int, proven: bool = False) -> list[bytes]:
    """Records that differ in URL, id and text, of some hundred bytes each."""
    return [
        warc(
            f"Page {n}\n".encode() + b"".join(b"line %d of page %d\n" % (line, n) for line in range(5 + n)),
            url=f"http://example.com/{n}",
            id=f"<urn:uuid:00000000-0000-0000-0000-{n:012d}>",
            proven=proven,
        )
        for n in range(count)
    ]


def page(body: bytes, http: str = "Content-Type: text/html; charset=utf-8", status: str = "200 OK") -> bytes:
    """A WARC response record."""
    block = f"HTTP/1.1 {status}\r\n{http}\r\n\r\n".encode() + body
    return warc(block, type="response", fields={"Content-Type": "application/http; msgtype=response"})


def members(records: list[bytes]) -> bytes:
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def read(data: bytes, **settings: object) -> list[Record | Damage]:
    """The items of an archive; that they take all of its bytes, one after another, is checked each time."""
    items = read_twice(data, IngestSettings(**settings))  # type: ignore[arg-type]
    assert sum(item.length for item in items) == len(data)
    assert all(item.length >= 0 for item in items)
    places = [(item.offset, item.member_offset) for item in items]
    for item, (next_offset, _) in zip(items, [*places[1:], (-1, 0)], strict=True):
        # What shares its gzip member with another item may take less than a byte of the file.
        assert item.length > 0 or item.member_offset > 0 or next_offset == item.offset or not data
    assert places == sorted(set(places))
    return items


def read_twice(data: bytes, settings: IngestSettings) -> list[Record | Damage]:
    """What holds of an archive: once more, where a gzip member proved faulty too late."""
    try:
        return list(read_records(BytesIO(data), settings))
    except FoundFaulty as found:
        return list(read_records(BytesIO(data), settings, found.faults))


def records_of(items: list[Record | Damage]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def damages_of(items: list[Record | Damage]) -> list[Damage]:
    return [item for item in items if isinstance(item, Damage)]


def errors_of(items: list[Record | Damage]) -> list[str]:
    return [item.error for item in damages_of(items)]


def real_archives(shared_data: Path) -> list[Path]:
    """Every archive of the real data, those of test suites and the golden WET."""
    found = [*shared_data.glob("warc/*/*"), *shared_data.glob("warc_pages/*.warc.gz")]
    return sorted([*found, *shared_data.glob("ccnet_golden/wet/*.gz")])


class Breaking(BytesIO):
    """A stream that raises where it ends."""

    def read(self, count: int | None = -1, /) -> bytes:
        piece = super().read(count)
        if not piece:
            raise SourceError("the host hung up")
        return piece
