"""SentencePiece's normal form of a word, by the rules in its model: what stands for which bytes.

The rules are a double array of Darts (a node's child is at the node's offset, exclusive or the byte), whose
leaves are places of images, each written up to a zero. At each place of a text the longest rule that holds is
followed; characters that no rule reads stay.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

SPACE = "\u2581"  # what SentencePiece writes for a space
_MAX_RULES = 32  # how many rules SentencePiece looks at, at one place

Bytes = npt.NDArray[np.uint8]


class Rules(NamedTuple):
    """units: the double array; images: what the rules write.

    growth: by how much the normal form of a word can be longer than the word, at the most.
    plain: [256] whether an ASCII character stays as it is before another one.
    """

    units: npt.NDArray[np.uint32]
    images: Bytes
    growth: int
    plain: npt.NDArray[np.bool_]


def read_rules(blob: bytes) -> Rules | None:
    """The rules of a model; None where words can't be put into their form one by one: where a rule reads a space.

    blob: the model's `precompiled_charsmap`; empty: no rules.
    """
    if not blob:
        return Rules(np.zeros(0, np.uint32), np.zeros(1, np.uint8), 3, _plain(np.zeros(0, np.uint32)))
    size = int.from_bytes(blob[:4], "little")
    units, images = blob[4 : 4 + size], blob[4 + size :]
    if not size or size % 4 or not images or images[-1]:
        return None
    if SPACE.encode() in images or any(mark in images for mark in b"\t\n\v\f\r"):
        return None
    rules = np.frombuffer(units, np.uint32)
    growth = int(_growth(rules, np.frombuffer(images, np.uint8)))
    return Rules(rules, np.frombuffer(images, np.uint8), growth, _plain(rules)) if growth > 0 else None


@compiled
def normal_form(rules: Rules, text: Bytes, begin: int, end: int, form: Bytes) -> int:
    """Write a word's normal form, `▁` first; its length in bytes, 0 where nothing is left of the word."""
    images = rules.images
    size = _space(form, 0)
    spaced = True  # whether what is written ends with a space
    at = begin
    while at < end:
        if rules.plain[text[at]] and (at + 1 == end or text[at + 1] < 128):
            form[size] = text[at]
            size += 1
            at += 1
            spaced = False
            continue
        image, taken = _rule(rules, text, at, end)
        if taken == 0:
            for _ in range(char_bytes(text[at])):
                form[size] = text[at]
                size += 1
                at += 1
            spaced = False
            continue
        at += taken
        while spaced and images[image] == 32:
            image += 1
        if images[image]:
            while images[image]:
                if images[image] == 32:
                    size = _space(form, size)
                else:
                    form[size] = images[image]
                    size += 1
                image += 1
            spaced = images[image - 1] == 32
    while size >= 3 and form[size - 3] == 0xE2 and form[size - 2] == 0x96 and form[size - 1] == 0x81:
        size -= 3
    return size


@compiled
def _space(form: Bytes, size: int) -> int:
    form[size], form[size + 1], form[size + 2] = 0xE2, 0x96, 0x81
    return size + 3


@compiled
def _rule(rules: Rules, text: Bytes, at: int, end: int) -> tuple[int, int]:
    """The longest rule of the normal form that holds here: its image, and how many bytes it reads; 0 if none."""
    units = rules.units
    image = taken = seen = 0
    if len(units) == 0:
        return 0, 0
    place = _offset(units, 0)
    for step in range(at, end):
        place ^= int(np.int64(text[step]))
        if place >= len(units) or units[place] & np.uint32(0x800000FF) != text[step]:
            break
        ends = units[place] >> np.uint32(8) & np.uint32(1)
        place ^= _offset(units, place)
        if ends:
            seen += 1
            if place >= len(units) or seen > _MAX_RULES:
                break
            image, taken = int(np.int64(units[place] & np.uint32(0x7FFFFFFF))), step + 1 - at
    return (image, taken) if image < len(rules.images) else (0, 0)


@compiled
def char_bytes(first: int) -> int:
    """How many bytes of UTF-8 a character has that begins with this one."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _plain(rules: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """For each byte whether no rule reads it, nor it and then another one of ASCII."""
    plain = np.arange(256) < 128
    if not len(rules):
        return plain
    labels = rules & np.uint32(0x800000FF)
    ascii_ = np.arange(1, 128)
    root = _offset(rules, 0)
    for byte in ascii_.tolist():
        at = root ^ byte
        if at < len(rules) and labels[at] == byte:
            nexts = ascii_ ^ at ^ _offset(rules, at)
            read = labels[np.minimum(nexts, len(rules) - 1)] == ascii_
            plain[byte] = not rules[at] >> 8 & 1 and not read[nexts < len(rules)].any()
    return plain


@compiled
def _offset(units: npt.NDArray[np.uint32], place: int) -> int:
    """What a node of Darts' double array adds to a byte (by exclusive or) for its child's place."""
    unit = int(np.int64(units[place]))
    return (unit >> 10) << ((unit & (1 << 9)) >> 6)


@compiled
def _growth(rules: npt.NDArray[np.uint32], images: Bytes) -> int:
    """By how much an image can be longer than what it stands for, spaces as `▁`; -1 where a rule reads a space."""
    most = 3
    depths = np.zeros(len(rules) + 1, np.int64)  # from 1; 0: not seen
    # Ends of rules are shared: places are seen breadth first, each at its smallest depth.
    places = np.empty(len(rules) + 1, np.int64)
    places[0] = _offset(rules, 0)
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
            child = at ^ _offset(rules, at)
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
