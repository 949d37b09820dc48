"""A SentencePiece unigram model as arrays, for compiled code to cut texts with (segment.py).

Only for models whose words can be cut one by one, whatever stands around them. That is so when
  - a text's normal form is its words' forms, each after a `▁`: a dummy prefix, runs of spaces squeezed, spaces
    written as `▁`, no rule of the normal form that reads a space;
  - no piece goes on past a `▁`: it may only begin with one;
  - `▁` by itself is a piece, so that no run of unknown characters, which is one piece, reaches a next word.
CCNet's models and ours are so. Others (BPE, user-defined, unused and byte pieces, `▁` as a suffix, pieces of
several words) are left to SentencePiece.
"""

from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

SPACE = "\u2581"  # what SentencePiece writes for a space
_SPACE_BYTES = SPACE.encode()
_UNKNOWN_PENALTY = np.float32(10.0)
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3  # types of pieces
_UNIGRAM = 1  # a type of model

VERSIONS = ("0.2.3",)
"""SentencePiece's versions whose sums are those of segment.py: earlier ones round otherwise."""

Bytes = npt.NDArray[np.uint8]


class Unigram(NamedTuple):
    """The arrays.

    rules: Darts' double array of the rules of the normal form; images: what they write, each up to a zero.
    growth: by how much the normal form of a word can be longer than the word, at the most.
    plain: [256] whether an ASCII character stays as it is before another one.
    tree: the pieces' bytes as a double array: a node's child is at the node's base + byte if its parent is the
        node. Four numbers a node: base, parent, the piece that ends there or -1, its score's bits.
    scores: [n_pieces]; unknown: the score of a character that is no piece.
    """

    rules: npt.NDArray[np.uint32]
    images: Bytes
    growth: int
    plain: npt.NDArray[np.bool_]
    tree: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    unknown: np.float32


def read_unigram(pieces: Any) -> tuple[Unigram, list[bytes]] | None:
    """The arrays of a loaded SentencePiece model, and its pieces; None where SentencePiece has to cut."""
    if version("sentencepiece") not in VERSIONS:
        return None
    proto = np.frombuffer(pieces.serialized_model_proto(), np.uint8)
    top = _fields(proto, 0, len(proto))
    trainer = _message(proto, top, 2)
    normalizer = _message(proto, top, 3)
    suffix, byte_fallback = trainer.get(24, 0), trainer.get(35, 0)
    as_usual = all(normalizer.get(number, 1) for number in (3, 4, 5))  # prefix, squeezed, spaces escaped
    if trainer.get(3, _UNIGRAM) != _UNIGRAM or suffix or byte_fallback or not as_usual:
        return None
    spans, scores, types = _pieces(proto, top[top[:, 0] == 1])
    normal = types == _NORMAL
    if not np.isin(types, (_NORMAL, _UNKNOWN, _CONTROL)).all() or not (scores[normal] <= 0).all():
        return None
    raw = proto.tobytes()
    names = [raw[begin:end] for begin, end in spans.tolist()]
    if any(_SPACE_BYTES in name[1:] for name, usual in zip(names, normal, strict=True) if usual):
        return None
    if not any(name == _SPACE_BYTES for name, usual in zip(names, normal, strict=True) if usual):
        return None
    rules = _rules(normalizer.get(2, b""))
    if rules is None:
        return None
    order = sorted(np.flatnonzero(normal).tolist(), key=names.__getitem__)
    tree = _tree(proto, spans, scores, np.array(order, np.int64))
    unknown = scores[normal].min() - _UNKNOWN_PENALTY
    return Unigram(*rules, _plain(rules[0]), tree, scores, unknown), names


def _message(proto: Bytes, top: npt.NDArray[np.int64], number: int) -> dict[int, Any]:
    """The fields of a message's part: numbers as they are, strings as bytes, the last of several."""
    found: dict[int, Any] = {}
    for _, _, begin, end in top[top[:, 0] == number].tolist():
        for field, wire, first, last in _fields(proto, begin, end).tolist():
            found[field] = first if wire == 0 else proto[first:last].tobytes()
    return found


def _rules(blob: bytes) -> tuple[npt.NDArray[np.uint32], Bytes, int] | None:
    """The double array, the images, their growth (3: a space becomes `▁`); None where a rule reads a space."""
    if not blob:
        return np.zeros(0, np.uint32), np.zeros(0, np.uint8), 3
    size = int.from_bytes(blob[:4], "little")
    if size % 4 or len(blob) <= 4 + size or blob[-1]:
        return None
    rules = np.frombuffer(blob[4 : 4 + size], np.uint32)
    images = np.frombuffer(blob[4 + size :], np.uint8)
    if _SPACE_BYTES in blob[4 + size :] or any(mark in blob[4 + size :] for mark in b"\t\n\v\f\r"):
        return None
    growth = int(_growth(rules, images))
    return (rules, images, growth) if growth > 0 else None


@compiled
def _fields(proto: Bytes, begin: int, end: int) -> npt.NDArray[np.int64]:
    """The fields of a protocol buffer message: number, wire type, begin and end (or the number itself)."""
    found = np.empty((64, 4), np.int64)
    count = 0
    at = begin
    while at < end:
        key, at = _number(proto, at, end)
        wire = key & 7
        first = at
        if wire == 0:
            first, at = _number(proto, at, end)
            last = at
        elif wire == 1:
            last = at = at + 8
        elif wire == 5:
            last = at = at + 4
        else:
            length, first = _number(proto, at, end)
            last = at = first + length
        if wire not in (0, 1, 2, 5) or at > end or last < 0:
            break
        if count == len(found):
            found = np.concatenate((found, np.empty_like(found)))
        found[count] = (key >> 3, wire, first, last)
        count += 1
    return found[:count]


@compiled
def _number(proto: Bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 63:
        byte = np.int64(proto[at])
        at += 1
        value |= int(byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return value, at


@compiled
def _pieces(
    proto: Bytes, rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """[n_pieces, 2] where each piece's name lies, [n_pieces] scores, [n_pieces] types."""
    spans = np.zeros((len(rows), 2), np.int64)
    scores = np.zeros(len(rows), np.float32)
    types = np.full(len(rows), 1, np.int64)
    for number in range(len(rows)):
        fields = _fields(proto, rows[number, 2], rows[number, 3])
        for field in range(len(fields)):
            name, first, last = fields[field, 0], fields[field, 2], fields[field, 3]
            if name == 1:
                spans[number] = (first, last)
            elif name == 2:
                bits = np.uint32(0)
                for byte in range(4):
                    bits |= np.uint32(proto[first + byte]) << np.uint32(8 * byte)
                scores[number] = np.uint32(bits).view(np.float32)
            elif name == 3:
                types[number] = first
    return spans, scores, types


@compiled
def _tree(
    proto: Bytes, spans: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], order: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """The tree of `Unigram`; order: the pieces that are in it, sorted by their bytes."""
    tree = np.full((1024, 4), -1, np.int32)
    tree[0] = (0, 0, -1, 0)
    # Stretches of pieces that share their first bytes: from, to, how many bytes, the node of these bytes.
    waiting = [(0, len(order), 0, 0)]
    lowest = 256  # no place from here to it is free
    some = 256  # and up to this one, few for more than one child
    children = np.empty(256, np.int64)
    froms = np.empty(257, np.int64)
    while waiting:
        first, last, depth, node = waiting.pop()
        while first < last and spans[order[first], 1] - spans[order[first], 0] == depth:
            tree[node, 2] = order[first]
            tree[node, 3] = np.float32(scores[order[first]]).view(np.int32)
            first += 1
        count = 0
        for number in range(first, last):
            byte = np.int64(proto[spans[order[number], 0] + depth])
            if count == 0 or children[count - 1] != byte:
                children[count], froms[count] = byte, number
                count += 1
        if count == 0:
            continue
        froms[count] = last
        while tree[lowest, 1] >= 0:
            lowest += 1
            tree = _roomier(tree, lowest)
        place = lowest if count == 1 else max(some, lowest)
        begin = place
        base = 0
        free = False
        while not free:
            tree = _roomier(tree, place)
            base = place - children[0]
            free = True
            for child in range(count):
                free = free and tree[base + children[child], 1] < 0
            place += not free
        if place > begin + 64:
            some = place - 32
        tree[node, 0] = base
        for child in range(count):
            tree[base + children[child]] = (0, node, -1, 0)
            waiting.append((froms[child], froms[child + 1], depth + 1, base + children[child]))
    return tree.ravel()


@compiled
def _roomier(tree: npt.NDArray[np.int32], place: int) -> npt.NDArray[np.int32]:
    """The tree with room for a node's children whose first is at a place."""
    if place + 512 <= len(tree):
        return tree
    return np.concatenate((tree, np.full_like(tree, -1)))


def _plain(rules: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Whether no rule reads a byte, nor the byte and then another of ASCII."""
    plain = np.zeros(256, np.bool_)
    plain[:128] = True
    if not len(rules):
        return plain
    units = rules.astype(np.int64)
    labels = units & 0x800000FF
    root = offset_of(rules, 0)
    for byte in range(1, 128):
        if root ^ byte < len(units) and labels[root ^ byte] == byte:
            place = root ^ byte ^ offset_of(rules, root ^ byte)
            nexts = np.arange(1, 128) ^ place
            read = labels[np.minimum(nexts, len(units) - 1)] == np.arange(1, 128)
            plain[byte] = not units[root ^ byte] >> 8 & 1 and not read[nexts < len(units)].any()
    return plain


@compiled
def offset_of(rules: npt.NDArray[np.uint32], place: int) -> int:
    """What a node of Darts' double array adds to a byte (by exclusive or) for its child's place."""
    unit = int(np.int64(rules[place]))
    return (unit >> 10) << ((unit & (1 << 9)) >> 6)


@compiled
def _growth(rules: npt.NDArray[np.uint32], images: Bytes) -> int:
    """By how much an image can be longer than what it stands for, spaces as `▁`; -1 where a rule reads a space."""
    most = 3
    depths = np.zeros(len(rules) + 1, np.int64)  # from 1; 0: not seen
    # Ends of rules are shared: places are seen breadth first, each at its smallest depth.
    places = np.empty(len(rules) + 1, np.int64)
    places[0] = offset_of(rules, 0)
    count, looked = 1, 0
    while looked < count:
        place = places[looked]
        depth = depths[place] if looked else 0
        looked += 1
        for byte in range(1, 256):
            at = place ^ byte
            if at >= len(rules) or np.int64(rules[at]) & 0x800000FF != byte:
                continue
            if byte == 32:
                return -1
            child = at ^ offset_of(rules, at)
            if child >= len(rules):
                return -1
            if np.int64(rules[at]) >> 8 & 1:
                image = np.int64(rules[child]) & 0x7FFFFFFF
                length = 0
                while image < len(images) and images[image]:
                    length += 3 if images[image] == 32 else 1
                    image += 1
                most = max(most, (length + depth) // (depth + 1))
            if depths[child] == 0:
                depths[child] = depth + 1
                places[count] = child
                count += 1
    return most
