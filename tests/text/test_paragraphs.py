import gzip
import json
from hashlib import sha1
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccnet_lite.text.paragraphs import batch_line_keys, dedup_form, line_keys


def key_by_the_book(line: str) -> int:
    return int.from_bytes(sha1(dedup_form(line).encode()).digest()[:8], "little", signed=True)


def test_golden_forms_and_keys(shared_data: Path) -> None:
    with gzip.open(shared_data / "ccnet_golden" / "2_lines.jsonl.gz", "rt", encoding="utf-8") as file:
        golden = [json.loads(row) for row in file]
    assert [dedup_form(row["line"]) for row in golden] == [row["for_dedup"] for row in golden]
    keys = line_keys([row["line"] for row in golden]).view(np.uint64)
    assert keys.tolist() == [int(row["key"]) for row in golden]
    assert len(golden) > 1000


def test_what_is_deleted(shared_data: Path) -> None:
    listed = (shared_data / "ccnet_golden" / "deleted_for_dedup.txt").read_text().split()
    deleted = {f"U+{code:04X}" for code in range(0x3000F) if dedup_form(f"x{chr(code)}y") == "xy"}
    assert deleted == set(listed) - {"U+FF11"}  # full-width 1 has become 0 by then


def test_known_keys() -> None:
    # sha1(""): da39a3ee5e6b4b0d..., sha1("a"): 86f7e437faa5a7fc...
    assert line_keys("\nA").view(np.uint64).tolist() == [0x0D4B6B5EEEA339DA, 0xFCA7A5FA37E4F786]


def test_forms() -> None:
    assert dedup_form("  Été – 2024 ") == "été  0000"
    assert dedup_form("ＡＢ１２，«x»") == "ａｂ00x"
    assert dedup_form("ΟΔΟΣ") == "οδος"
    assert dedup_form("a\u0085b\tc\x00") == "abc"
    assert dedup_form("\x1c a \x1f") == "a"
    assert dedup_form("\x00 a") == " a"  # stripped first, deleted after
    assert dedup_form("१२ ٣") == "00 0"


def test_every_character_alone_and_inside_a_word() -> None:
    characters = [
        chr(code)
        for code in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000, 3), 0x20000, 0x10FFFF)
        if code != 10
    ]
    lines = [f"x{character}y" for character in characters] + characters
    assert line_keys(lines).tolist() == [key_by_the_book(line) for line in lines]


@pytest.mark.slow
def test_every_code_point_at_both_ends_and_inside() -> None:
    lines = [f"{chr(code)}x{chr(code)}Y{chr(code)}" for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    lines.remove("\nx\nY\n")
    keys, _, chars = batch_line_keys(pa.array(lines))
    assert keys.tolist() == [key_by_the_book(line) for line in lines]
    assert set(chars.tolist()) == {5}


def test_lines_whose_form_is_longer_than_they_are() -> None:
    characters = [chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000]
    forms = {char: dedup_form(char).encode() for char in characters}
    grows = [char for char in characters if len(forms[char]) > len(char.encode())]
    assert {len(char.encode()) for char in grows} == {2}
    assert {len(forms[char]) for char in grows} == {3}
    lines = [char * count for char in grows for count in (1, 2, 3, 1000)]
    for line in lines:
        assert line_keys(line).tolist() == [key_by_the_book(line)]
    assert line_keys(lines).tolist() == [key_by_the_book(line) for line in lines]


LINE_PARTS = st.sampled_from(
    [*"aZ09 \t\r\x1c\x85\x00Σςİıéß–。１５ঃ٣\u00a0\u3000\U0001d7d8\U0001f600\n", "ΑΣ", "Ab c"]
)


@given(st.lists(st.lists(LINE_PARTS, max_size=12).map("".join), max_size=6))
@example(["", "", "\n"])
@example(["Σ", "ΟΣ\nΟΣ", " Σ "])
@example(["\x1c a", "a\x1f \x1e"])
def test_a_batch_is_its_lines_one_by_one(texts: list[str]) -> None:
    keys, offsets, chars = batch_line_keys(pa.array(texts, pa.string()))
    lines = [text.split("\n") for text in texts]
    assert keys.tolist() == [key_by_the_book(line) for group in lines for line in group]
    assert chars.tolist() == [len(line) for group in lines for line in group]
    assert np.diff(offsets).tolist() == [len(group) for group in lines]
    assert (keys.dtype, offsets.dtype, chars.dtype) == (np.int64, np.int64, np.int32)


def test_a_batch_of_more_documents_than_are_taken_together() -> None:
    texts = [f"Zeile {number}\nŽ {number}" if number % 3 else f"line {number}" for number in range(250)]
    keys, offsets, _ = batch_line_keys(pa.array(texts).slice(20, 215))
    assert keys.tolist() == [key_by_the_book(line) for text in texts[20:235] for line in text.split("\n")]
    assert offsets[-1] == len(keys)


@given(st.lists(st.text("aB1 \n\u03a3\u0130", max_size=30), max_size=5), st.integers(1, 12))
def test_keys_are_the_same_whatever_is_taken_at_once(texts: list[str], size: int) -> None:
    whole = batch_line_keys(pa.array(texts, pa.string()))
    with patch("ccnet_lite.text.paragraphs._PIECE_BYTES", size):
        pieces = batch_line_keys(pa.array(texts, pa.string()))
    assert [array.tolist() for array in pieces] == [array.tolist() for array in whole]
