"""MinHash signatures of batches of texts, equal to datasketch's, and the bands of locality-sensitive hashing.

The permutations are datasketch's own (scheme `affine32`): a hash h is mixed by murmur3's 32-bit finaliser;
permutation i maps it to a[i] * h + b[i] modulo 2^32 with a[i] odd. Here they are applied to whole batches. So
for the same shingles, seed and number of permutations the values equal
datasketch.MinHash(num_perm, seed, hashfunc=shingle_hash).hashvalues, and `as_minhash` gives them to its tools.

Not handled: what a shingle is (text/shingles.py); which pairs become candidates (stages/near_duplicates.py).
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.given import refuse_one
from ccnet_lite.text.shingles import batch_shingle_hashes, shingle_hash

if TYPE_CHECKING:
    from datasketch import MinHash

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
_U = np.uint64

See = Callable[[int, UInt32, Int64], None]

SCHEME = "affine32"
"""What datasketch calls this family of permutations, of 32-bit hashes."""
EMPTY = 0xFFFFFFFF
"""Every value of the signature of a text without shingles."""


def signatures(texts: Sequence[str], settings: NearDuplicateSettings, see: See | None = None) -> UInt32:
    """MinHash signatures, uint32 [texts, bands * rows].

    A text without a letter or digit has a signature of EMPTY alone: see `is_empty`; it must not be
    compared, or all such texts would be equal. Memory is bounded for texts of any length.

    see: is shown the shingles on the way, as `batch_shingle_hashes` gives them.
    """
    refuse_one(texts)
    n_permutations = settings.bands * settings.rows
    out = np.full((len(texts), n_permutations), EMPTY, np.uint32)
    for first, hashes, offsets in batch_shingle_hashes(texts, settings.ngram):
        part = out[first : first + len(offsets) - 1]
        if see is not None:
            see(first, hashes, offsets)
        np.minimum(part, signatures_of_hashes(hashes, offsets, n_permutations, settings.seed), out=part)
    return out


def signatures_of_hashes(hashes: UInt32, offsets: Int64, n_permutations: int, seed: int) -> UInt32:
    """Signatures of sets of 32-bit hashes, uint32 [sets, n_permutations].

    Set i is hashes[offsets[i] : offsets[i + 1]]; an empty set's signature is EMPTY throughout.
    """
    multipliers, additions = permutations(n_permutations, seed)
    out = np.full((len(offsets) - 1, n_permutations), EMPTY, np.uint32)
    _minimums(_mix(hashes), offsets, multipliers, additions, out)
    return out


@compiled
def _minimums(mixed: UInt32, offsets: Int64, multipliers: UInt32, additions: UInt32, out: UInt32) -> None:
    for row in range(len(offsets) - 1):
        for at in range(offsets[row], offsets[row + 1]):
            value = mixed[_U(at)]
            for index in range(len(multipliers)):
                permuted = np.uint32(multipliers[_U(index)] * value + additions[_U(index)])
                out[_U(row), index] = min(out[_U(row), index], permuted)


@cache
def permutations(n_permutations: int, seed: int) -> tuple[UInt32, UInt32]:
    """Multipliers and additions of the permutations, as datasketch draws them.

    Drawn here, as its import takes half a second, and each machine's workers would wait for it.

    >>> [numbers.tolist() for numbers in permutations(2, seed=1)]
    [[3582191691, 4270784983], [3093770124, 4005303368]]
    """
    generator = np.random.RandomState(seed)
    halves = generator.randint(0, 1 << 31, n_permutations, np.uint32)
    return halves * np.uint32(2) + np.uint32(1), generator.randint(0, 1 << 32, n_permutations, np.uint32)


def as_minhash(signature: UInt32, seed: int) -> "MinHash":
    """A signature as datasketch's object, which compares, merges and indexes it and takes further shingles.

    signature: uint32 [permutations], made with this seed (near_duplicates.seed). Further shingles are bytes, as
    text/shingles.py has them.

    >>> one, other = signatures(["the same few words", "the same few words"], NearDuplicateSettings())
    >>> as_minhash(one, seed=1).jaccard(as_minhash(other, seed=1))
    1.0
    """
    from datasketch import MinHash

    drawn = np.array(permutations(len(signature), seed))
    return MinHash(seed=seed, hashfunc=shingle_hash, hashvalues=signature, permutations=drawn, scheme=SCHEME)


def _mix(hashes: UInt32) -> UInt32:
    """Murmur3's 32-bit finaliser."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def band_hashes(values: UInt32, bands: int, rows: int) -> UInt64:
    """One 64-bit hash for each band of a signature, uint64 [texts, bands].

    values: uint32 [texts, bands * rows]. The band's number goes into its hash, so that equal hashes mean
    equal bands, whatever column they stand in (but for collisions, which verification finds).
    """
    n_texts = len(values)
    by_band = values.reshape(n_texts, bands, rows).astype(np.uint64)
    out = np.empty((n_texts, bands), np.uint64)
    out[:] = np.arange(1, bands + 1, dtype=np.uint64) * _GOLDEN
    for row in range(rows):
        out ^= by_band[:, :, row]
        out *= _MULTIPLIER
        out ^= out >> np.uint64(32)
    return out


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)


def is_empty(values: UInt32) -> npt.NDArray[np.bool_]:
    """Whether a signature is that of a text without shingles, bool [texts]."""
    return np.asarray((values == EMPTY).all(axis=-1))


def estimate(first: UInt32, second: UInt32) -> npt.NDArray[np.float64]:
    """Estimated Jaccard similarity of signatures, float64 [pairs] (or one number for one pair).

    first, second: uint32 [pairs, permutations] (or [permutations]). The share of equal values; its standard
    deviation is sqrt(s * (1 - s) / permutations). Two empty signatures have similarity 0.
    """
    equal = (first == second).mean(axis=-1)
    return np.where(is_empty(first) | is_empty(second), 0.0, equal)


def jaccard(first: UInt32, second: UInt32) -> float:
    """Jaccard similarity of two sets of hashes, each ascending without repeats; 0 if either is empty."""
    if not len(first) or not len(second):
        return 0.0
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)
