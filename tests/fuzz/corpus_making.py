"""The archives of tests/fuzz/corpus, and what is read of them; `python -m tests.fuzz.corpus_making` writes both.

One for each layout, each class of damage, and each way in which an archive has ever come out wrong. The
expectation is what the reader gives: look at what changes in expected.json before it is committed.
"""

import gzip
import json
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from ccnet_lite.archives.documents import Document, read_documents
from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.records import NO_FAULTS
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import SHARD, members, numbered, page, warc
from tests.fuzz.grammar import NEVER
from tests.fuzz.written import Member, Message, Written, arc, coded

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = CORPUS / "expected.json"
SETTINGS = IngestSettings(max_record_bytes=2_000_000, max_html_bytes=200_000, max_lines=20_000)
TEXT = b"A title\n" + b"A line of text that is long enough to be one.\n" * 4
HTML = b"<!---->" * 40 + b"<html><title>A page</title><p>" + b"Some words of a page, enough of them. " * 9
WRONG = {"WARC-Block-Digest": "sha1:" + "A" * 32}
PAYLOAD_WRONG = {"WARC-Payload-Digest": "sha1:" + "B" * 32}
ALL = ("dynamic", "fixed", "stored")


def cases() -> dict[str, bytes]:
    """By name: what it is, and the ending that such a file has."""
    return layouts() | damaged_members() | damaged_records() | contents()


def layouts() -> dict[str, bytes]:
    first, second, third = parts = numbered(3, proven=True)
    plain = b"".join(parts)
    page_block = Message(HTML, chunks=(7, 100), extension=b";a=b", trailers=b"X: 1\r\n").to_bytes()
    archive = b"".join(arc([("http://example.com/a b", page_block), ("http://example.com/", b"text")]))
    decorated = Member(first, ALL, b"sl\x04\x00\x01\x00\x00\x00", b"a.warc", b"a comment", header_crc=True)
    return {
        "layout-plain.warc": plain,
        "layout-members.warc.gz": members(parts),
        "layout-one-member.warc.gz": gzip.compress(plain, mtime=0),
        "layout-members-of-several.warc.gz": members([first + second, third]),
        "layout-members-cut-anywhere.warc.gz": members([plain[at : at + 200] for at in range(0, len(plain), 200)]),
        "layout-empty-members.warc.gz": members([b"", first, b"", second, third, b""]),
        "layout-every-gzip-field-and-block.warc.gz": decorated.to_bytes() + Member(second, ALL).to_bytes(),
        "layout-stored.warc.gz": Member(plain, ("stored",)).to_bytes(),
        "layout-plain-and-gzip.warc": first + gzip.compress(second, mtime=0) + third,
        "layout-line-feeds-alone.warc": plain.replace(b"\r\n", b"\n"),
        "layout-as-windows-writes-text.warc": plain.replace(b"\n", b"\r\n"),
        "layout-arc.arc": archive,
        "layout-arc.arc.gz": gzip.compress(archive, mtime=0),
        "layout-arc-behind-warc.warc": first + archive,
    }


def damaged_members() -> dict[str, bytes]:
    parts = numbered(3)
    proven = numbered(3, proven=True)
    whole, whole_proven = b"".join(parts), b"".join(proven)
    packed = [gzip.compress(part, mtime=0) for part in parts]

    def middle(member: bytes) -> bytes:
        return packed[0] + member + packed[2]

    stored = bytearray(Member(whole_proven, ("stored",)).to_bytes())
    stored[200] ^= 1
    lengths = bytearray(Member(whole_proven, ("stored", "stored", "stored")).to_bytes())
    lengths[lengths.index(b"\x00\x00\xff\xff") + 6] ^= 0xFF
    flipped = bytearray(gzip.compress(whole, mtime=0))
    flipped[len(flipped) // 2] ^= 0x10
    return {
        "empty_file.warc.gz": b"",
        "empty_file-gzip-of-nothing.warc.gz": gzip.compress(b"", mtime=0),
        "not_an_archive.warc": b"Just a text.\n" * 20,
        "corrupt_gzip.warc.gz": middle(packed[1][:30] + b"\xff" * 20 + packed[1][50:]),
        "corrupt_gzip-one-member.warc.gz": bytes(flipped),
        "corrupt_gzip-stored-length.warc.gz": bytes(lengths),
        "crc_mismatch.warc.gz": middle(Member(parts[1], crc=1).to_bytes()),
        "crc_mismatch-isize.warc.gz": middle(Member(parts[1], size=1).to_bytes()),
        "crc_mismatch-proven.warc.gz": middle(Member(proven[1], crc=1).to_bytes()),
        "crc_mismatch-one-member.warc.gz": Member(whole, crc=1).to_bytes(),
        "crc_mismatch-one-member-proven.warc.gz": Member(whole_proven, crc=1).to_bytes(),
        "crc_mismatch-stored-bit.warc.gz": bytes(stored),
        "crc_mismatch-a-proven-page-is-a-member.warc.gz": stored_with_a_member(),
        "crc_mismatch-reaches-into-the-next.warc.gz": middle(gzip.compress(proven[1][:-4], mtime=0)[:-3]),
        "truncated_gzip.warc.gz": b"".join(packed)[:-30],
        "truncated_gzip-in-its-head.warc.gz": packed[0] + packed[1][:2],
        "truncated_gzip-only-checksum.warc.gz": b"".join(packed)[:-4],
        "garbage-between-members.warc.gz": packed[0] + b"garbage" + packed[1] + bytes(600) + packed[2],
        "garbage-behind-members.warc.gz": b"".join(packed) + b"\x1f\x8b\x08garbage",
        "gzip_bomb.warc.gz": middle(bomb()),
        "member-given-twice.warc.gz": packed[0] * 2 + packed[1],
        "member-within-a-member.warc.gz": middle(gzip.compress(packed[1], mtime=0)),
        "members-cut-off.warc.gz": b"".join(one[:-12] for one in packed * 9),
    }


def stored_with_a_member() -> bytes:
    """Records as they are in a member; a bit of the first one's head is another, the second is itself a member."""
    first, page = numbered(1, proven=True)[0], Member(NEVER).to_bytes()
    data = bytearray(Member(first + warc(page, id="<urn:page>", proven=True), ("stored",)).to_bytes())
    data[data.index(b"/1.0")] ^= 1
    return bytes(data)


def bomb() -> bytes:
    """A member that goes on for 12 MB in as many kB, its end missing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(b"\n" * 12_000_000)[:11_000]


def damaged_records() -> dict[str, bytes]:
    first, second, third = numbered(3)
    one, two, three = numbered(3, proven=True)
    held = warc(TEXT + NEVER, url="http://example.com/page", proven=True)

    def between(record: bytes) -> bytes:
        return first + record + third

    def far(record: bytes) -> bytes:
        return record.replace(b"Content-Length: 1", b"Content-Length: 41", 1)

    return {
        "bad_header-cut-off.warc": between(second[:60]),
        "bad_header-without-end.warc.gz": members([first, b"WARC/1.0\r\n" + b"X: y\r\n" * 50_000, third]),
        "content_length_mismatch-too-long.warc": between(warc(TEXT, length=len(TEXT) + 90)),
        "content_length_mismatch-too-short.warc": between(warc(TEXT, length=20)),
        "content_length_mismatch-proven.warc": between(warc(TEXT, length=20, fields=digests(TEXT))),
        "content_length_mismatch-wrong-digest.warc": between(warc(TEXT, length=20, fields=WRONG)),
        "content_length_mismatch-own-member.warc.gz": members([first, warc(TEXT, length=9999), third]),
        "content_length_mismatch-over-others.warc": far(one) + two + three,
        "content-length-missing.warc": between(
            Written("conversion", "<a>", "http://a/", TEXT, (), None).to_bytes()
        ),
        "content-length-no-number.warc": between(warc(TEXT).replace(b"Length: 2", b"Length: 0x2")),
        "record_too_large.warc": between(warc(TEXT, length=10**10)),
        "truncated_record.warc": (first + second + third)[:-60],
        "truncated_record-within-a-page-with-a-record.warc": first + held[: -len(b"Forged.\n\r\n\r\n\r\n\r\n")],
        "digest-wrong.warc": between(warc(TEXT, fields=WRONG)),
        "garbage-between-records.warc": first + b"garbage" + second + bytes(600) + third,
        "garbage-behind-line-feeds-alone-and-a-wrong-digest.warc": (
            warc(TEXT, fields=PAYLOAD_WRONG).replace(b"\r\n", b"\n") + b"\n\x00"
        ),
        "garbage-that-begins-as-gzip-does.arc": b"\x1f\x8b"
        + b"".join(arc([("http://example.com/", b"text")] * 2)),
        "garbage-behind-a-page-with-a-record.warc": held + bytes(600),
        "no_record_type.warc": between(warc(TEXT).replace(b"WARC-Type: conversion\r\n", b"")),
        "unknown_type.warc": between(warc(TEXT, type="screenshot")),
        "forged-wrong-digest.warc": between(warc(TEXT + NEVER, url="http://example.com/page", fields=WRONG)),
        "forged-wrong-digest.warc.gz": gzip.compress(between(warc(TEXT + NEVER, fields=WRONG)), mtime=0),
        "forged-payload-digest-of-chunks.warc.gz": members([first, chunked_page(), third]),
        "version-line-that-goes-on.warc": between(two.replace(b"WARC/1.0", b"WARC/1.0ARC/1.0", 1)),
        "separator-of-three-line-ends.warc": b"".join(p[:-4] + b"\r\n" * 3 for p in (first, second, third)),
        "separator-missing.warc": first[:-4] + second[:-4] + third[:-4],
    }


def digests(block: bytes) -> dict[str, str]:
    return dict(Written("", "", "", block).with_digest().fields)


def chunked_page() -> bytes:
    block = Message(HTML + NEVER + HTML, chunks=(4096,)).to_bytes()
    fields = PAYLOAD_WRONG | {"Content-Type": "application/http; msgtype=response"}
    return warc(block, "response", "http://example.com/page", fields=fields)


def contents() -> dict[str, bytes]:
    marks = b"a" + "\u0301\u0323".encode() * 20_000
    sent = {
        "bad_encoding": page(b"\xff" * 40, "Content-Type: text/html\r\nContent-Encoding: gzip"),
        "bad_http_header": warc(
            b"no status line\r\n\r\n" + HTML, "response", fields={"Content-Type": "application/http"}
        ),
        "html_too_deep": page(b"<p>text" + b"<div>" * 2000 + b"text"),
        "html_too_large": page(coded("gzip", bytes(300_000)), "Content-Type: text/html\r\nContent-Encoding: gzip"),
        "http_status": page(HTML, status="404 Not Found"),
        "not_html": page(b"GIF89a", "Content-Type: image/gif"),
        "not_html-sniffed": page(b"GIF89a" + b"<!---->" * 40, "X: 1"),
        "not_text": warc(TEXT, fields={"Content-Type": "application/json"}),
        "unknown_encoding": page(b"\x28\xb5\x2f\xfd", "Content-Type: text/html\r\nContent-Encoding: zstd"),
        "line_too_long": warc(b"T\n" + b"x" * 150_000),
        "text_too_large": warc(b"T\n" + b"x\n" * 110_000),
        "text_expands": warc(b"T\n" + "\ufdfa\n".encode() * 50_000),
        "too_many_lines": warc(b"T\n" + b"\n" * 30_000),
        "document-combining-marks": warc(b"T\n" + marks),
        "document-bytes-of-no-charset": warc(TEXT + b"\xff\xfe\xc3"),
        "document-page-twice-packed": page(
            coded("gzip", coded("br", HTML)), "Content-Type: text/html\r\nContent-Encoding: br, gzip"
        ),
        "document-page-cut-in-its-coding": page(
            coded("gzip", HTML * 9)[:-40], "Content-Type: text/html\r\nContent-Encoding: gzip"
        ),
        "document-page-shift-jis": page(
            "<html><title>日本語</title><p>これは日本語の文章です。".encode("shift_jis") * 9,
            "Content-Type: text/html; charset=Shift_JIS",
        ),
        "head-folded-a-thousand-times": warc(TEXT, fields={"X": "a" + "\r\n b" * 1000}),
        "url-of-many-credentials": warc(TEXT, url="http://" + "a@" * 2000 + "example.com/"),
    }
    return {f"{name}.warc.gz": members([record, numbered(1)[0]]) for name, record in sent.items()}


def rows_of(data: bytes) -> list[dict[str, Any]]:
    """What an archive comes to, as far as it is expected of another version, too."""
    try:
        items = list(read_documents(SHARD, BytesIO(data), SETTINGS, NO_FAULTS))
    except FoundFaulty as found:
        items = list(read_documents(SHARD, BytesIO(data), SETTINGS, found.faults))
    rows = []
    for item in items:
        place = {"offset": item.record_offset, "member": item.member_offset, "length": item.record_length}
        if isinstance(item, Document):
            size = len(item.raw_content.encode())
            told = {"kind": "document", "id": item.record_id, "title": item.title, "bytes": size}
            told |= {"crc32": zlib.crc32(item.raw_content.encode()), "charset": item.charset}
        else:
            told = {"kind": item.outcome, "rule": item.rule, "id": item.record_id}
        rows.append(place | told)
    return rows


def write() -> None:
    CORPUS.mkdir(exist_ok=True)
    for old in CORPUS.iterdir():
        old.unlink()
    expected = {}
    for name, data in sorted(cases().items()):
        (CORPUS / name).write_bytes(data)
        expected[name] = rows_of(data)
    lines = [
        f" {json.dumps(name)}: [\n  " + ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n ]"
        for name, rows in expected.items()
    ]
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
