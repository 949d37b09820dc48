"""Hosts that misbehave: each fetch ends within its bounds, with the right bytes or with a line that says why."""

import gzip
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from ccnet_lite.archives.connections import Client
from ccnet_lite.archives.content import content_of
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream, look_at
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings
from tests.archives.hosts import DATA, Asked, Host, hosting, later
from tests.archives.misbehaviours import (
    LONG,
    OK,
    a_100_continue_that_never_ends,
    a_416_where_all_came,
    a_body_just_slow_enough_to_pass,
    a_body_that_hangs_in_the_middle,
    a_chunk_of_an_exabyte,
    a_chunk_of_less_than_nothing,
    a_chunk_size_that_is_none,
    a_chunk_that_is_cut,
    a_dripped_redirect,
    a_header_without_end,
    a_length_beyond_all_bounds,
    a_length_of_5000_digits,
    a_length_of_words,
    a_length_too_large,
    a_length_too_small,
    a_loop,
    a_negative_length,
    a_part_that_holds_too_much,
    a_redirect_with_a_dripped_body,
    a_redirect_with_an_endless_body,
    a_status_of_words,
    always,
    chunked_with_a_length_beside,
    chunked_within_gzip,
    dripped_100_continue,
    dripped_body,
    dripped_body_without_length,
    dripped_chunk_extension,
    dripped_chunk_size,
    dripped_chunks,
    dripped_header,
    dripped_headers,
    dripped_status,
    dripped_trailers,
    flood_of_100_continue,
    flood_of_chunk_extension,
    flood_of_headers,
    flood_of_trailers,
    half_then,
    headers_of_a_megabyte,
    http_9,
    no_ranges_and_cut_each_time,
    no_ranges_on_the_second_try,
    no_ranges_on_the_second_try_and_dripped,
    not_http,
    once,
    packed,
    parts_of_20_000,
    redirected,
    reset_at_once,
    reset_in_the_body,
    reset_in_the_headers,
    reset_in_the_status,
    silence,
    the_same_length_twice,
    two_lengths,
)

SETTINGS = SourceSettings(
    retries=1,
    backoff_seconds=0.0,
    timeout_seconds=1.0,
    min_bytes_per_second=10_000,
    window_seconds=1.0,
    max_fetch_seconds=6.0,
    max_download_bytes=1_000_000,
)
BOUND = 6.0 + 10.0
"""Seconds: what the settings let a fetch take, and what a busy machine takes beside. Without bounds: minutes."""


def fetch(url: str, settings: SourceSettings = SETTINGS) -> bytes:
    with HttpStream(url, settings) as stream:
        content = content_of(stream, settings.max_download_bytes)
        return b"".join(iter(lambda: content.read(1 << 20), b""))


GZIP = gzip.compress(DATA)
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>to the network</body></html>"
XML = b'\xef\xbb\xbf\n<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
SLOW = r"could not be read beyond byte \d+ (in 2 tries: .*source\.min_bytes_per_second|within source\.max_fetch)"
IDLE = r"in 2 tries: .*bytes came that are no content"
CUT = r"could not be read beyond byte \d+ in 2 tries"
HOSTS: list[tuple[Host, bytes | str]] = [
    # What comes too slowly, wherever it is.
    (dripped_status, SLOW),
    (dripped_header, SLOW),
    (dripped_headers, SLOW),
    (dripped_100_continue, SLOW),
    (a_100_continue_that_never_ends, SLOW),
    (
        silence,
        r"in 2 tries: no connection \(0 bytes came in 1 s|in 2 tries: .*nothing came for source.timeout_sec",
    ),
    (dripped_body, SLOW),
    (dripped_body_without_length, SLOW),
    (a_body_just_slow_enough_to_pass, r"could not be read beyond byte \d+ within source\.max_fetch_seconds=6: "),
    (a_body_that_hangs_in_the_middle, SLOW),
    (dripped_chunk_size, SLOW),
    (dripped_chunk_extension, SLOW),
    (dripped_chunks, SLOW),
    (dripped_trailers, r"byte 102400 in 2 tries|answered with another part"),
    (no_ranges_on_the_second_try_and_dripped, SLOW),
    (a_dripped_redirect, SLOW),
    # What comes without end.
    (flood_of_headers, CUT),
    (a_header_without_end, CUT),
    (headers_of_a_megabyte, IDLE),
    (flood_of_100_continue, IDLE),
    (flood_of_chunk_extension, CUT),
    (flood_of_trailers, IDLE),
    (a_chunk_of_an_exabyte, r"is larger than source\.max_download_bytes=1000000"),
    (a_redirect_with_an_endless_body, DATA),
    (a_redirect_with_a_dripped_body, DATA),
    # Frames and lengths.
    (a_chunk_of_less_than_nothing, DATA),  # not what stands in that chunk
    (a_chunk_size_that_is_none, CUT),
    (a_chunk_that_is_cut, CUT),
    (chunked_with_a_length_beside, DATA),
    (chunked_within_gzip, "a Transfer-Encoding other than chunked"),
    (a_length_too_large, r"beyond byte 102400 in 2 tries: the connection"),
    (a_length_too_small, DATA[:1000]),
    (a_negative_length, DATA),
    (a_length_of_words, DATA),
    (a_length_of_5000_digits, DATA),
    (a_length_beyond_all_bounds, r"larger than source\.max_download_bytes=1000000: 999999999999999 bytes"),
    (two_lengths, CUT),
    (the_same_length_twice, DATA),
    # Ranges, and what changes between two tries.
    (no_ranges_on_the_second_try, DATA),
    (no_ranges_and_cut_each_time, CUT),
    (half_then("206 Partial Content", DATA[5:], Content_Range="bytes 5-102399/102400"), "another part than asked"),
    (half_then("206 Partial Content", DATA[50_000:]), "another part than asked for"),
    (half_then("206 Partial Content", b"", Content_Range="bytes 50000-1/x"), "closed early|dropped"),
    (half_then("206 Partial Content", b"", Content_Range="bytes " + "5" * 5000 + "-/9"), "changed on the host"),
    (half_then("206 Partial Content", b"x", Content_Range="bytes 50000-9/77"), "changed on the host while"),
    (half_then("206 Partial Content", b"x", Content_Range="bytes 50000-102399/102400", ETag="two"), "changed on"),
    (half_then("200 OK", DATA, ETag="two"), "changed on the host while it was read"),
    (half_then("200 OK", DATA, Content_Encoding="gzip"), "changed its Content-Encoding while it was read"),
    (half_then("416 Range Not Satisfiable"), "answered 416: the host has nothing from byte 50000 on"),
    (half_then("416 Range Not Satisfiable", Content_Range="bytes */50000"), "changed on the host while"),
    (half_then("404 Not Found"), "the host answered 404: check the address"),
    (always("416 Range Not Satisfiable"), "answered 416: the host has nothing from byte 0 on"),
    (a_416_where_all_came, DATA),
    (a_part_that_holds_too_much, "holds more than the 1000 bytes that the host said"),
    (parts_of_20_000, CUT),
    # Connections that are cut, and what is no HTTP.
    (reset_at_once, CUT),
    (reset_in_the_status, CUT),
    (reset_in_the_headers, CUT),
    (reset_in_the_body, DATA),
    (not_http, CUT),
    (a_status_of_words, CUT),
    (http_9, CUT + "|" + "answered"),
    # Redirects.
    (a_loop, "more than 5 redirects"),
    (redirected("file:///etc/passwd"), "leads to file:///etc/passwd: a redirect to http or https alone"),
    (redirected("ftp://127.0.0.1/a"), "a redirect to http or https alone is followed"),
    (redirected("s3://bucket/a"), "a redirect to http or https alone is followed"),
    (redirected("http://[::1"), "a redirect to http or https alone is followed"),
    (redirected("http://"), "more than 5 redirects"),
    (redirected("http://127.0.0.1:99999/"), "a redirect to http or https alone is followed"),
    (redirected("http://" + "a" * 64 + ".example/"), CUT),
    (redirected("http://\xff\xfe\x1b[31m/"), "leads to|in 2 tries"),
    (redirected(""), "was answered 302"),
    (redirected("http://127.0.0.1:9/" + "a" * 50_000), r"leads to http://127\.0\.0\.1:9/a+\.\.\., which is at"),
    (redirected("ftp://a/" + "\x1b[2J" * 9000), r"leads to ftp://a/[%0-9A-Z[]+\.\.\.: a redirect to http"),
    (always("304 Not Modified"), "was answered 304"),
    (always("204 No Content"), "was answered 204"),
    (always("103 Early Hints"), "was answered 103"),
    (always("999 No"), "in 2 tries: the host answered 999"),
    # Pauses that are asked for.
    (
        always("503 Busy", Retry_After="99999999999999999999"),
        r"asks to wait 99999999999999999999 s|asks to wait 1000",
    ),
    (always("503 Busy", Retry_After="9" * 5000), "asks to wait inf s"),
    (always("503 Busy", Retry_After="3000"), "to wait are 3000 s, where source.max_fetch_seconds=6 leaves"),
    (always("429 Busy", Retry_After=later(86_400)), r"asks to wait 86[34]\d\d s"),
    (once("503 Busy", Retry_After="-5"), DATA),
    (once("503 Busy", Retry_After="soon\x01"), DATA),
    (once("503 Busy", Retry_After=later(-1000)), DATA),
    (once("503 Busy", Retry_After="Fri, 99 Foo 2024 99:99:99"), DATA),
    (once("503 Busy", Retry_After="nan"), DATA),
    # What is no archive, and what was packed once more.
    (always("200 OK"), "is empty: the host sent no bytes"),
    (always("200 OK", HTML, Content_Type="text/html"), "the host sent a web page in its place"),
    (always("200 OK", XML, Content_Type="application/xml"), "the host sent a web page in its place"),
    (packed(gzip.compress(HTML)), "the host sent a web page in its place"),
    (packed(GZIP), GZIP),
    (packed(gzip.compress(GZIP)), GZIP),
    (packed(gzip.compress(GZIP), "x-gzip"), GZIP),
    (packed(gzip.compress(GZIP)[:-9]), "is damaged in its Content-Encoding gzip: it ends early"),
    (packed(gzip.compress(GZIP) + b"\x00"), "is damaged in its Content-Encoding gzip"),
    (packed(gzip.compress(GZIP + bytes(2_000_000))), r"larger than source\.max_download_bytes once unpacked"),
    (packed(b"no gzip at all"), b"no gzip at all"),
    (packed(GZIP, "br"), r"was sent in the Content-Encoding 'br', which nobody asked for"),
    (packed(GZIP, "gzip, gzip"), "was sent in the Content-Encoding 'gzip, gzip'"),
]


def name_of(case: tuple[Host, bytes | str], number: int) -> str:
    name = case[0].__qualname__.partition(".")[0]
    return f"{number} {name}" if "<" in case[0].__qualname__ else name


@pytest.mark.parametrize(
    ("host", "expected"), HOSTS, ids=[name_of(case, number) for number, case in enumerate(HOSTS)]
)
def test_each_fetch_ends_in_time_with_the_right_bytes_or_a_line(host: Host, expected: bytes | str) -> None:
    with hosting(host) as served:
        began = time.monotonic()
        if isinstance(expected, bytes):
            assert fetch(served.url) == expected
        else:
            with pytest.raises((SourceError, UserError), match=expected) as error:
                fetch(served.url)
            assert str(error.value).startswith(served.url)
            assert "\n" not in str(error.value) and str(error.value).isprintable()
            assert len(str(error.value)) < 500
        assert time.monotonic() - began < BOUND


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ssl.SSLContext]:
    """What a host on 127.0.0.1 proves itself with, believed by this process."""
    x509 = pytest.importorskip("cryptography.x509", reason="needs cryptography, to make a certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "host.pem"
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(path))
        yield context


@pytest.mark.parametrize("host", [dripped_headers, dripped_body, dripped_chunk_extension, dripped_100_continue])
def test_within_tls_the_bounds_are_the_same(host: Host, certified: ssl.SSLContext) -> None:
    with hosting(lambda asked: asked.good(), certified) as served:
        assert fetch(served.url) == DATA
    with hosting(host, certified) as served:
        began = time.monotonic()
        with pytest.raises(SourceError, match=SLOW):
            fetch(served.url)
        assert time.monotonic() - began < BOUND


def test_a_handshake_that_is_dripped_or_never_comes(certified: ssl.SSLContext) -> None:
    # The head of a record of 16 kB that would hold the host's first message, and then its bytes one by one.
    for before in (lambda asked: asked.send(b"\x16\x03\x03\x40\x00") or asked.drip(b"\x02"), Asked.hang):
        with hosting(Asked.good, certified, before=before) as served:
            began = time.monotonic()
            with pytest.raises(SourceError, match=r"in 2 tries: no connection \("):
                fetch(served.url)
            assert time.monotonic() - began < BOUND


def test_a_host_that_does_not_prove_itself_is_not_asked_again(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with hosting(Asked.good, certified) as served:
        with pytest.raises(SourceError, match="could not be read: its host's certificate does not prove it"):
            fetch(served.url, SETTINGS.model_copy(update={"retries": 50, "backoff_seconds": 1.0}))
        assert served.heads == []


def test_a_name_that_is_never_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def hang(*_arguments: object, **_options: object) -> list[object]:
        done.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"beyond byte 0 in 2 tries: no connection \("):
        fetch("http://nowhere.example/a.warc.gz")
    assert time.monotonic() - began < BOUND
    done.set()


@pytest.mark.parametrize(
    "name", ["a" * 64 + ".example", "a..example", "\xff.example", "[::1", "a b", "%00", "", "a/\udcff"]
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises((SourceError, UserError), match=r"is not a URL|in 2 tries: no connection"):
        fetch(f"http://{name}/a.warc.gz")


@pytest.mark.parametrize("host", [dripped_headers, silence, flood_of_100_continue, always("503 Busy")])
def test_a_glance_is_bounded_as_well(host: Host) -> None:
    with hosting(host) as served:
        client = Client(SETTINGS)
        began = time.monotonic()
        with pytest.raises(SourceError):
            look_at(served.url, SETTINGS, client)
        assert time.monotonic() - began < BOUND
        client.close()


def test_what_the_reader_does_meanwhile_is_not_the_hosts_time() -> None:
    def host(asked: Asked) -> None:
        asked.send(LONG)
        for at in range(0, len(DATA), 10_000):
            asked.send(DATA[at : at + 10_000])

    hasty = SETTINGS.model_copy(update={"window_seconds": 0.3, "max_fetch_seconds": 0.5, "retries": 0})
    with hosting(host) as served, HttpStream(served.url, hasty) as stream:
        pieces = []
        while piece := stream.read(30_000):
            pieces.append(piece)
            time.sleep(0.4)
    assert b"".join(pieces) == DATA and len(pieces) > 2


@pytest.mark.parametrize("count", [1000, 1 << 20])
def test_the_bound_of_the_whole_is_over_all_reads(count: int) -> None:
    hasty = SETTINGS.model_copy(update={"max_fetch_seconds": 1.0, "retries": 50, "max_download_bytes": 1 << 40})
    for host in (a_body_just_slow_enough_to_pass, lambda asked: asked.send(f"{OK}\r\n") or asked.flood(b"a")):
        with hosting(host) as served, HttpStream(served.url, hasty) as stream:
            began = time.monotonic()
            with pytest.raises(SourceError, match=r"beyond byte \d+ within source\.max_fetch_seconds=1: "):
                while time.monotonic() - began < BOUND:
                    stream.read(count)


def test_a_host_that_sends_all_of_it_again_and_again_is_left() -> None:
    def host(asked: Asked) -> None:
        asked.send(f"{OK}\r\n" if asked.number else f"{OK}Content-Length: 1000000\r\n\r\n")
        asked.send(bytes(990_000 + asked.number))

    patient = SETTINGS.model_copy(update={"retries": 100, "max_fetch_seconds": 60.0})
    with hosting(host) as served:
        with pytest.raises(
            SourceError, match=r"beyond byte 9900\d\d: its host knows no ranges and has sent \d+ bytes ag"
        ):
            fetch(served.url, patient)
        assert len(served.heads) == 3


def test_each_wait_is_told_in_a_line_and_a_good_host_in_none(caplog: pytest.LogCaptureFixture) -> None:
    with hosting(Asked.good) as served, caplog.at_level(logging.DEBUG, "ccnet_lite"):
        fetch(served.url)
    assert caplog.messages == []
    waited: list[float] = []
    with hosting(no_ranges_on_the_second_try) as served, HttpStream(served.url, SETTINGS, waited.append) as stream:
        stream.read()
    with hosting(once("503 Busy", Retry_After="3")) as served:
        with HttpStream(f"{served.url}?signature=hidden", SETTINGS, waited.append) as stream:
            stream.read()
        busy = served.url
    told = [message.partition(": ")[2] for message in caplog.messages]
    assert told == [
        "the connection dropped (it ended early) at byte 50000; next in 0.0 s, try 2 of 2",
        "the host answered 503 at byte 0; next in 3.0 s, try 2 of 2",
    ]
    assert caplog.messages[1].startswith(f"{busy}?...: ")
    caplog.clear()
    with hosting(no_ranges_on_the_second_try) as served:
        fetch(f"{served.url}/\x1b[2J\n\u202e")
    assert caplog.messages[0].startswith(f"{served.url}/\\x1b[2J\\n\\u202e: the connection dropped")
    assert waited == [0.0, 3.0]
