"""From what a user gives to numbered shards: files, globs, lists, URLs, crawls."""

import gzip
from pathlib import Path

import pytest

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.sources import glance, open_shard
from ccnet_lite.errors import UserError
from ccnet_lite.settings import SourceSettings
from tests.archives.test_http import send, serving

NOWHERE = SourceSettings(base_url="http://127.0.0.1:9/", retries=0)


def files(folder: Path, *names: str) -> list[str]:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return [str(folder / name) for name in names]


def test_files_and_globs_each_once_and_in_order(tmp_path: Path) -> None:
    b, a, c = files(tmp_path, "b.warc.gz", "a.warc.gz", "deep/c.warc.gz")
    shards = resolve_inputs([b, str(tmp_path / "**" / "*.gz"), f"file://{a}"], NOWHERE)
    assert [(s.index, s.uri, s.segment, s.size) for s in shards] == [
        (0, a, "a.warc.gz", 9),
        (1, b, "b.warc.gz", 9),
        (2, c, "c.warc.gz", 14),
    ]
    assert [s.uri for s in resolve_inputs([a, b, c], NOWHERE, limit=2)] == [a, b]
    with open_shard(shards[2], NOWHERE) as stream:
        assert stream.read(100) == b"deep/c.warc.gz"


def test_archives_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    given = files(tmp_path, "x/1/a.gz", "y/1/a.gz", "y/2/b.gz")
    assert [s.segment for s in resolve_inputs(given, NOWHERE)] == ["b.gz", "x/1/a.gz", "y/1/a.gz"]
    inside = "crawl-data/CC-MAIN-2024-22/segments/1/wet/a.warc.wet.gz"
    (shard,) = resolve_inputs(files(tmp_path, inside), NOWHERE)
    assert shard.segment == inside


def test_urls_that_differ_in_their_query_alone_have_names_of_their_own() -> None:
    """They were compared for ever; and a query may hold a signature."""
    given = [f"http://127.0.0.1:9/get?file={n}&signature=secret" for n in range(3)]
    segments = [shard.segment for shard in resolve_inputs(given, NOWHERE)]
    assert len(set(segments)) == 3
    assert all(segment.startswith("127.0.0.1:9/get?") and "secret" not in segment for segment in segments)


@pytest.mark.parametrize("name", ["wet.paths.gz", "wet.paths", "my.txt"])
def test_lists_of_paths(tmp_path: Path, name: str) -> None:
    a, b = files(tmp_path, "a.warc.gz", "sub/b.warc.gz")
    text = b"\n# a comment\nsub/b.warc.gz\n\nhttp://127.0.0.1:9/far.warc.gz\n"
    text = b"a.warc.gz" + text if name == "my.txt" else b"a.warc.gz\n" + text
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    uris = {shard.uri for shard in resolve_inputs([str(tmp_path / name)], NOWHERE)}
    assert uris == {a, b, "http://127.0.0.1:9/far.warc.gz"}


def test_a_crawl_by_its_name() -> None:
    paths = [f"crawl-data/CC-MAIN-2024-22/segments/1/wet/{n:05}.warc.wet.gz" for n in range(9)]
    listing = gzip.compress("\n".join(paths).encode())

    def answer(handler: object, _: int) -> None:
        path = handler.path  # type: ignore[attr-defined]
        if path == "/crawl-data/CC-MAIN-2024-22/wet.paths.gz":
            send(handler, 200, listing, ETag='"list"')  # type: ignore[arg-type]
        elif path.endswith(paths[2]):
            send(handler, 200, b"archive", ETag='"two"')  # type: ignore[arg-type]
        else:
            send(handler, 404)  # type: ignore[arg-type]

    with serving(answer) as (url, _):
        settings = SourceSettings(base_url=url, retries=0)
        shards = resolve_inputs([], settings, crawl="CC-MAIN-2024-22", shards="0-2")
        assert [shard.segment for shard in shards] == paths[:3]
        assert [shard.uri for shard in shards] == [f"{url}/{path}" for path in paths[:3]]
        with open_shard(shards[2], settings) as stream:
            assert stream.read(100) == b"archive"
        assert glance(shards[2:], settings) == ['http 7 "two"']
        chosen = resolve_inputs([], settings, crawl="CC-MAIN-2024-22", shards="8, 1,3-4")
        assert [shard.segment for shard in chosen] == [paths[n] for n in (1, 3, 4, 8)]
        with pytest.raises(UserError, match="--shards 7-9: the crawl has 9 archives, 0-8"):
            resolve_inputs([], settings, crawl="CC-MAIN-2024-22", shards="7-9")
        with pytest.raises(UserError, match=r"warc\.paths\.gz: the host answered 404"):
            resolve_inputs([], settings, crawl="CC-MAIN-2024-22", kind="warc")


def test_a_crawl_in_a_folder(tmp_path: Path) -> None:
    name = "crawl-data/CC-MAIN-2024-22/segments/1/wet/a.warc.wet.gz"
    (archive,) = files(tmp_path, name)
    (tmp_path / "crawl-data/CC-MAIN-2024-22/wet.paths.gz").write_bytes(gzip.compress(name.encode()))
    settings = SourceSettings(base_url=str(tmp_path))
    assert [s.uri for s in resolve_inputs([], settings, crawl="CC-MAIN-2024-22")] == [archive]
    with pytest.raises(UserError, match=r"CC-MAIN-2030-01: .* does not exist"):
        resolve_inputs([], settings, crawl="CC-MAIN-2030-01")
    with pytest.raises(UserError, match="give a crawl's name"):
        resolve_inputs([], settings, crawl="../../etc")


def test_mistakes_are_named_with_what_to_do(tmp_path: Path) -> None:
    (archive,) = files(tmp_path, "a.warc.gz")
    (tmp_path / "empty.paths").write_text("# nothing\n\n")
    (tmp_path / "lost.paths").write_text("no/such.warc.gz\n")
    (tmp_path / "cut.paths.gz").write_bytes(gzip.compress(b"a.warc.gz\n" * 99)[:-12])
    (tmp_path / "ftp.paths").write_text("ftp://example.com/a.warc.gz\n")
    (tmp_path / "s3.paths").write_text("s3://bucket/a?endpoint_override=evil.example\n")
    (tmp_path / "binary.paths").write_bytes(b"\xff\xfe\x00")
    local = SourceSettings(base_url=str(tmp_path / "base"))
    for given, message in (
        ([], "no input: give --input"),
        ([" "], "--input is empty"),
        ([str(tmp_path)], "is a folder: give its archives, as in"),
        ([f"{tmp_path}/no.gz"], "does not exist: give an archive, a glob, a list or a URL"),
        ([f"{tmp_path}/*.wet"], "no file matches this glob"),
        ([f"{tmp_path}/empty.paths"], "is an empty list: it should name one archive a line"),
        ([f"{tmp_path}/lost.paths"], r"its entry no/such\.warc\.gz lies neither beside it nor under"),
        ([f"{tmp_path}/cut.paths.gz"], "cannot be decompressed: it ends early"),
        ([f"{tmp_path}/binary.paths"], "is no list of paths: it is not text"),
        (["http://me:secret@example.com/a.warc.gz"], r"http://example\.com/a\.warc\.gz: put the name and"),
        (["s3://key:secret@bucket/a.warc.gz"], r"s3://bucket/a\.warc\.gz: put the name and"),
        (["hdfs://me:secret@host/a.warc.gz"], r"hdfs://host/a\.warc\.gz: put the name and"),
        (["ftp://example.com/a.warc.gz"], r"ftp:// is not supported: give a path, or an http, https, s3"),
        ([f"{tmp_path}/ftp.paths"], "ftp:// is not supported"),
        ([f"{tmp_path}/s3.paths"], r"s3://bucket/a\?\.\.\.: an entry takes no options"),
    ):
        with pytest.raises(UserError, match=message) as error:
            resolve_inputs(given, local)
        assert "secret" not in str(error.value)
    for shards, message in (
        ("0-2", "chooses from a crawl, so name one with --crawl"),
        ("", "chooses from a crawl"),
    ):
        with pytest.raises(UserError, match=message):
            resolve_inputs([archive], local, shards=shards)
    with pytest.raises(UserError, match="--limit 0"):
        resolve_inputs([archive], local, limit=0)


@pytest.mark.parametrize("shards", ["", "a", "3-1", "1,,2", "-1", "0-", "1.5"])
def test_odd_choices_of_shards(tmp_path: Path, shards: str) -> None:
    files(tmp_path, *(f"crawl-data/X/{n}.warc.gz" for n in range(4)))
    listing = b"".join(b"crawl-data/X/%d.warc.gz\n" % n for n in range(4))
    (tmp_path / "crawl-data/X/wet.paths.gz").write_bytes(gzip.compress(listing))
    with pytest.raises(UserError, match=f"--shards {shards}"):
        resolve_inputs([], SourceSettings(base_url=str(tmp_path)), crawl="X", shards=shards)
