"""Letters that look like a letter of Latin, Cyrillic, Greek or Armenian and are none.

Spun text swaps some letters of a word for such look-alikes, so that it reads the same and matches nothing. A
word is suspect when the letters that are not of its own script all look like letters that are.

Clean text mixes scripts too, and must not be suspect. So only look-alikes of basic letters count (a-z, the
Russian alphabet, unaccented Greek and Armenian; text/look_alikes.py, from Unicode's table), and not those which
orthographies borrow: Greek epsilon, gamma and sigma in Latin words (Ewe, Akan, Kabyle), Latin h, i, j, q, s and
w in Cyrillic ones (Ukrainian, Kurdish, Serbian), accented Latin vowels as stressed Cyrillic ones (Macedonian).
Affixes on foreign names hold letters that look like none.

Not handled: full-width, mathematical and enclosed letters (disguises.py); a word that is wholly of another
script's letters; look-alikes among Han, kana, Indic and right-to-left letters; digits for letters.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, code_points, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.look_alikes import LOOK_ALIKES

UInt16 = npt.NDArray[np.uint16]
Int64 = npt.NDArray[np.int64]

SCRIPTS = ("Latn", "Cyrl", "Grek", "Armn")
N_FLAGS = 10
_LETTER, _ASCII = 1, 1 << 9
_OF, _LIKE, _EACH = 1, 5, (1 << len(SCRIPTS)) - 1
"""Where the bits of the scripts begin, and all of them."""


@cache
def letter_flags() -> UInt16:
    """[N_CODES]: bits of each letter, in the order in which `counts_suspect` takes their counts.

    Bit 0: it is one, and of a script; 1 to 4: of which; 5 to 8: whose letters it looks like; 9: a-z, or
    accented letters of Vietnamese.
    """
    table = np.where(scripts() != 0, _LETTER, 0).astype(np.uint16)
    for number, script in enumerate(SCRIPTS):
        table[scripts() == script_codes().index(script)] |= 1 << (_OF + number)
        table[[ord(char) for char in LOOK_ALIKES[script]]] |= _LETTER | 1 << (_LIKE + number)
    table[[code for code in (*range(128), *range(0x1E00, 0x1F00)) if chr(code).isalpha()]] |= _ASCII
    table[kinds() != LETTER] = 0
    table[[0xAA, 0xBA]] = 0  # ordinals, Latin by the book: the degrees of a Russian 25ºС
    return table


def is_suspect(word: str) -> bool:
    r"""Whether a word is of one script but for letters that look like letters of it.

    >>> is_suspect("p\u0430ssword"), is_suspect("password"), is_suspect("SMS\u043a\u0438")
    (True, False, False)
    """
    flags = letter_flags()[code_points(word)]
    return bool(counts_suspect(np.array([np.count_nonzero(flags & (1 << bit)) for bit in range(N_FLAGS)])))


@compiled
def may_be_suspect(flags: int) -> bool:
    """Whether a word has letters of a script and letters that look like them, by all its flags together."""
    return (flags >> _OF) & (flags >> _LIKE) & _EACH != 0


@compiled
def counts_suspect(counts: Int64) -> bool:
    """`is_suspect` of a word by how many of its letters have each flag, [N_FLAGS].

    A letter that looks like one of script S is not of S; so if those and the ones of S are all there are,
    every foreign letter is in disguise. S must have half of the word.
    """
    for script in range(4):
        own, like = counts[1 + script], counts[5 + script]
        if 0 < like <= own and own + like == counts[0] and (script > 0 or counts[9] > 0):
            return True
    return False
