"""Hosts that misbehave, and how long each is waited for: within TLS, before a connection, over all reads."""

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
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.http import HttpStream, look_at
from ccnet_lite.errors import UserError
from tests.archives.hosts import BOUND, DATA, HASTY, SETTINGS, SLOW, Asked, Host, fetch, hosting
from tests.archives.misbehaviours import (
    LONG,
    OK,
    a_body_just_slow_enough_to_pass,
    always,
    dripped_100_continue,
    dripped_body,
    dripped_chunk_extension,
    dripped_headers,
    flood_of_100_continue,
    no_ranges_on_the_second_try,
    once,
    silence,
)


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
            fetch(served.url, HASTY)
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
