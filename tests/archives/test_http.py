"""Archives over HTTP, from a server on loopback that misbehaves as hosts and networks do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ccnet_lite.archives.connections import Client
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream, look_at
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings

DATA = bytes(range(256)) * 4000
QUICK = SourceSettings(retries=3, backoff_seconds=0.5, timeout_seconds=5)
Answer = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """A server whose n-th request is given to `answer`; its address, and the Range headers that it saw."""
    ranges: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ranges.append(self.headers.get("Range", ""))
            answer(self, len(ranges) - 1)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", ranges
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def send_range(handler: BaseHTTPRequestHandler, up_to: int | None = None) -> None:
    """The part asked for, as a good server sends it; only `up_to` bytes of it if the connection drops."""
    start = int(handler.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
    handler.send_response(206 if start else 200)
    handler.send_header("Content-Length", str(len(DATA) - start))
    handler.send_header("ETag", '"one"')
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
    handler.end_headers()
    handler.wfile.write(DATA[start:][:up_to])


def fetch(url: str, settings: SourceSettings = QUICK) -> tuple[bytes, list[float]]:
    pauses: list[float] = []
    with HttpStream(url, settings, pauses.append) as stream:
        return stream.read(), pauses


def test_a_file_as_it_lies() -> None:
    with serving(lambda handler, _: send_range(handler)) as (url, ranges):
        assert fetch(url) == (DATA, [])
        assert look_at(url, QUICK, Client(QUICK)) == (len(DATA), '"one"')
    assert ranges == ["", ""]


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_host_that_is_busy_is_asked_again_after_growing_pauses(status: int) -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        send(handler, status) if n < 3 else send_range(handler)

    with serving(answer) as (url, ranges):
        data, pauses = fetch(url)
    assert data == DATA
    assert len(ranges) == 4
    for pause, longest in zip(pauses, (0.5, 1.0, 2.0), strict=True):
        assert longest / 2 <= pause <= longest


def test_patience_ends() -> None:
    with (
        serving(lambda handler, _: send(handler, 503)) as (url, ranges),
        pytest.raises(SourceError, match=rf"{url}/a could not be read beyond byte 0 in 4 tries: .* 503"),
    ):
        fetch(f"{url}/a")
    assert len(ranges) == 4


def test_retry_after_is_obeyed() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        send_range(handler) if n else send(handler, 429, Retry_After="17")

    with serving(answer) as (url, _):
        assert fetch(url) == (DATA, [17.0])
    with (
        serving(lambda handler, _: send(handler, 429, Retry_After="86400")) as (url, _),
        pytest.raises(SourceError, match="asks to wait 86400 s"),
    ):
        fetch(url)


def test_a_connection_that_drops_is_resumed() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        send_range(handler, 400_000 if n < 2 else None)

    with serving(answer) as (url, ranges):
        data, pauses = fetch(url)
    assert data == DATA
    assert ranges == ["", "bytes=400000-", "bytes=800000-"]
    assert len(pauses) == 2


def test_a_server_that_knows_no_ranges() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.wfile.write(DATA if n else DATA[:300_000])

    with serving(answer) as (url, ranges):
        assert fetch(url)[0] == DATA
    assert ranges == ["", "bytes=300000-"]


def test_a_part_that_was_not_asked_for_is_refused() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        if n == 0:
            send_range(handler, 1000)
        else:
            send(handler, 206, DATA[5:], Content_Range=f"bytes 5-{len(DATA) - 1}/{len(DATA)}")

    with serving(answer) as (url, _), pytest.raises(SourceError, match="another part than asked for"):
        fetch(url)


def test_a_file_that_changes_while_it_is_read_is_refused() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        if n == 0:
            send_range(handler, 1000)
        else:
            span = f"bytes 1000-{len(DATA) - 1}/{len(DATA)}"
            send(handler, 206, DATA[1000:], Content_Range=span, ETag='"two"')

    with serving(answer) as (url, _), pytest.raises(SourceError, match="changed on the host"):
        fetch(url)


@pytest.mark.parametrize("status", [401, 404, 410])
def test_what_is_not_there_is_the_users_mistake(status: int) -> None:
    with (
        serving(lambda handler, _: send(handler, status)) as (url, ranges),
        pytest.raises(UserError, match=rf"{url}/no\.gz: the host answered {status}: check the address"),
    ):
        fetch(f"{url}/no.gz")
    assert len(ranges) == 1


def test_redirects_are_followed_up_to_a_limit() -> None:
    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        hops = int(handler.path.strip("/"))
        send(handler, 302, Location=f"/{hops - 1}") if hops else send_range(handler)

    with serving(answer) as (url, _):
        assert fetch(f"{url}/5")[0] == DATA
        with pytest.raises(SourceError, match="more than 5 redirects"):
            fetch(f"{url}/6")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/a", "gopher://x/", "data:,x"])
def test_redirects_lead_to_http_alone(target: str) -> None:
    with (
        serving(lambda handler, _: send(handler, 302, Location=target)) as (url, _),
        pytest.raises((UserError, SourceError)) as error,
    ):
        fetch(url)
    assert "127.0.0.1" in str(error.value)


def test_what_is_too_large_is_stopped() -> None:
    def endless(handler: BaseHTTPRequestHandler, _: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(DATA)
        except OSError:
            pass

    small = QUICK.model_copy(update={"max_download_bytes": 1_000_000})
    for answer in (lambda handler, _: send_range(handler), endless):
        with (
            serving(answer) as (url, _),
            pytest.raises(SourceError, match=r"larger than source\.max_download_bytes=1000000"),
        ):
            fetch(url, small)


def test_a_stalled_connection_is_a_dropped_one() -> None:
    stop, waited_for = threading.Event(), []

    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        send_range(handler, None if n else 1000)
        if not n:
            handler.wfile.flush()
            waited_for.append(stop.wait(5))

    impatient = QUICK.model_copy(update={"timeout_seconds": 0.3})
    with serving(answer) as (url, ranges):
        assert fetch(url, impatient)[0] == DATA
        assert waited_for == []
        stop.set()
    assert ranges == ["", "bytes=1000-"]


def test_messages_hold_no_credentials_and_no_query() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: int) -> None:
        send(handler, 404)

    with serving(answer) as (url, _), pytest.raises(UserError) as error:
        fetch(url.replace("http://", "http://me:secret@") + "/a?signature=hidden")
    assert "secret" not in str(error.value) and "hidden" not in str(error.value)


def test_no_connection_at_all() -> None:
    with serving(lambda handler, _: None) as (url, _):
        pass
    with pytest.raises(SourceError, match="in 4 tries: no connection"):
        fetch(url)
