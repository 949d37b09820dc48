"""Whether a file is a whole fastText classifier, told from its numbers before fastText sees it.

fastText trusts what it loads: a number that does not agree with the others can end the process (an index far
out, a division by zero) or keep it busy for ever. So the file's own counts are followed from the header to the
last matrix, must end where it ends, and must be what fastText itself writes: as many rows as there are words,
labels and buckets, as many columns as the vectors have, codes that fit their rows.

Not handled: damage that leaves these numbers as they were; only a SHA-256 finds that.
"""

import mmap
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ccnet_lite.errors import UserError
from ccnet_lite.models.formats import other_format

_ADVICE = "give another model, or fetch it again"
_MAGIC = 793712314
_VERSIONS = (11, 12)
_OF_VECTORS, _SUPERVISED = (1, 2), 3
_HIERARCHICAL, _LOSSES = 1, (1, 2, 3, 4)
_CENTROIDS = 256
_LONGEST_NGRAM = 64
"""Of characters or words; models have up to 6. A word takes time in the square of what is here."""
_MOST_COUNTS = 10**15
"""What the tree of hierarchical softmax is built with for none."""
_LARGEST = 1e9
"""Of weights, which are some tens at most: sums of products of two such numbers are numbers still."""
_BLOCK = 1 << 24


class _Disagree(Exception):
    """Two numbers of the file do not go together; the message says which."""


class _Head(NamedTuple):
    """The numbers before the words."""

    dim: int
    ws: int
    epoch: int
    min_count: int
    negatives: int
    word_ngrams: int
    loss: int
    model: int
    buckets: int
    min_chars: int
    max_chars: int
    update_rate: int
    sampling: float
    entries: int
    words: int
    labels: int
    tokens: int
    pruned: int


_HEAD = struct.Struct("<12id3i2q")


def check_classifier(path: Path, with_weights: bool = False) -> None:
    """Refuse a file that is not a whole fastText model for classification.

    with_weights: Read the rest, too, for numbers that sums could not hold; by the head alone that is not told.

    Raises:
        UserError: naming the file and what is wrong with it.
    """
    advice = _ADVICE
    if not path.is_file():
        raise UserError(f"fastText model {path} does not exist: {advice}")
    if path.stat().st_size < 8:
        raise _no_model(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        magic, version = struct.unpack_from("<ii", data)
        if magic != _MAGIC or version not in _VERSIONS:
            raise _no_model(path)
        try:
            if struct.unpack_from("<i", data, 8 + 7 * 4)[0] in _OF_VECTORS:
                raise UserError(f"fastText model {path} holds word vectors, not a classifier: {advice}")
            weights: list[tuple[int, int]] = []
            end = _end_of_model(data, weights)
            if with_weights and end == len(data):
                _hold(all(_are_weights(data, *each) for each in weights), "it holds numbers that none can have")
        except (struct.error, IndexError):
            end = len(data) + 1
        except _Disagree as error:
            raise UserError(f"fastText model {path} is damaged, {error}: {advice}") from None
        if end > len(data):
            raise UserError(f"fastText model {path} is cut short at {len(data)} bytes: {advice}")
        if end < len(data):
            raise UserError(f"fastText model {path} holds {len(data) - end} bytes too many: {advice}")


def read_labels(path: Path) -> list[str]:
    """A model's labels, without the rest of it being read.

    Raises:
        UserError: as `check_classifier`.
    """
    check_classifier(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        head = _Head(*_HEAD.unpack_from(data, 8))
        at = 8 + _HEAD.size
        labels = []
        for number in range(head.entries):
            zero = data.find(b"\0", at)
            if number >= head.words:
                labels.append(data[at:zero].decode("utf-8", "replace"))
            at = zero + 10
    return labels


def _no_model(path: Path) -> UserError:
    other = other_format(path, "fastText")
    return UserError(f"{path} is not a fastText model{f', it is {other}' if other else ''}: {_ADVICE}")


def _end_of_model(data: mmap.mmap, weights: list[tuple[int, int]]) -> int:
    """Offset behind the last byte that the file's own counts lead to.

    weights: takes the offset and the number of each run of floating point numbers.
    """
    head = _Head(*_HEAD.unpack_from(data, 8))
    _check_head(head)
    at = _end_of_entries(data, 8 + _HEAD.size, head)
    if head.pruned >= 0:
        at = _end_of_pruned(data, at, head)
    quantised = _flag(data, at)
    _hold(quantised or head.pruned < 0, "some of its buckets are left out and its input is not quantised")
    rows = head.words + (head.buckets if head.pruned < 0 else head.pruned)
    end_of_matrix = _end_of_quantised if quantised else _end_of_dense
    at = end_of_matrix(data, at + 1, rows, head.dim, weights)
    end_of_matrix = _end_of_quantised if _flag(data, at) and quantised else _end_of_dense
    return end_of_matrix(data, at + 1, head.labels, head.dim, weights)


def _check_head(head: _Head) -> None:
    _hold(head.model == _SUPERVISED, f"its kind has the number {head.model}")
    _hold(head.dim > 0, f"its vectors have {head.dim} numbers")
    _hold(head.labels > 0 and head.words >= 0, f"it has {head.labels} labels and {head.words} words")
    _hold(
        head.entries == head.words + head.labels,
        f"{head.words} words and {head.labels} labels are not {head.entries} entries",
    )
    _hold(head.loss in _LOSSES, f"its loss has the number {head.loss}")
    longest = max(head.max_chars, head.word_ngrams)
    _hold(longest <= _LONGEST_NGRAM, f"its n-grams have up to {longest} characters or words")
    hashed = head.max_chars > 0 or head.word_ngrams > 1
    _hold(head.buckets >= (1 if hashed else 0), f"its n-grams have {head.buckets} buckets")
    _hold(head.pruned <= head.buckets, f"of {head.buckets} buckets {head.pruned} are left")


def _end_of_entries(data: mmap.mmap, at: int, head: _Head) -> int:
    """Behind the words and then the labels: each one's text, a zero byte, its count, and which of both it is."""
    for number in range(head.entries):
        zero = data.find(b"\0", at)
        if zero < 0:
            raise IndexError
        count, kind = struct.unpack_from("<qb", data, zero + 1)
        if kind != (number >= head.words):
            raise _Disagree(f"entry {number} is no {'label' if number >= head.words else 'word'}")
        if count < 0 or (count >= _MOST_COUNTS and head.loss == _HIERARCHICAL):
            raise _Disagree(f"entry {number} was seen {count} times")
        at = zero + 10
    return at


def _end_of_pruned(data: mmap.mmap, at: int, head: _Head) -> int:
    """Behind the buckets that are left: each one's number, and its row behind those of the words."""
    numbers = struct.unpack_from(f"<{2 * head.pruned}i", data, at)
    buckets, rows = numbers[::2], numbers[1::2]
    _hold(min(rows, default=0) >= 0 and max(rows, default=-1) < head.pruned, "a bucket's row is none of theirs")
    _hold(len(set(buckets)) == head.pruned, "a bucket has two rows")
    return at + 8 * head.pruned


def _end_of_dense(data: mmap.mmap, at: int, rows: int, columns: int, weights: list[tuple[int, int]]) -> int:
    _hold_shape(struct.unpack_from("<qq", data, at), rows, columns)
    weights.append((at + 16, rows * columns))
    return at + 16 + 4 * rows * columns


def _end_of_quantised(data: mmap.mmap, at: int, rows: int, columns: int, weights: list[tuple[int, int]]) -> int:
    norms, *shape, codes = struct.unpack_from("<Bqqi", data, at)
    _hold_shape(shape, rows, columns)
    at, pieces = _end_of_quantiser(data, at + 21 + max(codes, 0), columns, weights)
    _hold(codes == rows * pieces, f"{rows} rows of {pieces} codes are not {codes}")
    if norms:
        at, _ = _end_of_quantiser(data, at + rows, 1, weights)
    return at


def _end_of_quantiser(data: mmap.mmap, at: int, columns: int, weights: list[tuple[int, int]]) -> tuple[int, int]:
    """And into how many pieces it cuts a vector: all of `size` numbers, but the last one, of what is left."""
    dim, pieces, size, last = struct.unpack_from("<iiii", data, at)
    fits = dim == columns and 0 < last <= size and (pieces - 1) * size + last == dim
    _hold(fits, f"{pieces} pieces of {size} numbers, the last of {last}, are not {columns}")
    weights.append((at + 16, _CENTROIDS * columns))
    return at + 16 + 4 * _CENTROIDS * columns, pieces


def _are_weights(data: mmap.mmap, at: int, count: int) -> bool:
    for begin in range(at, at + 4 * count, _BLOCK):
        block = np.frombuffer(data[begin : min(begin + _BLOCK, at + 4 * count)], "<f4")
        if not (block.min() > -_LARGEST and block.max() < _LARGEST):  # nor is it where one is none
            return False
    return True


def _flag(data: mmap.mmap, at: int) -> bool:
    _hold(data[at] <= 1, f"byte {at} is no yes or no")
    return data[at] != 0


def _hold_shape(shape: Sequence[int], rows: int, columns: int) -> None:
    _hold(tuple(shape) == (rows, columns), f"a matrix is {tuple(shape)} and not {rows, columns}")


def _hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Disagree(otherwise)
