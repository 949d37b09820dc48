"""Lists of benchmarks/quality_keywords.py: of which words, in which halves."""

import json
import sys
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_keywords import CHARS, LISTS, material, table
from spun_pages import keywords, unspaced


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """English words in sentences of six, and Han letters in sentences of twenty."""
    words = [f"{a}{b}{c}word" for a in "bdfghklm" for b in "aeiou" for c in "nprst"]
    english = " ".join(" ".join(words[at : at + 6]).capitalize() + "." for at in range(0, len(words) - 6, 6))
    letters = "".join(chr(0x4E00 + 7 * at) for at in range(800))
    chinese = "。".join(letters[at : at + 20] for at in range(0, 800, 20)) + "。"
    for language, text in (("en", english), ("zh", chinese * 2)):
        folder = tmp_path / "text" / "prose" / language
        folder.mkdir(parents=True)
        (folder / "made.jsonl").write_text(json.dumps({"text": text}) + "\n", encoding="utf-8")
    return tmp_path


def test_rows(data: Path) -> None:
    assert [language for language, _ in material(data, 5)] == ["en", "zh"]
    assert all(CHARS <= len(text) <= 2 * CHARS for _, text in material(data, 5))
    rows = {(row["list"], row["spaces"]): row for row in table(data)}
    assert {row["half"] for (_, spaces), row in rows.items() if spaces} == {crc32(b"en") % 2}
    for name in ("keyword lists", "keyword lists, a line each", "keyword lists, bars"):
        assert rows[name, True]["keyword_share"] == rows[name, False]["keyword_share"] == 1.0
        assert rows[name, True]["pages"] == rows[name, True]["languages"] == 1
    assert ("keyword lists, ideographic commas", True) not in rows
    assert ("keyword lists, ideographic commas", False) in rows
    assert {name for name, _ in rows} == set(LISTS)


def test_phrases_are_glued_where_no_spaces_are_written(data: Path) -> None:
    (_, english), (_, chinese) = material(data, 1)
    assert not unspaced(english)
    assert unspaced(chinese)
    page = keywords("、", n_heads=4)(chinese, 1.0, Random(1))
    phrases = page.split("、")
    assert len(phrases) == 60
    assert all(phrase in page and " " not in phrase and 4 <= len(phrase) <= 8 for phrase in phrases)
    assert all(2 <= len(phrase.split()) <= 4 for phrase in keywords()(english, 1.0, Random(1)).split(", "))
