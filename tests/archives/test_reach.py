"""Where a fetch may lead: addresses that are not public, other schemes, folders outside; and credentials."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ccnet_lite.archives.addresses import is_private, origin
from ccnet_lite.archives.connections import Client
from ccnet_lite.archives.errors import SourceError, UnreadArchive
from ccnet_lite.archives.http import HttpStream, look_at
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.sources import Shard, glance, open_shard
from ccnet_lite.run.folder import claim, held_shards
from ccnet_lite.settings import SourceSettings
from ccnet_lite.store.places import Place
from tests.archives.hosts import DATA, Asked, hosting

SETTINGS = SourceSettings(base_url="http://base.example/", retries=0, backoff_seconds=0, timeout_seconds=5)
ANYWHERE = SETTINGS.model_copy(update={"allow_private": True})
PUBLIC, OTHER = "93.184.216.34", "151.101.1.1"
REFUSED = r"an address that is not public: source\.allow_private=true lets lists and redirects lead there"


class Internet:
    """Names and public addresses of an internet whose hosts all listen on this machine."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {"public.example": [PUBLIC], "other.example": [OTHER]}
        self.connected: list[str] = []

    def resolve(self, real: Callable[..., Any], host: str, port: int, *more: Any, **options: Any) -> Any:
        if host not in self.names:
            return real(host, port, *more, **options)
        answers = self.names[host]
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(self, real: Callable[..., Any], sock: socket.socket, address: Any) -> None:
        self.connected.append(address[0])
        real(sock, ("127.0.0.1", address[1]) if address[0] in (PUBLIC, OTHER) else address)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    found = Internet()
    resolve, connect = socket.getaddrinfo, socket.socket.connect
    monkeypatch.setattr(socket, "getaddrinfo", partial(found.resolve, resolve))
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: found.connect(connect, sock, address))
    return found


def fetch(url: str, settings: SourceSettings = SETTINGS, typed: bool = True) -> bytes:
    with HttpStream(url, settings, typed=typed) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *((address, False) for address in ("8.8.8.8", "151.101.1.1", "2606:4700::1111", "64:ff9b::808:808")),
        *((address, True) for address in ("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1")),
        *(
            (address, True)
            for address in ("169.254.169.254", "100.100.100.200", "100.64.0.1", "0.0.0.0", "0.1.1.1")
        ),
        *((address, True) for address in ("224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1")),
        *((address, True) for address in ("192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0")),
        *((address, True) for address in ("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1")),
        *(
            (address, True)
            for address in ("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a00:1", "::7f00:1")
        ),
        *(
            (address, True)
            for address in ("64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::")
        ),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", True),  # Teredo, whose client is 127.0.0.1
        ("::ffff:8.8.8.8", False),
    ],
)
def test_addresses_that_are_not_public(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_hosts_and_ports_are_compared_in_one_form() -> None:
    urls = ("http://A.Example", "HTTP://a.example.:80/x?y", "http://u:p@a.example/")
    assert {origin(url) for url in urls} == {("a.example", 80)}
    assert [origin(url) for url in ("file:///a", "/a", "http://", "http://[::1", "s3://b/a", "")] == [None] * 6


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "localhost.", "LOCALHOST", "0.0.0.0", "127.1", "0x7f.1", "0x7f000001"),
        *("2130706433", "0177.0.0.1", "017700000001", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]"),
        *("inner.example", "mapped.example"),
    ],
)
def test_a_public_host_leads_to_no_private_one(internet: Internet, host: str) -> None:
    internet.names |= {"localhost.": ["127.0.0.1"], "inner.example": ["127.0.0.1"]}
    internet.names |= {"mapped.example": ["::ffff:127.0.0.1"]}
    with hosting(Asked.good) as inner:
        target = f"http://{host}:{inner.port}/a.warc.gz"

        def redirect(asked: Asked) -> None:
            asked.answer("302 Found", Location=target)

        with hosting(redirect) as public:
            url = f"http://public.example:{public.port}/a.warc.gz"
            with pytest.raises(SourceError, match=rf"{url} leads to .*, which is at .*{REFUSED}"):
                fetch(url)
            assert inner.heads == [] and internet.connected == [PUBLIC]
            with pytest.raises(SourceError, match=REFUSED):
                look_at(url, SETTINGS, Client(SETTINGS))
            assert inner.heads == []
            if "[" not in host and host != "mapped.example":  # the server knows IPv4 alone
                assert fetch(url, ANYWHERE) == DATA


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "metadata.google.internal"]
)
def test_nor_to_a_clouds_metadata(internet: Internet, host: str) -> None:
    internet.names["metadata.google.internal"] = ["169.254.169.254"]
    with hosting(lambda asked: asked.answer("301 Moved", Location=f"http://{host}/latest/")) as public:
        for name in ("public.example", "127.0.0.1"):
            with pytest.raises(SourceError, match=REFUSED):
                fetch(f"http://{name}:{public.port}/a.warc.gz")
    assert set(internet.connected) <= {PUBLIC, "127.0.0.1"}


def test_a_public_host_leads_to_another_public_one(internet: Internet) -> None:
    with hosting(Asked.good) as other:
        target = f"http://other.example:{other.port}/"
        with hosting(lambda asked: asked.answer("302 Found", Location=target)) as public:
            assert fetch(f"http://public.example:{public.port}/a.warc.gz") == DATA
    assert internet.connected == [PUBLIC, OTHER]


def test_what_the_user_names_may_be_private_and_lead_to_itself_and_to_the_base(internet: Internet) -> None:
    def to_itself(asked: Asked) -> None:
        asked.good() if "/b" in asked.head.split()[1] else asked.answer("302 Found", Location="/b.warc.gz")

    with hosting(to_itself) as own, hosting(Asked.good) as base:
        assert fetch(own.url) == DATA
        with hosting(lambda asked: asked.answer("302 Found", Location=base.url)) as leading:
            with pytest.raises(SourceError, match=REFUSED):  # another port of the same machine
                fetch(leading.url)
            of_base = SETTINGS.model_copy(update={"base_url": f"http://127.0.0.1:{base.port}/crawls"})
            assert fetch(leading.url, of_base) == DATA


def test_a_name_that_changes_to_a_private_address_is_refused(internet: Internet) -> None:
    """DNS rebinding: the name is resolved once for each connection, and what was judged is connected to."""

    def to_itself(asked: Asked) -> None:
        asked.good() if asked.number else asked.answer("302 Found", Location="/b.warc.gz")

    with hosting(to_itself) as host:
        url = f"http://turning.example:{host.port}/a.warc.gz"
        internet.names["turning.example"] = [PUBLIC, "127.0.0.1"]
        with pytest.raises(SourceError, match=REFUSED):
            fetch(url)
        assert len(host.heads) == 1
        internet.names["turning.example"] = ["127.0.0.1"]
        assert fetch(url) == DATA  # the user's own name for an inner host
        with pytest.raises(SourceError, match=rf"turning\.example:\d+/a\.warc\.gz is at 127\.0\.0\.1, {REFUSED}"):
            fetch(url, typed=False)


# ---- lists -----------------------------------------------------------------------------------------------


def serve_list(*entries: str) -> Callable[[Asked], None]:
    def host(asked: Asked) -> None:
        if ".paths" in asked.head.split()[1]:
            asked.answer(body="\n".join(entries).encode())
        else:
            asked.good()

    return host


def read(shard: Shard, settings: SourceSettings) -> bytes:
    with open_shard(shard, settings) as stream:
        return b"".join(iter(lambda: stream.read(1 << 20), b""))


def test_entries_of_a_public_list_lead_to_public_hosts_alone(internet: Internet, tmp_path: Path) -> None:
    with hosting(Asked.good) as inner:
        entries = (inner.url, f"http://other.example:{inner.port}/a.warc.gz")
        with hosting(serve_list(*entries)) as public:
            found = resolve_inputs([f"http://public.example:{public.port}/wet.paths"], SETTINGS)
        assert [shard.typed for shard in found] == [False, False]
        claim(Place(str(tmp_path / "run")), found)
        shards = held_shards(Place(str(tmp_path / "run")))
        assert shards == found  # a later job fetches as this one would
        with pytest.raises(UnreadArchive, match=REFUSED):
            read(shards[0], SETTINGS)
        assert glance(shards[:1], SETTINGS)[0].startswith("unknown ")
        assert inner.heads == []
        assert read(shards[0], ANYWHERE) == read(shards[1], SETTINGS) == DATA


def test_a_public_list_does_not_make_its_own_name_private(internet: Internet) -> None:
    internet.names["turning.example"] = [PUBLIC, "127.0.0.1"]
    with hosting(lambda asked: asked.answer(body=f"http://{asked.header('Host')}/a.warc.gz".encode())) as host:
        (shard,) = resolve_inputs([f"http://turning.example:{host.port}/wet.paths"], SETTINGS)
        assert shard.typed is False
        with pytest.raises(UnreadArchive, match=REFUSED):
            read(shard, SETTINGS)


def test_a_private_list_leads_to_its_own_host_and_port_and_to_the_base(internet: Internet, tmp_path: Path) -> None:
    with hosting(Asked.good) as base, hosting(Asked.good) as other:

        def host(asked: Asked) -> None:
            own = f"http://{asked.header('Host')}/a.warc.gz"
            if ".paths" in asked.head.split()[1]:
                asked.answer(body=f"{own}\n{other.url}\nsegments/b.warc.gz\n{base.url}".encode())
            else:
                asked.good()

        settings = SETTINGS.model_copy(update={"base_url": f"http://127.0.0.1:{base.port}/"})
        with hosting(host) as own:
            shards = resolve_inputs([f"http://127.0.0.1:{own.port}/wet.paths"], settings)
            assert {shard.uri.partition("127.0.0.1:")[2].partition("/")[0]: shard.typed for shard in shards} == {
                str(own.port): True,
                str(other.port): False,
                str(base.port): True,
            }
            assert [read(shard, settings) for shard in shards if shard.typed] == [DATA] * 3
    (tmp_path / "my.paths").write_text("http://127.0.0.1:9/a.warc.gz\n")
    (shard,) = resolve_inputs([str(tmp_path / "my.paths")], SETTINGS)
    assert shard.typed is False
    both = resolve_inputs([str(tmp_path / "my.paths"), "http://127.0.0.1:9/a.warc.gz"], SETTINGS)
    assert [shard.typed for shard in both] == [True]  # the user named it, too


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text(
        "machine public.example login me password secret\n"
        "machine other.example login them password theirs\n"
        "default login anybody password default\n"
    )
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


def test_credentials_go_to_the_host_that_was_asked_for_alone(internet: Internet, netrc: None) -> None:
    internet.names["third.example"] = [OTHER]
    with hosting(Asked.good) as other:
        for target in ("other.example", "third.example", "public.example"):  # another port, too

            def redirect(asked: Asked, target: str = target) -> None:
                asked.answer("302 Found", Location=f"http://{target}:{other.port}/", Set_Cookie="id=1; Path=/")

            other.heads.clear()
            with hosting(redirect) as public:
                fetch(f"http://public.example:{public.port}/")
            assert "authorization: basic bwu6c2vjcmv0" in public.heads[0].lower()
            assert "authorization" not in other.heads[0].lower() and "cookie" not in other.heads[0].lower()
            assert "referer" not in other.heads[0].lower()
        other.heads.clear()
        fetch(f"http://third.example:{other.port}/")  # netrc's default is for nobody
        fetch(f"http://me:secret@third.example:{other.port}/")
        assert all("authorization" not in head.lower() for head in other.heads)


def test_credentials_stay_on_the_same_host_and_cookies_are_not_kept(internet: Internet, netrc: None) -> None:
    def host(asked: Asked) -> None:
        if asked.number == 0:
            asked.answer("302 Found", Location="/b", Set_Cookie="id=1; Path=/")
        elif asked.number == 1:
            asked.answer("503 Busy", Set_Cookie="id=2; Path=/")
        else:
            asked.good()

    with hosting(host) as public:
        fetch(f"http://public.example:{public.port}/a", SETTINGS.model_copy(update={"retries": 1}))
    assert len(public.heads) == 3
    assert all("authorization: basic" in head.lower() and "cookie" not in head.lower() for head in public.heads)


# ---- proxies ---------------------------------------------------------------------------------------------


def test_behind_a_proxy_names_are_judged_as_far_as_they_can_be_resolved(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.names["inner.example"] = ["10.0.0.1"]

    def proxy(asked: Asked) -> None:
        url = asked.head.split()[1]
        if url.startswith("http://start.invalid/"):
            asked.answer("302 Found", Location=url.replace("start.invalid/", ""))
        else:
            asked.good()

    with hosting(proxy) as served:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{served.port}")
        assert fetch("http://unknown.invalid/a") == DATA  # only the proxy knows it
        assert fetch("http://start.invalid/unknown.invalid/a") == DATA
        assert fetch("http://inner.example/a") == DATA  # the user's own word
        for host in ("inner.example", "127.0.0.1", "169.254.169.254", "0x7f.1", "localhost"):
            with pytest.raises(SourceError, match=REFUSED):
                fetch(f"http://start.invalid/{host}/a")
        assert fetch("http://start.invalid/inner.example/a", ANYWHERE) == DATA
    assert set(internet.connected) == {"127.0.0.1"}


def test_a_proxy_that_drips_and_one_that_speaks_socks(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = SETTINGS.model_copy(update={"window_seconds": 0.5})
    with hosting(lambda asked: asked.drip(b"HTTP/1.1 200 Connection established, so to say ")) as served:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{served.port}")
            with pytest.raises(SourceError, match=r"less than source\.min_bytes_per_second"):
                fetch(f"{scheme}://unknown.invalid/a", hasty)
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    with pytest.raises(SourceError, match="speaks SOCKS: give one that speaks HTTP"):
        fetch("http://unknown.invalid/a")
