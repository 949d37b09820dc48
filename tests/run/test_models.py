"""The models of a run: what is refused before anything is read or downloaded."""

import struct
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import file_sha256
from ccnet_lite.run.models import find_models
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.models.conftest import classifier, lm_dir
from tests.models.test_files import BODY, SHA256, server

__all__ = ["lm_dir", "server"]
MODEL = classifier({"en": "the sea", "fr": "la mer"})


def test_a_model_that_cannot_be_used_ends_a_run_before_it_begins(
    tmp_path: Path, lm_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path / "home"))
    whole = (lm_dir / "en.arpa.bin").read_bytes()
    (tmp_path / "lm").mkdir()
    (tmp_path / "lm" / "en.arpa.bin").write_bytes(whole[:88] + struct.pack("<I", 0) + whole[92:])
    (tmp_path / "lm" / "en.sp.model").write_bytes((lm_dir / "en.sp.model").read_bytes())
    (tmp_path / "lid.bin").write_bytes(MODEL)
    settings = load_settings(None, [f"language.model={tmp_path}/lid.bin", f"quality.lm_dir={tmp_path}/lm"])
    with pytest.raises(UserError, match=r"KenLM model .*/lm/en\.arpa\.bin ends the process .*SIGSEGV"):
        run_pipeline(settings, [], str(tmp_path / "out"))
    (tmp_path / "lid.bin").write_bytes(MODEL[:8] + struct.pack("<i", 0) + MODEL[12:])
    with pytest.raises(UserError, match=r"lid\.bin is damaged, its vectors have 0 numbers"):
        run_pipeline(settings, [], str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_url_needs_a_checksum_or_to_be_admitted_by_name(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path))
    url = f"language.model={server}/model.bin"
    with pytest.raises(UserError, match="has no checksum: give its SHA-256"):
        find_models(load_settings(None, [url]))
    assert list(tmp_path.iterdir()) == []
    for more in (f"language.sha256={SHA256}", "language.allow_unverified=true"):
        assert find_models(load_settings(None, [url, more])).language.read_bytes() == BODY


def test_what_lies_in_the_users_own_store_or_on_a_disk_needs_none(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path / "home"))
    (tmp_path / "lid.bin").write_bytes(MODEL)
    (Place.of(s3) / "lid.bin").write_bytes(MODEL)
    for given in (str(tmp_path / "lid.bin"), f"{s3}/lid.bin"):
        found = find_models(load_settings(None, [f"language.model={given}"]))
        assert found.digests["language.model"] == file_sha256(tmp_path / "lid.bin")
