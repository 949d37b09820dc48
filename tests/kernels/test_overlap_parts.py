"""N-grams cut by hash and added up over the parts give what one index gives."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccnet_lite.dedup.overlap import Finder, build_index, item_weights, own_ngrams, text_hashes
from ccnet_lite.dedup.rarity import ONE, weighted_share, weights
from ccnet_lite.kernels import overlap_parts
from ccnet_lite.kernels.decontaminate import Overlap
from ccnet_lite.kernels.overlap_parts import (
    DOCUMENT,
    DOCUMENT_ROWS,
    ITEM_ROWS,
    PAIR,
    TOTAL,
    UNIT_BITS,
    document_rows,
    item_rows,
    sums_of_part,
)
from ccnet_lite.kernels.packing import part_of

NO_FORM = np.zeros(0, np.uint64)
OVERLAP = Overlap(ngram=3, min_tokens=2, min_overlap=0.3)
TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=12).map(" ".join), max_size=5)
Key = tuple[int, int, int]


def of_index(references: list[list[str]], documents: list[str]) -> set[tuple[int, int, str, int, int, float]]:
    items = [(number, text) for number, texts in enumerate(references) for text in texts]
    tokens, offsets = text_hashes([text for _, text in items])
    spans = list(pairwise(offsets.tolist()))
    hashes = [own_ngrams(tokens[begin:end], 3, 2) for begin, end in spans]
    lengths = [min(end - begin, 3) for begin, end in spans if end - begin >= 2]
    index = build_index(hashes, [number for number, _ in items], lengths, 3, 2)
    seen = np.zeros(len(index.hashes), np.int64)

    def count(places: np.ndarray) -> None:
        seen[places] += 1

    Finder(index, 0.3, tell=count).find(documents)
    of_ngrams = weights(seen, len(documents))
    of_items = item_weights(index.offsets, index.items, of_ngrams, len(hashes))
    found = Finder(index, 0.3, of_ngrams, of_items).find(documents)
    return {(each.text, each.item, *each[3:]) for each in found}


def of_parts(
    references: list[list[str]], documents: list[str], parts: int
) -> set[tuple[int, int, str, int, int, float]]:
    """By hand what Spark does between the parts; each item is a unit of its own, its number the unit's."""
    items = [(number, text) for number, texts in enumerate(references) for text in texts]
    made = [item_rows([text], number << UNIT_BITS, OVERLAP, NO_FORM) for number, (_, text) in enumerate(items)]
    lengths = sorted(set().union(*(each[2] for each in made)))
    tables = (
        pa.Table.from_batches([each[0] for each in made], ITEM_ROWS),
        pa.Table.from_batches([document_rows(documents, 0, lengths, OVERLAP)], DOCUMENT_ROWS),
    )
    sums: dict[Key, list[int]] = {}
    of_unit = np.array([number for number, _ in items], np.int64)
    for part in range(parts):
        here = [table.filter(pa.array(part_of(table["hash"].to_numpy(), parts) == part)) for table in tables]
        for batch in sums_of_part(*here, len(documents), of_unit):
            for row in batch.to_pylist():
                held = sums.setdefault((row["kind"], row["document"], row["item"]), [0, 0, row["size"]])
                assert held[2] == row["size"]
                held[0] += row["matched"]
                held[1] += row["weight"]
    found = set()
    for (kind, document, item), (matched, weight, size) in sums.items():
        if matched / size < 0.3 or kind == TOTAL:
            continue
        if kind == PAIR:
            share = weighted_share(weight, sums[TOTAL, -1, item][1], size)
            found.add((document, item >> UNIT_BITS, "item", matched, size, share))
            continue
        assert kind == DOCUMENT
        mine = [
            (-held[0], key[2] >> UNIT_BITS)
            for key, held in sums.items()
            if key[:2] == (PAIR, document) and of_unit[key[2] >> UNIT_BITS] == item
        ]
        share = weighted_share(weight, weight + (size - matched) * ONE, size)
        found.add((document, min(mine)[1], "document", matched, size, share))
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS, st.sampled_from([1, 3, 7]), st.sampled_from([1, 5, 10**6]))
def test_parts_give_what_an_index_gives(
    references: list[list[str]], documents: list[str], parts: int, at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap_parts, "EXPANDED_ROWS", at_once)
        if any(references):
            assert of_parts(references, documents, parts) == of_index(references, documents)


def test_items_that_are_too_short_are_told() -> None:
    rows, short, lengths = item_rows(["a", "a b c d", "", "a b"], 7, OVERLAP, NO_FORM)
    assert (short, lengths) == ([0, 2], {2, 3})
    assert rows["item"].to_pylist() == [8, 8, 10] and rows["size"].to_pylist() == [2, 2, 1]
