"""Archives made to exhaust memory or time: each is a counted row, in a process whose peak is measured."""

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.archives.archive_making import members, numbered, page, warc

MIB = 1024**2
RECORD_BYTES = 32 * MIB
READ = """
import json, sys, time
from ccnet_lite.archives.documents import read_documents
from ccnet_lite.archives.sources import Shard
from ccnet_lite.settings import IngestSettings

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

before = peak()
settings = IngestSettings(max_record_bytes=int(sys.argv[2]))
items, size = [], 0
with open(sys.argv[1], "rb") as stream:
    for item in read_documents(Shard(0, "a", "a", None), stream, settings):
        items.append(getattr(item, "rule", item.url))
        size += item.record_length
print(json.dumps([items, size, peak() - before, time.process_time()]))
"""


pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")


def deflated(unit: bytes, times: int) -> bytes:
    """A deflate stream of `unit` over and over, made without compressing each."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (compressor.compress(unit) + compressor.flush(zlib.Z_FULL_FLUSH)) * times


def bomb(before: bytes, unit: bytes, times: int) -> bytes:
    """A gzip member of `before` and many units; its end and its checksum do not matter."""
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03" + deflated(before, 1) + deflated(unit, times)


FIRST, LAST = (gzip.compress(record, mtime=0) for record in numbered(2))
SOUND = ["http://example.com/0", "http://example.com/1"]
ENDLESS_RECORD = warc(b"", length=10 * 1024**3)[:-4]
# By the error that they come to.
ARCHIVES = {
    "gzip_bomb": FIRST + bomb(b"", bytes(16 * MIB), 640) + LAST,
    "gzip_bomb of a record": FIRST + bomb(ENDLESS_RECORD, b"text\n" * 3 * MIB, 640) + LAST,
    "gzip_bomb of blank lines": FIRST + bomb(b"", b"\r\n" * 8 * MIB, 640) + LAST,
    "gzip_bomb of one line": FIRST + bomb(warc(b"", length=500 * MIB)[:-4], b"x" * 10 * MIB, 500) + LAST,
    "record_too_large": FIRST + gzip.compress(ENDLESS_RECORD + b"some text") + LAST,
    "line_too_long": FIRST + gzip.compress(warc(b"T\n" + b"x" * 12 * MIB)) + LAST,
    "text_too_large": FIRST + gzip.compress(warc(b"T\n" + b"x\n" * 12 * MIB)) + LAST,
    "html_too_large": FIRST
    + gzip.compress(
        page(bomb(b"<html>", bytes(16 * MIB), 640), "Content-Type: text/html\r\nContent-Encoding: gzip")
    )
    + LAST,
    "corrupt_gzip magic numbers": FIRST + b"\x1f\x8b\x08\x00" * 500_000 + LAST,
    "garbage of versions": FIRST + b"WARC/1.0\r\n" * 300_000 + LAST,
    "bad_header": FIRST + gzip.compress(b"WARC/1.0\r\n" + b"WARC-Type: conversion\r\n" * 500_000) + LAST,
}


@pytest.mark.parametrize("name", sorted(ARCHIVES))
def test_memory_and_time_are_bounded(name: str, tmp_path: Path) -> None:
    data = ARCHIVES[name]
    path = tmp_path / "hostile.warc.gz"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(RECORD_BYTES)],
        capture_output=True,
        check=True,
        timeout=120,
    )
    items, size, peak_mib, seconds = json.loads(done.stdout)
    print(name, items, peak_mib, seconds)
    assert [items[0], items[-1]] == SOUND
    assert items[1:-1] == [name.partition(" ")[0]]
    assert size == len(data)
    assert peak_mib < 4 * RECORD_BYTES // MIB


def test_a_sound_archive_of_any_length_takes_little(tmp_path: Path) -> None:
    path = tmp_path / "long.warc.gz"
    path.write_bytes(members([warc(b"text of a page\n" * 2000)] * 100) * 20)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(RECORD_BYTES)], capture_output=True, check=True
    )
    items, _, peak_mib, _ = json.loads(done.stdout)
    assert len(items) == 2000
    assert peak_mib < 30
