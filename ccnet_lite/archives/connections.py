"""Requests over HTTP that cannot stall without limit, lead only where they may, and keep credentials at home.

Requests' own time limit holds for each piece that the operating system hands over, so a host that drips bytes
defeats it. Here every read from a socket, be it of a head, a chunk's frame or a trailer, waits only as long as
the fetch's `Watch` lets it. Redirects are followed here, one by one: each hop is judged as the first is.
Credentials come from ~/.netrc, by the exact name of the host, and go to the host and port that was asked for
and nowhere else; cookies are not kept. Proxies come from the environment (http_proxy, https_proxy, no_proxy);
proxies that speak SOCKS are not known here.
"""

import http.client
import io
import logging
import netrc
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from requests.utils import requote_uri, select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from ccnet_lite import __version__
from ccnet_lite.archives.addresses import Origin, PrivateAddress, Reach, origin, resolve
from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.urls import for_display
from ccnet_lite.archives.watch import Watch
from ccnet_lite.settings import SourceSettings

MAX_REDIRECTS = 5
MAX_SHOWN = 200
_REDIRECTS = {301, 302, 303, 307, 308}
# What it warns of (a head that cannot be parsed) names the whole URL, where signed ones carry their secret.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Client:
    """Connections of one thread, kept open between requests; of one fetch at a time."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self.watch = Watch(settings)
        self.reach = Reach(settings)
        self._origin: Origin | None = None
        self._adapter = _Adapter(self.watch, self.reach)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        # Not decoded on the way: positions are those of the file as it lies.
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": f"ccnet_lite/{__version__}"})

    def begin(self, url: str, typed: bool) -> None:
        """A new fetch, whose bounds are counted from here. typed: the user himself named the URL's host."""
        self.watch.begin()
        self.reach.begin(url, typed)
        self._origin = origin(url)

    def ask(self, method: str, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer to a request, redirects followed, its body not read.

        Raises:
            SourceError: redirects that lead on and on, or where they must not.
            requests.RequestException, urllib3.exceptions.HTTPError, OSError: no answer within the bounds.
        """
        here = url
        for _ in range(MAX_REDIRECTS + 1):
            self.watch.restart()
            try:
                answer = self._ask_once(method, here, headers)
            except requests.exceptions.InvalidURL:
                if here == url:
                    raise
                raise _leads_nowhere(url, here) from None
            except PrivateAddress as error:
                way = "" if here == url else f"leads to {_cut(here)}, which "
                raise SourceError(
                    f"{for_display(url)} {way}is at {error.address}, an address that is not public: "
                    f"source.allow_private=true lets lists and redirects lead there"
                ) from None
            target = answer.headers.get("Location")
            if answer.status_code not in _REDIRECTS or not target:
                return answer
            answer.close()
            here = _target(url, here, target)
        raise SourceError(f"{for_display(url)} leads to more than {MAX_REDIRECTS} redirects")

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _ask_once(self, method: str, url: str, headers: Mapping[str, str]) -> requests.Response:
        login = _login(url) if origin(url) == self._origin else None
        asked = requests.Request(method, url, headers=dict(headers), auth=login or _no_login)
        prepared = self._session.prepare_request(asked)
        assert prepared.url is not None
        from_environment = self._session.merge_environment_settings(prepared.url, {}, True, True, None)
        if select_proxy(prepared.url, from_environment["proxies"]):
            self._check_behind_proxy(prepared.url)
        seconds = max(0.001, min(self._settings.timeout_seconds, self.watch.left))
        # Not by session.send, which reads a redirect's body to its end.
        return self._adapter.send(prepared, timeout=seconds, **from_environment)  # type: ignore[arg-type]

    def _check_behind_proxy(self, url: str) -> None:
        found = origin(url)
        if found is None:
            return
        try:
            addresses = resolve(*found, self._settings.timeout_seconds)
        except OSError:
            return  # names that only the proxy knows
        for address in addresses:
            if not self.reach.allows(*found, address[4][0]):
                raise PrivateAddress(address[4][0])


def _target(first: str, here: str, location: str) -> str:
    """Where a redirect leads; a SourceError where that is nothing for HTTP."""
    try:
        # The head was read as Latin-1; what is sent is ASCII or UTF-8.
        url = urljoin(here, requote_uri(location.encode("latin-1", "replace").decode("utf-8", "replace")))
    except (ValueError, requests.exceptions.InvalidURL):
        url = ""
    if origin(url) is None:
        raise _leads_nowhere(first, url)
    return url


def _leads_nowhere(first: str, here: str) -> SourceError:
    return SourceError(
        f"{for_display(first)} leads to {_cut(here) or 'no URL'}: a redirect to http or https alone is followed"
    )


def _cut(url: str) -> str:
    """A URL that a host chose, which may be as long as a head."""
    shown = for_display(url)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}..."


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for credentials by itself: it takes netrc's for every host that it meets."""
    return request


def _login(url: str) -> tuple[str, str] | None:
    """Name and password from ~/.netrc (or $NETRC) for the URL's host; its `default` entry is for no host."""
    found = origin(url)
    given = os.environ.get("NETRC")
    paths = [Path(given)] if given else [Path.home() / ".netrc", Path.home() / "_netrc"]
    path = next((path for path in paths if path.is_file()), None)
    if path is None or found is None:
        return None
    try:
        entry = netrc.netrc(path).hosts.get(found[0])
    except (netrc.NetrcParseError, OSError):
        return None
    return None if entry is None or found[0] == "default" else (entry[0] or entry[1] or "", entry[2] or "")


def root_of(error: BaseException) -> BaseException:
    """The error at the bottom of those that the libraries wrapped around it."""
    while True:
        inner = [error.__cause__, getattr(error, "reason", None), *error.args]
        deeper = next((each for each in inner if isinstance(each, BaseException)), None)
        if deeper is None:
            return error
        error = deeper


class _Adapter(HTTPAdapter):
    """Requests' way to urllib3, with connections that are watched and judged."""

    def __init__(self, watch: Watch, reach: Reach) -> None:
        self._pools = _pools(watch, reach)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise SourceError(f"the proxy {for_display(proxy)} speaks SOCKS: give one that speaks HTTP")
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(watch: Watch, reach: Reach) -> dict[str, type[HTTPConnectionPool]]:
    """Urllib3's pools, of connections that a watch and a reach are asked about."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            raw = self.fp.detach()
            self.fp = io.BufferedReader(_Watched(raw, sock, watch))

        def _read_next_chunk_size(self) -> int:
            size: int = super()._read_next_chunk_size()  # type: ignore[misc]
            if size < 0:  # it would be taken for all that comes
                raise ValueError("a chunk of less than nothing")
            return size

    class Plain(HTTPConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if self.proxy else _connect(self, watch, reach)

    class Tls(HTTPSConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if self.proxy else _connect(self, watch, reach)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def _connect(connection: HTTPConnection, watch: Watch, reach: Reach) -> socket.socket:
    """A socket to one of the host's addresses: to one that was judged, whatever the name is resolved to next."""
    host, port = connection._dns_host, connection.port
    assert isinstance(connection.timeout, float)
    found = resolve(host, port, connection.timeout)
    allowed = [each for each in found if reach.allows(host, port, each[4][0])]
    if found and not allowed:
        raise PrivateAddress(found[0][4][0])
    failure: OSError = OSError("its name has no address")
    for family, kind, protocol, _, address in allowed:
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(max(0.001, min(connection.timeout, watch.left)))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            reach.connected(host, port, address[0])
            return made
    raise failure


class _Watched(io.RawIOBase):
    """What comes from a socket, each read of it within the watch's bounds."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, watch: Watch) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(max(0.001, self._watch.next_wait()))
        try:
            count = self._raw.readinto(buffer) or 0
        except TimeoutError:
            raise self._watch.timed_out() from None
        self._watch.received(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
