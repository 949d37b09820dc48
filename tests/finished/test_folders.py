"""New folders: what a killed command left is cleared, what is somebody else's is not touched."""

from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import check_new, new_folder

MADE = ("corpus", "summary.json")


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


def test_a_folder_is_whole_or_gone(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with new_folder(out, "rebuild", MADE):
        write(out / "corpus" / "a")
    assert [path.name for path in out.iterdir()] == ["corpus"]
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "other", "rebuild", MADE):
        write(tmp_path / "other" / "corpus" / "a")
        raise KeyboardInterrupt
    assert not (tmp_path / "other").exists()


def test_what_a_killed_command_left_is_cleared_by_the_same_one_only(tmp_path: Path) -> None:
    for name in ("_work/rebuild.json", "_work/tmp/x", "corpus/a", "summary.json", "mine.txt"):
        write(tmp_path / name)
    with pytest.raises(UserError, match="not an empty folder"):
        check_new(tmp_path, "minify")
    with new_folder(tmp_path, "rebuild", MADE):
        assert not (tmp_path / "corpus").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt"]


def test_folders_of_others_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "out" / "corpus" / "a")
    write(tmp_path / "file")
    for place, message in (("out", "is not an empty folder"), ("file", "is a file")):
        with pytest.raises(UserError, match=message), new_folder(tmp_path / place, "rebuild", MADE):
            pass
    with pytest.raises(UserError, match="cannot be written"), new_folder(tmp_path / "file/x", "rebuild", MADE):
        pass
    assert (tmp_path / "out" / "corpus" / "a").exists()
    with pytest.raises(UserError, match="ftp:// is not supported"), new_folder("ftp://a/b", "rebuild", MADE):
        pass
