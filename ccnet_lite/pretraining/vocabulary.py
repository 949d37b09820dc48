"""Sentences to train a SentencePiece vocabulary on, languages mixed by the q that pretraining reads them by.

XLM-R: 250,000 unigram pieces, trained on text sampled with the same alpha as the model's.

    sentences = vocabulary_sample("run", alpha=0.3, n_sentences=10_000_000, seed=1)
    SentencePieceTrainer.train(sentence_iterator=sentences, vocab_size=250_000, model_type="unigram",
                               input_sentence_size=0, model_prefix="xlmr")

Not handled: sentence splitting. A sentence here is a line of a document, as SentencePiece takes it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.reader import Alpha, language_shares
from ccnet_lite.pretraining.streams import LanguageStream, Run, row_groups, uniform
from ccnet_lite.sampling.plan import read_plan
from ccnet_lite.sampling.statistics import BUCKETS

MAX_BYTES = 4192
"""SentencePiece's max_sentence_length: it leaves out longer sentences without a word."""


def vocabulary_sample(
    run: Run,
    alpha: Alpha,
    n_sentences: int,
    seed: int,
    buckets: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[str]:
    """Yield `n_sentences` lines, each of language l with probability q_l, whatever the unit of sampling.json.

    A language is read row group by row group in a seeded order, documents whole, from the start again when
    it is used up. Blank lines are left out; a line of more than `max_bytes` of UTF-8 is cut at white space,
    or between characters where there is none.

    Raises:
        UserError: as PretrainingReader; a language that holds blank lines only.
    """
    q = language_shares(read_plan(run), alpha, buckets, languages, run)
    names = list(q)
    bounds = list(accumulate(q.values()))
    sentences = {name: _sentences(run, name, seed, buckets, max_bytes) for name in names}
    for step in range(n_sentences):
        which, _ = uniform(seed, "vocabulary", step)
        yield next(sentences[names[min(bisect_right(bounds, which), len(names) - 1)]])


def cut(line: str, max_bytes: int) -> Iterator[str]:
    """The line in pieces of at most `max_bytes` bytes, stripped, none empty.

    >>> list(cut("one two three", 10))
    ['one two', 'three']
    """
    if max_bytes < 4:
        raise ValueError(f"max_bytes is {max_bytes}: a character can take 4")
    data = line.strip().encode()
    start = 0
    while start < len(data):
        end = min(start + max_bytes, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        if end < len(data) and data[end] not in b" \t":
            space = max(data.rfind(b" ", start, end), data.rfind(b"\t", start, end))
            end = space if space > start else end
        piece = data[start:end].decode().strip()
        if piece:
            yield piece
        start = end


def _sentences(run: Run, language: str, seed: int, buckets: Sequence[str] | None, max_bytes: int) -> Iterator[str]:
    groups = row_groups(run, language, BUCKETS if buckets is None else buckets)
    stream = LanguageStream(run, language, groups, seed)
    fruitful = 0
    for document in stream:
        for line in document.text.split("\n"):
            for piece in cut(line, max_bytes):
                fruitful = stream.epoch
                yield piece
        if stream.epoch > fruitful + 1:
            raise UserError(f"{run}: the documents of {language} hold blank lines only: leave it out of languages")
