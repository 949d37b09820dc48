"""The oracle of hard spans: its words, what it tells, and documents that it is asked about."""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_spans_hard import KINDS, hard, measured, told, with_run, words_of

from ccnet_lite.text.located import locate

LETTERS = "abcdefghijklmnop"


def made(n_documents: int, n_words: int, rng: Random) -> list[str]:
    return [" ".join("".join(rng.choices(LETTERS, k=6)) for _ in range(n_words)) for _ in range(n_documents)]


def test_words_are_those_of_a_run() -> None:
    for text in (
        "Don\u2019t, \u00adre\u00adturn \uff21\uff22\uff11!",
        "\u0e17\u0e35\u0e48 \u0e52\u0e56 km",
        "\u6771\u4eac2024\u30bf\u30ef\u30fc",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
    ):
        own, found = words_of(text), locate(text)
        assert [word.begin for word in own] == found.begins.tolist()
        assert " ".join(word.text for word in own) == found.data.decode()


def test_the_first_document_by_shard_is_the_original() -> None:
    texts = ["a b c d", "x a b c", "b c d e"]
    words = [words_of(text) for text in texts]
    assert told(words, 3) == [set(), {1, 2, 3}, {0, 1, 2}]
    # Of four documents in three shards the last one comes second.
    assert told([words_of(text) for text in ("a", "b c d", "e", "b c d")], 3) == [set(), {0, 1, 2}, set(), set()]


def test_every_kind_is_found_and_cut_and_no_more() -> None:
    rng = Random(5)
    texts = made(60, 30, rng)
    row = measured(hard(texts, 8, rng), 8)
    assert row["documents"] == 60 and row["tokens"] > 300
    assert row["missed"] == row["strange"] == row["cut"] == 0


def test_kinds() -> None:
    run, text = ["one ", "two ", "three"], "some words of a text"
    found = {kind: with_run(text, kind, list(run), "OTHER", 2, Random(1)) for kind in KINDS}
    assert found["begin"] == "one two three  . some words of a text" and found["alone"] == "one two three"
    assert found["changed"].endswith(" . one  zq three") and found["itself"].endswith(" . some words")
    assert "one\ntwo\nthree" in found["lines"] and "OTHER" in found["beside"]
    assert all(found[kind] != text for kind in KINDS)
