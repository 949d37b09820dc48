"""Model files: where they are looked for, downloads over loopback, checksums."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models import files
from ccnet_lite.models.files import file_sha256, find_model, model_homes, shown_url

BODY = bytes(range(256)) * 20_000  # 5 MB: several chunks
SHA256 = hashlib.sha256(BODY).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves BODY in several bad ways, told by the path; counts what it was asked."""

    asked: ClassVar[list[str]] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.partition("?")[0]
        if name == "/missing.bin" or (name == "/busy.bin" and self.asked.count(self.path) < 3):
            self.send_error(404 if name == "/missing.bin" else 503)
            return
        cut = name == "/short.bin" or (name == "/dropped.bin" and self.asked.count(self.path) < 2)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(BODY[:1000] if cut else BODY)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(files, "BACKOFF_SECONDS", 0.0)
    Handler.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        thread = threading.Thread(target=http_server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http_server.server_port}"
        http_server.shutdown()
        thread.join()


def test_a_url_is_downloaded_once_and_verified(server: str, tmp_path: Path) -> None:
    path = find_model(f"{server}/model.bin", SHA256, cache=tmp_path / "cache")
    assert path.read_bytes() == BODY
    assert path.name.endswith("-model.bin")
    assert find_model(f"{server}/model.bin", SHA256, cache=tmp_path / "cache") == path
    assert Handler.asked == ["/model.bin"]
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == [path.name]


def test_two_urls_of_one_name_are_two_files(server: str, tmp_path: Path) -> None:
    first = find_model(f"{server}/model.bin", cache=tmp_path, allow_unverified=True)
    assert find_model(f"{server}/other/model.bin", cache=tmp_path, allow_unverified=True) != first


def test_a_url_without_a_checksum_is_refused_unless_that_is_asked_for(server: str, tmp_path: Path) -> None:
    url = server.replace("http://", "http://me:password@") + "/model.bin?token=secret"
    for _ in range(2):  # nor is one refused before it was there
        with pytest.raises(
            UserError, match=r"model\.bin has no checksum: .*language\.sha256.*allow_unverified"
        ) as caught:
            find_model(url, cache=tmp_path)
        assert "secret" not in str(caught.value) and "password" not in str(caught.value)
        assert Handler.asked == [] and list(tmp_path.iterdir()) == []
    assert find_model(f"{server}/model.bin", cache=tmp_path, allow_unverified=True).read_bytes() == BODY
    with pytest.raises(UserError, match="has no checksum"):  # what an earlier run took, too
        find_model(f"{server}/model.bin", cache=tmp_path)


def test_what_comes_with_another_checksum_is_not_kept(server: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"SHA-256 of what came is {SHA256}, expected {'0' * 64}"):
        find_model(f"{server}/model.bin", "0" * 64, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_body_is_not_kept(server: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could not be read beyond byte 1000 in 4 tries"):
        find_model(f"{server}/short.bin", SHA256, cache=tmp_path)
    assert Handler.asked == ["/short.bin"] * files.TRIES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "requests"), [("dropped.bin", 2), ("busy.bin", 3)])
def test_what_may_pass_is_tried_again(server: str, tmp_path: Path, name: str, requests: int) -> None:
    assert find_model(f"{server}/{name}", SHA256, cache=tmp_path).read_bytes() == BODY
    assert len(Handler.asked) == requests


def test_one_that_does_not_end_is_given_up(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", len(BODY) - 1)
    with pytest.raises(UserError, match=r"model\.bin holds more than 5,119,999 bytes: get it yourself"):
        find_model(f"{server}/model.bin", cache=tmp_path, allow_unverified=True)
    assert list(tmp_path.iterdir()) == []


def test_404_is_not_tried_again_and_shows_no_secrets(server: str, tmp_path: Path) -> None:
    url = server.replace("http://", "http://me:password@") + "/missing.bin?token=secret"
    with pytest.raises(UserError, match="the host answered 404") as caught:
        find_model(url, SHA256, cache=tmp_path)
    assert "password" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert len(Handler.asked) == 1


def test_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BACKOFF_SECONDS", 0.0)
    with pytest.raises(
        UserError,
        match=r"cannot download http://127\.0\.0\.1:9/m\.bin could not be read beyond byte 0 in 4 tries",
    ):
        find_model("http://127.0.0.1:9/m.bin", SHA256, cache=tmp_path)


def test_a_known_name_is_taken_from_the_first_home_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path))
    assert model_homes()[0] == tmp_path
    (tmp_path / "lid.176.ftz").write_bytes(b"not the model")
    with pytest.raises(UserError) as caught:
        find_model("lid.176.ftz")
    actual, expected = hashlib.sha256(b"not the model").hexdigest(), files.KNOWN_MODELS["lid.176.ftz"].sha256
    assert f"{tmp_path}/lid.176.ftz: SHA-256 is {actual}, expected {expected}" in str(caught.value)
    assert find_model("lid.176.ftz", actual) == tmp_path / "lid.176.ftz"


def test_a_known_name_is_downloaded_where_it_is_missing(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(files.KNOWN_MODELS, "known.bin", files.KnownModel(f"{server}/known.bin", SHA256))
    monkeypatch.setenv("CCNET_LITE_HOME", str(tmp_path / "home"))
    assert find_model("known.bin") == tmp_path / "home" / "known.bin"


def test_a_path_is_taken_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(BODY)
    assert find_model(str(path)) == path
    assert find_model(str(path), SHA256) == path
    with pytest.raises(UserError, match=f"{path}: SHA-256 is {SHA256}, expected {'f' * 64}"):
        find_model(str(path), "f" * 64)


@pytest.mark.parametrize("name", ["nowhere.bin", ".", "s3://bucket/m.bin", "http://"])
def test_what_cannot_be_found_is_named(name: str) -> None:
    with pytest.raises(UserError, match=r"^model .*: give"):
        find_model(name)


def test_a_sum_is_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(b"one")
    assert file_sha256(path) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"three")
    assert file_sha256(path) == hashlib.sha256(b"three").hexdigest()


def test_shown_url() -> None:
    assert shown_url("https://me:secret@host:8080/a.bin?token=1#x") == "https://host:8080/a.bin"
