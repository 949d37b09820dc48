"""An archive's records to documents, and every other record to the reason why it is none.

WET `conversion` records as CCNet reads them; WARC and ARC `response` records of HTML through html.py.
Does not handle: too short documents (a later stage drops them, with its reason), segmented records.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import blake2b
from typing import Literal, NamedTuple

from ccnet_lite.archives.bodies import decode_body, looks_like_html
from ccnet_lite.archives.charsets import INVALID_BYTES
from ccnet_lite.archives.errors import ExtractionError, Fault
from ccnet_lite.archives.html import is_html_type
from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.opt_outs import opt_outs
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.archives.raw import ByteSource
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.records import NO_FAULTS, read_records
from ccnet_lite.archives.urls import source_domain, without_credentials
from ccnet_lite.archives.wet_texts import ccnet_text, wet_text
from ccnet_lite.settings import IngestSettings
from ccnet_lite.text.composed import expanded_length

LONG_TEXT, MAX_EXPANSION = 100_000, 3
"""A text of more characters than that must not become that many times as many (U+FDFA becomes 18)."""
_SKIPPED = {"continuation", "metadata", "request", "resource", "revisit", "warcinfo"}


class Document(NamedTuple):
    """A document as read, under CCNet's names; see schemas/documents.json."""

    doc_id: str
    cc_segment: str
    record_offset: int
    member_offset: int
    record_length: int
    record_id: str
    record_type: str
    url: str
    date_download: str
    digest: str
    length: int
    nlines: int
    source_domain: str
    title: str
    raw_content: str
    declared_language: str
    charset: str
    n_chars: int
    opt_outs: str | None


class Unread(NamedTuple):
    """A document whose payload is still to be read by `wet_text`, or by `wet_texts` with others."""

    document: Document
    """Title, text and their sizes are blank."""
    payload: bytes

    def read(self) -> Document:
        """The document with them."""
        text, charset = decoded(self.payload)
        title, content, nlines = wet_text(text)
        return self.document._replace(
            title=title, raw_content=content, nlines=nlines, charset=charset, n_chars=len(content)
        )


class Other(NamedTuple):
    """A record that gave no document, or a stretch that gave no record; see schemas/others.json."""

    record_offset: int
    member_offset: int
    record_length: int
    record_id: str
    url: str
    record_type: str
    outcome: Literal["skipped", "bad"]
    rule: str
    message: str


def read_documents(
    shard: Shard,
    stream: ByteSource,
    settings: IngestSettings,
    faults: Mapping[int, Fault] = NO_FAULTS,
    worker: PageWorker | None = None,
) -> Iterator[Document | Other]:
    """As `read_items`, with every payload read."""
    for item in read_items(shard, stream, settings, faults, worker):
        yield item.read() if isinstance(item, Unread) else item


def read_items(
    shard: Shard,
    stream: ByteSource,
    settings: IngestSettings,
    faults: Mapping[int, Fault] = NO_FAULTS,
    worker: PageWorker | None = None,
) -> Iterator[Document | Unread | Other]:
    """Everything that an archive holds, in its order: the lengths of all items add up to the file's.

    worker: a new one of the settings' extractor, which is closed at the end; made here where none is given.

    Raises:
        FoundFaulty: as `read_records`, which says what `faults` is.
        UnreadArchive, OSError: where the stream does, after what was whole before it broke off.
    """
    seen: dict[bytes, int] = {}
    with closing(worker or PageWorker(settings.extractor, keep=settings.keep)) as worker:
        for item in read_records(stream, settings, faults):
            if isinstance(item, Damage):
                yield _damaged(item)
            elif item.type == "conversion":
                yield _conversion(shard, item, settings, seen)
            elif item.type == "response":
                yield _response(shard, item, settings, seen, worker)
            else:
                yield _no_document(item)


def _no_document(record: Record) -> Other:
    if not record.type:
        return _other(record, "bad", "no_record_type", "the record's head has no WARC-Type")
    if record.type in _SKIPPED:
        return _other(record, "skipped", record.type, "")
    return _other(record, "skipped", "unknown_type", f"WARC-Type is {record.type[:100]}")


def _conversion(
    shard: Shard, record: Record, settings: IngestSettings, seen: dict[bytes, int]
) -> Document | Unread | Other:
    media_type = record.headers.get("content-type", "text/plain")
    if not media_type.lower().startswith("text/plain"):
        return _other(record, "skipped", "not_text", f"Content-Type is {media_type[:100]}")
    if len(record.content) > settings.max_html_bytes:
        limit = settings.max_html_bytes
        return _other(record, "bad", "text_too_large", f"the text is larger than ingest.max_html_bytes={limit}")
    if settings.title == "auto" and len(record.content) <= min(
        LONG_TEXT, settings.max_lines, settings.max_line_chars
    ):
        return Unread(_document(shard, record, seen, "", "", 0, "utf-8"), record.content)
    text, charset = decoded(record.content)
    unfit = _unfit(text, settings)
    if unfit:
        return _other(record, "bad", *unfit)
    title, raw_content, nlines = ccnet_text(text) if settings.title == "ccnet" else wet_text(text)
    return _document(shard, record, seen, title, raw_content, nlines, charset)


def decoded(payload: bytes) -> tuple[str, str]:
    """A WET payload's text, and its charset, which says whether it has other bytes."""
    try:
        return payload.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return payload.decode("utf-8", "replace"), "utf-8" + INVALID_BYTES


def _response(
    shard: Shard, record: Record, settings: IngestSettings, seen: dict[bytes, int], worker: PageWorker
) -> Document | Other:
    if record.http_status is None or record.http_headers is None:
        if record.headers.get("content-type", "").lower().startswith("application/http"):
            return _other(record, "bad", "bad_http_header", "the record does not begin with an HTTP status line")
        return _other(record, "skipped", "not_http", "")
    if record.http_status != 200:
        return _other(record, "skipped", "http_status", f"the status is {record.http_status}")
    media_type = record.http_headers.get("content-type", "")
    declared = is_html_type(media_type)
    if declared is False:
        return _other(record, "skipped", "not_html", f"Content-Type is {media_type[:100]}")
    try:
        body = decode_body(record.http_headers, record.content, settings.max_html_bytes)
        if declared is None and not looks_like_html(body):
            return _other(record, "skipped", "not_html", "no Content-Type, and it does not begin as HTML does")
        page = worker.to_text(body, media_type)
    except ExtractionError as error:
        return _other(record, "bad", error.rule, str(error))
    unfit = _unfit(page.text, settings)
    if unfit:
        return _other(record, "bad", *unfit)
    nlines = page.text.count("\n") + 1 if page.text else 0
    said = opt_outs(record.http_headers, page.opt_outs)
    return _document(shard, record, seen, page.title, page.text, nlines, page.charset, said)


def _unfit(text: str, settings: IngestSettings) -> tuple[str, str] | None:
    """Why a text would take more memory than any real one, a rule and a message; None where it would not."""
    if text.count("\n") > settings.max_lines:
        return "too_many_lines", f"the text has more lines than ingest.max_lines={settings.max_lines}"
    if has_longer_line(text, settings.max_line_chars):
        return "line_too_long", f"a line is longer than {settings.max_line_chars} characters"
    if len(text) > LONG_TEXT and expanded_length(text) > MAX_EXPANSION * len(text):
        return "text_expands", f"in compatibility form the text is more than {MAX_EXPANSION} times as long"
    return None


def has_longer_line(text: str, bound: int) -> bool:
    """Whether a line has more than `bound` characters; looks at few of them."""
    start = 0
    while len(text) - start > bound:
        end = text.rfind("\n", start, start + bound + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _document(
    shard: Shard,
    record: Record,
    seen: dict[bytes, int],
    title: str,
    raw_content: str,
    nlines: int,
    charset: str,
    said: str | None = None,
) -> Document:
    url = without_credentials(record.url)
    return Document(
        doc_id=_doc_id(shard.segment, record, seen),
        cc_segment=shard.segment,
        record_offset=record.offset,
        member_offset=record.member_offset,
        record_length=record.length,
        record_id=record.record_id,
        record_type=record.type,
        url=url,
        date_download=record.date,
        digest=record.headers.get("warc-block-digest", ""),
        length=record.content_length,
        nlines=nlines,
        source_domain=source_domain(url),
        title=title,
        raw_content=raw_content,
        declared_language=record.headers.get("warc-identified-content-language", ""),
        charset=charset,
        n_chars=len(raw_content),
        opt_outs=said,
    )


def _doc_id(segment: str, record: Record, seen: dict[bytes, int]) -> str:
    """What names the record, hashed; records of a shard that nothing tells apart are numbered.

    `seen` holds 16 bytes for each document of the shard.
    """
    named = f"{segment}\t{record.url}\t{record.date}\t{record.record_id}\t"
    digest = blake2b(f"{named}0".encode(), digest_size=16).digest()
    ordinal = seen.get(digest, 0)
    seen[digest] = ordinal + 1
    if ordinal:
        digest = blake2b(f"{named}{ordinal}".encode(), digest_size=16).digest()
    return digest.hex()


def _other(record: Record, outcome: Literal["skipped", "bad"], rule: str, message: str) -> Other:
    return Other(
        record_offset=record.offset,
        member_offset=record.member_offset,
        record_length=record.length,
        record_id=record.record_id,
        url=without_credentials(record.url),
        record_type=record.type,
        outcome=outcome,
        rule=rule,
        message=message,
    )


def _damaged(damage: Damage) -> Other:
    return Other(
        record_offset=damage.offset,
        member_offset=damage.member_offset,
        record_length=damage.length,
        record_id=damage.record_id,
        url=without_credentials(damage.url),
        record_type=damage.type,
        outcome="bad",
        rule=damage.error,
        message=damage.message,
    )
