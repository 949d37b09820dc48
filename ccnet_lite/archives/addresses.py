"""Which addresses a fetch may connect to: what was resolved is judged, and only that is connected to.

What the user named himself is his: a mirror on the intranet, a server on loopback. What a list or a redirect
brings leads to public addresses alone. Behind a proxy of the environment the proxy connects, not this
machine: a host's addresses are then judged where its name can be resolved here, and else left to the proxy.
"""

import socket
import threading
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from ccnet_lite.settings import SourceSettings

PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = IPv6Network("::/96")

Origin = tuple[str, int]
"""A host in lower case without a trailing dot, and a port."""
Found = tuple[Any, ...]
"""An entry of socket.getaddrinfo."""


class PrivateAddress(Exception):
    """A connection that must not be made. `address` is where it would lead."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def origin(url: str) -> Origin | None:
    """The host and port of an http(s) URL, as a request to it takes them; None for any other.

    >>> origin("HTTPS://Example.com./a"), origin("http://[::1]:8080/"), origin("s3://bucket/a")
    (('example.com', 443), ('::1', 8080), None)
    """
    try:
        parts = parse_url(url)
    except LocationParseError:
        return None
    if parts.host is None or parts.scheme not in PORTS:
        return None
    return plain(parts.host), parts.port or PORTS[parts.scheme]


def plain(host: str) -> str:
    """A host's name in the one form in which it is compared.

    >>> plain("[::1]"), plain("Example.COM.")
    ('::1', 'example.com')
    """
    return host.strip("[]").rstrip(".").lower()


def is_private(address: str) -> bool:
    """Whether an IP address is none of the public internet: private, loopback, link-local, metadata, multicast ...

    >>> [is_private(text) for text in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "ff02::1")]
    [False, True, True, True, True]
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.is_site_local or ip in _NAT64_LOCAL:
            return True
        ip = _inner(ip)
    return not ip.is_global or ip.is_multicast or ip.is_reserved


def _inner(ip: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for or tunnels to; itself where it is its own."""
    if ip in _NAT64 or ip in _COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1] or ip


def resolve(host: str, port: int, seconds: float) -> list[Found]:
    """The addresses of a host, as socket.getaddrinfo gives them.

    Raises:
        OSError: there is no such host, or the resolver did not answer within so many seconds.
    """
    found: list[list[Found] | OSError] = []

    def ask() -> None:
        try:
            found.append(list(socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)))
        except OSError as error:
            found.append(error)
        except UnicodeError:
            found.append(OSError(f"{host[:100]!r} is no host's name"))

    # The resolver knows no limit in time; a daemon, so that one that hangs does not hold the process.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not found:
        raise TimeoutError(f"its name was not resolved in {seconds:.0f} s")
    if isinstance(found[0], OSError):
        raise found[0]
    return found[0]


class Reach:
    """Where one fetch after another may lead."""

    def __init__(self, settings: SourceSettings) -> None:
        self._anywhere = settings.allow_private
        base = origin(settings.base_url)
        self._of_base = {base} if base else set()
        self._own: set[Origin] = set()
        self._public: set[Origin] = set()
        self.private = False
        """Whether a private address was connected to in this fetch."""

    def begin(self, url: str, typed: bool) -> None:
        """A new fetch. typed: the user himself named the URL's host."""
        first = origin(url) if typed else None
        self._own = self._of_base | ({first} if first else set())
        self._public.clear()
        self.private = False

    def allows(self, host: str, port: int, address: str) -> bool:
        """Whether one of the host's addresses may be connected to."""
        here = plain(host), port
        # A name that was a public host's a moment ago and now is a private one's is an attack by DNS.
        return self._anywhere or not is_private(address) or (here in self._own and here not in self._public)

    def connected(self, host: str, port: int, address: str) -> None:
        """To be told of each connection."""
        if is_private(address):
            self.private = True
        else:
            self._public.add((plain(host), port))
