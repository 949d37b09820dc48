"""Archives that a host does not give: tried again, named, left out only where that is allowed."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession

from tests.crawl import Page, body, write_crawl
from tests.running import job

SHARDS = [[Page(f"https://h{s}.example/{n}", body("en", 20 * s + n)) for n in range(3)] for s in range(3)]


class Host:
    """A loopback host of a crawl, some of whose archives it answers with 503, or not to their end."""

    def __init__(self, folder: Path) -> None:
        self.throttled: set[str] = set()
        self.cut: set[str] = set()
        self.asked: Counter[str] = Counter()
        host = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *arguments: Any) -> None:
                super().__init__(*arguments, directory=str(folder))

            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                host.asked[name] += 1
                if name in host.throttled:
                    self.send_error(503)
                elif name in host.cut:
                    content = (folder / self.path.lstrip("/")).read_bytes()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content[: len(content) // 2])
                else:
                    super().do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    write_crawl(tmp_path / "crawl", SHARDS)
    found = Host(tmp_path / "crawl")
    yield found
    found.server.shutdown()


def run(host: Host, tmp_path: Path, output: str, *more: str) -> int:
    names = [f"CC-MAIN-20240518-{number:05d}.warc.wet.gz" for number in range(3)]
    arguments = [f"--input={host.url}/{name}" for name in names]
    arguments += ["--set", "source.retries=1", "--set", "source.backoff_seconds=0.01"]
    return job("run_pipeline.py", *arguments, "--output", str(tmp_path / output), *more)


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def test_what_was_not_given_is_all_that_is_read_again(
    spark: SparkSession, host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host.throttled.add("CC-MAIN-20240518-00001.warc.wet.gz")
    assert run(host, tmp_path, "out") == 1
    said = capsys.readouterr().err
    assert "1 of 3 archives could not be read" in said
    assert "CC-MAIN-20240518-00001.warc.wet.gz could not be read beyond byte 0 in 2 tries" in said
    assert not (tmp_path / "out" / "manifest.json").exists()
    host.throttled.clear()
    host.asked.clear()
    assert run(host, tmp_path, "out") == 0
    assert set(host.asked) == {"CC-MAIN-20240518-00001.warc.wet.gz"}  # of the others only heads were asked
    assert run(host, tmp_path, "at-once") == 0
    digests = [
        {name: table["digest"] for name, table in manifest(tmp_path / output)["tables"].items()}
        for output in ("out", "at-once")
    ]
    assert digests[0] == digests[1]
    assert manifest(tmp_path / "out")["unread_archives"] == {}


def test_one_may_be_left_out_where_that_is_allowed_and_comes_with_the_next_run(
    spark: SparkSession, host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host.cut.add("CC-MAIN-20240518-00002.warc.wet.gz")
    allowed = ("--set", "ingest.max_unread_archives=1")
    assert run(host, tmp_path, "out", *allowed) == 0
    (unread,) = manifest(tmp_path / "out")["unread_archives"].items()
    assert unread[0] == "CC-MAIN-20240518-00002.warc.wet.gz"
    assert "could not be read beyond byte" in unread[1]
    # What came of it before it broke off is in no table: it would be there twice when it is read.
    ledger = f"{tmp_path}/out/ledger/**/*.parquet"
    query = f"select cc_segment, count(*) from read_parquet('{ledger}') group by 1 order by 1"
    assert [name[-17:-12] for name, _ in duckdb.sql(query).fetchall()] == ["00000", "00001"]
    host.cut.clear()
    assert run(host, tmp_path, "out", *allowed) == 0
    assert manifest(tmp_path / "out")["unread_archives"] == {}
    assert [count for _, count in duckdb.sql(query).fetchall()] == [4, 4, 4]
