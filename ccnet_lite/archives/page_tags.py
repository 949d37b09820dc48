"""Tags of HTML as a scan over a page's bytes sees them: what they do, words of classes, ends of scripts."""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled, find_byte

UInt8 = npt.NDArray[np.uint8]
Int32 = npt.NDArray[np.int32]
UInt32 = npt.NDArray[np.uint32]

MAX_WORDS = 24
"""Words of one element's class, id, role and itemprop that are looked at."""

# What a tag does. Those from BLOCK on begin and end a block of text.
(INLINE, LINK, BREAK, RAW, VOID, CODE, RUBY, READING, BLOCK) = range(9)
_KINDS = {
    LINK: "a",
    BREAK: "br hr",
    RAW: "script style textarea title iframe xmp noembed noframes",
    VOID: "area base col embed img input link meta param source track wbr",
    CODE: "code kbd samp tt",
    RUBY: "ruby rb",
    READING: "rt rp rtc",
}
_BLOCK_NAMES = (
    "html body div p li ul ol dl dt dd table tbody thead tfoot tr td th caption h1 h2 h3 h4 h5 h6 pre blockquote "
    "nav header footer aside article main section figure figcaption form fieldset legend button label select "
    "option optgroup address details summary menu center head noscript template svg math object video audio "
    "canvas dialog hgroup picture amp-sidebar search time cite small"
)
_UNSEEN = "head noscript template svg math object video audio canvas select option optgroup dialog"
_INLINE = "label button select option noscript template svg math object video audio canvas picture"
_SHOWN = "html body main article"
BLOCKS = _BLOCK_NAMES.split()
"""Block-level elements, and some inline ones that tell as much; a block's tag is a place in this list."""
P, LI, TABLE, TR, TD, TH, PRE = (BLOCKS.index(name) for name in ("p", "li", "table", "tr", "td", "th", "pre"))
_DD, _DT, _OPTION = (BLOCKS.index(name) for name in ("dd", "dt", "option"))
_UL, _OL, _DL = (BLOCKS.index(name) for name in ("ul", "ol", "dl"))
LAST_PART, SVG = BLOCKS.index("caption"), BLOCKS.index("svg")
NOT_IN_FLOW = BLOCKS.index("time")
INVISIBLE = np.array([name in _UNSEEN.split() for name in BLOCKS])
NEVER_HIDDEN = np.array([name in _SHOWN.split() for name in BLOCKS])
"""What scripts show in the end, whatever the page says at first."""
CLOSES_P = np.array([place < NOT_IN_FLOW and name not in _INLINE.split() for place, name in enumerate(BLOCKS)])

_SLOTS = 1024


def fnv(word: bytes) -> int:
    """FNV-1a of 32 bits: by which tags and words of classes are told apart."""
    value = 2166136261
    for byte in word:
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def _tag_table() -> tuple[UInt32, Int32]:
    keys, codes = np.zeros(_SLOTS, np.uint32), np.zeros(_SLOTS, np.int32)
    named = [(name, kind) for kind, names in _KINDS.items() for name in names.split()]
    for name, code in named + [(name, BLOCK + place) for place, name in enumerate(BLOCKS)]:
        slot = fnv(name.encode()) % _SLOTS
        while keys[slot]:
            slot = (slot + 1) % _SLOTS
        keys[slot], codes[slot] = fnv(name.encode()), code
    return keys, codes


_TAG_KEYS, _TAG_CODES = _tag_table()
TITLE = fnv(b"title")
_CLASS, _ID, _ROLE, _HIDDEN, _ARIA, _STYLE, _PROP = (
    fnv(name) for name in (b"class", b"id", b"role", b"hidden", b"aria-hidden", b"style", b"itemprop")
)


@compiled
def name_of(data: UInt8, at: int) -> tuple[np.uint32, int]:
    """The hash of a tag's name or an attribute's, in small letters, and where it ends."""
    value = np.uint32(2166136261)
    while at < len(data):
        byte = data[at]
        if byte <= 32 or byte == 62 or byte == 47 or byte == 61:
            break
        if 65 <= byte <= 90:
            byte |= 32
        value = np.uint32((value ^ np.uint32(byte)) * np.uint32(16777619))
        at += 1
    return value, at


@compiled
def code_of(name: np.uint32) -> int:
    """What a tag of this name does."""
    slot = name % _SLOTS
    while _TAG_KEYS[slot]:
        if _TAG_KEYS[slot] == name:
            return int(_TAG_CODES[slot])
        slot = (slot + 1) % _SLOTS
    return INLINE


@compiled
def after_comment(data: UInt8, at: int, dashes: bool) -> int:
    """Where a comment ends: behind the next `-->`, or the next `>`, or the end."""
    end = len(data)
    while at < end:
        at = find_byte(data, 62, at)
        if at < end and (not dashes or (data[at - 1] == 45 and data[at - 2] == 45)):
            return at + 1
        at += 1
    return end


@compiled
def raw_end(data: UInt8, at: int, name: np.uint32, length: int) -> int:
    """Where the end tag of a script, style or the like begins, or the end."""
    end = len(data)
    while at + 2 + length < end:
        at = find_byte(data, 60, at)
        if at + 2 + length < end and data[at + 1] == 47:
            value = np.uint32(2166136261)
            for place in range(at + 2, at + 2 + length):
                byte = data[place]
                if 65 <= byte <= 90:
                    byte |= 32
                value = np.uint32((value ^ np.uint32(byte)) * np.uint32(16777619))
            if value == name:
                return at
        at += 1
    return end


@compiled
def omitted_end(tags: Int32, stack: Int32, level: int, block: int) -> int:
    """The level of the list item, row or cell that ends where another begins; 0: none."""
    cell = block in (TD, TH)
    term = block in (_DD, _DT)
    if block != LI and block != _OPTION and block != TR and not cell and not term:
        return 0
    for up in range(level, max(level - 6, 0), -1):
        tag = tags[stack[up]]
        if tag in (_UL, _OL, _DL, TABLE) or (block != TR and tag == TR):
            return 0
        if tag == block or (cell and (tag in (TD, TH))) or (term and (tag in (_DD, _DT))):
            return up
    return 0


@compiled
def _says_none(data: UInt8, first: int, last: int) -> bool:
    """Whether a style has display:none."""
    for p in range(first, last - 3):
        if data[p] == 110 and data[p + 1] == 111 and data[p + 2] == 110 and data[p + 3] == 101:
            q = p - 1
            while q > first and (data[q] == 32 or data[q] == 58):
                q -= 1
            if (
                q - 6 >= first
                and data[q] == 121
                and data[q - 1] == 97
                and data[q - 2] == 108
                and data[q - 3] == 112
            ):
                return True
    return False


@compiled
def _words_of(data: UInt8, first: int, last: int, words: UInt32, n_words: int, most: int) -> int:
    """Write the hashes of a value's words of two letters and more: runs of letters, cut before aB."""
    value = np.uint32(2166136261)
    size = 0
    lower = False
    for p in range(first, last + 1):
        byte = data[p] if p < last else np.uint8(32)
        capital = 65 <= byte <= 90
        small = 97 <= byte <= 122
        if size and (not (capital or small) or (capital and lower)):
            if size > 1 and n_words < most:
                words[n_words] = value
                n_words += 1
            value = np.uint32(2166136261)
            size = 0
        if capital or small:
            value = np.uint32((value ^ np.uint32(byte | 32)) * np.uint32(16777619))
            size += 1
        lower = bool(small)
    return n_words


@compiled
def attributes(data: UInt8, at: int, words: UInt32, n_words: int, wanted: bool) -> tuple[int, int, bool]:
    """Go over a tag's attributes, and write the hashes of its words to words from n_words on, where wanted.

    Returns:
        Where the tag ends; how many words there are now; whether the element is hidden.
    """
    end = len(data)
    own_words = n_words
    hidden: bool = False
    while at < end and data[at] != 62:
        if data[at] <= 32 or data[at] == 47:
            at += 1
            continue
        key, at = name_of(data, at)
        place = at
        while place < end and data[place] <= 32:
            place += 1
        first = last = at
        if place < end and data[place] == 61:
            at = place + 1
            while at < end and data[at] <= 32:
                at += 1
            quote = data[at] if at < end else 0
            if quote == 34 or quote == 39:
                first = at + 1
                last = find_byte(data, quote, first)
                at = last + 1
            else:
                first = at
                while at < end and data[at] > 32 and data[at] != 62:
                    at += 1
                last = at
        if not wanted:
            continue
        if key == _HIDDEN:
            hidden = True
        elif key == _ARIA:
            hidden = hidden or bool(last - first == 4 and data[first] | 32 == 116)
        elif key == _STYLE:
            hidden = hidden or _says_none(data, first, last)
        elif key in (_CLASS, _ID, _ROLE, _PROP):
            n_words = _words_of(data, first, last, words, n_words, own_words + MAX_WORDS)
    at += 1
    return at, n_words, hidden
