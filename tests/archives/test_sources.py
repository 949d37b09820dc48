"""Archives opened: what they were is taken of the bytes read; what cannot be read has a name."""

import hashlib
import os
import pickle
import time
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest

from ccnet_lite.archives.errors import SourceError, UnreadArchive
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.objects import _matches, scheme_of
from ccnet_lite.archives.sources import ArchiveIdentity, ArchiveStream, Shard, glance, open_shard
from ccnet_lite.settings import SourceSettings
from ccnet_lite.store.places import Place
from tests.archives.hosts import Asked, hosting
from tests.archives.test_http import send, serving

NOWHERE = SourceSettings(base_url="http://127.0.0.1:9/", retries=0, backoff_seconds=0)


def shard_of(uri: object, index: int = 0) -> Shard:
    return Shard(index, str(uri), f"segment {index}", None)


def read_some(uri: object, settings: SourceSettings = NOWHERE, count: int = 4) -> ArchiveIdentity:
    with open_shard(shard_of(uri), settings) as stream:
        stream.read(count)
        return stream.identity()


def test_a_file_is_what_all_of_its_bytes_are_however_few_were_asked_for(tmp_path: Path) -> None:
    data = os.urandom(9_000_000)
    (tmp_path / "a").write_bytes(data)
    found = read_some(tmp_path / "a")
    assert (found.sha256, found.bytes, found.etag) == (hashlib.sha256(data).hexdigest(), len(data), "")
    assert [found.look] == glance([shard_of(tmp_path / "a")], NOWHERE)
    assert not found.changed_since(found.look)


def test_a_file_replaced_by_another_of_its_size_is_another(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"first")
    (before,) = glance([shard_of(path)], NOWHERE)
    time.sleep(0.02)
    path.write_bytes(b"other")
    assert read_some(path).changed_since(before)


def test_a_file_that_is_written_to_while_it_is_read_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(os.urandom(9_000_000))
    with open_shard(shard_of(path), NOWHERE) as stream:
        stream.read(1000)
        time.sleep(0.02)
        with path.open("r+b") as file:
            file.seek(8_000_000)
            file.write(b"another end")
        with pytest.raises(UnreadArchive, match=f"{path} was changed while it was read: run again"):
            stream.identity()


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_own_end(tmp_path: Path) -> None:
    path, data = tmp_path / "a", os.urandom(9_000_000)
    path.write_bytes(data)
    with open_shard(shard_of(path), NOWHERE) as stream:
        stream.read(1000)
        (tmp_path / "b").write_bytes(b"another")
        (tmp_path / "b").replace(path)
        found = stream.identity()
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.changed_since(glance([shard_of(path)], NOWHERE)[0])


def test_an_object_that_is_replaced_is_another_and_while_it_is_read_unread(s3: str) -> None:
    place = Place.of(s3) / "a b.warc.gz"
    place.write_bytes(b"first")
    (before,) = glance([shard_of(place)], NOWHERE)
    assert [before] == glance([shard_of(place)], NOWHERE)
    assert before.startswith("s3 5 ") and not read_some(place).changed_since(before)
    place.write_bytes(b"other")  # in the same second, of the same size
    assert read_some(place).changed_since(before)
    with open_shard(shard_of(place), NOWHERE) as stream:
        stream.read(1)
        place.write_bytes(b"third")
        with pytest.raises(UnreadArchive, match=r"a b\.warc\.gz was changed while it was read: run again"):
            stream.identity()


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        ('http 7 "a"', 'http 7 "a"', False),
        ('http 7 "a"', 'http 7 "b"', True),
        ('http 7 "a"', 'http 8 "a"', True),
        ('http 7 "a"', 'http None "a"', False),  # a host that tells the size to HEAD alone
        ('http 7 "a"', 'http None "b"', True),
        ("http 7 ", 'http 7 "a"', False),
        ("http 7 ", 'http 8 "a"', True),
        ('http 7 "a b"', 'http 7 "a c"', True),
        ("unknown 1", 'http 7 "a"', False),
        ('http 7 "a"', "unknown 1", False),
    ],
)
def test_what_is_compared_is_what_was_told_both_times(then: str, now: str, changed: bool) -> None:
    assert ArchiveIdentity("", 7, "", now).changed_since(then) is changed


def test_over_http_size_and_tag_are_seen_and_compared() -> None:
    tags = ['"one"', '"one"', '"two"']

    def answer(handler: BaseHTTPRequestHandler, n: int) -> None:
        send(handler, 200, b"content", ETag=tags[n])

    with serving(answer) as (url, _):
        (looked,) = glance([shard_of(url)], NOWHERE)  # by GET, as this server knows no HEAD
        same, other = read_some(url), read_some(url)
    assert looked == 'http 7 "one"'
    assert (same.sha256, same.bytes, same.etag) == (hashlib.sha256(b"content").hexdigest(), 7, '"one"')
    assert (same.changed_since(looked), other.changed_since(looked)) == (False, True)


def test_what_a_host_tells_nothing_of_is_equal_to_nothing(tmp_path: Path) -> None:
    def untold(handler: BaseHTTPRequestHandler, _: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"content")

    with serving(untold) as (url, _):
        first, second = glance([shard_of(url), shard_of(url)], NOWHERE)
        assert first.startswith("unknown ") and second.startswith("unknown ") and first != second
        assert not read_some(url).changed_since(first)
    gone, here = glance([shard_of(tmp_path / "gone"), shard_of(tmp_path)], NOWHERE)
    assert gone.startswith("unknown ") and here.startswith("file ")


def test_a_glance_asks_of_many_at_once_and_keeps_their_order(tmp_path: Path) -> None:
    def slow(handler: BaseHTTPRequestHandler, _: int) -> None:
        time.sleep(0.2)
        send(handler, 200, handler.path.encode(), ETag=handler.path)

    with serving(slow) as (url, _):
        started = time.monotonic()
        found = glance([shard_of(f"{url}/{n:02}") for n in range(64)], NOWHERE)
        assert time.monotonic() - started < 4  # 13 s one after another
    assert found == [f"http 3 /{n:02}" for n in range(64)]


def test_a_host_that_is_gone_is_not_asked_for_each_of_its_archives(caplog: pytest.LogCaptureFixture) -> None:
    with serving(lambda handler, _: send(handler, 503)) as (url, asked):
        found = glance([shard_of(f"{url}/{n}") for n in range(1000)], NOWHERE)
        assert len(asked) < 200
    assert len(set(found)) == 1000 and all(look.startswith("unknown ") for look in found)
    (told,) = caplog.messages
    assert told.startswith("1000 of 1000 archives could not be looked at and count as new: http://127.0.0.1:")


def test_a_host_that_says_nothing_of_use_to_head_is_asked_by_get(tmp_path: Path) -> None:
    def host(asked: Asked) -> None:
        asked.answer(ETag="a") if asked.method == "HEAD" else asked.answer(body=b"content", ETag="b" * 9000)

    with hosting(host) as served:
        (looked,) = glance([shard_of(served.url)], NOWHERE)
        assert looked == "http None a"  # that of every file it says 0 bytes is no size
        found = read_some(served.url)
    assert found.look.startswith("http 7 ") and len(found.look) < 200 and found.changed_since(looked)


@pytest.mark.parametrize("status", [401, 404, 410, 403, 500])
def test_an_archive_that_the_host_does_not_give_is_unread(status: int) -> None:
    with (
        serving(lambda handler, _: send(handler, status)) as (url, _),
        pytest.raises(UnreadArchive, match=f"/a.* {status}") as error,
    ):
        read_some(f"{url}/a?signature=hidden")
    assert (error.value.segment, error.value.uri) == ("segment 0", f"{url}/a?...")
    assert "hidden" not in error.value.reason


def test_so_is_a_file_that_vanished_and_one_that_cannot_be_read_on(tmp_path: Path) -> None:
    with pytest.raises(UnreadArchive, match=r"gone cannot be read: No such file or directory"):
        read_some(tmp_path / "gone")
    with pytest.raises(UnreadArchive, match=r"cannot be read: Is a directory"):
        read_some(tmp_path)

    class Broken(BytesIO):
        def read(self, count: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadArchive, match="a cannot be read: Input/output error"):
        ArchiveStream(shard_of("/a"), Broken(), "", "").read(1)


def test_an_unread_archive_comes_back_whole_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(UnreadArchive("segment", "http://a/b", "it said no")))
    assert isinstance(error, SourceError)
    assert (error.segment, error.uri, error.reason, str(error)) == (
        *("segment", "http://a/b", "it said no"),
        "it said no",
    )


def test_schemes() -> None:
    assert [scheme_of(text) for text in ("s3://b/k", "HDFS://h/", "/a://b", "a:b", "C:\\x", "file:///a")] == [
        *("s3", "hdfs", "", "", "", "file")
    ]
    abfss = "abfss://container@account.dfs.core.windows.net/a.warc.gz"
    assert [shard.uri for shard in resolve_inputs([abfss], NOWHERE)] == [abfss]


@pytest.mark.parametrize(
    ("path", "pattern", "matches"),
    [
        ("a/b.gz", "a/*.gz", True),
        ("a/c/b.gz", "a/*.gz", False),
        ("a/c/d/b.gz", "a/**/*.gz", True),
        ("a/b.gz", "a/**/*.gz", True),
        ("a/1.gz", "a/[0-9].gz", True),
        ("a/B.gz", "a/b.gz", False),
    ],
)
def test_globs_as_the_shell_has_them(path: str, pattern: str, matches: bool) -> None:
    assert _matches(path.split("/"), pattern.split("/")) == matches
