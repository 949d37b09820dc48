"""Archives made by the grammar, down to their documents: each byte in one row, within time and memory."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import Phase, event, given, settings, target
from hypothesis import strategies as st

from ccnet_lite.archives import documents
from ccnet_lite.archives.documents import Document, Other, read_documents
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.archives.record import ERRORS
from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import SHARD, page, read, warc
from tests.fuzz import grammar
from tests.fuzz.bounded import Confined, in_time
from tests.fuzz.effort import fuzzed, long
from tests.fuzz.mutations import Damaged, damaged
from tests.fuzz.written import Member

SETTINGS = IngestSettings(max_html_bytes=1_000_000)


class Kept(PageWorker):
    """A page worker that stays for the next archive."""

    def close(self) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def one_worker() -> Iterator[None]:
    worker = Kept(SETTINGS.extractor, max_seconds=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "PageWorker", lambda *_, **__: worker)
        yield
    PageWorker.close(worker)


def rows_of(data: bytes) -> list[Document | Other]:
    """What the records of an archive give, as its reader gives them, read once more where it asks for that."""
    items = read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "read_records", lambda *_: items)
        return list(read_documents(SHARD, BytesIO(data), SETTINGS))


def check_rows(rows: list[Document | Other], size: int) -> None:
    assert sum(row.record_length for row in rows) == size
    places = [(row.record_offset, row.member_offset) for row in rows]
    assert places == sorted(set(places)) and all(row.record_length >= 0 for row in rows)
    for row in rows:
        if isinstance(row, Document):
            (row.title + row.raw_content + row.url).encode("utf-8")
        else:
            assert row.outcome in ("skipped", "bad") and (row.rule in ERRORS or row.record_type or row.rule)


@fuzzed
@given(damaged())
def test_a_damaged_archive_comes_to_its_rows(case: Damaged) -> None:
    rows = in_time(case.size, lambda: rows_of(case.data))
    check_rows(rows, len(case.data))
    rules = Counter(row.rule for row in rows if isinstance(row, Other))
    event(", ".join(sorted(rules)) or "documents only")
    target(len(rules), label="rules")


@fuzzed
@given(st.lists(grammar.messages(sound=False).map(lambda one: one.to_bytes()), max_size=4))
def test_messages_of_any_kind_come_to_their_rows(blocks: list[bytes]) -> None:
    fields = {"Content-Type": "application/http; msgtype=response"}
    parts = [warc(block, "response", id=f"<urn:{n}>", fields=fields) for n, block in enumerate(blocks)]
    data = b"".join(parts)
    rows = in_time(len(data), lambda: rows_of(data))
    check_rows(rows, len(data))
    assert len(rows) == max(len(parts), 1)
    target(len({getattr(row, "rule", "") for row in rows}), label="rules")


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    process = Confined()
    yield process
    process.close()


UNITS = [b"\n", b"\r\n", b"a\n", b" ", b"\x00", b"x", b"WARC/1.0\r\n", b"\nWARC/1.0\r\nWARC-Type: x\r\n"]
UNITS += [b"X: y\r\n", b"\r\n b", b"1\r\na\r\n", b"word ", "\ufdfa".encode(), b"http://a 1 20080430204826 a 1\n"]
SHAPES = {
    "record": lambda run: warc(run),
    "record, proven": lambda run: warc(run, proven=True),
    "record, too long": lambda run: warc(run, length=10**9),
    "record, too short": lambda run: warc(run, length=3),
    "page": lambda run: page(run),
    "page in chunks": lambda run: page(run, "Transfer-Encoding: chunked"),
    "head": lambda run: b"WARC/1.0\r\nWARC-Type: x\r\n" + run,
    "HTTP head": lambda run: warc(b"HTTP/1.1 200 OK\r\n" + run, type="response"),
    "none": lambda run: run,
}


# Smaller inputs take less memory: nothing to shrink.
@settings(fuzzed, max_examples=300 if long() else 12, phases=[Phase.generate])
@given(
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(UNITS),
    st.integers(0, 60 if long() else 15),
    st.sampled_from([0, 1]),
    st.sampled_from(["dynamic", "fixed"]),
)
def test_long_runs_of_anything_take_little_memory(
    confined: Confined, shape: str, unit: bytes, megabytes: int, crc: int, kind: str
) -> None:
    run = unit * (megabytes * 1_000_000 // len(unit))
    data = Member(SHAPES[shape](run) + warc(), (kind,), crc=crc).to_bytes()
    assert confined.read(data).startswith("read")
