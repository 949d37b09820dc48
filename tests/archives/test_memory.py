"""A record of little in the archive takes little memory, whatever it is decompressed."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ccnet_lite.settings import IngestSettings
from tests.archives.archive_making import page, warc

BOUND_MB = 500
LARGEST = IngestSettings().max_record_bytes
RUN = """
import re, sys
from pathlib import Path
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.settings import load_settings
settings = load_settings(None, [])
(shard,) = resolve_inputs(sys.argv[1:], settings.source)
for table, batch in ingest_shard(shard, settings):
    print(*(row.get("rule") or table for row in batch.to_pylist()))
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) >> 10)
"""


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
    command = [sys.executable, "-c", RUN, str(path)]
    *found, used = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert " ".join(found) == fate
    assert int(used) < BOUND_MB
