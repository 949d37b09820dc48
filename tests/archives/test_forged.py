"""A page that holds what looks like a record brings in none, whatever its own digests say."""

import gzip
from collections.abc import Callable

import pytest

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.records import read_records
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import Breaking, damages_of, members, numbered, read, records_of, warc

FORGED = warc(b"Title\nForged text.\n", url="https://bank.example/", id="<urn:forged>", proven=True)
WRONG = {"WARC-Block-Digest": "sha1:" + "A" * 32}
PAYLOAD_OF_JOINED_CHUNKS = {"WARC-Payload-Digest": "sha1:" + "B" * 32}


def response(fields: dict[str, str], more: bytes = b"<p>more</p>") -> bytes:
    chunk = b"<p>a page</p>\n" + FORGED + more
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    block += b"%x\r\n%b\r\n0\r\n\r\n" % (len(chunk), chunk)
    fields = fields | {"Content-Type": "application/http; msgtype=response"}
    return warc(block, "response", "https://page.example/", id="<urn:page>", fields=fields)


def conversion(fields: dict[str, str], more: bytes = b"") -> bytes:
    return warc(b"Title\nText\n" + FORGED + more, url="https://page.example/", id="<urn:page>", fields=fields)


def plain(records: list[bytes]) -> bytes:
    return b"".join(records)


def whole(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


def stored(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records), 0)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("packed", [plain, members, whole, stored])
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


@pytest.mark.parametrize("packed", [plain, members, whole, stored])
@pytest.mark.parametrize("made", [response, conversion])
@pytest.mark.parametrize("fields", [{}, WRONG])
def test_nor_where_the_archive_ends_within_the_page(
    fields: dict[str, str],
    made: Callable[[dict[str, str], bytes], bytes],
    packed: Callable[[list[bytes]], bytes],
) -> None:
    first, last = numbered(2)
    data = packed([first, made(fields, b"more text of the page " * 9)])
    for end in range(len(data) - 180, len(data)):
        assert "https://bank.example/" not in [record.url for record in records_of(read(data[:end]))]
        with pytest.raises(SourceError):
            for item in read_records(Breaking(data[:end]), IngestSettings()):
                assert item.url != "https://bank.example/"
    # A length that is wrong costs no record behind it.
    wrong = packed([first, warc(b"text", length=100_000), last])
    assert [record.url[-1] for record in records_of(read(wrong))][-1] == "1"


@pytest.mark.parametrize("held", [FORGED, FORGED * 3, gzip.compress(FORGED, mtime=0)])
@pytest.mark.parametrize("proven", [True, False])
def test_nor_where_a_plain_archive_ends_just_behind_it(held: bytes, proven: bool) -> None:
    """The page's digest tells that it did not end before what it holds, as a length that is too large would be."""
    fields = {} if proven else WRONG
    page = warc(b"Title\nText\n\n" + held + b"More.", id="<urn:page>", proven=proven, fields=fields)
    data = numbered(1)[0] + page
    items = read(data[: data.index(held) + len(held)])
    assert [record.url for record in records_of(items)] == ["http://example.com/0"]
    assert [(damage.error, damage.record_id) for damage in damages_of(items)] == [
        ("truncated_record", "<urn:page>")
    ]


@pytest.mark.parametrize("packed", [plain, whole])
def test_nor_where_what_follows_the_page_is_damaged(packed: Callable[[list[bytes]], bytes]) -> None:
    first, last = numbered(2)
    for made in (response, conversion):
        data = packed([first, made({}), last.replace(b"WARC/1.0", b"WARC/?.0", 1), first])
        found = [record.url for record in records_of(read(data))]
        assert found == ["http://example.com/0", "https://page.example/", "http://example.com/0"]
