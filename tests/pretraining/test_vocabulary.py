"""Sentences for a vocabulary: by q, cut to what SentencePiece takes, usable by it."""

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.vocabulary import cut, vocabulary_sample

Write = Callable[..., Path]
TEXTS = {
    ("en", "all"): [f"the first line of {i}\n\n  and its second  " for i in range(81)],
    ("sw", "all"): [f"maneno ya hati {i}" for i in range(16)],
}


def test_sentences_are_lines_by_q(corpus: Write) -> None:
    sample = list(vocabulary_sample(corpus(TEXTS), alpha=0.5, n_sentences=4000, seed=0))
    kinds = Counter(sentence.rstrip("0123456789") for sentence in sample)
    assert set(kinds) == {"the first line of ", "and its second", "maneno ya hati "}
    assert len(sample) == 4000
    assert kinds["maneno ya hati "] / 4000 == pytest.approx(4 / 13, abs=0.02)
    assert abs(kinds["the first line of "] - kinds["and its second"]) <= 1


def test_the_seed_decides(corpus: Write) -> None:
    run = corpus(TEXTS)
    first = list(vocabulary_sample(run, 0.3, 200, seed=1))
    assert list(vocabulary_sample(run, 0.3, 200, seed=1)) == first
    assert list(vocabulary_sample(run, 0.3, 200, seed=2)) != first


def test_the_seed_decides_the_order_of_languages_too(corpus: Write) -> None:
    run = corpus({(language, "all"): [language] for language in ("de", "en", "sw")})
    samples = [list(vocabulary_sample(run, 0.3, 60, seed)) for seed in (1, 2)]
    assert samples[0] != samples[1]


def test_sentencepiece_trains_on_it(corpus: Write) -> None:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=vocabulary_sample(corpus(TEXTS), 0.3, 500, seed=0),
        model_writer=model,
        vocab_size=40,
        model_type="unigram",
        minloglevel=2,
    )
    vocabulary = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    assert vocabulary.decode(vocabulary.encode("the second line")) == "the second line"


def test_blank_documents_do_not_hang_it(corpus: Write) -> None:
    run = corpus({("en", "all"): [" \n \n", "\t"]})
    with pytest.raises(UserError, match="documents of en hold blank lines only"):
        next(vocabulary_sample(run, 0.3, 1, seed=0))


def test_long_lines_are_cut_at_white_space() -> None:
    assert list(cut("  one two three ", 10)) == ["one two", "three"]
    assert list(cut("one two", 7)) == ["one two"]
    assert list(cut("กขคง", 7)) == ["กข", "คง"]
    assert list(cut("   ", 8)) == []
    with pytest.raises(ValueError, match="max_bytes is 3"):
        list(cut("x", 3))


@given(st.text(), st.integers(4, 30))
def test_a_cut_loses_nothing_but_white_space(line: str, max_bytes: int) -> None:
    try:
        line.encode()
    except UnicodeEncodeError:
        return
    pieces = list(cut(line, max_bytes))
    assert all(piece and len(piece.encode()) <= max_bytes for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(line.split())
