"""Reading archives: CPU seconds of our records, recovery and accounting of every byte included, against fastwarc.

    python benchmarks/reading.py CRAWL/*.wet.gz [--repeat 3] [--json]

Both sides give every record's type, address, date and content, as bytes, of one file after the other; they take
turns, and the best turn of --repeat counts, by CPU time of this process. That both give equal contents is checked.

    fastwarc         its ArchiveIterator over the opened file, HTTP heads not parsed
    records          archives.records.read_records
    documents        archives.documents.read_documents: text, title, id, host as well
    inflate          zlib alone, member by member: what none of them can do without
"""

import argparse
import glob
import json
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from ccnet_lite.archives.documents import Document, read_documents
from ccnet_lite.archives.records import Record, read_records
from ccnet_lite.archives.sources import Shard
from ccnet_lite.settings import IngestSettings


def by_fastwarc(paths: Sequence[str]) -> tuple[int, int]:
    """Number and bytes of the contents of conversion records."""
    count = size = 0
    for path in paths:
        with Path(path).open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                kind, content = record.record_type, record.reader.read()
                told = record.headers.get("WARC-Target-URI"), record.headers.get("WARC-Date")
                if kind == WarcRecordType.conversion and told:
                    count, size = count + 1, size + len(content)
    return count, size


def by_records(paths: Sequence[str]) -> tuple[int, int]:
    """The same by `read_records`."""
    count = size = 0
    for path in paths:
        with Path(path).open("rb") as stream:
            for item in read_records(stream, IngestSettings()):
                if isinstance(item, Record) and item.type == "conversion":
                    count, size = count + 1, size + len(item.content)
    return count, size


def by_documents(paths: Sequence[str]) -> tuple[int, int]:
    """Number of documents, and the bytes of their contents as their heads say."""
    count = size = 0
    for number, path in enumerate(paths):
        with Path(path).open("rb") as stream:
            for item in read_documents(Shard(number, path, path, None), stream, IngestSettings()):
                if isinstance(item, Document):
                    count, size = count + 1, size + item.length
    return count, size


PIECE = 1 << 12


def by_zlib(paths: Sequence[str]) -> tuple[int, int]:
    """Number of gzip members, and their bytes."""
    count = size = 0
    for path in paths:
        data = memoryview(Path(path).read_bytes())
        at = 0
        while at < len(data):
            inflater, begin = zlib.decompressobj(31), at
            while not inflater.eof:
                if at >= len(data):
                    raise SystemExit(f"{path}: the member of byte {begin} ends early: give sound archives")
                size += len(inflater.decompress(data[at : at + PIECE]))  # what is left of it is copied
                at += PIECE
            at = min(at, len(data)) - len(inflater.unused_data)
            count += 1
    return count, size


SIDES: dict[str, Callable[[Sequence[str]], tuple[int, int]]] = {
    "fastwarc": by_fastwarc,
    "records": by_records,
    "documents": by_documents,
    "inflate": by_zlib,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    paths = sorted(path for pattern in arguments.archives for path in glob.glob(pattern))  # noqa: PTH207
    best: dict[str, float] = {}
    found: dict[str, tuple[int, int]] = {}
    for _ in range(arguments.repeat):
        for name, side in SIDES.items():
            began = time.process_time()
            found[name] = side(paths)
            best[name] = min(best.get(name, float("inf")), time.process_time() - began)
    if found["fastwarc"] != found["records"]:
        raise SystemExit(f"not equal: {found}")
    result: dict[str, Any] = {"records": found["records"][0], "megabytes": found["records"][1] / 1e6}
    result |= {f"{name}_cpu": round(seconds, 3) for name, seconds in best.items()}
    result |= {f"{name}_times": round(best[name] / best["fastwarc"], 2) for name in best}
    if arguments.json:
        print(json.dumps(result, sort_keys=True))
        return
    for name, value in result.items():
        print(f"{name:20} {value:12,.2f}")


if __name__ == "__main__":
    main()
