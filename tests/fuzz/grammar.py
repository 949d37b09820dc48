"""The grammar of sound archives, as hypothesis strategies: any record, message and layout that the formats allow.

Does not handle: damage (mutations.py).
"""

from hypothesis import strategies as st

from tests.archives.archive_making import digest, warc
from tests.fuzz.written import Archive, Fields, Member, Message, Written

TYPES = ["conversion", "response", "request", "metadata", "resource", "revisit", "warcinfo", "continuation"]
NEVER = warc(b"Title\nForged.\n", url="https://forged.example/", id="<urn:forged>", proven=True)
"""A record that stands in a page, and is none."""
WORDS = [
    *(
        "a line of text",
        "Grüße",
        "日本語の文",
        "हिन्दी",
        "א ב",
        "",
        " ",
        "\t",
        "\r",
        "WARC/1.0",
        "\ufeff",
        "\u0301",
    ),
    *(
        "WARC/1.0",
        "<p>",
        "<!---->",
        "</html>",
        "HTTP/1.1 200 OK",
        "Content-Length: 5",
        "x" * 300,
        "http://a.example/",
    ),
]
PIECES = [
    *(NEVER, NEVER[:40], b"\r\n\r\n", b"\n\n", b"\r\r\n", b"\x00" * 40, bytes(range(256)), b"\x1f\x8b\x08\x00"),
    *(Member(NEVER).to_bytes(), b"WARC/1.0\r\nWARC-Type: x\r\n", b"0\r\n\r\n", b"http://a 1 20080430204826 a 1\n"),
    b"<html><title>A page</title><p>" + b"some words of a page, enough of them to count as text. " * 20,
]

ODD_LENGTHS = st.sampled_from(["0", "1", "7", "-1", "999999", "many", "18446744073709551617"])
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABC-_019", min_size=1, max_size=20).map("X-".__add__)
VALUES = st.one_of(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    st.sampled_from(["", "a, b", "a; b=c", "<x>", "ж", "é" * 40, "v" * 5000, ": :", "text/html; charset=x"]),
)
FIELDS = st.lists(st.tuples(TOKENS, VALUES), max_size=3, unique_by=lambda one: one[0].lower()).map(tuple)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map("\n".join).map(str.encode)
CONTENTS = st.one_of(TEXTS, st.lists(st.one_of(st.sampled_from(PIECES), TEXTS), max_size=5).map(b"".join))


@st.composite
def messages(draw: st.DrawFn, sound: bool = True) -> Message:
    """HTTP responses; `sound`: whose body comes out as it went in."""
    media = draw(st.sampled_from(["text/html", "text/html; charset=utf-8", 'TEXT/HTML;charset="shift_jis"', ""]))
    extra: Fields = draw(FIELDS)
    if not sound:
        names = ["Content-Encoding", "Transfer-Encoding", "Content-Type", "Content-Length", "X\r\n folded"]
        odd = ["gzip", "br", "chunked", "gzip, gzip", "deflate", "zstd", "identity", "utf-8", "-1", "a\r\n b"]
        extra += draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(odd)), max_size=3).map(tuple))
    return Message(
        body=draw(CONTENTS),
        status=draw(st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.0 200", "HTTP/1.1 404 Not Found", "HTTP/2 200"])),
        fields=((("Content-Type", media),) if media else ()) + extra,
        codings=draw(st.lists(st.sampled_from(["gzip", "deflate", "br"]), max_size=2).map(tuple)),
        chunks=draw(st.sampled_from([(), (), (1,), (7, 1), (4096,), (3, 500)])),
        extension=draw(st.sampled_from([b"", b"", b";a=b", b' ; name="a value"'])),
        trailers=draw(st.sampled_from([b"", b"X-Trailer: 1\r\n"])),
        length=draw(st.sampled_from([None, ""]) if sound else st.one_of(st.none(), ODD_LENGTHS)),
        newline=b"\r\n" if sound else draw(st.sampled_from([b"\r\n", b"\n"])),
    )


@st.composite
def records(draw: st.DrawFn, number: int, proven: bool = False) -> Written:
    """Records well written, and of digests right and wrong: those of a sound file prove nothing against it."""
    kind = draw(st.sampled_from(TYPES))
    if kind == "response":
        block = draw(messages(sound=draw(st.booleans()))).to_bytes()
    elif kind == "request":
        block = b"GET /%d HTTP/1.1\r\nHost: a.example\r\n\r\n" % number + draw(TEXTS)
    else:
        block = draw(CONTENTS)
    record = Written(
        type=kind,
        id=f"<urn:uuid:00000000-0000-0000-0000-{number:012x}>",
        url=f"http://example.com/{number}",
        block=block,
        fields=draw(FIELDS),
        version=draw(st.sampled_from(["WARC/1.0", "WARC/1.1"])),
    )
    if kind == "response":
        record = record._replace(fields=(("Content-Type", "application/http; msgtype=response"), *record.fields))
    if proven or draw(st.booleans()):
        return record.with_digest()
    name, value = draw(
        st.sampled_from(
            [
                *(("", ""), ("WARC-Block-Digest", "sha1:" + "A" * 32), ("WARC-Block-Digest", "sha3:no")),
                *(("WARC-Payload-Digest", "sha1:" + "B" * 32), ("WARC-Payload-Digest", digest(block))),
            ]
        )
    )
    return record.with_digest(name, value) if name else record


@st.composite
def listed(draw: st.DrawFn, proven: bool = False) -> tuple[Written, ...]:
    """Records one after another."""
    count = draw(st.integers(1, 6))
    return tuple(draw(records(number, proven)) for number in range(count))


MEMBERS = st.builds(
    Member,
    content=st.just(b""),
    blocks=st.lists(st.sampled_from(["dynamic", "fixed", "stored"]), min_size=1, max_size=3).map(tuple),
    extra=st.one_of(st.none(), st.sampled_from([b"", b"sl\x08\x00\x01\x00\x00\x00\x02\x00\x00\x00"])),
    name=st.one_of(st.none(), st.sampled_from([b"", b"a.warc", b"n" * 2000])),
    comment=st.one_of(st.none(), st.sampled_from([b"", b"a comment"])),
    header_crc=st.booleans(),
    crc=st.just(0),
    size=st.just(0),
)


@st.composite
def layouts(draw: st.DrawFn, parts: list[bytes]) -> tuple[Member, ...]:
    """Members in which the parts lie; none for a plain file."""
    layout = draw(st.sampled_from(["plain", "members", "members", "groups", "whole", "cut", "empty members"]))
    if layout == "plain":
        return ()
    like = draw(MEMBERS)
    if layout == "whole":
        contents = [b"".join(parts)]
    elif layout == "groups":
        size = draw(st.integers(2, 3))
        contents = [b"".join(parts[at : at + size]) for at in range(0, len(parts), size)]
    elif layout == "cut":
        plain, size = b"".join(parts), draw(st.sampled_from([50, 200, 333, 1000]))
        contents = [plain[at : at + size] for at in range(0, len(plain), size)]
    elif layout == "empty members":
        contents = [content for part in parts for content in (b"", part)]
    else:
        contents = parts
    return tuple(like._replace(content=content) for content in contents)


@st.composite
def archives(draw: st.DrawFn, proven: bool = False) -> Archive:
    """Sound archives; `proven`: each record with its block's digest."""
    written = draw(listed(proven))
    return Archive(written, draw(layouts([record.to_bytes() for record in written])))
