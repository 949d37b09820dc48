"""Pages into archives: WET shards of Common Crawl's form, one WARC shard, and planted damage.

Makes bytes and the truth about every record, those that carry no document included.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ccnet_lite.sample.archive import (
    gzip_member,
    http_request,
    http_response,
    record,
    record_id,
    sha1_base32,
    with_length,
)
from ccnet_lite.sample.crawl import Page, Plan
from ccnet_lite.sample.draw import between, stream
from ccnet_lite.sample.html import GIF, delivery, page_html, sent

CRAWL = "CC-MAIN-2024-22"
PREFIX = "CC-MAIN-20240518000000-20240518030000"
INFO = {
    "Software-Info": "ccnet_lite.sample",
    "robots": "checked via crawler-commons 1.5-SNAPSHOT",
    "isPartOf": CRAWL,
    "description": "A made-up crawl: no page of it was ever on the web",
    "format": "WARC File Format 1.0",
}
Truth = dict[str, object]


@dataclass(frozen=True)
class Archive:
    """A shard: its file name, its bytes, and one row of truth a record."""

    name: str
    data: bytes
    truth: list[Truth]


def wet_lines(page: Page) -> list[str]:
    """A page as Common Crawl's text extraction gives it: title, the site's lines, its own, the site's."""
    title = f"{page.title} | {page.host.name}"
    if page.bare:
        return [page.title, *page.body]
    heading = [page.title] if page.body else []
    return [title, *page.host.header, *heading, *page.body, *page.host.footer]


def date_of(seed: int, url: str) -> str:
    """A WARC-Date within the crawl's three hours."""
    rng = stream(seed, "date", url)
    return f"2024-05-18T{between(rng, 0, 2):02d}:{between(rng, 0, 59):02d}:{between(rng, 0, 59):02d}Z"


def page_truth(page: Page, archive: str, record_type: str, identity: str, note: str = "") -> Truth:
    """The row of truth of a record that carries a document."""
    return {
        "url": page.url,
        "language": page.language,
        "kind": page.kind,
        "of": page.of,
        "jaccard": page.jaccard,
        "host": page.host.domain,
        "n_chars": sum(map(len, page.body)),
        "expect": "document",
        "archive": archive,
        "record_type": record_type,
        "record_id": identity,
        "note": note,
    }


def other_truth(archive: str, record_type: str, identity: str, url: str, kind: str) -> Truth:
    """The row of truth of a record that carries no document."""
    nothing = {"language": None, "kind": kind, "of": None, "jaccard": None, "host": None, "n_chars": 0}
    place = {"archive": archive, "record_type": record_type, "record_id": identity, "note": ""}
    return {"url": url, **nothing, "expect": "skipped", **place}


def warcinfo(archive: str, seed: int) -> tuple[bytes, Truth]:
    """The record that every archive begins with."""
    identity = record_id(seed, "warcinfo", archive)
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Date", "2024-05-18T00:00:00Z"),
        ("WARC-Filename", archive),
        ("WARC-Record-ID", identity),
        ("Content-Type", "application/warc-fields"),
    ]
    block = "".join(f"{name}: {value}\r\n" for name, value in INFO.items()).encode()
    return record(headers, block), other_truth(archive, "warcinfo", identity, "", "warcinfo")


def conversion(page: Page, seed: int, excess: int = 0) -> tuple[bytes, str]:
    """A WET record of a page and its id; `excess` is added to its Content-Length."""
    payload = ("\n".join(wet_lines(page)) + "\n").encode()
    identity = record_id(seed, "conversion", page.url)
    headers = [
        ("WARC-Type", "conversion"),
        ("WARC-Target-URI", page.url),
        ("WARC-Date", date_of(seed, page.url)),
        ("WARC-Record-ID", identity),
        ("WARC-Refers-To", record_id(seed, "response", page.url)),
        ("WARC-Block-Digest", sha1_base32(payload)),
    ]
    if page.languages:
        headers.append(("WARC-Identified-Content-Language", ",".join(page.languages)))
    headers.append(("Content-Type", "text/plain"))
    data = record(headers, payload)
    return with_length(data, len(payload) + excess) if excess else data, identity


def wet_shard(pages: Sequence[Page], number: int, seed: int, damage: Mapping[str, str]) -> Archive:
    """A WET shard.

    `damage` maps a page's URL to what is wrong with its record: `damaged_gzip` (garbage in the gzip
    member), `wrong_length` (of the Content-Length) or `truncated` (half of it is there; for the last one).
    """
    name = f"{PREFIX}-{number:05d}.warc.wet.gz"
    first, row = warcinfo(name, seed)
    members, truth = [gzip_member(first)], [row]
    for page in pages:
        wrong = damage.get(page.url, "")
        data, identity = conversion(page, seed, excess=400 if wrong == "wrong_length" else 0)
        member = gzip_member(data)
        row = page_truth(page, name, "conversion", identity)
        if wrong == "damaged_gzip":
            member = _with_garbage(member, seed)
        elif wrong == "truncated":
            member = member[: len(member) // 2]
        if wrong:
            row |= {"kind": wrong, "expect": "either" if wrong == "wrong_length" else "bad"}
        members.append(member)
        truth.append(row)
    return Archive(name, b"".join(members), truth)


def _with_garbage(member: bytes, seed: int) -> bytes:
    """The member with other bytes in the first half of its deflate stream, its header left as it was."""
    rng = stream(seed, "garbage")
    end = len(member) // 2
    # Bytes below 0x1f can't be taken for the first byte of a gzip member. 0x06 opens a deflate block of
    # the reserved type, so that no decoder gets anything out of this one.
    return member[:10] + b"\x06" + bytes(between(rng, 0, 0x1E) for _ in range(end - 11)) + member[end:]


def warc_shard(pages: Iterable[Page], number: int, plan: Plan) -> Archive:
    """A WARC shard: request, response and metadata of every page, then a 404, a redirect and others."""
    name = f"{PREFIX}-{number:05d}.warc.gz"
    seed = plan.seed
    first, row = warcinfo(name, seed)
    records, truth = [first], [row]
    seen: Counter[str] = Counter()
    for at, page in enumerate(pages):
        how = delivery(page, seen[page.host.language.code], at)
        seen[page.host.language.code] += 1
        headers, body = sent(page_html(page, how, layout=at // 4), how)
        block = http_response("200 OK", headers, body)
        note = f"{how.charset} ({how.declared}); {how.coding}"
        identity = record_id(seed, "response", page.url)
        records += _exchange(page.url, block, identity, seed)
        request, metadata = (record_id(seed, kind, page.url) for kind in ("request", "metadata"))
        truth.append(other_truth(name, "request", request, page.url, "request"))
        truth.append(page_truth(page, name, "response", identity, note))
        truth.append(other_truth(name, "metadata", metadata, page.url, "metadata"))
    for kind, url, block in _other_answers(plan):
        identity = record_id(seed, "response", url)
        records.append(_response(url, block, identity, seed))
        truth.append(other_truth(name, "response", identity, url, kind))
    return Archive(name, b"".join(gzip_member(data) for data in records), truth)


def _response(url: str, block: bytes, identity: str, seed: int) -> bytes:
    body = block.partition(b"\r\n\r\n")[2]
    headers = [
        ("WARC-Type", "response"),
        ("WARC-Date", date_of(seed, url)),
        ("WARC-Record-ID", identity),
        ("Content-Type", "application/http; msgtype=response"),
        ("WARC-IP-Address", "192.0.2.7"),
        ("WARC-Target-URI", url),
        ("WARC-Payload-Digest", sha1_base32(body)),
        ("WARC-Block-Digest", sha1_base32(block)),
    ]
    return record(headers, block)


def _exchange(url: str, block: bytes, identity: str, seed: int) -> list[bytes]:
    """Request, response and metadata of one page."""
    split = urlsplit(url)
    rest: list[bytes] = []
    for kind, content_type, about in (
        ("request", "application/http; msgtype=request", http_request(split.netloc, split.path)),
        ("metadata", "application/warc-fields", b"fetchTimeMs: 120\r\n"),
    ):
        headers = [
            ("WARC-Type", kind),
            ("WARC-Date", date_of(seed, url)),
            ("WARC-Record-ID", record_id(seed, kind, url)),
            ("Content-Type", content_type),
            ("WARC-Concurrent-To", identity),
            ("WARC-Target-URI", url),
        ]
        rest.append(record(headers, about))
    return [rest[0], _response(url, block, identity, seed), rest[1]]


def _other_answers(plan: Plan) -> list[tuple[str, str, bytes]]:
    """Answers that carry no document: kind, URL, HTTP response."""
    answers = []
    for language in plan.languages[:3]:
        host = plan.hosts[language.code][0]
        root = f"https://{host.domain}"
        html = ("Content-Type", "text/html; charset=utf-8")
        missing = f"<html><body><h1>404</h1><p>{language.errors[0]}</p></body></html>".encode()
        moved = b"<html><body>Moved</body></html>"
        to = [("Location", f"{root}/news/"), html]
        answers += [
            ("not_found", f"{root}/gone.html", http_response("404 Not Found", [html], missing)),
            ("redirect", f"{root}/news", http_response("301 Moved Permanently", to, moved)),
            ("image", f"{root}/logo.gif", http_response("200 OK", [("Content-Type", "image/gif")], GIF)),
            (
                "robots",
                f"{root}/robots.txt",
                http_response("200 OK", [("Content-Type", "text/plain")], b"User-agent: *\r\nDisallow:\r\n"),
            ),
        ]
    return answers
