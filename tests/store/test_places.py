"""Where run data lies: what may be given, and that a file is there whole or not at all."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.store.places import Entry, Place, publishing
from tests.faults import Faults, Killed, breaking

NAMES = ["plain", "with space", "日本語 é", "a%20b", "a#b?c", "x=y&z"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_folder_and_its_files_come_back(tmp_path: Path, name: str) -> None:
    place = Place.of(str(tmp_path / name))
    (place / "sub" / f"{name}.json").write_bytes(b"1")
    assert (tmp_path / name / "sub" / f"{name}.json").read_bytes() == b"1"
    assert place.entries() == [Entry(f"sub/{name}.json", 1)]
    assert place.children() == ["sub"]
    assert (place / "sub").children() == [f"{name}.json"]
    assert (place / "sub" / f"{name}.json").read_bytes() == b"1"
    assert place.path == tmp_path / name and place.name == name and place.parent.path == tmp_path


def test_what_a_person_may_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Place.of("out").uri == f"{tmp_path}/out"
    assert Place.of(Path("out/")).uri == f"{tmp_path}/out"
    assert Place.of("file:///a/b").uri == "/a/b"
    assert Place.of("s3://bucket/run/").uri == "s3://bucket/run"
    assert Place.of("s3://bucket").uri == "s3://bucket"
    assert Place.of("hdfs:///user/run").uri == "hdfs:///user/run"
    place = Place.of("gs://bucket/a b/é")
    assert Place.of(place) is place
    assert (str(place / "x"), place.name, place.is_local) == ("gs://bucket/a b/é/x", "é", False)
    assert Place.of("out/table").shown == "out/table"
    assert Place.of("/elsewhere").shown == "/elsewhere"
    assert place.shown == "gs://bucket/a b/é"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "to")
    assert Place.of(tmp_path / "link").uri == f"{tmp_path}/link"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("ftp://host/run", r"--output ftp://host/run: ftp:// is not supported: give a path, or s3://, gs://"),
        ("http://host/run", "http:// is not supported"),
        ("s3:///run", "names no bucket: give s3://BUCKET/FOLDER"),
        ("gs://", "names no bucket: give gs://BUCKET/FOLDER"),
    ],
)
def test_what_is_not_supported_is_refused_in_a_line(given: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        Place.of(given, "--output ")
    assert "\n" not in str(error.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    nothing = Place(str(tmp_path / "none"))
    assert (nothing.exists(), nothing.entries(), nothing.children()) == (False, [], [])
    nothing.delete()
    nothing.delete_all()
    with pytest.raises(FileNotFoundError):
        nothing.read_bytes()
    (nothing / "a" / "b").write_bytes(b"x")
    assert nothing.exists() and (nothing / "a").exists()
    (nothing / "a" / "b").delete()
    assert nothing.entries() == []
    nothing.delete_all()
    assert not nothing.exists()


def test_entries_are_all_files_below_by_name(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    for name in ("b", "a/2", "a/1", "a/c/0"):
        (place / name).write_bytes(name.encode())
    assert place.entries() == [Entry("a/1", 3), Entry("a/2", 3), Entry("a/c/0", 5), Entry("b", 1)]
    assert place.children() == ["a", "b"]


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
def test_a_stream_that_ends_in_an_exception_is_no_file(tmp_path: Path, store: bool) -> None:
    with breaking(Faults(), tmp_path, store) as run:
        for error in (ValueError, KeyboardInterrupt):
            with pytest.raises(error), publishing(run / "t" / "file", run / "_work" / "tmp") as stream:
                stream.write(b"half")
                raise error
        assert run.entries() == []
        with publishing(run / "t" / "file", run / "_work" / "tmp") as stream:
            stream.write(b"who")
            stream.write(b"le")
            assert not (run / "t" / "file").exists()
        assert run.entries() == [Entry("t/file", 5)]


@pytest.mark.parametrize("store", [False, True], ids=["disk", "store"])
@pytest.mark.parametrize("kill", [False, True], ids=["fails", "killed"])
def test_a_small_file_is_the_old_one_or_the_whole_new_one(tmp_path: Path, store: bool, kill: bool) -> None:
    at, struck = 0, True
    while struck:
        at += 1
        faults = Faults(at, kill)
        root = tmp_path / str(at)
        with breaking(Faults(), root, store) as run:
            (run / "a.json").write_bytes(b"old")
        with breaking(faults, root, store) as run:
            try:
                (run / "a.json").write_bytes(b"the new one")
                whole = True
            except (OSError, Killed):
                whole = False
        struck = faults.struck
        assert whole or struck
        with breaking(Faults(), root, store) as run:
            found = (run / "a.json").read_bytes()
            assert found == b"the new one" if whole else found in (b"old", b"the new one")
            if not kill:
                assert [entry.name for entry in run.entries()] == ["a.json"]
    assert at > 2


def test_two_that_write_the_same_at_once_each_have_a_file_of_their_own(tmp_path: Path) -> None:
    target, scratch = Place(str(tmp_path / "t")), Place(str(tmp_path / "tmp"))
    gate = threading.Barrier(4)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with publishing(target, scratch) as stream:
                for _ in range(50):
                    stream.write(b"0123456789")
                gate.wait()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert target.read_bytes() == b"0123456789" * 50
    assert scratch.entries() == []


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8), min_size=1)
)
def test_places_are_joined_and_taken_apart(parts: list[str]) -> None:
    place = Place("s3://bucket")
    for part in parts:
        assert ((place / part).parent, (place / part).name) == (place, part)
        place = place / part
    assert str(place) == "/".join(["s3://bucket", *parts])
