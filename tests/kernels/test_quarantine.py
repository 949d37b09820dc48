"""What is set aside is the damaged bytes, whatever the archive is named, as warcio reads them back."""

import gzip
import io
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.archives.errors import UnreadArchive
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.sources import ArchiveIdentity
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.quarantine import with_quarantine
from ccnet_lite.settings import load_settings
from tests.archives.archive_making import members, numbered, warc
from tests.crawl import Page, body, truncated, write_wet

SETTINGS = load_settings(None, ["ingest.quarantine=true", "ingest.max_line_chars=3000"])


class Kept(io.BytesIO):
    """A stream whose bytes stay when it is closed."""

    def close(self) -> None:
        self.kept = self.getvalue()
        super().close()


def run(archive: Path) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    (shard,) = resolve_inputs([str(archive)], SETTINGS.source)
    outputs: dict[str, Kept] = {}

    def open_output(name: str) -> BinaryIO:
        outputs[name] = Kept()
        return outputs[name]

    bad = []
    for table, batch in with_quarantine(ingest_shard(shard, SETTINGS), shard, SETTINGS, open_output):
        bad += [row for row in batch.to_pylist() if table == "others" and row["outcome"] == "bad"]
    return bad, {name: output.kept for name, output in outputs.items()}


def read_back(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    found = ArchiveIterator(io.BytesIO(data), check_digests="raise")
    return [(dict(record.rec_headers.headers), record.content_stream().read()) for record in found]


def test_damaged_stretches_and_bad_records_are_set_aside(tmp_path: Path) -> None:
    archive = tmp_path / "..%2Fodd name.warc.wet.gz"
    write_wet(archive, [Page(f"https://a.example/{n}", body("en", n)) for n in range(3)])
    garbage = b"\x00garbage" * 300_000
    long_line = gzip.compress(warc(b"T\n" + b"x" * 3001, url="https://a.example/long"))
    archive.write_bytes(garbage + long_line + archive.read_bytes())
    truncated(archive, 100)
    content = archive.read_bytes()
    bad, files = run(archive)
    assert [row["rule"] for row in bad] == ["garbage", "line_too_long", "truncated_gzip"]
    assert list(files) == ["quarantine/000000.warc.gz"]
    (info, about), *records = read_back(files["quarantine/000000.warc.gz"])
    assert info["WARC-Type"] == "warcinfo" and b"archive: ..%2Fodd name.warc.wet.gz" in about
    assert [
        (head["X-Rule"], int(head["X-Archive-Offset"]), int(head["X-Archive-Length"]), stretch)
        for head, stretch in records
    ] == [
        (
            row["rule"],
            row["record_offset"],
            row["record_length"],
            content[row["record_offset"] :][: row["record_length"]],
        )
        for row in bad
    ]
    assert [stretch for _, stretch in records][:2] == [garbage, long_line]
    assert [head["WARC-Target-URI"] for head, _ in records][1] == "https://a.example/long"
    assert all(head["WARC-Type"] == "resource" for head, _ in records)
    assert run(archive)[1] == files


def test_bad_records_of_one_member_lie_in_it_once_and_it_opens(tmp_path: Path) -> None:
    long = [warc(b"T\n" + letter * 3001, url=f"https://a.example/{letter!r}") for letter in (b"x", b"y", b"z")]
    good = numbered(3)
    alone, shared = gzip.compress(long[0]), gzip.compress(long[1] + good[0] + long[2] + good[1])
    (tmp_path / "a.warc.gz").write_bytes(alone + shared + gzip.compress(good[2]))
    bad, files = run(tmp_path / "a.warc.gz")
    assert [row["record_offset"] for row in bad] == [0, len(alone), len(alone)]
    _, *records = read_back(files["quarantine/000000.warc.gz"])
    assert [stretch for _, stretch in records] == [alone, shared]
    assert [int(head["X-Archive-Offset"]) for head, _ in records] == [0, len(alone)]


def test_bad_records_that_go_on_into_another_member(tmp_path: Path) -> None:
    plain = b"".join(warc(b"T\n" + letter * 3001) for letter in (b"x", b"y")) + numbered(1)[0]
    cuts = [0, 2000, 5000, len(plain)]
    packed = [gzip.compress(plain[at:end]) for at, end in pairwise(cuts)]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(packed))
    _, *records = read_back(run(tmp_path / "a.warc.gz")[1]["quarantine/000000.warc.gz"])
    assert [(head["X-Archive-Offset"], stretch) for head, stretch in records] == [("0", b"".join(packed))]


def test_names_out_of_archives_make_no_header(tmp_path: Path) -> None:
    hostile = "http://a.example/\rWARC-Type: response\x00\x1b[2J"
    (tmp_path / "a.warc.gz").write_bytes(members([warc(b"T\n" + b"x" * 3001, url=hostile)]))
    _, files = run(tmp_path / "a.warc.gz")
    (head, _) = read_back(files["quarantine/000000.warc.gz"])[1]
    assert head["WARC-Type"] == "resource"
    assert head["WARC-Target-URI"].isprintable() and "\r" not in head["WARC-Target-URI"]


def test_a_sound_archive_leaves_nothing(tmp_path: Path) -> None:
    write_wet(tmp_path / "a.warc.wet.gz", [Page("https://a.example/", body("en", 1))])
    assert run(tmp_path / "a.warc.wet.gz") == ([], {})


def test_an_archive_that_is_gone_by_then_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(members(numbered(2))[:-20])
    (shard,) = resolve_inputs([str(path)], SETTINGS.source)
    rows = with_quarantine(ingest_shard(shard, SETTINGS), shard, SETTINGS, lambda name: Kept())
    next(rows)
    path.unlink()
    with pytest.raises(UnreadArchive, match="No such file"):
        list(rows)


def test_nor_is_one_that_is_another_by_then(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(members(numbered(2))[:-20])
    (shard,) = resolve_inputs([str(path)], SETTINGS.source)
    identities: list[ArchiveIdentity] = []

    def read(identity: ArchiveIdentity) -> None:
        identities.append(identity)
        path.write_bytes(members(numbered(3)))

    rows = with_quarantine(ingest_shard(shard, SETTINGS, read), shard, SETTINGS, lambda name: Kept(), identities)
    with pytest.raises(UnreadArchive, match=r"a\.warc\.gz was changed while it was read: run again"):
        list(rows)
    assert len(identities) == 1
