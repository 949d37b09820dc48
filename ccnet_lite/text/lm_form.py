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

Speed: plain ASCII is one `bytes.translate`; other text is an array of code points looked up in a table that
learns each code point when it is first met.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import code_points, to_text
from ccnet_lite.text.composed import normalize

Form = Literal["script_safe", "ccnet"]

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
    text = text.strip()
    if text.isascii():
        to, delete = _ASCII[form]
        return text.encode("ascii").translate(to, delete).decode("ascii")
    if "Σ" in text:
        text = text.lower()  # the one letter whose lower case depends on its neighbours
    if form == "ccnet":
        return _CCNET.apply(text)
    text = normalize("NFC", text)
    if "\u0301" in text or "\u0300" in text:
        text = _STRESS.sub("", text)
    return _SCRIPT_SAFE.apply(text)


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


class _CharacterMap:
    """Characters to strings, applied to a whole text by array look-ups.

    `of_chars` must map a text character by character, so that the images of its characters, joined, are the
    image of the text. What is known not to be (`inseparable`) is done by `of_chars` on the whole text.
    """

    _DELETED, _UNSEEN, _WHOLE = -1, -2, -3
    _LONGER = -4  # and below: the images of more than one character

    def __init__(self, of_chars: Callable[[str], str], inseparable: Callable[[str], bool]) -> None:
        self._of_chars = of_chars
        self._inseparable = inseparable
        self._to = np.full(0x110000, self._UNSEEN, np.int32)
        self._images: list[str] = []
        self._longer = np.empty((0, 0), np.int32)

    def apply(self, text: str) -> str:
        codes = code_points(text)
        to = self._to[codes]
        lowest = to.min(initial=0)
        if lowest < self._DELETED:
            unseen = to == self._UNSEEN
            if unseen.any():
                self._learn(np.unique(codes[unseen]))
                to = self._to[codes]
            if (to == self._WHOLE).any():
                return self._of_chars(text)
            longer = to <= self._LONGER
            width = self._longer.shape[1]
            room = np.where(longer, width, 1)
            rows = self._longer[self._LONGER - to[longer]]
            to = np.repeat(to, room)
            to[np.repeat(longer, room)] = rows.ravel()
        if lowest < 0:
            to = to[to >= 0]
        return to_text(to.view(np.uint32))

    def _learn(self, codes: npt.NDArray[np.uint32]) -> None:
        known = len(self._images)
        for code in codes.tolist():
            char = chr(code)
            image = self._of_chars(char)
            if self._inseparable(char):
                self._to[code] = self._WHOLE
            elif len(image) == 1:
                self._to[code] = ord(image)
            elif not image:
                self._to[code] = self._DELETED
            else:
                self._to[code] = self._LONGER - len(self._images)
                self._images.append(image)
        if len(self._images) > known:
            width = max(map(len, self._images))
            table = [[*map(ord, image), *[self._DELETED] * (width - len(image))] for image in self._images]
            self._longer = np.array(table, np.int32)


def _is_reordered(char: str) -> bool:
    """Whether NFD may move the character among its neighbours and CCNet's form keeps it."""
    decomposed = unicodedata.normalize("NFD", char)
    return any(unicodedata.combining(c) and unicodedata.category(c) != "Mn" for c in decomposed)


def _ascii_table(of_chars: Callable[[str], str]) -> tuple[bytes, bytes]:
    """For `bytes.translate`: what each byte becomes, and which are deleted."""
    images = [of_chars(chr(code)) for code in range(128)]
    to = bytes(ord(image) if image else 0 for image in images) + bytes(range(128, 256))
    return to, bytes(code for code, image in enumerate(images) if not image)


def _script_safe_of_chars(text: str) -> str:
    return "".join(map(_script_safe_of_char, text))


_CCNET = _CharacterMap(ccnet_form_of_chars, _is_reordered)
_SCRIPT_SAFE = _CharacterMap(_script_safe_of_chars, lambda char: False)
_ASCII: dict[str, tuple[bytes, bytes]] = {
    "ccnet": _ascii_table(ccnet_form_of_chars),
    "script_safe": _ascii_table(_script_safe_of_chars),
}
