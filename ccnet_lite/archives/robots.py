"""An archive of robots.txt records (Common Crawl's robotstxt.paths) to what they disallow to some user agents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.errors import ExtractionError, Fault
from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.record import Record
from ccnet_lite.archives.records import NO_FAULTS, read_records
from ccnet_lite.archives.urls import source_domain, without_credentials
from ccnet_lite.settings import IngestSettings
from ccnet_lite.text.robots import MAX_BYTES, Group, restrictions

MAX_BODY = 8 << 20
"""A robots.txt that decodes to more is passed over; of any, text.robots.MAX_BYTES are read."""


class RobotsFile(NamedTuple):
    """A host's robots.txt as fetched: its groups that restrict an agent asked for, which may be none."""

    host: str
    date: str
    groups: list[Group]


def read_robots(
    stream: ByteSource, agents: Sequence[str], wildcard: bool = False, faults: Mapping[int, Fault] = NO_FAULTS
) -> Iterator[RobotsFile]:
    """Every robots.txt that an archive holds with status 200, or 404 and 410, which restrict nobody.

    Others (redirects, 5xx) say nothing of the host: what an older archive says of it stands.

    Raises:
        FoundFaulty: as `read_records`.
        UnreadArchive, OSError: where the stream does.
    """
    for record in read_records(stream, IngestSettings(), faults):
        if not isinstance(record, Record) or record.type != "response" or record.http_status is None:
            continue
        host = host_of(record.url)
        if not host or not _is_robots(record.url):
            continue
        if record.http_status in (404, 410):
            yield RobotsFile(host, record.date, [])
        elif record.http_status == 200 and record.http_headers is not None:
            try:
                body = decode_body(record.http_headers, record.content, MAX_BODY)
            except ExtractionError:
                continue
            # Pages that stand in the place of a robots.txt hold no rules; looking takes less than parsing.
            groups = restrictions(body[:MAX_BYTES], agents, wildcard) if b":" in body[:MAX_BYTES] else []
            yield RobotsFile(host, record.date, groups)


def host_of(url: str) -> str:
    """Whose robots.txt speaks of a URL: host and port, in lower case; the ports of http and https are not named.

    >>> host_of("https://A.example:443/x"), host_of("http://a.example:8080/x")
    ('a.example', 'a.example:8080')
    """
    host = source_domain(without_credentials(url)).lower()
    return host.removesuffix(":443").removesuffix(":80")


def _is_robots(url: str) -> bool:
    return url.partition("?")[0].lower().endswith("/robots.txt") and url.count("/") == 3
