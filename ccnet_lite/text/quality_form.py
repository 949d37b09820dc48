"""The form of text that quality classifiers are trained on and score: words between single spaces, on one line.

From a text's first `MAX_CHARS` characters: the language model's form (lm_form.py, script_safe: lower case,
digits to 0, white space and line breaks to spaces, typographic punctuation to its ASCII twin), and then spaces
around each character of scripts written without spaces, and around each sign of punctuation. So fastText's pairs
of words are pairs of characters there, and no text holds a word that fastText would take for a label.
"""

from collections.abc import Sequence

import numpy as np

from ccnet_lite.text.characters import SYMBOL, code_points, kinds, to_text, unspaced
from ccnet_lite.text.lm_form import lm_texts

MAX_CHARS = 5000
DESCRIPTION = {
    "text": "script_safe",
    "max_chars": MAX_CHARS,
    "apart": "each sign of punctuation; each character of scripts written without spaces",
}
"""What a record beside the models says of it."""


def quality_lines(texts: Sequence[str]) -> list[bytes]:
    r"""Each text as a line of UTF-8.

    >>> [line.decode().split() for line in quality_lines(["Call 555\n“NOW”!", "東京 2024"])]
    [['call', '000', '"', 'now', '"', '!'], ['東', '京', '0000']]
    """
    if not texts:
        return []
    codes = code_points("\n".join(lm_texts([text[:MAX_CHARS] for text in texts], "script_safe")))
    apart = unspaced()[codes] | (kinds()[codes] == SYMBOL)
    widths = np.where(apart, 3, 1)
    spread = np.full(widths.sum(), 0x20, np.uint32)
    spread[np.cumsum(widths) - widths + apart] = codes
    return to_text(spread).encode("utf-8", "replace").split(b"\n")
