"""An archive becomes rows of two tables, every record one of them; no JVM."""

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.archives.errors import FoundFaulty, UnreadArchive
from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.sources import ArchiveIdentity
from ccnet_lite.kernels import ingest
from ccnet_lite.kernels.ingest import host_key, ingest_shard
from ccnet_lite.settings import Settings, load_settings
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.text.paragraphs import line_keys
from tests.archives.archive_making import members, numbered, page, warc
from tests.archives.test_http import serving
from tests.archives.test_unproven import packed, uuid

SETTINGS = load_settings(None, ["source.retries=0"])
OTHERS = [
    warc(b"about", type="warcinfo", id="<urn:info>"),
    warc(b"T\n" + b"x" * 50, id="<urn:long>"),
    warc(b"?", type="odd", id="<urn:odd>"),
]


def rows_of(shard: Shard, settings: Settings = SETTINGS) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "others": []}
    for table, batch in ingest_shard(shard, settings):
        assert batch.schema.equals(arrow_schema(table))
        rows[table] += batch.to_pylist()
    return rows


def one_shard(folder: Path, data: bytes) -> Shard:
    (folder / "a.warc.gz").write_bytes(data)
    (shard,) = resolve_inputs([str(folder / "a.warc.gz")], SETTINGS.source)
    return shard


def test_every_record_is_a_row_of_one_of_two_tables(tmp_path: Path) -> None:
    data = members([*numbered(3), *OTHERS])
    settings = load_settings(None, ["ingest.max_line_chars=40"])
    rows = rows_of(one_shard(tmp_path, data), settings)
    assert [row["url"] for row in rows["documents"]] == [f"http://example.com/{n}" for n in range(3)]
    assert [(row["outcome"], row["rule"], row["message"]) for row in rows["others"]] == [
        ("skipped", "warcinfo", None),
        ("bad", "line_too_long", "a line is longer than 40 characters"),
        ("skipped", "unknown_type", "WARC-Type is odd"),
    ]
    both = [*rows["documents"], *rows["others"]]
    assert sum(row["record_length"] for row in both) == len(data)
    assert {(row["shard"], row["cc_segment"]) for row in both} == {(0, "a.warc.gz")}


def test_a_document_brings_its_line_keys(tmp_path: Path) -> None:
    (row,) = rows_of(one_shard(tmp_path, members([warc(b"T\nOne two\n\n3 four\n")])))["documents"]
    assert row["line_keys"] == line_keys("one two\n\n0 four").tolist()
    assert row["line_chars"] == [7, 0, 6]
    assert (row["n_chars"], row["nlines"], row["position"]) == (15, 3, 0)
    assert row["host_key"] == host_key("www.Example.com")


def test_positions_go_on_from_batch_to_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", 4)
    rows = rows_of(one_shard(tmp_path, members([*numbered(7), OTHERS[0], *numbered(9)])))["documents"]
    assert [row["position"] for row in rows] == list(range(16))


@pytest.mark.parametrize(
    ("documents", "chars", "sizes"),
    [(1000, 16_000_000, [8]), (3, 16_000_000, [3, 3, 2]), (1000, 1, [1] * 8), (1000, 1500, [2] * 4)],
)
def test_a_batch_ends_with_its_documents_or_its_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: int, chars: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", documents)
    monkeypatch.setattr(ingest, "BATCH_CHARS", chars)
    records = [warc(b"T\n" + b"x" * 1000, id=f"<urn:{n}>") for n in range(8)]
    batches = [batch for _, batch in ingest_shard(one_shard(tmp_path, members(records)), SETTINGS)]
    assert [batch.num_rows for batch in batches] == sizes
    assert [position for batch in batches for position in batch["position"].to_pylist()] == list(range(8))


def test_what_the_archive_was_is_told_when_it_is_read(tmp_path: Path) -> None:
    # Reading ends at the second gzip member's fault; the digest covers what lies behind it.
    data = members(numbered(2)) + b"\x1f\x8b\x08" + bytes(3_000_000)
    told: list[ArchiveIdentity] = []
    rows = ingest_shard(one_shard(tmp_path, data), SETTINGS, told.append)
    next(rows)
    assert told == []
    list(rows)
    (identity,) = told
    assert (identity.bytes, identity.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_an_archive_that_breaks_off_is_no_row_but_unread() -> None:
    data = members(numbered(300))
    told: list[ArchiveIdentity] = []

    def cut(handler: Any, _: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: len(data) // 2])

    found: dict[str, int] = {}
    with serving(cut) as (url, _):
        (shard,) = resolve_inputs([f"{url}/a.warc.gz"], SETTINGS.source)
        with pytest.raises(UnreadArchive, match="could not be read beyond byte") as error:
            for table, batch in ingest_shard(shard, SETTINGS, told.append):
                found[table] = found.get(table, 0) + batch.num_rows
    assert error.value.segment == "a.warc.gz"
    assert found.keys() == {"documents"} and 140 < found["documents"] < 300
    assert told == []


def test_a_damaged_file_is_read_for_what_it_has(tmp_path: Path) -> None:
    data = members(numbered(3))
    rows = rows_of(one_shard(tmp_path, data[:-20]))
    assert len(rows["documents"]) == 2
    assert [row["rule"] for row in rows["others"]] == ["truncated_gzip"]


def test_rows_of_a_member_that_proves_faulty_are_made_anew(tmp_path: Path) -> None:
    rng = random.Random(4)
    records = [warc(b"T\n" + rng.randbytes(30_000).hex().encode(), id=uuid(rng)) for _ in range(20)]
    data = members(numbered(2)) + packed(b"".join(records), 6, checksum=1) + members(numbered(1))
    shard = one_shard(tmp_path, data)
    told: list[ArchiveIdentity] = []
    with pytest.raises(FoundFaulty) as found:
        list(ingest_shard(shard, SETTINGS, told.append))
    assert told == []
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "others": []}
    for table, batch in ingest_shard(shard, SETTINGS, told.append, found.value.faults):
        rows[table] += batch.to_pylist()
    assert [row["url"][-1] for row in rows["documents"]] == ["0", "1", "0"]
    assert {(row["outcome"], row["rule"]) for row in rows["others"]} == {("bad", "unproven")}
    assert len(rows["others"]) == 20
    assert sum(row["record_length"] for table in rows.values() for row in table) == len(data)
    assert [identity.bytes for identity in told] == [len(data)]
    admitted = load_settings(None, ["ingest.admit_unproven=true"])
    with pytest.raises(FoundFaulty):
        list(ingest_shard(shard, admitted))
    assert sum(b.num_rows for _, b in ingest_shard(shard, admitted, None, found.value.faults)) == 24


def test_an_archive_that_changes_between_two_readings_is_tried_again(tmp_path: Path) -> None:
    rng = random.Random(5)
    records = [warc(b"T\n" + rng.randbytes(30_000).hex().encode(), id=uuid(rng)) for _ in range(20)]
    faulty = packed(b"".join(records), 6, checksum=1)
    with pytest.raises(FoundFaulty) as found:
        list(ingest_shard(one_shard(tmp_path, faulty), SETTINGS))
    with pytest.raises(UnreadArchive, match="has changed while it was read"):
        list(ingest_shard(one_shard(tmp_path, members(numbered(1)) + faulty), SETTINGS, None, found.value.faults))


PAYLOADS = [b"T one\n a \n\nb\n", b"alone\n", b"\xc3\xa9t\xc3\xa9\nx\xa0y\n", b"Last\nline"]


@pytest.mark.parametrize("batch", [1, 3, 1000])
@pytest.mark.parametrize("settings", [(), ("ingest.max_lines=10",), ("ingest.max_line_chars=10",)])
def test_wet_texts_are_the_same_read_together_or_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, settings: tuple[str, ...]
) -> None:
    """Batches with other bytes, or with pages, are read one by one, as longer texts are."""
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", batch)
    given = [warc(payload, id=f"<urn:{n}>") for n, payload in enumerate(PAYLOADS)]
    shard = one_shard(tmp_path, members(given))
    rows = rows_of(shard, load_settings(None, ["source.retries=0", *settings]))["documents"]
    assert [(row["title"], row["raw_content"], row["nlines"], row["charset"]) for row in rows] == [
        ("T one", "a\n\nb", 3, "utf-8"),
        ("", "alone", 1, "utf-8"),
        ("été", "x\ufffdy", 1, "utf-8; invalid bytes replaced"),
        ("Last", "line\n", 2, "utf-8"),
    ]
    assert [row["n_chars"] for row in rows] == [len(row["raw_content"]) for row in rows]
    assert [len(row["line_keys"]) for row in rows] == [3, 1, 1, 2]


def test_pages_among_wet_texts_are_documents_in_their_order(tmp_path: Path) -> None:
    body = (
        b"<title>P</title><article>"
        + b"<p>A paragraph of a page, with a comma and an end.</p>" * 5
        + b"</article>"
    )
    given = [warc(b"T\none\n"), page(body), warc(b"U\ntwo\n")]
    rows = rows_of(one_shard(tmp_path, members(given)))["documents"]
    assert [(row["title"], row["position"], row["record_type"]) for row in rows] == [
        *(("T", 0, "conversion"), ("P", 1, "response"), ("U", 2, "conversion")),
    ]
    assert [row["raw_content"] for row in rows][::2] == ["one", "two"] and "comma" in rows[1]["raw_content"]
