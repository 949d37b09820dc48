"""Letters of Latin, Cyrillic and Greek that look like a letter of one of the other two.

Spun text swaps some letters of a word for such look-alikes, so that it reads the same and matches nothing. A
word is suspect when the letters that are not of its own script all look like letters that are.

Clean text mixes scripts too, and must not be suspect. So only look-alikes of basic letters are listed (a-z,
the Russian alphabet, unaccented Greek), and not those which orthographies borrow: Greek epsilon, gamma and
sigma in Latin words (Ewe, Akan, Kabyle), Latin h, i, j, q, s and w in Cyrillic ones (Ukrainian, Kurdish,
Serbian). Affixes on foreign names hold letters that look like none.

Not handled: full-width and mathematical letters (characters.folds undoes them); look-alikes in other scripts.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.characters import LETTER, code_points, kinds, script_codes, scripts
from ccnet_lite.text.compiled import compiled

SCRIPTS = ("Latn", "Cyrl", "Grek")
LOOK_ALIKES = {
    "Latn": "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυι",
    "Cyrl": "ABCEHKMOPTXYaceopxy" + "ΑΒΕΗΚΜΟΡΤΥΧορ",
    "Grek": "ABEHIKMNOPTXYZavopui" + "АВЕНІКМОРТХаор",
}
"""By script: letters of the other two that look like one of its letters."""

N_FLAGS = 7
_LETTER, _OF_SCRIPT, _LIKE_SCRIPT = 1, (2, 4, 8), (16, 32, 64)


@cache
def letter_flags() -> npt.NDArray[np.uint8]:
    """[N_CODES]: bits of each letter, in the order in which `counts_suspect` takes their counts.

    Bit 0: it is one, and of a script; 1 to 3: of which; 4 to 6: whose letters it looks like.
    """
    table = np.where(scripts() != 0, _LETTER, 0).astype(np.uint8)
    for script, of_script, like_script in zip(SCRIPTS, _OF_SCRIPT, _LIKE_SCRIPT, strict=True):
        table[scripts() == script_codes().index(script)] |= of_script
        table[[ord(char) for char in LOOK_ALIKES[script]]] |= like_script
    table[kinds() != LETTER] = 0
    table[[0xAA, 0xBA]] = 0  # ordinals, Latin by the book: the degrees of a Russian 25ºС
    return table


def is_suspect(word: str) -> bool:
    r"""Whether a word is of one script but for letters that look like letters of it.

    >>> is_suspect("p\u0430ssword"), is_suspect("password"), is_suspect("SMS\u043a\u0438")
    (True, False, False)
    """
    flags = letter_flags()[code_points(word)]
    return bool(counts_suspect(*(int(np.count_nonzero(flags & (1 << bit))) for bit in range(N_FLAGS))))


@compiled
def counts_suspect(
    letters: int, latin: int, cyrillic: int, greek: int, like_latin: int, like_cyrillic: int, like_greek: int
) -> bool:
    """`is_suspect` of a word by how many letters it has, of each script, and like those of each script.

    A letter that looks like one of script S is not of S; so if those and the ones of S are all there are,
    every foreign letter is in disguise. S must have half of the word.
    """
    return (
        (0 < like_latin <= latin and latin + like_latin == letters)
        or (0 < like_cyrillic <= cyrillic and cyrillic + like_cyrillic == letters)
        or (0 < like_greek <= greek and greek + like_greek == letters)
    )
