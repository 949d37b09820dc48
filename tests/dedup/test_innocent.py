"""A reviewer's list: what it may hold, and mistakes in it by line."""

from hashlib import sha256
from pathlib import Path

import pytest

from ccnet_lite.dedup.innocent import read_innocent
from ccnet_lite.errors import UserError

HIT, DOCUMENT = "0123456789abcdef", "0123456789abcdef" * 2


def test_ids_and_what_stands_behind_them(tmp_path: Path) -> None:
    content = f"\ufeff# looked at\n\n{HIT}  a quotation\r\n  {DOCUMENT}\n".encode()
    (tmp_path / "kept.txt").write_bytes(content)
    found = read_innocent(tmp_path / "kept.txt")
    assert found.ids == {HIT, DOCUMENT}
    assert found.sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize("line", [HIT[1:], HIT.upper(), f"{HIT}0", f'{{"hit_id": "{HIT}"}}', "\x1b[2J"])
def test_what_is_no_id_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "kept.txt").write_text(f"{HIT}\n{line}\n")
    with pytest.raises(UserError, match=r"kept\.txt, line 2: .* is no id") as raised:
        read_innocent(tmp_path / "kept.txt")
    assert "\x1b" not in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_innocent(tmp_path / "none.txt")
    (tmp_path / "kept.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="no UTF-8"):
        read_innocent(tmp_path / "kept.txt")
