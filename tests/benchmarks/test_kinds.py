"""Documents of benchmarks/quality_kinds.py are what they are said to be."""

import json
import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from kinds_material import Draw, Material, Short, pool_of
from quality_kinds import MAKERS, documents, table

WORDS = [
    "harvest",
    "guest",
    "house",
    "people",
    "spring",
    "river",
    "bread",
    "winter",
    "season",
    "market",
    "garden",
    "school",
    "window",
    "letter",
    "bridge",
]
SENTENCES = [
    f"The {one} of {number} {other}s was near the {third} and {last} of {one}{number} in a {other}{number}."
    for number, (one, other, third, last) in enumerate(
        (WORDS[at % 15], WORDS[(at * 4 + 1) % 15], WORDS[(at * 7 + 2) % 15], WORDS[(at * 2 + 3) % 15])
        for at in range(400)
    )
]
ENGLISH = Material("made", "xx", SENTENCES + [f"{word}{other}" for word in WORDS for other in WORDS])


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_can_be_made(kind: str) -> None:
    if kind == "transliterated":
        with pytest.raises(Short):
            MAKERS[kind](Draw(ENGLISH, Random(1)), 1)
        return
    text = MAKERS[kind](Draw(ENGLISH, Random(1)), 1)
    assert len(text) > 100
    assert text == MAKERS[kind](Draw(ENGLISH, Random(1)), 1)


def test_there_are_more_than_a_hundred() -> None:
    assert len(MAKERS) > 100


def test_sentences_come_once() -> None:
    draw = Draw(Material("made", "xx", ["One is here now.", "Two are there then."]), Random(1))
    assert {draw.sentence(), draw.sentence()} == {"One is here now.", "Two are there then."}
    with pytest.raises(Short):
        draw.sentence()


def test_names_are_of_the_script_and_the_language() -> None:
    assert pool_of("Latn", "som") == pool_of("Latn", "so")
    assert pool_of("Cher", "chr") is None
    with pytest.raises(Short):
        Draw(Material("made", "chr", ["ᎣᏏᏲ ᏙᎯᏧ ᎣᏍᏓ."]), Random(1)).name()


def test_the_table_counts_what_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "text" / "prose" / "en").mkdir(parents=True)
    (tmp_path / "text" / "lid").mkdir()
    row = {"text": "\n".join(SENTENCES)}
    (tmp_path / "text" / "prose" / "en" / "made.jsonl").write_text(json.dumps(row))
    rows = table(tmp_path)
    assert table(tmp_path, 1 - rows[0]["half"]) == []
    assert {row["kind"] for row in rows} <= set(MAKERS)
    dropped = [row for row in rows if row["dropped"]]
    assert dropped
    for row in dropped:
        assert row["dropped"] <= row["documents"]
        assert row["in"] == {"en": row["dropped"]}
        assert sum(row["by"].values()) >= row["dropped"]


def test_documents_are_long_enough() -> None:
    assert min(len(text) for _, text in documents(ENGLISH)) >= 300
