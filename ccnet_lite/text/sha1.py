"""SHA-1 of many short strings, the first 64 bits of each: for hashing lines.

One call of hashlib costs more than the hash itself when a string has thirty bytes and a document four hundred
of them. This does thirty-two strings side by side, a string a lane, so that the compiler can use vector
instructions (FIPS 180-4, section 6.1.2; `rounds` of four functions and constants).

Not handled: strings of megabytes (right, but no faster than hashlib).
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]

_LANES = 32
# Unsigned constants throughout: numba would widen a mixed expression to 64 bits or to floating point, and
# would check signed indices for wrapping around, either of which keeps the loops from being vectorised.
_U = np.uint32
_I = np.uint64
_N = np.uint64(_LANES)


def sha1_keys(data: UInt8, begins: Int64, ends: Int64) -> Int64:
    """First eight bytes of the SHA-1 of data[begins[i] : ends[i]], little-endian, int64 [strings]."""
    # Row j of `words` and of `a` holds round j of every lane; 5 rows of initial state come before round 0.
    words = np.empty(80 * _LANES, np.uint32)
    a = np.empty(85 * _LANES, np.uint32)
    state = np.empty(5 * _LANES, np.uint32)
    out = np.empty(2 * len(begins), np.uint32)
    # Lanes wait for the longest of them: so strings of as many blocks go side by side.
    order = np.argsort(np.minimum((ends - begins + 8) // 64, 255).astype(np.uint8), kind="stable")
    _hash_all(data, begins[order], ends[order], _INITIAL, words, a, state, out)
    hashed = np.empty(len(begins), np.int64)
    hashed[order] = out.byteswap().view("<i8")
    return hashed


_INITIAL = np.array([0xC3D2E1F0, 0x10325476, 0x98BADCFE, 0xEFCDAB89, 0x67452301], np.uint32)
"""The working variables e, d, c, b, a before the first block."""


@compiled
def _hash_all(
    data: UInt8,
    begins: Int64,
    ends: Int64,
    initial: UInt32,
    words: UInt32,
    a: UInt32,
    state: UInt32,
    out: UInt32,
) -> None:
    for group in range(0, len(begins), _LANES):
        n_lanes = min(_LANES, len(begins) - group)
        n_blocks = 0
        for lane in range(n_lanes):
            n_blocks = max(n_blocks, _blocks(ends[group + lane] - begins[group + lane]))
            for row in range(5):
                state[_I(row * _LANES + lane)] = initial[_I(row)]
        for block in range(n_blocks):
            for lane in range(n_lanes):
                _load(data, begins[group + lane], ends[group + lane], block, words, lane)
                # Only a is kept of each round. b is the a of the round before; c, d and e are those of two,
                # three and four rounds before, rotated by 30 when read: so here they are rotated back.
                for row in range(5):
                    value = state[_I(row * _LANES + lane)]
                    a[_I(row * _LANES + lane)] = _rotated(value, 2) if row < 3 else value
            _rounds(words, a)
            for lane in range(n_lanes):
                if block < _blocks(ends[group + lane] - begins[group + lane]):
                    for row in range(5):
                        value = a[_I((80 + row) * _LANES + lane)]
                        state[_I(row * _LANES + lane)] += _rotated(value, 30) if row < 3 else value
        for lane in range(n_lanes):
            out[_I(2 * (group + lane))] = state[_I(4 * _LANES + lane)]
            out[_I(2 * (group + lane) + 1)] = state[_I(3 * _LANES + lane)]


@compiled
def _blocks(size: int) -> int:
    """How many blocks of 64 bytes a string of a size takes, with the 9 bytes or more of padding."""
    return (size + 8) // 64 + 1


@compiled
def _load(data: UInt8, begin: int, end: int, block: int, words: UInt32, lane: int) -> None:
    """One lane's 64 bytes of a block as 16 big-endian words: the string, 0x80, zeros, its length in bits."""
    at = begin + 64 * block
    for j in range(16):
        word = _U(0)
        if at + 4 <= end:
            for byte in range(4):
                word = (word << _U(8)) | _U(data[_I(at + byte)])
        elif at <= end:
            word = _U(0x80) << _U(24 - 8 * (end - at))
            for byte in range(end - at):
                word |= _U(data[_I(at + byte)]) << _U(24 - 8 * byte)
        words[_I(j * _LANES + lane)] = word
        at += 4
    if at - end > 8:  # the last block
        words[_I(14 * _LANES + lane)] = _U((end - begin) >> 29)
        words[_I(15 * _LANES + lane)] = _U((end - begin) << 3)


@compiled
def _rounds(words: UInt32, a: UInt32) -> None:
    """Eighty rounds on every lane: rows 5 to 84 of `a` from rows 0 to 4 and the first 16 rows of `words`."""
    for j in range(_I(16), _I(80)):
        for lane in range(_N):
            at = j * _N + lane
            mixed = words[at - _I(3) * _N] ^ words[at - _I(8) * _N]
            mixed ^= words[at - _I(14) * _N] ^ words[at - _I(16) * _N]
            words[at] = _U(mixed << _U(1)) | _U(mixed >> _U(31))
    for j in range(_I(80)):
        for lane in range(_N):
            at = j * _N + lane
            e, d, c = a[at], a[at + _N], a[at + _I(2) * _N]
            b, newest = a[at + _I(3) * _N], a[at + _I(4) * _N]
            c = _U(c << _U(30)) | _U(c >> _U(2))
            d = _U(d << _U(30)) | _U(d >> _U(2))
            e = _U(e << _U(30)) | _U(e >> _U(2))
            total = _U((_U(newest << _U(5)) | _U(newest >> _U(27))) + e + words[at])
            if j < _I(20):
                total += _U((d ^ (b & (c ^ d))) + _U(0x5A827999))
            elif j < _I(40):
                total += _U((b ^ c ^ d) + _U(0x6ED9EBA1))
            elif j < _I(60):
                total += _U(((b & c) | (d & (b | c))) + _U(0x8F1BBCDC))
            else:
                total += _U((b ^ c ^ d) + _U(0xCA62C1D6))
            a[at + _I(5) * _N] = total


@compiled
def _rotated(value: np.uint32, bits: int) -> np.uint32:
    """Rotated to the left."""
    return _U(_U(value << _U(bits)) | _U(value >> _U(32 - bits)))
