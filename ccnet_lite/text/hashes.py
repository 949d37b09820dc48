"""64-bit hashes of tokens and of runs of them: equal on every machine and in every process.

A token's state begins with its length. Eight bytes of its UTF-8 after another, as little-endian words, the last
filled with zeros, go into it, and after each it is mixed by MurmurHash3's 64-bit finaliser with D. Stafford's
constants (his mix 13), as in SplitMix64 (Steele, Lea, Flood 2014). A run's hash is the polynomial of its tokens'
hashes modulo 2^64, which rolls on by a token for two multiplications however long the run is, and its number of
tokens, mixed once more.

Not handled: those who look for collisions. None of this has a key; runs of a thousand tokens or more can be
made to meet without a search (two words in the order of the Thue-Morse sequence, and the same exchanged).
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.tokens import Tokens

UInt8 = npt.NDArray[np.uint8]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

# Unsigned constants throughout: numba makes floating point of a mixed expression.
_U = np.uint64
_LENGTH = _U(0x9E3779B97F4A7C15)
# B - 1 is twice an odd number and B + 1 four times one: exchanged tokens lose the fewest bits.
_BASE = _U(0xD6E8FEB86659FD93)
_ALL = _U(0xFFFFFFFFFFFFFFFF)


def token_hashes(tokens: Tokens) -> UInt64:
    """A hash of each token, uint64 [tokens]."""
    return _hash_bytes(tokens.data, tokens.begins, tokens.ends)


@compiled
def run_hashes(hashes: UInt64, begins: Int64, ends: Int64, length: int) -> UInt64:
    """Hashes of all runs of `length` tokens in stretches of tokens, in their order, repeats included.

    Args:
        hashes: of the tokens.
        begins: int64 [stretches]; stretch i is hashes[begins[_U(i)] : ends[_U(i)]], and no run goes beyond it.
        ends: int64 [stretches]. A stretch of fewer tokens is one run of all of them, an empty one has none.
        length: of a run, 1 or more.
    """
    size = 0
    for i in range(len(begins)):
        count = ends[_U(i)] - begins[_U(i)]
        size += count - length + 1 if count >= length else min(count, 1)
    out = np.empty(size, np.uint64)
    size = 0
    for i in range(len(begins)):
        begin, end = begins[_U(i)], ends[_U(i)]
        n = min(length, end - begin)
        value, leaving = _U(0), _U(1)
        for at in range(begin, begin + n):
            value = value * _BASE + hashes[_U(at)]
            leaving *= _BASE
        for at in range(begin + n, end + 1):
            if n:
                out[_U(size)] = mix(value + _U(n) * _LENGTH)
                size += 1
            if at < end:
                value = value * _BASE + hashes[_U(at)] - leaving * hashes[_U(at - n)]
    return out


@compiled
def mix(value: np.uint64) -> np.uint64:
    """A bijection in which every bit changes every other."""
    value = (value ^ (value >> _U(30))) * _U(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> _U(27))) * _U(0x94D049BB133111EB)
    return _U(value ^ (value >> _U(31)))


@compiled
def _hash_bytes(data: UInt8, begins: Int64, ends: Int64) -> UInt64:
    out = np.empty(len(begins), np.uint64)
    for i in range(len(begins)):
        value = _U(ends[_U(i)] - begins[_U(i)]) * _LENGTH
        for at in range(begins[_U(i)], ends[_U(i)], 8):
            n = min(8, ends[_U(i)] - at)
            if at + 8 <= len(data):
                word = _word(data, _U(at)) & (_ALL >> _U(8 * (8 - n)))
            else:
                word = _U(0)
                for byte in range(n):
                    word |= _U(data[_U(at + byte)]) << _U(8 * byte)
            value = mix(value ^ word)
        out[_U(i)] = value
    return out


@compiled
def _word(data: UInt8, at: np.uint64) -> np.uint64:
    """Eight bytes, little-endian: the compiler makes one load of them."""
    low = _U(data[at]) | _U(data[at + _U(1)]) << _U(8)
    low |= _U(data[at + _U(2)]) << _U(16) | _U(data[at + _U(3)]) << _U(24)
    high = _U(data[at + _U(4)]) | _U(data[at + _U(5)]) << _U(8)
    high |= _U(data[at + _U(6)]) << _U(16) | _U(data[at + _U(7)]) << _U(24)
    return _U(low | high << _U(32))
