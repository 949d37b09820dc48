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

from ccnet_lite.models.normal_form import Rules, read_rules
from ccnet_lite.text.compiled import compiled

_UNKNOWN_PENALTY = np.float32(10.0)
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3  # types of pieces
_UNIGRAM = 1  # a type of model
_LONGEST = 256  # bytes of a piece; SentencePiece makes them of 16 characters at the most, if not told otherwise

VERSIONS = ("0.2.3",)
"""SentencePiece's versions whose sums are those of segment.py: earlier ones round otherwise."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


class Unigram(NamedTuple):
    """The arrays.

    tree: the pieces' bytes as a double array: a node's child is at the node's base + byte if its parent is the
        node. Four numbers a node: base, parent, the piece that ends there or -1, its score's bits.
    scores: [n_pieces]; unknown: the score of a character that is no piece.
    """

    rules: Rules
    tree: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    unknown: np.float32


def read_unigram(pieces: Any) -> tuple[Unigram, Bytes, Places] | None:
    """The arrays of a loaded SentencePiece model; None where SentencePiece has to cut.

    Returns:
        With the arrays, some bytes and [n_pieces, 2] from where to where in them each piece's name lies.
    """
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
    longest = int((spans[:, 1] - spans[:, 0]).max(initial=0))
    if not np.isin(types, (_NORMAL, _UNKNOWN, _CONTROL)).all() or not (scores[normal] <= 0).all():
        return None
    if longest > _LONGEST or not normal.any() or not _spaces_only_begin(proto, spans[normal]):
        return None
    rules = read_rules(normalizer.get(2, b""))
    if rules is None:
        return None
    order = np.flatnonzero(normal)
    names = _names(proto, spans[normal], longest).view(f"S{longest}").ravel()
    tree = _tree(proto, spans, scores, order[np.argsort(names)])
    unknown = scores[normal].min() - _UNKNOWN_PENALTY
    return Unigram(rules, tree, scores, unknown), proto, spans


def _message(proto: Bytes, top: Places, number: int) -> dict[int, Any]:
    """The fields of a message's part: numbers as they are, strings as bytes, the last of several."""
    found: dict[int, Any] = {}
    for _, _, begin, end in top[top[:, 0] == number].tolist():
        for field, wire, first, last in _fields(proto, begin, end).tolist():
            found[field] = first if wire == 0 else proto[first:last].tobytes()
    return found


@compiled
def _fields(proto: Bytes, begin: int, end: int) -> Places:
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
def _pieces(proto: Bytes, rows: Places) -> tuple[Places, npt.NDArray[np.float32], Places]:
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
def _spaces_only_begin(proto: Bytes, spans: Places) -> bool:
    """Whether `▁` is a piece, and in other pieces only the first character."""
    alone = False
    for number in range(len(spans)):
        begin, end = spans[number]
        alone = alone or (end - begin == 3 and _is_space(proto, begin))
        for at in range(begin + 1, end - 2):
            if _is_space(proto, at):
                return False
    return alone


@compiled
def _is_space(text: Bytes, at: int) -> bool:
    return bool(text[at] == 0xE2 and text[at + 1] == 0x96 and text[at + 2] == 0x81)


@compiled
def _names(proto: Bytes, spans: Places, longest: int) -> Bytes:
    """[n_pieces, longest] the names, filled up with zeros."""
    found = np.zeros((len(spans), longest), np.uint8)
    for number in range(len(spans)):
        begin, end = spans[number]
        found[number, : end - begin] = proto[begin:end]
    return found


@compiled
def _tree(proto: Bytes, spans: Places, scores: npt.NDArray[np.float32], order: Places) -> npt.NDArray[np.int32]:
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
