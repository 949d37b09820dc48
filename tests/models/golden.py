"""The golden documents, rebuilt from their WET by warcio alone."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator


def mined_texts(shared_data: Path) -> list[tuple[dict[str, Any], str]]:
    """The rows of 3_mined that have text left, each with that text (checked against its SHA-1)."""
    folder = shared_data / "ccnet_golden"
    lines: dict[str, list[str]] = {}
    for shard in sorted((folder / "wet").glob("*.wet.gz")):
        with shard.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "conversion":
                    content = record.content_stream().read().decode("utf-8")
                    # The first line is the title; the blank line is what separates records in CCNet's eyes.
                    stripped = [line.strip() for line in content.split("\n")][1:]
                    lines[record.rec_headers["WARC-Target-URI"]] = [*stripped, ""]
    found = []
    with gzip.open(folder / "3_mined.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if row["outcome"] != "no_line_left":
                text = "\n".join(lines[row["url"]][line_id] for line_id in row["line_ids"])
                assert hashlib.sha1(text.encode()).hexdigest() == row["raw_content_sha1"]
                found.append((row, text))
    return found
