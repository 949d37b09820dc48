"""warcio's parsers against ours, piece by piece: on how much of real archives they agree, speed, bounds.

    python benchmarks/warcio_parsers.py 'ARCHIVES/*/*'

Each record's head, HTTP head and coded body, as our reader finds them, goes to both. Printed as JSON: of how
many, how many are equal, microseconds each (CPU time, best of three), the first differences; of the gzip
bodies with the byte in the middle flipped, how many bytes come out; and of a bomb of gzip and one of Brotli,
how much memory reading its first 16 MB takes.
"""

import argparse
import glob
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.statusandheaders import StatusAndHeadersParser

from ccnet_lite.archives import cursor, records
from ccnet_lite.archives.bodies import decode_body, join_chunks
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.headers import Head, HttpHead, parse_fields, parse_http_head, parse_warc_head
from ccnet_lite.archives.record import Record
from ccnet_lite.settings import IngestSettings

LIMIT = 16 * 1024 * 1024
PARSER = StatusAndHeadersParser([], verify=False)
CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br"}


def their_fields(block: bytes) -> dict[str, str]:
    """Fields of a head, its first line included, by name in lower case."""
    return {name.lower(): value for name, value in PARSER.parse(BytesIO(block)).headers}


def our_fields(block: bytes) -> dict[str, str]:
    """The same by our parser."""
    return parse_fields(block.partition(b"\n")[2])


def their_body(chunked: bool, coding: str, body: bytes) -> bytes:
    """A body decoded as warcio's content_stream does."""
    reader = ChunkedDataReader if chunked else BufferedReader
    return bytes(reader(BytesIO(body), decomp_type=coding or None).read())


def our_body(chunked: bool, coding: str, body: bytes) -> bytes:
    """The same by ours."""
    headers = {"transfer-encoding": "chunked" if chunked else "", "content-encoding": coding}
    try:
        return decode_body(headers, body, LIMIT)
    except ExtractionError as error:
        return f"error: {error.rule}".encode()


def gather(paths: Sequence[str]) -> tuple[list[bytes], list[bytes], list[tuple[bool, str, bytes]]]:
    """Heads, HTTP heads and coded bodies of all records."""
    heads: list[bytes] = []
    http_heads: list[bytes] = []
    bodies: list[tuple[bool, str, bytes]] = []

    def keep_head(block: bytes) -> Head:
        heads.append(block)
        return parse_warc_head(block)

    def keep_http(block: bytes) -> HttpHead | None:
        found = parse_http_head(block)
        if found is not None:
            http_heads.append(block[: found.body])
        return found

    records.parse_warc_head, cursor.parse_http_head = keep_head, keep_http
    for path in paths:
        with Path(path).open("rb") as stream:
            for item in records.read_records(stream, IngestSettings()):
                if isinstance(item, Record) and item.http_headers is not None:
                    coding = CODINGS.get(item.http_headers.get("content-encoding", "").strip().lower(), "")
                    chunked = "chunked" in item.http_headers.get("transfer-encoding", "").lower()
                    if (chunked or coding) and item.content:
                        bodies.append((chunked, coding, item.content))
    return heads, http_heads, bodies


def best(work: Callable[[], object]) -> float:
    """CPU seconds, the best of three."""
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def compare(cases: Sequence[Any], ours: Callable[..., Any], theirs: Callable[..., Any]) -> dict[str, Any]:
    """Agreement and speed on cases, each the arguments of both."""

    def guarded(case: Any) -> Any:
        try:
            return theirs(*case)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    differences = [case for case in cases if ours(*case) != guarded(case)]
    return {
        "cases": len(cases),
        "equal": len(cases) - len(differences),
        "ours_us": round(1e6 * best(lambda: [ours(*case) for case in cases]) / max(1, len(cases)), 1),
        "theirs_us": round(1e6 * best(lambda: [guarded(case) for case in cases]) / max(1, len(cases)), 1),
        "differences": [
            (repr(case)[-160:], repr(ours(*case))[:160], repr(guarded(case))[:160]) for case in differences[:5]
        ],
    }


def peak(work: Callable[[], object]) -> int | str:
    """Megabytes that were held at once; why it failed, if it did."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] >> 20
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        tracemalloc.stop()


def main() -> None:
    """Run it all."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("archives", nargs="+", help="archives or globs")
    paths = [path for given in arguments.parse_args().archives for path in sorted(glob.glob(given))]  # noqa: PTH207
    heads, http_heads, bodies = gather([path for path in paths if Path(path).is_file()])
    bombs = {"gzip": zlib.compress(bytes(1 << 29), 9, 31), "br": brotli.compress(bytes(1 << 29), quality=1)}
    flipped = [
        (
            chunked,
            coding,
            body[: len(body) // 2] + bytes([body[len(body) // 2] ^ 0xFF]) + body[len(body) // 2 + 1 :],
        )
        for chunked, coding, body in bodies
        if coding == "gzip"
    ]
    figures = {
        "archives": len(paths),
        "heads": compare([(block,) for block in heads], our_fields, their_fields),
        "http_heads": compare([(block,) for block in http_heads], our_fields, their_fields),
        "chunked": compare(
            [(body,) for chunked, _, body in bodies if chunked],
            join_chunks,
            lambda body: their_body(True, "", body),
        ),
        "coded": compare([case for case in bodies if case[1]], our_body, their_body),
        "flipped_bytes_out": {
            "ours": sum(len(our_body(*case)) for case in flipped),
            "theirs": sum(len(their_body(*case)) for case in flipped),
        },
        "bombs_mb": {
            coding: {
                "ours": peak(lambda: our_body(False, coding, bomb)),  # noqa: B023
                "theirs": peak(
                    lambda: BufferedReader(BytesIO(bomb), decomp_type=coding).read(LIMIT)  # noqa: B023
                ),
            }
            for coding, bomb in bombs.items()
        },
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
