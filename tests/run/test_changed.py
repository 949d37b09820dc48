"""An archive replaced between the run's look and its reading: recorded as what was read, and read anew."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.crawl import Page, body, write_wet
from tests.running import job


class Host:
    """A loopback host of one archive, which says one ETag to a look and may send another file."""

    def __init__(self, first: bytes, second: bytes) -> None:
        self.contents = {'"one"': first, '"two"': second}
        self.looked_at = self.sent = '"one"'
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.head(host.looked_at)

            def do_GET(self) -> None:
                self.head(host.sent)
                self.wfile.write(host.contents[host.sent])

            def head(self, tag: str) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(host.contents[tag])))
                self.send_header("ETag", tag)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/a.warc.wet.gz"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    contents = []
    for number in (3, 4):
        write_wet(
            tmp_path / "a.warc.wet.gz", [Page(f"https://a.example/{n}", body("en", n)) for n in range(number)]
        )
        contents.append((tmp_path / "a.warc.wet.gz").read_bytes())
    found = Host(*contents)
    yield found
    found.server.shutdown()


def test_what_was_read_is_recorded_and_read_anew_by_the_next_run(
    spark: SparkSession, host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> str:
        capsys.readouterr()
        assert job("ingest.py", "--input", host.url, "--output", str(tmp_path / "out")) == 0
        return capsys.readouterr().err

    host.sent = '"two"'
    said = run()
    assert "a.warc.wet.gz changed while the run was under way: the next run reads all archives anew" in said
    assert "documents 4," in said
    # The host says again what it said at first: what lies there was not made from that.
    said = run()
    assert "ingest: 1 archives changed while they were read: made anew" in said
    host.sent = '"one"'
    said = run()
    assert "made anew" in said and "documents 3," in said and "changed while the run" not in said
    assert "nothing changed, kept" in run()
    host.looked_at = host.sent = '"two"'
    assert "documents 4," in run()
    assert "nothing changed, kept" in run()


def test_the_manifest_has_the_sum_of_the_bytes_that_were_read(
    spark: SparkSession, host: Host, tmp_path: Path
) -> None:
    host.sent = '"two"'
    assert job("run_pipeline.py", "--input", host.url, "--output", str(tmp_path / "out")) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["archives"] == {"a.warc.wet.gz": hashlib.sha256(host.contents['"two"']).hexdigest()}
