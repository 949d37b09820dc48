"""The rows that the corpus is made of, from literal documents and decisions; no JVM."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ccnet_lite.kernels import assemble
from ccnet_lite.kernels.assemble import Blob, assemble_shard
from ccnet_lite.store import reading
from ccnet_lite.store.places import Place
from tests.tables import reader

DOCUMENTS = [
    {
        "doc_id": f"d{n}",
        "position": n,
        "raw_content": f"one {n}\ntwo {n}\nthree {n}",
        "nlines": 3,
        "length": 99,
        "url": f"u/{n}",
        "title": f"T{n}",
        "cc_segment": "s",
        "record_offset": 10 * n,
        "member_offset": n,
        "record_length": 7,
        "record_id": "<r>",
        "record_type": "response",
        "date_download": "2024",
        "digest": "sha1:X",
        "source_domain": "h",
    }
    for n in range(5)
]


def decision(n: int, line_ids: list[int], language: str = "en", **change: Any) -> dict[str, Any]:
    row = {"doc_id": f"d{n}", "position": n, "language": language, "language_score": 0.9, "line_ids": line_ids}
    return row | {"cluster_size": 1, "crawls": ["c"], "crawl_copies": [1]} | change


DECISIONS = [
    decision(0, [0, 2]),
    decision(1, [], rule="too_short", stage="length"),
    decision(2, [0, 1, 2], "de", cluster_id="k", cluster_size=4, crawls=["a", "b"], crawl_copies=[1, 3]),
    decision(3, [1]),
    decision(4, [2], "de"),
]


def rows_of(blobs: list[Blob]) -> list[tuple[str, int, int, list[str]]]:
    return [
        (blob.language, blob.shard, blob.number, pa.ipc.open_stream(blob.rows).read_all()["doc_id"].to_pylist())
        for blob in blobs
    ]


def test_what_goes_on_is_packed_by_language_with_the_lines_that_stay(tmp_path: Path) -> None:
    given = reader(Place(str(tmp_path)), documents=DOCUMENTS, decisions=DECISIONS)
    blobs = list(assemble_shard(given))
    assert rows_of(blobs) == [("de", 0, 0, ["d2", "d4"]), ("en", 0, 0, ["d0", "d3"])]
    german, english = (pa.ipc.open_stream(blob.rows).read_all().to_pylist() for blob in blobs)
    assert [row["raw_content"] for row in english] == ["one 0\nthree 0", "two 3"]
    assert [(row["length"], row["nlines"], row["line_ids"]) for row in english] == [(13, 2, [0, 2]), (5, 1, [1])]
    assert [(row["original_length"], row["original_nlines"]) for row in english] == [(99, 3)] * 2
    whole = german[0]
    assert whole["raw_content"] == DOCUMENTS[2]["raw_content"]
    named = ("url", "title", "cc_segment", "record_offset", "member_offset", "record_length", "record_id")
    assert [whole[name] for name in named] == ["u/2", "T2", "s", 20, 2, 7, "<r>"]
    named = ("record_type", "date_download", "digest", "source_domain", "shard", "position", "language_score")
    assert [whole[name] for name in named] == ["response", "2024", "sha1:X", "h", 0, 2, 0.9]
    assert (whole["cluster_id"], whole["cluster_size"], whole["cluster_weight"]) == ("k", 4, 3)
    assert (whole["crawls"], whole["crawl_copies"], whole["language"]) == (["a", "b"], [1, 3], "de")


def test_what_a_split_is_drawn_by_is_the_document_or_what_it_stands_for(tmp_path: Path) -> None:
    keys = [{"doc_id": "d3", "split_key": "of an earlier crawl"}, {"doc_id": "gone", "split_key": "none"}]
    given = reader(Place(str(tmp_path)), documents=DOCUMENTS, decisions=DECISIONS, split_keys=keys)
    german, english = (pa.ipc.open_stream(blob.rows).read_all() for blob in assemble_shard(given))
    assert german["split_key"].to_pylist() == ["d2", "d4"]
    assert english["split_key"].to_pylist() == ["d0", "of an earlier crawl"]


def test_only_languages_that_are_wanted_are_sent(tmp_path: Path) -> None:
    given = reader(Place(str(tmp_path)), documents=DOCUMENTS, decisions=DECISIONS)
    assert rows_of(list(assemble_shard(given, {"en": True, "de": False}))) == [("en", 0, 0, ["d0", "d3"])]
    assert list(assemble_shard(given, {})) == []


def test_a_language_is_sent_on_when_it_is_large_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "BLOB_BYTES", 13)
    given = reader(Place(str(tmp_path)), documents=DOCUMENTS, decisions=DECISIONS)
    read = given.read

    def one_by_one(table: str, columns: Any = None, batch_rows: int = reading.BATCH_ROWS) -> Any:
        return read(table, columns, 1)

    monkeypatch.setattr(given, "read", one_by_one)
    assert rows_of(list(assemble_shard(given))) == [
        ("en", 0, 0, ["d0"]),
        ("de", 0, 0, ["d2"]),
        ("de", 0, 1, ["d4"]),
        ("en", 0, 1, ["d3"]),
    ]
    monkeypatch.setattr(assemble, "BLOB_BYTES", 14)
    assert rows_of(list(assemble_shard(given))) == [
        ("de", 0, 0, ["d2"]),
        ("en", 0, 0, ["d0", "d3"]),
        ("de", 0, 1, ["d4"]),
    ]
