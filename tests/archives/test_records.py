"""Records out of sound archives of every form, and out of such whose damage is made by hand."""

import base64
import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from ccnet_lite import archives
from ccnet_lite.archives.record import ERRORS
from ccnet_lite.archives.records import read_records
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import (
    damages_of,
    digest,
    errors_of,
    members,
    numbered,
    page,
    read,
    records_of,
    warc,
)


def urls(items: list) -> list[str]:
    return [record.url.removeprefix("http://example.com/") for record in records_of(items)]


# Sound archives.


def test_a_record_has_its_fields_by_name() -> None:
    data = warc(b"Title\nText\n", fields={"WARC-Identified-Content-Language": "eng"}, proven=True)
    (record,) = read(data)
    assert (record.offset, record.member_offset, record.length) == (0, 0, len(data))
    assert record.type == "conversion"
    assert record.record_id == "<urn:uuid:00000000-0000-0000-0000-000000000001>"
    assert (record.url, record.date) == ("http://example.com/", "2024-05-18T01:02:03Z")
    assert record.content == b"Title\nText\n" and record.content_length == 11
    assert record.headers["WARC-Identified-CONTENT-language"] == "eng"
    assert record.http_status is None and record.http_headers is None


def test_every_packing_gives_the_same_records() -> None:
    parts = numbered(9)
    plain = b"".join(parts)
    packed = {
        "plain": plain,
        "a member a record": members(parts),
        "the whole file": gzip.compress(plain),
        "three in a member": members([b"".join(parts[n : n + 3]) for n in range(0, 9, 3)]),
        "members cut anywhere": members([plain[n : n + 100] for n in range(0, len(plain), 100)]),
        "empty members between": gzip.compress(b"").join([b"", *(members([p]) for p in parts), b""]),
    }
    wanted = [(r.url, r.record_id, r.content) for r in records_of(read(plain))]
    assert len(wanted) == 9
    for name, data in packed.items():
        items = read(data)
        assert [(r.url, r.record_id, r.content) for r in records_of(items)] == wanted, name
        assert damages_of(items) == []


def test_offsets_are_those_of_records_and_members() -> None:
    parts = numbered(4)
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    assert [(r.offset, r.member_offset, r.length) for r in read(b"".join(parts))] == [
        (start, 0, len(part)) for start, part in zip(starts, parts, strict=False)
    ]
    packed = [gzip.compress(part) for part in parts]
    assert [(r.offset, r.length) for r in read(b"".join(packed))] == [
        (sum(map(len, packed[:n])), len(packed[n])) for n in range(4)
    ]
    assert [(r.offset, r.member_offset) for r in read(gzip.compress(b"".join(parts)))] == [
        (0, start) for start in starts[:4]
    ]


def test_plain_and_gzip_may_follow_each_other() -> None:
    a, b, c, d = numbered(4)
    items = read(a + gzip.compress(b) + c + gzip.compress(d))
    assert urls(items) == ["0", "1", "2", "3"]
    assert damages_of(items) == []


@pytest.mark.parametrize("version", ["WARC/0.17", "WARC/0.18", "WARC/1.0", "WARC/1.1", "warc/1.0", "WARC/1.0 "])
def test_versions(version: str) -> None:
    a, b = numbered(2)
    items = read(a + b.replace(b"WARC/1.0", version.encode(), 1))
    assert urls(items) == ["0", "1"]


def test_heads_with_bare_line_feeds_folds_utf8_and_brackets() -> None:
    head = (
        "WARC/1.0\nwarc-type : Conversion\nWARC-Target-URI: <http://example.com/ж/a b>\n"
        "X-Folded: one\n  two\n\tthree\nnot a field\nWARC-Date: first\n"
        "WARC-Date: 2024-05-18T01:02:03Z\nContent-Length: 3\n\n"
    )
    (record,) = read(head.encode() + b"abc\n\n")
    assert record.type == "conversion"
    assert record.url == "http://example.com/ж/a%20b"
    assert record.headers["x-folded"] == "one two three"
    assert record.date == "2024-05-18T01:02:03Z"
    (record,) = read(warc(url="http://example.com/é").decode().encode("latin-1"))
    assert record.url == "http://example.com/é"


def test_blank_lines_around_records_do_no_harm() -> None:
    a, b = numbered(2)
    assert urls(read(b"\r\n\n" + a + b"\n" * 9 + b)) == ["0", "1"]
    assert urls(read(a.removesuffix(b"\r\n\r\n") + b)) == ["0", "1"]


def test_a_record_within_a_record_is_content() -> None:
    inner = warc(b"inner")
    items = read(warc(b"before\n" + inner, url="http://example.com/outer") + warc(url="http://example.com/next"))
    assert urls(items) == ["outer", "next"]
    assert records_of(items)[0].content == b"before\n" + inner


def test_http_heads_are_taken_off_the_payload() -> None:
    (response,) = read(page(b"<p>body", http="Content-Type: text/html\r\nX: 1\r\nx: 2"))
    assert (response.http_status, response.content) == (200, b"<p>body")
    assert response.http_headers is not None and response.http_headers["X"] == "2"
    (request,) = read(warc(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nform", type="request"))
    assert (request.http_status, request.content) == (None, b"form")
    (dns,) = read(warc(b"20080430204825\nexample.com. 1 IN A 1.2.3.4\n", type="response"))
    assert dns.http_status is None and dns.content.startswith(b"2008")


ARC = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 77\n1 0 Test\n"
ARC += b"URL IP-address Archive-date Content-type Archive-length\n"
ARC += b"\n" * (77 + 55 - len(ARC) + 1)


def arc(content: bytes, url: bytes = b"http://example.com/a b") -> bytes:
    return url + b" 1.2.3.4 20080430204826 text/html %d\n" % len(content) + content + b"\n"


def test_arc() -> None:
    block = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>hi"
    for data in (
        ARC + arc(block) * 2,
        members([ARC, arc(block), arc(block)]),
        gzip.compress(ARC + arc(block) * 2),
    ):
        first, *rest = read(data)
        assert (first.type, first.url) == ("warcinfo", "filedesc://a.arc")
        assert len(rest) == 2
        for record in rest:
            assert (record.type, record.url) == ("response", "http://example.com/a%20b")
            assert record.date == "2008-04-30T20:48:26Z"
            assert (record.http_status, record.content) == (200, b"<p>hi")


def test_an_arc_file_behind_a_warc_file() -> None:
    behind = ARC + b"http://example.com/1 192.0.2.1 20080430204826 text/plain 4\nText\n"
    line = b"http://example.com/2 192.0.2.1 20080430204826 text/plain 4\nText\n"
    for data in (b"".join(numbered(2)) + behind, members([*numbered(2), behind])):
        items = read(data)
        assert errors_of(items) == []
        assert [r.url for r in records_of(items)][2:] == ["filedesc://a.arc", "http://example.com/1"]
        assert sum(item.length for item in items) == len(data)
    # A line alone that looks like ARC's is none.
    assert errors_of(read(b"".join(numbered(2)) + line)) == ["garbage"]


def test_arc_version_2() -> None:
    line = b"http://example.com/ 1.2.3.4 20080430204826 text/html 200 abcdef - 209 a.arc 5\nhello\n"
    assert [(r.url, r.content) for r in read(ARC + line)[1:]] == [("http://example.com/", b"hello")]


def test_a_member_that_expands_a_lot_ends_where_it_ends() -> None:
    """Found by the hostile archives: zlib tells the rest of its input twice once its output was bounded."""
    parts = [warc(b"x" * 20_000_000), *numbered(3)]
    items = read(members(parts))
    assert [(r.offset, r.length) for r in records_of(items)] == [
        (len(members(parts[:n])), len(members(parts[n : n + 1]))) for n in range(4)
    ]
    assert damages_of(items) == []


# Damage.


def test_nothing_and_nothing_compressed() -> None:
    assert errors_of(read(b"")) == ["empty_file"]
    assert errors_of(read(gzip.compress(b""))) == ["empty_file"]


@pytest.mark.parametrize(
    "data", [b"just a text\n" * 9000, gzip.compress(b"just a text\n" * 9000), b"\x1f\x8b\x08", b"\x00"]
)
def test_what_is_no_archive(data: bytes) -> None:
    (damage,) = read(data)
    assert damage.error in ("not_an_archive", "truncated_gzip")


@pytest.mark.parametrize("pack", [members, b"".join], ids=["gzip", "plain"])
def test_garbage_costs_no_record(pack: object) -> None:
    parts = numbered(4)
    for garbage in (
        b"garbage",
        b"\x00" * 100_000,
        bytes(range(256)) * 2000,
        b"WARC/1.0",
        b"\x1f\x8b\x08" * 999,
    ):
        data = pack(parts[:2]) + garbage + pack(parts[2:])  # type: ignore[operator]
        items = read(data)
        assert urls(items) == ["0", "1", "2", "3"]
        (damage,) = damages_of(items)
        assert damage.length == pytest.approx(len(garbage), abs=1)
        assert damage.offset == pytest.approx(len(pack(parts[:2])), abs=1)  # type: ignore[operator]


def test_a_broken_member_costs_one_record() -> None:
    packed = [gzip.compress(part) for part in numbered(5)]
    for broken, error in (
        (packed[2][:20] + b"\xff" * 40 + packed[2][60:], "corrupt_gzip"),
        (packed[2][: len(packed[2]) // 2], None),
        (packed[2][:-8] + b"\x00\x00\x00\x00" + packed[2][-4:], "unproven"),
        (b"\x00" + packed[2][1:], "garbage"),
    ):
        data = b"".join([*packed[:2], broken, *packed[3:]])
        items = read(data)
        assert urls(items) == ["0", "1", "3", "4"]
        (damage,) = damages_of(items)
        assert damage.error == error or error is None
        assert (damage.offset, damage.length) == (len(packed[0] + packed[1]), len(broken))


def test_a_broken_member_names_the_record_that_it_was() -> None:
    packed = [gzip.compress(part) for part in numbered(3)]
    items = read(packed[0] + packed[1][:-8] + packed[2])
    (damage,) = damages_of(items)
    assert (damage.url, damage.type) == ("http://example.com/1", "conversion")
    assert damage.record_id.endswith("0001>")


def test_a_digest_that_holds_does_not_prove_the_head_of_a_member_with_a_wrong_checksum() -> None:
    """What else than the head should be altered there?"""
    (part,) = numbered(1, proven=True)
    packed = gzip.compress(part)
    data = packed[:-8] + b"\x00\x00\x00\x00" + packed[-4:] + packed
    assert (urls(read(data)), errors_of(read(data))) == (["0"], ["unproven"])
    items = read(data, admit_unproven=True)
    assert (urls(items), errors_of(items)) == (["0", "0"], ["crc_mismatch"])


def test_a_cut_off_file_keeps_what_is_whole() -> None:
    data = members(numbered(3))
    items = read(data[:-20])
    assert urls(items) == ["0", "1"]
    assert [(d.error, d.url) for d in damages_of(items)] == [("truncated_gzip", "http://example.com/2")]
    # Of the last member only the checksum is missing: the record is whole.
    assert urls(read(data[:-4])) == ["0", "1", "2"]
    plain = b"".join(numbered(3))
    items = read(plain[:-20])
    assert urls(items) == ["0", "1"]
    assert [(d.error, d.url) for d in damages_of(items)] == [("truncated_record", "http://example.com/2")]


def test_records_of_one_faulty_member_need_their_digest() -> None:
    parts = [warc(bytes([97 + n]) * 20_000, url=f"http://example.com/{n}", proven=True) for n in range(4)]
    wrong = parts[1].replace(b"bbbbb", b"bbxbb", 1)
    packed = gzip.compress(b"".join([parts[0], wrong, *parts[2:]]))
    for data, kept, errors in (
        (packed, ["0", "1", "2", "3"], []),  # the checksum says that the writer erred, in the digest
        (
            packed[:-8] + b"\x00\x00\x00\x00" + packed[-4:],
            ["0", "2", "3"],
            ["digest_mismatch", "crc_mismatch"],
        ),
        (packed[:-4], ["0", "2", "3"], ["digest_mismatch"]),
    ):
        items = read(data)
        assert (urls(items), errors_of(items)) == (kept, errors)


@pytest.mark.parametrize("pack", [members, b"".join], ids=["gzip", "plain"])
def test_wrong_lengths(pack: object) -> None:
    before, after = numbered(2)

    def around(record: bytes) -> list:
        return read(pack([before, record, after]))  # type: ignore[operator]

    text = b"one line\nand another one\n"
    for length in (3, 40, 400, 10**6):
        # The digest finds the true end ...
        items = around(warc(text, length=length, fields={"WARC-Block-Digest": digest(text)}))
        assert [r.content for r in records_of(items)][1] == text and errors_of(items) == []
    # ... or shows that there is none.
    items = around(warc(text, length=3, fields={"WARC-Block-Digest": digest(b"other")}))
    assert urls(items) == ["0", "1"] and errors_of(items) == ["content_length_mismatch"]
    # Without one, a length that is too short is taken at its word, as other readers do.
    items = around(warc(text, length=3))
    assert [r.content for r in records_of(items)][1] == b"one" and errors_of(items) == ["garbage"]
    # One that is too long ends with the record's gzip member, whose checksum says that nothing is missing.
    items = around(warc(text, length=60))
    if pack is members:
        assert [r.content for r in records_of(items)][1] == text and errors_of(items) == []
    else:
        assert urls(items) == ["0", "1"] and errors_of(items) == ["content_length_mismatch"]


def test_a_length_that_swallows_whole_records_is_found_out_by_the_digest() -> None:
    a, b, c = numbered(3, proven=True)
    body = a.partition(b"\r\n\r\n")[2][:-4]
    swallowing = a.replace(b"Content-Length: %d" % len(body), b"Content-Length: %d" % (len(body) + 4 + len(b) - 4))
    items = read(swallowing + b + c)
    assert urls(items) == ["0", "1", "2"] and errors_of(items) == []


def test_missing_and_odd_lengths() -> None:
    before, after = numbered(2)
    for stated in ("", "many", "-5", "1e3", "٣", "9" * 30):
        odd = warc(b"the text\n").replace(b"Content-Length: 9", f"Content-Length: {stated}".encode())
        items = read(before + odd + after)
        assert [r.content for r in records_of(items)][1] == b"the text\n"
        assert errors_of(items) == []
    missing = warc(b"the text\n").replace(b"Content-Length: 9\r\n", b"")
    assert [r.content for r in records_of(read(before + missing + after))][1] == b"the text\n"


def test_line_ends_turned_by_an_editor() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    for body in (b"<p>\r\n<b>hi", b"<p>\r\n<b>hi\r\n"):
        record = warc(head + body, type="response").replace(b"\r\n", b"\n")
        assert b"Content-Length: %d\n" % len(head + body) in record
        items = read(record * 2)
        assert [r.content.strip() for r in records_of(items)] == [b"<p>\n<b>hi"] * 2
        assert damages_of(items) == []


def test_line_ends_written_as_text_on_windows() -> None:
    """Each line feed got a carriage return more: those of the heads, and those of the content, too."""
    texts = [b"", b"Title\nText\n", b"Title\r\nText\r\n", b"no end of line", b"odd \r\n\r\r\n\n\r"]
    parts = [warc(text, proven=True, url=f"http://example.com/{n}") for n, text in enumerate(texts)]
    parts.append(page(b"<p>\r\n<b>hi\n"))
    written = b"".join(parts).replace(b"\n", b"\r\n")
    for data in (written, gzip.compress(written), members([part.replace(b"\n", b"\r\n") for part in parts])):
        items = read(data, verify_digests=True)
        assert damages_of(items) == []
        assert [(r.content, r.content_length) for r in records_of(items)][:5] == [(t, len(t)) for t in texts]
        last = records_of(items)[-1]
        assert (last.http_status, last.content) == (200, b"<p>\r\n<b>hi\n")
    # Where a line of it lacks the return, the record is none of those.
    broken = written.replace(b"Title\r\n", b"Title\n", 1)
    assert errors_of(read(broken, verify_digests=True)) == ["digest_mismatch"]


def test_a_head_alone_written_as_text() -> None:
    """The block's digest shows that its line ends are as they were."""
    block = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Ta"
    head, _, rest = warc(block, proven=True).partition(b"\r\n\r\n")
    mixed = (head + b"\r\n\r\n").replace(b"\r\n", b"\r\r\n") + rest
    items = read(mixed + warc(b"the next\n", url="http://example.com/next"))
    assert [r.content for r in records_of(items)] == [block, b"the next\n"]


def long_header(data: bytes, extra: int = 0, name: int = 0, comment: int = 0) -> bytes:
    """A gzip member whose header has fields of so many bytes."""
    flags = (4 if extra else 0) | (8 if name else 0) | (16 if comment else 0)
    header = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6)
    header += (extra.to_bytes(2, "little") + b"e" * extra) if extra else b""
    header += (b"n" * name + b"\0" if name else b"") + (b"c" * comment + b"\0" if comment else b"")
    return header + gzip.compress(data)[10:]


@pytest.mark.parametrize(
    "fields",
    [{"extra": 40}, {"extra": 65535}, {"extra": 65000, "name": 5000}, {"name": 100_000}, {"comment": 900_000}],
)
def test_a_member_behind_a_fault_may_have_a_long_header(fields: dict[str, int]) -> None:
    a, b, c = numbered(3)
    bad = bytearray(gzip.compress(a))
    bad[len(bad) // 2] ^= 255
    assert urls(read(bytes(bad) + long_header(b, **fields) + long_header(c, **fields))) == ["1", "2"]
    assert urls(read(b"garbage\n" + a + long_header(b, **fields))) == ["0", "1"]


def test_broken_heads() -> None:
    before, after = numbered(2)
    cut = warc()[:60]
    items = read(before + cut + b"\r\n" + after)
    assert urls(items) == ["0", "1"] and errors_of(items) == ["bad_header"]
    endless = b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000
    items = read(before + endless + after)
    assert urls(items) == ["0", "1"] and errors_of(items) == ["bad_header"]
    items = read(before + b"WARC/1.0\r\nsome text\r\n\r\nmore\r\n\r\n" + after)
    assert urls(items) == ["0", "1"] and errors_of(items) == ["bad_header"]


def test_a_record_as_large_as_it_says_is_passed_over() -> None:
    before, after = numbered(2)
    for data in (before + warc(b"x" * 5000) + after, members([before, warc(b"x" * 5000), after])):
        items = read(data, max_record_bytes=4000)
        assert urls(items) == ["0", "1"]
        (damage,) = damages_of(items)
        assert (damage.error, damage.url) == ("record_too_large", "http://example.com/")
    items = read(before + warc(b"x", length=10 * 1024**3) + after)
    assert urls(items) == ["0", "1"] and errors_of(items) == ["record_too_large"]


def test_a_bomb_is_left_alone() -> None:
    before, after = numbered(2)
    for bomb in (bytes(300_000_000), warc(b"", length=10**10)[:-4] + b"\n" * 300_000_000):
        data = gzip.compress(before) + gzip.compress(bomb, 1) + gzip.compress(after)
        items = read(data, max_record_bytes=10_000_000)
        assert urls(items) == ["0", "1"]
        assert errors_of(items) == ["gzip_bomb"]


def test_wrong_digests_count_when_asked() -> None:
    a, b, c = numbered(3, proven=True)
    wrong = b.replace(b"line 3", b"lime 3")
    assert errors_of(read(a + wrong + c)) == []
    items = read(a + wrong + c, verify_digests=True)
    assert urls(items) == ["0", "2"]
    assert [(d.error, d.url) for d in damages_of(items)] == [("digest_mismatch", "http://example.com/1")]


@pytest.mark.parametrize("of_chunks", [True, False])
def test_a_payload_digest_is_of_the_chunks_or_of_what_they_hold(of_chunks: bool) -> None:
    body = b"<p>" + b"some text " * 500
    chunks = b"%x\r\n%b\r\n" % (300, body[:300]) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body) - 300, body[300:])
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    fields = {"WARC-Payload-Digest": digest(chunks if of_chunks else body)}
    sound = warc(block, type="response", fields=fields)
    assert errors_of(read(sound + sound, verify_digests=True)) == []
    for altered in (sound.replace(b"some text", b"same text", 1), sound.replace(b": chunked", b": chinked")):
        wrong = altered != sound.replace(b": chunked", b": chinked") or not of_chunks
        assert (errors_of(read(altered + sound, verify_digests=True)) == ["digest_mismatch"]) == wrong


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha-512"])
def test_digests_are_read_in_each_alphabet(name: str) -> None:
    text = b"Title\nText\n"
    raw = hashlib.new(name.replace("-", ""), text).digest()
    safe = base64.urlsafe_b64encode(raw)
    for value in (raw.hex().encode(), base64.b32encode(raw), base64.b64encode(raw), safe, safe.rstrip(b"=")):
        record = warc(text, fields={"WARC-Block-Digest": f"{name}:{value.decode()}"})
        assert errors_of(read(record, verify_digests=True)) == []
        altered = record.replace(b"Text", b"Taxt")
        assert errors_of(read(altered, verify_digests=True)) == ["digest_mismatch"]


def test_every_error_is_in_the_list() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(archives.__path__[0]).glob("*.py"))
    for error in ERRORS:
        assert code.count(f'"{error}"') > 1, f"{error} is listed, but nothing gives it"


class _Trickle:
    """A stream that gives few bytes at a time, as a slow connection does."""

    def __init__(self, data: bytes) -> None:
        self._stream = BytesIO(data)

    def read(self, count: int) -> bytes:
        return self._stream.read(min(count, 997))


def test_how_the_bytes_come_does_not_matter() -> None:
    data = bytearray(members(numbered(300)))
    data[len(data) // 2] ^= 255
    slow = list(read_records(_Trickle(bytes(data)), IngestSettings()))  # type: ignore[arg-type]
    assert slow == read(bytes(data))
