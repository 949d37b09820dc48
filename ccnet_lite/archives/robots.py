"""What a site's own files in an archive say against its use: robots.txt, tdmrep.json, licences by RSL.

Common Crawl keeps robots.txt in archives of their own (robotstxt.paths); the other two are in archives of crawlers
that fetched them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.errors import ExtractionError, Fault
from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.record import Record
from ccnet_lite.archives.records import NO_FAULTS, read_records
from ccnet_lite.archives.urls import source_domain, without_credentials
from ccnet_lite.settings import IngestSettings
from ccnet_lite.text.licences import RSL, TYPE, licences
from ccnet_lite.text.robots import MAX_BYTES, Group, normal_path, restrictions
from ccnet_lite.text.tdmrep import PATH, TDM, reservations

MAX_BODY = 8 << 20
"""A file that decodes to more is passed over; of any, text.robots.MAX_BYTES are read."""
ROBOTS = "/robots.txt"
_LICENCES = ("/license.xml", "/licence.xml", "/rsl.xml", ".rsl")


class SiteFile(NamedTuple):
    """A host's file as fetched, by its path: the groups that restrict somebody asked for, which may be none."""

    host: str
    path: str
    date: str
    groups: list[Group]


def read_site_files(
    stream: ByteSource, agents: Sequence[str], wildcard: bool = False, faults: Mapping[int, Fault] = NO_FAULTS
) -> Iterator[SiteFile]:
    """Every such file that an archive holds with status 200, or 404 and 410, which restrict nobody.

    Others (redirects, 5xx) say nothing of the host: what an older archive says of it stands.

    Raises:
        FoundFaulty: as `read_records`.
        UnreadArchive, OSError: where the stream does.
    """
    for record in read_records(stream, IngestSettings(), faults):
        if not isinstance(record, Record) or record.type != "response" or record.http_status is None:
            continue
        host, path = host_of(record.url), _path_of(record)
        if not host or not path:
            continue
        if record.http_status in (404, 410):
            yield SiteFile(host, path, record.date, [])
        elif record.http_status == 200 and record.http_headers is not None:
            try:
                body = decode_body(record.http_headers, record.content, MAX_BODY)
            except ExtractionError:
                continue
            yield SiteFile(host, path, record.date, _groups(path, host, body, agents, wildcard))


def _groups(path: str, host: str, body: bytes, agents: Sequence[str], wildcard: bool) -> list[Group]:
    if path == PATH:
        rules = reservations(body)
        return [Group((TDM,), rules)] if rules else []
    if path != ROBOTS:
        return [Group((RSL,), rules) for rules in licences(body, host)]
    # Pages that stand in the place of a robots.txt hold no rules; looking takes less than parsing.
    return restrictions(body[:MAX_BYTES], agents, wildcard) if b":" in body[:MAX_BYTES] else []


def host_of(url: str) -> str:
    """Whose robots.txt speaks of a URL: host and port, in lower case; the ports of http and https are not named.

    >>> host_of("https://A.example:443/x"), host_of("http://a.example:8080/x")
    ('a.example', 'a.example:8080')
    """
    host = source_domain(without_credentials(url)).lower()
    return host.removesuffix(":443").removesuffix(":80")


def _path_of(record: Record) -> str:
    """The path of a file that may speak of a site's use; empty of any other record."""
    before, _, rest = record.url.partition("?")[0].partition("://")[2].partition("/")
    path = f"/{rest}"
    if before and path.lower() in (ROBOTS, PATH):
        return path.lower()
    media_type = (record.http_headers or {}).get("content-type", "").lower()
    return normal_path(path) if path.lower().endswith(_LICENCES) or TYPE in media_type else ""
