"""A page that holds what looks like a record brings in none, whatever its own digests say."""

import gzip
from collections.abc import Callable

import pytest

from tests.archives.archive_making import members, numbered, read, records_of, warc

FORGED = warc(b"Title\nForged text.\n", url="https://bank.example/", id="<urn:forged>", proven=True)
WRONG = {"WARC-Block-Digest": "sha1:" + "A" * 32}
PAYLOAD_OF_JOINED_CHUNKS = {"WARC-Payload-Digest": "sha1:" + "B" * 32}


def response(fields: dict[str, str]) -> bytes:
    chunk = b"<p>a page</p>\n" + FORGED + b"<p>more</p>"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    block += b"%x\r\n%b\r\n0\r\n\r\n" % (len(chunk), chunk)
    fields = fields | {"Content-Type": "application/http; msgtype=response"}
    return warc(block, "response", "https://page.example/", id="<urn:page>", fields=fields)


def conversion(fields: dict[str, str]) -> bytes:
    return warc(b"Title\nText\n" + FORGED, url="https://page.example/", id="<urn:page>", fields=fields)


def plain(records: list[bytes]) -> bytes:
    return b"".join(records)


def whole(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("packed", [plain, members, whole])
@pytest.mark.parametrize("made", [response, conversion])
@pytest.mark.parametrize("fields", [{}, WRONG, PAYLOAD_OF_JOINED_CHUNKS])
def test_what_a_page_holds_is_no_record(
    fields: dict[str, str],
    made: Callable[[dict[str, str]], bytes],
    packed: Callable[[list[bytes]], bytes],
    last: bool,
) -> None:
    first, second = numbered(2)
    data = packed([first, made(fields)] if last else [first, made(fields), second])
    found = [record.url for record in records_of(read(data))]
    assert found == ["http://example.com/0", "https://page.example/", "http://example.com/1"][: len(found)]
    assert len(found) == (2 if last else 3)


def test_nor_where_the_next_gzip_member_holds_no_record() -> None:
    data = members([numbered(1)[0], conversion(WRONG)]) + gzip.compress(b"no record") + members(numbered(1))
    assert "https://bank.example/" not in [record.url for record in records_of(read(data))]


def test_a_length_that_its_digest_proves_wrong_is_no_cover_for_the_records_behind() -> None:
    first = warc(b"Title\nText.\n", proven=True, length=len(b"Title\nText.\n") + 4 + len(FORGED))
    found = [record.url for record in records_of(read(first + FORGED + numbered(1)[0]))]
    assert found == ["http://example.com/", "https://bank.example/", "http://example.com/0"]


@pytest.mark.parametrize("behind", [b"garbage", bytes(600), b"WARC/1.0"])
@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_nor_where_garbage_follows_a_page_whose_digest_holds(
    packed: Callable[[bytes], bytes], behind: bytes
) -> None:
    """Found by fuzzing: no record stands where the page ends, and the one that it holds was taken for the next."""
    first = warc(b"Title\nText.\n" + FORGED, url="https://page.example/", proven=True)
    found = [record.url for record in records_of(read(packed(first + behind)))]
    assert found == ["https://page.example/"]
