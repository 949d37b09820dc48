"""How much an n-gram says: one that many documents of the corpus have is a phrase, and no sign of a copy.

An n-gram that df of N documents have weighs

    w = 1 / (1 + (max(0, df - 1) / h) ** 2)        h = 5 + sqrt(N) / 20

so one that a single document has weighs 1, one of h + 1 documents a half, one of 3 h + 1 a tenth. h grows slower
than the corpus: 7 documents of a thousand, 55 of a million, 1,586 of a thousand million. The weighted share of an
item found in a document is

    sum of w over the n-grams found / max(sum of w over all of the item's, half of their number)

The maximum is for items that are phrases altogether: of these, all that there is to find is little.

Weights are whole numbers of 65,536ths, so that sums do not depend on their order.
"""

import math

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

ONE = 1 << 16
"""The weight of the rarest n-gram."""
LEAST_HALF, HALF_BY_ROOT = 5.0, 0.05


def half_weight(n_documents: int) -> float:
    """In how many documents beside the first an n-gram is that weighs a half.

    >>> [round(half_weight(n)) for n in (9, 1000, 1_000_000, 1_000_000_000)]
    [5, 7, 55, 1586]
    """
    return LEAST_HALF + HALF_BY_ROOT * math.sqrt(n_documents)


def weights(seen: Int64, n_documents: int) -> Int32:
    """[n-grams]: their weights. seen: [n-grams], how many of the documents have each.

    >>> (weights(np.array([0, 1, 8, 22]), 1600) / ONE).round(2).tolist()
    [1.0, 1.0, 0.5, 0.1]
    """
    others = np.maximum(seen, 1) - 1
    return np.rint(ONE / (1 + (others / half_weight(n_documents)) ** 2)).astype(np.int32)


def weighted_share(found: int, of_all: int, ngrams: int) -> float:
    """The share that n-grams of the weight `found` are of `ngrams` that weigh `of_all` together.

    >>> weighted_share(ONE, 2 * ONE, 2), weighted_share(ONE // 8, ONE // 8, 1)
    (0.5, 0.25)
    """
    return found / max(of_all, ngrams * ONE / 2)
