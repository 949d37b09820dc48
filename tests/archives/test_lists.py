"""What an entry of a list may name: archives beside it or under the base, and nothing else."""

import gzip
import os
from pathlib import Path

import pytest

from ccnet_lite.archives.content import Gunzip
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.errors import UserError
from tests.archives.hosts import hosting
from tests.archives.test_reach import (
    SETTINGS,
    serve_list,
)

CLIMBING = [
    *("../a.warc.gz", "x/../../a.warc.gz", "..", "%2e%2e/a.warc.gz", "x/%2E%2e/%2e./a.warc.gz", "..%2fa.warc.gz"),
    *("%252e%252e/a.warc.gz", "..\\a.warc.gz", "x\\..\\..\\a.warc.gz", "%5c../a.warc.gz", "..%5ca.warc.gz"),
]


@pytest.mark.parametrize("entry", CLIMBING)
def test_an_entry_never_climbs_out(entry: str, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"not for lists")
    (tmp_path / "lists" / "x").mkdir(parents=True)
    (tmp_path / "lists" / "wet.paths").write_text(f"{entry}\n")
    for base in (
        str(tmp_path / "lists"),
        f"file://{tmp_path}/lists",
        "http://127.0.0.1:9/crawls",
        "s3://bucket/crawls",
    ):
        settings = SETTINGS.model_copy(update={"base_url": base})
        with pytest.raises(UserError, match="leads out of its folder: an entry lies beside its list or under"):
            resolve_inputs([str(tmp_path / "lists" / "wet.paths")], settings)
    with hosting(serve_list(entry)) as host, pytest.raises(UserError, match="leads out of its folder"):
        resolve_inputs([f"http://127.0.0.1:{host.port}/wet.paths"], SETTINGS)


def test_nor_by_a_link_an_absolute_path_or_file(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.warc.gz", tmp_path / "lists"
    outside.write_bytes(b"not for lists")
    folder.mkdir()
    (folder / "inside.warc.gz").write_bytes(b"for lists")
    (folder / "link.warc.gz").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / "round").symlink_to(folder / "round")
    (folder / "within.warc.gz").symlink_to("inside.warc.gz")
    settings = SETTINGS.model_copy(update={"base_url": str(folder)})
    for entry, message in (
        (
            "link.warc.gz",
            rf"its entry link\.warc\.gz is a link that leads out of {folder}: give {outside} by --input",
        ),
        ("up/outside.warc.gz", "is a link that leads out of"),
        (str(outside), "lies neither beside it nor under source.base_url"),
        (f"file://{outside}", "is on this machine: give its path by --input"),
        (f"FILE://{outside}", "is on this machine: give its path by --input"),
        ("round", "lies neither beside it"),
        ("a\0b", "lies neither beside it"),
        ("a" * 5000, "lies neither beside it"),
        ("a" * 9000, "is no list of paths: it has a line of 9000 characters"),
        ("ftp://127.0.0.1/a.warc.gz", "ftp:// is not supported"),
    ):
        (folder / "wet.paths").write_text(entry)
        with pytest.raises(UserError, match=message):
            resolve_inputs([str(folder / "wet.paths")], settings)
    (folder / "wet.paths").write_text("./inside.warc.gz\n/within.warc.gz\n")
    assert [shard.uri for shard in resolve_inputs([str(folder / "wet.paths")], settings)] == [
        f"{folder}/inside.warc.gz"
    ]


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    names = ["a\u2028b.warc.gz", "a\u0085b.warc.gz", "a\x0bb\x0cc.warc.gz", "a\rb.warc.gz", "plain.warc.gz"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    for ending in ("\n", "\r\n", "\n\n"):
        (tmp_path / "wet.paths").write_bytes(ending.join(names).encode())
        found = resolve_inputs([str(tmp_path / "wet.paths")], SETTINGS)
        assert sorted(shard.uri for shard in found) == sorted(str(tmp_path / name) for name in names)


def test_entries_lead_to_no_other_store(tmp_path: Path) -> None:
    path = tmp_path / "wet.paths"
    settings = SETTINGS.model_copy(update={"base_url": "hdfs://nodes:8020/crawls"})
    refused = [
        *("hdfs://evil.example/a.warc.gz", "HDFS://evil.example/a", "viewfs://evil/a", "hdfs://nodes:9/a"),
        *("abfss://c@evil.dfs.core.windows.net/a", "abfs://evil.example/c/a", "abfss://evil@nodes:8020/a"),
    ]
    for entry in refused:
        path.write_text(entry)
        with pytest.raises(UserError, match="leads to another store than the list's and that of"):
            resolve_inputs([str(path)], settings)
        allowed = settings.model_copy(update={"allow_private": True})
        assert [shard.uri for shard in resolve_inputs([str(path)], allowed)] == [entry]
    for entry in (
        "s3://b/a?endpoint_override=evil",
        "gs://b/a?endpoint_override=evil",
        "abfss://c@a/a?x",
        "hdfs://nodes:8020/a?x",
    ):
        path.write_text(entry)
        for each in (settings, settings.model_copy(update={"allow_private": True})):
            with pytest.raises(UserError, match="an entry takes no options"):
                resolve_inputs([str(path)], each)
    path.write_text("s3://bucket/a.warc.gz\ngs://bucket/b.warc.gz\nhdfs://nodes:8020/c.warc.gz\n")
    assert len(resolve_inputs([str(path)], settings)) == 3


def test_lists_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ccnet_lite.archives import lists

    monkeypatch.setattr(lists, "MAX_LIST_BYTES", 100_000)
    monkeypatch.setattr(lists, "MAX_ENTRIES", 1000)
    exact = gzip.compress(b"#" * 99_999 + b"\n")
    for name, data in {
        "plain": b"#" * 100_001,
        "one": gzip.compress(b"#" * 100_001),
        "second": exact + gzip.compress(b"#" * 1_000_000),  # a bound that is used up is no bound to zlib
        "many": gzip.compress(b"http://a.example/\n" * 1001),
    }.items():
        (tmp_path / f"{name}.paths").write_bytes(data)
        with pytest.raises(UserError, match=r"it holds more than 100000 bytes|has more than 1,000 entries"):
            resolve_inputs([str(tmp_path / f"{name}.paths")], SETTINGS)
    with (
        hosting(serve_list("#" * 100_001)) as host,
        pytest.raises(UserError, match=r"is larger than|holds more than"),
    ):
        resolve_inputs([f"http://127.0.0.1:{host.port}/wet.paths"], SETTINGS)
    page = b"<html><body>http://a/\n"
    with (
        hosting(lambda asked: asked.answer(body=page)) as host,
        pytest.raises(UserError, match="the host sent a web page in its place"),
    ):
        resolve_inputs([f"http://127.0.0.1:{host.port}/wet.paths"], SETTINGS)


def test_gzip_of_many_members_is_read_as_gunzip_reads_it() -> None:
    parts = [os.urandom(n * 997 % 50_000) for n in range(40)] + [b""] * 3000 + [b"end"]
    packed = b"".join(gzip.compress(part, 1) for part in parts)

    class Source:
        at = 0

        def read(self, count: int, /) -> bytes:
            self.at += min(count, 1777)
            return packed[self.at - min(count, 1777) : self.at]

    content = Gunzip(Source())
    assert b"".join(iter(lambda: content.read(999), b"")) == b"".join(parts)


# ---- credentials -----------------------------------------------------------------------------------------
