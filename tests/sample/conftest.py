"""One small sample crawl for all tests of the generator, and its pages as warcio reads them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.sample import SampleSummary, make_sample

DOCUMENTS, SHARDS, SEED = 400, 6, 5


@dataclass(frozen=True)
class Sample:
    folder: Path
    summary: SampleSummary
    truth: list[dict[str, Any]]
    bodies: dict[str, list[str]]  # the WET pages' lines by URL, of the shards without planted damage

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        return [row for row in self.truth if row["kind"] in kinds and row["url"] in self.bodies]


def read_wet(path: Path) -> dict[str, list[str]]:
    with path.open("rb") as stream:
        return {
            record.rec_headers.get_header("WARC-Target-URI"): record.content_stream().read().decode().split("\n")
            for record in ArchiveIterator(stream)
            if record.rec_type == "conversion"
        }


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    summary = make_sample(folder, DOCUMENTS, SHARDS, SEED)
    truth = [json.loads(line) for line in summary.truth.read_text(encoding="utf-8").splitlines()]
    damaged = {row["archive"] for row in truth if row["expect"] not in ("document", "skipped")}
    bodies: dict[str, list[str]] = {}
    for path in summary.archives:
        if path.name not in damaged:
            bodies |= read_wet(path)
    return Sample(folder, summary, truth, bodies)
