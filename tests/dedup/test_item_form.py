"""What the items of a benchmark share, and what of an item is left without it."""

import numpy as np
import pytest

from ccnet_lite.dedup.item_form import LEAST, SHARE, item_ngrams, shared_ngrams
from ccnet_lite.dedup.overlap import ngram_hashes, own_ngrams

NONE = np.zeros(0, np.uint64)
TEMPLATE = np.arange(1, 8, dtype=np.uint64)


def tokens(*parts: object) -> np.ndarray:
    return np.concatenate([np.atleast_1d(np.asarray(part, np.uint64)) for part in parts])


def question(number: int, n_tokens: int) -> np.ndarray:
    return np.arange(n_tokens, dtype=np.uint64) + np.uint64(1000 * (number + 1))


def form(n_items: int = LEAST) -> np.ndarray:
    return shared_ngrams([own_ngrams(tokens(TEMPLATE, question(n, 5)), 3, 2) for n in range(n_items)])


def test_a_form_is_what_enough_items_share() -> None:
    assert form().tolist() == np.unique(ngram_hashes(TEMPLATE, 3)).tolist()
    assert len(form(LEAST - 1)) == 0
    with_it = int(SHARE * 200)
    items = [own_ngrams(tokens(TEMPLATE, question(n, 5)), 3, 2) for n in range(with_it)]
    others = [own_ngrams(question(n + 500, 9), 3, 2) for n in range(200 - with_it)]
    assert len(shared_ngrams([*items, *others])) == 5
    assert len(shared_ngrams([*items[1:], *others, others[0]])) == 0
    assert len(shared_ngrams([])) == 0


def test_an_item_is_its_stretches_outside_the_form() -> None:
    before, behind = question(1, 4), question(2, 2)
    ngrams, lengths = item_ngrams(tokens(before, TEMPLATE, behind), 3, 2, form())
    expected = [*ngram_hashes(before, 3), *ngram_hashes(behind, 2)]
    assert (ngrams.tolist(), lengths) == (sorted(expected), {2, 3})
    twice = tokens(before, TEMPLATE, before, TEMPLATE)
    assert item_ngrams(twice, 3, 2, form())[0].tolist() == sorted(ngram_hashes(before, 3))


@pytest.mark.parametrize("n_tokens", [0, 1, 3])
def test_with_too_few_tokens_outside_the_rest_counts(n_tokens: int) -> None:
    item = tokens(TEMPLATE, question(1, n_tokens))
    ngrams, lengths = item_ngrams(item, 3, 4, form())
    left = np.setdiff1d(own_ngrams(item, 3, 3), form())
    assert lengths == {3}
    assert ngrams.tolist() == (left if n_tokens else own_ngrams(item, 3, 3)).tolist()


def test_an_item_without_the_form_is_as_it_was() -> None:
    for item in (question(1, 9), question(1, 2), TEMPLATE[:2]):
        for given in (form(), NONE):
            ngrams, lengths = item_ngrams(item, 3, 2, given)
            assert ngrams.tolist() == own_ngrams(item, 3, 2).tolist() and lengths == {min(3, len(item))}
