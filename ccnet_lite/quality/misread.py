"""Words with letters that were UTF-8 and have been read as single bytes, where hardly a letter is left as it was.

é becomes Ã© in cp1252, Г© in cp1251, ├⌐ in DOS, √© on a Mac: characters that stand for the bytes of one letter, in
the order that UTF-8 asks for. A text that quotes such words has its own accented letters beside them; one that was
read so has none, however few accents its language has. Entities of letters (&eacute;) are taken alike.

In encodings of East Asia two bytes are one character (caf茅): turned back into bytes, nearly all are UTF-8.

Not handled: pages with few such words; one encoding of single bytes read as another.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, SPACE
from ccnet_lite.text.compiled import compiled

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "iso8859-2"),
    *("mac-roman", "cp437", "cp850", "cp852", "cp866", "koi8-r"),
)
"""Those of Windows (cp1252 has Latin-1 in it, as its controls count as bytes), of DOS, of Unix and Macs."""
_N = len(ENCODINGS)
_OF_TWO, _OF_THREE, _GOES_ON, _OF_SIGNS = (_N * at for at in range(4))
_EACH = (1 << _N) - 1
N_HELD = 0x10000
_U = np.uint64
EASTERN = "gb18030", "big5", "cp932", "cp949"
EASTERN_SEEN, EASTERN_FIRST, OF_FIRST = 200, 40, 0.6
"""Characters that are looked at; no more than the first where less than this part of them is UTF-8."""
LEAST_WORDS, OF_ALL = 20, 0.8
"""Words with such letters, and their letters' part of all beyond ASCII: at least. Of clean pages some in
Romanian have 17, some in Welsh 14."""
WEIGHT = 2
"""What each such word counts: to bounds for signs of which texts quote some."""


@cache
def bytes_of() -> UInt64:
    """[N_HELD]: as which byte of UTF-8 a character may have been read, a bit for each encoding.

    From _OF_TWO and _OF_THREE on: the first byte of a letter; from _GOES_ON on: a byte behind it; from _OF_SIGNS
    on: the first byte of quotation marks, dashes, symbols (C2, E2, EF), which texts have more often than letters.
    """
    table = np.zeros(N_HELD, np.uint64)
    for number, name in enumerate(ENCODINGS):
        for byte in range(0x80, 0xF0):
            char = bytes([byte]).decode(name, "replace")
            codes = {ord(char)} | ({byte} if name[:3] in ("cp1", "iso") and byte < 0xA0 else set())
            if byte in (0xC2, 0xE2, 0xEF):
                first = _OF_SIGNS
            else:
                first = _GOES_ON if byte < 0xC0 else _OF_TWO if byte < 0xE0 else _OF_THREE
            if byte not in (0xC0, 0xC1):
                table[list(codes - {0xFFFD})] |= np.uint64(1 << (first + number))
    table[[0x20, 0xFFFD]] |= np.uint64(_EACH << _GOES_ON)  # a blank: one that does not break, made plain
    return table


@compiled
def pairs_beyond(codes: UInt32, start: int, end: int) -> int:
    """How many characters beyond ASCII stand directly behind another; if few, nothing was read wrongly.

    Those of Vietnamese (đã, ượ), which no byte is read as, aside.
    """
    pairs = 0
    for at in range(start + 1, end):
        code, before = codes[_U(at)], codes[_U(at - 1)]
        both = (code >= 0x80) & (before >= 0x80) & (code != 0x1A1) & (before != 0x111)
        pairs += int(both & (code - np.uint32(0x1E00) >= np.uint32(0x100)))
    return pairs


@compiled
def misread_words(codes: UInt32, start: int, end: int, pages: UInt64, traits: UInt64, kind_at: int) -> int:
    """How many words of the text codes[start:end], between white space, have a letter that was read wrongly, by
    the encoding that gives most; 0 with fewer than LEAST_WORDS, or where other letters beyond ASCII are too many.

    pages: `bytes_of`; traits hold kinds from kind_at on.
    """
    each = np.uint64(_EACH)
    words, inside, last = np.zeros(_N, np.int64), np.zeros(_N, np.int64), np.full(_N, -1, np.int64)
    beyond, word, named, named_word = 0, 0, 0, -1
    for at in range(start, end):
        code = codes[at]
        kind = (traits[code] >> np.uint64(kind_at)) & 7
        if code < 0x80:
            word += kind == SPACE
            if code == 0x26 and word != named_word and _names_letter(codes, at, end):
                named, named_word = named + 1, word
            continue
        beyond += kind == LETTER
        if code >= N_HELD or at + 1 >= end or codes[at + 1] >= N_HELD:
            continue
        if codes[at + 1] == 0x20 and kind != LETTER:  # on a Mac ’ and — begin letters, too
            continue
        byte, next_byte = pages[code], pages[codes[at + 1]] >> np.uint64(_GOES_ON)
        third = at + 2 < end and codes[at + 2] < N_HELD and codes[at + 2] != 0x20
        two = byte >> np.uint64(_OF_TWO) & next_byte & each
        three = byte >> np.uint64(_OF_THREE) & next_byte & each
        three &= pages[codes[at + 2]] >> np.uint64(_GOES_ON) if third else np.uint64(0)
        found = two | three | (byte >> np.uint64(_OF_SIGNS) & next_byte & each)
        closes = codes[at + 1] in (0xBB, 0x201D, 0x2026) and (at + 2 >= end or codes[at + 2] <= 0x20)  # CAFÉ”
        number = 0
        while found:
            if found & np.uint64(1):
                of_three = three >> np.uint64(number) & np.uint64(1)
                inside[number] += kind == LETTER
                inside[number] += (traits[codes[at + 1]] >> np.uint64(kind_at)) & 7 == LETTER
                inside[number] += of_three and (traits[codes[at + 2]] >> np.uint64(kind_at)) & 7 == LETTER
                if not closes and (two | three) >> np.uint64(number) & np.uint64(1) and last[number] != word:
                    words[number], last[number] = words[number] + 1, word
            found, number = found >> np.uint64(1), number + 1
    most = 0
    for number in range(_N):
        n, others = words[number] + named, beyond - inside[number]
        if n >= LEAST_WORDS and n * (1 - OF_ALL) >= others * OF_ALL:
            most = max(most, n)
    return most


@compiled
def _names_letter(codes: UInt32, at: int, end: int) -> bool:
    """Whether the entity of an accented letter begins here: &eacute; or &#233;"""
    size, value = 0, 0
    while at + size + 1 < end and size < 8 and codes[at + size + 1] != 0x3B:
        code = codes[at + size + 1]
        if size and codes[at + 1] == 0x23:
            if not 0x30 <= code <= 0x39:
                return False
            value = 10 * value + code - 0x30
        size += 1
    if at + size + 1 >= end or size < 4 or codes[at + size + 1] != 0x3B:
        return False
    if codes[at + 1] == 0x23:
        return bool(0xC0 <= value < 0x2000)
    second, third, final = codes[at + 2], codes[at + 3], codes[at + size]
    if final == 0x65:  # acute, grave, tilde
        return bool(size >= 6 and (second == 0x61 or second == 0x67 or second == 0x74))
    if final == 0x6C:  # uml, cedil
        return bool((second == 0x75 and third == 0x6D) or (second == 0x63 and third == 0x65))
    if final == 0x67:  # ring, zlig, elig
        return bool(second == 0x72 or second == 0x7A or second == 0x65)
    return bool((second == 0x63 and (final == 0x63 or final == 0x6E)) or (second == 0x73 and final == 0x68))


@cache
def eastern_bytes() -> UInt32:
    """[encodings of East Asia, N_HELD]: the byte, or two, of which a character is read; 0 for none."""
    table = np.zeros((len(EASTERN), N_HELD), np.uint32)
    for number, name in enumerate(EASTERN):
        seconds = [second for second in range(0x40, 0xFF) if second != 0x7F]
        for first in range(0x81, 0xFF):
            chars = b"\n".join(bytes((first, second)) for second in seconds).decode(name, "replace").split("\n")
            for second, char in zip(seconds, chars, strict=True):
                if len(char) == 1 and 0x1100 <= ord(char) < N_HELD and char != "\ufffd":
                    table[number, ord(char)] = first << 8 | second
        if name == "cp932":
            table[number, 0xFF61:0xFFA0] = np.arange(0xA1, 0xE0)
    return table


@compiled
def eastern_are_bytes(codes: UInt32, start: int, end: int, eastern: UInt32) -> bool:
    """Whether in an encoding of East Asia the bytes of the text's first EASTERN_SEEN such characters are UTF-8, by
    OF_ALL. Of Chinese, Japanese and Korean as they are written a third are, of 1,818 documents .55 at most.

    eastern: `eastern_bytes`.
    """
    for number in range(len(eastern)):
        seen, whole, in_letters = 0, 0, 0
        open_bytes, left = 0, 0  # of the letter begun: its bytes up to here, those to come
        for at in range(start, end):
            code = codes[at]
            pair = eastern[number, code] if 0x1100 <= code < N_HELD else np.uint32(0)
            seen += code >= 0x1100
            if seen > EASTERN_SEEN or (seen > EASTERN_FIRST and in_letters <= OF_FIRST * whole):
                break
            if pair == 0:
                open_bytes, left = 0, 0
                continue
            for shift in (8, 0):
                byte = pair >> shift & 0xFF
                if byte == 0:
                    continue
                whole += 1
                if byte < 0xC0 and left:
                    open_bytes, left = open_bytes + 1, left - 1
                    in_letters += open_bytes if left == 0 else 0
                else:
                    open_bytes = 1
                    left = 1 if 0xC2 <= byte < 0xE0 else 2 if 0xE0 <= byte < 0xF0 else 0
        if whole >= LEAST_WORDS and in_letters >= OF_ALL * whole:
            return True
    return False
