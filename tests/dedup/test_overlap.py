"""N-gram overlap against plain sets of tuples of words."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.dedup.overlap import (
    Finder,
    Index,
    Int64,
    Match,
    build_index,
    item_weights,
    ngram_hashes,
    own_ngrams,
    text_hashes,
)
from ccnet_lite.dedup.rarity import ONE
from ccnet_lite.text.tokens import PIECE_CHARS


def index_of(items: Sequence[str], references: Sequence[int], ngram: int, min_tokens: int) -> Index:
    tokens, offsets = text_hashes(items)
    spans = list(pairwise(offsets))
    hashes = [own_ngrams(tokens[begin:end], ngram, min_tokens) for begin, end in spans]
    lengths = [int(min(end - begin, ngram)) for begin, end in spans]
    return build_index(hashes, references, lengths, ngram, min_tokens)


def grams(text: str, n: int) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def own(text: str, n: int) -> set[tuple[str, ...]]:
    return grams(text, min(n, len(text.split())))


def by_hand(
    items: Sequence[str], references: Sequence[int], texts: Sequence[str], n: int, least: int, share: float
) -> set[Match]:
    found = set()
    for text, content in enumerate(texts):
        if len(content.split()) < least:
            continue
        matched = [own(item, n) & grams(content, min(n, len(item.split()))) for item in items]
        for number, item in enumerate(items):
            if len(matched[number]) / len(own(item, n)) >= share:
                shared, size = len(matched[number]), len(own(item, n))
                found.add(Match(text, references[number], number, "item", shared, size, shared / size))
        for reference in set(references):
            mine = [i for i in range(len(items)) if references[i] == reference]
            held = own(content, n) & set().union(*(own(items[i], n) for i in mine))
            if held and len(held) / len(own(content, n)) >= share:
                best = max(mine, key=lambda i: (len(matched[i]), -i))
                size = len(own(content, n))
                found.add(Match(text, reference, best, "document", len(held), size, len(held) / size))
    return found


WORDS = st.lists(st.sampled_from("ab"), min_size=2, max_size=9).map(" ".join)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 2), WORDS), max_size=6).map(sorted),
    st.lists(st.lists(st.sampled_from("abc"), max_size=14).map(" ".join), max_size=4),
    st.integers(2, 4),
    st.sampled_from([0.1, 0.5, 0.55, 1.0]),
)
def test_matches_are_those_of_plain_sets(
    items: list[tuple[int, str]], texts: list[str], ngram: int, share: float
) -> None:
    references, contents = [reference for reference, _ in items], [text for _, text in items]
    index = index_of(contents, references, ngram, 2)
    found = Finder(index, share).find(texts)
    assert len(found) == len(set(found))
    assert set(found) == by_hand(contents, references, texts, ngram, 2, share)


def test_case_punctuation_and_lines_do_not_matter_and_unspaced_scripts_are_characters() -> None:
    items = [
        "Who wrote the book, and when was it printed for the first time?",
        "床前明月光疑是地上霜举头望明月",
    ]
    texts = [
        "Intro. WHO WROTE\nTHE BOOK -- and when, was it printed for the first TIME. And more.",
        "李白：床前明月光，疑是地上霜。\n举头望明月，低头思故乡。",
        "Who wrote the other book and when was it sold for the first time?",
    ]
    found = Finder(index_of(items, [0, 0], 13, 8), 0.5).find(texts)
    assert [(match.text, match.item, match.measure) for match in found] == [
        (0, 0, "item"),
        (1, 1, "item"),
    ]


def test_a_short_item_is_found_whole_and_only_in_order() -> None:
    finder = Finder(index_of(["one two three four five six seven eight"], [0], 13, 8), 1.0)
    around = " ".join(f"word{i}" for i in range(30))
    texts = [f"{around} one two three four five six seven eight {around}"]
    texts += [f"{around} two one three four five six seven eight {around}", "one two three four"]
    assert [match.text for match in finder.find(texts)] == [0]


def test_long_texts_are_hashed_as_whole_ones() -> None:
    words = [f"w{i % 5000} 東" for i in range(PIECE_CHARS // 3)]
    text = " ".join(words)
    assert len(text) > 2 * PIECE_CHARS
    tokens, offsets = text_hashes(["before", text, "after"])
    assert offsets.tolist() == [0, 1, 1 + 2 * len(words), 2 + 2 * len(words)]
    assert np.array_equal(tokens[1:10001], text_hashes([" ".join(words[:5000])])[0])
    assert len(np.unique(tokens)) == 5003


def test_an_index_on_disk_is_the_same(tmp_path: Path) -> None:
    index = index_of(["a b c d", "b c d e", "x y"], [0, 0, 1], 3, 2)
    index.save(tmp_path)
    texts = ["a b c d e", "x y z"]
    assert Finder(Index.load(tmp_path), 0.5).find(texts) == Finder(index, 0.5).find(texts) != []


def test_hashes_stay_what_they_are() -> None:
    tokens, _ = text_hashes(["To be, or not to be"])
    assert tokens[0] == tokens[4] != tokens[1]
    found = [f"{value:016x}" for value in ngram_hashes(tokens, 5).tolist()]
    # Worked out with Python's integers: tests/text/test_hashes.py.
    assert found == ["2030b437a482cd9d", "ca116d6992feab39"]


@pytest.mark.parametrize("texts", [[], [""], ["...", "a"]])
def test_nothing_is_found_of_nothing(texts: list[str]) -> None:
    assert Finder(index_of([], [], 13, 8), 0.5).find(texts) == []
    assert Finder(index_of(["a b c"], [0], 3, 2), 0.5).find(texts) == []


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 1), WORDS), min_size=1, max_size=6).map(sorted),
    st.lists(st.lists(st.sampled_from("abc"), max_size=14).map(" ".join), max_size=4),
    st.integers(0, 99),
)
def test_weighted_shares_are_those_of_plain_sums(
    items: list[tuple[int, str]], texts: list[str], seed: int
) -> None:
    references, contents = [reference for reference, _ in items], [text for _, text in items]
    index = index_of(contents, references, 3, 2)
    drawn = np.random.default_rng(seed).integers(1, ONE + 1, len(index.hashes)).astype(np.int32)
    of_items = item_weights(index.offsets, index.items, drawn, len(contents))
    weight = dict(zip(index.hashes.tolist(), drawn.tolist(), strict=True))

    def weigh(grams: set[int]) -> int:
        return sum(weight.get(gram, ONE) for gram in grams)

    for match in Finder(index, 0.3, drawn, of_items).find(texts):
        tokens = text_hashes([texts[match.text]])[0]
        own_of = [set(own_ngrams(text_hashes([each])[0], 3, 2).tolist()) for each in contents]
        if match.measure == "item":
            whole = own_of[match.item]
            shared = whole & {int(h) for n in (2, 3) for h in ngram_hashes(tokens, n)}
        else:
            whole = set(own_ngrams(tokens, 3, 2).tolist())
            shared = whole & set().union(
                *(own for own, at in zip(own_of, references, strict=True) if at == match.reference)
            )
        # A document's n-grams that are not of this reference weigh one, whatever other references are given.
        rest = weigh(whole - shared) if match.measure == "item" else len(whole - shared) * ONE
        assert match.weighted == weigh(shared) / max(weigh(shared) + rest, len(whole) * ONE / 2)


def test_places_are_told_once_a_document() -> None:
    index = index_of(["a b c d", "x y"], [0, 0], 3, 2)
    seen = np.zeros(len(index.hashes), np.int64)

    def count(places: Int64) -> None:
        seen[places] += 1

    Finder(index, 1.0, tell=count).find(["a b c and a b c and x y", "b c d", "none of it", "a"])
    by_hash = dict(zip(index.hashes.tolist(), seen.tolist(), strict=True))
    grams = {text: int(own_ngrams(text_hashes([text])[0], 3, 2)[0]) for text in ("a b c", "b c d", "x y")}
    assert {text: by_hash[gram] for text, gram in grams.items()} == {"a b c": 1, "b c d": 1, "x y": 1}
