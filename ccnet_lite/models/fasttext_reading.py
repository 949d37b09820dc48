"""A fastText classifier's file to arrays.

Rows lie in memory as 32-bit numbers: of lid.176.ftz, unpacked, 3.2 MB, of lid.176.bin 128 MB, as fastText has
them. More than 256 MB stay in the file, which is mapped: the processes of a machine share one copy, and each
answers more slowly, as rows then lie across lines of the processor's cache. Nothing is read beyond the file's
end, and no number in the file can lead beyond an array.

Not handled, so None is given: word vectors, versions other than 11 and 12, counts that do not fit the file or
each other, words and labels mixed, a quantised matrix of more than 1 GiB. fastText decides about those.
"""

import mmap
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.models.fasttext_features import FREE, LONGEST_NGRAM, Features, fill_slots, find_words
from ccnet_lite.models.fasttext_losses import EACH, SOFTMAX, TREE, Outputs

Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]
Float32 = npt.NDArray[np.float32]

_MAGIC = 793712314
_SUPERVISED = 3
_KINDS = {1: TREE, 2: EACH, 3: SOFTMAX, 4: EACH}
"""By fastText's number of the loss; its negative sampling (2) predicts as one-vs-all (4) does."""
_CENTROIDS = 256
_MOST_BUCKETS = 1 << 28
"""A bit of memory for each, whatever the file's size."""
_MOST_COPIED = 1 << 28
_MOST_TIMES, _MOST_BYTES = 64, 1 << 30
"""A matrix is unpacked to at most so many times the file's size, and so many bytes."""
_MOST_COUNTS = 10**15
"""What fastText takes for infinite when it builds its tree."""


class ClassifierArrays(NamedTuple):
    """A model as arrays."""

    labels: list[str]
    features: Features
    matrix: Float32
    """[words and buckets, dimensions]"""
    outputs: Outputs


class _UnknownForm(Exception):
    """The file is not laid out as this module knows it."""


def read_classifier(path: Path) -> ClassifierArrays | None:
    """The arrays of a model file; None where this reader can't make them out.

    Raises:
        OSError: when the file can't be read.
    """
    with path.open("rb") as file:
        try:
            return _classifier(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (_UnknownForm, ValueError, UnicodeDecodeError):  # ValueError: an empty file
            return None


class _Cursor:
    """Takes numbers and arrays from the file, from its first byte to its last."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        """Numbers of the form, as for struct."""
        size = struct.calcsize(form)
        _need(self.at + size <= len(self.data))
        found = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return found

    def array(self, dtype: Any, *shape: int) -> npt.NDArray[Any]:
        """An array that lies in the file."""
        count = 1
        for length in shape:
            count *= length
        size = count * np.dtype(dtype).itemsize
        _need(min(shape) > 0 and self.at + size <= len(self.data))
        found = np.frombuffer(self.data, dtype, count, self.at).reshape(shape)
        self.at += size
        return found


def _need(fits: bool) -> None:
    if not fits:
        raise _UnknownForm


def _classifier(data: mmap.mmap) -> ClassifierArrays:
    cursor = _Cursor(data)
    magic, version = cursor.numbers("<ii")
    dimensions, _, _, _, _, word_ngrams, loss, kind, bucket, minn, maxn, _, _ = cursor.numbers("<12id")
    _need(magic == _MAGIC and version in (11, 12) and kind == _SUPERVISED and loss in _KINDS)
    maxn = 0 if version == 11 else maxn  # fastText's own rule
    _need(minn >= 0 and 0 <= maxn <= LONGEST_NGRAM and word_ngrams <= LONGEST_NGRAM)
    size, n_words, n_labels, _, pruned = cursor.numbers("<iiiqq")
    _need(n_words >= 0 and n_labels > 0 and size == n_words + n_labels)
    words = np.frombuffer(data, np.int8)
    begins = _dictionary(cursor, words, n_words, n_labels)
    labels, counts = _labels(data, begins[n_words:].tolist())
    word_ngrams = max(word_ngrams, 1)
    if pruned == 0:  # no n-gram is left
        maxn, word_ngrams = 0, 1
    hashed = maxn > 0 or word_ngrams > 1
    _need(not hashed or 0 < bucket <= _MOST_BUCKETS)
    pairs = cursor.array("<i4", pruned, 2) if pruned > 0 else None
    (quantised,) = cursor.numbers("<?")
    _need(quantised or pruned < 0)
    if quantised:
        matrix, scales = _quantised(cursor)
        matrix *= scales[:, np.newaxis]
    else:
        mapped = _dense(cursor)
        matrix = mapped if mapped.nbytes > _MOST_COPIED else np.array(mapped)
    kept, before = _NONE_KEPT, np.empty(0, np.int32)
    if hashed and pairs is not None:
        kept, before, places = _pruned(pairs, bucket)
        _need(n_words + int(places.max()) < len(matrix))
        matrix = np.concatenate([matrix[:n_words], matrix[n_words + places]])
    _need(n_words + (bucket if hashed and pairs is None else 0) <= len(matrix))
    (output_quantised,) = cursor.numbers("<?")
    if quantised and output_quantised:
        directions, scales = _quantised(cursor)
    else:
        directions = np.array(_dense(cursor))
        scales = np.ones(len(directions), np.float32)
    _need(matrix.shape[1] == directions.shape[1] == dimensions and len(directions) == n_labels)
    _need(cursor.at == len(data))
    kind = _KINDS[loss]
    left, right = _tree(counts) if kind == TREE else np.empty((2, 0), np.int32)
    slots = np.full(1 << (2 * size).bit_length(), FREE)
    fill_slots(words, begins, slots)
    features = Features(
        minn, maxn, word_ngrams, bucket if hashed else 1, n_words, words, begins, slots, kept, before
    )
    return ClassifierArrays(labels, features, matrix, Outputs(kind, directions, scales, left, right))


_NONE_KEPT: UInt64 = np.empty(0, np.uint64)


def _dictionary(cursor: _Cursor, words: Int8, n_words: int, n_labels: int) -> Int64:
    """Where each word and label begins; words come first."""
    size = n_words + n_labels
    _need(size <= len(words) // 10)
    begins = np.empty(size, np.int64)
    cursor.at = find_words(words, cursor.at, begins)
    _need(cursor.at > 0)
    kinds = words[np.append(begins[1:], cursor.at) - 1]
    _need(np.array_equal(kinds, np.arange(size) >= n_words))
    return begins


def _labels(data: mmap.mmap, begins: list[int]) -> tuple[list[str], list[int]]:
    """Labels, and how often each was seen in training."""
    ends = [data.find(b"\0", begin) for begin in begins]
    labels = [data[begin:end].decode() for begin, end in zip(begins, ends, strict=True)]
    return labels, [struct.unpack_from("<q", data, end + 1)[0] for end in ends]


def _pruned(pairs: Int32, bucket: int) -> tuple[UInt64, Int32, Int64]:
    """Which buckets have a row, a bit each; how many before each 64; their rows in order of buckets.

    pairs: [buckets that have a row, 2] a bucket, and its row behind those of the words.
    """
    _need(int(pairs.min()) >= 0 and int(pairs[:, 0].max()) < bucket)
    buckets, last = np.unique(pairs[::-1, 0], return_index=True)  # one may come twice: the last place counts
    places = pairs[::-1, 1][last].astype(np.int64)
    bits = np.zeros((bucket // 64 + 1, 64), np.bool_)
    bits.reshape(-1)[buckets] = True
    before = np.searchsorted(buckets, 64 * np.arange(len(bits))).astype(np.int32)
    return np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64), before, places


def _dense(cursor: _Cursor) -> Float32:
    rows, columns = cursor.numbers("<qq")
    return cursor.array("<f4", rows, columns)


def _quantised(cursor: _Cursor) -> tuple[Float32, Float32]:
    """A product-quantised matrix: its rows but for their scale, and the scales."""
    norms, rows, columns, n_codes = cursor.numbers("<?qqi")
    _need(rows > 0 and columns > 0 and n_codes % rows == 0)
    codes = cursor.array(np.uint8, rows, n_codes // rows)
    directions = _unpacked(cursor, codes, columns)
    if not norms:
        return directions, np.ones(rows, np.float32)
    norm_codes = cursor.array(np.uint8, rows, 1)
    return directions, _unpacked(cursor, norm_codes, 1)[:, 0].copy()


def _unpacked(cursor: _Cursor, codes: npt.NDArray[np.uint8], columns: int) -> Float32:
    """[rows, columns] the centroids that codes [rows, parts] name, side by side."""
    dimensions, parts, width, last = cursor.numbers("<iiii")
    _need(dimensions == columns and parts == codes.shape[1] and width > 0)
    _need(last > 0 and (parts - 1) * width + last == columns)
    values = cursor.array("<f4", _CENTROIDS * columns)
    _need(4 * len(codes) * columns <= min(_MOST_TIMES * len(cursor.data), _MOST_BYTES))
    unpacked = np.empty((len(codes), columns), np.float32)
    for part in range(parts):
        wide = width if part < parts - 1 else last
        begin = part * width
        centroids = values[_CENTROIDS * begin : _CENTROIDS * (begin + wide)].reshape(_CENTROIDS, wide)
        unpacked[:, begin : begin + wide] = centroids[codes[:, part]]
    return unpacked


def _tree(counts: list[int]) -> tuple[Int32, Int32]:
    """Huffman's tree over the labels as fastText builds it: each node's children for no and for yes."""
    n_labels = len(counts)
    _need(min(counts) >= 0 and sum(counts) < _MOST_COUNTS)
    weights = counts + [_MOST_COUNTS] * (n_labels - 1)
    children = np.full((2, len(weights)), -1, np.int32)
    leaf, node = n_labels - 1, n_labels
    for parent in range(n_labels, len(weights)):
        for side in range(2):
            if leaf >= 0 and weights[leaf] < weights[node]:
                least, leaf = leaf, leaf - 1
            else:
                least, node = node, node + 1
            _need(least < parent)
            children[side, parent] = least
        weights[parent] = weights[children[0, parent]] + weights[children[1, parent]]
    return children[0], children[1]
