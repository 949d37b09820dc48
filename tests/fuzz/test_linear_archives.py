"""Time grows with the archive and no faster, whatever its records and members are.

What one record costs must not depend on how many follow it: a search that runs over all that is in hand, and
then again for the next record, goes unnoticed in an archive of few.
"""

import gzip
from collections.abc import Callable

import pytest

from tests.archives.archive_making import members, page, read, warc
from tests.fuzz.linear import check_linear, repeated
from tests.fuzz.written import Member

WRONG = {"WARC-Block-Digest": "sha1:" + "A" * 32}
FAR = 10_000
"""A length that reaches beyond many records."""
ONE, PROVEN = warc(), warc(proven=True)
TURNED = warc(b"a\r\nb\r\n" * 9).replace(b"\r\n", b"\n")
NO_LENGTH = b"Content-Length: 17\r\n"
FILEDESC = b"filedesc://a 0.0.0.0 20080430204825 text/plain 5\n1 0 A\n\n"
ARC_LINE = b"http://a 1 20080430204826 a %d\nx\n"
NO_RECORD = gzip.compress(b"none", mtime=0)
LARGE = gzip.compress(b"none" * 20_000, mtime=0)
# What is repeated, after what.
UNITS: dict[str, tuple[bytes, bytes]] = {
    "records": (b"", ONE),
    "records of nothing": (b"", b"WARC/1.0\r\nContent-Length: 0\r\n\r\n"),
    "records whose digest is wrong": (b"", warc(fields=WRONG)),
    "lengths too long, proven wrong": (b"", warc(proven=True, length=FAR)),
    "lengths too long, digest wrong": (b"", warc(fields=WRONG, length=FAR)),
    "lengths too long": (b"", warc(length=FAR)),
    "lengths beyond the file": (b"", warc(length=10**8)),
    "lengths too short": (b"", warc(length=3)),
    "no lengths": (b"", ONE.replace(NO_LENGTH, b"")),
    "no lengths, proven": (b"", PROVEN.replace(NO_LENGTH, b"")),
    "first lines": (b"", b"WARC/1.0\r\n"),
    "heads that do not end": (b"", b"WARC/1.0\r\nWARC-Type: x\r\n"),
    "heads in a block": (warc(b"", fields=WRONG, length=3)[:-4], b"\nWARC/1.0\r\nWARC-Type: x\r\n"),
    "heads cut off": (b"", ONE[:60]),
    "line ends turned": (b"", TURNED),
    "line ends turned, lengths too long": (b"", TURNED.replace(b"Length: 54", b"Length: %d" % FAR)),
    "three line ends": (b"", ONE.replace(b"\r\n", b"\r\r\n")),
    "blank lines": (ONE, b"\r\n"),
    "HTTP": (b"", page(b"<p>text", http="X: a" + "\r\n b" * 100)),
    "ARC": (FILEDESC, ARC_LINE % 1),
    "ARC, lengths too long": (FILEDESC, ARC_LINE % FAR),
    "ARC, only lines": (FILEDESC, b"http://a\n"),
    "members": (b"", gzip.compress(ONE, mtime=0)),
    "members of a byte": (b"", gzip.compress(b"x", mtime=0)),
    "members of a line end": (b"", gzip.compress(b"\r\n", mtime=0)),
    "members cut off": (b"", gzip.compress(ONE, mtime=0)[:-12]),
    "members cut off at once": (b"", gzip.compress(ONE, mtime=0)[:60]),
    "members with a wrong checksum": (b"", Member(ONE, crc=1).to_bytes()),
    "stored members cut off": (b"", Member(ONE, ("stored",)).to_bytes()[:-12]),
    "magic numbers": (b"", b"\x1f\x8b\x08\x00"),
    "records and members": (b"", ONE + gzip.compress(ONE, mtime=0)),
    "records and other members": (b"", ONE + NO_RECORD),
    "garbage and other members": (b"", b"garbage" + NO_RECORD),
    "garbage and large members": (b"", b"garbage" + LARGE),
    "records and large members cut off": (b"", ONE + LARGE[:-3]),
}


def records_in(data: bytes) -> object:
    return len(read(data))


def after(first: bytes, unit: bytes) -> Callable[[int], bytes]:
    return lambda size: first + repeated(unit)(size)


def checked(make: Callable[[int], bytes]) -> None:
    check_linear(records_in, make, enough=0.1, largest=1 << 20)


@pytest.mark.parametrize("name", sorted(UNITS))
def test_many_of_a_kind(name: str) -> None:
    checked(after(*UNITS[name]))


@pytest.mark.parametrize("name", ["records", "heads in a block", "heads that do not end", "lengths too long"])
def test_many_of_a_kind_in_a_member_whose_checksum_is_wrong(name: str) -> None:
    made = after(*UNITS[name])
    checked(lambda size: Member(made(size), ("stored",), crc=1).to_bytes())


@pytest.mark.parametrize("records", [1, 300])
def test_proven_pages_of_many_members_in_a_member_whose_checksum_is_wrong(records: int) -> None:
    """Each of them is where reading might go on behind the fault."""

    def made(size: int) -> bytes:
        pages = [repeated(gzip.compress(ONE, mtime=0))(max(200, size // records)) for _ in range(records)]
        return Member(b"".join(warc(one, proven=True) for one in pages), ("stored",), crc=1).to_bytes()

    checked(made)


def test_a_record_of_many_members() -> None:
    def made(size: int) -> bytes:
        record = warc(b"x" * (size // 8))
        return members([record[at : at + 3] for at in range(0, len(record), 3)])

    checked(made)


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_lengths_that_all_reach_to_the_end(packed: Callable[[bytes], bytes]) -> None:
    """Each record seems as long as it says: another begins where it ends. Its digest says that it is short."""

    def made(size: int) -> bytes:
        parts: list[bytes] = []
        behind = 0
        for _ in range(size // 250):
            content = b"Title\nText.\n"
            parts.append(warc(content, proven=True, length=len(content) + behind))
            behind += len(parts[-1])
        return packed(b"".join(reversed(parts)) + ONE)

    checked(made)
