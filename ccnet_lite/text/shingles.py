"""Shingles of a text, in every script, as 32-bit hashes: what MinHash compares.

The tokens of tokens.py, n after n. The bytes of a shingle are the UTF-8 of its tokens with one space (0x20)
between two, in scripts with and without spaces alike: `the quick brown`, `東 京 都`. Its hash is the highest 32
bits of that of the run of its tokens (hashes.py), for which no bytes are put together: a token is hashed once,
not in each of n shingles. `shingle_hash` is the same of a shingle's bytes, for other tools:
datasketch.MinHash(hashfunc=shingle_hash).update(shingle) sees what we see.

A text of fewer than n tokens is one shingle, all of it; a text without tokens has none.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.hashes import run_hashes, token_hashes
from ccnet_lite.text.tokens import PIECE_CHARS, Tokens, blocks, pieces, tokenize

UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]


def shingle_hashes(text: str, ngram: int) -> UInt32:
    """The distinct hashes of a text's shingles, ascending.

    >>> shingle_hashes("To be, or not to be", 5).tolist()  # 'to be or not to', 'be or not to be'
    [540062775, 3390139753]
    """
    found = [hashes for _, hashes, _ in batch_shingle_hashes([text], ngram)]
    return np.unique(np.concatenate([np.zeros(0, np.uint32), *found]))


def shingles(text: str, ngram: int) -> list[bytes]:
    """The bytes of a text's shingles in their order, repeats included.

    >>> shingles("To be, or not to be", 5)
    [b'to be or not to', b'be or not to be']
    """
    tokens = tokenize([text])
    data, last = tokens.data.tobytes(), min(ngram, len(tokens)) - 1
    begins, ends = tokens.begins.tolist(), tokens.ends.tolist()
    return [data[begin:end] for begin, end in zip(begins, ends[max(last, 0) :], strict=False)]


def shingle_hash(shingle: bytes) -> int:
    """The hash of a shingle by its bytes; for whole texts `batch_shingle_hashes` is faster by far.

    >>> [shingle_hash(shingle) for shingle in shingles("To be, or not to be", 5)]
    [540062775, 3390139753]
    """
    data = np.frombuffer(shingle, np.uint8).copy()
    spaces = np.flatnonzero(data == 0x20)
    begins, ends = np.concatenate(([0], spaces + 1)), np.append(spaces, len(data))
    hashes, _ = _hash_shingles(Tokens(data, begins, ends, np.array([0, len(begins)])), len(begins))
    return int(hashes[0])


def batch_shingle_hashes(texts: Sequence[str], ngram: int) -> Iterator[tuple[int, UInt32, Int64]]:
    """Hashes of the shingles of many texts, in blocks of bounded size.

    Yields (first, hashes, offsets): the shingles of text first + i are hashes[offsets[i] : offsets[i + 1]],
    in their order, repeats included. A long text is spread over several blocks of its own.
    """
    for start, stop in blocks(texts):
        if len(texts[start]) <= PIECE_CHARS:
            yield start, *_hash_shingles(tokenize(texts[start:stop]), ngram)
        else:
            for tokens in _overlapping(texts[start], ngram):
                yield start, *_hash_shingles(tokens, ngram)


def _overlapping(text: str, ngram: int) -> Iterator[Tokens]:
    """Tokens of a long text piece by piece, each piece with the last ngram - 1 tokens of those before.

    A piece with too few tokens for a shingle is carried over to the next one.
    """
    carried: Tokens | None = None
    spoke = False
    for piece in pieces(text):
        tokens = tokenize([piece])
        if carried is not None:
            tokens = _joined(carried, tokens)
        if len(tokens) >= ngram:
            yield tokens
            spoke = True
            tokens = _last(tokens, ngram - 1)
        carried = tokens
    if not spoke and carried is not None:
        yield carried


def _joined(first: Tokens, second: Tokens) -> Tokens:
    if not len(first) or not len(second):
        return first if len(first) else second
    shift = len(first.data) + 1
    return Tokens(
        np.concatenate((first.data, np.array([0x20], np.uint8), second.data)),
        np.concatenate((first.begins, second.begins + shift)),
        np.concatenate((first.ends, second.ends + shift)),
        np.array([0, len(first) + len(second)]),
    )


def _last(tokens: Tokens, count: int) -> Tokens:
    begins, ends = tokens.begins[len(tokens) - count :], tokens.ends[len(tokens) - count :]
    start = begins[0] if count else len(tokens.data)
    return Tokens(tokens.data[start:], begins - start, ends - start, np.array([0, count]))


def _hash_shingles(tokens: Tokens, ngram: int) -> tuple[UInt32, Int64]:
    runs = run_hashes(token_hashes(tokens), tokens.offsets[:-1], tokens.offsets[1:], ngram)
    return (runs >> np.uint64(32)).astype(np.uint32), _offsets(tokens, ngram)


def _offsets(tokens: Tokens, ngram: int) -> Int64:
    """[texts + 1]: where each text's shingles begin."""
    n_tokens = np.diff(tokens.offsets)
    counts = np.where(n_tokens >= ngram, n_tokens - ngram + 1, np.minimum(n_tokens, 1))
    return np.concatenate(([0], np.cumsum(counts)))
