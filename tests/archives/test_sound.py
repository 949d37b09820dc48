"""Records of sound members, read the fast way and the general one: the same to the byte."""

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives import records, sound
from ccnet_lite.archives.headers import parse_warc_head, plain_head
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.records import read_records
from ccnet_lite.archives.sound import SoundRecords
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import Breaking, members, numbered, page, read, real_archives, warc
from tests.fuzz.effort import fuzzed

SHARED = Path(__file__).parents[3] / "shared" / "data"
NOISE = b"".join(zlib.crc32(b"%d" % n).to_bytes(4, "little") for n in range(300_000))
"""Which deflates to no less than it is."""


def text(size: int) -> bytes:
    """Which deflates to a third."""
    return b" ".join(b"%d" % zlib.crc32(b"%d" % n) for n in range(size // 10))


def flipped(data: bytes, at: int) -> bytes:
    place = at % len(data)
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def named(record: bytes) -> bytes:
    """A member whose header has a file's name."""
    member = gzip.compress(record, mtime=0)
    return member[:3] + b"\x08" + member[4:10] + b"a.warc\0" + member[10:]


def with_fields(**fields: str) -> bytes:
    return warc(fields={name.replace("_", "-"): value for name, value in fields.items()})


RECORD = warc(b"Title\nSome more text.\n")
INNER = warc(
    b"before\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 2\r\n\r\nab\r\n\r\nbehind", proven=True
)
FIRST = gzip.compress(warc(text(12_000), type="warcinfo"), mtime=0)
"""Of a file's beginning the general way has 8 kB in hand at once."""
MEMBER = gzip.compress(RECORD, mtime=0)
ODD: dict[str, bytes] = {
    "a record in it": gzip.compress(INNER),
    "length too short": members([warc(length=3)]),
    "length too long": members([warc(length=300)]),
    "length short by four, no blank lines": members([warc(b"text" * 5, length=16)[:-4]]),
    "length over two records": members([warc(b"before", length=6 + 4 + len(RECORD) - 4, proven=True) + RECORD]),
    "length with a zero before it": members([RECORD.replace(b"Length: 2", b"Length: 02")]),
    "no length": members([RECORD.replace(b"Content-Length", b"X-Length")]),
    "two lengths": members([with_fields(content_length="1")]),
    "no type": members([RECORD.replace(b"WARC-Type: conversion\r\n", b"")]),
    "another type": members([warc(type="Metadata")]),
    "no blank lines behind it": members([RECORD[:-4]]),
    "one blank line behind it": members([RECORD[:-2]]),
    "three blank lines behind it": members([RECORD + b"\r\n"]),
    "blank lines before it": members([b"\r\n" + RECORD]),
    "blank lines alone": members([b"\r\n\r\n"]),
    "nothing": members([b""]),
    "two records": members([RECORD + RECORD]),
    "half a record": members([RECORD[:150], RECORD[150:]]),
    "half a text": members([RECORD[:-10], RECORD[-10:]]),
    "lines that end in LF": members([RECORD.replace(b"\r\n", b"\n")]),
    "a bare LF": members([RECORD.replace(b"WARC-Date: ", b"WARC-Date: 1\nX: ")]),
    "a bare CR": members([RECORD.replace(b"WARC-Date: ", b"WARC-Date: 1\rX: ")]),
    "two CRs": members([RECORD.replace(b"\r\n", b"\r\r\n", 4)]),
    "a folded line": members([with_fields(WARC_Refers_To="a\r\n b")]),
    "a line without a colon": members([with_fields(WARC_Refers_To="a\r\nnothing")]),
    "no space behind the colon": members([RECORD.replace(b"WARC-Date: ", b"WARC-Date:")]),
    "white space around": members([with_fields(WARC_Refers_To=" \u00a0a\x1c ")]),
    "an empty value": members([with_fields(WARC_Refers_To="")]),
    "Latin-1": members([RECORD.replace(b"example", b"ex\xe4mple")]),
    "UTF-8": members([RECORD.replace(b"example", "exämple".encode())]),
    "a name of another case": members([RECORD.replace(b"WARC-Date", b"warc-date")]),
    "an unknown name": members([with_fields(X_Y="a")]),
    "a field twice": members([RECORD.replace(b"WARC-Date", b"WARC-Date: 1\r\nWARC-Type: request\r\nWARC-Date")]),
    "a record in the head": members([with_fields(WARC_Refers_To="a WARC/1.0\r\nWARC-Refers-To: b")]),
    "a version in the head": members([warc(url="http://example.com/warc/1.0"), warc(url="http://a.com/1.html")]),
    "another version": members([RECORD.replace(b"WARC/1.0", b"WARC/0.18"), RECORD.replace(b"1.0", b"1.1", 1)]),
    "a URL in brackets": members([warc(url="<http://example.com/a b>")]),
    "a page": members([page(b"<p>a"), warc(b"GET / HTTP/1.1\r\n\r\n", type="request"), warc(b"", type="revisit")]),
    "no HTTP": members([warc(b"abc", type="response")]),
    "a wrong digest": members([warc(fields={"WARC-Block-Digest": "sha1:" + 32 * "A"})]),
    "a proven one": members([warc(proven=True)]),
    "a long one": members([warc(text(60_000))]),
    "a longer one": members([warc(NOISE[:900_000], proven=True)]),
    "one too long": members([warc(NOISE, proven=True)]),
    "long, two records": members([warc(text(300_000)) + warc(text(200_000))]),
    "much in little": members([warc(bytes(3_000_000))]),
    "too much": members([warc(bytes(5_000_000))]),
    "a header with a name": named(RECORD),
    "a header of unknown flags": MEMBER[:3] + b"\xe0" + MEMBER[4:],
    "stored": gzip.compress(warc(MEMBER), compresslevel=0),
    "wrong checksum": flipped(MEMBER, -6),
    "wrong length": flipped(MEMBER, -2),
    "wrong in its middle": flipped(MEMBER, len(MEMBER) // 2),
    "wrong in its header": flipped(MEMBER, 3),
    "zeros": bytes(100),
    "garbage": NOISE[:5000],
    "a plain record": RECORD,
    "cut off": MEMBER[:-20],
    "an ARC record": members([b"http://a/ 1.2.3.4 20080430204825 text/html 4\nabc\n\n"]),
}


@pytest.fixture(autouse=True, params=["isal", "zlib"])
def _inflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test, by either inflater."""
    wanted = zlib if request.param == "zlib" else pytest.importorskip("isal.isal_zlib")
    monkeypatch.setattr(sound, "inflate", wanted)


def generally(data: bytes, **settings: Any) -> list[Record | Damage]:
    """What the general way reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SoundRecords, "take", lambda _: iter(()))
        return read(data, **settings)


def count_generally(data: bytes) -> int:
    """How many items the general way has to read, with the fast one beside it."""
    calls: list[int] = []
    read_one = records._Reader._item
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records._Reader, "_item", lambda self: (calls.append(1), read_one(self))[1])
        read(data)
    return len(calls)


def test_all_but_the_first_and_the_last_are_read_the_fast_way() -> None:
    assert count_generally(members(numbered(100))) == 2
    pages = [page(b"<p>" + text(20_000 * n)) for n in range(20)]
    assert count_generally(members(pages)) == 2


def test_the_general_way_reads_what_is_odd_and_no_more() -> None:
    parts = members([warc(text(40_000))] * 100)
    # Behind damage as much is in hand, decompressed, as the next record was looked for in: a megabyte.
    assert count_generally(parts + ODD["length too short"] + parts + ODD["wrong checksum"] + parts) < 2 * 40


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("settings", [{}, {"verify_digests": True}, {"max_record_bytes": 30}])
def test_what_is_odd_is_what_the_general_way_makes_of_it(name: str, settings: dict[str, Any]) -> None:
    parts = [gzip.compress(record, mtime=0) for record in numbered(12, proven=True)]
    for place in (0, 1, 5, 12):
        archive = b"".join([FIRST, *parts[:place], ODD[name], *parts[place:]])
        assert read(archive, **settings) == generally(archive, **settings)
    everywhere = FIRST + b"".join(part + ODD[name] for part in parts)
    assert read(everywhere, **settings) == generally(everywhere, **settings)


@fuzzed
@given(st.lists(st.sampled_from([MEMBER, MEMBER, MEMBER, *ODD.values()]), max_size=30), st.data())
def test_mutated_archives_are_what_the_general_way_makes_of_them(parts: list[bytes], data: st.DataObject) -> None:
    archive = FIRST + b"".join(part for part in parts if len(part) < 20_000) + members(numbered(2))
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(archive)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 1, 8, 300]))
        archive = archive[:start] + data.draw(st.binary(max_size=4)) + archive[end:]
    assert read(archive) == generally(archive)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real data in shared/ beside the checkout")
def test_real_archives_are_what_the_general_way_makes_of_them() -> None:
    for path in real_archives(SHARED):
        data = path.read_bytes()
        assert read(data) == generally(data), path


def test_a_stream_that_breaks_gives_as_many_records() -> None:
    archive = FIRST + members(numbered(40))

    def until_broken(end: int) -> Iterator[Record | Damage]:
        try:
            yield from read_records(Breaking(archive[:end]), IngestSettings())
        except OSError as error:
            assert "hung up" in str(error)
        except Exception as error:
            assert type(error).__name__ == "SourceError"

    for end in range(0, len(archive), 193):
        fast = list(until_broken(end))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SoundRecords, "take", lambda _: iter(()))
            assert fast == list(until_broken(end))


class Slow(BytesIO):
    """A stream that gives few bytes at a time."""

    def read(self, count: int | None = -1, /) -> bytes:
        return super().read(min(count or 0, 1000))


def test_memory_stays_small() -> None:
    archive = members([warc(text(40_000), url=f"http://example.com/{n}") for n in range(400)])
    seen = 0
    reader = records._Reader(raw := records.RawBytes(Slow(archive)), IngestSettings(), {})
    for _ in reader.items():
        seen = max(seen, len(raw.data))
    assert len(archive) > 5_000_000 and seen < 3_000_000


@given(st.lists(st.sampled_from([
    "WARC-Type: conversion", "WARC-Target-URI: <http://a b/>", "warc-type: x", "Content-Length: 1", "X: y", " z",
    "",
    "WARC-Date:", "WARC-Date: ", "WARC-Date:  a: b ", "WARC-Date: \u00a0a\x85",
    "Content-Type: a\nb: c", "Content-Type: a\rb", "WARC-Truncated: WARC/1.0", "WARC-Truncated: a\n b",
    "\tq", "WARC-IP-Address: \udcff",
]), max_size=8))  # fmt: skip
def test_plain_heads_have_the_fields_that_others_have(lines: list[str]) -> None:
    head = "\r\n".join(["WARC/1.0", *lines]).encode("utf-8", "surrogateescape")
    fields = plain_head(head)
    assert fields is None or fields == parse_warc_head(head).fields


def test_most_heads_are_plain() -> None:
    assert (
        plain_head(RECORD[: RECORD.index(b"\r\n\r\n")]) == parse_warc_head(RECORD.partition(b"\r\n\r\n")[0]).fields
    )
    assert plain_head(RECORD.partition(b"\r\n\r\n")[0]) is not None
