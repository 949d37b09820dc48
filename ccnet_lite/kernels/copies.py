"""Paragraphs that a document says twice: pages that hold their article a second time, for print or a small screen.

The second copy is cut, as a rule over lines would, under the name SAID_BEFORE; the first stays. Only where copies
are a good part of a text: a paragraph quoted once more, or a refrain, stays.

Not handled: copies in shorter lines (songs have them), or with a word changed; copies in other documents
(stages of near-duplicates and paragraphs).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.kernels.lines import Bools, Int64

SAID_BEFORE = "said_before"
COPY_CHARS = 100
"""Characters of a line that may be a copy: no line of verse is so long."""
COPIED_SHARE = 0.25
"""Of the characters of a text: less than that is left as it is."""


def said_before(keys: Int64, chars: npt.NDArray[np.integer], offsets: Int64, stays: Bools) -> Bools:
    """[lines]: whether each is such a copy. keys, chars, stays: [lines], the latter as masks and lists leave them;
    offsets: [documents + 1], where each document's lines begin.

    >>> keys, chars = np.array([7, 8, 7, 8]), np.array([300, 120, 300, 120])
    >>> said_before(keys, chars, np.array([0, 4]), np.ones(4, np.bool_)).tolist()
    [False, False, True, True]
    """
    found = np.zeros(len(keys), np.bool_)
    long = np.flatnonzero(stays & (chars >= COPY_CHARS))
    documents = np.searchsorted(offsets, long, "right") - 1
    marks = keys[long] ^ (documents << 32)  # lines of other documents may share one, and are looked at then
    ranked = np.sort(marks)
    twice = np.isin(marks, ranked[1:][ranked[1:] == ranked[:-1]])
    long, documents = long[twice], documents[twice]
    order = np.lexsort((keys[long], documents))  # stable: of equal lines the first comes first
    lines, of = long[order], documents[order]
    again = (keys[lines][1:] == keys[lines][:-1]) & (of[1:] == of[:-1])
    copies, of = lines[1:][again], of[1:][again]
    if not len(copies):
        return found
    read = np.append(0, np.cumsum(np.where(stays, chars, 0)))[offsets]
    copied = np.bincount(of, weights=chars[copies], minlength=len(offsets) - 1)
    found[copies[(copied >= COPIED_SHARE * np.diff(read))[of]]] = True
    return found


def with_copies(cut: dict[str, pa.Array], copies: Bools, offsets: Int64) -> dict[str, pa.Array]:
    """CUT_COLUMNS of some documents, with these lines among those that rules cut. offsets: from 0 on."""
    if not copies.any():
        return cut
    ids, names = cut["rule_lines"].to_pylist(), cut["rule_line_names"].to_pylist()
    at = np.flatnonzero(copies)
    of = np.searchsorted(offsets, at, "right") - 1
    by_document: dict[int, list[int]] = {}
    for row, line in zip(of.tolist(), (at - offsets[of]).tolist(), strict=True):
        by_document.setdefault(row, []).append(line)
    for row, said in by_document.items():
        merged = sorted([*zip(ids[row], names[row], strict=True), *((line, SAID_BEFORE) for line in said)])
        ids[row], names[row] = [line for line, _ in merged], [name for _, name in merged]
    made = {"rule_lines": ids, "rule_line_names": names}
    return cut | {name: pa.array(values, cut[name].type) for name, values in made.items()}
