"""JSON files of a run: whatever happens to one is told from what was written."""

import json
from pathlib import Path

import pytest

from ccnet_lite.store.json_files import (
    SEAL,
    DamagedJson,
    Stored,
    json_text,
    read_stored,
    read_whole,
    write_json,
)
from ccnet_lite.store.places import Place


class Held(Stored):
    """Some of everything."""

    name: str
    rows: int
    share: float
    more: dict[str, list[int | None]]


HELD = Held(name="é\u2028\x1b", rows=3, share=0.1, more={"b": [1, None], "a": []})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(str(tmp_path / "held.json"))
    write_json(made, HELD)
    return made


def test_what_was_written_is_read(place: Place) -> None:
    assert read_stored(place, Held, "") == HELD
    content = json.loads(place.path.read_text())
    assert content.pop(SEAL) and content == HELD.model_dump()
    assert read_stored(Place("/nowhere/x.json"), Held, "") is None


def test_every_cut_and_every_flipped_bit_is_told(place: Place) -> None:
    content = json_text(HELD)
    assert place.path.read_bytes() == content
    damaged = [content[:at] for at in range(len(content) - 1)]
    for at in range(len(content)):
        damaged += [content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :] for bit in range(8)]
    for each in damaged:
        place.path.write_bytes(each)
        try:
            # White space between values is no content.
            assert read_stored(place, Held, "") == HELD, each
            assert sorted(each.split()) == sorted(content.split()) or json.loads(each) == json.loads(content)
        except DamagedJson as error:
            assert str(error).startswith(f"{place.path} is damaged (") and "\n" not in str(error)


def test_another_value_is_told_though_it_fits(place: Place) -> None:
    unsealed = json.dumps(HELD.model_dump() | {SEAL: "0"}).encode()
    for edited in (json_text(HELD).replace(b'"rows": 3', b'"rows": 4'), unsealed):
        place.path.write_bytes(edited)
        with pytest.raises(DamagedJson, match=r"its own digest does not hold.: make it again"):
            read_stored(place, Held, "make it again")
        found = read_stored(place, Held, "", sealed=False)
        assert found is not None and found.name == HELD.name


def test_another_layout_and_a_file_of_before_are_read(place: Place) -> None:
    place.path.write_text(json.dumps(json.loads(place.path.read_text()), indent=7))
    assert read_stored(place, Held, "") == HELD
    place.path.write_text(json.dumps(HELD.model_dump()))
    assert read_stored(place, Held, "") == HELD


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"3", b"\xff", b"{" * 100_000, b"[" * 100_000])
def test_what_is_no_such_file_is_damaged_and_can_be_made_again(place: Place, content: bytes) -> None:
    place.path.write_bytes(content)
    with pytest.raises(DamagedJson):
        read_stored(place, Held, "")
    assert read_whole(place, Held) is None
    place.path.mkdir()
    with pytest.raises(DamagedJson, match="it is a folder"):
        read_stored(place, Held, "")
    assert read_whole(place, Held) is None
    write_json(place, HELD)
    assert read_whole(place, Held) == HELD
