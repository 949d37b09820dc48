"""The normal form of text that a language model is trained on and scores.

Two forms:

`ccnet` is CCNet's, exactly: strip; lower-case; NFD without marks of category Mn, not recomposed; digits to
`0`; 34 punctuation marks to ASCII; control characters deleted, line breaks too. It breaks Hangul into jamo,
takes the vowel signs from Indic and Thai words, and glues the last word of a line to the first of the next
(which makes menus look stranger than they are: articles against their pages' boilerplate, AUC .88 glued, .86
with spaces).

`script_safe` is the default, and changes only what two writers of the same words would write differently:
  - strip; lower-case (without regard to language: Turkish `I` becomes `i`);
  - NFC: Hangul stays composed, vowel signs, viramas, tone marks and accents stay: they spell;
  - any white space, line breaks too, becomes a space; other control characters and invisible ones (soft
    hyphens, bidirectional marks, zero-width spaces, variation selectors, byte order marks) go,
    but ZERO WIDTH JOINER and NON-JOINER stay: they spell in Persian, Sinhala, Malayalam ...;
  - marks that ordinary writing leaves out go: Arabic harakat and tatweel, Hebrew points and accents (Yiddish
    pays for it), acute and grave accents for stress on Cyrillic letters (`ї`, `ѓ`, `й` are letters and stay);
  - decimal digits of any script become `0`;
  - quotes, dashes, ellipses, and the stops, commas and brackets of East Asian, Arabic and Indic typography
    become their ASCII twins, as the web mixes both.
Runs of spaces are left to SentencePiece, which squeezes them, and so are compatibility characters (width
variants, ligatures, presentation forms), which its NFKC rules fold. A lone surrogate, which no UTF-8 text can
hold, becomes a question mark in both forms.

Speed: many texts are one array of code points, looked up in a table that learns each code point when it is first
met, and written as UTF-8 in the same compiled pass.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import code_points
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.composed import normalize, surely_composed

Form = Literal["script_safe", "ccnet"]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.uint32]
_U = np.uint64
CHUNK_CHARS = 1 << 15
"""Texts are taken together up to about this many characters: all that is made of them stays in a cache."""

# What stands for which punctuation: in both forms, in CCNet's (with a slip of its table), in ours.
_SHARED_PUNCTUATION = {
    '"': "“”„«»「」《》", "'": "’´", "-": "–━", "...": "…", ",": "，、", ".": "。", ":": "：∶", ";": "；",
    "?": "？", "!": "！", "(": "（", ")": "）", "[": "【", "]": "】", "<": "〈", ">": "〉",
    "%": "％", "~": "～",
}  # fmt: skip
_CCNET_PUNCTUATION = {" - ": "—", "-": "►", ". ": "．", '"': "１"}
_OUR_PUNCTUATION = {
    '"': "‟『』〝〞〟＂", "'": "‘‚‛＇", "-": "—‐‑‒―−－", ".": "．｡।॥۔", ",": "､،٬", ";": "؛", "?": "؟",
    "[": "［", "]": "］", "{": "｛", "}": "｝", "/": "／", "%": "٪", "~": "〜",
}  # fmt: skip


def _by_char(*tables: dict[str, str]) -> dict[str, str]:
    return {char: to for table in tables for to, chars in table.items() for char in chars}


_CCNET_TWINS = _by_char(_SHARED_PUNCTUATION, _CCNET_PUNCTUATION)
_OUR_TWINS = _by_char(_SHARED_PUNCTUATION, _OUR_PUNCTUATION)
_JOINERS = "\u200c\u200d"
_OPTIONAL_MARKS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")
_VARIATION_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_STRESS = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]")


def lm_form(text: str, form: Form) -> str:
    r"""The normal form of a text, for a language model that was trained on `form`.

    >>> lm_form("«Café» 24\nÉtat", "script_safe"), lm_form("«Café» 24\nÉtat", "ccnet")
    ('"café" 00 état', '"cafe" 00etat')
    """
    return lm_texts([text], form)[0]


def lm_texts(texts: Sequence[str], form: Form) -> list[str]:
    """The normal form of each text."""
    images, begins = lm_forms(texts, form)
    held = images.tobytes()
    return [held[begin:end].decode() for begin, end in pairwise(begins.tolist())]


def lm_forms(texts: Sequence[str], form: Form) -> tuple[Bytes, Places]:
    """The normal forms of texts: UTF-8, one behind another, and [texts + 1] where each begins."""
    images: list[Bytes] = []
    begins = [np.zeros(1, np.int64)]
    for some in in_chunks(texts):
        image, ends = _forms_of(some, form)
        images.append(image)
        begins.append(ends + begins[-1][-1])
    return np.concatenate([np.empty(0, np.uint8), *images]), np.concatenate(begins)


def in_chunks(texts: Iterable[str], n_chars: int = CHUNK_CHARS) -> Iterator[list[str]]:
    """Texts, some at a time: until they have more than so many characters."""
    some: list[str] = []
    held = 0
    for text in texts:
        some.append(text)
        held += len(text)
        if held > n_chars:
            yield some
            some, held = [], 0
    if some:
        yield some


def _forms_of(texts: Sequence[str], form: Form) -> tuple[Bytes, Places]:
    """The normal forms of a few texts, one behind another, and [texts] where each ends."""
    read = [text.strip() for text in texts]
    # The one letter whose lower case depends on its neighbours.
    read = [text.lower() if "Σ" in text else text for text in read]
    codes, ends = _joined(read)
    if form == "ccnet":
        return _CCNET.apply(read, codes, ends)
    changed = False
    for number in np.flatnonzero(~surely_composed(codes, ends)).tolist():
        composed = normalize("NFC", read[number])
        changed |= composed != read[number]
        read[number] = composed
    for number, text in enumerate(read):
        if "\u0301" in text or "\u0300" in text:
            read[number] = _STRESS.sub("", text)
            changed = True
    return _SCRIPT_SAFE.apply(read, *_joined(read) if changed else (codes, ends))


def _joined(texts: Sequence[str]) -> tuple[Codes, Places]:
    """The code points of texts, one behind another, and [texts] where each ends."""
    return code_points("".join(texts)), np.cumsum([len(text) for text in texts], dtype=np.int64)


def _is_control(char: str) -> bool:
    return ord(char) < 32 or 127 <= ord(char) < 160


def ccnet_form_of_chars(text: str) -> str:
    """CCNet's form, its strip aside, written straightforwardly: what the fast way must equal."""
    decomposed = normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    digits = re.sub(r"\d", "0", bare)
    mapped = "".join(_CCNET_TWINS.get(char, char) for char in digits)
    return "".join(char for char in mapped if not _is_control(char))


def _script_safe_of_char(char: str) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS:
        return ""
    if _OPTIONAL_MARKS.match(char) or _VARIATION_SELECTORS.match(char):
        return ""
    if char.isdecimal():
        return "0"
    return _OUR_TWINS.get(char, char.lower())


_DELETED, _UNSEEN, _WHOLE = -1, -2, -3
_LONGER = -4
"""And below: the images of more than one character."""


class _CharacterMap:
    """Characters to strings, applied to a whole text by array look-ups.

    `of_chars` must map a text character by character, so that the images of its characters, joined, are the
    image of the text. What is known not to be (`inseparable`) is done by `of_chars` on the whole text.
    """

    def __init__(self, of_chars: Callable[[str], str], inseparable: Callable[[str], bool]) -> None:
        self._of_chars = of_chars
        self._inseparable = inseparable
        self._to = np.full(0x110000, _UNSEEN, np.int32)
        self._images: list[str] = []
        self._longer = np.empty((0, 1), np.int32)

    def apply(self, texts: Sequence[str], codes: Codes, ends: Places) -> tuple[Bytes, Places]:
        """The images of texts in UTF-8, one behind another, and [texts] where each ends.

        codes, ends: of `_joined`.
        """
        into = np.zeros(len(texts), np.int64)
        while True:
            room = np.empty(len(codes) * 4 * self._longer.shape[1], np.uint8)
            met = _fill(codes, ends, self._to, self._longer, room, into)
            if met == _UNSEEN:
                self._learn(np.unique(codes[self._to[codes] == _UNSEEN]))
            elif met == _WHOLE:
                at = np.flatnonzero(self._to[codes] == _WHOLE)
                return self._apart(texts, set(np.searchsorted(ends, at, side="right").tolist()))
            else:
                return room[: into[-1]], into

    def _apart(self, texts: Sequence[str], whole: set[int]) -> tuple[Bytes, Places]:
        """The same where `of_chars` does some texts as a whole."""
        images = [
            self._of_chars(text).encode() if number in whole else self.apply([text], *_joined([text]))[0].tobytes()
            for number, text in enumerate(texts)
        ]
        return np.frombuffer(b"".join(images), np.uint8), np.cumsum([len(image) for image in images])

    def _learn(self, codes: Codes) -> None:
        known = len(self._images)
        for code in codes.tolist():
            char = chr(code)
            image = self._of_chars(char)
            if self._inseparable(char):
                self._to[code] = _WHOLE
            elif len(image) == 1:
                self._to[code] = ord(image)
            elif not image:
                self._to[code] = _DELETED
            else:
                self._to[code] = _LONGER - len(self._images)
                self._images.append(image)
        if len(self._images) > known:
            width = max(map(len, self._images))
            table = [[*map(ord, image), *[_DELETED] * (width - len(image))] for image in self._images]
            self._longer = np.array(table, np.int32)


@compiled
def _fill(codes: Codes, ends: Places, table: Ints, longer: Ints, room: Bytes, into: Places) -> int:
    """Write the images of characters as UTF-8, and where those of each text end; returns what can't be written.

    table: [0x110000]; longer: [images, characters].
    """
    size, start, met = _U(0), 0, 0
    for text in range(len(ends)):
        for at in range(start, ends[text]):
            code = table[codes[_U(at)]]
            if code >= 0:
                size = _put(code, room, size)
            elif code <= _LONGER:
                row = _LONGER - code
                for column in range(longer.shape[1]):
                    if longer[row, column] >= 0:
                        size = _put(longer[row, column], room, size)
            elif code < _DELETED:
                met = code
        start = ends[text]
        into[text] = size
    return met


@compiled
def _put(code: int, room: Bytes, at: np.uint64) -> np.uint64:
    """Write a character from `at` on; returns where the next one goes."""
    if code < 0x80:
        room[at] = code
        return at + _U(1)
    if code < 0x800:
        room[at] = 0xC0 | code >> 6
        room[at + _U(1)] = 0x80 | code & 0x3F
        return at + _U(2)
    if code < 0x10000:
        room[at] = 0xE0 | code >> 12
        room[at + _U(1)] = 0x80 | code >> 6 & 0x3F
        room[at + _U(2)] = 0x80 | code & 0x3F
        return at + _U(3)
    room[at] = 0xF0 | code >> 18
    room[at + _U(1)] = 0x80 | code >> 12 & 0x3F
    room[at + _U(2)] = 0x80 | code >> 6 & 0x3F
    room[at + _U(3)] = 0x80 | code & 0x3F
    return at + _U(4)


def _is_reordered(char: str) -> bool:
    """Whether NFD may move the character among its neighbours and CCNet's form keeps it."""
    decomposed = unicodedata.normalize("NFD", char)
    return any(unicodedata.combining(c) and unicodedata.category(c) != "Mn" for c in decomposed)


def _script_safe_of_chars(text: str) -> str:
    return "".join(map(_script_safe_of_char, text))


_CCNET = _CharacterMap(ccnet_form_of_chars, _is_reordered)
_SCRIPT_SAFE = _CharacterMap(_script_safe_of_chars, lambda char: False)
