"""Files of an object store as local copies: each machine has its own, whole, and of the content that is meant."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.perplexity import ModelFiles
from ccnet_lite.store.copies import cache_folder, fetch, language_model_here, local_copy, local_folder, models_here
from ccnet_lite.store.places import Place


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this machine keeps its copies."""
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def models(source: str, folder: Path) -> ModelFiles:
    """As the driver found them, its copies in a folder."""
    paths = (folder / "en.sp.model", folder / "en.arpa.bin")
    return ModelFiles("en", *paths, source=source, sp_sha256=sha256(b"pieces"), lm_sha256=sha256(b"ngrams"))


def test_a_file_is_fetched_once_and_again_when_it_changed(
    s3: str, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.of(s3) / "a b" / "ö.bin"
    place.write_bytes(b"first")
    first = local_copy(place)
    assert first.read_bytes() == b"first" and first.name == "ö.bin" and first.is_relative_to(machine)
    with monkeypatch.context() as patch:
        patch.setattr("ccnet_lite.store.copies.fetch", lambda *_: pytest.fail("fetched twice"))
        assert local_copy(place) == first
    place.write_bytes(b"second one")
    assert local_copy(place).read_bytes() == b"second one"
    with pytest.raises(UserError, match=r"none\.bin does not exist"):
        local_copy(Place.of(s3) / "none.bin")


def test_a_folder_of_the_same_sizes_is_fetched_again_when_it_was_made_anew(
    s3: str, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("x", "y", "below/z"):
        (Place.of(s3) / name).write_bytes(b"1")
    first = local_folder(Place.of(s3))
    assert {path.name for path in first.iterdir()} == {"x", "y"}
    assert local_folder(Place.of(s3)) == first
    # Stores tell times to a second.
    monkeypatch.setattr("moto.s3.models.utcnow", lambda: datetime(2035, 1, 1))
    (Place.of(s3) / "y").write_bytes(b"2")
    assert (local_folder(Place.of(s3)) / "y").read_bytes() == b"2"
    with pytest.raises(UserError, match="holds no file"):
        local_folder(Place.of(s3) / "none")


def test_another_machine_fetches_to_its_own_folder_and_tries_what_it_fetched(
    s3: str, machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []
    monkeypatch.setattr("ccnet_lite.store.copies.try_here", lambda cs: tried.extend(c.path for c in cs))
    files = models(s3, tmp_path / "of the driver" / "3fa9")
    for name, content in (("en.sp.model", b"pieces"), ("en.arpa.bin", b"ngrams")):
        (Place.of(s3) / name).write_bytes(content)
    here = models_here(files)
    assert (here.sp_model.read_bytes(), here.lm.read_bytes()) == (b"pieces", b"ngrams")
    assert here.sp_model.is_relative_to(machine) and here.lm.is_relative_to(machine)
    assert not (tmp_path / "of the driver").exists()
    assert tried == [here.sp_model, here.lm]
    (Place.of(s3) / "en.arpa.bin").write_bytes(b"others")
    assert models_here(files) == here
    # On the driver's machine its own copies serve.
    files.sp_model.parent.mkdir(parents=True)
    files.sp_model.write_bytes(b"pieces")
    files.lm.write_bytes(b"ngrams")
    assert models_here(files) == files


def test_a_model_that_was_changed_under_the_run_is_never_used(s3: str, machine: Path, tmp_path: Path) -> None:
    files = models(s3, tmp_path / "of the driver" / "3fa9")
    for name, content in (("en.sp.model", b"pieces"), ("en.arpa.bin", b"others")):
        (Place.of(s3) / name).write_bytes(content)
    for _ in range(2):  # nor by a task that is tried again
        with pytest.raises(UserError, match=f"{s3}/en.arpa.bin: SHA-256 is {sha256(b'others')}, expected"):
            models_here(files)
    assert [path.name for path in machine.rglob("*") if path.is_file()] == ["en.sp.model"]


def test_a_path_that_a_machine_does_not_see_is_said(machine: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"does not see /nowhere/en\.sp\.model: quality\.lm_dir has to lie where"):
        models_here(models("", Path("/nowhere")))
    with pytest.raises(UserError, match=r"language\.model on .*: model /nowhere/own\.ftz does not exist"):
        language_model_here(Path("/nowhere/own.ftz"), "/nowhere/own.ftz", "")


def test_a_folder_that_another_made_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name among the temporary files can be foreseen."""
    monkeypatch.delenv("CCNET_LITE_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = cache_folder()
    assert folder.parent == tmp_path and folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="is not yours: set CCNET_LITE_HOME"):
        cache_folder()
    somebody = os.getuid() + 1
    monkeypatch.setattr("os.getuid", lambda: somebody)
    (tmp_path / f"ccnet_lite-{os.getuid()}").mkdir()
    with pytest.raises(UserError, match="is not yours"):
        cache_folder()


def test_what_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        fetch(Place(str(tmp_path / "none")), tmp_path / "copy" / "none")
    assert list((tmp_path / "copy").iterdir()) == []
