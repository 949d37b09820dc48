"""A record of little in the archive takes little memory, whatever it is decompressed."""

import gzip
import multiprocessing
import re
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.settings import IngestSettings, load_settings
from tests.archives.archive_making import page, warc

BOUND_MB = 500
LARGEST = IngestSettings().max_record_bytes
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([ingest_shard.__module__, __name__])


def ingest(path: str, told: Connection) -> None:
    """What a process of its own runs: tells what the rows are, and how many MB it took at the most."""
    settings = load_settings(None, [])
    (shard,) = resolve_inputs([path], settings.source)
    rows = [(table, row) for table, batch in ingest_shard(shard, settings) for row in batch.to_pylist()]
    status = Path("/proc/self/status").read_text(encoding="ascii")
    told.send((" ".join(row.get("rule") or table for table, row in rows), int(PEAK.findall(status)[0]) >> 10))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("record", "fate"),
    [
        (lambda: warc(b"T\n" + b"\n" * 16_000_000), "too_many_lines"),
        (lambda: warc(b"T\n" + b"a\n" * 8_000_000), "too_many_lines"),
        (lambda: warc(b"T\n" + "\ufdfa".encode() * 1_000_000), "text_expands"),
        (lambda: warc(b"T\n" + (b"word " * 20 + b"\n") * 160_000), "documents"),
        (lambda: warc(bytes(LARGEST - 1000), type="resource"), "resource"),
        (lambda: page(bytes(LARGEST - 1000)), "html_too_large"),
        (
            lambda: page(b"1\r\na\r\n" * 5_000_000, "Content-Type: text/html\r\nTransfer-Encoding: chunked"),
            "documents",
        ),
        (lambda: warc(b"T\n" + b"a\n" * 8_000_000).replace(b"\n", b"\r\n"), "too_many_lines"),
        (lambda: warc(bytes(LARGEST - 1000), proven=True) + warc(type="resource"), "text_too_large resource"),
    ],
)
def test_a_record_takes_no_more_than_it_may(tmp_path: Path, record: Callable[[], bytes], fate: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(record(), 6))
    assert path.stat().st_size < 1_000_000
    told, telling = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=ingest, args=(str(path), telling))
    process.start()
    telling.close()
    found, used = told.recv()
    process.join()
    assert found == fate
    assert used < BOUND_MB
