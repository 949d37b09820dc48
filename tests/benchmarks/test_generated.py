"""Generated texts against people's: what would tell them apart unread is taken away."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_generated import PEOPLE, SHORTEST, Document, documents, pairs, pieces, plain

WORDS = [f"word{n}" for n in range(200)]


def made(words: list[str], generator: str, prompt: str, domain: str = "news") -> Document:
    return Document(" ".join(words), "en", generator, domain, prompt)


def test_lines_ends_and_what_the_prompt_gave_are_taken_away() -> None:
    person = made([*WORDS[:100], "\n", *WORDS[100:]], PEOPLE, "p")
    program = made([*WORDS[:20], *WORDS[50:150]], "gpt", "p")
    alone = made(WORDS, "gpt", "q")
    short = made(WORDS[:20], "gpt", "r")
    found = plain([person, program, alone, short, alone._replace(prompt="s")])
    assert [(each.generator, each.prompt) for each in found] == [(PEOPLE, "p"), ("gpt", "p"), ("gpt", "q")]
    said = [each.text.split() for each in found]
    # What both begin with ends within a word, word2 of word20 and wor of word50; six words go at either end.
    assert said[0] == WORDS[26:194] and said[1] == [*WORDS[56:144]] and said[2] == WORDS[6:194]


def test_pairs_are_of_one_length_and_of_one_prompt_where_there_is_one() -> None:
    texts = [
        made(["a"] * 300, PEOPLE, "1"),
        made(["b"] * 500, PEOPLE, "2"),
        made(["c"] * 400, PEOPLE, "3", domain="wiki"),
        made(["x"] * 600, "gpt", "2"),
        made(["y"] * 200, "gpt", "5"),
        made(["z"] * 200, "gpt", "6"),
    ]
    found = {bad[0]: good for good, bad in pairs(texts, "gpt", "news")}
    assert all(len(good) == len(bad) for good, bad in pairs(texts, "gpt", "news"))
    assert found["x"] == "b " * 499 + "b"
    assert len(found) == 2 and {good[0] for good in found.values()} == {"a", "b"}
    assert pairs(texts, "gpt", "wiki") == []


def test_pieces_hold_every_word_of_a_long_text_but_a_short_rest() -> None:
    text = " ".join(WORDS * 2)
    found = list(pieces(text, "en"))
    assert "".join(found).split() == (WORDS * 2)[: len("".join(found).split())]
    assert all(600 <= len(each) < 620 for each in found[:-1]) and len(found[-1]) >= SHORTEST
    assert [len(each) for each in pieces("字" * 700, "zh")] == [600]


def test_rows_and_folders_are_read(tmp_path: Path) -> None:
    row = {"text": "t", "language": "de", "generator": "gpt", "prompt": 7}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({"text": "u", "language": "de"}) + "\n")
    (tmp_path / "fr" / PEOPLE).mkdir(parents=True)
    (tmp_path / "fr" / PEOPLE / "one.txt").write_text("été")
    assert list(documents([tmp_path])) == [
        Document("t", "de", "gpt", "", "7"),
        Document("u", "de", PEOPLE, "", "u"),
        Document("été", "fr", PEOPLE, "", "one"),
    ]
    assert next(documents([tmp_path / "a.jsonl"])).prompt == "7"
