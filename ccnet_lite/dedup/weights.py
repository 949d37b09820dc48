"""How often a document is to be read that stands for others."""

from bisect import bisect_right

WEIGHTS = ((1, 1), (2, 2), (3, 3), (5, 5), (100, 8), (1000, 1))
"""From which cluster size on a document that stands for it is repeated how often (FineWeb-2)."""


def weight_of(cluster_size: int) -> int:
    """How often FineWeb-2 would repeat the document that stands for so many.

    >>> [weight_of(size) for size in (1, 2, 4, 5, 99, 100, 999, 1000)]
    [1, 2, 3, 5, 5, 8, 8, 1]
    """
    return WEIGHTS[bisect_right(WEIGHTS, (cluster_size, max(WEIGHTS)[0])) - 1][1]
